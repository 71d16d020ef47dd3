# SPDX-License-Identifier: Apache-2.0
"""live - what straymail takes from an interface without a loss, and at what
cost, beside libpcap alone.

	python3 live.py MEGABYTES RATE SECONDS STEPS

	direct:	sender --- veth --- sensor
	mirror:	sender --- veth --- switch === tc mirred ==> veth --- sensor

A sender of our own puts the frames of a generated capture on the wire, evenly,
from memory.  First all are offered RATE packets a second for so many seconds,
and the processor time that each took meanwhile is compared: of its own (user),
and with what the kernel does on its behalf (all).
Then the rate is raised until packets are lost, in so many steps: lossless is at
least 99.99 % seen.  "sender" behind a rate: no more could be offered, so it is
the sender's limit that was found.

The kernel's work of receiving is done where the packet comes in: on veth, on
the sender's processor.  A network card's queue that interrupts the sensor's own
processor, or RPS that moves the work there, takes its share from the sensor.

Needs root, or user namespaces; everything is in namespaces of its own.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import namespaces  # noqa: E402
import program  # noqa: E402
from bench import made, tool  # noqa: E402
from namespaces import command  # noqa: E402

LOSSLESS = 0.9999
KEPT_UP = 0.97  # of the rate that the sender was asked for
REPEATS = 3
LEAST, MOST = 20_000, 2_000_000  # packets a second

WIRES = {
    "direct": """
ip netns add sender
ip link add sensor0 type veth peer name out0 netns sender
""",
    "mirror": """
