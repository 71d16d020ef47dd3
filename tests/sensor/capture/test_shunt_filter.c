/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shunt_filter - a filter means the same in the shunt's program as it does
 * to libpcap, whose bpf_filter() is asked about the same frames.
 */
#include "tests/sensor/decode/encapsulations.h"
#include "tests/support/bpf_run.h"

#include "sensor/capture/shunt.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define SNAPLEN  262144
#define FRAMES   256
#define FRAME    600
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct kept {
	size_t len;
	uint8_t bytes[FRAME];
};

struct bench {
	struct shunt *shunt;
	size_t count;
	struct kept frame[FRAMES];
};

static struct wire wire;

static uint32_t
draw(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

static void
keep(struct bench *bench)
{
	struct kept *kept = &bench->frame[bench->count];

	if (wire.len > FRAME || wire.len < BPF_RUN_LEAST)
		return;
	assert_true(bench->count++ < FRAMES);
	kept->len = wire.len;
	memcpy(kept->bytes, wire_bytes(&wire), wire.len);
}

/* One of TCP in everything, some of them damaged, and what is not TCP. */
static void
make_frames(struct bench *bench)
{
	static const char *const addresses[][2] = {
		{ "10.0.0.1", "10.0.0.2" },
		{ "2001:db8::1", "2001:db8::2" },
	};
	uint32_t seed = 3;

	for (size_t i = 0; i < 2 * ENCAPSULATIONS; i++) {
		const struct encapsulation *of = &encapsulations[i / 2];
		const struct wire_segment segment = {
			.source = addresses[i % 2][0],
			.destination = addresses[i % 2][1],
			.source_port = (uint16_t)(20 + i % 3 * 5),
			.destination_port = (uint16_t)(2500 + i),
			.flags = (uint8_t)(1U << i % 6),
			.payload = "220 mx.example",
			.payload_len = i % 14,
		};

		if (of->link != LINK_ETHERNET || !(i % 2 ? of->v6 : of->v4))
			continue;
		wire_packet(&wire, &segment);
		of->wrap(&wire);
		keep(bench);
		wire.len -= draw(&seed) % (wire.len / 2);
		wire.bytes[wire.at + draw(&seed) % wire.len] ^=
		    (uint8_t)draw(&seed);
		keep(bench);
	}
	wire_begin(&wire, "not TCP at all, but what else there is", 38);
	wire_udp(&wire, 53, 53);
	wire_ip4(&wire, "10.0.0.1", "224.0.0.1", 8);
	wire_ethernet(&wire, WIRE_IPV4);
	keep(bench);
	wire_begin(&wire, "\0\1\10\0\6\4\0\1 and so on, and so on", 30);
	wire_ethernet(&wire, WIRE_ARP);
	keep(bench);
}

static int
set_up(void **state)
{
	static struct bench bench;

	bench.shunt = shunt_new(NULL);
	if (bench.shunt == NULL && errno != EPERM)
		return -1;
	make_frames(&bench);
	*state = &bench;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *bench = *state;

	shunt_free(bench->shunt);
	return 0;
}

static struct bench *
bench_of(void **state)
{
	struct bench *bench = *state;

	if (bench->shunt == NULL) {
		print_message("SKIPPED: bpf(2) is not permitted here\n");
		skip();
	}
	return bench;
}

/* -1: it has no translation, or the kernel does not want it. */
static int
program_of(struct bench *bench, const struct bpf_program *filter,
    char reason[SHUNT_REASON])
{
	const struct shunt_socket socket = {
		.link = LINK_ETHERNET,
		.snaplen = 77,
		.filter = filter->bf_insns,
		.filter_len = filter->bf_len,
	};

	return shunt_program(bench->shunt, &socket, reason);
}

/* How many frames the filter takes; a difference fails the test. */
static unsigned
agreed(struct bench *bench, const struct bpf_program *filter, const char *text)
{
	char reason[SHUNT_REASON];
	int program = program_of(bench, filter, reason);
	unsigned taken = 0;

	if (program < 0)
		fail_msg("%s: %s", text, reason);
	for (size_t i = 0; i < bench->count; i++) {
		const struct kept *kept = &bench->frame[i];
		unsigned wanted = bpf_filter(filter->bf_insns, kept->bytes,
		    (unsigned)kept->len, (unsigned)kept->len);
		int64_t got = bpf_run(program, kept->bytes, kept->len, true);

		assert_true(got == 0 || got == 77);
		if ((wanted != 0) != (got != 0))
			fail_msg("%s, frame %zu: %u and %d", text, i, wanted,
			    (int)got);
		taken += wanted != 0;
	}
	close(program);
	return taken;
}

static void
expressions_mean_what_libpcap_says(void **state)
{
	static const char *const texts[] = {
		"",
		"tcp",
		"not tcp",
		"udp or arp",
		"host 10.0.0.1",
		"src host 10.0.0.1 and not dst net 10.0.0.0/30",
		"net 10.0.0.0/8 or net 2001:db8::/32",
		"tcp port 25",
		"tcp src port 20 or tcp dst portrange 2500-2550",
		"port 25 or port 20 or port 30",
		"not port 25",
		"vlan",
		"vlan 7",
		"vlan and vlan and tcp",
		"tcp or (vlan and tcp) or (vlan and vlan and tcp)",
		"mpls",
		"mpls and mpls and mpls and tcp",
		"pppoes and tcp",
		"ip6",
		"ip6 and tcp",
		"ip6 proto 6",
		"ip proto 47",
		"geneve",
		"geneve 77 and tcp",
		"ether host 02:00:00:00:00:01",
		"ether broadcast or ether multicast",
		"ip multicast",
		"less 80",
		"greater 100",
		"len - 14 > ip[2:2]",
		"tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
		"tcp[((tcp[12] & 0xf0) >> 2):4] = 0x32323020",
		"ip[0] & 0xf != 5",
		"ip[6:2] & 0x3fff = 0",
		"ether[12:2] > 1500 and ether[0] & 1 = 0",
		"ip[8] * 3 / 2 % 7 = 5 or ip[9] - 1 > ip[8] ^ 3",
		"-ip[0] < 5 or ip[2:2] << 2 > 200 or ip[4:2] >> 3 = 1",
		"ip[ip[0] & 0xf] = ip[1]",
		"ip[9] / ip[1] > 2",
		"ether[len - 1] = 0x65",
	};
	struct bench *bench = bench_of(state);
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	unsigned taken = 0;

	for (size_t i = 0; i < COUNT(texts); i++) {
		for (int optimise = 0; optimise < 2; optimise++) {
			struct bpf_program filter;

			if (pcap_compile(dead, &filter, texts[i], optimise,
				PCAP_NETMASK_UNKNOWN) != 0)
				fail_msg("%s: %s", texts[i], pcap_geterr(dead));
			taken += agreed(bench, &filter, texts[i]);
			pcap_freecode(&filter);
		}
	}
	pcap_close(dead);
	print_message("%zu filters, %zu frames, %u times taken\n", COUNT(texts),
	    bench->count, taken);
	assert_true(taken > 1000);
}

/* --- programs that no expression gives ------------------------------------- */

static struct bpf_insn
draw_load(uint32_t *seed)
{
	static const uint16_t codes[] = {
		BPF_LD | BPF_B | BPF_ABS,
		BPF_LD | BPF_H | BPF_ABS,
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_B | BPF_IND,
		BPF_LD | BPF_H | BPF_IND,
		BPF_LD | BPF_W | BPF_IND,
		BPF_LD | BPF_IMM,
		BPF_LD | BPF_W | BPF_LEN,
		BPF_LD | BPF_MEM,
		BPF_LDX | BPF_MEM,
		BPF_LDX | BPF_IMM,
		BPF_LDX | BPF_W | BPF_LEN,
		BPF_LDX | BPF_B | BPF_MSH,
		BPF_ST,
		BPF_STX,
	};

	return (struct bpf_insn){
		.code = codes[draw(seed) % COUNT(codes)],
		.k = draw(seed) % 16, /* M[] has sixteen words */
	};
}

static struct bpf_insn
draw_alu(uint32_t *seed)
{
	static const uint16_t codes[] = { BPF_ADD | BPF_K, BPF_ADD | BPF_X,
		BPF_SUB | BPF_K, BPF_SUB | BPF_X, BPF_MUL | BPF_K,
		BPF_MUL | BPF_X, BPF_DIV | BPF_K, BPF_DIV | BPF_X,
		BPF_MOD | BPF_K, BPF_MOD | BPF_X, BPF_AND | BPF_K,
		BPF_AND | BPF_X, BPF_OR | BPF_K, BPF_OR | BPF_X,
		BPF_XOR | BPF_K, BPF_XOR | BPF_X, BPF_LSH | BPF_K,
		BPF_RSH | BPF_K, BPF_NEG };
	static const uint16_t moves[] = { BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA };

	if (draw(seed) % 4 == 0)
		return (struct bpf_insn){ .code = moves[draw(seed) % 2] };
	return (struct bpf_insn){
		.code = (uint16_t)(BPF_ALU | codes[draw(seed) % COUNT(codes)]),
		.k = 1 + draw(seed) % 31,
	};
}

/* Forward, by no more than there is. */
static struct bpf_insn
draw_jump(uint32_t *seed, uint32_t room)
{
	static const uint16_t codes[] = { BPF_JEQ | BPF_K, BPF_JEQ | BPF_X,
		BPF_JGT | BPF_K, BPF_JGT | BPF_X, BPF_JGE | BPF_K,
		BPF_JGE | BPF_X, BPF_JSET | BPF_K, BPF_JSET | BPF_X, BPF_JA };
	uint16_t code = codes[draw(seed) % COUNT(codes)];

	if (code == BPF_JA)
		return (struct bpf_insn){
			.code = BPF_JMP | BPF_JA,
			.k = draw(seed) % 2 % room,
		};
	return (struct bpf_insn){
		.code = (uint16_t)(BPF_JMP | code),
		.jt = (uint8_t)(draw(seed) % 4 % room),
		.jf = (uint8_t)(draw(seed) % 4 % room),
		.k = draw(seed) % 3 == 0 ? draw(seed) << 9 : draw(seed) % 100,
	};
}

#define LENGTH  56
#define PRELUDE 16

/* M[] is filled first, since bpf_filter() would find there what there was; the
 * last of several ends is the accumulator's. */
static void
draw_program(uint32_t *seed, struct bpf_insn insn[LENGTH])
{
	for (uint32_t i = 0; i < PRELUDE; i++)
		insn[i] = (struct bpf_insn){ .code = BPF_ST, .k = i };
	for (uint32_t i = PRELUDE; i < LENGTH - 1; i++) {
		uint32_t kind = draw(seed) % 16;

		if (kind < 7)
			insn[i] = draw_load(seed);
		else if (kind < 11)
			insn[i] = draw_alu(seed);
		else if (kind < 15)
			insn[i] = draw_jump(seed, LENGTH - 1 - i);
		else
			insn[i] = (struct bpf_insn){
				.code = BPF_RET | BPF_K,
				.k = draw(seed) % 3,
			};
	}
	insn[LENGTH - 1] = (struct bpf_insn){ .code = BPF_RET | BPF_A };
}

static void
drawn_programs_mean_the_same(void **state)
{
	struct bench *bench = bench_of(state);
	unsigned run = 0, taken = 0;
	uint32_t seed = 1;

	for (unsigned i = 0; i < 500; i++) {
		struct bpf_insn insn[LENGTH];
		const struct bpf_program filter = { LENGTH, insn };
		char name[32];

		draw_program(&seed, insn);
		assert_true(bpf_validate(insn, LENGTH));
		run++;
		snprintf(name, sizeof(name), "program %u", i);
		taken += agreed(bench, &filter, name);
	}
	print_message("%u programs, %u times taken\n", run, taken);
	assert_true(taken > 1000);
}

/* --- what the kernel knows ------------------------------------------------- */

#define AD(what) (0xFFFFF000U + (what)) /* SKF_AD_OFF, linux/filter.h */
#define LOAD_AD  (BPF_LD | BPF_W | BPF_ABS)

static void
what_the_kernel_knows_is_asked_of_it(void **state)
{
	struct bench *bench = bench_of(state);
	/* a test run's: of no VLAN, by no queue, unmarked, for us */
	static const struct {
		uint32_t what, value;
	} asked[] = {
		{ 0,
		    0x0004 }, /* protocol: ETH_P_802_2, of a header of zeroes */
		{ 4, 0 },     /* packet type: PACKET_HOST */
		{ 20, 0 },    /* mark */
		{ 24, 0 },    /* queue */
		{ 44, 0 },    /* VLAN: tag */
		{ 48, 0 },    /* ... whether there is one */
		{ 60, 0 },    /* ... and its EtherType */
	};

	for (size_t i = 0; i < COUNT(asked); i++) {
		struct bpf_insn insn[] = {
			{ LOAD_AD, 0, 0, AD(asked[i].what) },
			{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, asked[i].value },
			{ BPF_RET | BPF_K, 0, 0, 1 },
			{ BPF_RET | BPF_K, 0, 0, 0 },
		};
		const struct bpf_program filter = { 4, insn };
		char reason[SHUNT_REASON];
		int program = program_of(bench, &filter, reason);

		if (program < 0)
			fail_msg("%u: %s", asked[i].what, reason);
		if (bpf_run(program, bench->frame[0].bytes, bench->frame[0].len,
			true) == 0)
			fail_msg("%u is another", asked[i].what);
		close(program);
	}
}

static void
what_has_no_counterpart_is_refused(void **state)
{
	struct bench *bench = bench_of(state);
	static const struct bpf_insn refused[] = {
		{ LOAD_AD, 0, 0, AD(52) },      /* where the payload begins */
		{ LOAD_AD, 0, 0, AD(56) },      /* a random number */
		{ LOAD_AD, 0, 0, AD(12) },      /* netlink's */
		{ LOAD_AD, 0, 0, 0xFFF00000U }, /* from the network header */
		{ BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0xFFF00000U },
		{ BPF_LD | BPF_H | BPF_IND, 0, 0, 0xFFFFFFFEU },
		{ BPF_ALU | BPF_LSH | BPF_K, 0, 0, 32 },
		{ BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0 },
		{ BPF_LD | BPF_MEM, 0, 0, 16 },
		{ BPF_JMP | BPF_JA, 0, 0, 0xFFFFFFFFU }, /* to itself */
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0 },  /* behind the end */
	};

	for (size_t i = 0; i < COUNT(refused); i++) {
		struct bpf_insn insn[] = {
			refused[i],
			{ BPF_RET | BPF_A, 0, 0, 0 },
		};
		const struct bpf_program filter = { 2, insn };
		char reason[SHUNT_REASON];

		assert_int_equal(program_of(bench, &filter, reason), -1);
		assert_string_equal(reason, "the filter has no translation");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_mean_what_libpcap_says),
		cmocka_unit_test(drawn_programs_mean_the_same),
		cmocka_unit_test(what_the_kernel_knows_is_asked_of_it),
		cmocka_unit_test(what_has_no_counterpart_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
