#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_schema - holds events to output/event.schema.json.
#
#	BUILD=build/plain sh tests/output/check_schema.sh [FILE.ndjson ...]
#
# Without a file: the events that test_event makes, of every shape.  Prints
# "ok NAME", "not ok NAME - WHY" or "skip NAME - WHY" for each file; exit 1 if
# one failed.  An event with a field too much, too little or of another kind
# must be refused first, or the validator proves nothing.
set -u

build=${BUILD:-build/plain}
python=${PYTHON:-python3}

if ! "$python" -c 'import jsonschema' 2>/dev/null; then
	echo "skip events_keep_to_their_schema - no python3-jsonschema here"
	exit 0
fi

if [ $# -eq 0 ]; then
	made=$(mktemp) || exit 1
	trap 'rm -f "$made"' EXIT
	if ! STRAYMAIL_EVENTS=$made "$build/tests/output/test_event" \
	    >/dev/null 2>&1; then
		echo "not ok events_keep_to_their_schema - test_event failed"
		exit 1
	fi
	set -- "$made"
fi

"$python" -B - "$@" <<'PYTHON'
import copy
import json
import sys

import jsonschema

with open("output/event.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)


def spoiled(event):
    """The event with one thing wrong, in several ways."""
    yield "field_too_much", dict(event, surprise=1)
    yield "field_too_little", {k: v for k, v in event.items() if k != "flow"}
    yield "unknown_action", dict(event, action="gone")
    bad = copy.deepcopy(event)
    bad["smtp"]["greeting"] = "escape \x1b"
    yield "raw_control_byte", bad
    bad = copy.deepcopy(event)
    bad["server"]["flows"] = "3"
    yield "text_for_a_number", bad
    bad = copy.deepcopy(event)
    del bad["server"]["state"]
    yield "totals_without_state", bad


def complaint(line):
    if not line.isascii():
        return "not ASCII"
    try:
        event = json.loads(line)
    except ValueError as error:
        return str(error)
    for error in validator.iter_errors(event):
        return "%s: %s" % ("/".join(map(str, error.absolute_path)), error.message)
    if '"state"' in line:
        for name, bad in spoiled(event):
            if validator.is_valid(bad):
                return "the schema took " + name
    return None


failed = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = file.read().splitlines()
    complaints = [(i + 1, c) for i, c in enumerate(map(complaint, lines)) if c]
    if complaints or not lines:
        number, why = (complaints or [(0, "no events")])[0]
        print("not ok events_keep_to_their_schema - line %d: %s" % (number, why[:300]))
        failed = 1
    else:
        print("ok events_keep_to_their_schema")
        print("# %d events" % len(lines))
sys.exit(failed)
PYTHON
