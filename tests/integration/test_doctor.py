# SPDX-License-Identifier: Apache-2.0
"""test_doctor - each diagnostic provoked, and a healthy mirror that gives none.

What a capture file can show is made here, byte by byte, and read by `doctor
FILE`.  What only an interface can show happens on a veth pair in a network
namespace of the test's own:

	switch --- veth --- port: straymail doctor -i port, straymail watch

What neither can show (a card that drops, a clock that is set, a sensor that is
late) is in tests/sensor/test_doctor.c, as numbers.
"""

import json
import os
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

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
FINE, WARNINGS, UNFIT = 0, 10, 1
MS = 1000  # in microseconds
PATIENCE_S = 60

# This machine's own; no test is about it.
MACHINES_OWN = {"CLOCK"}


# --- frames -------------------------------------------------------------------

def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip4(source, destination, protocol, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64,
                       protocol, 0, socket.inet_aton(source),
                       socket.inet_aton(destination))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return head + payload


def tcp(source, destination, seq, ack, flags, data=b""):
    """source and destination: (address, port)."""
    segment = struct.pack("!HHIIBBHHH", source[1], destination[1],
                          seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags,
                          8192, 0, 0) + data
    pseudo = (socket.inet_aton(source[0]) + socket.inet_aton(destination[0]) +
              struct.pack("!HH", 6, len(segment)))
    return ip4(source[0], destination[0], 6, segment[:16] + struct.pack(
        "!H", checksum(pseudo + segment)) + segment[18:])


def ethernet(payload, ethertype=0x0800, to=b"\2\0\0\0\0\1"):
    return to + b"\2\0\0\0\0\2" + struct.pack("!H", ethertype) + payload


def tagged(packet, vlan):
    return ethernet(struct.pack("!HH", vlan, 0x0800) + packet, 0x8100)


def vxlan(packet, network):
    inner = struct.pack("!II", 0x08000000, network << 8) + ethernet(packet)
    udp = struct.pack("!HHHH", 50000, 4789, 8 + len(inner), 0) + inner
    return ethernet(ip4("192.0.2.1", "192.0.2.2", 17, udp))


class Wire:
    """Frames with their times, in microseconds."""

    def __init__(self):
        self.frames = []  # (time, frame)
        self.now = 10 ** 6 * 1_700_000_000

    def put(self, frame, after=MS):
        self.now += after
        self.frames.append((self.now, frame))

    def write(self, path, snaplen=65535, cut=0):
        out = [struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, 1)]
        for when, frame in self.frames:
            kept = frame[:snaplen]
            out.append(struct.pack("=IIII", when // 10 ** 6, when % 10 ** 6,
                                   len(kept), len(frame)) + kept)
        whole = b"".join(out)
        with open(path, "wb") as file:
            file.write(whole[:len(whole) - cut])


def dialog(wire, number, wrap=lambda packet, side: ethernet(packet),
           sides="cs", lose=(), again=(), swap=(), size=100, begin=True):
    """A connection of ten exchanges, as a sound mirror shows it; or not."""
    ends = {"c": ("10.1.0.%d" % (number % 250 + 1), 20000 + number),
            "s": ("10.2.0.1", 8025)}
    seq = {"c": 1000, "s": 2 ** 32 - 500}
    held, missing = [], []

    def send(side, flags, data=b"", shown=True):
        other = "s" if side == "c" else "c"
        ack = seq[other] if flags & ACK else 0
        frame = wrap(tcp(ends[side], ends[other], seq[side], ack, flags, data), side)
        seq[side] += len(data) + (1 if flags & (SYN | FIN) else 0)
        if side in sides and shown:
            wire.put(frame)
        return frame

    if begin:
        send("c", SYN)
        send("s", SYN | ACK)
        send("c", ACK)
    else:
        seq = {side: at + 1 for side, at in seq.items()}
    for i in range(10):
        first = send("c", ACK | PSH, bytes([65 + i]) * size, i not in lose + again)
        if i in again:
            missing.append(first)
        if i in swap:  # this one and the next change places
            held.append(len(wire.frames) - 1)
            send("c", ACK | PSH, bytes([97 + i]) * size)
        send("s", ACK | PSH, bytes([75 + i]) * size)
    for frame in missing:  # sent again, late
        wire.put(frame)
    for at in held:
        first, second = wire.frames[at], wire.frames[at + 1]
        wire.frames[at] = (first[0], second[1])
        wire.frames[at + 1] = (first[0] + 10, first[1])
    for side in "cs":
        send(side, FIN | ACK)
    send("c", ACK)


