/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backend - what a kind of capture has to offer; live.c and replay.c do.
 *
 * Each embeds a struct capture as its first member, so that capture.c needs to
 * know neither.
 */
#ifndef STRAYMAIL_BACKEND_H
#define STRAYMAIL_BACKEND_H

#include "sensor/capture/capture.h"

struct capture {
	const struct capture_verbs *verbs;
};

struct capture_verbs {
	enum capture_result (*next)(
	    struct capture *capture, struct batch *batch);
	void (*numbers)(
	    struct capture *capture, struct capture_numbers *ret_numbers);
	bool (*stop)(struct capture *capture); /* NULL: see capture_stop() */
	struct capture_outcome (*outcome)(const struct capture *capture);
	struct shunt *(*shunt)(const struct capture *capture); /* or NULL */
	void (*free)(struct capture *capture);
};

#endif
