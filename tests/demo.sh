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

folder=$PWD/build/demo
socket=$folder/redis.sock
url=unix://$socket

redis() {
	redis-cli -s "$socket" "$@"
}

is_up() {
	[ -S "$socket" ] && redis ping >/dev/null 2>&1
}

start() {
	# The kernel takes no longer path for a socket.
	if [ "${#socket}" -gt 107 ]; then
		echo "demo: too long a path for a socket: $socket" >&2
		exit 1
	fi
	mkdir -p "$folder"
	build/redis-server --port 0 --unixsocket "$socket" --daemonize yes \
		--save '' --appendonly no --dir "$folder" \
		--logfile "$folder/redis.log" >/dev/null
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

if [ "$1" = --stop ]; then
	if is_up; then
		redis shutdown nosave
		echo "the demo's Redis is gone"
	fi
	exit 0
fi

program=$1
is_up || start

echo "The recordings in pcaps/, read as any capture would be:"
status=0
run "$program" read --format table -o "redis.url=$url" pcaps || status=$?
case $status in
0 | 3) ;; # 3: some of the recordings are cut short on purpose
*) exit "$status" ;;
esac

printf '\nThe same servers, as Redis knows them now:\n'
run "$program" list --format table -o "redis.url=$url"

server=$(redis zrevrange '{straymail}:v1:risk' 0 0)
cat <<EOF

To look further:
  $program show -o redis.url=$url '${server#default/}'
  $program read --format json pcaps | head -n 1
  redis-cli -s $socket hgetall '{straymail}:v1:server:$server'
  redis-cli -s $socket xrevrange '{straymail}:v1:events' + - count 3
  redis-cli -s $socket zrevrange '{straymail}:v1:risk' 0 -1 withscores
  sudo $program watch -i eth0 -o redis.url=$url

This Redis is the demo's own and stays up; \`make demo-stop\` ends it.
EOF
