#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# postfix - plain, STARTTLS, several messages, scans, IPv6, a late start of the
# capture, standard ports, and another mail server as its client.
set -eu
ROOTS_NEEDED='postfix exim many'
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

# late_dialog: has pauses, so that a capture can begin after its EHLO
late_dialog() {
	cat <<-END
		EHLO outside1.example
		@wait 3
		MAIL FROM:<canary-from@outside1.example>
		RCPT TO:<canary-to@stray.example>
		DATA
		Subject: CANARY-SUBJECT

		CANARY-BODY: joined in the middle.
		.
		QUIT
	END
}

begin
certificate mx.postfix.example
start_postfix
client_is 203.0.113.7

record postfix-plain-2525.pcap
swaks 10.20.0.10 2525 outside1.example
recorded

record postfix-starttls-5587.pcap
swaks 10.20.0.10 5587 outside1.example --tls
recorded

record postfix-25.pcap
swaks 10.20.0.10 25 outside1.example
recorded

record postfix-starttls-587.pcap
swaks 10.20.0.10 587 outside1.example --tls
recorded

record postfix-multi-26025.pcap
client python3 /run/record/deliver.py 10.20.0.10 26025 --messages 3
recorded

record postfix-banner-26025.pcap
client python3 /run/record/talk.py 10.20.0.10 26025 </dev/null
recorded

# Three strangers: a browser, a TLS client, and somebody who only knows HELO.
printf 'GET / HTTP/1.1\nHost: 10.20.0.10:26025\n\n' >"$LAB/lines"
record postfix-http-26025.pcap
client python3 /run/record/talk.py 10.20.0.10 26025 <"$LAB/lines"
recorded

record postfix-tls-26025.pcap
client timeout 5 openssl s_client -connect 10.20.0.10:26025 </dev/null
recorded

printf 'HELO outside1.example\nQUIT\n' >"$LAB/lines"
record postfix-helo-2525.pcap
client python3 /run/record/talk.py 10.20.0.10 2525 <"$LAB/lines"
recorded

record postfix-reject-5542.pcap
client python3 /run/record/talk.py 10.20.0.10 5542 <"$LAB/lines"
recorded

record postfix-v6-2525.pcap
client python3 /run/record/deliver.py fd20::10 2525
recorded

late_dialog >"$LAB/late"
client python3 /run/record/talk.py 10.20.0.10 2525 <"$LAB/late" &
talker=$!
sleep 2
record postfix-midstream-2525.pcap
wait "$talker"
recorded

# Exim sends here: its pipelining and BDAT are what real relays do.
cp "$conf/exim-client.conf" "$ROOTS/exim/etc/exim4/exim4.conf"
dress exim
record postfix-relay-10026.pcap
printf 'Subject: CANARY-SUBJECT\n\nCANARY-BODY\n' |
	on client chroot "$ROOTS/exim" exim4 -odi -f canary-from@relay.exim.example \
		canary-to@stray.example
recorded
