# SPDX-License-Identifier: Apache-2.0
"""test_fields - what an event says of a server, field by field.

Each field, flag and transition of a verdict is seen once through the whole
program, from packets that bring it about; every event keeps to the schema.
"""

import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import jsonschema  # noqa: E402
import checks  # noqa: E402
import program  # noqa: E402
from talk import ACK, CLIENT, SERVER, SYN, Talk  # noqa: E402

SCHEMA = os.path.join(program.TOP, "output", "event.schema.json")
PLACE = "10.0.0.2:2525"

GREETING = b"220 mx.example ESMTP Postfix\r\n"
HELLO = [GREETING, b"EHLO client.example\r\n",
         b"250-mx.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n"
         b"250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"]
FROM = [b"MAIL FROM:<a@b.example>\r\n", b"250 2.1.0 Ok\r\n"]
TO = [b"RCPT TO:<c@d.example>\r\n", b"250 2.1.5 Ok\r\n"]
NOBODY = [b"RCPT TO:<e@d.example>\r\n", b"550 5.1.1 No such user\r\n"]
DATA = [b"DATA\r\n", b"354 Go on\r\n", b"Hello\r\n.\r\n",
        b"250 2.0.0 Ok: queued as 12AB\r\n"]
QUIT = [b"QUIT\r\n", b"221 2.0.0 Bye\r\n"]
AUTH = [b"AUTH PLAIN AGEAYg==\r\n", b"235 2.7.0 In\r\n"]
FTP = [b"USER a\r\n", b"331 Password?\r\n"]
LHLO = [b"LHLO client.example\r\n", b"250 mx.example\r\n"]
PAUSE = "a pause, in which a suspicion is told"


def with_schema():
    with open(SCHEMA, encoding="utf-8") as text:
        return jsonschema.Draft7Validator(json.load(text))


def told(play, *options):
    """The events of what play(talk) says."""
    folder = tempfile.mkdtemp(prefix="straymail-test-")
    try:
        path = os.path.join(folder, "case.pcap")
        talk = Talk(path)
        play(talk)
        talk.close()
        ran = program.read(*options, path)
        checks.equal(ran.status, 0, f"exit status ({ran.err.strip()})")
        events = ran.events()
        for event in events:
            for error in with_schema().iter_errors(event):
                where = ".".join(map(str, error.absolute_path))
                raise AssertionError(f"event.{where}: {error.message}")
        return events
    finally:
        shutil.rmtree(folder)


def pause(talk):
    """Seven seconds; time passes with packets, so a bystander sends one."""
    talk.packet(CLIENT, ACK)
    talk.wait(7)
    ports, seq = talk.port, talk.seq
    talk.join(40001, 9)
    talk.packet(CLIENT, SYN)
    talk.port, talk.seq = ports, seq


def spoken(*turns, port=2525):
    """A connection in which server and client speak in turn."""
    def play(talk):
        talk.connect(40000, port)
        at = 0
        for text in turns:
            if text is PAUSE:
                pause(talk)
                continue
            talk.say(SERVER if at % 2 == 0 else CLIENT, text)
            at += 1
        talk.hang_up()
    return play


def last(play, *options):
    events = told(play, *options)
    assert events, "nothing was told"
    return events[-1]


def part(event, path):
    for name in path.split("."):
        event = event[name]
    return event


def holds(event, wanted):
    got = {path: part(event, path) for path in wanted}
    checks.equal(got, wanted, event["server"]["id"])


# --- fields -----------------------------------------------------------------

