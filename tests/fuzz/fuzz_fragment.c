/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_fragment - fragments of four datagrams in any order, beside a byte map.
 *
 * Claims: a datagram is whole exactly when each of its bytes, and its last
 * fragment, were accepted; of two copies of a byte it has the first.
 *
 * Four bytes a fragment: which datagram and whether more follow, where it
 * begins, how long it is, and what is in it.
 */
#include "tests/fuzz/fuzz.h"

#include "dissectors/slice.h"
#include "sensor/decode/fragment.h"

#include <stdbool.h>
#include <string.h>

#define DATAGRAMS 4
#define FRAGMENTS 32              /* an input; more find nothing new */
#define MOST      (256 * 8 + 256) /* bytes that an input can reach */
#define SECOND    UINT64_C(1000000000)

struct model {
	uint8_t byte[MOST];
	bool there[MOST];
	size_t end; /* 0: not known yet */
};

static struct model models[DATAGRAMS];
static struct census census;
static uint32_t input; /* its number */

static bool
is_whole(const struct model *model)
{
	for (size_t i = 0; i < model->end; i++)
		if (!model->there[i])
			return false;
	return model->end > 0;
}

static void
accept(struct model *model, const struct fragment *fragment)
{
	size_t len = fragment->bytes.len;

	if (fragment->more)
		len -= len % 8;
	else
		model->end = fragment->offset + len;
	for (size_t i = 0; i < len; i++) {
		size_t at = fragment->offset + i;

		if (!model->there[at])
			model->byte[at] = slice_at(fragment->bytes, i);
		model->there[at] = true;
	}
}

static void
check(struct fragments *fragments, const uint8_t *data)
{
	static const uint8_t address[4] = { 10, 0, 0, 1 };
	uint8_t bytes[256];
	struct model *model = &models[data[0] % DATAGRAMS];
	const struct fragment fragment = {
		.source = slice_of(address, 4),
		.destination = slice_of(address, 4),
		.bytes = slice_of(bytes, data[2]),
		.tick_ns = input * 100 * SECOND,
		.id = input * DATAGRAMS + data[0] % DATAGRAMS,
		.offset = data[1] * 8U,
		.header_len = 20,
		.more = (data[0] & 0x80) != 0,
	};
	struct datagram got;
	enum fragment_found found;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(data[3] * (fragment.offset + i));
	found = fragments_take(fragments, &fragment, &got);
	if (found == FRAGMENT_DROPPED || found == FRAGMENT_MALFORMED)
		return;
	accept(model, &fragment);
	FUZZ_HOLDS(is_whole(model) == (found == FRAGMENT_WHOLE));
	if (found == FRAGMENT_WHOLE) {
		FUZZ_HOLDS(
		    slice_equal(got.bytes, slice_of(model->byte, model->end)));
		memset(model, 0, sizeof(*model)); /* its name is free again */
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fragments *fragments;
	uint64_t evicted = census.datagrams_evicted;

	if (fragments == NULL)
		fragments = fragments_new(1, &census);
	FUZZ_HOLDS(fragments != NULL);
	memset(models, 0, sizeof(models));
	input++;
	for (size_t i = 0; i + 4 <= size && i < 4 * FRAGMENTS; i += 4) {
		check(fragments, data + i);
		if (census.datagrams_evicted != evicted)
			break; /* and nobody knows which it was */
	}
	return 0;
}
