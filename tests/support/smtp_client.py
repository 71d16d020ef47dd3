# SPDX-License-Identifier: Apache-2.0
"""smtp_client - delivers one mail, and waits in the middle until told to go on.

	python3 smtp_client.py ADDRESS PORT

Prints the time of the monotonic clock when its EHLO was accepted, then waits
for a line on standard input before it goes on, and prints `done` at the end.
"""

import smtplib
import sys
import time


def main():
    with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), "client.example.org",
                      timeout=30) as session:
        session.ehlo()
        print(time.monotonic(), flush=True)
        sys.stdin.readline()
        session.sendmail("sender@example.org", ["receiver@example.org"],
                         "Subject: CANARY-subject\r\n\r\nCANARY-body\r\n")
    print("done", flush=True)


if __name__ == "__main__":
    main()
