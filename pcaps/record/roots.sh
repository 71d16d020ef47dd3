#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# roots - small Debian systems to run the recorded servers from.
#
# Mail servers conflict with each other and have no place on the machine that
# records them, so each lives in a tree of its own that debootstrap makes, and
# is only ever run by chroot in network namespaces (lab.sh).  The trees are kept
# between recordings: about 2 GB in ROOTS.  Remove that folder to be rid of them.
#
# Usage: roots.sh [NAME ...]	makes what is missing, all of them by default
set -eu

here=$(cd "$(dirname "$0")" && pwd)
ROOTS=${ROOTS:-/var/tmp/straymail-record}
MIRROR=${MIRROR:-http://deb.debian.org/debian}
export DEBIAN_FRONTEND=noninteractive

# packages_of NAME: what goes into the tree of that name
packages_of() {
	case $1 in
	postfix) echo postfix ;;
	exim) echo exim4-daemon-light ;;
	sendmail) echo sendmail-bin sensible-mda ;;
	opensmtpd) echo opensmtpd ;;
	many) # the others go together; curl, swaks and openssl are the clients
		echo python3-aiosmtpd nodejs \
			dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-managesieved \
			vsftpd nginx-light openssh-server redis-server \
			netcat-openbsd socat swaks curl openssl redis-tools \
			libio-socket-ssl-perl libauthen-sasl-perl procps
		;;
	*)
		echo "roots: no server is called $1" >&2
		exit 2
		;;
	esac
}

# make_base: a bare Debian 12 in which no package starts a service
make_base() {
	[ ! -e "$ROOTS/base.done" ] || return 0
	rm -rf "$ROOTS/base"
	debootstrap --variant=minbase bookworm "$ROOTS/base" "$MIRROR"
	printf '#!/bin/sh\nexit 101\n' >"$ROOTS/base/usr/sbin/policy-rc.d"
	chmod 0755 "$ROOTS/base/usr/sbin/policy-rc.d"
	touch "$ROOTS/base.done"
}

# make_root NAME: a copy of the base with that server's packages
make_root() {
	[ ! -e "$ROOTS/$1.done" ] || return 0
	packages=$(packages_of "$1")
	make_base
	rm -rf "${ROOTS:?}/$1"
	cp -a "$ROOTS/base" "$ROOTS/$1"
	# Some packages look into /proc; what they start ends with the namespace.
	# shellcheck disable=SC2086 # a list of words
	unshare --mount --pid --fork --kill-child --mount-proc="$ROOTS/$1/proc" \
		chroot "$ROOTS/$1" apt-get install \
		-y -q --no-install-recommends $packages
	chroot "$ROOTS/$1" apt-get clean
	[ "$1" != many ] || add_node_packages
	touch "$ROOTS/$1.done"
}

# add_node_packages: Debian lacks smtp-server; the machine's npm fetches it
add_node_packages() {
	mkdir -p "$ROOTS/many/srv/node"
	cp "$here/node/package.json" "$ROOTS/many/srv/node/"
	npm install --prefix "$ROOTS/many/srv/node" --omit=dev --ignore-scripts
}

[ $# -gt 0 ] || set -- postfix exim sendmail opensmtpd many
mkdir -p "$ROOTS"
for name; do
	make_root "$name"
done
