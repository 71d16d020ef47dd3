# SPDX-License-Identifier: Apache-2.0
"""bench - how fast straymail reads bulk traffic, beside libpcap alone.

	python3 bench.py MEGABYTES PAIRS SHARE

Both read the same generated file, in turn, so that whatever else the machine
does falls on both; the file is in the page cache.  What it takes to start (a
file of a megabyte) is taken off.  The medians are compared, by the time that
each used of the processors, and by the clock.  Fails below SHARE of the plain
loop's packet rate by the clock, or above the promised memory.  Behind it: what
dissecting one connection costs, without its packets.
"""

import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import program  # noqa: E402

PROMISED_MIB = 256  # resident
CONNECTIONS = 100_000  # of each kind, five times
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


def made(megabytes):
    """The capture of that size, made once."""
    path = os.path.join(program.BUILD, f"bulk-{megabytes}.pcap")
    if not os.path.exists(path):
        with open(path + ".part", "wb") as file:
            subprocess.run([os.path.join(TOOLS, "make_capture"), str(megabytes)],
                           stdout=file, check=True)
        os.rename(path + ".part", path)
    return path


def loop(path):
    return Measured([os.path.join(TOOLS, "pcap_loop"), path])


def sensor(path):
    return Measured([program.STRAYMAIL, "read", "-q", "--format", "json", path])


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def say(what, packets, seconds, runs):
    print(f"{what:12} {packets / seconds:12.0f} packets/s "
          f"{seconds / packets * 1e9:8.0f} ns/packet "
          f"{max(run.mib for run in runs):8.1f} MiB")


def main():
    path, tiny, pairs = made(int(sys.argv[1])), made(1), int(sys.argv[2])
    wanted = float(sys.argv[3])
    packets = int(loop(path).out.split()[0])
    tiny_packets = int(loop(tiny).out.split()[0])
    assert "smtp_server" in sensor(path).out, "the mail in the file was not found"

    rounds = [(loop(path), sensor(path), loop(tiny), sensor(tiny))
              for _ in range(pairs)]
    plain, whole, plain_start, whole_start = zip(*rounds)

    print(f"{packets} packets, {sys.argv[1]} MiB, medians of {pairs} pairs")
    share = {}
    for field in ("cpu", "clock"):
        print(f"by {field}:")
        base = max(median(plain, field) - median(plain_start, field), 1e-6)
        mine = max(median(whole, field) - median(whole_start, field), 1e-6)
        say("  pcap_loop", packets - tiny_packets, base, plain)
        say("  straymail", packets - tiny_packets, mine, whole)
        share[field] = base / mine
        print(f"  share of the plain loop's rate: {share[field]:.2f}")
    print(f"start-up: {median(whole_start, 'clock') * 1000:.0f} ms")

    peak = max(run.mib for run in whole)
    print("a connection, of the processor:", flush=True)
    subprocess.run([os.path.join(TOOLS, "dialog_cost"), str(CONNECTIONS)],
                   check=True)
    good = share["clock"] >= wanted and peak < PROMISED_MIB
    print(f"promised: {wanted} of the rate by the clock, "
          f"under {PROMISED_MIB} MiB: {'kept' if good else 'NOT KEPT'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
