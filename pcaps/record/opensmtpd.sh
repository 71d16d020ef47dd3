#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# opensmtpd - plain, and STARTTLS that is accepted and then fails.
set -eu
ROOTS_NEEDED='opensmtpd many'
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

begin
certificate mx.opensmtpd.example
start_opensmtpd

record opensmtpd-plain-10025.pcap
client curl -s --mail-from canary-from@desk1.stray.example \
	--mail-rcpt canary-to@stray.example -T /run/record/conf/message.txt \
	smtp://10.20.0.13:10025/desk1.stray.example
recorded

# This OpenSMTPD keeps its key in a process of its own, which cannot sign under
# OpenSSL 3: it says yes to STARTTLS, and then the handshake fails.
record opensmtpd-starttls-fails-2587.pcap
client curl -s -k --ssl-reqd --mail-from canary-from@desk1.stray.example \
	--mail-rcpt canary-to@stray.example -T /run/record/conf/message.txt \
	smtp://10.20.0.13:2587/desk1.stray.example
recorded
