# SPDX-License-Identifier: Apache-2.0
"""test_files - capture files that are not what they should be (FILE-01 ... 48).

A table: how a file is made, how the program exits, what a person reads, and that
what stands before the damage is found.  Of each row all files are read in one
run, so the others are read when one is damaged; of those read in part --strict
makes an error.  At the end the table is printed as it came out.
"""

import gzip
import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402
from folder import Folder  # noqa: E402
from capture_bytes import (  # noqa: E402
    ENHANCED, KUZNETZOV, MICRO, NANO, OFFSET, RESOLUTION, Frame, block, dialog, enhanced,
    header, interface, obsolete, option, packets, pcap, pcapng, record, records, section,
    simple)

MEMORY_KIB = 512 << 10
CPU_SECONDS = 60
SANITIZED = bool(os.environ.get("SAN"))
WHOLE = len(dialog())
NOBODY = "65534"
LINK_SLL = 113
SECRET = b"CLIENT_RANDOM CANARY"

FINE, UNUSABLE, PARTIAL = 0, 1, 3


class Case:
    """make(frames) gives a file's bytes; there is one for each of `files`."""

    def __init__(self, number, what, status, words, *files, **wanted):
        self.number, self.what, self.status, self.words = number, what, status, words
        self.files = files
        self.packets = wanted.get("packets", WHOLE)
        self.sightings = wanted.get("sightings", 0 if status == UNUSABLE else 1)

    def name(self):
        return f"FILE-{self.number} {self.what}"


def fine(number, what, *files, **wanted):
    return Case(number, what, FINE, None, *files, **wanted)


def unusable(number, what, words, *files, **wanted):
    return Case(number, what, UNUSABLE, words, *files, **wanted)


def partial(number, what, words, *files, **wanted):
    return Case(number, what, PARTIAL, words, *files, **wanted)


def each(values, make):
    """A file for each value: make(frames, value)."""
    return [lambda frames, value=value: make(frames, value) for value in values]


def always(content):
    return lambda _: content


def options(*parts):
    """An interface with these options, and a dialog on it."""
    return lambda d: (section() + interface(options=b"".join(parts)) + packets(d))


def damaged_gz(d, after):
    """In its checksum, so many bytes behind the dialog."""
    packed = bytearray(gzip.compress(pcap(d) + record(Frame(0, bytes(after)))))
    packed[-8] ^= 1
    return bytes(packed)


def swapped(content):
    """The order of bytes in which libpcap reads the rest is another one."""
    return lambda d: content(d, "<") + content(d, ">")


