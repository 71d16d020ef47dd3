#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# dovecot - LMTP, and three that only look like mail transport: IMAP, POP3 and
# ManageSieve, each used as intended and then asked EHLO.
set -eu
ROOTS_NEEDED=many
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

# say PORT LINE...: says the lines there
say() {
	port=$1
	shift
	printf '%s\n' "$@" >"$LAB/lines"
	client python3 /run/record/talk.py 10.20.0.16 "$port" <"$LAB/lines"
}

begin
start_dovecot

record dovecot-lmtp-2003.pcap
client python3 /run/record/deliver.py 10.20.0.16 2003 --lmtp
recorded

record dovecot-imap-143.pcap
client curl -s -u canary-to@stray.example:CANARY-SECRET-1 \
	'imap://10.20.0.16/INBOX;MAILINDEX=1'
say 143 'EHLO desk1.stray.example' 'a LOGOUT'
recorded

record dovecot-pop3-110.pcap
client curl -s -u canary-to@stray.example:CANARY-SECRET-1 pop3://10.20.0.16/1
say 110 'EHLO desk1.stray.example' QUIT
recorded

record dovecot-sieve-4190.pcap
say 4190 CAPABILITY 'EHLO desk1.stray.example' LOGOUT
recorded
