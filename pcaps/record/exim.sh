#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# exim - plain, STARTTLS, and AUTH in the clear by both of its usual ways.
set -eu
ROOTS_NEEDED='exim many'
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

begin
certificate mx.exim.example
start_exim

record exim-plain-26.pcap
swaks 10.20.0.11 26 desk1.stray.example
recorded

record exim-starttls-8465.pcap
client python3 /run/record/deliver.py 10.20.0.11 8465 --starttls
recorded

record exim-auth-login-1026.pcap
client python3 /run/record/deliver.py 10.20.0.11 1026 --auth LOGIN
recorded

record exim-auth-plain-1026.pcap
client python3 /run/record/deliver.py 10.20.0.11 1026 --auth PLAIN
recorded
