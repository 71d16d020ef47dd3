# SPDX-License-Identifier: Apache-2.0
"""test_cli - the command line: what it takes, what it says, how it exits.

Exit status: 0 fine, 1 run-time error, 2 usage, 3 read in part, 10 findings with
--fail-on-findings.
"""

import gzip
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import checks  # noqa: E402
import program  # noqa: E402
from folder import Folder  # noqa: E402
from talk import Talk  # noqa: E402

CAPTURE = program.rows_with_findings()[0].capture
HEADER_BYTES = 24  # of a pcap file
NOBODY = "65534"


def content():
    with open(CAPTURE, "rb") as capture:
        return capture.read()


def pcap_magic(head):
    return head[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4",
                        b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")


def exits(ran, status):
    checks.equal(ran.status, status, f"exit status ({ran.err.strip()})")


def one_line_about(ran, *words):
    """Exactly one line on stderr, with the words in it."""
    lines = ran.err.splitlines()
    checks.equal(len(lines), 1, f"lines on stderr ({ran.err!r})")
    for word in words:
        checks.contains(lines[0], word, "message")


def complaints(ran):
    """Lines on stderr that name a file; a summary may stand beside them."""
    return [line for line in ran.err.splitlines() if ".pcap" in line]


def found(ran):
    return sorted(program.servers(ran.events()))


def a_table_that_could_not_be_written_is_an_error():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program.STRAYMAIL, "read", "--format", "table",
                               CAPTURE], stdout=full, stderr=subprocess.PIPE,
                              check=False, timeout=60)
    checks.equal(done.returncode, 1, "exit status")
    checks.contains(done.stderr.decode(), "stdout", "message")


def a_reader_that_leaves_is_no_error():
    read_end, write_end = os.pipe()
    os.close(read_end)
    with open(write_end, "wb") as pipe:
        done = subprocess.run([program.STRAYMAIL, "read", "--format", "json",
                               CAPTURE], stdout=pipe, stderr=subprocess.PIPE,
                              check=False, timeout=60)
    checks.equal(done.returncode, 0, "exit status")
    assert b"stdout" not in done.stderr, done.stderr


def help_names_the_commands():
    ran = program.run("-h")
    exits(ran, 0)
    for command in ("read", "watch", "list", "show", "doctor"):
        checks.contains(ran.out, command, "help")


def the_version_is_one_line_or_more_that_begin_with_the_name():
    ran = program.run("-V")
    exits(ran, 0)
    assert ran.out.startswith("straymail "), ran.out


def no_command_is_a_usage_error():
    exits(program.run(), 2)


def an_unknown_command_is_named():
    ran = program.run("frobnicate")
    exits(ran, 2)
    checks.contains(ran.err, "frobnicate", "message")


def an_unknown_flag_is_a_usage_error():
    ran = program.run("read", "--frobnicate", CAPTURE)
    exits(ran, 2)
    checks.contains(ran.err, "frobnicate", "message")


def read_without_a_file_is_a_usage_error():
    exits(program.run("read"), 2)


def watch_without_an_interface_is_a_usage_error():
    exits(program.run("watch", "-c", "/dev/null"), 2)


def an_unknown_key_is_an_error_with_file_and_line():
    with Folder() as folder:
        config = folder.put("bad.conf", b"[sensor]\nname=a\nnaem=b\n")
        ran = program.run("-T", "-c", config)
        exits(ran, 2)
        checks.contains(ran.err, "bad.conf:3", "message")
        checks.contains(ran.err, "naem", "message")


def a_good_configuration_passes_its_test():
    with Folder() as folder:
        config = folder.put("good.conf", b"[sensor]\nname=a\nsite=lab\n")
        exits(program.run("-T", "-c", config), 0)


def an_unknown_key_on_the_command_line_is_an_error():
    ran = program.read("-o", "redis.colour=red", CAPTURE)
    exits(ran, 2)
    checks.contains(ran.err, "redis.colour", "message")


def a_filter_that_does_not_compile_is_a_usage_error():
    ran = program.read("-f", "port and and", CAPTURE)
    exits(ran, 2)


def a_filter_chooses_the_packets():
    ran = program.read("-f", "udp", CAPTURE)
    exits(ran, 0)
    checks.equal(found(ran), [], "servers")


