# SPDX-License-Identifier: Apache-2.0
"""smtp_clients - delivers a mail from each of many addresses.

	python3 smtp_clients.py ADDRESS PORT SOURCE...

Prints `done` at the end.
"""

import smtplib
import sys


def main():
    for source in sys.argv[3:]:
        with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), "client.example.org",
                          timeout=30, source_address=(source, 0)) as session:
            session.sendmail("sender@example.org", ["receiver@example.org"],
                             "Subject: CANARY-subject\r\n\r\nCANARY-body\r\n")
    print("done", flush=True)


if __name__ == "__main__":
    main()
