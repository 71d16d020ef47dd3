/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dialogs - the written dialogs (dialog_file.h), each heard in several
 * cuts: however the same bytes are cut, verdict and facts must be the same.
 */
#include "tests/support/dialog_file.h"

#include "dissectors/blocklist.h"
#include "dissectors/client_dialect.h"
#include "dissectors/dialog.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum cut {
	CUT_AS_WRITTEN,
	CUT_BYTES,     /* one byte a segment */
	CUT_TURNS,     /* all that a side says in a row in one segment */
	CUT_OTHER_END, /* CRLF for LF and the other way round */
};

struct run {
	struct dialog dialog;
	const struct dialog_case *of;
	enum cut cut;
	unsigned line;
	enum side speaker;
	size_t held; /* of turn: what is held back for CUT_TURNS */
	char turn[1 << 20];
};

static const char *const verdicts[] = { "none", "suspected", "confirmed",
	"refuted", "undecided" };
static const char *const atom_names[ATOMS] = { "G1", "G2", "G3", "V1", "V2",
	"V3", "V4", "V5", "V6", "V7", "V8", "V9", "R1", "R2", "R3", "R4", "R5",
	"R6", "R7", "R8", "R9", "E1", "E2", "X1", "X2", "X3", "X4", "X5",
	"X6" };
static const char *const flag_names[] = { "midstream", "one_sided", "gap",
	"role_reversed", "multi_protocol", "rejecting", "masked", "pipelined",
	"early_talker", "auth_clear", "overlap_conflict", "bound_hit",
	"forged_greeting", "malware", "blocklisted" };
static const char *const variants[] = { "smtp", "esmtp", "lmtp" };
static const char *const sources[] = { "", "greeting", "dialog" };
static const char *const tls_names[] = { "no", "offered", "used" };

static unsigned cases_run, complaints;

/* What became of each case as it was written: it must be the same in any cut.
 * All of it is cleared by dialog_begin(), so bytes may be compared. */
static struct outcome {
	struct facts facts;
	enum verdict verdict;
	uint8_t label;
	uint32_t heard;
	struct preamble preamble;
} written[1000];

static void
complain(const struct run *run, const char *what, const char *got)
{
	print_error("%s:%u: %s (cut %d): %s, got %s\n", run->of->file,
	    run->line, run->of->title, (int)run->cut, what, got);
	complaints++;
}

static enum side
side_of(const struct run *run, bool server)
{
	return server != run->of->reversed ? SIDE_RESPONDER : SIDE_INITIATOR;
}

static void
begin(struct run *run)
{
	const struct dialog_case *of = run->of;
	const struct dialog_opening opening = {
		.handshake = !of->nohandshake,
		.midstream = of->midstream,
	};

	run->held = 0;
	dialog_begin(&run->dialog, &opening);
	if (of->nohandshake)
		return;
	if (!of->conly)
		dialog_notice(&run->dialog, side_of(run, true), false);
	if (!of->sonly)
		dialog_notice(&run->dialog, side_of(run, false), false);
}

static void
hear(struct run *run, const char *bytes, size_t len)
{
	const size_t step = run->cut == CUT_BYTES ? 1 : len;
	char *copy;

	for (size_t i = 0; i < len; i += step) {
		/* A buffer of its own: an over-read is seen. */
		copy = malloc(step);
		assert_non_null(copy);
		memcpy(copy, bytes + i, step);
		dialog_notice(&run->dialog, run->speaker, false);
		dialog_hear(&run->dialog, run->speaker, slice_of(copy, step));
		free(copy);
	}
}

static void
flush(struct run *run)
{
	if (run->held > 0)
		hear(run, run->turn, run->held);
	run->held = 0;
}

static void
say(struct run *run, bool server, const char *bytes, size_t len)
{
	const enum side from = side_of(run, server);

	if (from != run->speaker || run->cut != CUT_TURNS)
		flush(run);
	run->speaker = from;
	assert_true(run->held + len <= sizeof(run->turn));
	memcpy(run->turn + run->held, bytes, len);
	run->held += len;
	if (run->cut != CUT_TURNS)
		flush(run);
}

static void
spoken(struct run *run, const struct dialog_step *step)
{
	static char bytes[65536];
	const char *end = step->ends
	    ? dialog_line_end(run->of, run->cut == CUT_OTHER_END)
	    : "";
	const size_t len = step->len + strlen(end);

	assert_true(len <= sizeof(bytes));
	memcpy(bytes, step->text, step->len);
	memcpy(bytes + step->len, end, strlen(end));
	for (unsigned i = 0; i < step->times; i++)
		say(run, step->server, bytes, len);
}

static void
heard_text(const struct dialog *dialog, char *text, size_t cap)
{
	text[0] = '\0';
	for (int i = 0; i < ATOMS; i++) {
		size_t used = strlen(text);

		if ((dialog->session.heard >> i & 1) != 0)
			snprintf(text + used, cap - used, "%s%s",
			    used > 0 ? "," : "", atom_names[i]);
	}
}