def a_whole_dialog_is_told_in_full():
    event = last(spoken(*HELLO, *AUTH, *FROM, *TO, *NOBODY, *DATA, *QUIT))
    holds(event, {
        "event_type": "smtp_server", "app_proto": "smtp", "via": None,
        "detection.verdict": "confirmed", "detection.reason": "ehlo_accepted",
        "detection.flags": ["auth_clear"],
        "server.id": "default/10.0.0.2:2525", "server.reversed_ip": None,
        "src_ip": "10.0.0.1", "dest_ip": "10.0.0.2",
        "smtp.greeting": "220 mx.example ESMTP Postfix",
        "smtp.greeting_code": 220, "smtp.greeting_host": "mx.example",
        "smtp.software": "Postfix", "smtp.software_by": "greeting",
        "smtp.variant": "esmtp", "smtp.helo": "client.example",
        "smtp.ehlo": ["PIPELINING", "SIZE", "STARTTLS", "AUTH", "8BITMIME"],
        "smtp.starttls": "offered", "smtp.auth_mechs": ["PLAIN", "LOGIN"],
        "smtp.auth_cleartext": True, "smtp.messages": 1,
        "smtp.rcpt_accepted": 1, "smtp.rcpt_rejected": 1,
        "smtp.reply_codes": {"220": 1, "250": 4, "235": 1, "550": 1, "354": 1,
                             "221": 1},
        "smtp.blocklist": None,
        "finding.technique": ["T1571", "T1071.003"],
    })
    for atom in ("G1", "G2", "V1", "R1", "V2", "R2", "V3", "R3", "V4", "R4",
                 "V6", "R6", "E1", "E2"):
        assert atom in event["detection"]["evidence"], atom
    # nDPI makes it; a build without says so and leaves it out.
    if "nDPI none" in program.run("-V").out:
        assert event["community_id"] is None, event["community_id"]
    else:
        assert event["community_id"].startswith("1:"), event["community_id"]
    assert len(event["smtp"]["client_dialect"]) == 4


def a_version_is_told_where_the_greeting_has_one():
    event = last(spoken(b"220 mx ESMTP Exim 4.96 ready\r\n", *HELLO[1:]))
    holds(event, {"smtp.software": "Exim", "smtp.version": "4.96"})


def the_order_of_keywords_has_a_hash():
    def offer(*keywords):
        lines = b"".join(b"250-" + word + b"\r\n" for word in keywords)
        return last(spoken(GREETING, HELLO[1], b"250-mx\r\n" + lines +
                           b"250 HELP\r\n"))["smtp"]["ehlo_hash"]
    one, other = offer(b"SIZE 1", b"DSN"), offer(b"DSN", b"SIZE 1")
    assert one and other and one != other, (one, other)
    checks.equal(offer(b"size 99", b"DSN"), one, "the same order")


def starttls_is_used_where_tls_follows():
    event = last(spoken(*HELLO, b"STARTTLS\r\n", b"220 2.0.0 Go\r\n",
                        b"\x16\x03\x01\x00\x05\x01\0\0\x01\0"))
    holds(event, {"smtp.starttls": "used"})


def a_tunnel_is_told_with_its_proxy_and_technique():
    event = last(lambda talk: tunnel(talk, 26))
    holds(event, {"event_type": "smtp_server",
                  "server.id": "default/192.0.2.7:26",
                  "via.path": ["socks4"], "via.ip": "10.0.0.2",
                  "via.port": 2525, "dest_port": 2525,
                  "finding.technique": ["T1571", "T1090"]})
    event = last(lambda talk: tunnel(talk, 25))
    holds(event, {"event_type": "smtp_via_proxy",
                  "finding.technique": ["T1090"]})


def tunnel(talk, port):
    talk.connect(40000, 2525)
    talk.client(b"\x04\x01" + port.to_bytes(2, "big") + b"\xc0\0\x02\x07me\0")
    talk.server(b"\0\x5a\0\0\0\0\0\0")
    talk.turns(*HELLO)
    talk.hang_up()


def joined_midway(talk):
    talk.join(40000, 2525)
    talk.turns(*HELLO)


def from_one_side(talk):
    talk.join(40000, 2525)
    for text in (GREETING, HELLO[2], FROM[1]):
        talk.server(text)


def with_a_hole(talk):
    talk.connect(40000, 2525)
    talk.turns(*HELLO)
    talk.seq[SERVER] += 40  # captured by nobody
    talk.client(b"NOOP\r\n")
    talk.server(b"250 2.0.0 Ok\r\n")
    talk.wait(3)
    talk.client(b"NOOP\r\n")
    talk.server(b"250 2.0.0 Ok\r\n")
    talk.hang_up()


def dialled_back(talk):
    talk.connect(40000, 2525)
    for at, text in enumerate(HELLO):
        talk.say(CLIENT if at % 2 == 0 else SERVER, text)
    talk.hang_up()


