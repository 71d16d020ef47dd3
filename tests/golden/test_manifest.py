# SPDX-License-Identifier: Apache-2.0
"""test_manifest - every line of pcaps/MANIFEST is a test.

straymail is run on the capture as a user would run it.  It has to tell exactly
the servers that the line names, in events that keep to the shipped schema, with
none of the secrets that the recordings hold, and the same bytes every time.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import jsonschema  # noqa: E402
import checks  # noqa: E402
import program  # noqa: E402

SCHEMA = os.path.join(program.TOP, "output", "event.schema.json")

# What a key of the manifest looks at.
FACTS = {
    "flows": lambda e: str(e["server"]["flows"]),
    "suspected_flows": lambda e: str(e["server"]["suspected_flows"]),
    "clients": lambda e: str(e["server"]["clients"]),
    "messages": lambda e: str(e["server"]["messages"]),
    "software": lambda e: e["smtp"]["software"] or "",
    "starttls": lambda e: e["smtp"]["starttls"],
    "auth_cleartext": lambda e: "yes" if e["smtp"]["auth_cleartext"] else "no",
    "vlan": lambda e: ",".join(map(str, e["vlan"])),
}


def validator():
    with open(SCHEMA, encoding="utf-8") as text:
        schema = json.load(text)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=jsonschema.FormatChecker())


def hold_to_schema(schema, events):
    for event in events:
        for error in schema.iter_errors(event):
            where = ".".join(map(str, error.absolute_path))
            raise AssertionError(f"event.{where}: {error.message}")


def compare(row, events):
    told = program.servers(events)
    ports = program.ports_of(row.options)
    words = {where: program.word(event, ports) for where, event in told.items()}
    wanted = {where: verdict for where, (verdict, _) in row.servers.items()}
    checks.equal(words, wanted, "servers told")
    for where, (_, keys) in row.servers.items():
        got = {key: FACTS[key](told[where]) for key in keys}
        checks.equal(got, keys, where)


def test_of(row, schema):
    def test():
        if not os.path.exists(row.capture):
            raise AssertionError("the capture is not there")
        ran = program.read(*row.options, row.capture)
        checks.equal(ran.status, row.exit, f"exit status ({ran.err.strip()})")
        events = ran.events()
        compare(row, events)
        hold_to_schema(schema, events)
        again = program.read(*row.options, row.capture)
        checks.equal(again.out, ran.out, "a second run")
        table = program.run("read", "--format", "table", *row.options, row.capture)
        for text in (ran.out, ran.err, table.out, table.err):
            program.no_canary(text, "output")
    return test


def the_recordings_hold_secrets_to_keep():
    """Else a test that greps for them would prove nothing."""
    for row in program.manifest():
        with open(row.capture, "rb") as capture:
            content = capture.read()
        if any(word.encode() in content for word in program.CANARIES):
            return
    raise AssertionError("no recording of the manifest has a canary in it")


def main():
    schema = validator()
    secrets = the_recordings_hold_secrets_to_keep
    return checks.run([
        (checks.sentence(secrets), secrets),
        *((row.name, test_of(row, schema)) for row in program.manifest()),
    ])


if __name__ == "__main__":
    sys.exit(main())
