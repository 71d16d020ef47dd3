/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_doctor - numbers in, the right diagnostics out, once each.
 *
 * What can be provoked by a capture file or on a real interface is, in
 * tests/integration/test_doctor.py.  Here is what cannot (a card that drops,
 * a clock that is set), and what becomes of a diagnostic with time.
 */
#include "sensor/doctor/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000000)
#define WINDOW (30 * SECOND)

/* No interface of that name: the kernel says nothing of it. */
static const char *const interfaces[] = { "straymail-test" };

static struct doctor *doctor;
static struct counters counters;
static uint64_t now_ns;

static void
begin(unsigned interface_count)
{
	memset(&counters, 0, sizeof(counters));
	now_ns = 1000 * SECOND;
	doctor = doctor_new(&(struct doctor_parts){
	    .interfaces = interfaces,
	    .interface_count = interface_count,
	    .window_ns = WINDOW,
	});
	assert_non_null(doctor);
}

static void
end(void)
{
	doctor_free(doctor);
}

/* A mirror as it should be: so many more segments, of as many frames. */
static void
sound_traffic(uint64_t frames)
{
	struct mirror_counts *mirror = &counters.mirror;

	counters.traffic.packets += frames;
	counters.traffic.tcp += frames;
	counters.census.checksums += frames;
	mirror->frames += frames;
	mirror->unicast += frames;
	mirror->batches += frames / 8;
	mirror->tcp += frames;
	mirror->flows += frames / 10;
	mirror->met += frames / 10;
	mirror->late += frames / 10;
	mirror->syn += frames / 10;
	mirror->syn_ack += frames / 10;
	mirror->followed += frames / 2;
	mirror->acked_bytes += frames * 500;
}

/* --- on demand ------------------------------------------------------------- */

/* Where the count is, so much of it in 10,000 frames, and what that is. */
static const struct {
	const char *code;
	size_t offset;
	uint64_t below, info, warning, critical; /* 0: not that level */
	unsigned interface_count;
} rows[] = {
#define ON(code, field, below, info, warning, critical)                        \
	{                                                                      \
		code, offsetof(struct counters, field), below, info, warning,  \
		    critical, 1                                                \
	}
#define IN(code, field, below, info, warning, critical)                        \
	{                                                                      \
		code, offsetof(struct counters, field), below, info, warning,  \
		    critical, 0                                                \
	}
	ON("NOTMIRROR", mirror.own, 9499, 0, 0, 9500),
	ON("KDROPS", traffic.kernel_drops, 101, 0, 102, 1112),
	ON("NICDROPS", traffic.interface_drops, 0, 0, 1, 0),
	ON("LOSS", mirror.lost_bytes, 49999, 0, 50000, 500000),
	ON("MIDSTREAM", mirror.midstream, 499, 0, 500, 0),
	ON("DUPLICATES", mirror.copies, 249, 0, 250, 0),
	ON("REORDER", mirror.early, 249, 0, 250, 0),
	ON("TRUNCATED", mirror.cut, 9, 0, 10, 0),
	IN("PCAP_SNAPLEN", mirror.cut, 9, 0, 10, 9000),
	ON("SUPERPACKET", mirror.super, 0, 1, 0, 0),
	ON("BADCSUM", census.checksums_bad, 999, 1000, 0, 0),
	ON("ASYM_VLAN", mirror.asymmetric, 99, 100, 0, 0),
	ON("ALLVLAN", mirror.tagged, 9999, 10000, 0, 0),
	ON("ALLTUNNEL", mirror.tunnelled, 9999, 10000, 0, 0),
	ON("TSBACK", mirror.back, 0, 0, 1, 0),
	IN("PCAP_UNSORTED", mirror.back, 0, 0, 1, 0),
	ON("LAG", mirror.lag_ms, 6249999, 0, 6250000, 75000000),
	IN("PCAP_SYNFIN", mirror.control, 9999, 0, 0, 10000),
	ON("UNKNOWN_ENCAP", census.protocol[50], 999, 0, 1000, 9000),
};

