# SPDX-License-Identifier: Apache-2.0
"""test_captures - what becomes of a dialog when what it is captured from changes.

An interface goes down and comes back, another link type goes on where the first
ended, and a loopback shows each packet on its way out and in.  The rest of these
cases needs no interface and is in tests/sensor/test_captures.c.
"""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import namespaces  # noqa: E402
import program  # noqa: E402
from talk import Talk  # noqa: E402

SUPPORT = os.path.join(program.TOP, "tests", "support")
LINK_ETHERNET, LINK_RAW = 1, 101
FIRST = (b"220 mx.example ESMTP\r\n", b"EHLO client.example\r\n",
         b"250-mx.example\r\n250 SIZE\r\n")
REST = (b"MAIL FROM:<a@client.example>\r\n", b"250 2.1.0 Ok\r\n",
        b"RCPT TO:<b@mx.example>\r\n", b"250 2.1.5 Ok\r\n", b"DATA\r\n",
        b"354 Go on\r\n", b"Subject: x\r\n\r\nx\r\n.\r\n",
        b"250 2.0.0 Ok: queued\r\n")


# --- frames ------------------------------------------------------------------

def write_first(talk):
    talk.connect(40000, 2525)
    talk.turns(*FIRST)


def write_rest(talk):
    for at, text in enumerate(REST):
        talk.say(at % 2, text)
    talk.hang_up()


def frames_of(path):
    """The frames of a file that Talk wrote."""
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at < len(data):
        length = struct.unpack_from("=I", data, at + 8)[0]
        yield data[at:at + 16], data[at + 16:at + 16 + length]
        at += 16 + length


def as_raw_ip(path, to):
    """The same packets without Ethernet."""
    with open(to, "wb") as out:
        out.write(struct.pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, LINK_RAW))
        for head, frame in frames_of(path):
            seconds, ns = struct.unpack_from("=II", head)
            length = len(frame) - 14
            out.write(struct.pack("=IIII", seconds, ns, length, length))
            out.write(frame[14:])


# --- watching ----------------------------------------------------------------

class Watch:
    """straymail watch on an interface, for as long as the block lasts."""

    def __init__(self, interface, folder):
        self.out = os.path.join(folder, "events.ndjson")
        self.err = os.path.join(folder, "watch.log")
        self.process = subprocess.Popen(
            [program.STRAYMAIL, "watch", "-v", "-i", interface, "-c", "/dev/null",
             "--format", "json"],
            stdin=subprocess.DEVNULL, stdout=open(self.out, "wb"),
            stderr=open(self.err, "wb"))
        self.status = None

    def said(self):
        with open(self.err, encoding="utf-8", errors="backslashreplace") as log:
            return log.read()

    def told(self):
        with open(self.out, encoding="utf-8") as events:
            return events.read()

    def until(self, true, what):
        until = time.monotonic() + 20
        while not true():
            assert self.process.poll() is None, f"watch ended: {self.said()}"
            assert time.monotonic() < until, f"{what}: not in time; {self.said()}"
            time.sleep(0.02)

    def __enter__(self):
        self.until(lambda: "listening" in self.said(), "listening")
        return self

    def stop(self):
        """Its last word on each server, and what it counted; what the kernel still
        holds is heard before (test_mirror.py)."""
        self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(timeout=20)
        program.sane(self.status, self.said())
        checks.equal(self.status, 0, "exit status")
        events = [json.loads(line) for line in self.told().splitlines()]
        counted = re.findall(r"^ +(\d+)  (\w+) ", self.said(), re.MULTILINE)
        counts = {}
        for number, name in counted:  # a kind of frame may have a total's name
            counts.setdefault(name, int(number))
        return program.servers(events), counts

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def found_once(servers, place, messages):
    checks.equal(list(servers), [place], "servers")
    server = servers[place]["server"]
    checks.equal((server["flows"], server["suspected_flows"], server["messages"]),
                 (1, 0, messages), "flows, suspected flows, messages")


# --- the cases ---------------------------------------------------------------

def has_carrier(interface):
    done = subprocess.run(["ip", "link", "show", interface], capture_output=True,
                          text=True, check=True)
    return "LOWER_UP" in done.stdout


def cap_08_an_interface_goes_down_and_comes_back():
    namespaces.command("ip link add tap0 type veth peer name tap1")
    for end in ("tap0", "tap1"):
        namespaces.command(f"ip link set {end} up")
    with tempfile.TemporaryDirectory() as folder, \
            Watch("tap1", folder) as watch, \
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(("tap0", 0))
        part = os.path.join(folder, "part")
        talk = Talk(part)
        for write in (write_first, write_rest):
            write(talk)
            talk.close()
            for _, frame in frames_of(part):
                wire.send(frame)
            if write is write_rest:
                break
            watch.until(lambda: '"confirmed"' in watch.told(), "the finding")
            namespaces.command("ip link set tap1 down")
            time.sleep(0.3)  # that it has noticed
            namespaces.command("ip link set tap1 up")
            watch.until(lambda: has_carrier("tap0"), "the carrier")
            talk.go_on(part)
        servers, counts = watch.stop()
        found_once(servers, "10.0.0.2:2525", 1)
        checks.equal(counts.get("dialogs"), 1, "dialogs")


def cap_09_the_link_type_changes():
    with tempfile.TemporaryDirectory() as folder:
        first, rest, raw = (os.path.join(folder, name) for name in "abc")
        talk = Talk(first)
        write_first(talk)
        talk.go_on(rest)
        write_rest(talk)
        talk.close()
        as_raw_ip(rest, raw)
        for order in ((first, rest), (first, raw)):
            ran = program.read(*order)
            checks.equal(ran.status, 0, ran.err)
            found_once(program.servers(ran.events()), "10.0.0.2:2525", 1)


def a_mail_over(address):
    """Delivered through real sockets."""
    server = subprocess.Popen(
        [sys.executable, "-B", os.path.join(SUPPORT, "smtp_server.py"), address,
         "2525"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        checks.equal(server.stdout.readline().strip(), b"ready", "the server")
        subprocess.run(
            [sys.executable, "-B", os.path.join(SUPPORT, "smtp_client.py"),
             address, "2525"], input=b"\n", stdout=subprocess.DEVNULL,
            check=True, timeout=30)
    finally:
        server.stdin.close()
        server.wait(timeout=10)


def cap_11_what_leaves_a_loopback_is_what_comes_in():
    namespaces.command("ip link set lo up")
    for interface in ("lo", "any"):
        with tempfile.TemporaryDirectory() as folder, \
                Watch(interface, folder) as watch:
            a_mail_over("127.0.0.1")
            servers, counts = watch.stop()
            found_once(servers, "127.0.0.1:2525", 1)
            checks.equal(counts.get("duplicates", 0), 0,
                         f"segments seen twice on {interface}")
            checks.equal(counts.get("dialogs"), 1, "dialogs")


HERE = [
    ("CAP-09: the link type changes", cap_09_the_link_type_changes),
]
INSIDE = [
    ("CAP-08: an interface goes down and comes back",
     cap_08_an_interface_goes_down_and_comes_back),
    ("CAP-11: what leaves a loopback is what comes in",
     cap_11_what_leaves_a_loopback_is_what_comes_in),
]


def main():
    if namespaces.INSIDE in os.environ:
        return checks.run(HERE + INSIDE)
    why = namespaces.move_inside(__file__)

    def skipped():
        raise checks.Skip(f"no namespaces here: {why}")

    return checks.run(HERE + [(name, skipped) for name, _ in INSIDE])


if __name__ == "__main__":
    sys.exit(main())