def interfaces_are_listed():
    ran = program.run("-D")
    exits(ran, 0)
    checks.contains(ran.out, "lo", "interfaces")


def a_missing_file_is_one_line_and_1():
    ran = program.read("-q", "/nonexistent/case.pcap")
    exits(ran, 1)
    one_line_about(ran, "/nonexistent/case.pcap", "No such file")


def an_empty_file_is_one_line_and_1():
    with Folder() as folder:
        path = folder.put("empty.pcap", b"")
        ran = program.read("-q", path)
        exits(ran, 1)
        one_line_about(ran, path)


def a_foreign_file_is_one_line_and_1():
    with Folder() as folder:
        for name, text in (("elf.pcap", b"\x7fELF" + bytes(200)),
                           ("text.pcap", b"no capture at all\n" * 20)):
            path = folder.put(name, text)
            ran = program.read("-q", path)
            exits(ran, 1)
            one_line_about(ran, path)


def every_cut_of_a_file_header_is_1():
    with Folder() as folder:
        for size in range(1, HEADER_BYTES):
            path = folder.put("cut.pcap", content()[:size])
            exits(program.read("-q", path), 1)


def a_header_without_packets_was_read_whole():
    if not pcap_magic(content()):
        raise checks.Skip("the recording is no classic pcap file")
    with Folder() as folder:
        path = folder.put("none.pcap", content()[:HEADER_BYTES])
        ran = program.read(path)
        exits(ran, 0)
        checks.equal(found(ran), [], "servers")


def a_truncated_file_tells_what_was_read_and_exits_3():
    with Folder() as folder:
        path = folder.put("cut.pcap", content()[:-7])
        ran = program.read("-q", path)
        exits(ran, 3)
        checks.equal(found(ran), found(program.read(CAPTURE)), "servers")
        one_line_about(ran, path, "packet")
        flows = sum(event["server"]["flows"]
                    for event in program.servers(ran.events()).values())
        checks.contains(ran.err, f"analysed, {flows} sighting", "the line")
        exits(program.read("-q", "--strict", path), 1)


def the_worst_of_several_files_counts_and_the_others_are_read():
    with Folder() as folder:
        cut = folder.put("cut.pcap", content()[:-7])
        for bad, status in ((cut, 3), ("/nonexistent/case.pcap", 1)):
            ran = program.read(bad, CAPTURE)
            exits(ran, status)
            assert found(ran), "the good file was not read"


def standard_input_is_read_as_the_file_is():
    plain = found(program.read(CAPTURE))
    assert plain, "nothing found"
    with open(CAPTURE, "rb") as capture:
        checks.equal(found(program.read("-", stdin=capture)), plain, "a file")
    checks.equal(found(program.read("-", stdin=content())), plain, "a pipe")


def a_gz_file_is_read_as_what_is_in_it():
    with Folder() as folder:
        path = folder.put("case.pcap.gz", gzip.compress(content()))
        ran = program.read(path)
        exits(ran, 0)
        checks.equal(found(ran), found(program.read(CAPTURE)), "servers")


def a_truncated_gz_file_exits_3():
    with Folder() as folder:
        packed = gzip.compress(content())
        path = folder.put("case.pcap.gz", packed[:-20])
        exits(program.read("-q", path), 3)


def a_folder_is_read_whole():
    rows = program.rows_with_findings()
    wanted = sorted({where for row in rows for where in row.findings()})
    with Folder() as folder:
        for row in rows:
            shutil.copy(row.capture, folder.path)
        ran = program.read(folder.path)
        exits(ran, 0)
        told = program.servers(ran.events())
        findings = sorted(where for where, event in told.items()
                          if program.word(event) == "confirmed")
        checks.equal(findings, wanted, "findings")


def a_dialog_over_two_files_counts_where_it_was_proven():
    with Folder() as folder:
        one, two = (os.path.join(folder.path, name) for name in ("1", "2"))
        talk = Talk(one)
        talk.connect(40000, 2525)
        talk.server(b"220 mx.example ESMTP\r\n")
        talk.go_on(two)
        talk.client(b"EHLO client.example\r\n")
        talk.server(b"250 mx.example\r\n")
        talk.hang_up()
        talk.close()
        for event in program.read(one, two).events():
            checks.equal(event["detection"]["verdict"], "confirmed", "verdict")
            checks.equal(event["pcap_filename"], two, "where it was proven")
            checks.equal(event["pcap_cnt"], 2, "by which packet of it")
        checks.equal(found(program.read(folder.path)), ["10.0.0.2:2525"], "both")


