/* SPDX-License-Identifier: Apache-2.0 */
/* test_checksum - sound and damaged segments, as the census counts them. */
#include "tests/support/wire.h"

#include "sensor/decode/checksum.h"
#include "sensor/decode/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct count {
	uint64_t sums, bad;
};

static struct wire wire;

static void
build(const char *source, const char *destination, size_t payload_len)
{
	wire_segment(&wire,
	    &(struct wire_segment){ .source = source,
		.destination = destination,
		.source_port = 40000,
		.destination_port = 2525,
		.flags = WIRE_ACK,
		.payload = "EHLO client.example\r\n",
		.payload_len = payload_len });
}

/* What the census says of the frame, decoded so often; len bytes are there. */
static struct count
count_of(size_t len, unsigned times)
{
	struct census census = { 0 };
	struct decoder *decoder =
	    decoder_new(&(struct decoder_options){ .census = &census });
	const struct frame frame = {
		.bytes = slice_of(wire_bytes(&wire), len),
		.wire_len = (uint32_t)wire.len,
		.link = LINK_ETHERNET,
	};
	struct packet packet;

	assert_non_null(decoder);
	for (unsigned i = 0; i < times; i++)
		assert_int_equal(
		    frame_decode(decoder, &frame, &packet), DECODED_TCP);
	decoder_free(decoder);
	return (struct count){ census.checksums, census.checksums_bad };
}

static void
damage(size_t at)
{
	wire.bytes[wire.at + at] ^= 0x10;
}

static void
sound_segments_are_sound(void **state)
{
	static const char *const pairs[][2] = {
		{ "192.0.2.1", "198.51.100.7" },
		{ "2001:db8::1", "2001:db8:5::7" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t len = 0; len <= 21; len++) {
			build(pairs[i][0], pairs[i][1], len);
			assert_int_equal(count_of(wire.len, 1).sums, 1);
			assert_int_equal(count_of(wire.len, 1).bad, 0);
		}
	}
}

static void
one_bit_is_told_wherever_it_is(void **state)
{
	(void)state;
	build("192.0.2.1", "198.51.100.7", 21);
	for (size_t at = 14 + 20; at < wire.len; at++) {
		if (at == 14 + 20 + 12)
			continue; /* the header's length: malformed */
		damage(at);
		assert_int_equal(count_of(wire.len, 1).bad, 1);
		damage(at);
	}
	damage(14 + 8); /* the time to live: of the IP header alone */
	assert_int_equal(count_of(wire.len, 1).bad, 1);
}

static void
what_was_not_captured_is_not_judged(void **state)
{
	(void)state;
	build("192.0.2.1", "198.51.100.7", 21);
	damage(wire.len - 1);
	assert_int_equal(count_of(wire.len - 1, 1).sums, 0);
}

static void
many_are_judged_by_a_few(void **state)
{
	(void)state;
	build("192.0.2.1", "198.51.100.7", 21);
	damage(wire.len - 1);
	struct count count = count_of(wire.len, CHECKSUM_ALL * 2);

	assert_int_equal(
	    count.sums, CHECKSUM_ALL + CHECKSUM_ALL / CHECKSUM_EVERY);
	assert_int_equal(count.bad, count.sums);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_segments_are_sound),
		cmocka_unit_test(one_bit_is_told_wherever_it_is),
		cmocka_unit_test(what_was_not_captured_is_not_judged),
		cmocka_unit_test(many_are_judged_by_a_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
