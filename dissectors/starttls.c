/* SPDX-License-Identifier: Apache-2.0 */
/*
 * starttls - a handshake record, where one may follow.
 */
#include "dissectors/starttls.h"

#include "dissectors/judge.h"

#define BIT(i) (1U << (i))

/* Where a line begins, a handshake record does: type 22, version 3.x (RFC 8446
 * 5.1).  Its first bytes may have been kept as those of a line. */
static bool
is_record(struct slice kept, struct slice bytes)
{
	uint8_t head[3];
	size_t len = slice_bytes(head, sizeof(head), kept);

	len += slice_bytes(head + len, sizeof(head) - len, bytes);
	return len == sizeof(head) && head[0] == 0x16 && head[1] == 0x03 &&
	    head[2] <= 0x04;
}

/*
 * R7 was heard; or it may have been where not all can be seen: STARTTLS was
 * asked, or a 220 was the server's last word.
 */
static bool
tls_may_follow(const struct dialog *dialog, enum side from)
{
	const struct smtp_session *session = &dialog->session;
	const bool blind = !dialog->side[side_other(from)].seen ||
	    (session->facts.flags & FACT_GAP) != 0;

	if (session->tls == SESSION_TLS_READY)
		return true;
	if (!blind)
		return false;
	return session->tls == SESSION_TLS_ASKED ||
	    (from == dialog->roles.server && session->last_code == 220 &&
		!session->reply.open);
}

bool
starttls_may_begin(const struct dialog *dialog, enum side from)
{
	static const struct slice record = SLICE("\x16\x03");
	const struct slice kept = line_unfinished(&dialog->line[from]);

	return kept.len > 0 && slice_starts(record, kept) &&
	    tls_may_follow(dialog, from);
}

bool
starttls_begins(struct dialog *dialog, enum side from, struct slice bytes)
{
	struct smtp_session *session = &dialog->session;
	const struct slice kept = line_unfinished(&dialog->line[from]);

	if (kept.len == 0)
		line_skip_blanks(&bytes);
	if (!tls_may_follow(dialog, from) || kept.len > 2 ||
	    dialog->line[from].skipping || !is_record(kept, bytes))
		return false;
	if (session->tls != SESSION_CLEAR ||
	    session->facts.starttls == STARTTLS_OFFERED)
		session->facts.starttls = STARTTLS_USED;
	if (session->tls == SESSION_TLS_READY)
		session->cases |= BIT(CASE_TLS);
	judge_verdict(dialog);
	judge_settle(dialog);
	return true;
}
