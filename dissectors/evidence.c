/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence - the verdict table.
 *
 * The letters are those of the rules for "confirmed".  Rows are tried from the
 * top: a contradiction outweighs all, as long as nothing was confirmed.
 */
#include "dissectors/evidence.h"

#include <assert.h>
#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define A(atom)      (1U << ATOM_##atom)
#define WHEN(name)   (1U << CASE_##name)

static_assert(ATOMS <= 32 && CIRCUMSTANCES <= 32, "both are 32 bit sets");

/* clang-format off */
static const struct evidence_rule rules[] = {
	/* verdict           name                     all    any            when                                    unless */
	{ VERDICT_NONE,      "",                      UINT32_MAX, 0,        0,                                      0 },
	{ VERDICT_REFUTED,   "contradicted",          0,     EVIDENCE_CONTRADICTIONS, 0,                            0 },

	{ VERDICT_CONFIRMED, "ehlo_accepted",         A(R1), 0,             WHEN(GREETED_2XX),                      WHEN(ACCEPTS_ALL) }, /* (a) */
	{ VERDICT_CONFIRMED, "ehlo_accepted",         A(R1), 0,             WHEN(MIDSTREAM),                        WHEN(ACCEPTS_ALL) },
	{ VERDICT_CONFIRMED, "mail_accepted",         A(R2), 0,             WHEN(GREETED_220),                      WHEN(ACCEPTS_ALL) }, /* (b) */
	{ VERDICT_CONFIRMED, "mail_accepted",         A(R2), A(R3) | A(R4), 0,                                      WHEN(ACCEPTS_ALL) },
	{ VERDICT_CONFIRMED, "tls_started",           A(R7), 0,             WHEN(TLS),                              WHEN(ACCEPTS_ALL) }, /* (c) */
	{ VERDICT_CONFIRMED, "server_alone",          A(G1) | A(E1), 0,     WHEN(SERVER_ALONE),                     WHEN(SERVER_ASKED) | WHEN(LOOKALIKE) }, /* (d) */
	{ VERDICT_CONFIRMED, "server_alone",          A(G1), 0,             WHEN(SERVER_ALONE) | WHEN(SERVER_ORDER), WHEN(SERVER_ASKED) | WHEN(LOOKALIKE) },
	{ VERDICT_CONFIRMED, "client_alone",          0,     0,             WHEN(CLIENT_ALONE) | WHEN(THREE_ASKED), WHEN(CLIENT_SAID) }, /* (e) */
	{ VERDICT_CONFIRMED, "pairs_accepted",        0,     0,             WHEN(MIDSTREAM) | WHEN(PAIRS),          WHEN(ACCEPTS_ALL) }, /* (f) */
	{ VERDICT_CONFIRMED, "xclient_accepted",      A(R8), 0,             WHEN(GREETED_220),                      WHEN(ACCEPTS_ALL) }, /* (g) */

	{ VERDICT_SUSPECTED, "accepts_anything",      0,     0,             WHEN(ACCEPTS_ALL),                      0 },
	{ VERDICT_SUSPECTED, "smtp_greeting",         A(G2), 0,             0,                                      0 },
	{ VERDICT_SUSPECTED, "rejecting",             A(G3), 0,             0,                                      0 },
	{ VERDICT_SUSPECTED, "queue_verb_accepted",   A(G1) | A(R9), 0,     0,                                      WHEN(LOOKALIKE) },
	{ VERDICT_SUSPECTED, "smtp_wording",          A(G1), 0,             WHEN(SMTP_WORDING),                     WHEN(LOOKALIKE) },
	{ VERDICT_SUSPECTED, "client_alone",          0,     0,             WHEN(CLIENT_ALONE) | WHEN(TWO_ASKED),   WHEN(CLIENT_SAID) },
	{ VERDICT_SUSPECTED, "queued_and_quit",       0,     0,             WHEN(MIDSTREAM) | WHEN(QUEUED_QUIT),    0 },
};
/* clang-format on */

static_assert(COUNT(rules) <= UINT8_MAX, "a rule is named by a byte");

static bool
fulfilled(const struct evidence_rule *rule, uint32_t heard, uint32_t cases)
{
	return (heard & rule->all) == rule->all &&
	    (rule->any == 0 || (heard & rule->any) != 0) &&
	    (cases & rule->when) == rule->when && (cases & rule->unless) == 0;
}

uint8_t
evidence_judge(uint32_t heard, uint32_t cases)
{
	for (size_t i = 1; i < COUNT(rules); i++)
		if (fulfilled(&rules[i], heard, cases))
			return (uint8_t)i;
	return 0;
}

const struct evidence_rule *
evidence_rule(uint8_t rule)
{
	return &rules[rule];
}
