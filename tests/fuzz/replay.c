/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay - a fuzzer without libFuzzer: each of its seeds is heard once, with
 * any compiler and under any sanitizer.
 *
 *	build/plain/tests/fuzz/replay_NAME
 *
 * Seeds are tests/fuzz/corpus/NAME/, from the top of the tree, and each is a
 * test.  A claim that does not hold ends the program, behind the name of the
 * seed; a folder without seeds is a failure.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>

#define SEED_MAX 65536

static int
is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool
hear(const char *folder, const char *name)
{
	static uint8_t seed[SEED_MAX + 1];
	char path[512];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL) {
		printf("not ok %s - it cannot be read\n", path);
		return false;
	}
	len = fread(seed, 1, sizeof(seed), file);
	fclose(file);
	if (len > SEED_MAX) {
		printf("not ok %s - it is over %d bytes\n", path, SEED_MAX);
		return false;
	}
	printf("hearing %s\n", path);
	fflush(stdout);
	/* Of its very length: what reads behind it is found. */
	uint8_t *exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		return false;
	memcpy(exact, seed, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	printf("ok %s\n", path);
	return true;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 0 ? strstr(argv[0], "replay_") : NULL;
	const char *why = fuzz_skips != NULL ? fuzz_skips() : NULL;
	struct dirent **seed = NULL;
	char folder[256];
	bool fine = true;
	int count;

	if (name == NULL)
		return 1;
	name += strlen("replay_");
	if (why != NULL) {
		printf("skip the seeds of %s - %s\n", name, why);
		return 0;
	}
	snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s", name);
	count = scandir(folder, &seed, is_seed, alphasort);
	if (count <= 0) {
		printf("not ok %s - there are no seeds\n", folder);
		fine = false;
	}
	for (int i = 0; i < count; i++) {
		fine = hear(folder, seed[i]->d_name) && fine;
		free(seed[i]);
	}
	free(seed);
	return fine ? 0 : 1;
}