def dialogs(count=60, **how):
    wire = Wire()
    for number in range(count):
        dialog(wire, number, **how)
    return wire


# --- what the doctor says -------------------------------------------------------

def diagnose(*arguments):
    """code -> diagnostic, and the exit status."""
    ran = program.run("doctor", "--format", "json", *arguments)
    events = ran.events()
    for event in events:
        checks.equal(event["event_type"], "diagnostic", "type")
    codes = [event["diagnostic"]["code"] for event in events]
    checks.equal(len(codes), len(set(codes)), f"{codes}: each once")
    return ({event["diagnostic"]["code"]: event["diagnostic"] for event in events
             if event["diagnostic"]["code"] not in MACHINES_OWN}, ran.status)


def examine(wire, *arguments, **how):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "made.pcap")
        wire.write(path, **how)
        return diagnose(*arguments, path)


def expect(wire, level, *codes, arguments=(), status=None, **how):
    """Exactly these codes, the first of that level; it, for a closer look."""
    found, exited = examine(wire, *arguments, **how)
    checks.equal(sorted(found), sorted(codes), "codes")
    told = found[codes[0]]
    checks.equal(told["level"], level, codes[0])
    checks.equal(exited, {"info": FINE, "warning": WARNINGS,
                          "critical": UNFIT}[level] if status is None else status,
                 "exit status")
    assert told["value"] >= told["threshold"] > 0, told
    assert told["message"] and told["fix"], told
    return told


def a_sound_capture_gives_none():
    found, status = examine(dialogs())
    checks.equal((found, status), ({}, FINE), "nothing")


def what_is_said_can_be_read_by_people():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "made.pcap")
        dialogs(sides="c").write(path)
        ran = program.run("doctor", path)
    for part in (path, "ONEWAY", "warning from 90", "mirror both directions"):
        checks.contains(ran.out, part, "page")
    checks.equal(ran.status, WARNINGS, "exit status")


def help_lists_every_code():
    ran = program.run("doctor", "-h")
    for code in ("IFDOWN", "LOSS", "PCAP_SNAPLEN", "critical from 10 %"):
        checks.contains(ran.out, code, "help")


def the_worst_of_several_files_counts():
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f"{i}.pcap") for i in range(3)]
        dialogs().write(paths[0])
        dialogs(sides="c").write(paths[1])
        Wire().write(paths[2])
        checks.equal(program.run("doctor", *paths[:2]).status, WARNINGS, "warn")
        checks.equal(program.run("doctor", *paths).status, UNFIT, "unfit")
        checks.equal(program.run("doctor", paths[0], "nosuch").status, 1, "none")
        checks.equal(program.run("doctor").status, 2, "usage")


def FILTER_HIDES():
    wire = dialogs(wrap=lambda packet, side: tagged(packet, 7))
    told = expect(wire, "warning", "FILTER_HIDES", "PCAP_EMPTY",
                  arguments=("-f", "tcp"), status=UNFIT)
    checks.contains(told["message"], "VLAN, QinQ, VXLAN, GENEVE, GRE", "kinds")
    better = told["fix"].split("'")[1]
    # The better filter shows what was hidden, and hides nothing itself.
    found, _ = examine(wire, "-f", better)
    checks.equal(list(found), ["ALLVLAN"], "with the better filter")


def NOTCP():
    wire = Wire()
    for _ in range(150):
        wire.put(ethernet(ip4("10.0.0.1", "10.0.0.2", 17,
                              struct.pack("!HHHH", 53, 53, 12, 0) + b"abcd")))
    told = expect(wire, "critical", "NOTCP")
    checks.contains(told["message"], "UDP", "what there is")


