# SPDX-License-Identifier: Apache-2.0
"""run - other people's captures: what is found, missed, and found wrongly.

	python3 run.py CORPUS LAB VARIANTS

CORPUS holds manifest.tsv and LAB truth.tsv; both are read in place, and either
is skipped loudly where it is not there.  Every capture is read twice: with
--all, and with its mail ports declared odd as well (--standard-ports 1), so that
a port never decides; and once to count its packets (delivery.py).  VARIANTS (all, none, or names; see variants.py) are read
on top: the same dialogs on other ports and through proxies.

Fails on a crash, a hang, a secret in an event, a positive that was missed, a
confirmed server where there is none, a packet that libpcap reads and the sensor
does not, and a variant that is told otherwise; all else is listed, for a reader
to judge.
"""

import collections
import os
import sys

import delivery
import truth
import variants
from tally import Tally, listing, table
from told import read_all

ALL = ("--all",)
PASSES = (ALL, ("--all", "--standard-ports", "1"))


# --- the corpus --------------------------------------------------------------

def judge_expected(tally, row, expected, told):
    group, name, where = row["category"], row["file"], expected.where
    got = (told.word(where), told.confirmed().get(where, 0))
    if expected.apart:
        tally.count(group, "apart")
        tally.line("judged apart", f"{name}: {where} ({expected.apart}): "
                                   f"{got[0] or told.elsewise}")
    elif got == ("confirmed", expected.flows):
        tally.count(group, "found")
    else:
        tally.failure(group, "missed", f"{name}: {where} {expected.flows} flows: {got}")
    if expected.starttls:
        used = where in told.events and told.uses_starttls(where)
        tally.count(group, "starttls")
        tally.line("STARTTLS was asked", f"{name}: {where}: "
                                         f"{'used' if used else 'offered at most'}")


def judge_corpus_row(tally, row, told):
    group, name = row["category"], row["file"]
    tally.count(group, "captures")
    if told.broken:
        tally.failure(group, "broken", f"{name}: {told.broken}")
        return
    expected = {server.where: server for server in truth.expected_of(row)}
    for server in expected.values():
        judge_expected(tally, row, server, told)
    ambiguous = any(s.apart == "ambiguous" for s in expected.values())
    for where, flows in told.confirmed().items():
        if where not in expected and ambiguous and told.path(where):
            tally.line("judged apart", f"{name}: {where} through a proxy: confirmed")
        elif where not in expected:
            tally.failure(group, "false", f"{name}: {where} {flows} flows")
    for where, word in told.others().items():
        if where not in expected:
            tally.count(group, "suspected")
            tally.line("suspected", f"{name}: {where} {word}")


def corpus(folder, options):
    rows = truth.rows_of(os.path.join(folder, "manifest.tsv"))
    runs = read_all([os.path.join(folder, row["file"]) for row in rows], options)
    tally = Tally()
    for row, told in zip(rows, runs):
        judge_corpus_row(tally, row, told)
    tally.show(f"corpus, {' '.join(options)}", (
        "captures", "found", "missed", "false", "suspected", "apart", "starttls",
        "broken"))
    return tally.failed


# --- the laboratory ----------------------------------------------------------

def judge_lab_row(tally, row, told, is_proven):
    name, kind, scenario = row["file"], row["class"], row["scenario"]
    tally.count(kind, "captures")
    if told.broken:
        tally.failure(kind, "broken", f"{name}: {told.broken}")
        return
    if scenario.startswith(truth.APART):
        tally.count(kind, "apart")
        return
    where = truth.place_of(row, told)
    if is_proven:
        judge_proven(tally, row, told, where)
    elif kind in truth.MAIL:
        tally.count(kind, told.word(where) or "untold")
    for place, flows in told.confirmed().items():
        if place != where or kind not in ("smtp", "smtp-starttls"):
            tally.failure(kind, "false", f"{name} ({scenario}): {place} {flows} flows")
    if kind not in truth.MAIL:
        for place, word in told.others().items():
            tally.count(kind, "suspected")
            tally.line(f"{kind} told as {word}", f"{name} ({scenario}): {place}")


