#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""trunk - the two ends of a switch's trunk: tags frames one way, untags back.

For kernels without 802.1Q devices.  Frames from the access port go out on the
trunk with the VLAN's tag; what comes from the trunk goes to the access port
without it.  The kernel takes the tag off before it hands a frame over and
tells it beside the data (packet(7), PACKET_AUXDATA), so there is none to cut.

Usage: trunk.py ACCESS TRUNK VLAN
"""

import select
import socket
import struct
import sys

ETH_P_ALL = 3
PACKET_OUTGOING = 4
TPID_8021Q = 0x8100


def port(name):
    """A raw socket on that interface."""
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    raw.bind((name, ETH_P_ALL))
    return raw


def main():
    access, trunk, vlan = port(sys.argv[1]), port(sys.argv[2]), int(sys.argv[3])
    tag = struct.pack("!HH", TPID_8021Q, vlan)
    while True:
        for ready in select.select([access, trunk], [], [])[0]:
            frame, origin = ready.recvfrom(65536)
            if origin[2] == PACKET_OUTGOING:
                continue
            if ready is access:
                trunk.send(frame[:12] + tag + frame[12:])
            else:
                access.send(frame)


if __name__ == "__main__":
    main()
