/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture - where frames come from: files (replay.c) or interfaces (live.c).
 */
#include "sensor/capture/capture.h"

#include "sensor/capture/backend.h"

enum capture_result
capture_next(struct capture *capture, struct batch *batch)
{
	return capture->verbs->next(capture, batch);
}

void
capture_numbers(struct capture *capture, struct capture_numbers *ret_numbers)
{
	capture->verbs->numbers(capture, ret_numbers);
}

bool
capture_stop(struct capture *capture)
{
	return capture->verbs->stop != NULL && capture->verbs->stop(capture);
}

struct capture_outcome
capture_outcome(const struct capture *capture)
{
	return capture->verbs->outcome(capture);
}

struct shunt *
capture_shunt(const struct capture *capture)
{
	return capture->verbs->shunt != NULL ? capture->verbs->shunt(capture)
					     : NULL;
}

void
capture_free(struct capture *capture)
{
	if (capture != NULL)
		capture->verbs->free(capture);
}
