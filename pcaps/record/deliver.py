#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deliver - sends messages with Python's own smtplib.

Usage: deliver.py HOST PORT [--messages N] [--starttls] [--lmtp]
	[--auth PLAIN|LOGIN] [--from-ip ADDRESS]

Whatever straymail has to keep to itself has CANARY in it: addresses, subject,
body, account and password.  Whoever tests that can look for that word, and for
its base64.
"""

import argparse
import smtplib
import ssl

SECRET = "CANARY-SECRET-1"

MESSAGE = """\
From: <canary-from@desk1.stray.example>
To: <canary-to@stray.example>
Subject: CANARY-SUBJECT {number}

CANARY-BODY: this is message {number} of a recording.
"""


def connect(options):
    """An open session, after EHLO or LHLO and what the options ask for."""
    kind = smtplib.LMTP if options.lmtp else smtplib.SMTP
    source = (options.from_ip, 0) if options.from_ip else None
    session = kind(
        options.host,
        options.port,
        local_hostname="desk1.stray.example",
        source_address=source,
    )
    session.ehlo()
    if options.starttls:
        session.starttls(context=ssl._create_unverified_context())
        session.ehlo()
    if options.auth:
        session.user = session.password = SECRET
        method = getattr(session, "auth_" + options.auth.lower())
        session.auth(options.auth, method)
    return session


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--messages", type=int, default=1)
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--lmtp", action="store_true")
    parser.add_argument("--auth", choices=["PLAIN", "LOGIN"])
    parser.add_argument("--from-ip")
    options = parser.parse_args()
    session = connect(options)
    for number in range(1, options.messages + 1):
        session.sendmail(
            "canary-from@desk1.stray.example",
            ["canary-to@stray.example"],
            MESSAGE.format(number=number),
        )
    session.quit()


if __name__ == "__main__":
    main()