def findings_fail_when_asked_to():
    exits(program.read("--fail-on-findings", CAPTURE), 10)
    exits(program.read("--fail-on-findings", "-f", "udp", CAPTURE), 0)


def what_was_not_read_whole_outranks_its_findings():
    with Folder() as folder:
        path = folder.put("cut.pcap", content()[:-7])
        ran = program.read("-q", "--fail-on-findings", path)
        exits(ran, 3)
        assert found(ran), "nothing found"
        exits(program.read("-q", "--fail-on-findings", "--strict", path), 1)
        exits(program.read("-q", "--fail-on-findings", "/nonexistent.pcap",
                           CAPTURE), 1)


def the_standard_ports_are_a_matter_of_policy():
    where = found(program.read(CAPTURE))[0]
    port = where.rsplit(":", 1)[1]
    ran = program.read("--standard-ports", port, CAPTURE)
    exits(ran, 0)
    assert where not in found(ran), f"{where} is told"
    ran = program.read("--all", "--standard-ports", port, CAPTURE)
    assert where in found(ran), f"{where} is not told with --all"


def the_table_shows_the_servers():
    ran = program.run("read", "--format", "table", CAPTURE)
    exits(ran, 0)
    for where in found(program.read(CAPTURE)):
        checks.contains(ran.out, where, "table")


def without_a_terminal_the_format_is_json():
    checks.equal(program.run("read", CAPTURE).out, program.read(CAPTURE).out,
                 "output")


def list_reads_events_back():
    told = program.read(CAPTURE)
    with Folder() as folder:
        path = folder.put("events.ndjson", told.out.encode())
        ran = program.run("list", "--from", path)
        exits(ran, 0)
        for where in found(told):
            checks.contains(ran.out, where, "list")


def loud_reading_says_what_was_counted():
    ran = program.read("-v", CAPTURE)
    exits(ran, 0)
    for words in ("frames handed over by the capture", "dialogs that are SMTP"):
        checks.contains(ran.err, words, "counters")
    assert "frames handed over" not in program.read(CAPTURE).err


