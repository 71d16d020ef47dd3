# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# lab - two network namespaces, one cable, and a tcpdump on it.
#
# Sourced by every recording script; nothing here is run by itself.  The script
# is run again inside private mount, host name and process namespaces, and the
# network namespaces' names live in a /run of their own: when the script ends,
# however it ends, its servers, namespaces and scratch files go with it, and the
# machine's own network, services and host name were never touched.
#
# Names are under .example.  Inside hosts are in 10.20.0.0/16 and fd20::/64, the
# ones that stand for the outside in 203.0.113.0/24 (RFC 5737).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
ROOTS=${ROOTS:-/var/tmp/straymail-record}
PCAPS=${PCAPS:-$(dirname "$here")}

if [ "${STRAYMAIL_LAB:-}" != inside ]; then
	# shellcheck disable=SC2086 # a list of words
	"$here/roots.sh" ${ROOTS_NEEDED:-}
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
		STRAYMAIL_LAB=inside ROOTS="$ROOTS" PCAPS="$PCAPS" \
		unshare --mount --uts --pid --fork --kill-child --mount-proc "$0" "$@"
fi

LAB=/run/lab
LOG=$ROOTS/log/$(basename "$0" .sh) # .server and .client: what they said
trap 'exit 130' INT TERM

# --- the two hosts and the cable ----------------------------------------------

# on HOST COMMAND...: runs it in that host's network
on() {
	host=$1
	shift
	ip netns exec "$host" "$@"
}

# addresses HOST ADDRESS...: gives the host these addresses on the cable
addresses() {
	host=$1
	shift
	for address; do
		case $address in
		*:*) ip -n "$host" address add "$address" dev wire nodad ;;
		*) ip -n "$host" address add "$address" dev wire ;;
		esac
	done
}

# plain_wire HOST: frames as a wire carries them, and none that nobody asked for
plain_wire() {
	on "$1" sysctl -q -w net.ipv6.conf.all.accept_ra=0 \
		net.ipv6.conf.wire.addr_gen_mode=1 net.ipv6.conf.wire.router_solicitations=0
	on "$1" ethtool -K wire gro off gso off tso off tx off rx off >/dev/null 2>&1
}

# begin: the namespaces, the veth pair between them, and names for everyone
begin() {
	mount -t tmpfs -o mode=0755 lab /run
	mkdir -p "$LAB" /run/netns
	chmod 1777 "$LAB"
	mkdir -p "$ROOTS/log"
	rm -f "$LOG.server" "$LOG.client"
	hostname lab.stray.example
	write_hosts >"$LAB/hosts"
	: >"$LAB/resolv.conf"
	ip netns add server
	ip netns add client
	ip -n server link add wire address 02:00:00:00:00:01 type veth \
		peer name wire address 02:00:00:00:00:02 netns client
	for host in server client; do
		ip -n "$host" link set lo up
		plain_wire "$host"
		ip -n "$host" link set wire up
	done
	addresses server 10.20.0.10/16 10.20.0.11/16 10.20.0.12/16 10.20.0.13/16 \
		10.20.0.14/16 10.20.0.15/16 10.20.0.16/16 10.20.0.17/16 \
		10.20.0.18/16 203.0.113.80/24 fd20::10/64
	addresses client 10.20.1.1/16 10.20.1.2/16 203.0.113.7/24 203.0.113.8/24 \
		fd20::1:1/64
	client_is 10.20.1.1
	dress many
}

write_hosts() {
	cat <<-END
		127.0.0.1 localhost
		::1 localhost
		10.20.0.10 mx.postfix.example
		10.20.0.11 mx.exim.example
		10.20.0.12 mx.sendmail.example
		10.20.0.13 mx.opensmtpd.example
		10.20.0.14 mx.python.example
		10.20.0.15 mx.node.example
		10.20.0.16 mx.dovecot.example
		10.20.0.17 files.stray.example
		10.20.0.18 www.stray.example
		10.20.1.1 desk1.stray.example
		10.20.1.2 desk2.stray.example
		203.0.113.7 outside1.example
		203.0.113.8 outside2.example
		203.0.113.80 drop.outside.example
		fd20::10 mx6.postfix.example
		fd20::1:1 desk6.stray.example
		127.0.1.1 lab.stray.example lab
	END
}