def eager(talk):
    talk.connect(40000, 2525)
    talk.client(HELLO[1])
    talk.server(HELLO[0] + HELLO[2])
    talk.client(FROM[0] + TO[0])
    talk.server(FROM[1] + TO[1])
    talk.hang_up()


def contradicted(talk):
    """Garbage in the place of the greeting, and then the greeting."""
    talk.connect(40000, 2525)
    talk.server(len(GREETING) * b"X")
    talk.seq[SERVER] -= len(GREETING)
    for at, text in enumerate([*HELLO, *FROM, *QUIT]):
        talk.say(SERVER if at % 2 == 0 else CLIENT, text)
    talk.hang_up()


FLAGS = {
    "midstream": joined_midway,
    "one_sided": from_one_side,
    "gap": with_a_hole,
    "role_reversed": dialled_back,
    "multi_protocol": spoken(*HELLO, *LHLO),
    "rejecting": spoken(b"554 5.7.1 no SMTP service here\r\n", *QUIT),
    "masked": spoken(b"220 **********\r\n", *HELLO[1:]),
    "pipelined": eager,
    "early_talker": eager,
    "auth_clear": spoken(*HELLO, *AUTH),
    "overlap_conflict": contradicted,
    "bound_hit": spoken(b"220 mx ESMTP " + 600 * b"x" + b"\r\n", *HELLO[1:]),
    "forged_greeting": spoken(
        GREETING, b"HELO client.example\r\n",
        b"250 mx.example Hello client.example [10.0.0.1]\r\n",
        FROM[0], b"250 OK\r\n", TO[0], b"250 Accepted\r\n", b"DATA\r\n",
        b'354 Enter message, ending with "." on a line by itself\r\n',
        b".\r\n", b"250 OK id=1qXyZ1-0001ab-2C\r\n"),
    "malware": spoken(b"220 jeem.mail.pv ESMTP\r\n", *HELLO[1:]),
    "blocklisted": spoken(
        *HELLO, *FROM, TO[0],
        b"554 5.7.1 Client host [10.0.0.1] blocked using zen.spamhaus.org\r\n"),
}


def each_flag_is_set_by_what_it_means():
    plain = last(spoken(*HELLO, *FROM, *TO, *DATA, *QUIT))
    checks.equal(plain["detection"]["flags"], [], "flags of a plain dialog")
    for flag, play in FLAGS.items():
        flags = last(play)["detection"]["flags"]
        assert flag in flags, f"{flag} is not among {flags}"


def there_is_no_flag_without_a_sample():
    with open(SCHEMA, encoding="utf-8") as text:
        schema = json.load(text)
    known = schema["properties"]["detection"]["properties"]["flags"]["items"]
    checks.equal(set(known["enum"]), set(FLAGS), "flags")


def who_dialled_back_is_named():
    event = last(dialled_back)
    holds(event, {"server.id": "default/10.0.0.2:2525",
                  "server.reversed_ip": "10.0.0.1"})
    assert ["role_reversed", 10] in event["finding"]["reasons"]


def a_refusal_by_a_list_names_the_list_and_no_more():
    event = last(FLAGS["blocklisted"])
    holds(event, {"smtp.blocklist": "spamhaus", "smtp.rcpt_rejected": 1})
    assert "zen" not in json.dumps(event), "the words were told"


def many_odd_ports_of_a_host_are_told_of_each():
    def play(talk):
        for port in (4001, 4002, 4003):
            spoken(*HELLO, *QUIT, port=port)(talk)
            talk.wait(60)
    events = program.servers(told(play))
    checks.equal(len(events), 3, "servers")
    for where, event in events.items():
        reasons = [word for word, _ in event["finding"]["reasons"]]
        assert "changing_ports" in reasons, f"{where}: {reasons}"


# --- verdicts ---------------------------------------------------------------

def steps(play, *options):
    return [(event["action"], event["detection"]["verdict"],
             event["detection"]["reason"]) for event in told(play, *options)]


def a_suspicion_is_proven_with_an_update():
    play = spoken(GREETING, PAUSE, *HELLO[1:], *QUIT)
    checks.equal(steps(play)[:2],
                 [("new", "suspected", "smtp_greeting"),
                  ("update", "confirmed", "ehlo_accepted")], "steps")
    holds(last(play), {"server.flows": 1, "server.suspected_flows": 0,
                       "server.clients": 1})


