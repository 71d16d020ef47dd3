# SPDX-License-Identifier: Apache-2.0
"""test_hostile - texts of an attacker's choice, and what must be kept quiet.

Whatever a server or a client says, everything that straymail writes is
printable ASCII that parses; and of what mail is about (addresses, subjects,
bodies, credentials) no output says a word, nor its base64.
"""

import base64
import csv
import io
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402
from private_redis import PrivateRedis  # noqa: E402
from talk import Talk  # noqa: E402

# Terminal control, protocol injection, broken UTF-8, markup, templates,
# formulas, paths, separators of ours, forged log lines.
HOSTILE = [
    b"\x1b[2J\x1b]0;pwn\x07", b"\x1b]52;c;cHduZWQ=\x07", b"\x9b31m",
    b"\x07\x08\x08owned", b"ok\rowned", b"\r\n*1\r\n$8\r\nFLUSHALL\r\n",
    b"\r\nCONFIG SET dir /etc\r\n", b"nul\0inside", b"%n%s%p",
    b'"},{"admin":true}', b"\\u0000", b"\\", b'"', b"\xed\xa0\x80", b"\xc0\xaf",
    b"cut \xe2\x82", b"\xe2\x80\xae\xe2\x81\xa6", b"\xef\xbb\xbf\xe2\x80\xa8",
    b"<script>alert(1)</script>", b'"><img src=x onerror=alert(1)>',
    b"javascript:alert(1)", b"{{7*7}}", b"${jndi:ldap://x}",
    b"=cmd|'/c calc'!A0", b"+1", b"-1+1", b"@SUM(1)", b"\t=1", b"\xc2\xa0=1",
    b"../../etc/passwd", b"'; DROP TABLE x", b"*?[", b"{tag}", b"a:b|c", b"",
    b"\n2026-01-01T00:00:00 CRIT forged", b"<0>syslog", b'label"\n',
    bytes(range(256)), b"A" * 65536, b"\x80" * 600, b"\\x41",
]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FIRST_PORT = 20000
SECRET = b"CANARY"  # program.py greps for it


class Capture:
    """with Capture() as (talk, path): what was said, to be read after close()"""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="straymail-test-")
        path = os.path.join(self.folder, "case.pcap")
        return Talk(path), path

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


def say_everywhere(talk, text):
    """A whole dialog that has the text wherever a text can stand."""
    talk.turns(
        b"220 " + text + b" ESMTP Postfix " + text + b"\r\n",
        b"EHLO " + text + b"\r\n",
        b"250-" + text + b"\r\n250-SIZE " + text + b"\r\n250-AUTH " + text +
        b"\r\n250 " + text + b"\r\n",
        b"MAIL FROM:<a@b> " + text + b"\r\n", b"250 2.1.0 " + text + b"\r\n",
        b"RCPT TO:<c@d>\r\n", b"550 5.1.1 " + text + b"\r\n",
        text + b"\r\n", b"502 5.5.2 " + text + b"\r\n",
        b"QUIT\r\n", b"221 " + text + b"\r\n")


def hostile_capture(talk):
    for at, text in enumerate(HOSTILE):
        talk.connect(40000, FIRST_PORT + at)
        say_everywhere(talk, text)
        talk.hang_up()
        talk.join(40001, FIRST_PORT + 1000 + at)
        say_everywhere(talk, text)
    talk.close()


def shown(text, what):
    """Printable ASCII and line ends, and no more."""
    for line in text.split("\n"):
        odd = [c for c in line if not " " <= c <= "~"]
        assert not odd, f"{what}: {odd[:4]!r} in {line[:200]!r}"


def exits(ran, status):
    checks.equal(ran.status, status, f"exit status ({ran.err.strip()[:500]})")


