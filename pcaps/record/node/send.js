// SPDX-License-Identifier: Apache-2.0
//
// send - one message by nodemailer.  Usage: send.js HOST PORT
'use strict';

const nodemailer = require('nodemailer');

const [host, port] = process.argv.slice(2);
const transport = nodemailer.createTransport({
	host,
	port: Number(port),
	name: 'desk1.stray.example',
	tls: { rejectUnauthorized: false },
});

transport.sendMail({
	from: 'canary-from@desk1.stray.example',
	to: 'canary-to@stray.example',
	subject: 'CANARY-SUBJECT',
	text: 'CANARY-BODY',
});
