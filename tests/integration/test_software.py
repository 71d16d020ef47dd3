# SPDX-License-Identifier: Apache-2.0
"""test_software - what real programs are called, with and without their greeting.

Our own recordings, and captures of a laboratory that are labelled with the
program and read where they lie.  Then the program's name is struck out of the
greeting, and the dialog alone has to give it away.
"""

import csv
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402

LAB = os.path.join(program.TOP, os.environ.get("LAB", "../shared/lab"))
CORPUS = os.path.join(program.TOP, os.environ.get("CORPUS", "../shared/corpus"))
EACH = 5  # captures a program: enough for each client to be among them

# The label, our name, what of the greeting is struck out (None: it says nothing).
PROGRAMS = (
    ("postfix", "Postfix", b"Postfix"),
    ("exim", "Exim", b"Exim"),
    ("aiosmtpd", "aiosmtpd", b"Python SMTP"),
    ("nodemailer", "Nodemailer", None),
    ("twisted", "Twisted", b"NO UCE NO UBE NO RELAY PROBES"),
    ("smtpsink", "smtp-sink", None),
    ("simplesmtp", "simplesmtp", None),
    ("netservermail", "Net::Server::Mail", b"Net::Server::Mail"),
    ("msmtpd", "msmtpd", b"msmtpd"),
    ("dovecot-lmtpd", "Dovecot", b"Dovecot"),
)

RECORDINGS = (
    ("postfix-plain-2525.pcap", "Postfix", b"Postfix"),
    ("exim-plain-26.pcap", "Exim", b"Exim"),
    ("sendmail-plain-2526.pcap", "Sendmail", b"Sendmail"),
    ("opensmtpd-plain-10025.pcap", "OpenSMTPD", b"OpenSMTPD"),
    ("aiosmtpd-plain-8025.pcap", "aiosmtpd", b"Python SMTP"),
    ("node-plain-1025.pcap", "Nodemailer", None),
)


def rows_of(label):
    """Deliveries that began with EHLO (or LHLO), of as many clients as there are."""
    with open(os.path.join(LAB, "truth.tsv"), encoding="utf-8") as truth:
        rows = [row for row in csv.DictReader(truth, delimiter="\t")
                if row["software"] == label
                and row["class"] in ("smtp", "smtp-starttls", "lmtp")
                and row["ehlo_name"] and row["accepted"] not in ("", "0")
                and "proxy" not in row["note"]
                and not row["scenario"].startswith(("socks", "connect"))]
    seen, first, rest = set(), [], []
    for row in rows:
        (rest if row["client"] in seen else first).append(row["file"])
        seen.add(row["client"])
    return (first + rest)[:EACH]


def told_of(path):
    ran = program.read("--all", path)
    checks.equal(ran.status, 0, f"exit status ({ran.err.strip()})")
    told = list(program.servers(ran.events()).values())
    checks.equal(len(told), 1, f"servers in {path}")
    flags = told[0]["detection"]["flags"]
    checks.equal("forged_greeting" in flags, False, f"a forgery in {path}")
    return told[0]["smtp"]["software"], told[0]["smtp"]["software_by"]


def struck_out(path, word):
    with open(path, "rb") as capture:
        content = capture.read()
    if word is None:
        return content
    assert word in content, f"{path} does not say {word}"
    return content.replace(word, b"x" * len(word))


def is_known(path, product, word):
    by = "greeting" if word else "dialog"
    checks.equal(told_of(path), (product, by), path)
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(struck_out(path, word))
        file.flush()
        checks.equal(told_of(file.name), (product, "dialog"),
                     f"{path} without its greeting")


def our_recordings_are_known_with_and_without_their_greeting():
    for name, product, word in RECORDINGS:
        is_known(os.path.join(program.PCAPS, name), product, word)


def test_of(label, product, word):
    def test():
        if not os.path.exists(os.path.join(LAB, "truth.tsv")):
            raise checks.Skip(f"no {LAB}/truth.tsv here")
        names = rows_of(label)
        assert names, f"no captures of {label}"
        for name in names:
            is_known(os.path.join(LAB, name), product, word)
    return test


def nobody_honest_is_forged_or_malware():
    """Nothing in either collection forges its greeting, nor waits for malware."""
    folders = list(filter(os.path.isdir, (LAB, os.path.join(CORPUS, "positive"))))
    if not folders:
        raise checks.Skip(f"neither {LAB} nor {CORPUS} here")
    for folder in folders:
        ran = program.read("--all", folder, seconds=300)
        servers = [event for event in ran.events()
                   if event["event_type"] == "smtp_server"]
        assert len(servers) > 50, f"only {len(servers)} events from {folder}"
        for event in servers:
            flags = set(event["detection"]["flags"])
            checks.equal(flags & {"forged_greeting", "malware"}, set(),
                         f"{program.place(event)} in {folder}")


def main():
    ours = our_recordings_are_known_with_and_without_their_greeting
    return checks.run([
        (checks.sentence(ours), ours),
        (checks.sentence(nobody_honest_is_forged_or_malware),
         nobody_honest_is_forged_or_malware),
        *((f"{row[1]} of the lab is known with and without its greeting",
           test_of(*row)) for row in PROGRAMS),
    ])


if __name__ == "__main__":
    sys.exit(main())
