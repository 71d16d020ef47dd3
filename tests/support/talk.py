# SPDX-License-Identifier: Apache-2.0
"""talk - TCP connections, packet by packet, into a capture file of a test's.

	talk = Talk(path)
	talk.connect(40000, 2525)
	talk.server(b"220 mx.example ESMTP\\r\\n")
	talk.client(b"EHLO client.example\\r\\n")
	talk.hang_up()
	talk.close()

What tests/support/talk.h is to tests in C, for those that look at the whole
program: any bytes may be said.
"""

import struct

SYN, FIN, RST, PSH, ACK = 0x02, 0x01, 0x04, 0x08, 0x10
CLIENT, SERVER = 0, 1
ADDRESSES = (bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
BEGINNING = 1767225600  # 2026-01-01 00:00:00 UTC


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Talk:
    def __init__(self, path):
        self.out = None
        self.go_on(path)
        self.now_ns = BEGINNING * 10**9
        self.port = [0, 0]
        self.seq = [0, 0]

    def go_on(self, path):
        """In another file."""
        self.close()
        self.out = open(path, "wb")
        self.out.write(struct.pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))

    def wait(self, seconds):
        self.now_ns += int(seconds * 10**9)

    def packet(self, sender, flags, payload=b""):
        other = 1 - sender
        ack = self.seq[other] if flags & ACK else 0
        head = struct.pack("!HHIIBBHHH", self.port[sender], self.port[other],
                           self.seq[sender], ack, 5 << 4, flags, 65535, 0, 0)
        pseudo = (ADDRESSES[sender] + ADDRESSES[other] +
                  struct.pack("!BBH", 0, 6, len(head) + len(payload)))
        tcp = bytearray(head + payload)
        tcp[16:18] = struct.pack("!H", checksum(pseudo + bytes(tcp)))
        ip = bytearray(struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000,
                                   64, 6, 0) + ADDRESSES[sender] + ADDRESSES[other])
        ip[10:12] = struct.pack("!H", checksum(bytes(ip)))
        frame = bytes(12) + b"\x08\x00" + bytes(ip) + bytes(tcp)
        self.wait(0.001)
        self.out.write(struct.pack("=IIII", self.now_ns // 10**9,
                                   self.now_ns % 10**9, len(frame), len(frame)))
        self.out.write(frame)
        counted = len(payload) + (1 if flags & (SYN | FIN) else 0)
        self.seq[sender] = (self.seq[sender] + counted) % 2**32

    def connect(self, client_port, server_port):
        """Handshake included."""
        self.join(client_port, server_port)
        self.packet(CLIENT, SYN)
        self.packet(SERVER, SYN | ACK)
        self.packet(CLIENT, ACK)

    def join(self, client_port, server_port):
        """Midway: whatever came before was not captured."""
        self.port = [client_port, server_port]
        self.seq = [(seq + 3000000) % 2**32 for seq in self.seq]

    def say(self, sender, text):
        for at in range(0, len(text), 1460):
            self.packet(sender, PSH | ACK, text[at:at + 1460])

    def client(self, text):
        self.say(CLIENT, text)

    def server(self, text):
        self.say(SERVER, text)

    def turns(self, *texts):
        """Server and client in turn; the server begins."""
        for at, text in enumerate(texts):
            self.say(SERVER if at % 2 == 0 else CLIENT, text)

    def hang_up(self):
        self.packet(CLIENT, FIN | ACK)
        self.packet(SERVER, FIN | ACK)
        self.packet(CLIENT, ACK)

    def close(self):
        if self.out is not None:
            self.out.close()
