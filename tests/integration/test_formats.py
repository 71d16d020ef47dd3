# SPDX-License-Identifier: Apache-2.0
"""test_formats - one dialog in every file format, and in tunnels, end to end.

What tests/sensor/decode/test_encapsulations.c shows of encapsulations, this shows
of the files they come in: the server that an event names is the one inside, and
the event says what it was carried in.
"""

import bz2
import gzip
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import jsonschema  # noqa: E402
import checks  # noqa: E402
import program  # noqa: E402
from folder import Folder  # noqa: E402
import wraps  # noqa: E402
from capture_bytes import (  # noqa: E402
    KUZNETZOV, MICRO, NANO, Frame, dialog, enhanced, obsolete, pcap, pcapng, simple)

SERVER, CLIENT = "10.0.0.2", "10.0.0.1"
VNI = 77
SCHEMA = os.path.join(program.TOP, "output", "event.schema.json")

MAGICS = {"microseconds": MICRO, "nanoseconds": NANO, "Kuznetzov's": KUZNETZOV}
KINDS = {"enhanced packets": enhanced, "simple packets": simple,
         "obsolete packets": obsolete}
ORDERS = {"little endian": "<", "big endian": ">"}


def with_schema():
    with open(SCHEMA, encoding="utf-8") as text:
        return jsonschema.Draft7Validator(json.load(text))


SCHEMA_OF_EVENTS = with_schema()


def wrapped(wrap, *numbers, frames=None, **keywords):
    """The dialog's frames, each in that."""
    return [Frame(frame.when_ns, wrap(frame.data, *numbers, **keywords))
            for frame in frames or dialog()]


def formats():
    """name -> bytes"""
    inside = wrapped(wraps.vxlan, VNI)
    made = {}
    for order_name, order in ORDERS.items():
        for name, magic in MAGICS.items():
            made[f"pcap, {name}, {order_name}"] = pcap(inside, order, magic)
        for name, kind in KINDS.items():
            made[f"pcapng, {name}, {order_name}"] = pcapng(inside, order, kind)
    return made


def read(*arguments, **keywords):
    """The events of smtp_server's; each keeps to the schema."""
    ran = program.read(*arguments, **keywords)
    checks.equal(ran.status, 0, f"exit status ({ran.err.strip()})")
    events = ran.events()
    for event in events:
        SCHEMA_OF_EVENTS.validate(event)
    return [event for event in events if event["event_type"] == "smtp_server"]


def read_bytes(content, *options):
    with Folder() as folder:
        return read(*options, folder.put("case", content))


def assert_inner(events, what, tunnel=None):
    """The newest event is about the server inside."""
    assert events, f"{what}: nothing was found"
    event = events[-1]
    checks.equal((event["src_ip"], event["dest_ip"], event["server"]["ip"]),
                 (CLIENT, SERVER, SERVER), f"{what}: addresses")
    checks.equal(event["dest_port"], 2525, f"{what}: port")
    checks.equal(event["detection"]["verdict"], "confirmed", f"{what}: verdict")
    checks.equal(event["server"]["flows"], 1, f"{what}: flows")
    checks.equal(event["flow"]["midstream"], False, f"{what}: midstream")
    if tunnel is not None:
        checks.equal(event["tunnel"], tunnel, f"{what}: tunnel")


VXLAN = [{"type": "vxlan", "vni": VNI}]


# --- formats ------------------------------------------------------------------

def a_dialog_is_found_in_every_format():
    ways = 0
    for name, content in formats().items():
        assert_inner(read_bytes(content), name, VXLAN)
        assert_inner(read_bytes(gzip.compress(content)), f"{name}, gzip", VXLAN)
        assert_inner(read("-", stdin=content), f"{name}, a pipe", VXLAN)
        ways += 3
    checks.note(f"{ways} formats and ways to read them, 0 missed")