def reading(*arguments, **files):
    """A `read -` under way, which takes its signals already."""
    straymail = subprocess.Popen([program.STRAYMAIL, "read", *arguments, "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 bufsize=0, **files)
    until = time.monotonic() + 20
    while not program.takes_signals(straymail.pid):
        assert time.monotonic() < until, "it never takes its signals"
        time.sleep(0.01)
    return straymail


def a_terminal_is_shown_how_far_it_is():
    try:
        ours, theirs = pty.openpty()
    except OSError as why:
        raise checks.Skip(f"no terminal to be had: {why}") from why
    straymail = reading(stderr=theirs)
    os.close(theirs)
    straymail.stdin.write(content())
    shown, until = b"", time.monotonic() + 20
    while b"packets/s" not in shown and time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            shown += os.read(ours, 65536)
    straymail.communicate(timeout=30)
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    checks.equal(straymail.returncode, 0, f"exit status ({shown!r})")
    checks.contains(shown.decode(), "packets/s", "progress")
    checks.contains(shown.decode(), "stray mail server", "summary")


def an_interrupted_reading_tells_what_it_found_and_exits_3():
    for number in (signal.SIGINT, signal.SIGTERM):
        straymail = reading("--format", "json", stderr=subprocess.PIPE)
        straymail.stdin.write(content()[:-50])
        program.wait_until_read(straymail)
        straymail.send_signal(number)
        out, err = straymail.communicate(content()[-50:] + bytes(100), timeout=30)
        ran = program.Ran(straymail.returncode, out, err)
        exits(ran, 3)
        assert found(ran), "nothing found"


def a_second_interrupt_ends_it_at_once():
    # Who ends at once waits for no thread, and one may just have finished.
    options = os.environ.get("TSAN_OPTIONS", "") + ":report_thread_leaks=0"
    straymail = reading("--format", "json", stderr=subprocess.PIPE,
                        env={**os.environ, "TSAN_OPTIONS": options})
    straymail.stdin.write(content()[:-50])
    program.wait_until_read(straymail)
    for number in (signal.SIGINT, signal.SIGTERM):  # at once, or the first will do
        straymail.send_signal(number)
    checks.equal(straymail.wait(timeout=10), 1, "exit status")
    straymail.communicate()


def without_memory_it_says_so_and_exits_1():
    """Every allocation of the start fails in turn: under each limit there is
    either enough, or one line and exit 1."""
    if any(word in os.environ.get("SAN", "") for word in ("address", "thread")):
        raise checks.Skip("a sanitizer's shadow does not fit under a limit")
    statuses = []
    for limit_kib in range(8 << 10, 640 << 10, 4 << 10):
        ran = program.run("-c", f'ulimit -v {limit_kib} && exec "$@"', "sh",
                          program.STRAYMAIL, "read", "-q", "--format", "json",
                          CAPTURE, command="sh")
        if ran.status == 127 or "shared object" in ran.err:
            continue  # the program itself found no room
        statuses.append(ran.status)
        assert ran.status in (0, 1), f"{limit_kib} KiB: exit {ran.status}"
        if ran.status == 0:
            checks.equal(found(ran), found(program.read(CAPTURE)),
                         f"{limit_kib} KiB: servers")
        else:
            one_line_about(ran)
    checks.equal(sorted(set(statuses)), [0, 1], "exit statuses")
    checks.note(f"{statuses.count(1)} of {len(statuses)} limits were too low")


def capture_without_permission_names_the_capability():
    if os.getuid() != 0:
        raise checks.Skip("only root can become nobody")
    if shutil.which("setpriv") is None:
        raise checks.Skip("setpriv is not there")
    with Folder() as folder:  # nobody may not get at the build tree
        os.chmod(folder.path, 0o755)
        binary = shutil.copy(program.STRAYMAIL, folder.path)
        ran = program.run(f"--reuid={NOBODY}", f"--regid={NOBODY}",
                          "--clear-groups", "--inh-caps=-all",
                          "--bounding-set=-all", binary,
                          "watch", "-c", "/dev/null", "-i", "lo",
                          command="setpriv")
    exits(ran, 1)
    checks.contains(ran.err.lower(), "cap_net_raw", "message")


if __name__ == "__main__":
    sys.exit(checks.run_all(
        a_table_that_could_not_be_written_is_an_error,
        a_reader_that_leaves_is_no_error,
        help_names_the_commands,
        the_version_is_one_line_or_more_that_begin_with_the_name,
        no_command_is_a_usage_error,
        an_unknown_command_is_named,
        an_unknown_flag_is_a_usage_error,
        read_without_a_file_is_a_usage_error,
        watch_without_an_interface_is_a_usage_error,
        an_unknown_key_is_an_error_with_file_and_line,
        a_good_configuration_passes_its_test,
        an_unknown_key_on_the_command_line_is_an_error,
        a_filter_that_does_not_compile_is_a_usage_error,
        a_filter_chooses_the_packets,
        interfaces_are_listed,
        a_missing_file_is_one_line_and_1,
        an_empty_file_is_one_line_and_1,
        a_foreign_file_is_one_line_and_1,
        every_cut_of_a_file_header_is_1,
        a_header_without_packets_was_read_whole,
        a_truncated_file_tells_what_was_read_and_exits_3,
        the_worst_of_several_files_counts_and_the_others_are_read,
        standard_input_is_read_as_the_file_is,
        a_gz_file_is_read_as_what_is_in_it,
        a_truncated_gz_file_exits_3,
        a_folder_is_read_whole,
        a_dialog_over_two_files_counts_where_it_was_proven,
        findings_fail_when_asked_to,
        what_was_not_read_whole_outranks_its_findings,
        the_standard_ports_are_a_matter_of_policy,
        the_table_shows_the_servers,
        without_a_terminal_the_format_is_json,
        list_reads_events_back,
        loud_reading_says_what_was_counted,
        a_terminal_is_shown_how_far_it_is,
        an_interrupted_reading_tells_what_it_found_and_exits_3,
        a_second_interrupt_ends_it_at_once,
        without_memory_it_says_so_and_exits_1,
        capture_without_permission_names_the_capability,
    ))
