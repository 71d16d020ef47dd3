/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed - a capture whose frames are made when they are asked for: for more
 * packets than a test would write to a file.
 *
 *	feed_begin(&feed, next, of);
 *	rig.capture = &feed.capture;
 */
#ifndef STRAYMAIL_TEST_FEED_H
#define STRAYMAIL_TEST_FEED_H

#include "sensor/capture/backend.h"
#include "sensor/decode/frame.h"

#include <string.h>

#define FEED_FRAME 2048
/* 2026-01-01 00:00:00 UTC */
#define FEED_UPTIME    (1000ULL * 1000000000ULL) /* ticks begin somewhere */
#define FEED_BEGINNING (1767225600ULL * 1000000000ULL)

struct feed;

/* Makes the next frame; its length, or 0: that was the last.  It may move
 * feed->now_ns on. */
typedef size_t feed_next(struct feed *feed, uint8_t frame[static FEED_FRAME]);

struct feed {
	struct capture capture;
	feed_next *next;
	void *of;        /* the caller's */
	uint64_t now_ns; /* the time of the next frame */
	uint64_t frames;
	uint8_t bytes[CAPTURE_BATCH][FEED_FRAME];
};

static inline enum capture_result
feed_batch(struct capture *capture, struct batch *batch)
{
	struct feed *feed = (struct feed *)capture;
	size_t len;

	for (batch->count = 0; batch->count < CAPTURE_BATCH; batch->count++) {
		uint8_t *bytes = feed->bytes[batch->count];

		len = feed->next(feed, bytes);
		if (len == 0)
			break;
		batch->frame[batch->count] = (struct frame){
			.bytes = slice_of(bytes, len),
			.wire_len = (uint32_t)len,
			.link = LINK_ETHERNET,
			.number = ++feed->frames,
			.when_ns = FEED_BEGINNING + feed->now_ns,
			.tick_ns = feed->now_ns,
		};
	}
	batch->tick_ns = feed->now_ns;
	return batch->count > 0 ? CAPTURE_BATCH_READY : CAPTURE_END;
}

static inline void
feed_numbers(struct capture *capture, struct capture_numbers *ret_numbers)
{
	(void)capture;
	memset(ret_numbers, 0, sizeof(*ret_numbers));
}

static inline struct capture_outcome
feed_outcome(const struct capture *capture)
{
	const struct feed *feed = (const struct feed *)capture;

	return (struct capture_outcome){ .files = 1, .frames = feed->frames };
}

static inline void
feed_free(struct capture *capture)
{
	(void)capture; /* the caller's */
}

static inline void
feed_begin(struct feed *feed, feed_next *next, void *of)
{
	static const struct capture_verbs verbs = {
		.next = feed_batch,
		.numbers = feed_numbers,
		.outcome = feed_outcome,
		.free = feed_free,
	};

	memset(feed, 0, sizeof(*feed));
	feed->capture.verbs = &verbs;
	feed->next = next;
	feed->of = of;
	feed->now_ns = FEED_UPTIME;
}

#endif
