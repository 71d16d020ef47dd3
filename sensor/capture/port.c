/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port - one interface that is listened on, through libpcap.
 */
#include "sensor/capture/port.h"

#include "output/log.h"
#include "sensor/capture/arena.h"
#include "sensor/capture/fanout.h"
#include "sensor/capture/filter.h"
#include "sensor/capture/interfaces.h"
#include "sensor/decode/frame.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

/* However many share an interface's buffer: below, blocks are few and small. */
#define BUFFER_LEAST (UINT64_C(16) << 20)

struct port {
	const char *name;
	pcap_t *pcap;
	struct arena *arena;
	uint16_t link;
	unsigned ns_per_tick;       /* of its timestamps: 1 or 1000 */
	struct batch *batch;        /* during port_read() */
	uint64_t from_ns, until_ns; /* see port_begin() */
	bool exact; /* nothing that the kernel takes is withheld by libpcap */
	struct pcap_stat seen; /* libpcap counts in 32 bits, which wrap */
	struct port_numbers numbers;
};

static void
say_no_permission(const char *name)
{
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[len > 0 ? len : 0] = '\0';
	log_warnx("interface %s: no permission to capture: CAP_NET_RAW is "
		  "missing, give it with setcap cap_net_raw+ep %s or run as "
		  "root",
	    name, program);
}

static void
say_unknown(const char *name)
{
	char known[512];

	interfaces_text(known, sizeof(known));
	log_warnx(
	    "interface %s: there is none of that name, but %s", name, known);
}

/* What pcap_activate() gave, in words.  False: it does not capture. */
static bool
activated(const struct port *port, int status)
{
	const char *words = pcap_geterr(port->pcap);

	if (status == 0)
		return true;
	if (status == PCAP_ERROR_PERM_DENIED ||
	    status == PCAP_ERROR_PROMISC_PERM_DENIED)
		say_no_permission(port->name);
	else if (status == PCAP_ERROR_NO_SUCH_DEVICE)
		say_unknown(port->name);
	else if (status == PCAP_ERROR_IFACE_NOT_UP)
		log_warnx("interface %s: it is down, raise it with ip link set "
			  "%s up",
		    port->name, port->name);
	else
		log_warnx("interface %s: %s%s%s", port->name,
		    pcap_statustostr(status), words[0] != '\0' ? ": " : "",
		    words);
	return status > 0; /* a warning */
}

static bool
set_filter(const struct port *port, const char *filter)
{
	char reason[FILTER_REASON];
	struct bpf_program program;

	if (filter == NULL)
		return true;
	if (!filter_compile(port->pcap, filter, &program, reason)) {
		log_warnx("interface %s: %s", port->name, reason);
		return false;
	}

	bool ok = pcap_setfilter(port->pcap, &program) == 0;

	pcap_freecode(&program);
	if (!ok)
		log_warnx("interface %s: filter \"%s\": %s", port->name, filter,
		    pcap_geterr(port->pcap));
	return ok;
}

static bool
check_link(struct port *port)
{
	int link = pcap_datalink(port->pcap);
	const char *name = pcap_datalink_val_to_name(link);

	port->link = (uint16_t)link;
	if (frame_link_known(link))
		return true;
	log_warnx("interface %s: link type %d (%s) is not supported",
	    port->name, link, name != NULL ? name : "unknown");
	return false;
}

/* What one worker's handle gets of an interface's. */
static uint64_t
buffer_of(const struct capture_live *want)
{
	uint64_t share = want->buffer_bytes / want->workers;

	if (share >= BUFFER_LEAST)
		return share;
	return want->buffer_bytes < BUFFER_LEAST ? want->buffer_bytes
						 : BUFFER_LEAST;
}

/* Not in immediate mode, which would cost the kernel's block-wise ring. */
static bool
open_handle(struct port *port, const struct capture_live *want)
{
	char words[PCAP_ERRBUF_SIZE] = "";
	uint64_t buffer = buffer_of(want);

	if (!interface_exists(port->name)) {
		say_unknown(port->name);
		return false;
	}
	port->pcap = pcap_create(port->name, words);
	port->arena = arena_new();
	if (port->pcap == NULL || port->arena == NULL) {
		log_warnx("interface %s: no memory %s", port->name, words);
		return false;
	}
	pcap_set_snaplen(port->pcap, (int)want->snaplen);
	pcap_set_promisc(port->pcap, 1);
	pcap_set_timeout(port->pcap, PORT_TIMEOUT_MS);
	pcap_set_buffer_size(
	    port->pcap, buffer < INT_MAX ? (int)buffer : INT_MAX);
	/* where it is refused, microseconds have to do */
	pcap_set_tstamp_precision(port->pcap, PCAP_TSTAMP_PRECISION_NANO);
	if (!activated(port, pcap_activate(port->pcap)) || !check_link(port) ||
	    !set_filter(port, want->filter))
		return false;
	port->ns_per_tick =
	    pcap_get_tstamp_precision(port->pcap) == PCAP_TSTAMP_PRECISION_NANO
	    ? 1
	    : 1000;
	if (pcap_setnonblock(port->pcap, 1, words) == 0)
		return true;
	log_warnx("interface %s: %s", port->name, words);
	return false;
}