def events_are_printable_and_parse():
    with Capture() as (talk, path):
        hostile_capture(talk)
        ran = program.read("-v", path)
        exits(ran, 0)
        shown(ran.out, "events")
        shown(ran.err, "log")
        told = program.servers(ran.events())
        assert len(told) >= len(HOSTILE), f"only {len(told)} were told"
        for event in ran.events():
            greeting = event["smtp"]["greeting"] or ""
            assert len(greeting) <= 256, f"a greeting of {len(greeting)} bytes"
            shown(json.dumps(event, ensure_ascii=False), "values")


def the_table_is_printable_and_each_server_has_its_line():
    with Capture() as (talk, path):
        hostile_capture(talk)
        told = program.servers(program.read(path).events())
        ran = program.run("read", "--format", "table", path)
        exits(ran, 0)
        shown(ran.out, "table")
        lines = ran.out.splitlines()
        for where in told:
            on = [line for line in lines if where in line.split()]
            checks.equal(len(on), 1, f"lines about {where}")


def redis_holds_printable_text_under_keys_of_ours():
    with Capture() as (talk, path), PrivateRedis() as redis:
        redis.call("SET", "bystander", "alive")
        hostile_capture(talk)
        ran = program.read("-o", f"redis.url={redis.url}", path)
        exits(ran, 0)
        everything = redis.everything()
        checks.equal(everything.pop("bystander"), ("string", "alive"),
                     "somebody else's key")
        assert everything, "nothing was written"
        for key, (kind, value) in everything.items():
            shown(key, "a key")
            assert key.startswith("{straymail}:"), key
            if kind != "string":  # a HyperLogLog is bytes
                shown(json.dumps(value, ensure_ascii=False), key)
        listed_is_printable("-o", f"redis.url={redis.url}")


def listed_is_printable(*source):
    for shape in ("table", "json", "csv"):
        ran = program.run("list", *source, "--all", "--format", shape)
        exits(ran, 0)
        assert ran.out, f"{shape}: nothing is listed"
        shown(ran.out.replace("\r\n", "\n"), f"list as {shape}")  # RFC 4180
    for row in csv.reader(io.StringIO(ran.out)):
        for cell in row:
            assert not cell.startswith(FORMULA), f"a formula: {cell!r}"


def what_list_and_show_say_of_a_file_is_printable():
    with Capture() as (talk, path):
        hostile_capture(talk)
        ran = program.read(path)
        events = os.path.join(os.path.dirname(path), "events.ndjson")
        with open(events, "w", encoding="ascii") as out:
            out.write(ran.out)
        listed_is_printable("--from", events)
        for where in program.servers(ran.events()):
            told = program.run("show", "--from", events, where)
            exits(told, 0)
            shown(told.out, f"show {where}")


# --- what must be kept quiet ------------------------------------------------

def mail(body):
    """From MAIL to the server's last word on the message."""
    return [b"MAIL FROM:<" + SECRET + b"@client.example>\r\n",
            b"250 2.1.0 <" + SECRET + b"@client.example> Ok\r\n",
            b"RCPT TO:<" + SECRET + b"@mx.example>\r\n",
            b"250 2.1.5 <" + SECRET + b"@mx.example> Ok\r\n",
            *body,
            b"250 2.0.0 Ok: queued for " + SECRET + b"@mx.example\r\n"]


TEXT = (b"Subject: " + SECRET + b"\r\n\r\n220 " + SECRET + b" ESMTP\r\nEHLO " +
        SECRET + b"\r\nHELO " + SECRET + b"\r\n" + SECRET)
DATA = [b"DATA\r\n", b"354 Go on\r\n", TEXT + b"\r\n.\r\n"]
BDAT = [b"BDAT %d LAST\r\n%s" % (len(TEXT), TEXT)]
HELLO = [b"220 mx.example ESMTP Postfix\r\n", b"EHLO client.example\r\n",
         b"250-mx.example\r\n250-AUTH PLAIN LOGIN CRAM-MD5\r\n250 CHUNKING\r\n"]
