#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# all - records every capture of pcaps/ anew, or those of the scripts named.
#
# Needs root, Debian 12, and from Debian: debootstrap iproute2 ethtool tcpdump
# openssl procps python3, and npm for Node's mail server.  The first run makes the
# servers' trees (roots.sh), which takes minutes; later ones take two.  What the
# captures must show is in ../MANIFEST: look there when one was recorded anew.
#
# Usage: all.sh [NAME ...]	for example: all.sh postfix mixed
set -eu

here=$(cd "$(dirname "$0")" && pwd)
PCAPS=${PCAPS:-$(dirname "$here")}

# missing_tools: the commands that this machine lacks
missing_tools() {
	for tool in debootstrap ip ethtool tcpdump openssl sysctl \
		python3 npm unshare; do
		command -v "$tool" >/dev/null || printf ' %s' "$tool"
	done
}

# nothing_personal: no capture tells which kernel this machine runs
nothing_personal() {
	if grep -aFl "$(uname -r)" "$PCAPS"/*.pcap "$PCAPS"/*.pcapng; then
		echo 'all: the captures above tell the kernel of this machine' >&2
		return 1
	fi
}

if [ "$(id -u)" -ne 0 ]; then
	echo 'all: network namespaces need root' >&2
	exit 2
fi
missing=$(missing_tools)
if [ -n "$missing" ]; then
	echo "all: not installed:$missing" >&2
	exit 2
fi

[ $# -gt 0 ] || set -- postfix exim sendmail opensmtpd aiosmtpd node dovecot \
	lookalikes shapes mixed
for name; do
	"$here/$name.sh"
done
nothing_personal
