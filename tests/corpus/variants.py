# SPDX-License-Identifier: Apache-2.0
"""variants - the same dialogs on other ports, and through proxies.

Each row of both tables is rewritten into a temporary folder and read as a user
would, but without the second opinion, which takes most of the time and decides
nothing.  What is told may not depend on the port or on the way: the word is
that of the row as it was recorded.  A mail server reached
through a proxy is told by the tunnel's target, and to a standard port as
smtp_via_proxy.
"""

import collections
import ipaddress
import os
import sys
import tempfile

import captures
import tunnels
import truth
from rewrite import Rewritten
from tally import Tally, listing, table
from told import STANDARD_PORTS, Told, in_turn

PAIRS = {  # how many there should be, and how many there are
    "smtp found": ("provable", "found"), "starttls": ("starttls", "used"),
    "lmtp": ("lmtp", "told"), "suspected": ("doubtful", "doubted")}
NUMBERS = {
    "rows": "rows", "unmoved": "unmoved", "elsewhere": "false",
    "look-alikes": "others", "... confirmed": "confirmed",
    "... suspected": "suspect", "broken": "broken", "differ": "differs"}
OPTIONS = ("-v", "--ndpi", "off")
UNMOVED = "unmoved: nothing was said, or the handshake is missing"


class Variant(collections.namedtuple(
        "Variant", "port tunnel target via named",
        defaults=(None, None, None, False))):
    """The server's port; the tunnel, the port that it leads to, by what name
    events call it, and whether it leads to a name."""

    def place(self, ip):
        return truth.bracketed(tunnels.NAME if self.named else ip,
                               self.target or self.port)


def to(target):
    """Through each proxy that has a target."""
    return {
        f"socks5-{target}": Variant(1080, tunnels.socks5, target, "socks5"),
        f"socks5-login-{target}": Variant(1080, tunnels.socks5_login, target,
                                          "socks5", True),
        f"connect-{target}": Variant(3128, tunnels.connect, target,
                                     "http_connect", True),
    }


VARIANTS = {
    **{f"port-{port}": Variant(port) for port in (2525, 443, 53, 6667)},
    **to(25), **to(2525),
    "proxy-v1": Variant(2525, tunnels.proxy_v1, None, "proxy_v1"),
    "proxy-v2": Variant(2525, tunnels.proxy_v2, None, "proxy_v2"),
}


class Case:
    """A capture and a server in it, as either table has them."""

    def __init__(self, path, ip, port, kind):
        self.path, self.ip, self.port, self.kind = path, ip, int(port), kind
        self.name = os.path.basename(path)
        self.inner = None
        self.proven = self.apart = False
        self.plain = None  # what is told of it as it was recorded

    def place(self, told, variant=None):
        if self.inner is not None:
            return told.place_behind(self.inner)
        if variant is not None:
            return variant.place(self.ip)
        return truth.bracketed(self.ip, self.port)

    def rewritten(self, variant, folder):
        """Path of the variant's capture; None: nothing of it could be moved."""
        link, frames = captures.read(self.path)
        server = (ipaddress.ip_address(self.ip).packed, self.port)
        rewritten = Rewritten(link, frames, [server])
        rewritten.to_port(variant.port)
        if variant.tunnel is not None:
            rewritten.changed = 0
            rewritten.into(lambda address: variant.tunnel(
                address, variant.target or variant.port))
        if rewritten.changed == 0:
            return None
        handle, path = tempfile.mkstemp(".pcap", dir=folder)
        os.close(handle)
        rewritten.write(path)
        return path


def corpus_cases(folder):
    for row in truth.rows_of(os.path.join(folder, "manifest.tsv")):
        for expected in truth.expected_of(row):
            case = Case(os.path.join(folder, row["file"]), expected.ip,
                        expected.port,
                        "smtp-starttls" if expected.starttls else "smtp")
            case.apart = bool(expected.apart)
            case.proven = not case.apart
            yield case


def lab_cases(folder):
    for row in truth.rows_of(os.path.join(folder, "truth.tsv")):
        case = Case(os.path.join(folder, row["file"]), row["server_ip"],
                    row["server_port"], row["class"])
        case.inner = truth.inner_of(row)
        case.apart = row["scenario"].startswith(truth.APART)
        case.proven = truth.proven(row, folder)
        yield case


def read_variant(case, variant, folder):
    """None: it cannot be rewritten so."""
    path = case.rewritten(variant, folder)
    if path is None:
        return None
    told = Told(path, OPTIONS)
    os.unlink(path)
    return told


# --- judging -----------------------------------------------------------------

