#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# setup - installs what is missing for building, showing, checking or linting.
#
#	sh tests/setup.sh build|demo|check|lint
#
# Debian 12 and its kin.  It says what it installs and why, asks nothing, and
# leaves alone what is there: when nothing is missing it touches no network and
# needs no rights, so a second run works offline.  No service is installed or
# started.  In particular the package redis-server is not wanted: redis-tools
# holds the same program under the name of redis-check-rdb, which becomes the
# server when it is called redis-server (see build/redis-server in Makefile).

set -eu

# What for (each purpose includes those above it), package, why.
packages='
build gcc                 the C compiler
build libc6-dev           the C library to build against
build make                reads the Makefile
build pkg-config          finds the libraries below
build libpcap0.8-dev      packets, from interfaces and capture files
build libndpi-dev         a second opinion on protocols, community ids
build libhiredis-dev      speaks to Redis
build libjansson-dev      writes JSON
build libinih-dev         reads the configuration file
build libxxhash-dev       keyed hash of the flow table
build zlib1g-dev          reads capture files that end in .gz
build uthash-dev          hash tables of the ledger
demo  redis-tools         redis-cli, and a private redis-server (no service)
check libcmocka-dev       unit tests
check python3             tests of the whole program
check python3-jsonschema  holds every event to its schema
check iproute2            network namespaces and a mirror port (ip, tc)
check ethtool             turns the offloads of its interfaces on and off
lint  clang               the other compiler; fuzzers
lint  libclang-rt-14-dev  its sanitizers
lint  clang-format        layout of the code
lint  clang-tidy          naming, size and bugs
lint  shellcheck          scripts
'

say() {
	echo "setup: $*" >&2
}

# wanted PURPOSE: the purposes whose packages it takes, as an ERE
wanted() {
	case $1 in
	build) echo 'build' ;;
	demo) echo 'build|demo' ;;
	check) echo 'build|demo|check' ;;
	lint) echo 'build|demo|check|lint' ;;
	*)
		say 'usage: sh tests/setup.sh build|demo|check|lint'
		return 2
		;;
	esac
}

rows() {
	echo "$packages" | grep -E "^($1) "
}

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# run_as_root COMMAND...: directly, or by sudo where that asks no password
run_as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

apt() {
	run_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		-o Dpkg::Options::=--force-confdef \
		-o Dpkg::Options::=--force-confold "$@"
}

# The lists on the machine may be missing or stale; ask for new ones only then.
install_missing() {
	apt install --no-install-recommends "$@" && return 0
	say 'the package lists may be old: fetching new ones'
	apt update && apt install --no-install-recommends "$@"
}

purpose=${1-}
purposes=$(wanted "$purpose")
case $purpose in
demo | check) again="make run-$purpose" ;;
*) again="make" ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	say 'this is not Debian (no apt-get).  By your own means install:'
	rows "$purposes" | sed 's/^[a-z]* */  /' >&2
	say "then go on with: $again"
	exit 1
fi

missing=
for package in $(rows "$purposes" | awk '{ print $2 }'); do
	installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

say 'missing:'
for package in $missing; do
	rows "$purposes" | grep -E "^[a-z]+ +$package " | sed 's/^[a-z]* */  /' >&2
done

command="apt-get install --no-install-recommends$missing"
if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
	say 'neither root nor sudo without a password.  Have somebody run:'
	echo "  $command" >&2
	exit 1
fi

say "installing: $command"
# shellcheck disable=SC2086 # a list of words
if ! install_missing $missing; then
	say "could not install; what failed stands above.  The command was:"
	echo "  $command" >&2
	exit 1
fi
