# SPDX-License-Identifier: Apache-2.0
"""test_redis - what `read` leaves in Redis, and that it leaves it once.

Every test has a redis-server of its own and reads our own recordings into it.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402
from private_redis import PrivateRedis  # noqa: E402

P = "{straymail}:v1:"

# A stream entry holds these fields, all of them, in this order.
ENTRY = ["kind", "server", "state", "sensor", "score", "ts", "flows",
         "bytes_toserver", "bytes_toclient", "messages", "json"]


def read_into(redis, *captures):
    return program.read("-o", f"redis.url={redis.url}", *captures)


def first_capture():
    return program.rows_with_findings()[0].capture


def all_captures():
    """One of each connection: the same packets in another wrapping are, read
    together, a mirror's second copy, and alone a connection of their own."""
    return sorted({row.capture for row in program.rows_with_findings()
                   if "/shape-" not in row.capture})


def published(events):
    """What has to be in Redis: every server told, but those on mail ports."""
    return {event["server"]["id"]: event
            for event in program.servers(events).values()
            if program.word(event) != "standard"}


def a_finding_is_a_hash_with_its_facts():
    with PrivateRedis() as redis:
        ran = read_into(redis, first_capture())
        checks.equal(ran.status, 0, f"exit status ({ran.err})")
        for sid, event in published(ran.events()).items():
            facts = redis.hash(P + "server:" + sid)
            wanted = {
                "id": sid, "schema": "1", "state": "new",
                "site": event["sensor"]["site"],
                "ip": event["server"]["ip"],
                "port": str(event["server"]["port"]),
                "flows": str(event["server"]["flows"]),
                "messages": str(event["server"]["messages"]),
                "verdict": event["detection"]["verdict"],
                "software": event["smtp"]["software"] or "",
                "starttls": event["smtp"]["starttls"],
                "banner": event["smtp"]["greeting"] or "",
                "score": str(event["finding"]["score"]),
                "severity": event["finding"]["severity"],
            }
            got = {key: facts.get(key) for key in wanted}
            checks.equal(got, wanted, sid)
            sensor = event["sensor"]["name"]
            checks.equal(facts["flows@" + sensor], facts["flows"], "sensor's part")
            assert redis.call("TTL", P + "server:" + sid) > 0, "kept for ever"


def the_indexes_name_every_server_and_no_other():
    with PrivateRedis() as redis:
        ran = read_into(redis, *all_captures())
        checks.equal(ran.status, 0, f"exit status ({ran.err})")
        wanted = sorted(published(ran.events()))
        assert wanted, "nothing was found"
        for index in ("servers", "risk", "state:new"):
            got = sorted(redis.call("ZRANGE", P + index, 0, -1))
            checks.equal(got, wanted, index)
        for state in ("acknowledged", "approved", "resolved", "regressed"):
            checks.equal(redis.call("ZCARD", P + "state:" + state), 0, state)


def a_capture_file_is_a_source_of_its_own():
    with PrivateRedis() as redis:
        captures = all_captures()
        ran = read_into(redis, *captures)
        sources = set()
        for sid in published(ran.events()):
            totals = redis.hash(f"{P}server:{sid}:totals")
            assert totals, f"{sid}: no totals"
            sources.update(totals)
            flows = sum(int(said.split()[0]) for said in totals.values())
            checks.equal(redis.call("HGET", f"{P}server:{sid}", "flows"),
                         str(flows), f"{sid}: sum over its sources")
        assert all(source.startswith("pcap/") for source in sources), sources
        assert len(sources) <= len(captures), sources


def the_stream_tells_of_a_new_server_with_every_field():
    with PrivateRedis() as redis:
        ran = read_into(redis, first_capture())
        entries = [entry[1] for entry in redis.call("XRANGE", P + "events", "-", "+")]
        entries = [dict(zip(flat[::2], flat[1::2])) for flat in entries
                   if flat[1].startswith("server_")]
        for entry in entries:
            checks.equal(list(entry), ENTRY, "fields of an entry")
            for number in ENTRY[4:10]:
                int(entry[number])
            json.loads(entry["json"])
        for sid, event in published(ran.events()).items():
            of_it = [entry for entry in entries if entry["server"] == sid]
            checks.equal(of_it[0]["kind"], "server_new", sid)
            checks.equal(sum(int(entry["flows"]) for entry in of_it),
                         event["server"]["flows"], f"{sid}: sum of increments")


def an_event_has_an_id_that_no_other_has_in_any_output():
    with PrivateRedis() as redis:
        ran = read_into(redis, *all_captures())
        entries = redis.call("XRANGE", P + "events", "-", "+")
        ids = [event["event_id"] for event in ran.events()]
        ids += [json.loads(flat[flat.index("json") + 1])["event_id"]
                for _, flat in entries if flat[1].startswith("server_")]
        assert len(ids) > len(ran.events()), "nothing is in the stream"
        checks.equal(len(set(ids)), len(ids), "different ids")


