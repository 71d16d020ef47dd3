# SPDX-License-Identifier: Apache-2.0
"""test_mirror - `watch` on a mirror port, with a Redis that comes and goes.

	client --- veth --- server        two namespaces, a real SMTP dialog
	                      |
	                      | tc mirred (both directions)
	                      v
	                    mirror --- veth --- sensor's namespace: straymail

The test moves into network and mount namespaces of its own first (a user
namespace as well where it is not root), so nothing of the machine is touched
and all of it is gone when the test ends.
"""

import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import namespaces  # noqa: E402
import program  # noqa: E402
from private_redis import PrivateRedis  # noqa: E402

ADDRESS, PORT = "10.99.0.1", 2525
PLACE = f"{ADDRESS}:{PORT}"
P = "{straymail}:v1:"
PROMISED_S = 2.0  # from an accepted EHLO to Redis
DRAIN_S = 5.0     # from SIGTERM to the exit
CATCH_UP_S = 40.0  # from Redis's return: the back-off goes up to 30 s

# What an entry of the health stream holds, in numbers only.
HEALTH = ["pkts", "bytes", "kdrop", "ifdrop", "gap_pct", "dup_pct", "flows",
          "smtp_flows", "stray_flows", "queue", "untold", "busiest_pct",
          "rss_mb", "cpu_pct", "lag_ms"]

WIRES = f"""
ip link set lo up
ip netns add client
ip netns add server
ip link add wire0 netns client type veth peer name wire1 netns server
ip link add mirror1 type veth peer name mirror0 netns server
ip -n client addr add 10.99.0.2/24 dev wire0
ip -n server addr add {ADDRESS}/24 dev wire1
ip -n client link set wire0 up
ip -n server link set wire1 up
ip -n server link set mirror0 up
ip link set mirror1 up
ip netns exec server tc qdisc add dev wire1 clsact
"""


def lay_wires():
    for line in WIRES.strip().splitlines():
        namespaces.command(line)
    for way in ("ingress", "egress"):
        namespaces.mirror("server", "wire1", way, "mirror0")


def begin_mail():
    """A dialog whose EHLO was just accepted, and when that was."""
    client = namespaces.Peer("client", "smtp_client.py", ADDRESS, PORT)
    return client, float(client.hear())


def finish_mail(client):
    client.go_on()
    checks.equal(client.hear(), "done", "the client's last word")
    client.end()


class Watch:
    """straymail watch on the mirror, its events in a file that is read back."""

    def __init__(self, redis):
        self.log = open(os.path.join(redis.folder, "watch.log"), "w+b")
        self.events = os.path.join(redis.folder, "events.ndjson")
        self.file = os.path.join(redis.folder, "file.ndjson")
        self.process = subprocess.Popen(
            [program.STRAYMAIL, "watch", "-i", "mirror1", "-c", "/dev/null",
             "--format", "json", "-o", f"redis.url={redis.url}",
             "-o", "redis.flush=1s", "-o", f"json.file={self.file}"],
            stdin=subprocess.DEVNULL, stdout=open(self.events, "wb"),
            stderr=self.log)

    def said(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "backslashreplace")

    def told(self):
        with open(self.events, encoding="utf-8") as events:
            return events.read()

    def alive(self):
        assert self.process.poll() is None, f"watch ended: {self.said()}"
        return True

    def stop(self, signals=1):
        """The exit status after SIGTERM, and how long that took."""
        began = time.monotonic()
        for _ in range(signals):
            self.process.send_signal(signal.SIGTERM)
            time.sleep(0.3 if signals > 1 else 0)
        try:
            status = self.process.wait(timeout=4 * DRAIN_S)
        finally:
            self.process.kill()
        program.sane(status, self.said())
        return status, time.monotonic() - began


def wait_until(true, seconds, what, watch):
    until = time.monotonic() + seconds
    while not true():
        watch.alive()
        assert time.monotonic() < until, \
            f"{what}: not within {seconds} s; watch said: {watch.said()}"
        time.sleep(0.01)


def told_flows(redis):
    flows = redis.call("HGET", f"{P}server:default/{PLACE}", "flows")
    return int(flows or 0)


def told_messages(redis):
    return int(redis.call("HGET", f"{P}server:default/{PLACE}", "messages") or 0)


def capturing(redis, watch):
    """The sensor says in Redis that it is there, after it has begun."""
    wait_until(lambda: redis.call("ZCARD", P + "sensors") > 0, 15,
               "the sensor's heartbeat", watch)


class Scene:
    """Server, Redis and sensor, up and running."""

    def __enter__(self):
        self.server = namespaces.Peer("server", "smtp_server.py", ADDRESS, PORT)
        checks.equal(self.server.hear(), "ready", "the server's first word")
        self.redis = PrivateRedis()
        self.redis.start()
        self.watch = Watch(self.redis)
        try:
            capturing(self.redis, self.watch)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.watch.process.kill()
        self.watch.process.wait()
        self.redis.__exit__()
        self.server.end()


def a_sighting_is_in_redis_within_two_seconds_of_the_ehlo():
    with Scene() as scene:
        client, accepted = begin_mail()
        wait_until(lambda: told_flows(scene.redis) == 1, 10, "a sighting",
                   scene.watch)
        took = time.monotonic() - accepted
        checks.note(f"from the accepted EHLO to Redis: {took * 1000:.0f} ms")
        assert took <= PROMISED_S, f"took {took:.3f} s"
        finish_mail(client)
        wait_until(lambda: told_messages(scene.redis) == 1, 15, "the message",
                   scene.watch)
        checks.equal(told_flows(scene.redis), 1, "flows after the end")


