/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves, who echoes, and how much is heard of either. */
#include "dissectors/budget.h"
#include "dissectors/echo.h"
#include "dissectors/roles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define I SIDE_INITIATOR
#define R SIDE_RESPONDER

struct said {
	enum side from;
	enum role_sign sign;
};

static void
content_outweighs_the_handshake_where_it_must(void **state)
{
	static const struct {
		bool handshake;
		struct said said[6]; /* until SIGN_NONE */
		enum side server;
		bool transcript;
	} cases[] = {
		{ true, { { I, SIGN_NONE } }, R, false },
		{ true, { { R, SIGN_REPLY }, { I, SIGN_VERB } }, R, false },
		{ true, { { I, SIGN_VERB }, { R, SIGN_REPLY } }, R, false },
		/* the initiator serves */
		{ true, { { I, SIGN_REPLY }, { R, SIGN_VERB } }, I, false },
		{ true, { { R, SIGN_VERB }, { I, SIGN_REPLY } }, I, false },
		/* a client that says one reply before the server does */
		{ true, { { I, SIGN_REPLY }, { R, SIGN_REPLY } }, R, false },
		/* no handshake: the first evidence */
		{ false, { { I, SIGN_REPLY } }, I, false },
		{ false, { { I, SIGN_VERB } }, R, false },
		/* a verb that is not SMTP's alone is a guess, till somebody
		 * says more; it says nothing against a handshake */
		{ false, { { R, SIGN_WORD } }, I, false },
		{ false, { { R, SIGN_WORD }, { R, SIGN_REPLY } }, R, false },
		{ false, { { R, SIGN_VERB }, { I, SIGN_WORD } }, I, false },
		{ true, { { R, SIGN_WORD } }, R, false },
		/* ... unless the other side has two replies against it */
		{ false,
		    { { I, SIGN_REPLY }, { R, SIGN_REPLY }, { R, SIGN_REPLY } },
		    R, false },
		/* transcripts */
		{ true,
		    { { R, SIGN_REPLY }, { R, SIGN_VERB }, { R, SIGN_VERB } },
		    R, true },
		{ true,
		    { { I, SIGN_VERB }, { I, SIGN_REPLY }, { I, SIGN_REPLY } },
		    R, true },
		{ false,
		    { { I, SIGN_VERB }, { I, SIGN_REPLY }, { I, SIGN_REPLY },
			{ I, SIGN_VERB } },
		    I, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct roles roles;

		roles_begin(&roles, cases[i].handshake);
		for (const struct said *said = cases[i].said;
		     said->sign != SIGN_NONE; said++)
			roles_hear(&roles, said->from, said->sign);
		assert_int_equal(roles.server, cases[i].server);
		assert_int_equal(roles_transcript(&roles), cases[i].transcript);
	}
}

static void
an_echo_is_heard_among_the_last_lines(void **state)
{
	struct echo echo = { 0 };

	(void)state;
	assert_false(echo_hear(&echo, I, slice_of_text("EHLO h")));
	assert_false(echo_hear(&echo, I, slice_of_text("EHLO h")));
	assert_false(echo_hear(&echo, R, slice_of_text("EHLO i")));
	assert_true(echo_hear(&echo, R, slice_of_text("EHLO h")));
	for (int i = 0; i < ECHO_LINES; i++)
		assert_false(echo_hear(&echo, I, slice_of_text("QUIT")));
	assert_false(echo_hear(&echo, R, slice_of_text("EHLO h")));
}

static void
a_budget_is_spent_by_lines_or_by_bytes(void **state)
{
	static const struct budget_limit limit = {
		.lines = 2,
		.bytes = 100,
		.aside = 200,
	};
	struct budget budget = { 0 };

	(void)state;
	budget_take(&budget, 100);
	assert_false(budget_spent(&budget, &limit, false));
	budget_take(&budget, 1);
	assert_true(budget_spent(&budget, &limit, false));
	assert_false(budget_spent(&budget, &limit, true));
	budget_line(&budget, true);
	assert_false(budget_spent(&budget, &limit, false));
	budget_body(&budget, 100);
	assert_true(budget_spent(&budget, &limit, false));

	budget = (struct budget){ 0 };
	for (int i = 0; i < 3; i++) {
		assert_false(budget_spent(&budget, &limit, false));
		budget_take(&budget, 1);
		budget_line(&budget, false);
	}
	assert_true(budget_spent(&budget, &limit, false));
	budget_body(&budget, SIZE_MAX);
	budget_body(&budget, SIZE_MAX);
	assert_int_equal(budget.aside, UINT32_MAX);
}

static void
whoever_says_more_than_replies_serves_only_where_nobody_else_does(void **state)
{
	struct roles roles;

	(void)state;
	for (int handshake = 0; handshake < 2; handshake++) {
		roles_begin(&roles, handshake);
		assert_true(roles_hear(&roles, I, SIGN_REPLY));
		roles_hear(&roles, I, SIGN_REPLY);
		roles_hear(&roles, I, SIGN_NONE);
		roles_hear(&roles, R, SIGN_REPLY);
		assert_int_equal(roles.server, handshake ? I : R);
		roles_hear(&roles, R, SIGN_REPLY);
		/* two replies of the asking side: a transcript, or a body */
		assert_int_equal(roles_transcript(&roles), handshake);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_outweighs_the_handshake_where_it_must),
		cmocka_unit_test(
		    whoever_says_more_than_replies_serves_only_where_nobody_else_does),
		cmocka_unit_test(an_echo_is_heard_among_the_last_lines),
		cmocka_unit_test(a_budget_is_spent_by_lines_or_by_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
