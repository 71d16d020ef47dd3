#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""talk - says the lines of its standard input to a server, one at a time.

Mail clients are polite: they do not send EHLO to an FTP server, nor leave
after the greeting.  This one says whatever it is given.  It waits for the
greeting and after each line until the server has been quiet for a while, so
that it needs to know no protocol.

Usage: talk.py HOST PORT [--first] [--newline lf]

	--first		does not wait for a greeting
	--newline lf	ends lines with LF alone instead of CRLF

A line `@wait N` is not said: it pauses for N seconds.
"""

import argparse
import socket
import sys
import time

QUIET_S = 0.4
"""So long must a server be silent to have answered."""


def listen(connection):
    """Reads until the server is quiet; False: it has closed."""
    connection.settimeout(QUIET_S)
    try:
        while data := connection.recv(65536):
            sys.stdout.write(data.decode("latin-1"))
    except TimeoutError:
        return True
    except ConnectionError:
        pass
    return False


def talk(connection, lines, newline, first):
    """Says the lines for as long as someone is there to hear them."""
    if not first and not listen(connection):
        return
    for line in lines:
        line = line.rstrip("\n")
        if line.startswith("@wait "):
            time.sleep(float(line.split()[1]))
            continue
        connection.sendall(line.encode("latin-1") + newline)
        if not listen(connection):
            return


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--newline", choices=["crlf", "lf"], default="crlf")
    options = parser.parse_args()
    newline = b"\n" if options.newline == "lf" else b"\r\n"
    with socket.create_connection((options.host, options.port)) as connection:
        talk(connection, sys.stdin, newline, options.first)


if __name__ == "__main__":
    main()
