# SPDX-License-Identifier: Apache-2.0
"""test_workers - several workers share a mirror port, or a tap.

	client --- veth --- server        a VXLAN between the two as well
	                      |
	                      | tc mirred
	                      v
	            mirror, tap --- veth --- sensor's namespace: straymail

The mirror has both directions; then each has an interface of its own; and then
the mirror is far off, and sends what it has in tunnels.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import namespaces  # noqa: E402
import program  # noqa: E402

PORT = 2525
CLIENTS = 24  # addresses, and as many mails, of each network

# The network of the wire, and the one in the VXLAN on it.
NETWORKS = {"wire": "10.99", "vx": "10.77"}

WIRES = """
ip link set lo up
ip netns add client
ip netns add server
ip link add wire0 netns client type veth peer name wire1 netns server
ip link add mirror1 type veth peer name mirror0 netns server
ip link add tap1 type veth peer name tap0 netns server
ip -n client addr add 10.99.0.2/16 dev wire0
ip -n server addr add 10.99.0.1/16 dev wire1
ip -n client link set wire0 up
ip -n server link set wire1 up
ip -n server link set mirror0 mtu 9000 up
ip -n server link set tap0 up
ip link set mirror1 mtu 9000 up
ip link set tap1 up
ip -n client link add vx0 type vxlan id 42 dev wire0 local 10.99.0.2 remote 10.99.0.1 dstport 4789
ip -n server link add vx1 type vxlan id 42 dev wire1 local 10.99.0.1 remote 10.99.0.2 dstport 4789
ip -n client link set vx0 up
ip -n server link set vx1 up
ip -n server addr add 10.77.0.1/16 dev vx1
"""


def sources(network):
    return [f"{NETWORKS[network]}.1.{i}" for i in range(1, CLIENTS + 1)]


def lay_wires():
    for line in WIRES.strip().splitlines():
        namespaces.command(line)
    for network, device in (("wire", "wire0"), ("vx", "vx0")):
        for source in sources(network):
            namespaces.command(f"ip -n client addr add {source}/16 dev {device}")


@contextlib.contextmanager
def mirror_to(ingress, egress):
    """Each direction of the server's wire to a device."""
    namespaces.command("ip netns exec server tc qdisc add dev wire1 clsact")
    try:
        namespaces.mirror("server", "wire1", "ingress", ingress)
        namespaces.mirror("server", "wire1", "egress", egress)
        yield
    finally:
        namespaces.command("ip netns exec server tc qdisc del dev wire1 clsact")


@contextlib.contextmanager
def mirror_in_tunnels():
    session = namespaces.Peer("server", "remote_mirror.py", "wire1", "mirror0")
    checks.equal(session.hear(), "ready", "the mirror's first word")
    try:
        yield
    finally:
        session.end()


class Watch:
    """straymail watch with so many workers."""

    def __init__(self, folder, workers, *interfaces):
        self.log = open(os.path.join(folder, "watch.log"), "w+b")
        self.events = os.path.join(folder, "events.ndjson")
        options = [word for name in interfaces for word in ("-i", name)]
        self.process = subprocess.Popen(
            [program.STRAYMAIL, "watch", *options, "-c", "/dev/null", "-v",
             "--format", "json", "-o", f"capture.workers={workers}",
             "-o", "capture.pin=on"],
            stdin=subprocess.DEVNULL, stdout=open(self.events, "wb"),
            stderr=self.log)
        for name in interfaces:
            self.wait_for(f"{name}: listening")

    def said(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "backslashreplace")

    def wait_for(self, words):
        until = time.monotonic() + 20
        while words not in self.said():
            assert self.process.poll() is None, f"watch ended: {self.said()}"
            assert time.monotonic() < until, f"{words}: {self.said()}"
            time.sleep(0.01)

    def ask(self):
        """The lines of USR1: packets and dialogs of all, and of each worker."""
        self.process.send_signal(signal.SIGUSR1)
        self.wait_for("statistics: worker")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=20)
        finally:
            self.process.kill()
        program.sane(status, self.said())
        checks.equal(status, 0, f"exit status ({self.said()})")

    def flows(self):
        """The last word on each server: its place, and its dialogs."""
        with open(self.events, encoding="ascii") as lines:
            told = program.servers([json.loads(line) for line in lines])
        return {where: event["server"]["flows"] for where, event in told.items()}

    def shares(self):
        """Packets of each worker, at the end, and of all."""
        said = self.said()
        each = [int(n) for n in
                re.findall(r"^worker \d+: (\d+) packets", said, re.MULTILINE)]
        return each, int(re.search(r"^ *(\d+)  packets ", said,
                                   re.MULTILINE).group(1))


def talk(network):
    """A mail from each address."""
    address = f"{NETWORKS[network]}.0.1"
    client = namespaces.Peer("client", "smtp_clients.py", address, PORT,
                             *sources(network))
    checks.equal(client.hear(), "done", "the clients' last word")
    client.end()


def watch_all(workers, *interfaces):
    """Mails on the wire and in the VXLAN, all found, each once."""
    server = namespaces.Peer("server", "smtp_server.py", "0.0.0.0", PORT)
    checks.equal(server.hear(), "ready", "the server's first word")
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(folder, workers, *interfaces)
        try:
            for network in NETWORKS:
                talk(network)
            watch.ask()
            watch.stop()
        finally:
            watch.process.kill()
            server.end()
        checks.equal(watch.flows(), {f"{of}.0.1:{PORT}": CLIENTS
                                     for of in NETWORKS.values()}, "dialogs")
        each, packets = watch.shares()
    checks.note(f"packets of each worker: {each}")
    checks.equal(len(each), workers, "workers that say what they had")
    checks.equal(sum(each), packets, "packets")
    assert all(n >= packets / workers / 8 for n in each), each


def four_workers_find_every_dialog_once_on_a_wire_and_in_a_vxlan():
    with mirror_to("mirror0", "mirror0"):
        watch_all(4, "mirror1")


def two_workers_find_every_dialog_once_on_a_tap_of_two_interfaces():
    with mirror_to("mirror0", "tap0"):
        watch_all(2, "mirror1", "tap1")


def four_workers_find_every_dialog_once_in_gre_erspan_and_geneve():
    """Each packet of a dialog in another tunnel than the one before it; those
    of the VXLAN are then two tunnels deep."""
    with mirror_in_tunnels():
        watch_all(4, "mirror1")


if __name__ == "__main__":
    sys.exit(namespaces.run(
        __file__, lay_wires,
        four_workers_find_every_dialog_once_on_a_wire_and_in_a_vxlan,
        two_workers_find_every_dialog_once_on_a_tap_of_two_interfaces,
        four_workers_find_every_dialog_once_in_gre_erspan_and_geneve,
    ))
