/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ndpi - lines of any bytes, both ways, for the second opinion; ended
 * anywhere.
 *
 * Claims: it is one of the names that it was let in for, and stays so; whoever
 * hears the same has the same opinion, whatever was heard before by others;
 * what follows the twelfth line and what a login says make no difference; what
 * the library took for an opinion is given back with it.
 *
 * 0xf8 and 0xf9 change the speaker, 0xfc ends the opinion and begins another,
 * 0xfd makes the line a long one, LF ends it.  nDPI itself is the machine's and
 * has no instrumentation.  A build without nDPI skips it.
 */
#include "tests/fuzz/fuzz.h"

#include "dissectors/ndpi.h"

#include <string.h>
#include <strings.h>

#define LINE_MAX  4096
#define LONG      700
#define LINES_MAX 12 /* that an opinion hears */
#define LISTENERS 3

struct room {
	struct ndpi *ndpi;
	size_t lent; /* to the library, while nobody has an opinion */
	/* One hears all; one only what counts, with other names in its logins;
	 * one is told between the lines what has nothing to do with it. */
	struct ndpi_opinion *all, *brief, *other;
	const char *label; /* so far */
	unsigned lines;
};

static const char *const labels[] = { "", "SMTP", "POP3", "IMAP", "FTP_CONTROL",
	"SMTPS", "POPS", "IMAPS" };

static bool
is_label(const char *label)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(label, labels[i]) == 0)
			return true;
	return false;
}

static void
begin(struct room *room)
{
	room->all = ndpi_opinion_begin(room->ndpi);
	room->brief = ndpi_opinion_begin(room->ndpi);
	room->other = ndpi_opinion_begin(room->ndpi);
	room->label = "";
	room->lines = 0;
	FUZZ_HOLDS(room->all != NULL && room->brief != NULL);
	FUZZ_HOLDS(room->other != NULL);
	FUZZ_HOLDS(ndpi_opinion_begin(room->ndpi) == NULL);
	FUZZ_HOLDS(ndpi_opinion_label(room->all)[0] == '\0');
}

static void
end(struct room *room)
{
	ndpi_opinion_end(room->ndpi, room->all);
	ndpi_opinion_end(room->ndpi, room->brief);
	ndpi_opinion_end(room->ndpi, room->other);
	FUZZ_HOLDS(ndpi_lent(room->ndpi) == room->lent);
}

/* Another name for "USER name", another word for "PASS word". */
static struct slice
with_other_names(char *line, size_t len)
{
	static const char other[] = "somebody else's, and rather longer";

	if (len < 5 || line[4] != ' ' ||
	    (strncasecmp(line, "USER", 4) != 0 &&
		strncasecmp(line, "PASS", 4) != 0))
		return slice_of(line, len);
	memcpy(line + 5, other, sizeof(other) - 1);
	return slice_of(line, 5 + sizeof(other) - 1);
}

static void
tell(struct room *room, enum side from, char *line, size_t len)
{
	static const struct slice chatter[] = { SLICE("220 mx ESMTP"),
		SLICE("EHLO h"), SLICE("* OK IMAP4rev1"), SLICE("+OK POP3") };
	const char *label;

	ndpi_opinion_hear(room->all, from, slice_of(line, len));
	ndpi_opinion_hear(room->other, side_other(from), chatter[len % 4]);
	if (room->lines++ < LINES_MAX)
		ndpi_opinion_hear(
		    room->brief, from, with_other_names(line, len));
	label = ndpi_opinion_label(room->all);
	FUZZ_HOLDS(is_label(label));
	FUZZ_HOLDS(*room->label == '\0' || strcmp(label, room->label) == 0);
	FUZZ_HOLDS(strcmp(label, ndpi_opinion_label(room->brief)) == 0);
	room->label = label;
}

/* The digest of all opinions there were. */
static uint32_t
hear(struct room *room, struct slice script)
{
	static char line[LINE_MAX + LONG];
	enum side from = SIDE_RESPONDER;
	uint32_t digest = 0;
	size_t len = 0;

	begin(room);
	for (; script.len > 0; script = slice_after(script, 1)) {
		const uint8_t byte = slice_at(script, 0);

		if (byte == 0xf8 || byte == 0xf9) {
			from = byte == 0xf8 ? SIDE_INITIATOR : SIDE_RESPONDER;
		} else if (byte == 0xfc) {
			digest = digest * 31 +
			    slice_digest(slice_of_text(room->label));
			end(room);
			begin(room);
		} else if (byte == 0xfd && len < LINE_MAX - LONG) {
			memset(line + len, 'x', LONG);
			len += LONG;
		} else if (byte == '\n') {
			tell(room, from, line, len);
			len = 0;
		} else if (len < LINE_MAX - 1) {
			line[len++] = (char)byte;
		}
	}
	digest = digest * 31 + slice_digest(slice_of_text(room->label));
	end(room);
	return digest;
}

const char *
fuzz_skips(void)
{
	return strcmp(ndpi_version(), "none") == 0 ? "a build without nDPI"
						   : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct room room;
	const struct slice script = slice_of(data, size);

	if (fuzz_skips() != NULL) {
		puts("SKIPPED: a build without nDPI");
		exit(0);
	}
	if (room.ndpi == NULL) {
		room.ndpi = ndpi_new(LISTENERS);
		FUZZ_HOLDS(room.ndpi != NULL);
		room.lent = ndpi_lent(room.ndpi);
	}
	FUZZ_HOLDS(hear(&room, script) == hear(&room, script));
	return 0;
}
