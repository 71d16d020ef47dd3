/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_software - greetings, replies and offers of any bytes, in any order.
 *
 * Claims: a version ends within its field; what is named is named by something;
 * only a greeting can be forged; counts stay small however much is said, and a
 * greeting that has named its program is not taken back.
 *
 * Each record of the input is a byte that says what it is, one for its length,
 * and that many bytes.
 */
#include "tests/fuzz/fuzz.h"

#include "dissectors/facts.h"
#include "dissectors/software.h"

#include <string.h>

static const uint16_t codes[] = { 220, 221, 250, 252, 354, 421, 500, 502 };

static void
offer(struct software *software, struct slice bytes)
{
	uint8_t keywords[FACTS_KEYWORDS_MAX];
	size_t count = slice_bytes(keywords, sizeof(keywords), bytes);

	for (size_t i = 0; i < count; i++)
		keywords[i] %= 40; /* those that there are */
	software_hear_offer(software, keywords, (unsigned)count);
}

static void
hear(struct software *software, uint8_t what, struct slice bytes)
{
	const unsigned occasion = what % (SOFTWARE_OCCASIONS + 1);

	if (occasion == SOFTWARE_OCCASIONS)
		software_hear_greeting(software, bytes);
	else if (occasion == SAID_OFFER)
		offer(software, bytes);
	else
		software_hear_reply(software, (enum software_occasion)occasion,
		    codes[what / 16 % 8], bytes);
}

static void
check(const struct software *software)
{
	const enum software_source source = software_source(software);

	FUZZ_HOLDS(
	    memchr(software->version, '\0', SOFTWARE_VERSION_MAX) != NULL);
	FUZZ_HOLDS((software_product(software) != NULL) ==
	    (source != SOFTWARE_UNKNOWN));
	FUZZ_HOLDS(
	    !software_forged(software) || source == SOFTWARE_BY_GREETING);
	FUZZ_HOLDS(
	    software->version[0] == '\0' || source == SOFTWARE_BY_GREETING);
	FUZZ_HOLDS(software->points < 16 && software->support < 16);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_of(data, size);
	struct software software = { 0 };
	uint8_t claimed = 0;

	while (rest.len > 2) {
		const uint8_t what = slice_at(rest, 0);
		const size_t len = slice_at(rest, 1);

		rest = slice_after(rest, 2);
		hear(&software, what, slice_first(rest, len));
		rest = slice_after(rest, len);
		check(&software);
		FUZZ_HOLDS(claimed == 0 || software.claimed == claimed);
		claimed = software.claimed;
	}
	return 0;
}
