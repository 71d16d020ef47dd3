# SPDX-License-Identifier: Apache-2.0
"""told - what the sensor says of a capture."""

import concurrent.futures
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import program  # noqa: E402

STANDARD_PORTS = program.STANDARD_PORTS
SECONDS = 60   # one capture
STATUSES = (0, 1, 3)  # read, unusable, in part: never a crash or a usage error

# Lines of -v: dialogs that came to nothing, and those that are something else.
REFUTED = re.compile(r"^ *[0-9]+ +(\S+) +connections refuted as this$", re.M)
UNDECIDED = re.compile(r"^ *[1-9][0-9]* +undecided ", re.M)


def verdict(event):
    """confirmed, suspected or lmtp, on whatever port."""
    return program.word(event, ())


class Told:
    """One run: the last event of each server by ADDRESS:PORT; what went wrong,
    or None; and what its other dialogs are, by -v."""

    def __init__(self, capture, options):
        self.events, self.broken, self.elsewise = {}, None, "nothing"
        try:
            ran = program.read(*options, capture, seconds=SECONDS)
            assert ran.status in STATUSES, f"exit status {ran.status}: {ran.err}"
            program.no_canary(ran.out, "an event")
            self._take(ran.events())
            self.elsewise = elsewise(ran.err)
        except (AssertionError, ValueError, KeyError) as why:
            self.broken = f"{type(why).__name__} {why}".splitlines()[0]

    def _take(self, events):
        for event in events:
            if event["event_type"] in ("smtp_server", "smtp_via_proxy"):
                self.events[program.place(event)] = event
        self.events = {
            where: event for where, event in self.events.items()
            if event["detection"]["verdict"] != "refuted"}

    def word(self, where):
        event = self.events.get(where)
        return verdict(event) if event else None

    def confirmed(self):
        """ADDRESS:PORT -> flows"""
        return {where: event["server"]["flows"]
                for where, event in self.events.items()
                if verdict(event) == "confirmed"}

    def others(self):
        """ADDRESS:PORT -> word"""
        return {where: verdict(event) for where, event in self.events.items()
                if verdict(event) != "confirmed"}

    def uses_starttls(self, where):
        return self.events[where]["smtp"]["starttls"] == "used"

    def path(self, where):
        via = self.events[where]["via"]
        return via["path"] if via else []

    def place_behind(self, inner):
        """A server may have been asked for by a name, which nobody knows."""
        port = inner.rsplit(":", 1)[1]
        named = [where for where, event in self.events.items()
                 if event["server"]["ip"] is None and where.endswith(f":{port}")]
        return named[0] if inner not in self.events and named else inner


def elsewise(counters):
    labels = REFUTED.findall(counters)
    if labels:
        return f"refuted({','.join(sorted(labels))})"
    return "undecided" if UNDECIDED.search(counters) else "nothing"


def in_turn(work, items):
    """work(item) of each in their order, two or more at a time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def read_all(captures, options):
    return in_turn(lambda capture: Told(capture, options), captures)
