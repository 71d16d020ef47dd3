#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# mixed - several servers and clients at once, mail and no mail.
set -eu
ROOTS_NEEDED='postfix exim many'
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

# deliver CLIENT HOST PORT [OPTION...]: in the background
deliver() {
	from=$1
	shift
	client python3 /run/record/deliver.py "$@" --from-ip "$from" &
	clients="$clients $!"
}

# browse URL: likewise
browse() {
	client curl -s "$1" &
	clients="$clients $!"
}

begin
certificate mx.mixed.example
start_postfix
start_exim
start_aiosmtpd 10.20.0.14 8025
start_aiosmtpd 203.0.113.80 443
start_vsftpd 2121
start_nginx
clients=

record mixed.pcap
deliver 10.20.1.1 10.20.0.10 25
deliver 203.0.113.7 10.20.0.10 25 --messages 2
deliver 10.20.1.1 10.20.0.10 587 --starttls
browse http://10.20.0.18:8080/transcript.txt
deliver 203.0.113.7 10.20.0.10 2525 --messages 2
deliver 203.0.113.8 10.20.0.10 2525
deliver 10.20.1.2 10.20.0.10 2525
browse ftp://10.20.0.17:2121/
deliver 10.20.1.1 10.20.0.11 26 --auth PLAIN
deliver 10.20.1.2 10.20.0.11 26 --starttls
deliver 10.20.1.2 10.20.0.14 8025
deliver 10.20.1.2 203.0.113.80 443 --messages 4
deliver 10.20.1.2 203.0.113.80 443
browse http://10.20.0.18:8080/transcript.txt
# shellcheck disable=SC2086 # a list of numbers
wait $clients
recorded
