#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# demo - the recordings in pcaps/ go in, stray mail servers come out in Redis.
#
#	sh tests/demo.sh PROGRAM | --stop
#
# Redis is a process of the demo's own on a unix socket below build/demo; it
# stays up, so that one can look into it, until `make demo-stop`.  A second run
# finds it there and changes no count.

set -eu

folder=build/demo
socket=$folder/redis
config=$folder/straymail.conf

redis() {
	redis-cli -s "$socket" "$@"
}

is_up() {
	[ -S "$socket" ] && redis ping >/dev/null 2>&1
}

start() {
	whole=$PWD/$folder
	# The kernel takes no longer path for a socket.
	if [ "${#whole}" -gt 96 ]; then
		echo "demo: too long a path for a socket: $PWD/$socket" >&2
		exit 1
	fi
	build/redis-server --port 0 --unixsocket "$PWD/$socket" \
		--daemonize yes --save '' --appendonly no --dir "$whole" \
		--logfile "$whole/redis.log" >/dev/null
	tries=0
	until is_up; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ]; then
			echo "demo: redis-server does not answer; see $folder/redis.log" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# run COMMAND...: shows the command, then runs it
run() {
	printf '\n$ %s\n' "$*"
	"$@"
}

# as_root: what to say before a command that needs rights
as_root() {
	[ "$(id -u)" -eq 0 ] || echo 'sudo '
}

if [ "$1" = --stop ]; then
	if is_up; then
		redis shutdown nosave
		echo "the demo's Redis is gone"
	fi
	exit 0
fi

program=$1
mkdir -p "$folder"
printf '[redis]\nurl=unix://%s\n' "$PWD/$socket" >"$config"
is_up || start

echo 'The recordings in pcaps/, read as any capture would be (one of them is cut'
echo 'short on purpose, and straymail says so):'
status=0
run "$program" read -c "$config" --format table pcaps || status=$?
case $status in
0 | 3) ;; # 3: one was read only in part
*) exit "$status" ;;
esac

printf '\nThe same servers, as Redis knows them now:\n'
run "$program" list -c "$config" --format table

server=$(redis zrevrange '{straymail}:v1:risk' 0 0)
# Where this machine's traffic goes out; without a route, its loopback.
interface=$(awk '$2 == "00000000" { print $1; exit }' /proc/net/route)
cat <<EOF

To look further, from this folder:
  $program show -c $config '${server#default/}'
  $program list -c $config --format csv
  $program read --format json pcaps/postfix-plain-2525.pcap
  redis-cli -s $socket hgetall '{straymail}:v1:server:$server'
  redis-cli -s $socket xrevrange '{straymail}:v1:events' + - count 3
  redis-cli -s $socket zrevrange '{straymail}:v1:risk' 0 -1 withscores
  $(as_root)$program watch -c $config -i ${interface:-lo}

This Redis is the demo's own and stays up; \`make demo-stop\` ends it.
EOF