static void
flags_text(const struct facts *facts, char *text, size_t cap)
{
	text[0] = '\0';
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(*flag_names); i++) {
		size_t used = strlen(text);

		if ((facts->flags >> i & 1) != 0)
			snprintf(text + used, cap - used, "%s%s",
			    used > 0 ? "," : "", flag_names[i]);
	}
}

static void
mechs_text(const struct facts *facts, char *text, size_t cap)
{
	text[0] = '\0';
	for (unsigned i = 0; i < 16; i++) {
		size_t used = strlen(text);

		if ((facts->auth_mechs >> i & 1) != 0)
			snprintf(text + used, cap - used, "%s%s",
			    used > 0 ? "," : "", auth_mech_name(i));
	}
}

static void
keywords_text(const struct facts *facts, char *text, size_t cap)
{
	text[0] = '\0';
	for (unsigned i = 0; i < facts->keyword_count; i++) {
		size_t used = strlen(text);

		snprintf(text + used, cap - used, "%s%s", used > 0 ? "," : "",
		    keyword_name(facts->keywords[i]));
	}
}

static void
via_text(const struct preamble *preamble, char *text, size_t cap)
{
	static const char *const names[] = { "none", "proxy_v1", "proxy_v2",
		"socks4", "socks4a", "socks5", "http_connect" };

	text[0] = '\0';
	for (unsigned i = 0; i < preamble->layers; i++) {
		size_t used = strlen(text);

		snprintf(text + used, cap - used, "%s%s", used > 0 ? "," : "",
		    names[preamble->via[i]]);
	}
}

/* "10.0.0.1:25", "mx.example:25", or "-" where there is no tunnel. */
static void
target_text(const struct preamble_target *target, char *text, size_t cap)
{
	char address[INET6_ADDRSTRLEN] = "";

	switch ((enum preamble_host)target->kind) {
	case HOST_NONE:
		snprintf(text, cap, "-");
		return;
	case HOST_V4:
		inet_ntop(AF_INET, target->host, address, sizeof(address));
		break;
	case HOST_V6:
		inet_ntop(AF_INET6, target->host, address, sizeof(address));
		break;
	case HOST_TEXT:
		snprintf(text, cap, "%.*s:%u", target->len, target->host,
		    target->port);
		return;
	}
	snprintf(text, cap, "%s:%u", address, target->port);
}

/* "Exchange Online" has to be one word of an expectation. */
static const char *
no_blanks(const char *text, char spaceless[static 32])
{
	snprintf(spaceless, 32, "%s", text);
	for (char *at = spaceless; *at != '\0'; at++)
		if (*at == ' ')
			*at = '_';
	return spaceless;
}

static void
dialect_text(const struct facts *facts, char *text, size_t cap)
{
	char id[CLIENT_DIALECT_MAX];

	client_dialect_id(facts->dialect, id);
	snprintf(text, cap, "%s", id);
}

static bool
value_of(const void *from, const char *name, char *text, size_t cap)
{
	const struct run *run = from;
	const struct dialog *dialog = &run->dialog;
	const struct facts *facts = &dialog->session.facts;
	const char *product = software_product(&facts->software);
	char spaceless[32];

	if (strcmp(name, "label") == 0)
		snprintf(
		    text, cap, "%s", label_name((enum label)dialog->label));
	else if (strcmp(name, "via") == 0)
		via_text(&dialog->preamble, text, cap);
	else if (strcmp(name, "target") == 0)
		target_text(&dialog->preamble.target, text, cap);
	else if (strcmp(name, "reason") == 0)
		snprintf(text, cap, "%s", dialog_reason(dialog));
	else if (strcmp(name, "variant") == 0)
		snprintf(text, cap, "%s", variants[facts->variant]);
	else if (strcmp(name, "starttls") == 0)
		snprintf(text, cap, "%s", tls_names[facts->starttls]);
	else if (strcmp(name, "software") == 0)
		snprintf(text, cap, "%s",
		    product != NULL ? no_blanks(product, spaceless) : "");
	else if (strcmp(name, "by") == 0)
		snprintf(text, cap, "%s",
		    sources[software_source(&facts->software)]);
	else if (strcmp(name, "dialect") == 0)
		dialect_text(facts, text, cap);
	else if (strcmp(name, "version") == 0)
		snprintf(text, cap, "%s", facts->software.version);
	else if (strcmp(name, "messages") == 0)
		snprintf(text, cap, "%u", facts->messages);
	else if (strcmp(name, "rcpt") == 0)
		snprintf(text, cap, "%u/%u", facts->rcpt_accepted,
		    facts->rcpt_rejected);
	else if (strcmp(name, "code") == 0)
		snprintf(text, cap, "%u", facts->greeting_code);
	else if (strcmp(name, "blocklist") == 0)
		snprintf(text, cap, "%s", blocklist_name(facts->blocklist));
	else if (strcmp(name, "helo") == 0)
		snprintf(text, cap, "%.*s", facts->helo_len, facts->helo);
	else if (strcmp(name, "auth") == 0)
		mechs_text(facts, text, cap);
	else if (strcmp(name, "keywords") == 0)
		keywords_text(facts, text, cap);
	else if (strcmp(name, "flags") == 0)
		flags_text(facts, text, cap);
	else if (strcmp(name, "evidence") == 0)
		heard_text(dialog, text, cap);
	else if (strcmp(name, "server") == 0)
		snprintf(text, cap, "%s",
		    dialog->session.server == side_of(run, true) ? "S" : "C");
	else
		return false;
	return true;
}

