# SPDX-License-Identifier: Apache-2.0
"""tally - numbers by group, and the lines worth reading under each heading."""

import collections
import textwrap


class Tally:
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
        table(title, columns, self.groups)
        self.show_lines()

    def show_lines(self):
        for heading in sorted(self.lines):
            print(f"-- {heading}: {len(self.lines[heading])}")
            for text in self.lines[heading]:
                print(f"   {text}")


def table(title, columns, rows):
    """rows: name -> {column: number or text}"""
    widths = [max(len(column), 6) + 2 for column in columns]
    first = max([len(name) for name in rows] + [16])
    print(f"\n== {title}")
    print(" " * first + "".join(c.rjust(w) for c, w in zip(columns, widths)))
    for name in rows:
        print(name.ljust(first) + "".join(
            str(rows[name].get(c, 0)).rjust(w) for c, w in zip(columns, widths)))


def listing(title, groups):
    """groups: (what, ...) -> names; each group on a line, and its names below."""
    print(f"\n-- {title}: {sum(len(names) for names in groups.values())}")
    for group in sorted(groups):
        names = sorted(groups[group])
        print(f"   {'  '.join(group)}: {len(names)}")
        print(textwrap.fill(" ".join(names), 100, initial_indent=" " * 8,
                            subsequent_indent=" " * 8, break_on_hyphens=False,
                            break_long_words=False))
