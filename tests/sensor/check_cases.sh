#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_cases - every case of the catalogue of packets has a test of its name.
#
# TCP are segments, IP is what carries them, CAP what a capture makes of both.  A
# case is called tcp_01_..., ip_01_..., cap_01_... there.

set -u

# ids LETTERS LAST
ids() {
	seq -f "$1_%02g" 1 "$2"
}

# tested ID: some test is called that
tested() {
	grep -rqE "\b$1_[a-z]" tests/sensor tests/integration \
		--include='test_*.c' --include='test_*.py'
}

missing=''
for id in $(ids tcp 62) $(ids ip 20) $(ids cap 12); do
	tested "$id" || missing="$missing $id"
done
name='every case of the catalogue of packets has a test'
if [ -n "$missing" ]; then
	echo "not ok $name - not$missing"
else
	echo "ok $name"
	exit 0
fi
exit 1