def a_dialog_is_found_in_a_fifo_and_in_stdin():
    inside = wrapped(wraps.vxlan, VNI)
    for name, content in (("pcap", pcap(inside)), ("pcapng", pcapng(inside))):
        with Folder() as folder:
            fifo = os.path.join(folder.path, "fifo")
            os.mkfifo(fifo)
            writer = threading.Thread(target=folder.put, args=("fifo", content))
            writer.start()
            assert_inner(read(fifo), f"{name}, a FIFO", VXLAN)
            writer.join()
            with open(folder.put("file", content), "rb") as file:
                assert_inner(read("-", stdin=file), f"{name}, stdin", VXLAN)


def what_is_compressed_otherwise_is_told_and_not_read():
    with Folder() as folder:
        ran = program.read("-q", folder.put("case", bz2.compress(pcap(dialog()))))
    checks.equal(ran.status, 1, "exit status")
    checks.contains(ran.err, "bzip2 compressed, decompress first", "message")


def one_dialog_over_files_of_several_formats_is_one():
    frames = wrapped(wraps.vxlan, VNI)
    with Folder() as folder:
        parts = [folder.put("1", pcap(frames[:5], ">")),
                 folder.put("2", gzip.compress(pcapng(frames[5:8]))),
                 folder.put("3", pcap(frames[8:], magic=NANO))]
        assert_inner(read(*parts), "three files", VXLAN)
        assert_inner(read(folder.path), "a folder of them", VXLAN)


# --- tunnels in the event --------------------------------------------------------

def twice(frame):
    return wraps.vxlan(wraps.gre(frame, key=9), VNI)


def untagged_inside(frame):
    return wraps.vlan(wraps.vxlan(wraps.vlan(frame, 5), VNI), 100)


TUNNELS = {
    "plain": (lambda f: f, [], []),
    "802.1Q": (lambda f: wraps.vlan(f, 100), [100], []),
    "QinQ": (lambda f: wraps.vlan(f, 100, 200), [100, 200], []),
    "QinQinQ": (lambda f: wraps.vlan(f, 1, 2, 3), [1, 2, 3], []),
    "MPLS": (lambda f: wraps.mpls(f, 16, 17), [], []),
    "Ethernet over MPLS": (lambda f: wraps.mpls(f, 16, 17, wire=True), [],
                           [{"type": "mpls", "label": 17}]),
    "IP in IP": (wraps.ipip, [], [{"type": "ip"}]),
    "GRE": (wraps.gre, [], [{"type": "gre", "key": 0}]),
    "GRE with a key": (lambda f: wraps.gre(f, 2**32 - 1), [],
                       [{"type": "gre", "key": 2**32 - 1}]),
    "ERSPAN": (lambda f: wraps.erspan(f, 3), [], [{"type": "erspan", "session": 3}]),
    "VXLAN": (lambda f: wraps.vxlan(f, VNI), [], VXLAN),
    "GENEVE": (lambda f: wraps.geneve(f, 2**24 - 1), [],
               [{"type": "geneve", "vni": 2**24 - 1}]),
    "GTP-U": (lambda f: wraps.gtpu(f, 12), [], [{"type": "gtpu", "teid": 12}]),
    "TZSP": (wraps.tzsp, [], [{"type": "tzsp"}]),
    "GRE in VXLAN": (twice, [], [VXLAN[0], {"type": "gre", "key": 9}]),
    "tags around and inside": (untagged_inside, [5], VXLAN),
}


def an_event_says_what_its_dialog_was_carried_in():
    for name, (wrap, tags, tunnel) in TUNNELS.items():
        events = read_bytes(pcap(wrapped(wrap)))
        assert_inner(events, name, tunnel)
        checks.equal(events[-1]["vlan"], tags, f"{name}: vlan")


def a_stranger_is_told_with_its_tunnel_too():
    row = next(row for row in program.manifest()
               if os.path.basename(row.capture) == "ftp-25.pcap")
    with open(row.capture, "rb") as file:
        content = file.read()
    frames, order, at = [], "<", 24
    unit = 1 if content[:4] == b"\x4d\x3c\xb2\xa1" else 1000
    while at < len(content):
        seconds, rest, kept = (int.from_bytes(content[at + i:at + i + 4], "little")
                               for i in (0, 4, 8))
        frames.append(Frame(seconds * 10**9 + rest * unit,
                            wraps.vxlan(content[at + 16:at + 16 + kept], VNI)))
        at += 16 + kept
    with Folder() as folder:
        ran = program.read(folder.put("case", pcap(frames, order)))
    told = [event for event in ran.events()
            if event["event_type"] == "not_smtp_on_mail_port"]
    checks.equal([event["tunnel"] for event in told], [VXLAN], "tunnel")


