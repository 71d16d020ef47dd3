# SPDX-License-Identifier: Apache-2.0
"""truth - what others say is in their captures, and how far that can be judged."""

import csv
import os
import re

MAIL = ("smtp", "smtp-starttls", "lmtp")  # a laboratory's classes

# A chat imitates both sides.
APART = ("chat",)

# A proxy's row holds the proxy's address, and the mail server's in its note.
INNER = re.compile(r"inner server \S+ (?P<where>\S+:[0-9]+)")


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def bracketed(ip, port):
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


# --- the corpus --------------------------------------------------------------

class Expected:
    """A server that a row of the manifest names; apart: why it is not to be
    counted with the others, or None."""

    def __init__(self, text, note):
        self.ip, port, kind, flows = text.split()[:4]
        self.port, self.flows = int(port), int(flows)
        self.where = bracketed(self.ip, port)
        self.starttls = "starttls" in text.split()[4:]
        self.apart = "ambiguous" if kind == "ambiguous" else None
        first = note.split(":")[0].split()[:1]
        if first in (["weak"], ["partial"]):
            self.apart = first[0]


def expected_of(row):
    if row["expected"] == "none":
        return []
    return [Expected(part, row["note"]) for part in row["expected"].split(";")]


# --- the laboratory ----------------------------------------------------------

def proven(row, folder):
    """Was something accepted in the clear?  Else there is nothing to confirm."""
    asked = row["ehlo_name"] or row["helo_name"]
    return (row["class"] in ("smtp", "smtp-starttls") and bool(asked)
            and row["banner"].startswith("2")
            and says_250(os.path.join(folder, row["file"])))


def says_250(path):
    """The rows do not tell whether EHLO was accepted; a server that hung up or
    answered 500 has no 250 in the capture."""
    with open(path, "rb") as capture:
        return re.search(rb"250[ -]", capture.read()) is not None


def inner_of(row):
    """ADDRESS:PORT of the mail server behind a proxy; None: there is no proxy."""
    inner = INNER.search(row["note"])
    return inner["where"] if inner is not None else None


def place_of(row, told):
    """ADDRESS:PORT of the mail server: behind a proxy, whom that was asked for."""
    inner = inner_of(row)
    if inner is None:
        return bracketed(row["server_ip"], row["server_port"])
    return told.place_behind(inner)
