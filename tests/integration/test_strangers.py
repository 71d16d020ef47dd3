# SPDX-License-Identifier: Apache-2.0
"""test_strangers - something that is not SMTP on a mail port is told apart.

The configured standard ports decide what a mail port is, so recordings of other
services serve as well when their port is declared one.
"""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402

# Recording, port, and what stands there; None: nothing may be told of it.
RECORDINGS = (
    ("ftp-25.pcap", "25", "ftp"),
    ("ftp-login-2121.pcap", "2121", "ftp"),
    ("dovecot-imap-143.pcap", "143", "imap"),
    ("dovecot-pop3-110.pcap", "110", "pop3"),
    ("dovecot-sieve-4190.pcap", "4190", "managesieve"),
    ("ssh-2222.pcap", "2222", "ssh"),
    ("redis-6380.pcap", "6380", "redis"),
    ("http-transcript-8080.pcap", "8080", "http"),
    ("http-ehlo-8080.pcap", "8080", "http"),
    ("echo-7007.pcap", "7007", "echo"),
    ("silent-7008.pcap", "7008", None),
    ("transcript-served-7009.pcap", "7009", None),
    ("dovecot-lmtp-2003.pcap", "2003", None),
    ("postfix-25.pcap", "25", None),
    ("postfix-http-26025.pcap", "26025", None),
    ("postfix-tls-26025.pcap", "26025", None),
    ("postfix-starttls-587.pcap", "587", None),
)


def pcap(name):
    return os.path.join(program.PCAPS, name)


def strangers(ran):
    checks.equal(ran.status, 0, f"exit status ({ran.err.strip()})")
    return [e for e in ran.events() if e["event_type"] == "not_smtp_on_mail_port"]


def each_recording_is_named_or_left_alone():
    for name, port, protocol in RECORDINGS:
        ran = program.read("--standard-ports", port, pcap(name))
        told = [(e["app_proto"], e["stranger"]["protocol"], str(e["dest_port"]))
                for e in strangers(ran)]
        want = [(protocol, protocol, port)] if protocol else []
        checks.equal(told, want, name)


def only_mail_ports_count():
    checks.equal(strangers(program.read("--standard-ports", "587", pcap("ftp-25.pcap"))),
                 [], "strangers")
    checks.equal(len(strangers(program.read(pcap("ftp-25.pcap")))), 1, "strangers")


def a_run_tells_each_server_and_protocol_once():
    twice = (pcap("ftp-25.pcap"), pcap("ftp-25.pcap"))
    checks.equal(len(strangers(program.read(*twice))), 1, "strangers")


def the_summary_counts_them_apart():
    ran = program.read(pcap("ftp-25.pcap"))
    checks.contains(ran.err, "0 stray mail servers", "summary")
    checks.contains(ran.err, "1 on mail ports that is not SMTP", "summary")
    quiet = program.read(pcap("ssh-2222.pcap"))
    checks.equal("on mail ports" in quiet.err, False, "an empty count is shown")


def it_is_no_finding():
    ran = program.read("--fail-on-findings", pcap("ftp-25.pcap"))
    checks.equal(ran.status, 0, "exit status")


def a_list_from_such_events_passes_over_them():
    ran = program.read(pcap("ftp-25.pcap"))
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        file.write(ran.out)
        file.flush()
        listed = program.run("list", "--from", file.name)
    checks.equal(listed.status, 0, f"exit status ({listed.err.strip()})")
    checks.equal("10.20.0.17" in listed.out, False, "the stranger is listed")


def main():
    tests = (
        each_recording_is_named_or_left_alone,
        only_mail_ports_count,
        a_run_tells_each_server_and_protocol_once,
        the_summary_counts_them_apart,
        it_is_no_finding,
        a_list_from_such_events_passes_over_them,
    )
    return checks.run([(checks.sentence(test), test) for test in tests])


if __name__ == "__main__":
    sys.exit(main())
