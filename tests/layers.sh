#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# layers - the architecture, as greps.
#
# Run from the top of the tree.  Says what breaks which rule, and ends in one
# line for the test runner.
# shellcheck disable=SC2046 # file names here have no blanks

status=0

# never PATTERN WHY FILE...: PATTERN must not occur in FILE...
never() {
	pattern=$1 why=$2
	shift 2
	if grep -nE "$pattern" "$@" /dev/null; then
		echo "layers: $why" >&2
		status=1
	fi
}

# files ROOM...: every source below it, sub-folders too
files() {
	find "$@" -name '*.[ch]'
}

# only PATTERN OWNER: of all sources, only OWNER may match PATTERN
only() {
	pattern=$1 owner=$2
	if grep -lE "$pattern" $(files sensor dissectors output) |
	    grep -vE "$owner"; then
		echo "layers: only $owner may say $pattern" >&2
		status=1
	fi
}

never '#include "(sensor|output)/' 'dissectors/ knows nobody' $(files dissectors)
never '#include "(sensor|dissectors)/' 'output/ knows nobody' $(files output)
never '#include "(sensor|dissectors|output)/' 'tests/support/ knows no room' \
	$(files tests/support)

# One foreign library, one file.
only '<pcap' 'sensor/capture/(port|file|filter)\.c'
only '<zlib' 'sensor/capture/gzip\.c'
only '<xxhash' 'sensor/(capture/digest|decode/fragment|flow/flow_(key|table))\.c|output/ledger\.c'
only '<ini\.h' 'sensor/config[a-z_]*\.c'
only '<hiredis' 'output/redis/client\.c'
only '<jansson' 'output/event(_read|_stranger|_diagnostic)?\.c|output/event_parts\.h'
only 'dissectors/ndpi_release\.h"' 'dissectors/ndpi(_release)?\.c'
only '<ndpi' 'dissectors/ndpi_release\.h'

only '(\.|->)at_\b' 'dissectors/slice\.[ch]'
only '\b(exit|abort)\(' 'sensor/main\.c'
only '\b(time|clock_gettime|gettimeofday)\(' 'output/clock\.c'
only '\bclock_ns\(' \
	'output/clock\.[ch]|sensor/(capture/live|main|run)\.c|output/(publisher|log|redis/client|registry/.*|web/.*)\.c'

never '\b(strcpy|strcat|sprintf|strncpy|strtok|atoi|gets|alloca|sscanf)\(' \
	'banned call' $(files sensor dissectors output)
never '\b(malloc|calloc|realloc|strdup)\(' 'dissectors/ does not allocate' \
	$(files dissectors | grep -v ndpi)

# A file that no longer fits in the head is two files; a table may be longer.
for f in $(files sensor dissectors output); do
	[ "$(wc -l <"$f")" -le 400 ] || grep -q '^/\* table: ' "$f" || {
		echo "layers: $f is over 400 lines" >&2
		status=1
	}
done

# The licence is one line, and the first (the second, under a #! line).
for f in $(files sensor dissectors output tests) \
    $(find tests pcaps .ci .githooks -name '*.sh' -o -name '*.py'); do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
		echo "layers: $f does not begin with its SPDX line" >&2
		status=1
	}
done

if [ "$status" -eq 0 ]; then
	echo 'ok the arrows between the rooms point one way'
else
	echo 'not ok the arrows between the rooms point one way - see above'
fi
exit $status