/* The level of the code; everything else is fine but this machine's clock. */
static enum diagnostic_level
level_of(const char *code)
{
	struct diagnostic found[DIAGNOSES_MAX];
	size_t count = doctor_examine(doctor, &counters, 0, found);
	enum diagnostic_level level = DIAGNOSTIC_FINE;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(found[i].code, "CLOCK") == 0)
			continue;
		assert_string_equal(found[i].code, code);
		assert_true(found[i].value >= found[i].threshold);
		assert_true(found[i].threshold > 0);
		assert_null(strchr(found[i].message, '{'));
		assert_null(strchr(found[i].fix, '{'));
		level = (enum diagnostic_level)found[i].level;
	}
	return level;
}

static void
each_threshold_is_where_it_is_said_to_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint64_t counts[] = { rows[i].below, rows[i].info,
			rows[i].warning, rows[i].critical };

		begin(rows[i].interface_count);
		sound_traffic(10000);
		for (unsigned level = 0; level < 4; level++) {
			if (level > 0 && counts[level] == 0)
				continue;
			memcpy((char *)&counters + rows[i].offset,
			    &counts[level], sizeof(counts[level]));
			assert_int_equal(level_of(rows[i].code), level);
		}
		end();
	}
}

static void
few_frames_say_nothing(void **state)
{
	(void)state;
	begin(1);
	sound_traffic(30);
	counters.mirror.own = 30;
	counters.mirror.copies = 15;
	counters.mirror.cut = 15;
	counters.mirror.lost_bytes = 9999;
	counters.mirror.met = 0;
	assert_int_equal(level_of(""), DIAGNOSTIC_FINE);
	end();
}

static void
one_direction_shows_in_two_ways_and_is_told_once(void **state)
{
	struct diagnostic found[DIAGNOSES_MAX];
	unsigned told = 0;

	(void)state;
	begin(1);
	sound_traffic(1000);
	counters.mirror.met = 10;
	counters.mirror.syn_ack = 0;
	size_t count = doctor_examine(doctor, &counters, 0, found);

	for (size_t i = 0; i < count; i++)
		told += strcmp(found[i].code, "ONEWAY") == 0;
	assert_int_equal(told, 1);
	counters.mirror.met = 100;
	assert_int_equal(level_of("ONEWAY"), DIAGNOSTIC_WARNING); /* SYNs */
	end();
}

/* What is to be done about it. */
static const char *
fix_of(const char *code)
{
	static struct diagnostic found[DIAGNOSES_MAX];
	size_t count = doctor_examine(doctor, &counters, 0, found);

	for (size_t i = 0; i < count; i++)
		if (strcmp(found[i].code, code) == 0)
			return found[i].fix;
	return "";
}

static void
loss_says_whose_fault_it_is(void **state)
{
	(void)state;
	begin(1);
	sound_traffic(10000);
	counters.mirror.lost_bytes = 100000;
	assert_non_null(strstr(fix_of("LOSS"), "the SPAN port is oversub"));
	counters.traffic.kernel_drops = 5;
	assert_non_null(strstr(fix_of("LOSS"), "KDROPS"));
	end();
	begin(0);
	sound_traffic(10000);
	counters.mirror.lost_bytes = 100000;
	assert_non_null(strstr(fix_of("LOSS"), "who captured this"));
	end();
}

static void
what_there_is_instead_is_named(void **state)
{
	struct diagnostic found[DIAGNOSES_MAX];

	(void)state;
	begin(0);
	sound_traffic(10);
	counters.traffic.packets += 2000;
	counters.mirror.frames += 2000;
	counters.decoded[DECODED_UDP] = 1700;
	counters.census.type[0] = (struct census_type){ 200, 0x88E5 };
	counters.census.protocol[50] = 100;
	assert_int_equal(doctor_examine(doctor, &counters, 0, found), 2);
	assert_string_equal(found[0].code, "NOTCP");
	assert_string_equal(found[0].message,
	    "100 % of the frames are no TCP, but UDP, EtherType 0x88e5, "
	    "IP protocol 50");
	assert_string_equal(found[1].code, "UNKNOWN_ENCAP");
	end();
}

/* --- visits ----------------------------------------------------------------- */

static void
visit(unsigned seconds)
{
	now_ns += seconds * SECOND;
	doctor_visit(doctor, &counters, now_ns);
}

