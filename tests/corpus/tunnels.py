# SPDX-License-Identifier: Apache-2.0
"""tunnels - what is said before a dialog that goes through somebody else.

Each is a list of (side, bytes), as it goes over the wire before the server's
first word.  The words CANARY are secrets that no event may tell.
"""

import base64
import struct

CLIENT, SERVER = 0, 1
NAME = "mx.tunnel.example"
PROXIED_CLIENT = {4: ("198.51.100.7", bytes([198, 51, 100, 7])),
                  6: ("2001:db8::7", bytes.fromhex("20010db8" + "0" * 23 + "7"))}
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def version_of(address):
    return 4 if len(address) == 4 else 6


def socks5(address, port):
    """RFC 1928, to an address."""
    kind = b"\x01" if version_of(address) == 4 else b"\x04"
    return [(CLIENT, b"\x05\x01\x00"), (SERVER, b"\x05\x00"),
            (CLIENT, b"\x05\x01\x00" + kind + address + struct.pack("!H", port)),
            (SERVER, b"\x05\x00\x00\x01" + bytes(6))]


def socks5_login(_, port):
    """RFC 1929 before it, to a name."""
    user, password = b"CANARY-USER", b"CANARY-SECRET"
    name = NAME.encode()
    return [(CLIENT, b"\x05\x02\x00\x02"), (SERVER, b"\x05\x02"),
            (CLIENT, b"\x01" + bytes([len(user)]) + user +
             bytes([len(password)]) + password), (SERVER, b"\x01\x00"),
            (CLIENT, b"\x05\x01\x00\x03" + bytes([len(name)]) + name +
             struct.pack("!H", port)),
            (SERVER, b"\x05\x00\x00\x01" + bytes(6))]


def connect(_, port):
    """RFC 9110 9.3.6, to a name."""
    login = base64.b64encode(b"CANARY-USER:CANARY-SECRET").decode()
    return [(CLIENT, (f"CONNECT {NAME}:{port} HTTP/1.1\r\nHost: {NAME}:{port}\r\n"
                      f"Proxy-Authorization: Basic {login}\r\n\r\n").encode()),
            (SERVER, b"HTTP/1.1 200 Connection established\r\n\r\n")]


def proxy_v1(address, port):
    """The PROXY protocol's specification, 2.1; the server does not answer."""
    version = version_of(address)
    client = PROXIED_CLIENT[version][0]
    server = {4: "203.0.113.1", 6: "2001:db8::1"}[version]
    return [(CLIENT,
             f"PROXY TCP{version} {client} {server} 41000 {port}\r\n".encode())]


def proxy_v2(address, port):
    """2.2, of the same specification."""
    version = version_of(address)
    ends = PROXIED_CLIENT[version][1] + address + struct.pack("!HH", 41000, port)
    family = b"\x11" if version == 4 else b"\x21"
    return [(CLIENT, SIGNATURE + b"\x21" + family +
             struct.pack("!H", len(ends)) + ends)]
