# SPDX-License-Identifier: Apache-2.0
"""run - other people's captures: what is found, missed, and found wrongly.

	python3 run.py CORPUS LAB

CORPUS holds manifest.tsv and LAB truth.tsv; both are read in place, and either
is skipped loudly where it is not there.  Every capture is read twice: with
--all, and with its mail ports declared odd as well (--standard-ports 1), so that
a port never decides.  Fails on a crash, a hang, a positive that was missed, and
a confirmed server where there is none; all else is listed, for a reader to judge.
"""

import collections
import concurrent.futures
import csv
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import program  # noqa: E402

PASSES = (("--all",), ("--all", "--standard-ports", "1"))
SECONDS = 60   # one capture
STATUSES = (0, 1, 3)  # read, unusable, in part: never a crash or a usage error

# A chat imitates both sides.
APART = ("chat",)

# A proxy's row holds the proxy's address, and the mail server's in its note.
INNER = re.compile(r"inner server \S+ (?P<where>\S+:[0-9]+)")

# Missed, and known to be: counted as missed, and no failure.
KNOWN = {
    "smtp-bug-5989": "the server's segments contradict each other, and of "
                     "contradicting copies the first is heard",
}


class Told:
    """One run: ADDRESS:PORT -> (word, confirmed flows); or what went wrong."""

    def __init__(self, capture, options):
        self.servers, self.broken = {}, None
        self.named, self.tunnelled = set(), set()
        try:
            ran = program.read(*options, capture, seconds=SECONDS)
            assert ran.status in STATUSES, f"exit status {ran.status}: {ran.err}"
            events = program.servers(ran.events())
            self.servers = {
                where: (program.word(event, ()), event["server"]["flows"])
                for where, event in events.items()}
            self.named = {where for where, event in events.items()
                          if event["server"]["ip"] is None}
            self.tunnelled = {where for where, event in events.items()
                              if event["via"] is not None}
        except (AssertionError, ValueError, KeyError) as why:
            self.broken = f"{type(why).__name__} {why}".splitlines()[0]

    def confirmed(self):
        return {w: f for w, (word, f) in self.servers.items() if word == "confirmed"}

    def others(self):
        return {w: word for w, (word, _) in self.servers.items() if word != "confirmed"}


class Tally:
    """Numbers by group, and the lines worth reading under each heading."""

    def __init__(self):
        self.groups = collections.defaultdict(collections.Counter)
        self.lines = collections.defaultdict(list)
        self.failed = 0

    def count(self, group, what, by=1):
        self.groups[group][what] += by

    def line(self, heading, text):
        self.lines[heading].append(text)

    def failure(self, group, what, text):
        self.failed += 1
        self.count(group, what)
        self.line(f"FAILED: {what}", text)

    def show(self, title, columns):
        print(f"\n== {title}")
        print(f"{'':24}" + "".join(f"{c:>12}" for c in columns))
        for group in sorted(self.groups):
            row = self.groups[group]
            print(f"{group:24}" + "".join(f"{row[c]:12}" for c in columns))
        for heading in sorted(self.lines):
            print(f"-- {heading}: {len(self.lines[heading])}")
            for text in self.lines[heading]:
                print(f"   {text}")