def UNKNOWN_ENCAP():
    wire = dialogs()
    for _ in range(500):
        wire.put(ethernet(b"x" * 60, 0x88E5))
    told = expect(wire, "warning", "UNKNOWN_ENCAP")
    checks.contains(told["message"], "EtherType 0x88e5", "what there is")


def ONEWAY():
    for side in "cs":
        told = expect(dialogs(sides=side), "warning", "ONEWAY")
        checks.contains(told["message"], "one direction", side)


def ONEWAY_of_connections_that_nobody_answers():
    wire = dialogs(10)
    for i in range(500):
        wire.put(ethernet(tcp(("10.3.0.1", 30000 + i), ("10.2.0.9", 80), i, 0, SYN)))
    told = expect(wire, "warning", "ONEWAY")
    checks.contains(told["message"], "SYN", "why")


def ASYM_VLAN():
    wire = dialogs(wrap=lambda packet, side: tagged(packet, 10 if side == "c" else 20))
    told = expect(wire, "info", "ASYM_VLAN", "ALLVLAN")
    checks.contains(told["message"], "10, 20", "VLANs")


def DUPLICATES():
    wire = dialogs()
    wire.frames = [copy for when, frame in wire.frames
                   for copy in ((when, frame), (when + 300, frame))]
    told = expect(wire, "warning", "DUPLICATES")
    checks.equal(told["value"], 50.0, "share")


def LOSS():
    told = expect(dialogs(lose=(4,)), "warning", "LOSS")
    checks.equal(told["value"] > 4, True, "share")
    expect(dialogs(lose=(2, 4, 6)), "critical", "LOSS")


def what_was_sent_again_is_no_loss():
    found, _ = examine(dialogs(again=(4,)))
    checks.equal(found, {}, "nothing")


def REORDER():
    expect(dialogs(swap=(2, 5, 8)), "warning", "REORDER")


def MIDSTREAM():
    wire = dialogs(1)
    wire.now += 301 * 10 ** 6
    for number in range(1, 61):
        dialog(wire, number, begin=False)
    told = expect(wire, "warning", "MIDSTREAM")
    checks.equal(told["value"], 100.0, "share")


def a_capture_may_begin_midstream():
    found, _ = examine(dialogs(begin=False))
    checks.equal(found, {}, "nothing")


def SUPERPACKET():
    wire = dialogs()
    dialog(wire, 100, size=20000)
    expect(wire, "info", "SUPERPACKET")


def BADCSUM():
    wire = dialogs()
    wire.frames = [(when, frame[:50] + b"\x12\x34" + frame[52:])
                   for when, frame in wire.frames]
    expect(wire, "info", "BADCSUM")


def ALLVLAN():
    told = expect(dialogs(wrap=lambda packet, side: tagged(packet, 77)), "info", "ALLVLAN")
    checks.contains(told["message"], "VLAN 77", "list")


def ALLTUNNEL():
    told = expect(dialogs(wrap=lambda packet, side: vxlan(packet, 4711)), "info", "ALLTUNNEL")
    checks.contains(told["message"], "network 4711", "list")


def PCAP_EMPTY():
    expect(Wire(), "critical", "PCAP_EMPTY")


def PCAP_TRUNCATED():
    expect(dialogs(), "warning", "PCAP_TRUNCATED", cut=7)


def PCAP_UNSORTED():
    wire = dialogs()
    wire.frames[-1], wire.frames[100] = wire.frames[100], wire.frames[-1]
    found, status = examine(wire)
    checks.equal((found["PCAP_UNSORTED"]["value"] > 0, status), (True, WARNINGS), "told")


def PCAP_SYNFIN():
    wire = dialogs()
    wire.frames = [(when, frame) for when, frame in wire.frames
                   if frame[47] & (SYN | FIN | RST)]
    expect(wire, "critical", "PCAP_SYNFIN")


def PCAP_SNAPLEN():
    expect(dialogs(), "warning", "PCAP_SNAPLEN", snaplen=96)


# --- on an interface -------------------------------------------------------------