def a_suspicion_is_refuted_with_one_update_and_leaves_the_tables():
    play = spoken(GREETING, PAUSE, *FTP, *FTP)
    checks.equal(steps(play), [("new", "suspected", "smtp_greeting"),
                               ("update", "refuted", "ftp")], "steps")
    holds(last(play), {"server.suspected_flows": 0, "server.flows": 0})


def what_was_never_told_need_not_be_refuted():
    checks.equal(told(spoken(GREETING, *FTP)), [], "events")


def proof_is_never_withdrawn():
    for after in (FTP, LHLO):
        event = last(spoken(*HELLO, PAUSE, *after, *QUIT))
        holds(event, {"detection.verdict": "confirmed", "server.flows": 1})
        assert "multi_protocol" in event["detection"]["flags"], after


def a_server_that_accepts_anything_is_suspected_at_most():
    event = last(spoken(b"220 ready\r\n", b"USER a\r\n", b"250 Ok\r\n",
                        b"EHLO x\r\n", b"250 Ok\r\n", *FROM))
    holds(event, {"detection.verdict": "suspected",
                  "detection.reason": "accepts_anything",
                  "detection.flags": ["multi_protocol"]})


def a_server_that_refuses_is_suspected_for_that():
    holds(last(FLAGS["rejecting"]), {"detection.verdict": "suspected",
                                     "detection.reason": "rejecting"})


def what_says_too_little_is_not_told():
    checks.equal(told(spoken(b"220 ready\r\n", b"HELLO\r\n", b"500 what\r\n")),
                 [], "events")


def lmtp_is_told_apart_or_not_at_all():
    play = spoken(b"220 mx ready\r\n", *LHLO, *FROM)
    checks.equal(steps(play), [("new", "suspected", "lmtp")], "steps")
    holds(last(play), {"smtp.variant": "lmtp", "server.suspected_flows": 1})
    checks.equal(told(play, "-o", "detect.lmtp=ignore"), [], "ignored")
    checks.equal(told(spoken(b"220 mx ready\r\n", *LHLO, port=25)), [],
                 "on a mail port")


def a_suspicion_that_turns_out_to_be_lmtp_is_told_as_that():
    play = spoken(GREETING, PAUSE, *LHLO, *FROM)
    checks.equal(steps(play), [("new", "suspected", "smtp_greeting"),
                               ("update", "suspected", "lmtp")], "steps")
    holds(last(play), {"smtp.variant": "lmtp", "server.suspected_flows": 1})
    checks.equal(steps(play, "-o", "detect.lmtp=ignore"),
                 [("new", "suspected", "smtp_greeting"),
                  ("update", "refuted", "lmtp")], "ignored")


def a_standard_server_is_told_on_request():
    play = spoken(*HELLO, *QUIT, port=25)
    checks.equal(told(play), [], "events")
    holds(last(play, "--all"), {"finding.severity": "info",
                                "finding.technique": []})


if __name__ == "__main__":
    sys.exit(checks.run_all(
        a_whole_dialog_is_told_in_full,
        a_version_is_told_where_the_greeting_has_one,
        the_order_of_keywords_has_a_hash,
        starttls_is_used_where_tls_follows,
        a_tunnel_is_told_with_its_proxy_and_technique,
        each_flag_is_set_by_what_it_means,
        there_is_no_flag_without_a_sample,
        who_dialled_back_is_named,
        a_refusal_by_a_list_names_the_list_and_no_more,
        many_odd_ports_of_a_host_are_told_of_each,
        a_suspicion_is_proven_with_an_update,
        a_suspicion_is_refuted_with_one_update_and_leaves_the_tables,
        what_was_never_told_need_not_be_refuted,
        proof_is_never_withdrawn,
        a_server_that_accepts_anything_is_suspected_at_most,
        a_server_that_refuses_is_suspected_for_that,
        what_says_too_little_is_not_told,
        lmtp_is_told_apart_or_not_at_all,
        a_suspicion_that_turns_out_to_be_lmtp_is_told_as_that,
        a_standard_server_is_told_on_request,
    ))
