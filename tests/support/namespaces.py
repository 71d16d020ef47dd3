# SPDX-License-Identifier: Apache-2.0
"""namespaces - a network of a test's own: it touches nothing of the machine, and
all of it is gone when the test ends.
"""

import os
import subprocess
import sys

import checks
import program

INSIDE = "STRAYMAIL_TEST_INSIDE"
SUPPORT = os.path.join(program.TOP, "tests", "support")

# Not every kernel has every classifier; each of these takes all frames.
MATCHES = ("matchall", "u32 match u32 0 0")


def command(line):
    done = subprocess.run(line.split(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}: {done.stderr.strip()}"


def move_inside(script):
    """Runs `script` again, with its arguments, in network and mount namespaces of
    its own (a user namespace as well where it is not root).  Never returns if it
    can; else why it cannot."""
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    unshare = ["unshare", *user, "--net", "--mount"]
    enter = ["sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "enter"]
    try:
        probe = subprocess.run([*unshare, *enter, "true"], capture_output=True,
                               text=True, check=False)
    except FileNotFoundError as missing:
        return str(missing)
    if probe.returncode != 0:
        return probe.stderr.strip() or "unshare failed"
    os.environ[INSIDE] = "1"
    return os.execvp("unshare", [*unshare, *enter, sys.executable, "-B",
                                 os.path.abspath(script), *sys.argv[1:]])


def mirror(namespace, device, way, to):
    """Whatever goes that way (ingress, egress) through a device with a clsact
    queue leaves by another one as well."""
    why = None
    for match in MATCHES:
        try:
            command(f"ip netns exec {namespace} tc filter add dev {device} {way} "
                    f"protocol all prio 1 {match} "
                    f"action mirred egress mirror dev {to}")
            return
        except AssertionError as refused:
            why = refused
    raise why


class Peer:
    """One of the tests' own programs in a namespace, spoken to by lines."""

    def __init__(self, namespace, script, *arguments):
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, sys.executable, "-B",
             os.path.join(SUPPORT, script), *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def hear(self):
        line = self.process.stdout.readline().strip()
        assert line, "the peer ended without a word"
        return line

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def run(script, lay_wires, *functions):
    """The tests, inside, once the wires are laid; or each skipped with why not.
    The exit status."""
    def all_skipped(why):
        def test():
            raise checks.Skip(why)
        return checks.run([(checks.sentence(of), test) for of in functions])

    if INSIDE not in os.environ:
        return all_skipped(f"no namespaces here: {move_inside(script)}")
    try:
        lay_wires()
    except (AssertionError, FileNotFoundError) as why:
        return all_skipped(f"no mirror port can be made here: {why}")
    return checks.run_all(*functions)