class Judge:
    """Of one variant: what was told of each case."""

    def __init__(self, tally, name):
        self.tally, self.name, self.variant = tally, name, VARIANTS[name]
        self.notes = collections.defaultdict(set)  # heading -> captures

    def count(self, what, by=1):
        self.tally.count(self.name, what, by)

    def failure(self, what, text):
        self.tally.failure(self.name, what, f"{self.name}: {text}")

    def judge(self, case, told):
        self.count("rows")
        if told is None:
            self.count("unmoved")
            self.notes[UNMOVED].add(case.name)
        elif told.broken:
            self.failure("broken", f"{case.name}: {told.broken}")
        elif not case.apart:
            self._judge_told(case, told)

    def _judge_told(self, case, told):
        where = case.place(told, self.variant)
        word, before = told.word(where), case.plain.word(case.place(case.plain))
        if word != before:
            self.failure("differs", f"{case.name}: {where} {word}, as recorded "
                                    f"{before}; {told.elsewise}")
        elif word is not None:
            self._judge_event(case, told, where)
        if case.kind in truth.MAIL:
            self._judge_mail(case, told, where)
        else:
            self._judge_look_alike(case, told)

    def _judge_event(self, case, told, where):
        """What kind of event it is, and that it names the way."""
        tunnelled = self.variant.target is not None or case.inner is not None
        port = int(where.rsplit(":", 1)[1])
        proxied = tunnelled and port in STANDARD_PORTS
        wanted = "smtp_via_proxy" if proxied else "smtp_server"
        kind, path = told.events[where]["event_type"], told.path(where)
        if kind != wanted:
            self.failure("differs", f"{case.name}: an event of type {kind}")
        if path[:1] != [self.variant.via] and self.variant.via is not None:
            self.failure("differs", f"{case.name}: came by {path}")

    def _judge_mail(self, case, told, where):
        word = told.word(where)
        self._tick("provable", "found", case.proven, word == "confirmed")
        self._tick("lmtp", "told", case.kind == "lmtp", word == "lmtp")
        self._tick("doubtful", "doubted",
                   case.plain.word(case.place(case.plain)) == "suspected",
                   word == "suspected")
        if case.kind == "smtp-starttls" and \
                case.plain.uses_starttls(case.place(case.plain)):
            used = word is not None and told.uses_starttls(where)
            self._tick("starttls", "used", True, used)
            if not used:
                self.failure("differs", f"{case.name}: STARTTLS is not told")
        for other in told.confirmed():
            if other != where:
                self.failure("false", f"{case.name}: {other}")

    def _tick(self, every, good, counts, is_good):
        if counts:
            self.count(every)
            self.count(good, is_good)

    def _judge_look_alike(self, case, told):
        self.count("others")
        for where in told.confirmed():
            self.failure("confirmed", f"{case.name}: {where}")
        for word in told.others().values():
            self.count("suspect")
            self.notes[f"look-alikes told as {word}"].add(case.name)


def chosen(text):
    """The variants of a knob: all, none, or names."""
    names = text.replace(",", " ").split()
    if names == ["all"]:
        return list(VARIANTS)
    names = [] if names == ["none"] else names
    strange = [name for name in names if name not in VARIANTS]
    if strange:
        raise SystemExit(f"no such variant: {' '.join(strange)}; there are all, "
                         f"none, {', '.join(VARIANTS)}")
    return names


def judged(tally, name, cases):
    """All of one variant."""
    judge = Judge(tally, name)
    with tempfile.TemporaryDirectory(prefix="straymail-") as folder:
        runs = in_turn(lambda case: read_variant(case, judge.variant, folder), cases)
    for case, told in zip(cases, runs):
        judge.judge(case, told)
    print(f"{name} was read", file=sys.stderr, flush=True)
    return judge


def show(tally, judges):
    rows = {}
    for name, counts in tally.groups.items():
        rows[name] = {title: counts[what] for title, what in NUMBERS.items()}
        rows[name].update((title, f"{counts[good]}/{counts[every]}")
                          for title, (every, good) in PAIRS.items())
    table("rewritten ports, and through proxies",
          ("rows", "unmoved", *PAIRS, *list(NUMBERS)[2:]), rows)
    tally.show_lines()
    for heading in sorted({heading for judge in judges for heading in judge.notes}):
        times = collections.Counter(
            name for judge in judges for name in judge.notes[heading])
        groups = collections.defaultdict(list)
        for name, variants in times.items():
            groups[f"in {variants} variants",].append(name)
        listing(heading, groups)


def run(cases, names):
    """Failures."""
    tally = Tally()
    plain = in_turn(lambda case: Told(case.path, ("--all", *OPTIONS)), cases)
    for case, told in zip(cases, plain):
        case.plain = told
    show(tally, [judged(tally, name, cases) for name in names])
    return tally.failed
