/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blindness - frames that are made up, tried on a filter.
 */
#include "sensor/capture/blindness.h"

#include "sensor/capture/filter.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM         192
#define FILTER_MAX   1024
#define ALL_TCP      UINT32_MAX /* nothing passes that was tried */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/*
 * Layers, outermost first, below an Ethernet header:
 *
 *	V Q	a tag: 802.1Q, 802.1ad
 *	4 6	IP of that version: a tunnel's, or the connection's
 *	I	the connection's IP, of the version that the filter is about
 *	X N G	a tunnel: UDP and VXLAN or GENEVE and Ethernet; GRE
 *	T	TCP, a SYN
 *
 * `also` is what, before the filter, lets a tunnel pass: a "vlan" in the filter
 * means that all behind it is about what a tag carries.  So tags are seen to by
 * trying all of it behind one.
 */
/* clang-format off */
static const struct kind {
	const char *name, *layers, *also;
} kinds[] = {
	{ "VLAN",   "VIT",  "" },
	{ "QinQ",   "QVIT", "" },
	{ "VXLAN",  "4XIT", "udp port 4789 or " },
	{ "GENEVE", "4NIT", "udp port 6081 or " },
	{ "GRE",    "4GIT", "proto 47 or " },
	{ "IPv6",   "6T",   "(ip6 and tcp) or " },
};
/* clang-format on */

/* Whom the made up connection is between. */
struct ends {
	uint8_t ip4[2][4], ip6[2][16];
	uint16_t port[2];
	unsigned family;
};

/* A frame, built from the inside out. */
struct made {
	const struct ends *ends;
	uint8_t bytes[ROOM];
	size_t at;
	uint16_t type; /* what the next header outwards says that it carries */
	uint8_t protocol;
	bool outer; /* the connection's own IP header is there */
};

static void
put(struct made *made, const void *bytes, size_t len)
{
	made->at -= len;
	memcpy(made->bytes + made->at, bytes, len);
}

static void
put16(struct made *made, size_t value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(made, bytes, sizeof(bytes));
}

static size_t
length(const struct made *made)
{
	return ROOM - made->at;
}

static void
put_tcp(struct made *made)
{
	static const uint8_t rest[] = { 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0x20,
		0, 0, 0, 0, 0 };

	put(made, rest, sizeof(rest));
	put16(made, made->ends->port[1]);
	put16(made, made->ends->port[0]);
	made->protocol = 6;
}

static void
put_ip4(struct made *made)
{
	static const uint8_t tunnel[8] = { 192, 0, 2, 251, 192, 0, 2, 252 };
	const uint8_t middle[] = { 0, 1, 0, 0, 64, made->protocol, 0, 0 };
	size_t len = length(made) + 20;

	put(made, made->outer ? tunnel : &made->ends->ip4[0][0], 8);
	put(made, middle, sizeof(middle));
	put16(made, len);
	put16(made, 0x4500);
	made->type = 0x0800;
	made->outer = true;
}

static void
put_ip6(struct made *made)
{
	const uint8_t next[] = { made->protocol, 64 };
	size_t len = length(made);

	put(made, made->ends->ip6, sizeof(made->ends->ip6));
	put(made, next, sizeof(next));
	put16(made, len);
	put(made, "\x60\0\0", 4);
	made->type = 0x86DD;
	made->outer = true;
}

static void
put_ethernet(struct made *made)
{
	put16(made, made->type);
	put(made, "\x02\0\0\0\0\1\x02\0\0\0\0\2", 12);
}

static void
put_tunnel(struct made *made, uint16_t port, const char *header)
{
	put_ethernet(made);
	put(made, header, 8);
	put16(made, 0); /* no checksum */
	put16(made, length(made) + 6);
	put16(made, port);
	put16(made, 50000);
	made->protocol = 17;
}

static void
put_tag(struct made *made, uint16_t type)
{
	put16(made, made->type);
	put16(made, 100);
	made->type = type;
}

static void
put_layer(struct made *made, char layer)
{
	if (layer == 'I')
		layer = made->ends->family == 6 ? '6' : '4';
	switch (layer) {
	case 'T':
		put_tcp(made);
		break;
	case '4':
		put_ip4(made);
		break;
	case '6':
		put_ip6(made);
		break;
	case 'X':
		put_tunnel(made, 4789, "\x08\0\0\0\0\0\1");
		break;
	case 'N':
		put_tunnel(made, 6081, "\0\0\x65\x58\0\0\1");
		break;
	case 'G':
		put16(made, made->type);
		put16(made, 0);
		made->protocol = 47;
		break;
	case 'V':
		put_tag(made, 0x8100);
		break;
	case 'Q':
		put_tag(made, 0x88A8);
		break;
	default:
		break;
	}
}

static struct slice
make(struct made *made, const struct ends *ends, const char *layers)
{
	*made = (struct made){ .ends = ends, .at = ROOM };
	for (size_t i = strlen(layers); i-- > 0;)
		put_layer(made, layers[i]);
	put_ethernet(made);
	return slice_of(made->bytes + made->at, length(made));
}

static bool
passes(const struct filter *filter, const struct ends *ends, const char *layers,
    bool live)
{
	bool tagged = layers[0] == 'V' || layers[0] == 'Q';
	struct made made;

	if (filter_passes(filter, make(&made, ends, layers)))
		return true;
	return live && tagged &&
	    filter_passes(filter, make(&made, ends, layers + 1));
}

/* --- what the filter's own text is about ----------------------------------- */

#define WORDS_MAX 5 /* of a sort; the first is ours */

struct words {
	uint8_t ip4[WORDS_MAX][4], ip6[WORDS_MAX][16];
	uint16_t port[WORDS_MAX];
	unsigned ip4_count, ip6_count, port_count;
};