CODED = base64.b64encode(b"\0" + SECRET + b"\0" + SECRET) + b"\r\n"
NAME = base64.b64encode(SECRET) + b"\r\n"
DONE = [b"235 2.7.0 " + SECRET + b" is in\r\n"]
QUIT = [b"QUIT\r\n", b"221 2.0.0 Bye " + SECRET + b"\r\n"]


def coded(text):
    return base64.b64encode(text) + b"\r\n"


def exchange(mechanism, *words):
    """AUTH with every word asked for by a 334 that tells a secret as well."""
    turns = [b"AUTH " + mechanism + b"\r\n"]
    for word in words:
        turns += [b"334 " + NAME, coded(word)]
    return HELLO + turns + DONE + mail(DATA)


def at_once(mechanism, word):
    return HELLO + [b"AUTH " + mechanism + b" " + coded(word)] + DONE + QUIT


PAIR = b"user=" + SECRET + b"@mx.example\x01auth=Bearer " + SECRET + b"\x01\x01"
SCRAM = b"n,,n=" + SECRET + b",r=" + SECRET
NTLM = b"NTLMSSP\0\3\0\0\0" + bytes(24) + SECRET.decode().encode("utf-16-le")

# Every mechanism of the table, asked for and at once.
MECHANISMS = {
    b"PLAIN": [b"\0" + SECRET + b"\0" + SECRET],
    b"LOGIN": [SECRET, SECRET],
    b"CRAM-MD5": [SECRET + b" 0123456789abcdef0123456789abcdef"],
    b"DIGEST-MD5": [b'username="' + SECRET + b'",realm="' + SECRET + b'"', b""],
    b"NTLM": [b"NTLMSSP\0\1\0\0\0" + SECRET, NTLM + SECRET],
    b"GSSAPI": [b"\x60" + SECRET, SECRET],
    b"GSS-SPNEGO": [b"\x60" + SECRET],
    b"SCRAM-SHA-1": [SCRAM, b"c=biws,r=" + SECRET + b",p=" + SECRET],
    b"SCRAM-SHA-1-PLUS": [SCRAM, b"c=" + SECRET],
    b"SCRAM-SHA-256": [SCRAM, b"c=biws,r=" + SECRET + b",p=" + SECRET],
    b"SCRAM-SHA-256-PLUS": [SCRAM, b"c=" + SECRET],
    b"XOAUTH2": [PAIR],
    b"XOAUTH": [PAIR],
    b"OAUTHBEARER": [b"n,a=" + SECRET + b"@mx.example,\x01auth=Bearer " + SECRET],
    b"EXTERNAL": [SECRET + b"@mx.example"],
    b"ANONYMOUS": [SECRET + b"@mx.example"],
    b"X-UNKNOWN": [SECRET],
}

# Who asks for what stands behind a proxy has a name and a password too.
REQUEST = b"\xc0\0\x02\x07"
GREETS = HELLO[0]
PROXIED = {
    "SOCKS5": [b"", b"\5\2\0\2", b"\5\2",
               b"\1\6" + SECRET + b"\6" + SECRET, b"\1\0",
               b"\5\1\0\1" + REQUEST + b"\0\x1a",
               b"\5\0\0\1\0\0\0\0\0\0" + GREETS] + HELLO[1:] + mail(DATA),
    "SOCKS4": [b"", b"\4\1\0\x1a" + REQUEST + SECRET + b"\0",
               b"\0\x5a\0\0\0\0\0\0" + GREETS] + HELLO[1:] + mail(DATA),
    "CONNECT": [b"", b"CONNECT 192.0.2.7:26 HTTP/1.1\r\n"
                b"User-Agent: " + SECRET + b"\r\n"
                b"Proxy-Authorization: Basic " + CODED + b"\r\n",
                b"HTTP/1.1 200 " + SECRET + b"\r\nVia: " + SECRET +
                b"\r\n\r\n" + GREETS] + HELLO[1:] + mail(DATA),
}