/* The only news, but for this machine's clock: "" where there is none. */
static const char *
news(enum diagnostic_action action)
{
	static char code[DIAGNOSTIC_CODE_MAX];
	struct diagnostic told;

	code[0] = '\0';
	while (doctor_news(doctor, &told)) {
		if (strcmp(told.code, "CLOCK") == 0)
			continue;
		assert_string_equal(code, "");
		assert_int_equal(told.action, action);
		memcpy(code, told.code, sizeof(code));
	}
	return code;
}

static void
a_diagnostic_begins_worsens_and_ends_once(void **state)
{
	(void)state;
	begin(1);
	visit(0);
	assert_string_equal(news(DIAGNOSTIC_BEGINS), "");
	for (unsigned second = 0; second < 29; second++) {
		sound_traffic(1000);
		counters.traffic.kernel_drops += 20;
		visit(1);
		assert_string_equal(news(DIAGNOSTIC_BEGINS), "");
	}
	visit(1);
	assert_string_equal(news(DIAGNOSTIC_BEGINS), "KDROPS");
	sound_traffic(1000);
	counters.traffic.kernel_drops += 20;
	visit(30);
	assert_string_equal(news(DIAGNOSTIC_BEGINS), ""); /* as it was */
	sound_traffic(1000);
	counters.traffic.kernel_drops += 500;
	visit(30);
	assert_string_equal(news(DIAGNOSTIC_WORSENS), "KDROPS");
	sound_traffic(1000);
	visit(30);
	assert_string_equal(news(DIAGNOSTIC_ENDS), ""); /* may be luck */
	sound_traffic(1000);
	visit(30);
	assert_string_equal(news(DIAGNOSTIC_ENDS), "KDROPS");
	sound_traffic(1000);
	visit(30);
	assert_string_equal(news(DIAGNOSTIC_ENDS), "");
	end();
}

static void
a_window_waits_until_there_is_enough(void **state)
{
	(void)state;
	begin(1);
	visit(0);
	for (unsigned i = 0; i < 3; i++) {
		sound_traffic(80); /* 40 followed, of which 100 are wanted */
		counters.mirror.copies += 10;
		visit(30);
		assert_string_equal(
		    news(DIAGNOSTIC_BEGINS), i < 2 ? "" : "DUPLICATES");
	}
	end();
}

static void
silence_ends_with_the_first_frame(void **state)
{
	(void)state;
	begin(1);
	visit(0);
	sound_traffic(1);
	visit(25);
	visit(29);
	assert_string_equal(news(DIAGNOSTIC_BEGINS), "");
	visit(1);
	assert_string_equal(news(DIAGNOSTIC_BEGINS), "NOPACKETS");
	visit(100);
	assert_string_equal(news(DIAGNOSTIC_BEGINS), "");
	sound_traffic(1);
	visit(1);
	assert_string_equal(news(DIAGNOSTIC_ENDS), "NOPACKETS");
	end();
}

static void
every_row_is_whole(void **state)
{
	const struct diagnosis *row;

	(void)state;
	for (size_t i = 0; (row = diagnosis_at(i)) != NULL; i++) {
		assert_true(strlen(row->code) < DIAGNOSTIC_CODE_MAX);
		assert_true(
		    row->info > 0 || row->warning > 0 || row->critical > 0);
		assert_true(row->least > 0);
		assert_true(row->where != 0);
		size_t list = row->list != LIST_NONE ? MEASURES_LIST : 32;
		size_t filter =
		    strstr(row->fix, "{filter}") != NULL ? BLINDNESS_BETTER : 0;

		assert_true(
		    strlen(row->message) + list < DIAGNOSTIC_MESSAGE_MAX);
		assert_true(strlen(row->fix) + filter < DIAGNOSTIC_FIX_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_threshold_is_where_it_is_said_to_be),
		cmocka_unit_test(few_frames_say_nothing),
		cmocka_unit_test(
		    one_direction_shows_in_two_ways_and_is_told_once),
		cmocka_unit_test(loss_says_whose_fault_it_is),
		cmocka_unit_test(what_there_is_instead_is_named),
		cmocka_unit_test(a_diagnostic_begins_worsens_and_ends_once),
		cmocka_unit_test(a_window_waits_until_there_is_enough),
		cmocka_unit_test(silence_ends_with_the_first_frame),
		cmocka_unit_test(every_row_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
