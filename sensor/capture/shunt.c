/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt - two maps, a program for each socket, and bpf(2), which the C library
 * has no function for.
 *
 * A map of entries by flow is the kernel's to search and to throw out of; the
 * totals are 64 counters, of which each CPU has its own, and they are mapped
 * here so that reading them costs nothing.
 */
#include "sensor/capture/shunt.h"

#include "sensor/capture/shunt_code.h"
#include "sensor/capture/shunt_filter.h"
#include "sensor/capture/shunt_walk.h"
#include "sensor/flow/flow_key.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TOTALS_BYTES (SHUNT_SLOTS * sizeof(struct shunt_slot))
#define TRIES        5 /* the verifier gives up where a signal comes */

struct shunt {
	int flows, totals;
	struct shunt_slot *slots; /* in the map; read only */
	const struct decap *decap;
};

static int
bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static uint64_t
address_of(const void *at)
{
	return (uint64_t)(uintptr_t)at;
}

/* --- maps ------------------------------------------------------------------ */

static int
make_flows(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_LRU_HASH,
		.key_size = sizeof(struct shunt_key),
		.value_size = sizeof(struct shunt_count),
		.max_entries = SHUNT_FLOWS_MAX,
		.map_name = "straymail_shunt",
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static int
make_totals(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(struct shunt_slot),
		.max_entries = SHUNT_SLOTS,
		.map_flags = BPF_F_MMAPABLE,
		.map_name = "straymail_sum",
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static struct shunt_slot *
map_totals(int fd)
{
	void *slots = mmap(NULL, TOTALS_BYTES, PROT_READ, MAP_SHARED, fd, 0);

	return slots == MAP_FAILED ? NULL : slots;
}

struct shunt *
shunt_new(const struct decap *decap)
{
	struct shunt *shunt = calloc(1, sizeof(*shunt));

	if (shunt == NULL)
		return NULL;
	shunt->decap = decap != NULL ? decap : decap_standard;
	shunt->totals = -1;
	shunt->flows = make_flows();
	if (shunt->flows >= 0)
		shunt->totals = make_totals();
	if (shunt->totals >= 0)
		shunt->slots = map_totals(shunt->totals);
	if (shunt->slots == NULL) {
		int error = errno;

		shunt_free(shunt);
		errno = error;
		return NULL;
	}
	return shunt;
}

void
shunt_free(struct shunt *shunt)
{
	if (shunt == NULL)
		return;
	if (shunt->slots != NULL)
		munmap(shunt->slots, TOTALS_BYTES);
	if (shunt->totals >= 0)
		close(shunt->totals);
	if (shunt->flows >= 0)
		close(shunt->flows);
	free(shunt);
}

/* --- programs -------------------------------------------------------------- */

static const struct shunt_row entry[] = {
	MOVE(R6, R1),
};

static bool
write_program(const struct shunt *shunt, struct shunt_code *code,
    const struct shunt_socket *socket)
{
	struct sock_filter *filter;
	bool good = true;

	shunt_code_table(code, entry, 1);
	if (socket->filter != NULL) {
		/* libpcap has a name of its own for the same layout */
		filter = calloc(socket->filter_len, sizeof(*filter));
		if (filter == NULL)
			return false;
		memcpy(filter, socket->filter,
		    socket->filter_len * sizeof(*filter));
		good = shunt_filter_put(code, filter, socket->filter_len);
		free(filter);
	}
	shunt_walk_put(code, socket->link, shunt->decap);
	return shunt_code_end(code) && good;
}

static int
load(const struct shunt_code *code)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insn_cnt = code->count,
		.insns = address_of(code->insn),
		.license = address_of("Apache-2.0"),
		.prog_name = "straymail_shunt",
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	for (unsigned i = 0; fd < 0 && errno == EAGAIN && i < TRIES; i++)
		fd = bpf(BPF_PROG_LOAD, &attr);
	return fd;
}

static void
say_errno(const char *who, char ret_reason[static SHUNT_REASON])
{
	char text[128];

	snprintf(ret_reason, SHUNT_REASON, "%s does not take the program: %s",
	    who, strerror_r(errno, text, sizeof(text)));
}

int
shunt_program(struct shunt *shunt, const struct shunt_socket *socket,
    char ret_reason[static SHUNT_REASON])
{
	const int32_t operands[SHUNT_OPERANDS] = {
		[SHUNT_SNAPLEN] = (int32_t)socket->snaplen,
		[SHUNT_FLOWS] = shunt->flows,
		[SHUNT_TOTALS] = shunt->totals,
	};
	struct shunt_code *code;
	int fd = -1;

	if (!shunt_walk_knows(socket->link)) {
		snprintf(ret_reason, SHUNT_REASON,
		    "frames of link type %d are not walked", socket->link);
		return -1;
	}
	/* libpcap's program reads a header there that the kernel has not */
	if (socket->filter != NULL && shunt_walk_is_cooked(socket->link)) {
		snprintf(ret_reason, SHUNT_REASON,
		    "a filter of cooked frames has no translation");
		return -1;
	}
	code = shunt_code_new(operands);
	if (code == NULL)
		snprintf(ret_reason, SHUNT_REASON, "no memory");
	else if (!write_program(shunt, code, socket))
		snprintf(
		    ret_reason, SHUNT_REASON, "the filter has no translation");
	else if ((fd = load(code)) < 0)
		say_errno("the kernel", ret_reason);
	shunt_code_free(code);
	return fd;
}

bool
shunt_attach(struct shunt *shunt, const struct shunt_socket *socket,
    char ret_reason[static SHUNT_REASON])
{
	int fd = shunt_program(shunt, socket, ret_reason);
	bool good;

	if (fd < 0)
		return false;
	good = setsockopt(
		   socket->fd, SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)) == 0;
	if (!good)
		say_errno("the socket", ret_reason);
	close(fd); /* the socket holds it */
	return good;
}

