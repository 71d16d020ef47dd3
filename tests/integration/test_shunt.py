# SPDX-License-Identifier: Apache-2.0
"""test_shunt - what was ruled out stays in the kernel, and nothing else does.

	client --- veth --- near0: a server, and straymail that watches

The test moves into network and mount namespaces of its own first, so nothing of
the machine is touched and all of it is gone when the test ends.  Where the
kernel lets nobody load programs it skips.
"""

import ctypes
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402

INSIDE = "STRAYMAIL_TEST_INSIDE"
NEAR, FAR = "10.98.0.1", "10.98.0.2"
PORT, OTHER_PORT, FAR_PORT = 8080, 2525, 40000
MB = 1 << 20
CLONE_NEWNET = 0x40000000  # linux/sched.h; Python 3.12 has it, and setns()

# Segments are what is on the wire, so that frames can be counted.
WIRES = f"""
ip link set lo up
ip netns add far
ip link add near0 type veth peer name far0 netns far
ip addr add {NEAR}/24 dev near0
ip -n far addr add {FAR}/24 dev far0
ip link set near0 gso_max_segs 1
ip -n far link set far0 gso_max_segs 1
ip link set near0 up
ip -n far link set far0 up
"""

# Without these two nobody may load a program.
FORBIDDEN = ["setpriv", "--bounding-set", "-bpf,-sys_admin"]