def command(line):
    done = subprocess.run(line.split(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise checks.Skip(f"no port can be made here: {line}: {done.stderr.strip()}")


class Port:
    """A veth pair; what is sent into `switch` comes out of `port`."""

    def __init__(self, offload=False):
        command("ip link add switch type veth peer name port")
        # Nothing but the test's frames: no neighbour discovery.
        for name in ("switch", "port"):
            with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w",
                      encoding="ascii") as file:
                file.write("1")
            command(f"ip link set {name} up")
        if not offload:
            command("ethtool -K port gro off")
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind(("switch", 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        command("ip link del switch")

    def send(self, wire):
        for _, frame in wire.frames:
            self.socket.send(frame)


def listen(port, wire, *arguments):
    """The doctor's page on an interface that these frames come from."""
    with subprocess.Popen(
            [program.STRAYMAIL, "doctor", "--format", "json", "-i", "port",
             "--seconds", "1", "-v", *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True) as doctor:
        err = hear_listening(doctor)
        port.send(wire)
        out, err = doctor.stdout.read(), err + doctor.stderr.read()
    program.sane(doctor.returncode, err)
    events = [json.loads(line) for line in out.splitlines()]
    for event in events:
        checks.equal(event["in_iface"], "port", "interface")
    return ({event["diagnostic"]["code"]: event["diagnostic"] for event in events
             if event["diagnostic"]["code"] not in MACHINES_OWN}, doctor.returncode)


def hear_listening(process):
    """Until its packet socket is open; all that it has said."""
    said = ""
    for line in process.stderr:
        said += line
        if "listening" in line:
            return said
    raise AssertionError("it never listened: " + said)


def a_healthy_mirror_gives_none():
    with Port() as port:
        found, status = listen(port, dialogs())
    checks.equal(found, {}, "nothing")
    assert status in (FINE, WARNINGS), status  # this machine's clock


def IFDOWN():
    with Port():
        for line in ("ip link set switch down", "ip link set port down"):
            command(line)
            found, status = diagnose("-i", "port", "--seconds", "1")
            checks.equal((list(found), status), (["IFDOWN"], UNFIT), line)


def NOPACKETS():
    with Port() as port:
        found, status = listen(port, Wire())
    checks.equal((list(found), status), (["NOPACKETS"], UNFIT), "told")
    checks.equal(found["NOPACKETS"]["value"], 1.0, "seconds")


def NOTMIRROR():
    with Port() as port:
        shown = subprocess.run(["ip", "-j", "link", "show", "port"], check=True,
                               capture_output=True).stdout
        own = bytes.fromhex(json.loads(shown)[0]["address"].replace(":", ""))
        wire = dialogs(wrap=lambda packet, side: ethernet(packet, to=own))
        found, status = listen(port, wire)
    checks.equal((list(found), status), (["NOTMIRROR"], UNFIT), "told")


def OFFLOAD():
    with Port(offload=True) as port:
        command("ethtool -K port gro on")
        found, _ = listen(port, dialogs())
    checks.equal(list(found), ["OFFLOAD"], "told")
    checks.contains(found["OFFLOAD"]["fix"], "ethtool -K port gro off lro off", "fix")


def TRUNCATED():
    with Port() as port:
        found, _ = listen(port, dialogs(), "-s", "96")
    checks.equal(list(found), ["TRUNCATED"], "told")


def live_the_kernel_takes_a_tag_off():
    wire = dialogs(wrap=lambda packet, side: tagged(packet, 7))
    with Port() as port:
        found, _ = listen(port, wire, "-f", "tcp")
    checks.contains(found["FILTER_HIDES"]["message"], "TCP in QinQ, VXLAN", "kinds")
    assert "NOPACKETS" not in found, found


# --- continuously -----------------------------------------------------------------

class Watch:
    """`watch` with short windows, and the diagnostics that it tells."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [program.STRAYMAIL, "watch", "-i", "port", "-o", "doctor.window=1s",
             *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # A test that waits in vain fails, and does not stand still.
        self.patience = threading.Timer(PATIENCE_S, self.process.kill)
        self.patience.start()
        self.said = hear_listening(self.process)

    def pause(self, paused):
        self.process.send_signal(signal.SIGSTOP if paused else signal.SIGCONT)
        if not paused:
            return
        while True:
            with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "T":
                    return
            time.sleep(0.01)

    def hear(self, code, action):
        """The next event about that code."""
        while True:
            line = self.process.stdout.readline()
            assert line, "it ended: " + self.process.stderr.read()
            event = json.loads(line)
            if event["event_type"] == "diagnostic" and \
                    event["diagnostic"]["code"] == code:
                checks.equal(event["action"], action, code)
                return event["diagnostic"]

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        out = self.process.stdout.read()
        err = self.said + self.process.stderr.read()
        program.sane(self.process.wait(), err)
        self.patience.cancel()
        return [json.loads(line) for line in out.splitlines()], err


def watch_tells_when_one_begins_and_ends():
    with Port() as port:
        watch = Watch()
        watch.hear("NOPACKETS", "begin")
        port.send(dialogs(1))
        watch.hear("NOPACKETS", "end")
        command("ip link set switch down")
        told = watch.hear("IFDOWN", "begin")
        checks.equal(told["level"], "critical", "level")
        command("ip link set switch up")
        watch.hear("IFDOWN", "end")
        _, err = watch.end()
    for part in ("NOPACKETS, critical: not one frame", "NOPACKETS is over",
                 "IFDOWN, critical: port is down"):
        checks.contains(err, part, "stderr")


def watch_tells_at_the_start_what_is_known_then():
    with Port(offload=True) as port:
        command("ethtool -K port gro on")
        watch = Watch("-f", "tcp")
        watch.hear("FILTER_HIDES", "begin")
        watch.hear("OFFLOAD", "begin")
        port.send(dialogs(1))
        events, err = watch.end()
    checks.equal(err.count("FILTER_HIDES"), 1, "lines")
    checks.equal([e for e in events if e["event_type"] == "diagnostic" and
                  e["diagnostic"]["code"] in ("FILTER_HIDES", "OFFLOAD")], [],
                 "told again")


def KDROPS():
    """The sensor stands still while more comes than its buffer holds."""
    with Port() as port:
        watch = Watch("-B", "64")
        watch.pause(True)
        for _ in range(10):
            port.send(dialogs())
        watch.pause(False)
        told = watch.hear("KDROPS", "begin")
        checks.equal(told["level"], "critical", "level")
        watch.end()


# Diagnostics go by the names that people see.
FILES = (
    a_sound_capture_gives_none, what_is_said_can_be_read_by_people,
    help_lists_every_code, the_worst_of_several_files_counts,
    FILTER_HIDES, NOTCP, UNKNOWN_ENCAP, ONEWAY,
    ONEWAY_of_connections_that_nobody_answers, ASYM_VLAN, DUPLICATES, LOSS,
    what_was_sent_again_is_no_loss, REORDER, MIDSTREAM,
    a_capture_may_begin_midstream, SUPERPACKET, BADCSUM, ALLVLAN, ALLTUNNEL,
    PCAP_EMPTY, PCAP_TRUNCATED, PCAP_UNSORTED, PCAP_SYNFIN, PCAP_SNAPLEN,
)

PORTS = (
    a_healthy_mirror_gives_none, IFDOWN, NOPACKETS, NOTMIRROR, OFFLOAD,
    TRUNCATED, live_the_kernel_takes_a_tag_off,
    watch_tells_when_one_begins_and_ends,
    watch_tells_at_the_start_what_is_known_then, KDROPS,
)


def ports():
    """Runs this file again in a network namespace of its own, if it can."""
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    unshare = ["unshare", *user, "--net"]
    probe = subprocess.run([*unshare, "true"], capture_output=True, text=True,
                           check=False)
    if probe.returncode != 0:
        raise checks.Skip(probe.stderr.strip() or "unshare failed")
    os.environ[INSIDE] = "1"
    return subprocess.run([*unshare, sys.executable, "-B", os.path.abspath(__file__)],
                          check=False).returncode


def main():
    if os.environ.get(INSIDE):
        return checks.run_all(*PORTS)
    status = checks.run_all(*FILES)
    try:
        return ports() or status
    except checks.Skip as why:
        print(f"skip diagnostics of an interface - {why}", flush=True)
        return status


if __name__ == "__main__":
    sys.exit(main())
