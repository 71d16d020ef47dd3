#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fuzz - replays the seeds of each fuzzer, then lets it look further.
#
#	BUILD=build/fuzz-clang sh tests/fuzz.sh SECONDS FUZZER...
#
# With FUZZ_RUNS it looks at so many inputs, however long that takes; FUZZ_LEN
# is how long they may become, and the same FUZZ_SEED tries the same changes.
# Seeds are tests/fuzz/corpus/NAME/ (NAME without `fuzz_`), words to try are in
# tests/fuzz/words.dict; what a fuzzer finds of interest is kept below BUILD for
# the next time.  A finding leaves its input there too, and its name is printed.

set -eu
build=${BUILD:-build/fuzz-clang}
seconds=$1
shift

# bound NAME: how long that fuzzer looks.  A worker is made anew for each input, of
# which a twentieth take as long as all of the others.
bound() {
	if [ -z "${FUZZ_RUNS-}" ]; then
		echo "-max_total_time=$seconds"
	elif [ "$1" = worker ]; then
		echo "-runs=$((FUZZ_RUNS / 20))"
	else
		echo "-runs=$FUZZ_RUNS"
	fi
}

[ "$#" -gt 0 ] || echo 'SKIPPED: there are no fuzzers in tests/fuzz'

# stat NAME LOG: one of libFuzzer's final figures
stat() {
	sed -n "s/^stat::$1: *//p" "$2"
}

for fuzzer in "$@"; do
	name=${fuzzer##*/fuzz_}
	found=$build/found/$name
	mkdir -p "$found"
	"$fuzzer" "$(bound "$name")" -seed="${FUZZ_SEED:-0}" -max_len="${FUZZ_LEN:-2048}" -timeout=10 \
		-rss_limit_mb=1024 -use_value_profile=1 \
		-dict=tests/fuzz/words.dict -verbosity=0 -print_final_stats=1 \
		-artifact_prefix="$found/" "$found" "tests/fuzz/corpus/$name" \
		>"$found.log" 2>&1 || {
		cat "$found.log"
		echo "fuzz: $name has a finding"
		exit 1
	}
	sed -n "s/^SKIPPED: /  SKIPPED fuzz_$name: /p" "$found.log"
	echo "  FUZZ    $name: $(stat number_of_executed_units "$found.log")" \
		"inputs, $(stat average_exec_per_sec "$found.log") a second," \
		"$(stat new_units_added "$found.log") new, nothing found"
done
