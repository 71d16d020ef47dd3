# SPDX-License-Identifier: Apache-2.0
"""rewrite - a capture as it would have been on another port, or in a tunnel.

	rewritten = Rewritten(link, frames, servers)
	rewritten.to_port(6667)
	rewritten.into(lambda address: tunnels.socks5(address, 2525))

Servers are (address, port) pairs.  A tunnel's preamble goes between a
connection's handshake and all else, and what follows is moved on by as many
bytes: sequence numbers, acknowledgements, selective ones as well.  Connections
whose handshake was not captured, or over which nothing was said, stay as they
are: nobody can tell what might have come before.
"""

import captures
from captures import Frame
from segments import SYN, segment_of
from tunnels import CLIENT, SERVER


class Connection:
    """One of a client's, from its SYN to the next with another number."""

    def __init__(self):
        self.first = [None, None]   # each side's first SYN
        self.passed = [False, False]  # ... has been written
        self.moved = [0, 0]         # bytes said before, by side
        self.says = self.fast = self.stands = False

    def movable(self):
        return None not in self.first and self.says and not self.fast

    def begins_anew(self, segment):
        mine = self.first[CLIENT]
        return mine is not None and mine.seq != segment.seq


class Rewritten:
    def __init__(self, link, frames, servers):
        self.link = link
        self.servers = set(servers)
        self.frames = [Frame(f.time, bytearray(f.data), f.length) for f in frames]
        self.changed = 0  # segments on another port, connections in a tunnel

    def _segments(self):
        """(frame, segment, side) of what goes to or from one of the servers."""
        for frame in self.frames:
            segment = segment_of(self.link, frame.data)
            if segment is None:
                yield frame, None, None
            elif segment.target in self.servers:
                yield frame, segment, CLIENT
            elif segment.source in self.servers:
                yield frame, segment, SERVER
            else:
                yield frame, None, None

    def to_port(self, port):
        for _, segment, side in self._segments():
            if segment is not None:
                segment.change((port, None) if side == SERVER else (None, port))
                self.changed += 1
        self.servers = {(address, port) for address, _ in self.servers}

    def into(self, tunnel):
        """tunnel: server's address -> [(side, bytes)]"""
        frames = []
        for frame, segment, side, connection in list(self._connections()):
            if connection is not None and connection.movable():
                frames += self._opening(frame, segment, side, connection, tunnel)
            frames.append(frame)
        self.frames = frames

    def _connections(self):
        open_now = {}
        for frame, segment, side in self._segments():
            if segment is None:
                yield frame, None, None, None
                continue
            ends = (segment.source, segment.target)
            key = ends if side == CLIENT else ends[::-1]
            connection = open_now.setdefault(key, Connection())
            if side == CLIENT and segment.flags & SYN and \
                    connection.begins_anew(segment):
                connection = open_now[key] = Connection()
            note(connection, segment, side)
            yield frame, segment, side, connection

    def _opening(self, frame, segment, side, connection, tunnel):
        """The frames to be put before this one, which is moved on."""
        said = []
        if segment.flags & SYN:
            connection.passed[side] = True
            return said
        if not connection.stands and all(connection.passed):
            address = connection.first[CLIENT].target[0]
            said = list(spoken(connection, frame.time, tunnel(address)))
            connection.stands = True
            self.changed += 1
        if connection.stands:
            segment.change(seq=connection.moved[side],
                           ack=connection.moved[1 - side])
        return said

    def write(self, path):
        captures.write(path, self.link, self.frames)


def note(connection, segment, side):
    if segment.flags & SYN:
        if connection.first[side] is None:
            connection.first[side] = segment
        connection.fast |= segment.length > 0
    elif segment.length > 0:
        connection.says = True


def spoken(connection, time, exchange):
    for side, words in exchange:
        mine, other = connection.first[side], connection.first[1 - side]
        yield Frame(time, mine.saying(mine.seq + 1 + connection.moved[side],
                                      other.seq + 1 + connection.moved[1 - side],
                                      words))
        connection.moved[side] += len(words)