static void
take_word(struct words *words, const char *word)
{
	char *end;
	long number = strtol(word, &end, 10);

	if (words->ip4_count < WORDS_MAX &&
	    inet_pton(AF_INET, word, words->ip4[words->ip4_count]) == 1)
		words->ip4_count++;
	else if (words->ip6_count < WORDS_MAX &&
	    inet_pton(AF_INET6, word, words->ip6[words->ip6_count]) == 1)
		words->ip6_count++;
	else if (words->port_count < WORDS_MAX && *end == '\0' && number > 0 &&
	    number <= UINT16_MAX)
		words->port[words->port_count++] = (uint16_t)number;
}

/* Addresses and numbers, wherever they stand. */
static void
take_words(struct words *words, const char *text)
{
	static const char of_word[] = "0123456789abcdefABCDEF:.";
	char word[INET6_ADDRSTRLEN];

	take_word(words, "192.0.2.1");
	take_word(words, "2001:db8::1");
	take_word(words, "2525");
	while (*text != '\0') {
		size_t len = strspn(text, of_word);

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (len > 0 && len < sizeof(word))
			take_word(words, word);
		text += len > 0 ? len : 1;
	}
}

/* One of all that may be made of these words. */
static struct ends
ends_of(const struct words *words, unsigned which, unsigned family)
{
	unsigned count = family == 6 ? words->ip6_count : words->ip4_count;
	struct ends ends = { .family = family };

	for (unsigned i = 0; i < 2; i++) {
		unsigned a = which % count,
			 p = which / count % words->port_count;

		memcpy(ends.ip4[i], words->ip4[family == 4 ? a : 0], 4);
		memcpy(ends.ip6[i],
		    words->ip6[family == 6 ? a : words->ip6_count - 1], 16);
		ends.port[i] = words->port[p];
		which /= count * words->port_count;
	}
	return ends;
}

/* A plain SYN that passes; false: there is none. */
static bool
find_ends(const struct filter *filter, const struct words *words,
    struct ends *ret_ends)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		unsigned count =
		    family == 6 ? words->ip6_count : words->ip4_count;
		unsigned each = count * words->port_count;

		for (unsigned i = 0; i < each * each; i++) {
			*ret_ends = ends_of(words, i, family);
			if (passes(filter, ret_ends, "IT", false))
				return true;
		}
	}
	return false;
}

/* --- the answer ------------------------------------------------------------- */

/* A filter about one version's addresses is not asked about the other. */
static bool
is_asked(const struct kind *kind, const struct words *words)
{
	return strcmp(kind->layers, "6T") != 0 || words->ip4_count == 1 ||
	    words->ip6_count > 1;
}

/* A bit for each row of kinds that it hides, or ALL_TCP.  What does not compile
 * is for somebody else to say. */
static unsigned
hidden_by(const char *text, const struct words *words, bool live)
{
	struct filter *filter = filter_new(text);
	struct ends ends;
	unsigned hidden = 0;
	bool found;

	if (filter == NULL)
		return 0;
	found = find_ends(filter, words, &ends);
	for (unsigned i = 0; found && i < COUNT(kinds); i++)
		if (is_asked(&kinds[i], words) &&
		    !passes(filter, &ends, kinds[i].layers, live))
			hidden |= 1U << i;
	filter_free(filter);
	return found ? hidden : ALL_TCP;
}

/* "... or (F)" for tunnels, and the same behind one tag or two; the first of
 * these that hides nothing. */
static void
find_better(const char *filter, const struct words *words, bool live,
    struct blindness *blindness)
{
	char open[FILTER_MAX], inner[FILTER_MAX], text[FILTER_MAX];
	unsigned hidden = hidden_by(filter, words, live);
	size_t len = 0;

	for (unsigned i = 0; i < COUNT(kinds); i++)
		if ((hidden & 1U << i) != 0)
			len += (size_t)snprintf(open + len, sizeof(open) - len,
			    "%s", kinds[i].also);
	len += (size_t)snprintf(open + len, sizeof(open) - len, "(%s)", filter);
	snprintf(text, sizeof(text), "%s", open);
	for (unsigned tags = 0; len < BLINDNESS_BETTER && tags <= 2; tags++) {
		if (hidden_by(text, words, live) == 0) {
			memcpy(blindness->better, text, len + 1);
			return;
		}
		memcpy(inner, text, len + 1);
		len = (size_t)snprintf(text, sizeof(text),
		    "%.*s or (vlan and (%.*s))", BLINDNESS_BETTER, open,
		    BLINDNESS_BETTER, inner);
	}
}

static void
name_kinds(struct blindness *blindness, unsigned hidden)
{
	size_t len = 0;

	for (unsigned i = 0; i < COUNT(kinds); i++) {
		if ((hidden & 1U << i) == 0)
			continue;
		blindness->kinds++;
		len += (size_t)snprintf(blindness->names + len,
		    BLINDNESS_NAMES - len, "%s%s", len > 0 ? ", " : "",
		    kinds[i].name);
	}
}

struct blindness
blindness_of(const char *filter, bool live)
{
	struct blindness blindness = { 0 };
	struct words words = { 0 };
	unsigned hidden;

	if (filter == NULL || *filter == '\0')
		return blindness;
	take_words(&words, filter);
	hidden = hidden_by(filter, &words, live);
	if (hidden == ALL_TCP) {
		blindness.kinds = 1;
		snprintf(blindness.names, BLINDNESS_NAMES, "TCP");
	} else if (hidden != 0) {
		name_kinds(&blindness, hidden);
		find_better(filter, &words, live, &blindness);
	}
	return blindness;
}
