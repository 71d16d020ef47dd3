#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fuzz - replays the seeds of each fuzzer, then lets it look further.
#
#	BUILD=build/fuzz-clang sh tests/fuzz.sh SECONDS FUZZER...
#
# Seeds are tests/fuzz/corpus/NAME/ (NAME without `fuzz_`) where there are any;
# what a fuzzer finds of interest is kept below BUILD for the next time.  A
# finding leaves its input there too, and its name is printed.

set -eu
build=${BUILD:-build/fuzz-clang}
seconds=$1
shift

[ "$#" -gt 0 ] || echo 'SKIPPED: there are no fuzzers in tests/fuzz'

for fuzzer in "$@"; do
	name=${fuzzer##*/fuzz_}
	seeds=tests/fuzz/corpus/$name
	found=$build/found/$name
	mkdir -p "$found"
	[ -d "$seeds" ] || seeds=
	# shellcheck disable=SC2086 # no seeds, no word
	"$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
		-verbosity=0 -print_final_stats=1 \
		-artifact_prefix="$found/" "$found" $seeds >"$found.log" 2>&1 || {
		cat "$found.log"
		echo "fuzz: $name has a finding"
		exit 1
	}
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")
	echo "  FUZZ    $name: $runs inputs, nothing found"
done
