# SPDX-License-Identifier: Apache-2.0
"""bench - what a packet costs straymail, beside libpcap alone.

	python3 bench.py MEGABYTES PAIRS SLACK "FLOWS ..."

Five kinds of traffic, made by make_capture, each a file of that size.  Both
read the same file, in turn, so that whatever else the machine does falls on
both; the file is in the page cache.  What it takes to start (a file of one
packet) is taken off.  The medians are compared, by the time that each used of
the processors, and by the clock.  Everything that make_capture knows of mail
servers has to be found, and nothing else; also where time goes by slowly, so
that time-outs run.

Behind it: a packet's cost with so many connections open at once, and what
dissecting one connection costs, without its packets.

Fails where a promised ratio, times SLACK, or the promised memory is not kept,
or something is missed.
"""

import json
import os
import statistics
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import program  # noqa: E402

# Processor time of the whole sensor, in that of the plain loop.
PROMISED = {"bulk": 0.5, "imix": 0.8, "smtp": 1.5, "mice": 1.0, "syn": 1.0}
PROMISED_MIB = 256  # resident
PROMISED_CROWD = 2.0  # the most connections, in the fewest
FAST, SLOW = 5000, 50  # megabits a second
CROWD_PACKETS = 4_000_000
CONNECTIONS = 20_000  # of each kind, five times
TOOLS = os.path.join(program.BUILD, "tests", "bench")


class Measured:
    """One run of a command: seconds of processor and clock, peak memory."""

    def __init__(self, command):
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE)
        self.out = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        self.clock = time.monotonic() - began
        self.cpu = usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"{command}: {process.returncode}"


def tool(name, *arguments):
    return [os.path.join(TOOLS, name), *map(str, arguments)]


def made(kind, megabytes, megabits=FAST):
    """The capture of that kind and size, made once."""
    path = os.path.join(program.BUILD, f"{kind}-{megabytes}-{megabits}.pcap")
    maker = tool("make_capture", kind, megabytes, megabits, path + ".truth")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(maker[0]):
        with open(path + ".part", "wb") as file:
            subprocess.run(maker, stdout=file, check=True)
        os.rename(path + ".part", path)
    return path


def first_packet_of(path):
    """A capture of one packet."""
    tiny = os.path.join(program.BUILD, "one-packet.pcap")
    with open(path, "rb") as file, open(tiny, "wb") as out:
        head = file.read(24 + 16)
        out.write(head + file.read(struct.unpack("=I", head[32:36])[0]))
    return tiny


def loop(path):
    return Measured(tool("pcap_loop", path))


def sensor(path):
    return Measured([program.STRAYMAIL, "read", "-q", "--all", "--format",
                     "json", path])


def truth_of(path):
    """(ADDRESS, PORT) -> dialogs."""
    with open(path + ".truth", encoding="ascii") as lines:
        rows = [line.split() for line in lines]
    return {(ip, int(port)): int(dialogs) for ip, port, dialogs in rows}


def found_in(out):
    """The same, as it was told."""
    told = {}
    for event in map(json.loads, out.splitlines()):
        if event["event_type"] == "smtp_server":
            server = event["server"]
            told[server["ip"], server["port"]] = server["flows"]
    return told


class Recall:
    """What was found, of what there is."""

    def __init__(self, path, out):
        truth, found = truth_of(path), found_in(out)
        self.servers = len(truth)
        self.dialogs = sum(truth.values())
        self.found_servers = sum(where in found for where in truth)
        self.found_dialogs = sum(min(found.get(where, 0), dialogs)
                                 for where, dialogs in truth.items())
        self.false = sum(where not in truth for where in found) + sum(
            found.get(where, 0) > dialogs for where, dialogs in truth.items())

    def good(self):
        return (self.found_servers, self.found_dialogs, self.false) == (
            self.servers, self.dialogs, 0)

    def __str__(self):
        return (f"{self.found_servers}/{self.servers} "
                f"{self.found_dialogs}/{self.dialogs} {self.false}")


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def net(runs, starts, field):
    return max(median(runs, field) - median(starts, field), 1e-6)


