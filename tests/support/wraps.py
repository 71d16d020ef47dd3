# SPDX-License-Identifier: Apache-2.0
"""wraps - Ethernet frames with IPv4 in them, put into tags and tunnels.

	vlan(frame, 100)    vxlan(frame, 77)    gre(frame, key=7)
"""

import struct

MACS = bytes(12)
IPV4 = 0x0800
OUTER = (bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))


def ethernet(kind, rest):
    return MACS + struct.pack("!H", kind) + rest


def carried(frame):
    """Without its Ethernet header."""
    return frame[14:]


def ip(protocol, rest):
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(rest), 0, 0, 64, protocol,
                       0) + OUTER[0] + OUTER[1] + rest


def in_ip(protocol, rest):
    return ethernet(IPV4, ip(protocol, rest))


def in_udp(port, rest):
    return in_ip(17, struct.pack("!HHHH", 50000, port, 8 + len(rest), 0) + rest)


def vlan(frame, *numbers):
    """Outermost first; of several all but the last are 802.1ad's."""
    tags = b"".join(
        struct.pack("!HH", 0x8100 if at == len(numbers) - 1 else 0x88A8, number)
        for at, number in enumerate(numbers))
    return frame[:12] + tags + frame[12:]


def mpls(frame, *labels, wire=False):
    """IP behind the labels; wire: Ethernet, as a pseudo-wire has it."""
    stack = b"".join(
        struct.pack("!I", label << 12 | (at == len(labels) - 1) << 8 | 64)
        for at, label in enumerate(labels))
    return ethernet(0x8847, stack + (bytes(4) + frame if wire else carried(frame)))


def ipip(frame):
    return in_ip(4, carried(frame))


def gre(frame, key=None):
    if key is None:
        return in_ip(47, struct.pack("!HH", 0, IPV4) + carried(frame))
    return in_ip(47, struct.pack("!HHI", 0x2000, IPV4, key) + carried(frame))


def erspan(frame, session):
    """Type II."""
    return in_ip(47, struct.pack("!HHIHHI", 0x1000, 0x88BE, 1, 0x1000, session, 0) + frame)


def vxlan(frame, network, port=4789):
    return in_udp(port, struct.pack("!II", 0x08000000, network << 8) + frame)


def geneve(frame, network, port=6081):
    """With an option of eight bytes."""
    return in_udp(port, struct.pack("!HHI", 0x0200, 0x6558, network << 8) +
                  struct.pack("!HBBI", 0x0102, 0x80, 1, 0) + frame)


def gtpu(frame, end, port=2152):
    inner = carried(frame)
    return in_udp(port, struct.pack("!BBHI", 0x30, 0xFF, len(inner), end) + inner)


def tzsp(frame, port=37008):
    return in_udp(port, struct.pack("!BBHB", 1, 0, 1, 1) + frame)
