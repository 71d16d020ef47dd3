# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# servers - starts each program that is recorded, with its file in conf/.
#
# Sourced after lab.sh.  Every function returns when its server listens; it ends
# with the script.  Ports and behaviour are in the configuration files, which
# begin by saying what the server does with what it gets.

# shellcheck disable=SC2154 # lab.sh sets it
conf=$here/conf

start_postfix() {
	cp "$conf/postfix-main.cf" "$ROOTS/postfix/etc/postfix/main.cf"
	cp "$conf/postfix-master.cf" "$ROOTS/postfix/etc/postfix/master.cf"
	serve postfix postfix start-fg
	await 10.20.0.10 26025
}

start_exim() {
	cp "$conf/exim.conf" "$ROOTS/exim/etc/exim4/exim4.conf"
	serve exim exim4 -bdf
	await 10.20.0.11 26
}

start_sendmail() {
	etc=$ROOTS/sendmail/etc/mail
	echo 'hosts files' >"$etc/lab.switch"
	install -m 0644 "$LAB/cert.pem" "$etc/lab-cert.pem"
	install -m 0600 "$LAB/key.pem" "$etc/lab-key.pem"
	install -d -m 0700 "$ROOTS/sendmail/var/spool/lab"
	dress sendmail
	chroot "$ROOTS/sendmail" m4 /run/record/conf/sendmail.mc >"$etc/lab.cf"
	serve sendmail /usr/libexec/sendmail/sendmail -bD -C /etc/mail/lab.cf
	await 10.20.0.12 4025
}

start_opensmtpd() {
	install -m 0644 "$LAB/cert.pem" "$ROOTS/opensmtpd/etc/lab-cert.pem"
	install -m 0600 "$LAB/key.pem" "$ROOTS/opensmtpd/etc/lab-key.pem"
	hostname >"$ROOTS/opensmtpd/etc/mailname"
	serve opensmtpd smtpd -d -f /run/record/conf/opensmtpd.conf
	await 10.20.0.13 10025
}

# start_aiosmtpd ADDRESS PORT [OPTION...]
start_aiosmtpd() {
	address=$1 port=$2
	shift 2
	serve many python3 -m aiosmtpd -n -c aiosmtpd.handlers.Sink \
		-l "$address:$port" "$@"
	await "$address" "$port"
}

start_node() {
	serve many env NODE_PATH=/srv/node/node_modules \
		node /run/record/node/server.js
	await 10.20.0.15 3025
}

start_dovecot() {
	rm -rf "$ROOTS/many/var/tmp/mail"
	install -d -m 0777 "$ROOTS/many/var/tmp/mail"
	serve many dovecot -F -c /run/record/conf/dovecot.conf
	await 10.20.0.16 2003
}

# start_vsftpd PORT [BANNER]
start_vsftpd() {
	mkdir -p "$LAB/empty"
	serve many vsftpd /run/record/conf/vsftpd.conf \
		-olisten_port="$1" -oftpd_banner="${2:-}"
	await 10.20.0.17 "$1"
}

start_nginx() {
	mkdir -p "$LAB/web"
	cp "$conf/transcript.txt" "$LAB/web/"
	serve many nginx -c /run/record/conf/nginx.conf
	await 10.20.0.18 8080
}

start_sshd() {
	mkdir -p "$ROOTS/many/run/sshd"
	serve many /usr/sbin/sshd -D -e -o ListenAddress=10.20.0.18 -p 2222
	await 10.20.0.18 2222
}

start_redis() {
	serve many redis-server --bind 10.20.0.18 --port 6380 --save '' \
		--protected-mode no --dir /run/lab
	await 10.20.0.18 6380
}