HEAD = (f"{'':5} {'packets':>9} {'loop':>7} {'sensor':>7} {'ratio':>6} "
        f"{'promise':>7} {'clock':>6} {'Mpkt/s':>7} {'Gbit/s':>7} {'MiB':>6}  "
        f"servers dialogs false")


def compare(kind, megabytes, pairs, slack):
    """A row of the table.  False: a promise is not kept."""
    path = made(kind, megabytes)
    tiny = first_packet_of(path)
    packets = int(loop(path).out.split()[0])
    rounds = [(loop(path), sensor(path), loop(tiny), sensor(tiny))
              for _ in range(pairs)]
    plain, whole, plain_start, whole_start = zip(*rounds)
    recall = Recall(path, whole[0].out)

    base = net(plain, plain_start, "cpu")
    mine = net(whole, whole_start, "cpu")
    clock = net(whole, whole_start, "clock")
    by_clock = clock / net(plain, plain_start, "clock")
    bits = 8 * (os.path.getsize(path) - 24 - 16 * packets)
    peak = max(run.mib for run in whole)
    good = (mine / base <= PROMISED[kind] * slack and peak < PROMISED_MIB
            and recall.good())
    print(f"{kind:5} {packets:9} {base / packets * 1e9:7.1f} "
          f"{mine / packets * 1e9:7.1f} {mine / base:6.2f} "
          f"{PROMISED[kind]:7.1f} {by_clock:6.2f} {packets / clock / 1e6:7.2f} "
          f"{bits / clock / 1e9:7.2f} {peak:6.1f}  {recall}"
          f"{'' if good else '  NOT KEPT'}", flush=True)
    return good


def recall_slowly(kind, megabytes):
    path = made(kind, megabytes, SLOW)
    recall = Recall(path, sensor(path).out)
    print(f"{kind} at {SLOW} Mbit/s: servers, dialogs, false: {recall}"
          f"{'' if recall.good() else '  NOT KEPT'}", flush=True)
    return recall.good()


def crowds(sizes, pairs, slack):
    """A packet's cost by the number of connections."""
    cost = {}
    print(f"{'connections':>11} {'opening':>8} {'data':>7} {'made':>6} "
          f"{'evicted':>9} {'MiB':>7}")
    for size in sizes:
        runs = [Measured(tool("flow_cost", size, CROWD_PACKETS))
                for _ in range(min(pairs, 3))]
        rows = [list(map(float, run.out.split())) for run in runs]
        opening, data, _, making, evicted = map(statistics.median, zip(*rows))
        cost[size] = data
        print(f"{size:11} {opening:8.1f} {data:7.1f} {making:6.1f} "
              f"{evicted:9.0f} {max(run.mib for run in runs):7.1f}", flush=True)
    ratio = cost[max(sizes)] / cost[min(sizes)]
    good = ratio <= PROMISED_CROWD * slack
    print(f"{max(sizes)} beside {min(sizes)}: {ratio:.2f} "
          f"(promised: {PROMISED_CROWD}){'' if good else '  NOT KEPT'}")
    return good


def main():
    megabytes, pairs = int(sys.argv[1]), int(sys.argv[2])
    slack, sizes = float(sys.argv[3]), [int(size) for size in sys.argv[4].split()]

    print(f"{megabytes} MiB of each kind, medians of {pairs} pairs; loop, sensor: "
          "ns of the processors a packet; clock: ratio by it")
    print(HEAD)
    good = [compare(kind, megabytes, pairs, slack) for kind in PROMISED]
    good += [recall_slowly(kind, megabytes) for kind in ("smtp", "imix")]

    print("\na packet with so many connections open, ns of the processor "
          "(made: of it, to make the frame):")
    good.append(crowds(sizes, pairs, slack))

    print("\na connection, of the processor:", flush=True)
    subprocess.run(tool("dialog_cost", CONNECTIONS), check=True)
    if slack != 1:
        print(f"promises times {slack}")
    print("promises kept" if all(good) else "a promise is NOT KEPT")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