def ports_of_tunnels_are_the_users_to_name():
    for wrap, port, key in ((wraps.vxlan, 4790, "vxlan"), (wraps.vxlan, 9999, "vxlan"),
                            (wraps.geneve, 4789, "geneve"), (wraps.gtpu, 8805, "gtpu")):
        content = pcap(wrapped(wrap, VNI, port=port))
        assert_inner(read_bytes(content, "-o", f"capture.decap=gre:1,{key}:2,{port}"),
                     f"{key} on {port}")
    elsewhere = pcap(wrapped(wraps.vxlan, VNI, port=9999))
    checks.equal(read_bytes(elsewhere), [], "found on a port that nobody named")
    usual = pcap(wrapped(wraps.vxlan, VNI))
    checks.equal(read_bytes(usual, "-o", "capture.decap="), [], "found without ports")
    assert_inner(read_bytes(pcap(wrapped(wraps.gre)), "-o", "capture.decap="), "GRE")


# --- the same addresses in two networks (IP-17) --------------------------------------

def flows(events):
    return events[-1]["server"]["flows"] if events else 0


def both(one, other):
    """The same connection, at the same time, in both."""
    return [frame for pair in zip(one, other) for frame in pair]


def one_tuple_in_two_networks_is_one_flow_or_two():
    key = ("-o", "flows.vlan_in_key=on")
    for name, one, other in (
            ("VLANs", wrapped(wraps.vlan, 10), wrapped(wraps.vlan, 20)),
            ("no VLAN and one", list(dialog()), wrapped(wraps.vlan, 20)),
            ("outer VLANs", wrapped(wraps.vlan, 1, 10), wrapped(wraps.vlan, 2, 10)),
            ("three tags", wrapped(wraps.vlan, 1, 2, 3), wrapped(wraps.vlan, 1, 2, 4)),
            ("VXLANs", wrapped(wraps.vxlan, 1), wrapped(wraps.vxlan, 2)),
            ("GENEVEs", wrapped(wraps.geneve, 1), wrapped(wraps.geneve, 2)),
            ("keys of GRE", wrapped(wraps.gre, 1), wrapped(wraps.gre, 2))):
        content = pcap(both(one, other))
        checks.equal(flows(read_bytes(content)), 1, f"{name}: flows")
        checks.equal(flows(read_bytes(content, *key)), 2, f"{name}: flows, by the key")


def tags_that_differ_by_direction_are_fine_by_default():
    frames = [Frame(frame.when_ns, wraps.vlan(frame.data, 10 + frame.data[29]))
              for frame in dialog()]  # by the last byte of the source address
    assert_inner(read_bytes(pcap(frames)), "asymmetric tags")
    ends = wrapped(wraps.gtpu, 1)[:5] + wrapped(wraps.gtpu, 2)[5:]
    assert_inner(read_bytes(pcap(ends), "-o", "flows.vlan_in_key=on"),
                 "ends of a GTP tunnel, which name no network")


if __name__ == "__main__":
    sys.exit(checks.run_all(
        a_dialog_is_found_in_every_format,
        a_dialog_is_found_in_a_fifo_and_in_stdin,
        what_is_compressed_otherwise_is_told_and_not_read,
        one_dialog_over_files_of_several_formats_is_one,
        an_event_says_what_its_dialog_was_carried_in,
        a_stranger_is_told_with_its_tunnel_too,
        ports_of_tunnels_are_the_users_to_name,
        one_tuple_in_two_networks_is_one_flow_or_two,
        tags_that_differ_by_direction_are_fine_by_default,
    ))