DIALOGS = {
    **{f"AUTH {name.decode()}, asked": exchange(name, *words)
       for name, words in MECHANISMS.items()},
    **{f"AUTH {name.decode()}, at once": at_once(name, words[0])
       for name, words in MECHANISMS.items()},
    **PROXIED,
    "ETRN and ATRN": HELLO + [b"ETRN @" + SECRET + b"\r\n",
                              b"458 5.7.1 " + SECRET + b"\r\n",
                              b"ATRN " + SECRET + b"\r\n",
                              b"450 4.7.1 " + SECRET + b"\r\n"] + QUIT,
    "a refusal by a list": HELLO + [
        b"MAIL FROM:<" + SECRET + b"@x> AUTH=<" + SECRET + b">\r\n",
        b"554 5.7.1 <" + SECRET + b"@x> blocked using zen.spamhaus.org; "
        b"https://www.spamhaus.org/?" + SECRET + b"\r\n"] + QUIT,
    "options of RCPT": HELLO + [
        b"MAIL FROM:<a@b> ENVID=" + SECRET + b"\r\n", b"250 Ok\r\n",
        b"RCPT TO:<" + SECRET + b"@y> ORCPT=rfc822;" + SECRET + b"@z\r\n",
        b"251 will forward to <" + SECRET + b"@z>\r\n"] + QUIT,
    "chunk by chunk": HELLO + mail([
        b"BDAT %d\r\n%s" % (len(TEXT), TEXT), b"250 " + SECRET + b"\r\n",
        b"BDAT %d LAST\r\n%s" % (len(TEXT), TEXT)]) + QUIT,
    "a mail": HELLO + mail(DATA) + QUIT,
    "mails about mail": HELLO + 3 * mail([b"DATA\r\n", b"354 Go on\r\n", b"EHLO " +
                                          SECRET + b"\r\n.\r\n"]) + QUIT,
    "chunks": HELLO + mail(BDAT) + QUIT,
    "AUTH PLAIN": HELLO + [b"AUTH PLAIN " + CODED] + DONE + mail(DATA),
    "AUTH PLAIN, asked": HELLO + [b"auth plain\r\n", b"334 \r\n", CODED] + DONE,
    "AUTH LOGIN": HELLO + [b"AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n", NAME,
                           b"334 UGFzc3dvcmQ6\r\n", NAME] + DONE + mail(BDAT),
    "AUTH CRAM-MD5": HELLO + [b"AUTH CRAM-MD5\r\n", b"334 " + NAME, CODED] + DONE,
    "AUTH refused": HELLO + [b"AUTH PLAIN " + CODED, b"535 5.7.8 " + NAME,
                             b"AUTH LOGIN " + NAME, b"334 UGFzc3dvcmQ6\r\n",
                             NAME, b"535 5.7.8 No\r\n"] + QUIT,
    "a canceled AUTH": HELLO + [b"AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n",
                                b"*\r\n", b"501 5.7.0 " + NAME] + mail(DATA),
    "queries": HELLO + [b"VRFY " + SECRET + b"\r\n",
                        b"252 2.0.0 " + SECRET + b"@mx.example\r\n",
                        b"EXPN " + SECRET + b"-list\r\n",
                        b"250-" + SECRET + b" <a@b>\r\n250 <c@d>\r\n"] + QUIT,
    "rejections": HELLO + [b"MAIL FROM:<" + SECRET + b"@x>\r\n",
                           b"250 Ok\r\n", b"RCPT TO:<" + SECRET + b"@y>\r\n",
                           b"550 5.1.1 <" + SECRET + b"@y>: unknown\r\n"] + QUIT,
    "unknown verbs": HELLO + [SECRET + b" x\r\n", b"502 5.5.2 " + SECRET +
                              b"?\r\n"] + QUIT,
    "XCLIENT": HELLO + [b"XCLIENT LOGIN=" + SECRET + b" NAME=" + SECRET +
                        b"\r\n"] + HELLO[:1] + HELLO[1:] + QUIT,
    "an eager client": HELLO + [b"".join(mail(DATA)[::2]) + QUIT[0],
                                b"250 Ok\r\n250 Ok\r\n354 Go on\r\n250 Ok\r\n"
                                b"221 Bye\r\n"],
    "FTP": [b"220 (vsFTPd 3.0.3)\r\n", b"USER " + SECRET + b"\r\n",
            b"331 Password for " + SECRET + b"?\r\n",
            b"PASS " + SECRET + b"\r\n", b"230 In.\r\n"],
    "LMTP": [b"220 mx.example LMTP\r\n", b"LHLO client.example\r\n",
             b"250 mx.example\r\n"] + mail(DATA),
}


