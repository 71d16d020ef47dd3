/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_text - a list, newest first: texts are only ever freed all at once.
 */
#include "sensor/config_text.h"

#include <stdlib.h>
#include <string.h>

struct config_text {
	struct config_text *next;
	char text[];
};

const char *
config_keep(struct config *config, const char *text)
{
	const size_t size = strlen(text) + 1;
	struct config_text *kept = malloc(sizeof(*kept) + size);

	if (kept == NULL) {
		log_warn("configuration");
		return NULL;
	}
	memcpy(kept->text, text, size);
	kept->next = config->texts;
	config->texts = kept;
	return kept->text;
}

void
config_forget(struct config *config)
{
	while (config->texts != NULL) {
		struct config_text *kept = config->texts;

		config->texts = kept->next;
		free(kept);
	}
}
