# SPDX-License-Identifier: Apache-2.0
"""segments - TCP segments inside frames: read, changed in place, built anew.

A change mends the checksum by the difference (RFC 1624), so that a right one
stays right and a wrong one wrong: what the network did is left as it was.
"""

import struct

from captures import ETHERNET, NULL

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
TCP = 6
SACK = 5  # option kind, RFC 2018
MODULUS = 2**32


def ones_sum(data):
    """Ones' complement sum of 16-bit words (RFC 1071)."""
    if len(data) % 2:
        data = bytes(data) + b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def network_at(link, data):
    """(offset of the IP header, its version), or None."""
    if link == NULL:
        at, version = 4, data[4] >> 4 if len(data) > 4 else 0
    elif link == ETHERNET:
        at = 14
        while data[at - 2:at] == b"\x81\x00":
            at += 4
        version = {b"\x08\x00": 4, b"\x86\xdd": 6}.get(bytes(data[at - 2:at]))
    else:
        return None
    return (at, version) if version in (4, 6) else None


class Segment:
    """A view of one; `data` is the frame's, which may be changed."""

    def __init__(self, data, ip, version):
        self.data, self.ip, self.version = data, ip, version
        if version == 4:
            self.tcp = ip + (data[ip] & 15) * 4
            end = ip + struct.unpack_from("!H", data, ip + 2)[0]
            source, target = data[ip + 12:ip + 16], data[ip + 16:ip + 20]
        else:
            self.tcp = ip + 40
            end = self.tcp + struct.unpack_from("!H", data, ip + 4)[0]
            source, target = data[ip + 8:ip + 24], data[ip + 24:ip + 40]
        ports = struct.unpack_from("!HH", data, self.tcp)
        self.source = (bytes(source), ports[0])
        self.target = (bytes(target), ports[1])
        self.seq, self.ack = struct.unpack_from("!II", data, self.tcp + 4)
        self.head = (data[self.tcp + 12] >> 4) * 4
        self.flags = data[self.tcp + 13]
        self.length = max(end - self.tcp - self.head, 0)  # of the payload

    def change(self, ports=(None, None), seq=0, ack=0):
        """Other ports where they are named; seq and ack are added."""
        before = ones_sum(self._checked())
        for at, port in enumerate(ports):
            if port is not None:
                struct.pack_into("!H", self.data, self.tcp + 2 * at, port)
        self._add(4, seq)
        if self.flags & ACK:
            self._add(8, ack)
            for edge in self._sack_edges():
                self._add(edge, ack)
        self._mend(before, ones_sum(self._checked()))

    def _checked(self):
        return self.data[self.tcp:self.tcp + self.head]

    def _add(self, at, number):
        old = struct.unpack_from("!I", self.data, self.tcp + at)[0]
        struct.pack_into("!I", self.data, self.tcp + at, (old + number) % MODULUS)

    def _sack_edges(self):
        """Where they stand: they count the other side's bytes, as ack does."""
        at = 20
        while at + 1 < self.head:
            kind, size = self.data[self.tcp + at], self.data[self.tcp + at + 1]
            if kind == 0 or (kind > 1 and size < 2):
                return
            if kind == SACK:
                yield from range(at + 2, min(at + size, self.head) - 3, 4)
            at += size if kind > 1 else 1

    def _mend(self, before, after):
        at = self.tcp + 16
        old = struct.unpack_from("!H", self.data, at)[0]
        total = (~old & 0xFFFF) + (~before & 0xFFFF) + after
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        struct.pack_into("!H", self.data, at, ~total & 0xFFFF)

    def saying(self, seq, ack, payload):
        """A frame of the same sender that says something else."""
        frame = bytearray(self.data[:self.tcp])
        head = bytearray(self.data[self.tcp:self.tcp + 20])
        struct.pack_into("!IIBBHHH", head, 4, seq % MODULUS, ack % MODULUS,
                         5 << 4, PSH | ACK, 65535, 0, 0)
        size = len(head) + len(payload)
        if self.version == 4:
            struct.pack_into("!H", frame, self.ip + 2, self.tcp - self.ip + size)
            struct.pack_into("!H", frame, self.ip + 10, 0)
            struct.pack_into("!H", frame, self.ip + 10,
                             ~ones_sum(frame[self.ip:]) & 0xFFFF)
        else:
            struct.pack_into("!H", frame, self.ip + 4, size)
        pseudo = self.source[0] + self.target[0] + struct.pack("!II", size, TCP)
        struct.pack_into("!H", head, 16,
                         ~ones_sum(pseudo + head + payload) & 0xFFFF)
        return bytes(frame + head + payload)


def segment_of(link, data):
    """The segment of a frame (a bytearray); None: it holds none in one piece."""
    where = network_at(link, data)
    if where is None:
        return None
    at, version = where
    if version == 4:
        fragment = struct.unpack_from("!H", data, at + 6)[0] & 0x3FFF \
            if len(data) >= at + 20 else 1
        whole = fragment == 0 and data[at + 9] == TCP
        tcp = at + (data[at] & 15) * 4
    else:
        whole, tcp = len(data) >= at + 40 and data[at + 6] == TCP, at + 40
    if not whole or len(data) < tcp + 20 or \
            len(data) < tcp + (data[tcp + 12] >> 4) * 4:
        return None
    return Segment(data, at, version)
