#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# coverage - which share of each room's lines the tests have run.
#
#	BUILD=build/coverage sh tests/coverage.sh
#
# Fails when dissectors/ is below 95 % or the whole below 85 %.  A file that no
# test links counts with all its lines, as not run.

set -eu
build=${BUILD:-build/coverage}

# shellcheck disable=SC2046 # file names here have no blanks
gcov -n $(find "$build/sensor" "$build/dissectors" "$build/output" \
	-name '*.gcno') 2>/dev/null | awk '
	/^File / { file = substr($2, 2, length($2) - 2) }
	/^Lines executed:/ && file ~ /^(sensor|dissectors|output)\/.*\.c$/ {
		split($2, part, /[:%]/)
		room = file
		sub(/\/.*/, "", room)
		lines[room] += $4
		run[room] += part[2] * $4 / 100
		printf "  %6.2f %%  %5d lines  %s\n", part[2], $4, file
	}
	/^Lines executed:/ { file = "" }
	END {
		for (room in lines) {
			all += lines[room]
			all_run += run[room]
			printf "coverage: %s %.1f %% of %d lines\n", room, \
				100 * run[room] / lines[room], lines[room]
		}
		if (!all) {
			print "coverage: nothing was measured"
			exit 1
		}
		whole = 100 * all_run / all
		pure = 100 * run["dissectors"] / (lines["dissectors"] + !lines["dissectors"])
		printf "coverage: whole %.1f %% of %d lines", whole, all
		print " (wanted: dissectors 95 %, whole 85 %)"
		exit pure < 95 || whole < 85
	}'
