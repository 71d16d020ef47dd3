// SPDX-License-Identifier: Apache-2.0
//
// server - smtp-server on two ports: without TLS, and with STARTTLS.
//
// It takes mail from anyone for anyone and throws it away.
'use strict';

const fs = require('fs');
const { SMTPServer } = require('smtp-server');

const always = {
	name: 'mx.node.example',
	authOptional: true,
	onData(stream, session, done) {
		stream.resume();
		stream.on('end', done);
	},
};

const plain = { ...always, disabledCommands: ['STARTTLS', 'AUTH'] };
const starttls = {
	...always,
	key: fs.readFileSync('/run/lab/key.pem'),
	cert: fs.readFileSync('/run/lab/cert.pem'),
};

new SMTPServer(plain).listen(1025, '10.20.0.15');
new SMTPServer(starttls).listen(3025, '10.20.0.15');
