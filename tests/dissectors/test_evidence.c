/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict table: asked is not accepted, and contradictions outweigh. */
#include "dissectors/evidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define A(atom)    (1U << ATOM_##atom)
#define WHEN(name) (1U << CASE_##name)

#define ASKED                                                                  \
	(A(V1) | A(V2) | A(V3) | A(V4) | A(V5) | A(V6) | A(V7) | A(V8) | A(V9))

static void
evidence_justifies_a_verdict(void **state)
{
	static const struct {
		uint32_t heard, cases;
		enum verdict verdict;
	} cases[] = {
		{ 0, 0, VERDICT_NONE },
		{ ASKED, 0, VERDICT_NONE },
		{ ASKED | A(G1), WHEN(GREETED_220), VERDICT_NONE },
		{ A(R1), 0, VERDICT_NONE }, /* it greeted with 5xx */
		{ A(R1), WHEN(GREETED_2XX), VERDICT_CONFIRMED },
		{ A(R1), WHEN(MIDSTREAM), VERDICT_CONFIRMED },
		{ A(R1), WHEN(GREETED_2XX) | WHEN(ACCEPTS_ALL),
		    VERDICT_SUSPECTED },
		{ A(R2), WHEN(GREETED_2XX), VERDICT_NONE },
		{ A(R2), WHEN(GREETED_220), VERDICT_CONFIRMED },
		{ A(R2) | A(R3), 0, VERDICT_CONFIRMED },
		{ A(R2) | A(R4), 0, VERDICT_CONFIRMED },
		{ A(R3) | A(R4), 0, VERDICT_NONE },
		{ A(R7), 0, VERDICT_NONE },
		{ A(R7), WHEN(TLS), VERDICT_CONFIRMED },
		{ A(G1) | A(E1), 0, VERDICT_NONE },
		{ A(G1) | A(E1), WHEN(SERVER_ALONE), VERDICT_CONFIRMED },
		{ A(G1) | A(E1), WHEN(SERVER_ALONE) | WHEN(SERVER_ASKED),
		    VERDICT_NONE },
		{ A(G1), WHEN(SERVER_ALONE) | WHEN(SERVER_ORDER),
		    VERDICT_CONFIRMED },
		{ 0, WHEN(CLIENT_ALONE) | WHEN(THREE_ASKED),
		    VERDICT_CONFIRMED },
		{ 0, WHEN(CLIENT_ALONE) | WHEN(THREE_ASKED) | WHEN(CLIENT_SAID),
		    VERDICT_NONE },
		{ 0, WHEN(THREE_ASKED) | WHEN(TWO_ASKED), VERDICT_NONE },
		{ 0, WHEN(CLIENT_ALONE) | WHEN(TWO_ASKED), VERDICT_SUSPECTED },
		{ 0, WHEN(PAIRS), VERDICT_NONE },
		{ 0, WHEN(PAIRS) | WHEN(MIDSTREAM), VERDICT_CONFIRMED },
		{ A(R8), 0, VERDICT_NONE },
		{ A(R8), WHEN(GREETED_220), VERDICT_CONFIRMED },
		{ A(G1), 0, VERDICT_NONE },
		{ A(G1) | A(G2), 0, VERDICT_SUSPECTED },
		{ A(G3), 0, VERDICT_SUSPECTED },
		{ A(R9), 0, VERDICT_NONE },
		{ A(G1) | A(R9), 0, VERDICT_SUSPECTED },
		{ A(G1), WHEN(SMTP_WORDING), VERDICT_SUSPECTED },
		{ 0, WHEN(SMTP_WORDING), VERDICT_NONE },
		{ 0, WHEN(QUEUED_QUIT), VERDICT_NONE },
		{ 0, WHEN(QUEUED_QUIT) | WHEN(MIDSTREAM), VERDICT_SUSPECTED },
		{ A(R1) | A(X1), WHEN(GREETED_2XX), VERDICT_REFUTED },
		{ A(G2) | A(X2), 0, VERDICT_REFUTED },
		{ A(X3), 0, VERDICT_REFUTED },
		{ A(X4), 0, VERDICT_REFUTED },
		{ A(X5), 0, VERDICT_REFUTED },
		{ A(X6), 0, VERDICT_REFUTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(evidence_rule(evidence_judge(cases[i].heard,
						   cases[i].cases))
				     ->verdict,
		    cases[i].verdict);
}

static void
no_verb_confirms_by_being_asked(void **state)
{
	const uint32_t all = (1U << CIRCUMSTANCES) - 1 - WHEN(CLIENT_ALONE);

	(void)state;
	for (uint32_t asked = 0; asked < 512; asked++)
		assert_int_not_equal(
		    evidence_rule(
			evidence_judge(asked << ATOM_V1, all & ~WHEN(PAIRS)))
			->verdict,
		    VERDICT_CONFIRMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_justifies_a_verdict),
		cmocka_unit_test(no_verb_confirms_by_being_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
