/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dialog_frames - the written dialogs as frames, through the whole sensor.
 *
 * What is written of them holds however they come: this is where decoding, the
 * flow table, reassembly and the dialog have to agree.  Only what is told of a
 * dialog can be compared, so the facts of one that is nobody's are the
 * dissector's test's.
 */
#include "tests/sensor/path.h"
#include "tests/support/dialog_file.h"
#include "tests/support/play.h"

#include <stdio.h>

#define SERVER_PORT 2525
#define CLIENT_PORT 40000

struct manner {
	struct play_manner play;
	bool doubled, swapped, server_first, v6, vlan;
};

/* What became of a dialog. */
struct outcome {
	const struct dialog_case *of;
	struct sighting seen; /* the last that was told */
	const char *label;
	unsigned told;
	int flows, suspected_flows;
};

static const char *const names_of_tls[] = { "no", "offered", "used" };
static const char *const names_of_variant[] = { "smtp", "esmtp", "lmtp" };

/* "a b" as "a,b". */
static void
by_commas(char *text)
{
	for (; *text != '\0'; text++)
		if (*text == ' ')
			*text = ',';
}

static void
add(char *list, size_t cap, const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, cap - used, "%s%s", used > 0 ? "," : "", word);
}

static void
evidence_text(const struct sighting *seen, char *text, size_t cap)
{
	text[0] = '\0';
	for (unsigned i = 0; i < SIGHTING_ATOMS; i++)
		if ((seen->evidence >> i & 1) != 0)
			add(text, cap, sighting_atom_name(i));
}

static void
flags_text(const struct outcome *outcome, char *text, size_t cap)
{
	unsigned flags = outcome->seen.flags;

	text[0] = '\0';
	for (unsigned i = 0; i < SIGHTING_FLAGS; i++)
		if ((flags >> i & 1) != 0)
			add(text, cap, sighting_flag_name(i));
}

static void
via_text(const struct sighting *seen, char *text, size_t cap)
{
	text[0] = '\0';
	for (unsigned i = 0; i < SIGHTING_VIA_MAX; i++)
		if (seen->via[i] != SIGHTING_VIA_NONE)
			add(text, cap,
			    sighting_via_name((enum sighting_via)seen->via[i]));
}

/* Whom a tunnel leads to; "-" where there is none. */
static void
target_text(const struct sighting *seen, char *text, size_t cap)
{
	char where[ENDPOINT_TEXT_MAX];

	if (!sighting_tunnelled(seen)) {
		snprintf(text, cap, "-");
	} else if (seen->server.family == 0) {
		snprintf(text, cap, "%s:%u", seen->name, seen->server.port);
	} else {
		endpoint_address_text(&seen->server, where);
		snprintf(text, cap, "%s:%u", where, seen->server.port);
	}
}

static void
source_text(const struct sighting *seen, char *text, size_t cap)
{
	const char *source =
	    sighting_source_name((enum sighting_source)seen->software_by);

	snprintf(text, cap, "%s", source != NULL ? source : "");
}

/* "Exchange Online" is one word of an expectation. */
static void
one_word(const char *words, char *text, size_t cap)
{
	snprintf(text, cap, "%s", words);
	for (; *text != '\0'; text++)
		if (*text == ' ')
			*text = '_';
}

/* Who serves: behind a handshake the responder is who people can go to. */
static const char *
server_of(const struct outcome *outcome)
{
	bool responder = outcome->seen.server.port == SERVER_PORT;

	if ((outcome->seen.flags & SIGHTING_ROLE_REVERSED) != 0)
		responder = !responder;
	return responder ? "S" : "C";
}

static bool
value_of(const void *from, const char *name, char *text, size_t cap)
{
	const struct outcome *outcome = from;
	const struct sighting *seen = &outcome->seen;

	if (strcmp(name, "label") == 0)
		snprintf(text, cap, "%s", outcome->label);
	else if (strcmp(name, "reason") == 0)
		snprintf(text, cap, "%s", seen->reason);
	else if (strcmp(name, "variant") == 0)
		snprintf(text, cap, "%s", names_of_variant[seen->variant]);
	else if (strcmp(name, "starttls") == 0)
		snprintf(text, cap, "%s", names_of_tls[seen->starttls]);
	else if (strcmp(name, "via") == 0)
		via_text(seen, text, cap);
	else if (strcmp(name, "target") == 0)
		target_text(seen, text, cap);
	else if (strcmp(name, "software") == 0)
		one_word(seen->software, text, cap);
	else if (strcmp(name, "by") == 0)
		source_text(seen, text, cap);
	else if (strcmp(name, "dialect") == 0)
		snprintf(text, cap, "%s", seen->client_dialect);
	else if (strcmp(name, "version") == 0)
		snprintf(text, cap, "%s", seen->version);
	else if (strcmp(name, "messages") == 0)
		snprintf(text, cap, "%u", seen->dialog_messages);
	else if (strcmp(name, "rcpt") == 0)
		snprintf(text, cap, "%u/%u", seen->rcpt_accepted,
		    seen->rcpt_rejected);
	else if (strcmp(name, "code") == 0)
		snprintf(text, cap, "%.3s", seen->greeting);
	else if (strcmp(name, "blocklist") == 0)
		snprintf(text, cap, "%s", seen->blocklist);
	else if (strcmp(name, "helo") == 0)
		snprintf(text, cap, "%.*s", seen->helo_len, seen->helo);
	else if (strcmp(name, "auth") == 0)
		snprintf(text, cap, "%s", seen->auth);
	else if (strcmp(name, "keywords") == 0)
		snprintf(text, cap, "%s", seen->ehlo);
	else if (strcmp(name, "flags") == 0)
		flags_text(outcome, text, cap);
	else if (strcmp(name, "evidence") == 0)
		evidence_text(seen, text, cap);
	else if (strcmp(name, "server") == 0)
		snprintf(text, cap, "%s", server_of(outcome));
	else
		return false;
	by_commas(text);
	return true;
}

