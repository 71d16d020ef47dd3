#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# lookalikes - servers that are no mail servers: FTP, HTTP, SSH and Redis, an
# echo, a silent port and netcat, each with SMTP in it somewhere.
set -eu
ROOTS_NEEDED=many
. "$(dirname "$0")/lab.sh"
. "$here/servers.sh"

# say ADDRESS PORT LINE...: says the lines there, after the greeting
say() {
	address=$1 port=$2
	shift 2
	printf '%s\n' "$@" >"$LAB/lines"
	client python3 /run/record/talk.py "$address" "$port" <"$LAB/lines"
}

# say_first ADDRESS PORT LINE...: the same to a server that does not greet
say_first() {
	address=$1 port=$2
	shift 2
	printf '%s\n' "$@" >"$LAB/lines"
	client python3 /run/record/talk.py --first "$address" "$port" <"$LAB/lines"
}

record_ftp() {
	start_vsftpd 2121
	record ftp-login-2121.pcap
	client curl -s ftp://10.20.0.17:2121/
	recorded

	record ftp-ehlo-2121.pcap
	say 10.20.0.17 2121 'EHLO desk1.stray.example' 'HELO desk1.stray.example' \
		'MAIL FROM:<canary-from@desk1.stray.example>' QUIT
	recorded

	start_vsftpd 2122 'mail.stray.example FTP server ready'
	record ftp-on-host-mail-2122.pcap
	client curl -s -Q '*EHLO desk1.stray.example' ftp://10.20.0.17:2122/
	recorded

	start_vsftpd 25
	record ftp-25.pcap
	client curl -s ftp://10.20.0.17:25/
	recorded
}

record_http() {
	start_nginx
	record http-transcript-8080.pcap
	client curl -s http://10.20.0.18:8080/transcript.txt
	client curl -s --data-binary @/run/record/conf/transcript.txt \
		http://10.20.0.18:8080/
	recorded

	record http-ehlo-8080.pcap
	say_first 10.20.0.18 8080 'EHLO desk1.stray.example'
	recorded
}

record_ssh() {
	start_sshd
	record ssh-2222.pcap
	client timeout 3 ssh -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -p 2222 nobody@10.20.0.18
	say 10.20.0.18 2222 'EHLO desk1.stray.example'
	recorded
}

record_redis() {
	start_redis
	record redis-6380.pcap
	client redis-cli -h 10.20.0.18 -p 6380 -x RPUSH maillog \
		<"$conf/transcript.txt"
	client redis-cli -h 10.20.0.18 -p 6380 LRANGE maillog 0 -1
	say_first 10.20.0.18 6380 'EHLO desk1.stray.example' QUIT
	recorded
}

record_netcat() {
	serve many socat TCP-LISTEN:7007,bind=10.20.0.18,fork PIPE
	await 10.20.0.18 7007
	record echo-7007.pcap
	say_first 10.20.0.18 7007 'EHLO desk1.stray.example' \
		'220 mx.stray.example ESMTP' '250 OK'
	recorded

	serve many socat -u TCP-LISTEN:7008,bind=10.20.0.18,fork OPEN:/dev/null
	await 10.20.0.18 7008
	record silent-7008.pcap
	say_first 10.20.0.18 7008 'EHLO desk1.stray.example' \
		'MAIL FROM:<canary-from@desk1.stray.example>' 'RCPT TO:<canary-to@stray.example>' DATA
	recorded

	record transcript-sent-7008.pcap
	client nc -N 10.20.0.18 7008 <"$conf/transcript.txt"
	recorded

	serve many sh -c 'nc -l -N 10.20.0.18 7009 </run/record/conf/transcript.txt'
	await 10.20.0.18 7009
	record transcript-served-7009.pcap
	client nc -d 10.20.0.18 7009
	recorded

	grep '^[0-9]' "$conf/transcript.txt" >"$LAB/replies"
	serve many sh -c 'nc -l -N 10.20.0.18 7010 </run/lab/replies'
	await 10.20.0.18 7010
	record replies-served-7010.pcap
	client nc -d 10.20.0.18 7010
	recorded
}

begin
record_ftp
record_http
record_ssh
record_redis
record_netcat