struct port *
port_open(const char *name, const struct capture_live *want)
{
	struct port *port = calloc(1, sizeof(*port));

	if (port == NULL) {
		log_warnx("interface %s: no memory", name);
		return NULL;
	}
	port->name = name;
	/* libpcap drops what was taken before its filter was set, and one copy of
	 * what loops */
	port->exact = want->filter == NULL && !interface_loops(name);
	if (open_handle(port, want))
		return port;
	port_free(port);
	return NULL;
}

void
port_free(struct port *port)
{
	if (port == NULL)
		return;
	if (port->pcap != NULL)
		pcap_close(port->pcap);
	arena_free(port->arena);
	free(port);
}

const char *
port_name(const struct port *port)
{
	return port->name;
}

int
port_fd(const struct port *port)
{
	return pcap_get_selectable_fd(port->pcap);
}

bool
port_join(struct port *port, struct fanout *group)
{
	if (fanout_join(group, port_fd(port)))
		return true;
	log_warn("interface %s: its packets cannot be shared among workers "
		 "(capture.workers=1 does without)",
	    port->name);
	return false;
}

void
port_begin(struct port *port, uint64_t from_ns, uint64_t until_ns)
{
	port->from_ns = from_ns;
	port->until_ns = until_ns;
}

bool
port_shunt(const struct port *port, struct shunt *shunt, const char *filter,
    char ret_reason[static SHUNT_REASON])
{
	struct bpf_program program = { 0, NULL };
	char reason[FILTER_REASON];

	if (filter != NULL &&
	    !filter_compile(port->pcap, filter, &program, reason)) {
		snprintf(ret_reason, SHUNT_REASON, "%.200s", reason);
		return false;
	}

	bool ok = shunt_attach(shunt,
	    &(struct shunt_socket){
		.fd = port_fd(port),
		.link = port->link,
		.snaplen = (uint32_t)pcap_snapshot(port->pcap),
		.filter = program.bf_insns,
		.filter_len = program.bf_len,
	    },
	    ret_reason);

	pcap_freecode(&program);
	return ok;
}

static void
take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct port *port = (struct port *)(void *)user;
	uint64_t when_ns = (uint64_t)header->ts.tv_sec * NS_PER_S +
	    (uint64_t)header->ts.tv_usec * port->ns_per_tick;

	port->numbers.given++;
	if (when_ns >= port->from_ns && when_ns < port->until_ns) {
		port->numbers.starting++;
		return;
	}
	port->batch->frame[port->batch->count++] = (struct frame){
		.bytes = arena_copy(port->arena, bytes, header->caplen),
		.wire_len = header->len,
		.link = port->link,
		.when_ns = when_ns,
	};
	if (arena_full(port->arena))
		pcap_breakloop(port->pcap);
}

bool
port_read(struct port *port, struct batch *batch)
{
	batch->count = 0;
	arena_clear(port->arena);
	port->batch = batch;

	int got = pcap_dispatch(
	    port->pcap, CAPTURE_BATCH, take, (u_char *)(void *)port);

	return got >= 0 || got == PCAP_ERROR_BREAK; /* by take() */
}

const char *
port_fault(const struct port *port)
{
	return pcap_geterr(port->pcap);
}

bool
port_mute(struct port *port)
{
	return fanout_mute(port_fd(port));
}

/* Whoever tests wants to know at once; a sensor goes on. */
static void
say_miscounted(struct port *port)
{
	const struct port_numbers *n = &port->numbers;

	if (port->numbers.miscounted++ == 0)
		log_warnx("interface %s: of %" PRIu64
			  " frames received %" PRIu64
			  " were handed over and %" PRIu64
			  " dropped: one of these numbers is wrong",
		    port->name, n->received, n->given, n->drops);
#ifdef ACCOUNTING_FATAL
	assert(n->miscounted == 0);
#endif
}

/* What libpcap has counted by now; it alone asks the kernel, who then begins at
 * zero. */
static bool
count(struct port *port)
{
	struct port_numbers *n = &port->numbers;
	struct pcap_stat stat;

	if (pcap_stats(port->pcap, &stat) != 0)
		return false;
	n->received += stat.ps_recv - port->seen.ps_recv;
	n->drops += stat.ps_drop - port->seen.ps_drop;
	n->interface_drops += stat.ps_ifdrop - port->seen.ps_ifdrop;
	port->seen = stat;
	return true;
}

void
port_numbers(struct port *port, struct port_numbers *ret_numbers)
{
	const struct port_numbers *n = &port->numbers;

	if (count(port) && n->received < n->given + n->drops)
		say_miscounted(port);
	*ret_numbers = port->numbers;
}

void
port_balance(struct port *port)
{
	const struct port_numbers *n = &port->numbers;

	if (port->exact && count(port) && n->received != n->given + n->drops)
		say_miscounted(port);
}

const char *
capture_version(void)
{
	return pcap_lib_version();
}
