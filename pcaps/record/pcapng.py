#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""pcapng - rewrites a pcap file as pcapng, with nothing told of the machine.

Wireshark's tools write the operating system and the hardware into the file's
header.  This writes what a reader has to cope with and no more: a section
header, an interface with a name and nanosecond time stamps, the packets (with
an option each, so that blocks do not end where the frame does), statistics.

Usage: pcapng.py FROM.pcap TO.pcapng
"""

import struct
import sys

SECTION, INTERFACE, STATISTICS, PACKET = 0x0A0D0D0A, 1, 5, 6
IF_NAME, IF_TSRESOL, EPB_FLAGS = 2, 9, 2


def padded(data):
    return data + bytes(-len(data) % 4)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + padded(value)


def block(kind, body):
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def packets(pcap):
    """(nanoseconds, length on the wire, frame) of a little-endian pcap."""
    at = 24
    while at < len(pcap):
        seconds, micros, kept, length = struct.unpack_from("<IIII", pcap, at)
        yield seconds * 10**9 + micros * 1000, length, pcap[at + 16 : at + 16 + kept]
        at += 16 + kept


def halves(when_ns):
    return struct.pack("<II", when_ns >> 32, when_ns & 0xFFFFFFFF)


def main():
    with open(sys.argv[1], "rb") as source:
        pcap = source.read()
    snaplen, linktype = struct.unpack_from("<II", pcap, 16)
    out = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(
        INTERFACE,
        struct.pack("<HHI", linktype, 0, snaplen)
        + option(IF_NAME, b"wire")
        + option(IF_TSRESOL, b"\x09")
        + option(0, b""),
    )
    for when_ns, length, frame in packets(pcap):
        out += block(
            PACKET,
            struct.pack("<I", 0)
            + halves(when_ns)
            + struct.pack("<II", len(frame), length)
            + padded(frame)
            + option(EPB_FLAGS, struct.pack("<I", 0))
            + option(0, b""),
        )
    out += block(STATISTICS, struct.pack("<I", 0) + halves(when_ns))
    with open(sys.argv[2], "wb") as target:
        target.write(out)


if __name__ == "__main__":
    main()
