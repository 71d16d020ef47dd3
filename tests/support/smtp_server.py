# SPDX-License-Identifier: Apache-2.0
"""smtp_server - a small mail server, for a wire to watch.

	python3 smtp_server.py ADDRESS PORT

Real sockets and a whole dialog (RFC 5321 4.1), with no mail behind it: what it
takes is thrown away.  Prints `ready` when it listens, and ends when its
standard input does.
"""

import socketserver
import sys
import threading

REPLIES = {
    b"EHLO": "250-mx.example.org\r\n250-SIZE 10240000\r\n250 8BITMIME",
    b"HELO": "250 mx.example.org",
    b"MAIL": "250 2.1.0 Ok",
    b"RCPT": "250 2.1.5 Ok",
    b"DATA": "354 End data with <CR><LF>.<CR><LF>",
    b"RSET": "250 2.0.0 Ok",
    b"NOOP": "250 2.0.0 Ok",
    b"QUIT": "221 2.0.0 Bye",
}


class Dialog(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 mx.example.org ESMTP")
        for line in self.rfile:
            verb = line[:4].upper()
            self.say(REPLIES.get(verb, "502 5.5.2 Error: command not recognized"))
            if verb == b"DATA":
                self.take_body()
            if verb == b"QUIT":
                return

    def take_body(self):
        for line in self.rfile:
            if line == b".\r\n":
                break
        self.say("250 2.0.0 Ok: queued")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    with Server((sys.argv[1], int(sys.argv[2])), Dialog) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("ready", flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