# client_is ADDRESS: from now on clients come from there (IPv4)
client_is() {
	ip -n client route replace 10.20.0.0/16 dev wire src "$1"
	ip -n client route replace 203.0.113.0/24 dev wire src "$1"
	ip -n server route replace 203.0.113.0/24 dev wire
}

# --- running things ------------------------------------------------------------

# dress ROOT: gives a tree what a running program needs to see of the lab
dress() {
	[ ! -e "$ROOTS/$1/proc/self" ] || return 0
	mount -t proc proc "$ROOTS/$1/proc"
	mount --bind /dev "$ROOTS/$1/dev"
	mount -t tmpfs -o mode=0755 run "$ROOTS/$1/run"
	mkdir -p "$ROOTS/$1/run/lab" "$ROOTS/$1/run/record" "$ROOTS/$1/run/lock"
	mount --bind "$LAB" "$ROOTS/$1/run/lab"
	mount --bind -o ro "$here" "$ROOTS/$1/run/record"
	touch "$ROOTS/$1/etc/hosts" "$ROOTS/$1/etc/resolv.conf"
	mount --bind "$LAB/hosts" "$ROOTS/$1/etc/hosts"
	mount --bind "$LAB/resolv.conf" "$ROOTS/$1/etc/resolv.conf"
}

# serve ROOT COMMAND...: runs a server of that tree, to the script's end
serve() {
	root=$1
	shift
	dress "$root"
	on server chroot "$ROOTS/$root" "$@" >>"$LOG.server" 2>&1 &
}

# client COMMAND...: runs a client; how it fares is for the capture to show
client() {
	on client timeout 30 chroot "$ROOTS/many" "$@" >>"$LOG.client" 2>&1 ||
		echo "client: '$*' gave $?" >>"$LOG.client"
}

# swaks ADDRESS PORT NAME [OPTION...]: one message, from a client of that name
swaks() {
	address=$1 port=$2 helo=$3
	shift 3
	client swaks --config /run/record/conf/swaksrc --server "$address" \
		--port "$port" --helo "$helo" "$@"
}

# await ADDRESS PORT: until something listens there; 10 seconds at most
await() {
	tries=0
	until on server ss -Htln "src $1 and sport = :$2" | grep -q LISTEN; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ]; then
			echo "lab: nothing listens on $1 port $2; its log:" >&2
			cat "$LOG.server" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# certificate NAME: $LAB/key.pem and $LAB/cert.pem, self-made
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-nodes -days 3650 -subj "/CN=$1" \
		-keyout "$LAB/key.pem" -out "$LAB/cert.pem" 2>/dev/null
	chmod 0644 "$LAB/key.pem"
}

# --- recording -------------------------------------------------------------------

# record NAME [TCPDUMP-ARGUMENT...]: begins $PCAPS/NAME, of TCP on the cable
record() {
	recording=$1
	shift
	[ $# -gt 0 ] || set -- -i wire tcp
	record_on server "$recording" "$@"
}

# record_on HOST NAME TCPDUMP-ARGUMENT...: the same elsewhere
record_on() {
	host=$1 recording=$2
	shift 2
	: >"$LAB/tcpdump.log"
	ip netns exec "$host" tcpdump -Z root -U -n -w "$LAB/now.pcap" "$@" 2>"$LAB/tcpdump.log" &
	tcpdump_pid=$!
	until grep -q 'listening on' "$LAB/tcpdump.log"; do
		kill -0 "$tcpdump_pid"
		sleep 0.05
	done
}

# recorded: ends it, once the last packets have had time to arrive
recorded() {
	sleep 1
	kill -TERM "$tcpdump_pid"
	wait "$tcpdump_pid" || :
	if grep -q '[1-9][0-9]* packets dropped by kernel' "$LAB/tcpdump.log"; then
		echo "lab: $recording has holes; record it again" >&2
		exit 1
	fi
	cp "$LAB/now.pcap" "$PCAPS/$recording"
	echo "$recording: $(tcpdump -r "$LAB/now.pcap" 2>/dev/null | wc -l) packets"
}
