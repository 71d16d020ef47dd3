#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sendmail - plain and STARTTLS.
set -eu
ROOTS_NEEDED='sendmail many'
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

begin
certificate mx.sendmail.example
start_sendmail
client_is 203.0.113.8

record sendmail-plain-2526.pcap
swaks 10.20.0.12 2526 outside2.example
recorded

record sendmail-starttls-4025.pcap
swaks 10.20.0.12 4025 outside2.example --tls
recorded