def the_sensor_says_what_it_is_and_how_it_fares():
    with Scene() as scene:
        name = scene.redis.call("ZRANGE", P + "sensors", 0, 0)[0]
        said = scene.redis.hash(f"{P}sensor:{name}")
        wanted = {"ifaces": "mirror1", "filter": "", "site": "default",
                  "ports": "25,465,587"}
        checks.equal({key: said.get(key) for key in wanted}, wanted, "sensor")
        for key in ("version", "host", "run", "started", "ndpi", "packets"):
            assert said.get(key), f"{key} is not said: {said}"
        flat = scene.redis.call("XRANGE", f"{P}sensor:{name}:health", "-", "+")[0][1]
        health = dict(zip(flat[::2], flat[1::2]))
        checks.equal(sorted(health), sorted(HEALTH), "health")
        for key, number in health.items():
            assert float(number) >= 0, f"{key}: {number}"
        assert int(health["rss_mb"]) > 0, health


def a_stop_drains_and_exits_0():
    with Scene() as scene:
        client, _ = begin_mail()
        finish_mail(client)
        status, took = scene.watch.stop()
        checks.note(f"from SIGTERM to the exit: {took:.2f} s")
        checks.equal(status, 0, f"exit status ({scene.watch.said()})")
        assert took <= DRAIN_S, f"took {took:.1f} s"
        checks.equal(told_flows(scene.redis), 1, "flows")
        checks.equal(told_messages(scene.redis), 1, "messages")
        for text in (scene.watch.told(), scene.watch.said(),
                     str(scene.redis.everything())):
            program.no_canary(text, "output")
        checks.contains(scene.watch.told(), '"smtp_server"', "events on stdout")


def nothing_that_the_kernel_still_holds_is_lost_at_a_stop():
    """It passes a block on when that is 100 ms old, and a worker that has just
    looked in vain comes back as late: stops at every phase of both."""
    for phase in range(8):
        with Scene() as scene:
            time.sleep(0.013 * phase)
            client, _ = begin_mail()
            finish_mail(client)
            checks.equal(scene.watch.stop()[0], 0, "exit status")
            got = told_flows(scene.redis), told_messages(scene.redis)
            checks.equal(got, (1, 1), "flows and messages")


def usr1_tells_the_numbers_and_hup_begins_the_file_anew():
    with Scene() as scene:
        watch = scene.watch
        client, _ = begin_mail()
        finish_mail(client)
        wait_until(lambda: told_flows(scene.redis) == 1, 10, "a sighting", watch)
        watch.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: " 1 dialogs" in watch.said(), 10, "the numbers", watch)
        os.rename(watch.file, watch.file + ".1")
        watch.process.send_signal(signal.SIGHUP)
        wait_until(lambda: os.path.exists(watch.file), 10, "a new file", watch)
        client, _ = begin_mail()
        finish_mail(client)
        checks.equal(watch.stop()[0], 0, "exit status")
        for path, flows in ((watch.file + ".1", 1), (watch.file, 2)):
            with open(path, encoding="ascii") as lines:
                last = json.loads(lines.readlines()[-1])
            checks.equal(last["server"]["flows"], flows, path)


def what_was_seen_while_redis_was_away_is_told_when_it_is_back():
    with Scene() as scene:
        client, _ = begin_mail()
        finish_mail(client)
        wait_until(lambda: told_messages(scene.redis) == 1, 15, "the message",
                   scene.watch)
        scene.redis.kill()
        client, _ = begin_mail()
        finish_mail(client)
        time.sleep(2)
        assert scene.watch.alive()
        scene.redis.start()
        back = time.monotonic()
        wait_until(lambda: told_flows(scene.redis) == 2, CATCH_UP_S,
                   "both flows", scene.watch)
        checks.note(f"caught up {time.monotonic() - back:.1f} s after the return")
        wait_until(lambda: told_messages(scene.redis) == 2, 15, "both messages",
                   scene.watch)
        checks.equal(scene.watch.stop()[0], 0, "exit status")


def untold_to_a_frozen_redis(scene):
    """The sensor waits for an answer about a server that is on its way."""
    scene.redis.freeze()
    client, _ = begin_mail()
    finish_mail(client)
    wait_until(lambda: '"smtp_server"' in scene.watch.told(), 10, "an event",
               scene.watch)
    time.sleep(1.5)


def a_frozen_redis_holds_a_stop_up_for_5_seconds_at_most():
    with Scene() as scene:
        untold_to_a_frozen_redis(scene)
        status, took = scene.watch.stop()
        checks.note(f"from SIGTERM to the exit: {took:.2f} s")
        checks.equal(status, 1, f"exit status ({scene.watch.said()})")
        assert took <= DRAIN_S + 1, f"took {took:.1f} s"
        checks.contains(scene.watch.said(), "did not take 1 server:", "log")


def a_second_signal_does_not_wait_for_a_frozen_redis():
    with Scene() as scene:
        untold_to_a_frozen_redis(scene)
        status, took = scene.watch.stop(signals=2)
        checks.equal(status, 1, f"exit status ({scene.watch.said()})")
        assert took <= 2, f"took {took:.1f} s"


if __name__ == "__main__":
    sys.exit(namespaces.run(
        __file__, lay_wires,
        a_sighting_is_in_redis_within_two_seconds_of_the_ehlo,
        the_sensor_says_what_it_is_and_how_it_fares,
        a_stop_drains_and_exits_0,
        nothing_that_the_kernel_still_holds_is_lost_at_a_stop,
        usr1_tells_the_numbers_and_hup_begins_the_file_anew,
        what_was_seen_while_redis_was_away_is_told_when_it_is_back,
        a_frozen_redis_holds_a_stop_up_for_5_seconds_at_most,
        a_second_signal_does_not_wait_for_a_frozen_redis,
    ))