def clients_are_counted_apart():
    with PrivateRedis() as redis:
        ran = read_into(redis, first_capture())
        for sid, event in published(ran.events()).items():
            key = f"{P}server:{sid}:clients"
            wanted = event["server"]["clients"]
            checks.equal(redis.call("ZCARD", key), wanted, "clients")
            checks.equal(redis.call("PFCOUNT", key + ":hll"), wanted, "estimate")


def reading_again_changes_no_count():
    with PrivateRedis() as redis:
        captures = all_captures()
        read_into(redis, *captures)
        before = redis.everything()
        assert before, "nothing was written"
        checks.equal(read_into(redis, *captures).status, 0, "second read")
        checks.equal(counts(redis.everything()), counts(before), "together")
        for capture in captures:
            checks.equal(read_into(redis, capture).status, 0, "alone")
        checks.equal(counts(redis.everything()), counts(before), "one by one")


def counts(everything):
    """All that is known of servers, and the log; not when a sensor was up."""
    return {key: value for key, value in everything.items()
            if not key.startswith((P + "sensor:", P + "sensors", P + "meta",
                                   P + "selftest:"))}


def the_live_channel_says_what_the_stream_says():
    with PrivateRedis() as redis:
        listener = redis.connect()
        listener.call("SUBSCRIBE", P + "live")
        read_into(redis, first_capture())
        kind, channel, text = listener.answer()
        listener.close()
        checks.equal((kind, channel), ("message", P + "live"), "message")
        checks.equal(json.loads(text)["event_type"], "smtp_server", "event")


def list_shows_what_read_found():
    with PrivateRedis() as redis:
        ran = read_into(redis, *all_captures())
        shown = program.run("list", "-o", f"redis.url={redis.url}")
        checks.equal(shown.status, 0, f"exit status ({shown.err})")
        for event in published(ran.events()).values():
            checks.contains(shown.out, program.place(event), "list")


def show_tells_of_one_server_and_an_unknown_one_is_an_error():
    with PrivateRedis() as redis:
        ran = read_into(redis, first_capture())
        event = list(published(ran.events()).values())[0]
        where = program.place(event)
        to_redis = ("-o", f"redis.url={redis.url}")
        shown = program.run("show", *to_redis, where)
        checks.equal(shown.status, 0, f"exit status ({shown.err})")
        checks.contains(shown.out, where, "show")
        unknown = program.run("show", *to_redis, "192.0.2.1:9")
        checks.equal(unknown.status, 1, "unknown server")


def no_secret_gets_into_redis():
    with PrivateRedis() as redis:
        captures = sorted({row.capture for row in program.manifest()})
        read_into(redis, *captures)
        everything = redis.everything()
        assert everything, "nothing was written"
        program.no_canary(json.dumps(everything), "redis")


def every_key_is_under_the_prefix():
    with PrivateRedis() as redis:
        read_into(redis, *all_captures())
        keys = redis.call("KEYS", "*")
        assert keys, "nothing was written"
        strays = [key for key in keys if not key.startswith("{straymail}:")]
        checks.equal(strays, [], "keys elsewhere")


def without_redis_the_findings_are_printed_and_the_exit_is_1():
    alone = program.read(first_capture())
    ran = program.read("-o", "redis.url=unix:///nonexistent/redis.sock",
                       first_capture())
    checks.equal(ran.status, 1, "exit status")
    checks.equal(ran.out, alone.out, "findings")
    checks.contains(ran.err, "redis", "what it says")


def without_being_asked_nothing_goes_to_redis():
    with PrivateRedis() as redis:
        checks.equal(program.read(first_capture()).status, 0, "exit status")
        checks.equal(redis.call("DBSIZE"), 0, "keys")


if __name__ == "__main__":
    sys.exit(checks.run_all(
        a_finding_is_a_hash_with_its_facts,
        the_indexes_name_every_server_and_no_other,
        a_capture_file_is_a_source_of_its_own,
        the_stream_tells_of_a_new_server_with_every_field,
        an_event_has_an_id_that_no_other_has_in_any_output,
        clients_are_counted_apart,
        reading_again_changes_no_count,
        the_live_channel_says_what_the_stream_says,
        list_shows_what_read_found,
        show_tells_of_one_server_and_an_unknown_one_is_an_error,
        no_secret_gets_into_redis,
        every_key_is_under_the_prefix,
        without_redis_the_findings_are_printed_and_the_exit_is_1,
        without_being_asked_nothing_goes_to_redis,
    ))
