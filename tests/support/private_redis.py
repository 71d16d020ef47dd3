# SPDX-License-Identifier: Apache-2.0
"""private_redis - a redis-server of the tests' own, on a unix socket.

Nothing listens on the network, nothing is kept, and the machine's own Redis is
not touched.  The few lines of protocol spare a client library.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import program

SERVER = os.path.join(program.TOP, "build", "redis-server")


class Connection:
    """RESP2 over a unix socket: call() sends a command, returns its answer."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rb")

    def call(self, *words):
        words = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(
            b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self.answer()

    def answer(self):
        line = self.stream.readline()
        if not line:
            raise ConnectionError("redis closed the connection")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise RuntimeError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return self._bulk(int(rest))
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))]
        return rest

    def _bulk(self, size):
        if size < 0:
            return None
        return self.stream.read(size + 2)[:-2].decode("utf-8", "backslashreplace")

    def close(self):
        self.stream.close()
        self.socket.close()


class PrivateRedis:
    """with PrivateRedis() as redis: redis.url, redis.call("PING")"""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="straymail-test-")
        self.path = os.path.join(self.folder, "redis.sock")
        self.url = f"unix://{self.path}"
        self.process = None
        self.connection = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder)

    def start(self):
        self.process = subprocess.Popen(
            [SERVER, "--port", "0", "--unixsocket", self.path, "--save", "",
             "--appendonly", "no", "--dir", self.folder,
             "--logfile", os.path.join(self.folder, "log")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while self.connection is None:
            try:
                self.connection = self.connect()
            except OSError:
                assert self.process.poll() is None, "redis-server ended at once"
                assert time.monotonic() < until, "redis-server does not listen"
                time.sleep(0.01)

    def kill(self):
        """As a crash would: what it held is gone."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self):
        """It stands still: it takes connections and bytes, and never answers."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def connect(self):
        return Connection(self.path)

    def call(self, *words):
        return self.connection.call(*words)

    def hash(self, key):
        flat = self.call("HGETALL", key)
        return dict(zip(flat[::2], flat[1::2]))

    def everything(self):
        """Every key with its whole value, and whether it will go by itself."""
        whole = {}
        for key in sorted(self.call("KEYS", "*")):
            kind = self.call("TYPE", key)
            whole[key] = (kind, self._value(kind, key))
        return whole

    def _value(self, kind, key):
        if kind == "hash":
            return self.hash(key)
        if kind == "zset":
            return self.call("ZRANGE", key, 0, -1, "WITHSCORES")
        if kind == "stream":
            return self.call("XRANGE", key, "-", "+")
        if kind == "list":
            return self.call("LRANGE", key, 0, -1)
        return self.call("GET", key)