static void
expect_verdict(struct run *run, const char *verdict)
{
	const char *got = verdicts[run->dialog.verdict];

	if (strcmp(verdict, got) != 0)
		complain(run, verdict, got);
}

static void
expect_no_secret(struct run *run)
{
	static const char canary[] = "CANARY";

	if (memmem(&run->dialog, sizeof(run->dialog), canary,
		sizeof(canary) - 1) != NULL)
		complain(run, "no secret is kept", "one");
}

static void
expect_as_written(struct run *run)
{
	struct outcome *outcome = &written[cases_run];
	const struct dialog *dialog = &run->dialog;

	assert_true(cases_run < sizeof(written) / sizeof(written[0]));
	if (run->cut == CUT_AS_WRITTEN) {
		memset(outcome, 0, sizeof(*outcome));
		outcome->facts = dialog->session.facts;
		outcome->verdict = dialog->verdict;
		outcome->label = dialog->label;
		outcome->heard = dialog->session.heard;
		outcome->preamble = dialog->preamble;
		return;
	}
	if (memcmp(&outcome->facts, &dialog->session.facts,
		sizeof(outcome->facts)) != 0)
		complain(run, "the same facts", "others");
	if (outcome->verdict != dialog->verdict ||
	    outcome->label != dialog->label ||
	    outcome->heard != dialog->session.heard)
		complain(run, "the same verdict and evidence", "others");
	if (outcome->preamble.layers != dialog->preamble.layers ||
	    memcmp(outcome->preamble.via, dialog->preamble.via,
		sizeof(outcome->preamble.via)) != 0 ||
	    memcmp(&outcome->preamble.target, &dialog->preamble.target,
		sizeof(outcome->preamble.target)) != 0)
		complain(run, "the same preambles and target", "others");
}

static void
take(struct run *run, const struct dialog_step *step)
{
	const enum side side = side_of(run, step->server);

	run->line = step->line;
	if (step->kind == STEP_SAY) {
		spoken(run, step);
		return;
	}
	flush(run);
	if (step->kind == STEP_GAP)
		dialog_gap(&run->dialog, side);
	else if (step->kind == STEP_ACK)
		dialog_notice(&run->dialog, side, true);
	else
		expect_verdict(run, step->text);
}

static void
run_case(struct run *run, const struct dialog_case *of, enum cut cut)
{
	char what[1024];

	run->of = of;
	run->cut = of->exact && cut != CUT_BYTES ? CUT_AS_WRITTEN : cut;
	begin(run);
	for (size_t i = 0; i < of->steps; i++)
		take(run, &of->step[i]);
	flush(run);
	run->line = of->line;
	dialog_end(&run->dialog);
	expect_verdict(run, of->verdict);
	if (!dialog_facts_hold(of, value_of, run, what, sizeof(what)))
		complain(run, what, "that");
	expect_no_secret(run);
	expect_as_written(run);
	cases_run++;
}

static void
run_all(enum cut cut)
{
	static struct run run;
	size_t count = 0;
	struct dialog_case *cases = dialog_cases_read(&count);

	if (cut != CUT_AS_WRITTEN)
		run_all(CUT_AS_WRITTEN); /* to compare with */

	assert_non_null(cases);
	cases_run = 0;
	complaints = 0;
	for (size_t i = 0; i < count; i++)
		run_case(&run, &cases[i], cut);
	dialog_cases_free(cases, count);
	print_message("%u dialogs\n", cases_run);
	assert_true(cases_run > 0);
	assert_int_equal(complaints, 0);
}

static void
each_dialog_ends_as_it_is_written(void **state)
{
	(void)state;
	run_all(CUT_AS_WRITTEN);
}

static void
each_dialog_ends_the_same_byte_by_byte(void **state)
{
	(void)state;
	run_all(CUT_BYTES);
}

static void
each_dialog_ends_the_same_turn_by_turn(void **state)
{
	(void)state;
	run_all(CUT_TURNS);
}

static void
each_dialog_ends_the_same_with_other_line_ends(void **state)
{
	(void)state;
	run_all(CUT_OTHER_END);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_dialog_ends_as_it_is_written),
		cmocka_unit_test(each_dialog_ends_the_same_byte_by_byte),
		cmocka_unit_test(each_dialog_ends_the_same_turn_by_turn),
		cmocka_unit_test(
		    each_dialog_ends_the_same_with_other_line_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