def judge_proven(tally, row, told, where):
    kind, name, scenario = row["class"], row["file"], row["scenario"]
    if told.word(where) != "confirmed":
        tally.failure(kind, "missed", f"{name} ({scenario}): {told.word(where)}")
        return
    tally.count(kind, "found")
    flows = told.confirmed()[where]
    if flows != int(row["flows"]):
        tally.count(kind, "flows differ")
        tally.line("flows differ (connections without a proof count elsewhere)",
                   f"{name} ({scenario}): {flows} of {row['flows']}")
    if kind == "smtp-starttls" and not told.uses_starttls(where):
        tally.failure(kind, "missed", f"{name} ({scenario}): STARTTLS")


def scenarios(rows, runs, all_proven):
    """Found and all, of the rows that can be confirmed, by scenario."""
    found, every = collections.Counter(), collections.Counter()
    for row, told, is_proven in zip(rows, runs, all_proven):
        if is_proven and not row["scenario"].startswith(truth.APART):
            where = truth.place_of(row, told)
            every[row["scenario"]] += 1
            found[row["scenario"]] += where in told.confirmed()
    print("-- found by scenario: " + ", ".join(
        f"{name} {found[name]}/{every[name]}" for name in sorted(every)))


def outcome(row, told):
    """What is said of a row in one word: of its mail server, or of any."""
    words = [told.word(truth.place_of(row, told))]
    if row["class"] not in truth.MAIL:
        words = [told.word(where) for where in told.events]
    return next((word for word in ("confirmed", "suspected", "lmtp")
                 if word in words), told.elsewise)


def unproven(rows, runs, all_proven):
    """Every mail row in which nothing was accepted in the clear."""
    groups = collections.defaultdict(list)
    for row, told, is_proven in zip(rows, runs, all_proven):
        if not is_proven and row["class"] in truth.MAIL:
            said = row["banner"] if row["banner"][:1] in "45" else ""
            name = row["file"].replace(".pcap", "")
            groups[row["class"], row["scenario"], outcome(row, told)].append(
                f"{name}[{said[:3]}]" if said else name)
    listing("without an acceptance: class, scenario, verdict ([code]: the banner's)",
            groups)


def classes(rows, runs):
    """Verdict by class, and as what the others were refuted."""
    verdicts = collections.defaultdict(collections.Counter)
    labels = collections.defaultdict(collections.Counter)
    for row, told in zip(rows, runs):
        kind = row["class"]
        if row["scenario"].startswith(truth.APART):
            kind += " (chat)"
        word = outcome(row, told)
        verdicts[kind][word.split("(")[0]] += 1
        if word.startswith("refuted"):
            labels[kind][word] += 1
    table("lab, verdict by class", ("confirmed", "suspected", "lmtp", "refuted",
                                    "undecided", "nothing"), verdicts)
    for kind, counts in labels.items():
        print(f"-- {kind}: " + ", ".join(
            f"{label} {number}" for label, number in counts.most_common()))


def lab(folder, options):
    rows = truth.rows_of(os.path.join(folder, "truth.tsv"))
    runs = read_all([os.path.join(folder, row["file"]) for row in rows],
                    ("-v", *options))
    all_proven = [truth.proven(row, folder) for row in rows]
    tally = Tally()
    for row, told, is_proven in zip(rows, runs, all_proven):
        judge_lab_row(tally, row, told, is_proven)
    tally.show(f"lab, {' '.join(options)}", (
        "captures", "found", "missed", "false", "suspected", "lmtp", "untold",
        "flows differ", "apart", "broken"))
    if options == ALL:  # the other pass hardly differs
        scenarios(rows, runs, all_proven)
        unproven(rows, runs, all_proven)
        classes(rows, runs)
    return tally.failed


# --- both --------------------------------------------------------------------

def main():
    names = variants.chosen(sys.argv[3])
    failed, cases = 0, []
    for folder, name, group, judge, cases_of in (
            (sys.argv[1], "manifest.tsv", "category", corpus, variants.corpus_cases),
            (sys.argv[2], "truth.tsv", "class", lab, variants.lab_cases)):
        if not os.path.exists(os.path.join(folder, name)):
            print(f"SKIPPED: there is no {folder}/{name}")
            continue
        folder = os.path.abspath(folder)
        failed += sum(judge(folder, options) for options in PASSES)
        failed += delivery.run(folder, truth.rows_of(os.path.join(folder, name)), group)
        cases += cases_of(folder)
    if names and cases:
        failed += variants.run(cases, names)
    print(f"\n{failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