ip netns add sender
ip netns add switch
ip link add in0 netns switch type veth peer name out0 netns sender
ip link add sensor0 type veth peer name mirror0 netns switch
ip -n switch link set in0 up mtu 9000
ip -n switch link set mirror0 up mtu 9000
ip netns exec switch tc qdisc add dev in0 clsact
""",
}

# No word of the interfaces' own.
UP = """
sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip netns exec sender sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link set sensor0 up mtu 9000
ip -n sender link set out0 up mtu 9000
"""


def lay_wires(kind):
    for line in WIRES[kind].strip().splitlines():
        command(line)
    if kind == "mirror":
        namespaces.mirror("switch", "in0", "ingress", "mirror0")
    for line in UP.strip().splitlines():
        command(line)


def take_wires():
    for what in ("link del sensor0", "netns del sender", "netns del switch"):
        subprocess.run(["ip", *what.split()], capture_output=True, check=False)


def pinned(processor, line):
    """On a processor of its own, where there are two."""
    if os.cpu_count() < 2:
        return line
    return ["taskset", "-c", str(processor), *line]


class Watcher:
    """A program that listens to sensor0, from its start to its last word."""

    def __init__(self, line):
        self.process = subprocess.Popen(
            pinned(1, line), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        for _ in range(200):  # until it has a packet socket
            with open("/proc/net/packet", encoding="ascii") as sockets:
                if len(sockets.readlines()) > 1:
                    break
            assert self.process.poll() is None, self.process.stdout.read()
            time.sleep(0.05)
        time.sleep(0.5)

    def used(self):
        """Seconds of processor so far: its own, and all.  The kernel knows the
        sum exactly, and guesses at its parts by its ticks."""
        tasks = f"/proc/{self.process.pid}/task"
        both = user = system = 0
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/schedstat", encoding="ascii") as numbers:
                both += int(numbers.read().split()[0])
            with open(f"{tasks}/{task}/stat", encoding="ascii") as numbers:
                fields = numbers.read().rsplit(")", 1)[1].split()
            user += int(fields[11])
            system += int(fields[12])
        tick = os.sysconf("SC_CLK_TCK")
        return user / tick, system / tick, both / 1e9

    def end(self):
        """Its output."""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate()[0]


class Loop:
    """libpcap alone."""

    name = "libpcap loop"
    line = tool("pcap_loop", "-i", "sensor0")

    @staticmethod
    def seen(out):
        return int(re.search(r"(\d+) packets", out).group(1))


class Sensor:
    """straymail watch, with options."""

    def __init__(self, name, *options):
        self.name = name
        self.line = [program.STRAYMAIL, "watch", "-i", "sensor0", "-v", "-c",
                     "/dev/null", "--format", "json", *options]

    @staticmethod
    def seen(out):
        """With what its shunt dropped on purpose."""
        found = re.findall(r"^ *(\d+)  (?:packets|shunted)  *", out, re.M)
        return sum(map(int, found))


def tools():
    """(a tool, ...), and a word on the shunt where this build has none."""
    shown = program.run("watch", "-i", "lo", "-c", "/dev/null", "--dump-config")
    if "shunt" not in shown.out:
        return (Loop(), Sensor("straymail")), "no shunt in this build"
    return (Loop(), Sensor("straymail, no shunt", "-o", "capture.shunt=off"),
            Sensor("straymail, shunt", "-o", "capture.shunt=on")), None


class Offered:
    """What became of a rate that was offered."""

    def __init__(self, watched, capture, rate, seconds):
        watcher = Watcher(watched.line)
        before = watcher.used()
        sender = subprocess.run(
            pinned(0, ["ip", "netns", "exec", "sender",
                       *tool("send_capture", "out0", capture, rate, seconds)]),
            capture_output=True, text=True, check=False)
        time.sleep(0.5)  # what is in the ring is read
        user, system, self.all = (
            b - a for a, b in zip(before, watcher.used()))
        self.user = self.all * user / max(user + system, 1e-9)
        out = watcher.end()
        assert sender.returncode == 0, sender.stderr
        sent, took, self.late_ms = sender.stdout.split()
        self.sent = int(sent)
        self.rate = self.sent / float(took)
        self.kept_up = self.rate >= KEPT_UP * rate
        self.seen = watched.seen(out)
        self.lossless = self.seen >= LOSSLESS * self.sent


def most(watched, capture, seconds, steps):
    """The highest rate without a loss, and what limits it."""
    low, high, best, limit = LEAST, MOST, 0, "-"
    for _ in range(steps):
        rate = int((low * high) ** 0.5)
        offered = Offered(watched, capture, rate, seconds)
        if offered.lossless:
            best = max(best, offered.rate)
        if offered.lossless and offered.kept_up:
            low = rate
        else:
            high = rate
            limit = "sender" if offered.lossless else (
                f"{offered.seen / offered.sent:.2%} of {offered.rate / 1e3:.0f}")
    return best, limit


def row(wires, kind, watched, capture, asked):
    rate, seconds, steps = asked
    runs = [Offered(watched, capture, rate, seconds) for _ in range(REPEATS)]
    user = statistics.median(run.user / run.sent for run in runs)
    both = statistics.median(run.all / run.sent for run in runs)
    seen = statistics.median(run.seen / run.sent for run in runs)
    best, limit = most(watched, capture, seconds, steps)
    print(f"{wires:7} {kind:5} {watched.name:20} {user * 1e9:8.0f} "
          f"{both * 1e9:8.0f} {seen:9.3%} {best / 1e3:10.0f}   {limit}",
          flush=True)


def main():
    megabytes = int(sys.argv[1])
    asked = int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    if namespaces.INSIDE not in os.environ:
        why = namespaces.move_inside(__file__)
        print(f"live: skipped, no namespaces of its own: {why}")
        return 0
    chosen, note = tools()
    if note:
        print(note)
    print(f"ns of the processor a packet at {asked[0]} packets/s; the highest rate "
          "without a loss, in thousands, and what came above it")
    print(f"{'':7} {'':5} {'':20} {'user':>8} {'all':>8} {'seen':>9} {'lossless':>10}")
    for wires in WIRES:
        try:
            lay_wires(wires)
            for kind in ("imix", "bulk"):
                capture = made(kind, megabytes)
                for watched in chosen:
                    row(wires, kind, watched, capture, asked)
        finally:
            take_wires()
    return 0


if __name__ == "__main__":
    sys.exit(main())