CLASSIC = (
    unusable("01", "an empty file", "empty file", always(b"")),
    unusable("02", "a header of 1 to 23 bytes", "too short for a capture file|truncated",
             *each(range(1, 24), lambda _, n: header()[:n])),
    fine("03", "a header only", always(header()), always(section() + interface()),
         sightings=0),
    unusable("04", "a magic only", "truncated", *each(
        (MICRO, NANO, KUZNETZOV), lambda _, magic: struct.pack("<I", magic))),
    unusable("05", "ELF", r"a program \(ELF\), not", always(b"\x7fELF" + bytes(99))),
    unusable("05", "zip", "a zip archive, dec", always(b"PK\3\4" + bytes(99))),
    unusable("05", "HTML", "an HTML page", always(b"<!DOCTYPE html>\n<html>")),
    unusable("05", "text", "text, not a capture", always(b"no capture\n")),
    unusable("05", "anything", "not a capture file", always(bytes(range(200, 255)))),
    fine("06", "compressed by gzip", lambda d: gzip.compress(pcap(d)),
         lambda d: gzip.compress(pcapng(d)),
         lambda d: gzip.compress(pcap(d)[:500]) + gzip.compress(pcap(d)[500:]) + bytes(512)),
    partial("06", "... and cut short", "unexpected end of file",
            lambda d: gzip.compress(pcap(d))[:-9], packets=None),
    partial("06", "... and damaged", "incorrect data check|invalid", *each(
        (100, 2000, 8000), damaged_gz), packets=WHOLE + 1),
    unusable("06", "compressed by gzip twice", "compressed twice, dec",
             lambda d: gzip.compress(gzip.compress(pcap(d)))),
    unusable("06", "compressed otherwise", "(zstd|xz|bzip2|lz4) compressed, decompress "
             "first", *each((b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh9", b"\x04\x22\x4d\x18"),
                            lambda _, magic: magic + bytes(99))),
    fine("07", "version 2.3 or 543.0", *each(
        ((2, 3), (543, 0)), lambda d, v: pcap(d, version=v))),
    unusable("07", "version 2.5 or 99.99", "unsupported pcap savefile version", *each(
        ((2, 5), (99, 99)), lambda d, v: pcap(d, version=v))),
    unusable("07", "version 1.0", "archaic pcap savefile", lambda d: pcap(d, version=(1, 0))),
    fine("08", "reserved bits beside the link type", *each(
        (0x04000001, 0x14000001, 0xF4000001), lambda d, link: pcap(d, link=link))),
    unusable("09", "a link type that is not decoded", r"link type \d+ \(\w+\) is not "
             "supported", *each((189, 105, 187), lambda d, link: pcap(d, link=link))),
    unusable("10", "link type 65535", r"link type 65535 \(unknown\) is not supported",
             lambda d: pcap(d, link=0xFFFF), lambda d: section() + interface(link=0xFFFF)),
    fine("11", "snap length 0, negative, 2^31-1", *each(
        (0, 2**31 - 1, 2**31, 2**32 - 1), lambda d, n: pcap(d, snaplen=n))),
    fine("12", "every magic that libpcap knows, in both byte orders", *each(
        [(magic, order) for magic in (MICRO, NANO, KUZNETZOV) for order in "<>"],
        lambda d, of: pcap(d, of[1], of[0]))),
    unusable("12", "Navtel's magic, Ixia's", "does not read, convert it with editcap",
             *each((0xA12B3C4D, 0x1C0001AC, 0x1C0001AB), lambda d, m: pcap(d, magic=m)),
             *each((0xA12B3C4D, 0x1C0001AC), lambda d, m: pcap(d, ">", m))),
    partial("13", "a record's header cut at 1 to 15 bytes", "truncated dump file", *each(
        range(1, 16), lambda d, n: pcap(d) + record(d[0])[:n])),
    partial("14", "a packet cut at each of its bytes", "truncated dump file", *each(
        range(16, 16 + len(dialog()[0].data)), lambda d, n: pcap(d) + record(d[0])[:n])),
    fine("15", "captured more than the snap length: read up to that",
         lambda d: pcap(d, snaplen=200)),
    partial("16", "captured 262,145 bytes", "invalid packet capture length 262145",
            lambda d: pcap(d) + record(d[0], kept=262145) + bytes(262145)),
    partial("17", "captured 2^31, 2^32 - 1 bytes", "invalid packet capture length", *each(
        (2**31, 2**32 - 1), lambda d, n: pcap(d) + record(d[0], kept=n))),
    fine("18", "captured more than there was",
         lambda d: header() + b"".join(record(f, length=4) for f in d)),
    fine("19", "a packet of no bytes",
         lambda d: pcap(d) + record(Frame(d[0].when_ns, b"")) + records(d[-1:])),
    fine("20", "a fraction beyond a second", *each(
        (10**6, 2**31, 2**32 - 1), lambda d, n: pcap(d) + record(d[0], fraction=n)),
         *each((10**9, 2**32 - 1), lambda d, n: pcap(d, magic=NANO) + record(
             d[0], magic=NANO, fraction=n))),
    fine("21", "time back, 1970, 2038, 2106", *each(
        (0, 1, 2**31 - 1, 2**31, 2**32 - 1), lambda d, n: pcap(d) + record(d[0], seconds=n))),
    partial("22", "a hole of zeros", "zeros in place of packets", *each(
        (1024, 4096, 4099, 1 << 20), lambda d, n: pcap(d) + bytes(n) + records(d)),
            packets=WHOLE + 63),
    partial("23", "garbage between records", "invalid packet capture length",
            lambda d: pcap(d) + b"garbage!" * 9 + records(d)),
    partial("24", "two files on end", "another capture file begins here", *each(
        [(magic, order) for magic in (MICRO, NANO) for order in "<>"],
        lambda d, of: pcap(d) + pcap(d, of[1], of[0]))),
    fine("24", "two pcapng files on end", lambda d: pcapng(d[:5]) + pcapng(d[5:])),
)

BLOCKS = (
    unusable("28", "a bad byte order magic", "bad byte order magic field",
             lambda d: section(magic=0x11223344) + interface() + packets(d)),
    partial("28", "... in a later section", "section with a bad byte order magic field",
            lambda d: pcapng(d) + section(magic=0x11223344)),
    unusable("29", "a section header of 24 bytes, of 2 MiB", "has invalid length", *each(
        (24, 2 << 20), lambda _, n: section(length=n) + interface())),
    partial("29", "... in a later section", "truncated|don't match", *each(
        (24, 2 << 20), lambda d, n: pcapng(d) + section(length=n))),
    unusable("30", "version 1.1, 2.0, 99.99", "unsupported pcapng savefile version", *each(
        ((1, 1), (2, 0), (99, 99)), lambda _, v: section(version=v) + interface())),
    partial("30", "... in a later section", "unknown pcapng savefile major version",
            lambda d: pcapng(d) + section(version=(9, 9))),
    unusable("31", "no interface", "has no Interface Description Blocks",
             always(section()), always(section() + block(5, bytes(8)))),
    unusable("32", "a packet before the interface", "before any Interface Description",
             lambda d: section() + packets(d) + interface(),
             lambda d: section() + simple(d[0])),
    partial("32", "... in a later section", "there's no Interface Description Block",
            lambda d: pcapng(d) + section() + packets(d)),
    partial("33", "an interface that is not there", "there's no Interface Description "
            "Block", *each((1, 2**32 - 1), lambda d, n: pcapng(d) + enhanced(d[0], number=n)),
            lambda d: pcapng(d) + obsolete(d[0], number=1)),
    fine("34", "65,536 interfaces", lambda d: section() + interface() * 65536 + packets(d)),
    partial("34", "more than 65,536 interfaces", "more than 65536 interfaces", *each(
        "<>", lambda d, o: pcapng(d, o) + interface(o) * 65536 + packets(d, o)),
            lambda d: gzip.compress(pcapng(d) + interface() * 3000000)),
    partial("35", "a block of 0, 4, 8, 11 bytes", "has a length of [0-9]+ < 12", *each(
        (0, 4, 8, 11), lambda d, n: pcapng(d) + block(ENHANCED, bytes(20), length=n))),
    partial("35", "a block of 13 bytes", "not a multiple of 4",
            lambda d: pcapng(d) + block(ENHANCED, bytes(20), length=13)),
    partial("35", "a block of 17 MiB, of 4 GiB", "block size [0-9]+ > maximum", *each(
        (17 << 20, 2**32 - 4), lambda d, n: pcapng(d) + block(ENHANCED, bytes(20), length=n))),
    partial("35", "a block with two lengths", "don't match",
            lambda d: pcapng(d) + block(ENHANCED, bytes(20), trailer=36)),
    unusable("36", "the file's head cut at each byte", "too short|truncated|no "
             "Interface|bad byte order", *each(range(1, 48), lambda _, n:
                                               (section() + interface())[:n])),
    partial("36", "a packet's block cut at each byte", "truncated pcapng", *each(
        range(1, len(enhanced(dialog()[0]))), lambda d, n: pcapng(d) + enhanced(d[0])[:n])),
    unusable("37", "a resolution of 0, 2 bytes", "if_tsresol option with length", *each(
        (b"", b"\6\6"), lambda d, v: options(option(RESOLUTION, v))(d))),
    unusable("37", "a resolution of 2^-127, 10^-127", "resolution [0-9^-]+ is too high",
             options(option(RESOLUTION, b"\xff")), options(option(RESOLUTION, b"\x7f"))),
    unusable("37", "two resolutions", "more than one if_tsresol",
             options(option(RESOLUTION, b"\6") * 2)),
    fine("37", "resolutions from 1 s to 10^-19 and 2^-63", *each(
        (b"\0", b"\3", b"\x13", b"\x80", b"\xbf"),
        lambda d, v: options(option(RESOLUTION, v))(d))),
    unusable("38", "an offset of 4 bytes", "if_tsoffset option with length 4",
             options(option(OFFSET, bytes(4)))),
    fine("38", "an offset that overflows", *each(
        (2**63 - 1, -2**63), lambda d, v: options(option(OFFSET, struct.pack("<q", v)))(d))),
    unusable("39", "an option longer than its block", "is too short",
             options(option(2, b"eth0", length=400))),
    unusable("39", "an end of options with a length", "opt_endofopt option with length 4",
             options(option(0, b"abcd"))),
    partial("40", "interfaces of two link types", "different from the type of the first "
            "interface .*split it by interface.*editcap",
            lambda d: pcapng(d) + interface(link=LINK_SLL)),
    unusable("40", "... before any packet", "different from the type.*editcap",
             lambda d: section() + interface() + interface(link=LINK_SLL) + packets(d)),
    partial("40", "interfaces of two snap lengths", "different from the snapshot length.*"
            "editcap", lambda d: pcapng(d) + interface(snaplen=100)),
    partial("41", "sections of both byte orders", "block size.*section in the other byte "
            "order", swapped(pcapng), lambda d: pcapng(d, ">") + pcapng(d)),
    fine("42", "simple packets, and no snap length",
         lambda d: section() + interface(snaplen=0) + packets(d, kind=simple)),
    fine("42", "simple packets longer than the snap length",
         lambda d: section() + interface(snaplen=200) + packets(d, kind=simple)),
    partial("42", "a simple packet longer than its block", "is too short",
            lambda d: pcapng(d) + simple(d[0], length=5000)),
    fine("43", "obsolete packets", *each("<>", lambda d, o: pcapng(d, o, obsolete))),
    fine("44", "blocks of names, counts, secrets, custom and unknown", *each(
        (4, 5, 7, 9, 10, 0xBAD, 0x40000BAD, 2**31 + 1),
        lambda d, kind: section() + interface() + block(kind, SECRET) + packets(d))),
    fine("46", "a time of 64 bits", lambda d: pcapng(d) + enhanced(d[0], ticks=2**64 - 1),
         lambda d: options(option(RESOLUTION, b"\0"))(d) + enhanced(d[0], ticks=2**64 - 1)),
    partial("48", "pcap behind pcapng", "not a multiple of 4", lambda d: pcapng(d) + pcap(d)),
    partial("48", "pcapng behind pcap", "invalid packet capture length.*another file",
            lambda d: pcap(d) + pcapng(d)),
)


# --- running one ----------------------------------------------------------------

OUTCOMES = []  # what the table at the end shows


def limited():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def read(*arguments, stdin=subprocess.DEVNULL, command=(program.STRAYMAIL,)):
    """straymail read, within bounds of memory and time."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            [*command, "read", "--format", "json", *arguments], stdin=stdin, stdout=out,
            stderr=err, cwd=program.TOP, preexec_fn=limited)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        ran = program.Ran(child.returncode, out.read(), err.read())
    program.sane(ran.status, ran.err)
    ran.kib = usage.ru_maxrss
    assert SANITIZED or ran.kib <= MEMORY_KIB, f"{ran.kib} KiB of memory"
    return ran


def flows(ran):
    return sum(event["server"]["flows"] for event in program.servers(ran.events()).values())


def shown(case, ran, message):
    count = f", {len(case.files)} files" if len(case.files) > 1 else ""
    OUTCOMES.append((case.number, case.what + count, ran.status, message))


def judge_line(case, path, line):
    """The one line about a file."""
    start = f"straymail: {path}: "
    assert line.startswith(start), f"{line!r} is not about {path}"
    pattern = f"(?:{case.words}).*"
    if case.status == PARTIAL:
        analysed = r"\d+" if case.packets is None else case.packets
        at = r"\d+" if case.packets is None else case.packets + 1
        told = "1 sighting" if case.sightings == 1 else f"{case.sightings} sightings"
        pattern += (rf" at packet {at}, offset \d+; "
                    rf"{analysed} packets? analysed, {told} reported")
    message = line[len(start):]
    assert re.search(f"{pattern}$", message), f"{message!r} is not like {pattern!r}"
    return message


def judge(case, paths, ran):
    checks.equal(ran.status, case.status, f"exit status ({ran.err.strip()})")
    lines = ran.err.splitlines()
    checks.equal(len(lines), 0 if case.status == FINE else len(paths),
                 f"lines on stderr ({ran.err[:2000]!r})")
    messages = [judge_line(case, path, line) for path, line in zip(paths, lines)]
    checks.equal(flows(ran), case.sightings * len(paths), "dialogs found")
    program.no_canary(ran.out + ran.err, "the output")
    return messages[0] if messages else ""


def test_of(case):
    def run():
        with Folder() as folder:
            paths = [folder.put(f"{at:03}", make(dialog(40000 + at)))
                     for at, make in enumerate(case.files)]
            ran = read("-q", *paths)
            shown(case, ran, judge(case, paths, ran).replace(folder.path + "/", ""))
            if case.status == PARTIAL:
                strict = read("-q", "--strict", paths[0])
                checks.equal(strict.status, UNUSABLE, "exit status with --strict")
                checks.equal(flows(strict), case.sightings, "found with --strict")
    return case.name(), run


# --- what is no plain file --------------------------------------------------------

def special(number, what, ran, status, words="", **wanted):
    """Judges one run over a single file that is not made of bytes."""
    case = Case(number, what, status, words, None, **wanted)
    checks.equal(ran.status, status, f"exit status ({ran.err.strip()})")
    checks.equal(flows(ran), case.sightings, "dialogs found")
    assert re.search(words, ran.err), f"{ran.err!r} is not like {words!r}"
    checks.equal(len(ran.err.splitlines()), 1 if words else 0, "lines on stderr")
    shown(case, ran, ran.err.strip().split(": ", 2)[-1])


def a_pipe_and_stdin_are_read_as_files_are():
    with Folder() as folder:
        fifo = os.path.join(folder.path, "fifo")
        os.mkfifo(fifo)
        for make in (pcap, pcapng):
            writer = threading.Thread(target=folder.put, args=("fifo", make(dialog())))
            writer.start()
            ran = read("-q", fifo)
            writer.join()
            special("26", f"a FIFO ({make.__name__})", ran, FINE)
        with open(folder.put("plain", pcap(dialog())), "rb") as file:
            special("26", "stdin, a file", read("-q", "-", stdin=file), FINE)
        special("26", "/dev/stdin, a file", read(
            "-q", "/dev/stdin", stdin=os.open(os.path.join(folder.path, "plain"),
                                              os.O_RDONLY)), FINE)


def what_is_no_file_is_told():
    with Folder() as folder:
        special("26", "a directory without captures", read("-q", folder.path), UNUSABLE,
                "a directory without capture files")
        unix = os.path.join(folder.path, "socket")
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(unix)
            special("26", "a socket", read("-q", unix), UNUSABLE, "No such device")
        special("26", "a link to nowhere", read("-q", os.path.join(folder.path, "none")),
                UNUSABLE, "No such file or directory")
    special("26", "/dev/zero", read("-q", "/dev/zero"), UNUSABLE, "not a capture file")
    special("26", "/dev/null", read("-q", "/dev/null"), UNUSABLE, "empty file")
    special("26", "/proc/self/mem", read("-q", "/proc/self/mem"), UNUSABLE,
            "Input/output error")


def a_capture_that_goes_on_as_dev_zero_ends():
    with Folder() as folder:
        path = folder.put("begins", pcap(dialog()))
        ran = read("-q", "-", command=(
            "sh", "-c", 'cat "$0" /dev/zero | "$@"', path, program.STRAYMAIL))
    special("26", "a capture, then /dev/zero", ran, PARTIAL, "zeros in place of packets "
            "at packet 77, offset [0-9]+; 76 packets analysed, 1 sighting reported")


def an_unreadable_file_is_told():
    with Folder() as folder:
        path = folder.put("secret", pcap(dialog()))
        os.chmod(path, 0)
        command = (program.STRAYMAIL,)
        if os.getuid() == 0:
            if shutil.which("setpriv") is None:
                raise checks.Skip("setpriv is not there, and root may read everything")
            os.chmod(folder.path, 0o777)  # a build that counts lines writes there
            command = ("env", f"GCOV_PREFIX={folder.path}", "setpriv",
                       f"--reuid={NOBODY}", f"--regid={NOBODY}",
                       "--clear-groups", shutil.copy(program.STRAYMAIL, folder.path))
        special("26", "an unreadable file", read("-q", path, command=command), UNUSABLE,
                "Permission denied")


def a_sparse_file_of_100_gib_takes_no_time():
    size = 100 << 30
    for what, begins, status, words in (
            ("zeros", b"", UNUSABLE, "not a capture file"),
            ("a capture, then zeros", pcap(dialog()), PARTIAL, "zeros in place of packets "
             ".* 76 packets analysed, 1 sighting reported"),
            ("a pcapng, then zeros", pcapng(dialog()), PARTIAL, "has a length of 0 < 12 "
             ".* 13 packets analysed, 1 sighting reported")):
        with tempfile.TemporaryFile() as file:
            file.write(begins)
            try:
                file.truncate(size)
            except OSError as why:
                raise checks.Skip(f"no file of 100 GiB here: {why}") from why
            file.seek(0)
            ran = read("-q", "-", stdin=file)
            special("27", f"100 GiB, sparse: {what}", ran, status, words)
            read_on = os.lseek(file.fileno(), 0, os.SEEK_CUR)
            assert read_on < 1 << 20, f"{read_on} bytes of it were read"


def many_tiny_blocks_take_no_memory():
    count = 1000000
    with Folder() as folder:
        few = read("-q", folder.put("few", pcapng(dialog())))
        path = folder.put("many", section() + interface() + block(0xBAD, b"") * count +
                          packets(dialog()))
        many = read("-q", path)
    special("47", f"{count:,} blocks of 12 bytes (not 10 million)", many, FINE)
    assert SANITIZED or many.kib - few.kib < 8 << 10, f"{many.kib - few.kib} KiB more"


def stopped(begins, feed):
    """Reads a pipe that begins so and is fed with that as long as it is taken, and
    is asked to end when it has read all there is, or a lot."""
    child = subprocess.Popen([program.STRAYMAIL, "read", "-q", "--format", "json", "-"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, preexec_fn=limited)
    child.stdin.write(begins)
    child.stdin.flush()

    def fed():
        try:
            while feed:
                child.stdin.write(feed)
        except OSError:
            pass  # it is gone, as it should

    writer = threading.Thread(target=fed)
    writer.start()
    if feed:
        program.wait_until_fed(child, 8 << 20)
    else:
        program.wait_until_read(child)
    child.send_signal(signal.SIGTERM)
    out, err = child.stdout.read(), child.stderr.read()
    ran = program.Ran(child.wait(timeout=30), out, err)
    writer.join()
    try:
        child.stdin.close()
    except OSError:
        pass  # with what it did not take
    return ran


def what_would_not_end_is_left_at_a_signal():
    for what, begins, feed in (
            ("an idle pipe", pcap(dialog()), b""),
            ("an idle pipe, compressed", gzip.compress(pcap(dialog())), b""),
            ("blocks without end", pcapng(dialog()), block(0xBAD, b"") * 9999)):
        special("26", f"{what}, and a signal", stopped(begins, feed), PARTIAL)
    special("26", "a pipe that says nothing, and a signal", stopped(b"", b""), PARTIAL,
            sightings=0)


def a_file_that_was_removed_is_read():
    """FILE-25; one that grows or shrinks has to do so between two reads, so that
    is tests/sensor/capture/test_records.c's."""
    with Folder() as folder:
        path = folder.put("gone", pcap(dialog()))
        with open(path, "rb") as file:
            os.unlink(path)
            special("25", "a file that has no name any more",
                    read("-q", "-", stdin=file), FINE)


def secrets_in_a_file_are_never_printed():
    with Folder() as folder:
        content = section() + interface() + block(
            10, struct.pack("<II", 0x544C534B, len(SECRET)) + SECRET) + packets(dialog())
        ran = read("-v", folder.put("secrets", content))
    checks.equal(ran.status, FINE, "exit status")
    program.no_canary(ran.out + ran.err, "the output")
    OUTCOMES.append(("45", "a block of TLS secrets, with -v", ran.status, "not printed"))


SPECIAL = (
    a_file_that_was_removed_is_read,
    a_pipe_and_stdin_are_read_as_files_are,
    what_is_no_file_is_told,
    what_would_not_end_is_left_at_a_signal,
    a_capture_that_goes_on_as_dev_zero_ends,
    an_unreadable_file_is_told,
    a_sparse_file_of_100_gib_takes_no_time,
    secrets_in_a_file_are_never_printed,
    many_tiny_blocks_take_no_memory,
)


def show_table():
    checks.note("| FILE | what | exit | message |")
    checks.note("|---|---|---|---|")
    for number, what, status, message in sorted(OUTCOMES, key=lambda row: row[0]):
        checks.note(f"| {number} | {what} | {status} | {message} |")


if __name__ == "__main__":
    failed = checks.run([*map(test_of, CLASSIC + BLOCKS),
                         *((checks.sentence(test), test) for test in SPECIAL)])
    show_table()
    sys.exit(failed)