def command(line):
    done = subprocess.run(line.split(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}: {done.stderr.strip()}"


def move_inside():
    """Runs this file again in namespaces of its own; never returns if it can."""
    if os.getuid() != 0:
        return "not root"
    unshare = ["unshare", "--net", "--mount"]
    enter = ["sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "enter"]
    probe = subprocess.run([*unshare, *enter, "true"], capture_output=True,
                           text=True, check=False)
    if probe.returncode != 0:
        return probe.stderr.strip() or "unshare failed"
    os.environ[INSIDE] = "1"
    return os.execvp("unshare", [*unshare, *enter, sys.executable, "-B",
                                 os.path.abspath(__file__)])


def far(function):
    """What the function gives, run in a thread that lives in the namespace."""
    got = []

    def work():
        with open("/run/netns/far", "rb") as there:
            failed = ctypes.CDLL(None).setns(there.fileno(), CLONE_NEWNET)
        got.append(None if failed else function())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return got[0]


def connect(port, far_port=0):
    def work():
        end = socket.socket()
        end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        end.bind((FAR, far_port))
        end.settimeout(20)
        end.connect((NEAR, port))
        return end
    return far(work)


def listen(port):
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    end.bind((NEAR, port))
    end.listen()
    end.settimeout(20)
    return end


def pour(source, sink, megabytes):
    """That much from one end to the other, the way that it goes on a wire."""
    def drain():
        left = megabytes * MB
        while left > 0:
            got = len(sink.recv(min(left, MB)))
            assert got > 0, "the bulk ends early"
            left -= got

    reader = threading.Thread(target=drain)
    reader.start()
    source.sendall(b"x" * megabytes * MB)
    reader.join()


def say(one, other, text):
    one.sendall(text.encode() + b"\r\n")
    got = b""
    while not got.endswith(b"\r\n"):
        got += other.recv(1000)
    time.sleep(0.005)


def mail(server, client):
    say(server, client, "220 mx.example.org ESMTP")
    say(client, server, "EHLO client.example.org")
    say(server, client, "250 mx.example.org")
    say(client, server, "MAIL FROM:<a@example.org>")
    say(server, client, "250 2.1.0 Ok")
    say(client, server, "QUIT")
    say(server, client, "221 2.0.0 Bye")


def hang_up(*ends):
    """By RST, which leaves the tuple free at once."""
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                       struct.pack("ii", 1, 0))
        end.close()


def frames_so_far():
    with open("/proc/self/net/dev", encoding="ascii") as table:
        fields = re.search(r"near0:(.*)", table.read()).group(1).split()
    return int(fields[1]) + int(fields[9])  # received, sent


class Watch:
    """straymail watch on the wire."""

    def __init__(self, *more, before=()):
        self.folder = tempfile.TemporaryDirectory()
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.events = os.path.join(self.folder.name, "events")
        self.process = subprocess.Popen(
            [*before, program.STRAYMAIL, "watch", "-v", "-i", "near0",
             "-c", "/dev/null", "--format", "json", "--ndpi", "off", *more],
            stdin=subprocess.DEVNULL, stdout=open(self.events, "wb"),
            stderr=self.log)

    def __enter__(self):
        wait_until(lambda: "near0: listening" in self.said(), "listening", self)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def said(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "backslashreplace")

    def stop(self):
        """The counters, once it has told all."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        program.sane(status, self.said())
        checks.equal(status, 0, f"exit status ({self.said()})")
        return {name: int(number) for number, name in
                re.findall(r"^ *(\d+)  (\w+) ", self.said(), re.M)}

    def found(self):
        """The newest event of each server."""
        with open(self.events, encoding="utf-8") as lines:
            told = [json.loads(line) for line in lines]
        return {event["server"]["port"]: event for event in told
                if event["event_type"] == "smtp_server"}


def wait_until(true, what, watch):
    until = time.monotonic() + 20
    while not true():
        assert watch.process.poll() is None, f"watch ended: {watch.said()}"
        assert time.monotonic() < until, f"{what}: {watch.said()}"
        time.sleep(0.01)


def bulk_then_mail(watch):
    """A transfer, a mail beside it, and then a mail on the transfer's tuple.
    The number of frames that were on the wire."""
    doors = listen(PORT), listen(OTHER_PORT)
    before = frames_so_far()
    client = connect(PORT, FAR_PORT)
    server = doors[0].accept()[0]
    say(client, server, "GET /bulk HTTP/1.1\r\n")
    say(server, client, "HTTP/1.1 200 OK\r\n")
    pour(server, client, 1)  # enough for a verdict, and to be shunted
    time.sleep(0.5)
    pour(server, client, 20)
    other = connect(OTHER_PORT)
    mail(doors[1].accept()[0], other)
    pour(server, client, 10)
    watch.process.send_signal(signal.SIGUSR1)
    hang_up(client, server)
    time.sleep(0.5)
    again = connect(PORT, FAR_PORT)
    mail(doors[0].accept()[0], again)
    frames = frames_so_far() - before
    for door in doors:
        door.close()
    time.sleep(0.3)
    return frames


def confirmed_with_greeting(watch, port):
    found = watch.found()
    assert port in found, f"nothing at {port}: {sorted(found)}, {watch.said()}"
    event = found[port]
    checks.equal(event["detection"]["verdict"], "confirmed", f"verdict of {port}")
    checks.equal(event["smtp"]["greeting_code"], 220, f"greeting of {port}")
    checks.equal(event["detection"]["flags"], [], f"flags of {port}")


def the_bulk_stays_in_the_kernel_and_mail_does_not():
    with Watch("-o", "capture.shunt=on") as watch:
        frames = bulk_then_mail(watch)
        counters = watch.stop()
        checks.note(f"{frames} frames on the wire, {counters['packets']} handed "
                    f"over, {counters['shunted']} shunted")
        assert frames > 20000, frames
        assert counters["packets"] < frames / 5, counters
        assert counters["shunted"] > frames * 4 / 5, counters
        assert counters["shunted_bytes"] > 25 * MB, counters
        lost = frames - counters["packets"] - counters["shunted"] - \
            counters.get("kernel_drops", 0)
        assert abs(lost) < 20, f"{lost} frames are in no counter: {counters}"
        assert re.search(r"[1-9]\d* shunted", watch.said()), watch.said()
        for port in (PORT, OTHER_PORT):
            confirmed_with_greeting(watch, port)


def a_filter_is_a_part_of_it():
    wanted = f"tcp port {PORT} and not tcp port 1 and ip[8] > 1"
    with Watch("-o", "capture.shunt=on", "-f", wanted) as watch:
        frames = bulk_then_mail(watch)
        counters = watch.stop()
        assert counters["packets"] < frames / 5, counters
        assert counters["shunted"] > frames * 4 / 5, counters
        confirmed_with_greeting(watch, PORT)
        assert OTHER_PORT not in watch.found(), "the filter had no effect"


def send_tagged(vlan, count):
    """UDP in an 802.1Q tag, which the kernel takes off at the other end."""
    frame = b"\xff" * 6 + b"\2\0\0\0\0\1" + \
        struct.pack("!HHH", 0x8100, vlan, 0x0800) + \
        struct.pack("!BBHIBBH4s4s", 0x45, 0, 28, 0, 64, 17, 0,
                    socket.inet_aton(FAR), socket.inet_aton(NEAR)) + \
        struct.pack("!HHHH", 9, 9, 8, 0)

    def work():
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as end:
            end.bind(("far0", 0))
            for _ in range(count):
                end.send(frame + b"\0" * 20)
        return True
    assert far(work), "cannot get to the other end"


def a_filter_knows_the_tag_that_the_kernel_has_taken_off():
    with Watch("-o", "capture.shunt=on", "-f", "vlan 7 and udp") as watch:
        send_tagged(7, 30)
        send_tagged(8, 50)
        time.sleep(0.3)
        checks.equal(watch.stop().get("packets"), 30, "frames handed over")


def where_the_filter_has_no_translation_a_line_says_so():
    with Watch("-i", "any", "-f", f"tcp port {OTHER_PORT}") as watch:
        checks.contains(watch.said(), "interface any: no shunt: a filter of "
                        "cooked frames has no translation", "log")
        door, client = listen(OTHER_PORT), connect(OTHER_PORT)
        mail(door.accept()[0], client)
        door.close()
        time.sleep(0.3)
        watch.stop()
        assert OTHER_PORT in watch.found(), watch.said()


def off_is_off():
    with Watch("-o", "capture.shunt=off") as watch:
        frames = bulk_then_mail(watch)
        counters = watch.stop()
        assert "shunted" not in counters, counters
        assert counters["packets"] + counters.get("kernel_drops", 0) > \
            frames * 4 / 5, counters
        for port in (PORT, OTHER_PORT):
            confirmed_with_greeting(watch, port)


def without_the_permission_a_line_says_so_and_all_goes_on():
    with Watch(before=FORBIDDEN) as watch:
        checks.contains(watch.said(), "no shunt, ", "log")
        checks.contains(watch.said(), "CAP_BPF is missing", "log")
        bulk_then_mail(watch)
        assert "shunted" not in watch.stop()
        for port in (PORT, OTHER_PORT):
            confirmed_with_greeting(watch, port)


def without_the_permission_on_is_refused():
    ran = program.run(*FORBIDDEN[1:], program.STRAYMAIL, "watch", "-i", "near0",
                      "-c", "/dev/null", "-o", "capture.shunt=on",
                      "--format", "json", command=FORBIDDEN[0])
    checks.equal(ran.status, 1, "exit status")
    checks.contains(ran.err, "capture.shunt is on, and cannot be: CAP_BPF",
                    "what is said")


TESTS = [
    (checks.sentence(test), test) for test in (
        the_bulk_stays_in_the_kernel_and_mail_does_not,
        a_filter_is_a_part_of_it,
        a_filter_knows_the_tag_that_the_kernel_has_taken_off,
        where_the_filter_has_no_translation_a_line_says_so,
        off_is_off,
        without_the_permission_a_line_says_so_and_all_goes_on,
        without_the_permission_on_is_refused,
    )
]


def skipped(why):
    def test():
        raise checks.Skip(why)
    return [(name, test) for name, _ in TESTS]


def main():
    if INSIDE not in os.environ:
        return checks.run(skipped(f"no namespaces here: {move_inside()}"))
    try:
        for line in WIRES.strip().splitlines():
            command(line)
        with Watch() as watch:
            assert "no shunt" not in watch.said(), watch.said()
    except (AssertionError, FileNotFoundError) as why:
        return checks.run(skipped(f"no shunt can be had here: {why}"))
    return checks.run(TESTS)


if __name__ == "__main__":
    sys.exit(main())
