# SPDX-License-Identifier: Apache-2.0
"""program - runs straymail as a user would, and reads what it told.

A run that dies by a signal, hangs, or makes a sanitizer speak fails the test
that asked for it, whatever that test looks at.
"""

import base64
import fcntl
import json
import os
import signal
import struct
import subprocess
import termios
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build/plain"))
STRAYMAIL = os.path.join(BUILD, "straymail")
PCAPS = os.path.join(TOP, "pcaps")

STANDARD_PORTS = (25, 465, 587)


class Ran:
    """What a run left behind."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out.decode("utf-8", "backslashreplace")
        self.err = err.decode("utf-8", "backslashreplace")

    def events(self):
        return [json.loads(line) for line in self.out.splitlines() if line]


def sane(status, err):
    """Neither a crash nor a sanitizer's report, and our own sums agree."""
    assert status >= 0, f"killed by signal {-status}: {err[-2000:]}"
    for word in ("Sanitizer", "runtime error:", "Assertion `", "accounting:"):
        assert word not in err, f"{word} in: {err[-4000:]}"


def run(*arguments, stdin=None, seconds=60, command=STRAYMAIL):
    """straymail ARGUMENTS, from the top of the tree; stdin is bytes or a file."""
    feed = {"stdin": subprocess.DEVNULL}
    if isinstance(stdin, bytes):
        feed = {"input": stdin}
    elif stdin is not None:
        feed = {"stdin": stdin}
    try:
        done = subprocess.run([command, *map(str, arguments)], cwd=TOP,
                              capture_output=True, timeout=seconds,
                              check=False, **feed)
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"hangs: {arguments} ({seconds} s)") from late
    ran = Ran(done.returncode, done.stdout, done.stderr)
    sane(ran.status, ran.err)
    return ran


def read(*arguments, **keywords):
    """straymail read --format json ARGUMENTS"""
    return run("read", "--format", "json", *arguments, **keywords)


def place(event):
    """ADDRESS:PORT of an event's server, IPv6 in brackets; or NAME:PORT."""
    server = event["server"]
    if server["ip"] is None:
        return f"{server['name']}:{server['port']}"
    ip = f"[{server['ip']}]" if ":" in server["ip"] else server["ip"]
    return f"{ip}:{server['port']}"


def servers(events):
    """The last word on each server: ADDRESS:PORT -> its newest event."""
    told = {}
    for event in events:
        if event["event_type"] == "smtp_server":
            told[place(event)] = event
    return {where: event for where, event in told.items()
            if event["detection"]["verdict"] != "refuted"}


def word(event, standard_ports=STANDARD_PORTS):
    """confirmed, suspected, lmtp, standard: what a server was told as."""
    if event["smtp"].get("variant") == "lmtp":
        return "lmtp"
    verdict = event["detection"]["verdict"]
    if verdict == "confirmed" and event["server"]["port"] in standard_ports:
        return "standard"
    return verdict


def ports_of(options):
    """The standard ports that a list of options leaves in force."""
    ports = STANDARD_PORTS
    for at, option in enumerate(options):
        if option == "--standard-ports":
            ports = tuple(int(port) for port in options[at + 1].split(","))
        elif option.startswith("--standard-ports="):
            ports = tuple(int(port) for port in option.split("=")[1].split(","))
    return ports


def base64_forms(secret):
    """What base64 makes of a secret wherever it stands in a longer text."""
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + secret).rstrip(b"=")
        yield coded[(lead * 8 + 5) // 6: len(coded) - 1].decode()


# Recordings hold this word wherever there is something to keep quiet about:
# addresses, subjects, bodies, credentials.
CANARIES = ("CANARY", "canary", *base64_forms(b"CANARY"))


def no_canary(text, what):
    for canary in CANARIES:
        at = text.find(canary)
        assert at < 0, f"{what} tells a secret: {text[max(0, at - 60):at + 60]!r}"


class Row:
    """A line of pcaps/MANIFEST (its grammar stands at its top)."""

    def __init__(self, line):
        capture, options, expected = (f.strip() for f in line.split("|", 2))
        self.capture = os.path.join(PCAPS, capture)
        self.options = options.split()
        self.name = " ".join([capture, *self.options])
        self.exit = 0
        self.servers = {}  # ADDRESS:PORT -> (word, {key: value})
        for part in filter(None, (p.strip() for p in expected.split(";"))):
            self._take(part)

    def _take(self, part):
        if part.startswith("exit="):
            self.exit = int(part[5:])
        elif part != "none":
            where, verdict, *keys = part.split()
            self.servers[where] = (verdict, dict(k.split("=", 1) for k in keys))

    def findings(self):
        return [w for w, (verdict, _) in self.servers.items()
                if verdict == "confirmed"]


def manifest():
    with open(os.path.join(PCAPS, "MANIFEST"), encoding="utf-8") as lines:
        rows = [Row(line) for line in lines
                if line.strip() and not line.startswith("#")]
    return rows


def rows_with_findings():
    """Plain rows (no options, read in whole) that hold a finding."""
    rows = [row for row in manifest()
            if row.findings() and not row.options and row.exit == 0]
    assert rows, "pcaps/MANIFEST has no plain row with a finding"
    return rows


def takes_signals(pid):
    """Whether it reads them, rather than being ended by them."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        blocked = [line for line in status if line.startswith("SigBlk:")]
    return int(blocked[0].split()[1], 16) >> (signal.SIGINT - 1) & 1


def _sleeps(pid):
    states = set()
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii") as stat:
            states.add(stat.read().rpartition(")")[2].split()[0])
    return states == {"S"}


def _left_in(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def wait_until_read(child):
    """Until a `read -` takes its signals, has taken all that is in its pipe, and
    sleeps over it: now it waits for more."""
    until, calm = time.monotonic() + 30, 0
    while calm < 4:
        assert time.monotonic() < until, "it never waits for more"
        waits = takes_signals(child.pid) and _left_in(child.stdin) == 0 and \
            _sleeps(child.pid)
        calm = calm + 1 if waits else 0
        time.sleep(0.02)


def wait_until_fed(child, count):
    """Until it has read so many bytes, from wherever."""
    until, taken = time.monotonic() + 30, 0
    while taken < count:
        assert time.monotonic() < until, f"it has read {taken} bytes only"
        with open(f"/proc/{child.pid}/io", encoding="ascii") as numbers:
            taken = int(numbers.readline().split()[1])
        time.sleep(0.02)
