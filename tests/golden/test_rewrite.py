# SPDX-License-Identifier: Apache-2.0
"""test_rewrite - the rewriting of captures that `make corpus` relies on.

A dialog of our own is moved to another port and into each tunnel.  What comes
out is read back: every checksum right, both streams whole, and the sensor finds
the server at the tunnel's end.
"""

import os
import sys
import tempfile

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TESTS, "support"), os.path.join(TESTS, "corpus")]

import captures  # noqa: E402
import checks  # noqa: E402
import program  # noqa: E402
import talk  # noqa: E402
import variants  # noqa: E402
from segments import SYN, ones_sum, segment_of  # noqa: E402

ADDRESS = "10.0.0.2"
TURNS = (b"220 mx.example ESMTP\r\n", b"EHLO client.example\r\n",
         b"250-mx.example\r\n250 PIPELINING\r\n", b"QUIT\r\n", b"221 bye\r\n")
SAID = {0: b"".join(TURNS[1::2]), 1: b"".join(TURNS[0::2])}  # by side


def recorded(folder):
    path = os.path.join(folder, "dialog.pcap")
    talking = talk.Talk(path)
    talking.connect(40000, 25)
    talking.turns(*TURNS)
    talking.hang_up()
    talking.close()
    return variants.Case(path, ADDRESS, 25, "smtp")


def rewritten(name, folder):
    """(path, segments) of that variant."""
    path = recorded(folder).rewritten(variants.VARIANTS[name], folder)
    link, frames = captures.read(path)
    return path, [segment_of(link, bytearray(frame.data)) for frame in frames]


def streams(segments):
    """Each side's bytes, in the order of their numbers and without a hole."""
    said = {0: b"", 1: b""}
    first = {segment.source: segment.seq + 1 for segment in segments
             if segment.flags & SYN}
    client = segments[0].source
    for segment in segments:
        side = 0 if segment.source == client else 1
        if segment.length > 0:
            checks.equal(segment.seq - first[segment.source], len(said[side]),
                         "a segment's place in its stream")
            said[side] += bytes(segment.data[segment.tcp + segment.head:])
        if not segment.flags & SYN:
            checks.equal(segment.ack - first[segment.target] -
                         len(said[1 - side]) in (0, 1), True, "acknowledges")
    return said


def checksums_right(segments):
    for segment in segments:
        tcp = bytes(segment.data[segment.tcp:])
        pseudo = segment.source[0] + segment.target[0] + \
            bytes([0, 6, len(tcp) >> 8, len(tcp) & 0xFF])
        checks.equal(ones_sum(pseudo + tcp), 0xFFFF, "checksum of a segment")
        checks.equal(ones_sum(segment.data[segment.ip:segment.tcp]), 0xFFFF,
                     "checksum of an IP header")


def a_dialog_on_another_port_is_otherwise_the_same():
    with tempfile.TemporaryDirectory() as folder:
        _, segments = rewritten("port-6667", folder)
        checksums_right(segments)
        checks.equal(streams(segments), SAID, "what was said")
        checks.equal({s.target[1] for s in segments}, {40000, 6667}, "ports")


def a_preamble_comes_first_and_the_rest_follows_whole():
    for name, variant in variants.VARIANTS.items():
        if variant.tunnel is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            _, segments = rewritten(name, folder)
            checksums_right(segments)
            before = {0: b"", 1: b""}
            for side, words in variant.tunnel(bytes([10, 0, 0, 2]),
                                              variant.target or variant.port):
                before[side] += words
            checks.equal(streams(segments),
                         {side: before[side] + SAID[side] for side in SAID},
                         f"what was said by {name}")


def the_sensor_finds_the_server_at_the_end_of_each_tunnel():
    for name, variant in variants.VARIANTS.items():
        with tempfile.TemporaryDirectory() as folder:
            path, _ = rewritten(name, folder)
            told = {program.place(event): event["event_type"]
                    for event in program.read(path).events()}
            kind = "smtp_via_proxy" if variant.target == 25 else "smtp_server"
            checks.equal(told, {variant.place(ADDRESS): kind}, name)


if __name__ == "__main__":
    sys.exit(checks.run_all(
        a_dialog_on_another_port_is_otherwise_the_same,
        a_preamble_comes_first_and_the_rest_follows_whole,
        the_sensor_finds_the_server_at_the_end_of_each_tunnel))
