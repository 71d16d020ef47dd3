#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_ids - every case of the catalogue of dialogs has a test of its name.
#
# P are dialogs that must be found, N what must not be taken for one.  A case is
# written as `# P01 ...` in tests/dialogs, or named p01 in a test of frames.
# Not asked for: P59, which comes with what finds it.

set -u

# ids LETTER FIRST LAST
ids() {
	seq -f "$1%02g" "$2" "$3"
}

missing=
for id in $(ids P 1 58) $(ids P 60 68) $(ids N 1 43); do
	grep -qE "^# $id([a-z]?[ ,]|$)" tests/dialogs/*.dialog ||
		grep -qiE "\b$id(_|\")" tests/sensor/*.c ||
		missing="$missing $id"
done
if [ -z "$missing" ]; then
	echo 'ok every case of the catalogue has a test'
else
	echo "not ok every case of the catalogue has a test - not$missing"
	exit 1
fi
