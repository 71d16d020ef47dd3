#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_cases - every case of the catalogue of packets has a test of its name.
#
# TCP are segments, IP is what carries them, CAP what a capture makes of both.  A
# case is a function tcp_01_..., ip_01_..., cap_01_... of a test.  What is still
# missing stands below, and that list only gets shorter.

set -u

missing_yet='tcp_07 tcp_08 tcp_09 tcp_30 tcp_31 tcp_36 tcp_37 tcp_42 tcp_43
tcp_45 tcp_62'

# ids LETTERS LAST
ids() {
	seq -f "$1_%02g" 1 "$2"
}

# tested ID: some test is called that
tested() {
	grep -rqE "\b$1_[a-z]" tests/sensor tests/integration \
		--include='test_*.c' --include='test_*.py'
}

missing='' found=''
for id in $(ids tcp 62) $(ids ip 20) $(ids cap 12); do
	case " $(echo "$missing_yet" | tr '\n' ' ') " in
	*" $id "*) ! tested "$id" || found="$found $id" ;;
	*) tested "$id" || missing="$missing $id" ;;
	esac
done
name='every case of the catalogue of packets has a test'
if [ -n "$missing" ]; then
	echo "not ok $name - not$missing"
elif [ -n "$found" ]; then
	echo "not ok $name - no longer missing, take off the list:$found"
else
	echo "ok $name"
	exit 0
fi
exit 1