static const char *
refuted_as(const struct counters *counters)
{
	for (unsigned i = 1; i < LABELS; i++)
		if (counters->refuted[i] > 0)
			return label_name((enum label)i);
	return "";
}

static const char *
verdict_of(const struct traffic *traffic)
{
	if (traffic->confirmed + traffic->suspected + traffic->refuted +
		traffic->undecided !=
	    1)
		return "(not one)";
	if (traffic->confirmed > 0)
		return "confirmed";
	if (traffic->suspected > 0)
		return "suspected";
	return traffic->refuted > 0 ? "refuted" : "undecided";
}

/* What is said of a flow without a label, since nobody is told of it. */
static bool
label_holds(const struct outcome *outcome)
{
	const char *wanted = strstr(outcome->of->facts, "label=");

	if (wanted == NULL || strcmp(outcome->of->verdict, "refuted") != 0)
		return true;
	wanted += strlen("label=");
	return strncmp(wanted, outcome->label, strlen(outcome->label)) == 0 &&
	    outcome->label[0] != '\0';
}

static bool
as_written(const struct path *path, const struct outcome *outcome, char *what,
    size_t cap)
{
	const struct dialog_case *of = outcome->of;
	const struct traffic *traffic = &path_counters(path)->traffic;
	const char *verdict = verdict_of(traffic);
	bool confirmed = strcmp(verdict, "confirmed") == 0;

	if (strcmp(verdict, of->verdict) != 0) {
		snprintf(what, cap, "%s, got %s", of->verdict, verdict);
		return false;
	}
	if (!label_holds(outcome)) {
		snprintf(what, cap, "label, got %s", outcome->label);
		return false;
	}
	if (outcome->flows != confirmed || traffic->flows != 1) {
		snprintf(what, cap, "one flow, got %d", outcome->flows);
		return false;
	}
	return outcome->told == 0 ||
	    dialog_facts_hold(outcome->of, value_of, outcome, what, cap);
}

static struct talk_shot
exchanged(struct play *play, size_t a, size_t b)
{
	struct talk_shot was = play->shot[a];

	play->shot[a] = play->shot[b];
	play->shot[b] = was;
	return was;
}

/* What the server says comes before what it answers, turn by turn. */
static void
put_server_first(struct play *play)
{
	size_t asked = 0, end;

	while (asked < play->count) {
		if (play->shot[asked].from != TALK_CLIENT ||
		    play->shot[asked].len == 0) {
			asked++;
			continue;
		}
		end = asked;
		while (end < play->count &&
		    play->shot[end].from == TALK_CLIENT &&
		    play->shot[end].len > 0)
			end++;
		while (end < play->count &&
		    play->shot[end].from == TALK_SERVER &&
		    play->shot[end].len > 0) {
			for (size_t i = end; i > asked; i--)
				exchanged(play, i, i - 1);
			asked++;
			end++;
		}
		asked = end;
	}
}

static void
write_talk(struct path *path, struct play *play, const struct manner *manner,
    const struct dialog_case *of)
{
	struct talk *talk = &path->talk;
	const char *v4[] = { "10.0.0.1", "10.0.0.2" };
	const char *v6[] = { "2001:db8::1", "2001:db8::2" };

	for (int i = 0; i < 2; i++)
		talk->address[i] =
		    manner->v6 ? v6[i] : v4[manner->swapped ? 1 - i : i];
	talk->port[TALK_CLIENT] = CLIENT_PORT;
	talk->port[TALK_SERVER] = SERVER_PORT;
	talk->doubled = manner->doubled;
	talk->vlan = manner->vlan ? 42 : 0;
	if (manner->server_first)
		put_server_first(play);
	if (manner->swapped && !of->nohandshake && !of->sonly && !of->conly)
		exchanged(play, 0, 1);
	play_write(play, talk);
}

