# SPDX-License-Identifier: Apache-2.0
"""test_ndpi_off - nDPI is a second opinion: without it nothing else changes.

Every recording is read with it and without; all that may differ is what it says
itself, and the strangers that it alone has named.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402


def without_opinion(events):
    kept = []
    for event in events:
        if event.get("stranger", {}).get("named_by") == "ndpi":
            continue
        event.pop("event_id")  # a number in the run
        event.get("detection", {}).pop("ndpi", None)
        kept.append(event)
    return kept


def test_of(row):
    def test():
        told = {}
        for ndpi in ("on", "off"):
            ran = program.read("--all", f"--ndpi={ndpi}", *row.options, row.capture)
            checks.equal(ran.status, row.exit, f"exit status ({ran.err.strip()})")
            told[ndpi] = without_opinion(ran.events())
        checks.equal(told["off"], told["on"], "events without the second opinion")
    return test


def main():
    return checks.run([(row.name, test_of(row)) for row in program.manifest()])


if __name__ == "__main__":
    sys.exit(main())
