#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# node - the npm packages smtp-server and nodemailer: plain and STARTTLS.
set -eu
ROOTS_NEEDED=many
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

# send PORT: one message by nodemailer, which uses STARTTLS where it is offered
send() {
	client env NODE_PATH=/srv/node/node_modules \
		node /run/record/node/send.js 10.20.0.15 "$1"
}

begin
certificate mx.node.example
start_node

record node-plain-1025.pcap
send 1025
recorded

record node-starttls-3025.pcap
send 3025
recorded
