#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run - runs test programs one by one, and counts.
#
#	BUILD=build/plain sh tests/run.sh PROGRAM|SCRIPT...
#
# Two kinds are understood: cmocka programs, and scripts that print a line
# `ok NAME`, `not ok NAME - WHY` or `skip NAME - WHY` for each test.  A program
# that fails shows its whole log.  One that exits badly without naming a failed
# test, and one that ran no test at all, count as a failed test themselves.
# Skipped tests are named once more at the end, because nobody reads the middle.
# The last line is `N passed, N failed, N skipped`.

set -u

build=${BUILD:-build/plain}
python=${PYTHON:-python3}
seconds=${TEST_SECONDS:-300}
logs=$build/logs
mkdir -p "$logs"

export BUILD="$build"
export CMOCKA_MESSAGE_OUTPUT=stdout
export UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1:halt_on_error=1}"
export TSAN_OPTIONS="${TSAN_OPTIONS-halt_on_error=1:second_deadlock_stack=1}"

# Sanitizers of this age cannot bear the address randomisation of new kernels.
steady=
if [ -n "${SAN-}" ] && setarch -R true 2>/dev/null; then
	steady='setarch -R'
fi

# command_of FILE: the words that run it
command_of() {
	case $1 in
	*.py) echo "$python -B $1" ;;
	*.sh) echo "sh $1" ;;
	/*) echo "$1" ;;
	*) echo "./$1" ;;
	esac
}

# counts_of LOG STATUS: passed, failed and skipped, from either kind of log
counts_of() {
	awk -v status="$2" '
	function number() {
		match($0, /[0-9]+ test\(s\)/)
		return substr($0, RSTART, RLENGTH) + 0
	}
	/^\[       OK \] / || /^ok / { passed++ }
	/^\[  FAILED  \] .*[0-9]+ test\(s\), listed/ { failed += number() }
	/^not ok / { failed++ }
	/^\[  SKIPPED \] .*[0-9]+ test\(s\), listed/ { skipped += number() }
	/^skip / { skipped++ }
	END {
		if (!failed && (status != 0 || passed + skipped == 0))
			failed = 1
		print passed + 0, failed + 0, skipped + 0
	}' "$1"
}

# skips_of LOG PROGRAM: one line a skipped test (cmocka names each twice)
skips_of() {
	sed -n -e 's/^skip //p' \
		-e '/test(s), listed/d' -e 's/^\[  SKIPPED \] //p' "$1" | sort -u |
		sed "s|^|  SKIPPED $2: |"
}

all_passed=0 all_failed=0 all_skipped=0
: >"$logs/skips"

for program in "$@"; do
	name=${program#"$build"/}
	log=$logs/$(echo "$name" | tr / .).log
	# shellcheck disable=SC2046,SC2086 # lists of words
	timeout -k 10 "$seconds" $steady $(command_of "$program") \
		>"$log" 2>&1 </dev/null
	status=$?
	[ "$status" -ne 124 ] || echo "run: over $seconds seconds" >>"$log"
	# shellcheck disable=SC2046 # three numbers
	set -- $(counts_of "$log" "$status")
	[ "$2" -eq 0 ] || {
		cat "$log"
		echo "run: $program ended with status $status"
	}
	skips_of "$log" "$name" >>"$logs/skips"
	printf '  TEST    %-44s %s passed, %s failed, %s skipped\n' \
		"$name" "$1" "$2" "$3"
	all_passed=$((all_passed + $1))
	all_failed=$((all_failed + $2))
	all_skipped=$((all_skipped + $3))
done

cat "$logs/skips"
echo "$all_passed passed, $all_failed failed, $all_skipped skipped" |
	tee "$logs/count"
[ "$all_failed" -eq 0 ]
