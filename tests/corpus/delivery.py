# SPDX-License-Identifier: Apache-2.0
"""delivery - every packet that libpcap reads is one that the sensor was handed.

The plain libpcap loop of tests/bench counts them; what the sensor was handed it
says with -v.  Files of a link type that it does not decode are refused, and
counted apart by its name.
"""

import collections
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import program  # noqa: E402
from tally import Tally  # noqa: E402
from told import SECONDS, STATUSES, in_turn  # noqa: E402

LOOP = os.path.join(program.BUILD, "tests/bench/pcap_loop")
READ = re.compile(r"^([0-9]+) packets", re.M)
HANDED = re.compile(r"^ *([0-9]+) +packets +frames handed over by the capture$", re.M)
REFUSED = re.compile(r"link type [0-9]+ \((\S+)\) is not supported")


def number(pattern, text):
    found = pattern.search(text)
    return int(found.group(1)) if found else 0


class Delivery:
    """One file: packets by libpcap, and by the sensor."""

    def __init__(self, path):
        self.broken, self.refused = None, None
        loop = subprocess.run([LOOP, path], capture_output=True, check=False,
                              timeout=SECONDS)
        self.read = number(READ, loop.stdout.decode())
        self.whole = loop.returncode == 0
        try:
            ran = program.read("-v", path, seconds=SECONDS)
            assert ran.status in STATUSES, f"exit status {ran.status}"
            self.handed, self.status = number(HANDED, ran.err), ran.status
            self.refused = next(iter(REFUSED.findall(ran.err)), None)
        except AssertionError as why:
            self.broken = str(why).splitlines()[0]


def judge(tally, group, name, file):
    tally.count(group, "captures")
    if file.broken:
        tally.failure(group, "broken", f"{name}: {file.broken}")
        return
    if file.refused:
        tally.count(group, "refused")
        return
    tally.count(group, "packets", file.handed)
    if file.handed != file.read or file.whole != (file.status == 0):
        tally.failure(group, "differ", f"{name}: {file.handed}, and libpcap {file.read}; "
                                       f"exit {file.status}, libpcap "
                                       f"{'whole' if file.whole else 'not whole'}")
    else:
        tally.count(group, "equal")
        tally.count(group, "in part", file.status != 0)


def run(folder, rows, group):
    """Of the files of a folder, by a column of their rows; how many failed."""
    if not os.path.exists(LOOP):
        print(f"SKIPPED: packets are not counted, there is no {LOOP} (make bench)")
        return 0
    tally, refused = Tally(), collections.Counter()
    files = in_turn(Delivery, [os.path.join(folder, row["file"]) for row in rows])
    for row, file in zip(rows, files):
        judge(tally, row[group], row["file"], file)
        refused[file.refused] += 1
    tally.show("packets handed over, against a plain libpcap loop", (
        "captures", "equal", "in part", "refused", "differ", "broken", "packets"))
    del refused[None]
    print("-- refused for their link type: " + ", ".join(
        f"{name} {count}" for name, count in refused.most_common()))
    return tally.failed
