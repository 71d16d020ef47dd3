# SPDX-License-Identifier: Apache-2.0
"""remote_mirror - a mirror session to a far-off sensor.

	python3 remote_mirror.py FROM TO

Every frame that an interface receives or sends goes out of another one, in a
packet of GRE (RFC 2784, bridged), of ERSPAN II or of GENEVE (RFC 8926) in turn.
For kernels that have no devices of these kinds.  Prints `ready`, and ends when
its standard input does.
"""

import itertools
import select
import socket
import struct
import sys

ETH_P_ALL = 3
FROM_ADDRESS, TO_ADDRESS = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
GRE, UDP = 47, 17


def packet(protocol, payload):
    """Ethernet and IPv4 around it; nobody looks at their checksums."""
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64,
                     protocol, 0)
    return bytes(12) + b"\x08\x00" + ip + FROM_ADDRESS + TO_ADDRESS + payload


def gre(frame):
    return packet(GRE, struct.pack("!HHI", 0x2000, 0x6558, 7) + frame)


def erspan(frame):
    return packet(GRE, struct.pack("!HHIHHI", 0x1000, 0x88BE, 1, 0x1001, 300, 0) +
                  frame)


def geneve(frame):
    """With an option of eight bytes."""
    head = struct.pack("!BBHIHBBI", 2, 0, 0x6558, 77 << 8, 0x0102, 1, 1, 0)
    udp = struct.pack("!HHHH", 50000, 6081, 8 + len(head) + len(frame), 0)
    return packet(UDP, udp + head + frame)


def main():
    taken, given = (socket.socket(socket.AF_PACKET, socket.SOCK_RAW) for _ in "12")
    taken.bind((sys.argv[1], ETH_P_ALL))
    given.bind((sys.argv[2], 0))
    wraps = itertools.cycle((gre, erspan, geneve))
    print("ready", flush=True)
    while True:
        if sys.stdin in select.select([taken, sys.stdin], [], [])[0]:
            return
        given.send(next(wraps)(taken.recv(65535)))


if __name__ == "__main__":
    main()