def bracketed(ip, port):
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def read_all(captures, options):
    """The captures in their order, two or more at a time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda c: Told(c, options), captures))


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


# --- the corpus --------------------------------------------------------------

def expected_of(row):
    """ADDRESS:PORT -> (flows, why it is to be judged apart or None)"""
    servers = {}
    if row["expected"] == "none":
        return servers
    note = row["note"].split(":")[0].split()
    for part in row["expected"].split(";"):
        ip, port, kind, flows = part.split()[:4]
        apart = "ambiguous" if kind == "ambiguous" else None
        if note and note[0] in ("weak", "partial"):
            apart = note[0]
        servers[bracketed(ip, port)] = (int(flows), apart)
    return servers


def known(name):
    return next((why for part, why in KNOWN.items() if part in name), None)


def judge_corpus_row(tally, row, told):
    group, name = row["category"], row["file"]
    tally.count(group, "captures")
    if told.broken:
        tally.failure(group, "broken", f"{name}: {told.broken}")
        return
    expected, confirmed = expected_of(row), told.confirmed()
    for where, (flows, apart) in expected.items():
        got = told.servers.get(where)
        if apart:
            tally.count(group, "apart")
            tally.line("judged apart", f"{name}: {where} ({apart}): {got}")
        elif got == ("confirmed", flows):
            tally.count(group, "found")
        elif known(name):
            tally.count(group, "missed")
            tally.line("missed, and why", f"{name}: {where}: {got}: {known(name)}")
        else:
            tally.failure(group, "missed", f"{name}: {where} {flows} flows: {got}")
    ambiguous = any(why == "ambiguous" for _, why in expected.values())
    for where, flows in confirmed.items():
        if where not in expected and ambiguous and where in told.tunnelled:
            tally.line("judged apart", f"{name}: {where} through a proxy")
        elif where not in expected:
            tally.failure(group, "false", f"{name}: {where} {flows} flows")
    for where, word in told.others().items():
        if where not in expected:
            tally.count(group, "suspected")
            tally.line("suspected", f"{name}: {where} {word}")


def corpus(folder, options):
    rows = rows_of(os.path.join(folder, "manifest.tsv"))
    runs = read_all([os.path.join(folder, row["file"]) for row in rows], options)
    tally = Tally()
    for row, told in zip(rows, runs):
        judge_corpus_row(tally, row, told)
    tally.show(f"corpus, {' '.join(options)}", (
        "captures", "found", "missed", "false", "suspected", "apart", "broken"))
    return tally.failed


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


def place_of(row, told):
    """ADDRESS:PORT of the mail server: behind a proxy, whom that was asked for.
    It may have been asked by a name, which the notes do not know."""
    inner = INNER.search(row["note"])
    if inner is None:
        return bracketed(row["server_ip"], row["server_port"])
    where = inner["where"]
    port = where.rsplit(":", 1)[1]
    named = [w for w in told.servers if w in told.named and w.endswith(f":{port}")]
    return named[0] if where not in told.servers and named else where


def judge_lab_row(tally, row, told, is_proven):
    name, where = row["file"], place_of(row, told)
    kind, scenario = row["class"], row["scenario"]
    tally.count(kind, "captures")
    if told.broken:
        tally.failure(kind, "broken", f"{name}: {told.broken}")
        return
    got = told.servers.get(where)
    if scenario.startswith(APART):
        tally.count(kind, "apart")
        tally.line("judged apart", f"{name}: {told.servers or 'nothing'}")
        return
    if is_proven:
        judge_proven(tally, row, got)
    elif kind in ("smtp", "smtp-starttls", "lmtp"):
        word = got[0] if got else "untold"
        tally.count(kind, word)
        tally.line(f"{kind} without an acceptance, by scenario: {word}",
                   f"{scenario}: {name}")
    for place, flows in told.confirmed().items():
        if place != where or kind not in ("smtp", "smtp-starttls"):
            tally.failure(kind, "false", f"{name} ({scenario}): {place} {flows} flows")
    if kind in ("none", "smtps"):
        for place, word in told.others().items():
            tally.count(kind, "suspected")
            tally.line(f"{kind} told as {word}", f"{name} ({scenario}): {place}")


def judge_proven(tally, row, got):
    kind, name, scenario = row["class"], row["file"], row["scenario"]
    if got is None or got[0] != "confirmed":
        tally.failure(kind, "missed", f"{name} ({scenario}): {got}")
        return
    tally.count(kind, "found")
    if got[1] != int(row["flows"]):
        tally.count(kind, "flows differ")
        tally.line("flows differ (connections without a proof count elsewhere)",
                   f"{name} ({scenario}): {got[1]} of {row['flows']}")


def scenarios(rows, runs, all_proven):
    """Found and all, of the rows that can be confirmed, by scenario."""
    found, every = collections.Counter(), collections.Counter()
    for row, told, is_proven in zip(rows, runs, all_proven):
        if is_proven and not row["scenario"].startswith(APART):
            where = place_of(row, told)
            every[row["scenario"]] += 1
            found[row["scenario"]] += where in told.confirmed()
    print("-- found by scenario: " + ", ".join(
        f"{name} {found[name]}/{every[name]}" for name in sorted(every)))


def lab(folder, options):
    rows = rows_of(os.path.join(folder, "truth.tsv"))
    runs = read_all([os.path.join(folder, row["file"]) for row in rows], options)
    all_proven = [proven(row, folder) for row in rows]
    tally = Tally()
    for row, told, is_proven in zip(rows, runs, all_proven):
        judge_lab_row(tally, row, told, is_proven)
    tally.show(f"lab, {' '.join(options)}", (
        "captures", "found", "missed", "false", "suspected", "lmtp", "untold",
        "flows differ", "apart", "broken"))
    scenarios(rows, runs, all_proven)
    return tally.failed


def main():
    failed = 0
    for folder, table, judge in ((sys.argv[1], "manifest.tsv", corpus),
                                 (sys.argv[2], "truth.tsv", lab)):
        if not os.path.exists(os.path.join(folder, table)):
            print(f"SKIPPED: there is no {folder}/{table}")
            continue
        failed += sum(judge(os.path.abspath(folder), options) for options in PASSES)
    print(f"\n{failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