/* --- flows ----------------------------------------------------------------- */

static struct shunt_key
entry_key(const struct flow_key *key)
{
	struct shunt_key entry_of = {
		.port = { key->port[0], key->port[1] },
		.realm = key->realm,
		.family = key->family,
	};

	memcpy(entry_of.address, key->address, sizeof(entry_of.address));
	return entry_of;
}

void
shunt_add(struct shunt *shunt, const struct flow_key *key)
{
	const struct shunt_key entry_of = entry_key(key);
	const struct shunt_count none = { 0 };
	union bpf_attr attr = {
		.map_fd = (uint32_t)shunt->flows,
		.key = address_of(&entry_of),
		.value = address_of(&none),
		.flags = BPF_NOEXIST, /* its counts go on */
	};

	bpf(BPF_MAP_UPDATE_ELEM, &attr); /* where it fails, all is as before */
}

void
shunt_remove(struct shunt *shunt, const struct flow_key *key)
{
	const struct shunt_key entry_of = entry_key(key);
	union bpf_attr attr = {
		.map_fd = (uint32_t)shunt->flows,
		.key = address_of(&entry_of),
	};

	bpf(BPF_MAP_DELETE_ELEM, &attr); /* it may have gone by itself */
}

bool
shunt_of(struct shunt *shunt, const struct flow_key *key, uint64_t *ret_packets,
    uint64_t *ret_bytes)
{
	const struct shunt_key entry_of = entry_key(key);
	struct shunt_count count = { 0 };
	union bpf_attr attr = {
		.map_fd = (uint32_t)shunt->flows,
		.key = address_of(&entry_of),
		.value = address_of(&count),
	};

	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr) != 0)
		return false;
	*ret_packets = count.packets;
	*ret_bytes = count.bytes;
	return true;
}

/* The kernel counts on; each number is whole, and that is all that matters. */
void
shunt_totals(
    const struct shunt *shunt, uint64_t *ret_packets, uint64_t *ret_bytes)
{
	uint64_t packets = 0, bytes = 0;

	for (unsigned i = 0; i < SHUNT_SLOTS; i++) {
		const struct shunt_count *count = &shunt->slots[i].count;

		packets += __atomic_load_n(&count->packets, __ATOMIC_RELAXED);
		bytes += __atomic_load_n(&count->bytes, __ATOMIC_RELAXED);
	}
	*ret_packets = packets;
	*ret_bytes = bytes;
}
