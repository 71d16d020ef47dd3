#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shapes - the same plain dialog in every wrapping that a capture can have: a
# VLAN's tag, Linux cooked (both versions), pcapng, compressed, and cut off.
set -eu
ROOTS_NEEDED=many
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

deliver() {
	client python3 /run/record/deliver.py 10.20.0.14 8025
}

# into_switch HOST MAC: a cable from that host to a switch's port of the same name
into_switch() {
	ip -n "$1" link add wire address "$2" type veth peer name "$1" netns switch
	on switch ethtool -K "$1" gro off gso off tso off tx off rx off >/dev/null 2>&1
	plain_wire "$1"
	ip -n switch link set "$1" up
	ip -n "$1" link set wire up
}

# A trunk between two ends of a switch takes the place of the cable.
begin_trunk() {
	ip netns add switch
	on switch sysctl -q -w net.ipv6.conf.default.disable_ipv6=1
	ip -n server link delete wire
	into_switch server 02:00:00:00:00:01
	into_switch client 02:00:00:00:00:02
	addresses server 10.20.0.14/16
	addresses client 10.20.1.1/16
	ip -n switch link add left address 02:00:00:00:00:03 type veth \
		peer name right address 02:00:00:00:00:04
	ip -n switch link set left up
	ip -n switch link set right up
	ip netns exec switch python3 "$here/trunk.py" server left 42 &
	ip netns exec switch python3 "$here/trunk.py" client right 42 &
	sleep 1
}

begin
start_aiosmtpd 10.20.0.14 8025

record shape-sll-8025.pcap -i any -y LINUX_SLL tcp
deliver
recorded

record shape-sll2-8025.pcap -i any -y LINUX_SLL2 tcp
deliver
recorded

record shape-plain-8025.pcap
deliver
recorded

python3 "$here/pcapng.py" "$PCAPS/shape-plain-8025.pcap" "$PCAPS/shape-8025.pcapng"
gzip -9n <"$PCAPS/shape-plain-8025.pcap" >"$PCAPS/shape-8025.pcap.gz"
# Cut inside the last packet, which only acknowledges the end of the dialog.
head -c -40 "$PCAPS/shape-plain-8025.pcap" >"$PCAPS/shape-truncated-8025.pcap"
rm "$PCAPS/shape-plain-8025.pcap"

begin_trunk
record_on switch shape-vlan-8025.pcap -i left
deliver
recorded
