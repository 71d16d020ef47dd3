/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_worker - segments of a few connections, in any order and with any flags,
 * through a whole worker that has room for hardly any of them.
 *
 * Claims: every sum of its counters agrees, each second and at the end (it is
 * linked so that one which does not ends it: sensor/accounting.h); each frame
 * was taken; nothing is left open; and no more dialogs were told than there
 * were.  The first byte chooses how much room there is; a segment is the next
 * eight.
 */
#include "tests/fuzz/fuzz.h"

#include "output/ledger.h"
#include "output/publisher.h"
#include "output/ring.h"
#include "sensor/capture/backend.h"
#include "sensor/decode/frame.h"
#include "sensor/worker.h"

#include <stdatomic.h>
#include <string.h>

#define STEP    8
#define ENDS    4
#define HEADERS 40
#define MS      UINT64_C(1000000)

static const char *const lines[] = {
	"",
	"220 mx.example ESMTP Postfix\r\n",
	"EHLO client.example\r\n",
	"250-mx.example\r\n250 STARTTLS\r\n",
	"MAIL FROM:<a@client.example>\r\n",
	"250 2.1.0 Ok\r\n",
	"RCPT TO:<b@mx.example>\r\n",
	"DATA\r\n",
	"354 Go on\r\n",
	"\r\n.\r\n",
	"STARTTLS\r\n",
	"\x16\x03\x01\x01\x10\x01",
	"GET / HTTP/1.1\r\n\r\n",
	"CONNECT mx.example:25 HTTP/1.1\r\n\r\n",
	"HTTP/1.1 200 Ok\r\n\r\n",
	"331 Password\r\n",
};

#define LINES (sizeof(lines) / sizeof(lines[0]))

/* A capture of what the fuzzer says. */
struct input {
	struct capture capture; /* first: see backend.h */
	const uint8_t *data;
	size_t size, at;
	uint64_t frames, tick_ns;
	uint64_t told;
	uint32_t seq[ENDS][2];
	uint8_t frame[CAPTURE_BATCH][HEADERS + 64];
};

static void
put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xFFFF);
}

/* Raw IPv4 without checksums: who reads them here has none to compare. */
static size_t
write_frame(struct input *input, const uint8_t *step, uint8_t *at)
{
	unsigned which = step[0] % ENDS, from = step[0] >> 2 & 1;
	uint32_t *seq = &input->seq[which][from];
	uint32_t shift = ((uint32_t)step[2] << 8 | step[3]) - 32768U;
	const char *line = lines[step[6] % LINES];
	size_t len = strlen(line);

	if (step[7] < len)
		len = step[7];
	memset(at, 0, HEADERS);
	at[0] = 0x45;
	put16(at + 2, HEADERS + len);
	at[9] = 6;
	at[15] = (uint8_t)(1 + from);
	at[19] = (uint8_t)(2 - from);
	put16(at + 20, from == 0 ? 40000 + which : 2525);
	put16(at + 22, from == 0 ? 2525 : 40000 + which);
	put32(at + 24, *seq + shift);
	put32(at + 28, input->seq[which][1 - from] + step[4] - 128U);
	at[32] = 5 << 4;
	at[33] = step[1];
	memcpy(at + HEADERS, line, len);
	if (shift == 0)
		*seq += (uint32_t)len + ((step[1] & (TCP_SYN | TCP_FIN)) != 0);
	return HEADERS + len;
}

/* What a worker hands over to; it is the same for all inputs, and keeps nothing
 * of them. */
static const struct output_options options = {
	.sensor_name = "fuzz", .servers_max = 16, .replay = true
};
static struct ring *ring;
static struct publisher *publisher; /* to be nudged; it never starts */

/* Nobody else does. */
static void
empty_ring(struct input *input)
{
	struct observation seen;

	while (ring_pop(ring, &seen))
		input->told +=
		    seen.kind == OBSERVED_SIGHTING && seen.sighting.flows > 0;
}

static enum capture_result
input_next(struct capture *capture, struct batch *batch)
{
	struct input *input = (struct input *)(void *)capture;

	empty_ring(input);
	batch->count = 0;
	while (
	    batch->count < CAPTURE_BATCH && input->at + STEP <= input->size) {
		const uint8_t *step = input->data + input->at;
		uint8_t *bytes = input->frame[batch->count];
		size_t len = write_frame(input, step, bytes);

		input->tick_ns += step[5] * (uint64_t)step[5] * MS;
		input->at += STEP;
		batch->frame[batch->count++] = (struct frame){
			.bytes = slice_of(bytes, len),
			.wire_len = (uint32_t)len,
			.link = LINK_RAW,
			.number = ++input->frames,
			.when_ns = input->tick_ns,
			.tick_ns = input->tick_ns,
		};
	}
	batch->tick_ns = input->tick_ns;
	return batch->count > 0 ? CAPTURE_BATCH_READY : CAPTURE_END;
}

static void
input_numbers(struct capture *capture, struct capture_numbers *ret_numbers)
{
	(void)capture;
	*ret_numbers = (struct capture_numbers){ 0 };
}

static const struct capture_verbs verbs = {
	.next = input_next,
	.numbers = input_numbers,
};

static void
set_up(void)
{
	ring = ring_new(256);
	publisher =
	    publisher_new(&(struct publisher_parts){ .options = &options,
		.ledger = ledger_new(&options),
		.rings = &ring,
		.ring_count = 1 });
	FUZZ_HOLDS(ring != NULL && publisher != NULL);
}

static void
run(struct input *input, uint8_t room)
{
	struct shown shown;
	struct worker *worker = worker_new(
	    &(struct worker_options){
		.flows = room % 2 == 0 ? 8 : 64,
		.dialogs = 1U + room % 5U,
		.reassembly = 1,
		.secret = "a fuzzer's",
		.policy = &options,
	    },
	    &(struct worker_parts){ .capture = &input->capture,
		.ring = ring,
		.publisher = publisher,
		.shown = &shown });
	atomic_bool stop = false;
	const struct traffic *traffic;

	FUZZ_HOLDS(worker != NULL);
	FUZZ_HOLDS(worker_run(worker, &stop));
	empty_ring(input);
	traffic = &worker_counters(worker)->traffic;
	FUZZ_HOLDS(traffic->packets == input->frames);
	FUZZ_HOLDS(traffic->accounting_violations == 0);
	FUZZ_HOLDS(input->told == traffic->confirmed);
	FUZZ_HOLDS(traffic->confirmed + traffic->suspected <= traffic->dialogs);
	worker_free(worker);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct input input;

	if (size == 0)
		return 0;
	if (ring == NULL)
		set_up();
	memset(&input, 0, sizeof(input));
	input.capture.verbs = &verbs;
	input.data = data + 1;
	input.size = size - 1;
	input.tick_ns = 1000 * MS;
	run(&input, data[0]);
	return 0;
}