static bool
run_case(struct play *play, const struct dialog_case *of,
    const struct manner *manner)
{
	struct outcome outcome = { .of = of };
	struct path path;
	char what[1024] = "";
	bool good;

	path_begin(&path);
	play_begin(play, 1000, UINT32_MAX - 50); /* it wraps in the greeting */
	play_dialog(play, of, &manner->play);
	write_talk(&path, play, manner, of);
	path_run(&path);
	while (path_told(&path, &outcome.seen)) {
		outcome.told++;
		outcome.flows += outcome.seen.flows;
		outcome.suspected_flows += outcome.seen.suspected_flows;
	}
	outcome.label = refuted_as(path_counters(&path));
	good = as_written(&path, &outcome, what, sizeof(what));
	if (!good)
		print_error(
		    "%s:%u: %s: %s\n", of->file, of->line, of->title, what);
	path_end(&path);
	return good;
}

/* Why a dialog is not played, or not that way. */
enum exemption {
	PLAYED,
	/* No packets say that the first bytes are missing where a SYN-ACK was
	 * seen, nor that none are where nothing of a handshake was. */
	NO_BEGINNING,
	/* What is answered is more than the window of reassembly away: what a
	 * mirror puts that far behind its answer is lost.  So is the question
	 * with which a capture begins: its answer says where its side begins. */
	OUT_OF_WINDOW,
	/* It is about its line ends, has none, or counts bytes. */
	ENDS_AS_WRITTEN,
	EXEMPTIONS
};

static enum exemption
exempted(const struct dialog_case *of, const struct manner *manner)
{
	if (!play_can(of))
		return NO_BEGINNING;
	if (of->ordered && manner->server_first)
		return OUT_OF_WINDOW;
	if (of->exact && manner->play.other_end)
		return ENDS_AS_WRITTEN;
	return PLAYED;
}

/* An exemption is a decision: who needs another one says so here. */
static void
assert_exempted(
    const size_t count[static EXEMPTIONS], const struct manner *manner)
{
	assert_int_equal(count[NO_BEGINNING], 3);
	assert_int_equal(count[OUT_OF_WINDOW], manner->server_first ? 4 : 0);
	assert_int_equal(
	    count[ENDS_AS_WRITTEN], manner->play.other_end ? 30 : 0);
}

static void
run_all(const struct manner *manner)
{
	size_t all = 0, wrong = 0, count[EXEMPTIONS] = { 0 };
	struct dialog_case *cases = dialog_cases_read(&all);
	struct play *play = calloc(1, sizeof(*play));
	enum exemption why;

	assert_non_null(cases);
	assert_non_null(play);
	for (size_t i = 0; i < all; i++) {
		why = exempted(&cases[i], manner);
		count[why]++;
		if (why == PLAYED)
			wrong += !run_case(play, &cases[i], manner);
	}
	play_free(play);
	dialog_cases_free(cases, all);
	print_message("%zu of %zu dialogs, %zu other than written\n",
	    count[PLAYED], all, wrong);
	assert_exempted(count, manner);
	assert_true(count[PLAYED] >= 240);
	assert_int_equal(wrong, 0);
}

static void
each_dialog_is_found_as_it_is_written(void **state)
{
	(void)state;
	run_all(&(struct manner){ 0 });
}

static void
each_dialog_is_the_same_byte_by_byte(void **state)
{
	(void)state;
	run_all(&(struct manner){ .play.bytewise = true });
}

static void
each_dialog_is_the_same_with_every_packet_doubled(void **state)
{
	(void)state;
	run_all(&(struct manner){ .doubled = true });
}

static void
each_dialog_is_the_same_with_answers_before_questions(void **state)
{
	(void)state;
	run_all(&(struct manner){ .server_first = true });
}

static void
each_dialog_is_the_same_seen_from_the_other_direction_first(void **state)
{
	(void)state;
	run_all(&(struct manner){ .swapped = true });
}

static void
each_dialog_is_the_same_over_ipv6(void **state)
{
	(void)state;
	run_all(&(struct manner){ .v6 = true });
}

static void
each_dialog_is_the_same_inside_a_vlan(void **state)
{
	(void)state;
	run_all(&(struct manner){ .vlan = true });
}

static void
each_dialog_is_the_same_with_other_line_ends(void **state)
{
	(void)state;
	run_all(&(struct manner){ .play.other_end = true });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_dialog_is_found_as_it_is_written),
		cmocka_unit_test(each_dialog_is_the_same_byte_by_byte),
		cmocka_unit_test(
		    each_dialog_is_the_same_with_every_packet_doubled),
		cmocka_unit_test(
		    each_dialog_is_the_same_with_answers_before_questions),
		cmocka_unit_test(
		    each_dialog_is_the_same_seen_from_the_other_direction_first),
		cmocka_unit_test(each_dialog_is_the_same_over_ipv6),
		cmocka_unit_test(each_dialog_is_the_same_inside_a_vlan),
		cmocka_unit_test(each_dialog_is_the_same_with_other_line_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
