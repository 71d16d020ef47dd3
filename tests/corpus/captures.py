# SPDX-License-Identifier: Apache-2.0
"""captures - capture files as lists of frames, and the way back.

Classic captures of either byte order and resolution, Kuznetzov's among them,
and what pcapng holds of packets.  Read in whole: these are small files.
"""

import struct

ETHERNET, NULL = 1, 0  # link types
MAGICS = {  # nanoseconds a unit, bytes of a record's header
    0xA1B2C3D4: (10**3, 16), 0xA1B23C4D: (1, 16), 0xA1B2CD34: (10**3, 24)}
SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6  # pcapng's blocks
MICROSECOND = 10**3


class Unreadable(Exception):
    """A file that is damaged, or of a kind that is not known here."""


class Frame:
    """What was captured at that time (ns); it may have been longer."""

    __slots__ = ("time", "data", "length")

    def __init__(self, time, data, length=None):
        self.time, self.data = time, data
        self.length = len(data) if length is None else length


def read(path):
    """(link type, frames)"""
    with open(path, "rb") as file:
        content = file.read()
    try:
        if content[:4] == struct.pack("<I", SECTION):
            return read_blocks(content)
        return read_records(content)
    except struct.error as why:
        raise Unreadable(str(why)) from why


def read_records(content):
    order = next((order for order in "<>"
                  if struct.unpack_from(order + "I", content)[0] in MAGICS), None)
    if order is None:
        raise Unreadable("no capture file")
    unit, head = MAGICS[struct.unpack_from(order + "I", content)[0]]
    link, at, frames = struct.unpack_from(order + "I", content, 20)[0], 24, []
    while at < len(content):
        seconds, rest, kept, length = struct.unpack_from(order + "IIII", content, at)
        at += head
        frames.append(Frame(seconds * 10**9 + rest * unit,
                            content[at:at + kept], length))
        at += kept
    return link & 0xFFFF, frames


def read_blocks(content):
    """pcapng in the common case: little endian, one link type, microseconds."""
    links, frames, at = set(), [], 0
    while at < len(content):
        kind, size = struct.unpack_from("<II", content, at)
        if kind == INTERFACE:
            links.add(struct.unpack_from("<H", content, at + 8)[0])
        elif kind == PACKET:
            high, low, kept, length = struct.unpack_from("<IIII", content, at + 12)
            frames.append(Frame((high << 32 | low) * MICROSECOND,
                                content[at + 28:at + 28 + kept], length))
        if size < 12:
            raise Unreadable("a block without a size")
        at += size
    if len(links) != 1:
        raise Unreadable(f"{len(links)} link types")
    return links.pop(), frames


def write(path, link, frames):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link))
        for frame in frames:
            out.write(struct.pack("<IIII", frame.time // 10**9, frame.time % 10**9,
                                  len(frame.data), frame.length))
            out.write(frame.data)