def secret_dialogs(talk, cut):
    """Each from its beginning, and joined midway at each of its turns."""
    for at, turns in enumerate(DIALOGS.values()):
        for first in range(len(turns)):
            open_it = talk.connect if first == 0 else talk.join
            open_it(30000, FIRST_PORT + 50 * at + first)  # a server each
            for turn in range(first, len(turns)):
                for text in cut(turns[turn]):
                    talk.say(1 - turn % 2, text)
            talk.hang_up()
        talk.wait(30)
    talk.close()


def whole(text):
    return [text]


def byte_by_byte(text):
    return [text[at:at + 1] for at in range(len(text))]


def enough_canaries_are_planted():
    """At least 200, or that none was found proves little."""
    planted = 0
    for turns in DIALOGS.values():
        for text in turns:
            planted += sum(text.count(form.encode())
                           for form in program.CANARIES)
    checks.note(f"{planted} canaries in {len(DIALOGS)} dialogs")
    assert planted >= 200, planted


def no_secret_is_told(cut, *options):
    with Capture() as (talk, path), PrivateRedis() as redis:
        secret_dialogs(talk, cut)
        ran = program.read("-v", "--all", "-o",
                           f"redis.url={redis.url}", *options, path)
        exits(ran, 0)
        found = program.servers(ran.events())
        assert len(found) >= len(DIALOGS) - 1, f"only {sorted(found)} were told"
        table = program.run("read", "--format", "table", "--all", *options, path)
        exits(table, 0)
        lists = [program.run("list", "--all", "-o", f"redis.url={redis.url}",
                             "--format", shape).out
                 for shape in ("table", "json", "csv")]
        for text in (ran.out, ran.err, table.out, table.err, *lists,
                     str(redis.everything())):
            program.no_canary(text, "output")


def no_output_tells_what_mail_is_about():
    no_secret_is_told(whole)


def nor_if_every_byte_comes_alone():
    no_secret_is_told(byte_by_byte)


def nor_without_a_second_opinion():
    no_secret_is_told(whole, "-o", "detect.ndpi=off")


def one_side_alone_tells_no_secret_either():
    for side in (0, 1):
        with Capture() as (talk, path):
            for at, turns in enumerate(DIALOGS.values()):
                for first in (0, 3):
                    talk.join(30000, FIRST_PORT + 50 * at + first)
                    for turn in range(first, len(turns)):
                        if turn % 2 == side:
                            talk.say(1 - turn % 2, turns[turn])
            talk.close()
            ran = program.read("-v", "--all", path)
            exits(ran, 0)
            program.no_canary(ran.out, "events")
            program.no_canary(ran.err, "log")


if __name__ == "__main__":
    sys.exit(checks.run_all(
        events_are_printable_and_parse,
        the_table_is_printable_and_each_server_has_its_line,
        redis_holds_printable_text_under_keys_of_ours,
        what_list_and_show_say_of_a_file_is_printable,
        enough_canaries_are_planted,
        no_output_tells_what_mail_is_about,
        nor_if_every_byte_comes_alone,
        nor_without_a_second_opinion,
        one_side_alone_tells_no_secret_either,
    ))
