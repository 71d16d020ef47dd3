# SPDX-License-Identifier: Apache-2.0
"""capture_bytes - capture files for tests, byte by byte, sound or damaged.

	pcap(dialog())                      a classic capture of one mail dialog
	pcap(dialog(), order=">", magic=NANO)
	section() + interface() + packets(dialog())    the same as pcapng

Built without libpcap, so that any field may be wrong.  order is struct's.
"""

import functools
import struct
import tempfile

from talk import Talk

MICRO, NANO, KUZNETZOV = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34
UNIT_NS = {NANO: 1}  # of all others: a microsecond
ETHERNET = 1
SNAPLEN = 262144
SECTION, INTERFACE, PACKET, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
RESOLUTION, OFFSET = 9, 14  # options of an interface


class Frame:
    def __init__(self, when_ns, data):
        self.when_ns, self.data = when_ns, data


@functools.cache
def dialog(client_port=40000):
    """The frames of a mail dialog, the server's port being 2525."""
    with tempfile.NamedTemporaryFile(prefix="straymail-test-") as file:
        talk = Talk(file.name)
        talk.connect(client_port, 2525)
        talk.turns(b"220 mx.example ESMTP Postfix\r\n", b"EHLO client.example\r\n",
                   b"250 mx.example\r\n", b"MAIL FROM:<a@client.example>\r\n",
                   b"250 2.1.0 Ok\r\n", b"QUIT\r\n", b"221 2.0.0 Bye\r\n")
        talk.hang_up()
        talk.close()
        content = file.read()
    frames, at = [], 24
    while at < len(content):
        seconds, rest, kept = struct.unpack_from("=III", content, at)
        frames.append(Frame(seconds * 10**9 + rest, content[at + 16:at + 16 + kept]))
        at += 16 + kept
    return tuple(frames)


# --- classic -----------------------------------------------------------------

def header(order="<", magic=MICRO, version=(2, 4), snaplen=SNAPLEN, link=ETHERNET):
    return struct.pack(order + "IHHIIII", magic, *version, 0, 0, snaplen, link)


def record(frame, order="<", magic=MICRO, more=b"", **wrong):
    """wrong: seconds, fraction, kept or length, in place of the frame's."""
    unit = UNIT_NS.get(magic, 1000)
    fields = {"seconds": frame.when_ns // 10**9,
              "fraction": frame.when_ns % 10**9 // unit,
              "kept": len(frame.data), "length": len(frame.data), **wrong}
    if magic == KUZNETZOV:
        more = bytes(8)
    return struct.pack(order + "IIII", *fields.values()) + more + frame.data


def records(frames, order="<", magic=MICRO):
    return b"".join(record(frame, order, magic) for frame in frames)


def pcap(frames, order="<", magic=MICRO, **fields):
    return header(order, magic, **fields) + records(frames, order, magic)


# --- pcapng ------------------------------------------------------------------

def block(kind, body, order="<", length=None, trailer=None):
    body += bytes(-len(body) % 4)
    length = len(body) + 12 if length is None else length
    trailer = length if trailer is None else trailer
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", trailer)


def option(code, value=b"", order="<", length=None):
    length = len(value) if length is None else length
    return struct.pack(order + "HH", code, length) + value + bytes(-len(value) % 4)


def section(order="<", magic=0x1A2B3C4D, version=(1, 0), options=b"", **wrong):
    body = struct.pack(order + "IHHq", magic, *version, -1) + options
    return block(SECTION, body, order, **wrong)


def interface(order="<", link=ETHERNET, snaplen=SNAPLEN, options=b""):
    return block(INTERFACE, struct.pack(order + "HHI", link, 0, snaplen) + options, order)


def enhanced(frame, order="<", number=0, **wrong):
    """wrong: ticks (microseconds since 1970), kept or length."""
    fields = {"ticks": frame.when_ns // 1000, "kept": len(frame.data),
              "length": len(frame.data), **wrong}
    ticks = fields["ticks"]
    return block(ENHANCED, struct.pack(
        order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, fields["kept"],
        fields["length"]) + frame.data, order)


def obsolete(frame, order="<", number=0):
    ticks = frame.when_ns // 1000
    return block(PACKET, struct.pack(
        order + "HHIIII", number, 0, ticks >> 32, ticks & 0xFFFFFFFF,
        len(frame.data), len(frame.data)) + frame.data, order)


def simple(frame, order="<", length=None):
    length = len(frame.data) if length is None else length
    return block(SIMPLE, struct.pack(order + "I", length) + frame.data, order)


def packets(frames, order="<", kind=enhanced):
    return b"".join(kind(frame, order) for frame in frames)


def pcapng(frames, order="<", kind=enhanced):
    return section(order) + interface(order) + packets(frames, order, kind)
