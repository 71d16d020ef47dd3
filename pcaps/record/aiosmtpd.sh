#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# aiosmtpd - Python's mail server: plain, STARTTLS, and on the port of HTTPS
# outside, where an internal client drops its mail.
set -eu
ROOTS_NEEDED=many
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

begin
certificate mx.python.example
start_aiosmtpd 10.20.0.14 8025
start_aiosmtpd 10.20.0.14 1588 --tlscert /run/lab/cert.pem \
	--tlskey /run/lab/key.pem --no-requiretls
start_aiosmtpd 203.0.113.80 443

record aiosmtpd-plain-8025.pcap
client python3 /run/record/deliver.py 10.20.0.14 8025
recorded

record aiosmtpd-starttls-1588.pcap
client python3 /run/record/deliver.py 10.20.0.14 1588 --starttls
recorded

client_is 10.20.1.2
record aiosmtpd-outside-443.pcap
client python3 /run/record/deliver.py 203.0.113.80 443 --messages 2
recorded
