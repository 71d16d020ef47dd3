/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger - every mail server seen, and what each source has counted of it.
 *
 * One place that adds up: the table, the events and Redis all read it, so they
 * agree.  Sightings may come in any order; totals only grow.  The number of
 * servers is bounded: a newcomer to a full ledger is refused and counted.
 *
 * A tally is one source's share of a server (sources.h).  Its revision is
 * raised with every change, and a sink that has to hand every change on
 * remembers in `told` up to which revision it has: nothing queues up behind a
 * slow sink, for a tally that waits takes in whatever is new.  Servers on
 * standard ports have nothing to tell such a sink: they are inventory.
 *
 * Not thread-safe: all of it belongs to the publisher's thread, and to others
 * only after that has stopped.
 */
#ifndef STRAYMAIL_LEDGER_H
#define STRAYMAIL_LEDGER_H

#include "output/options.h"
#include "output/score.h"
#include "output/sighting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct ledger;
struct server;

struct tally {
	struct server *server;
	struct tally *next_of_server;
	uint32_t source;
	uint32_t revision, told; /* equal: nothing to tell */
	uint64_t first_seen_ns, last_seen_ns;
	uint64_t started_ns; /* the newest confirmed dialog, else suspected */
	uint64_t flows, suspected_flows, messages;
	uint64_t bytes_toserver, bytes_toclient;
	bool urgent; /* new, or changed in kind: not to wait for a flush */
	TAILQ_ENTRY(tally) waiting; /* the ledger's own */
	bool is_waiting;            /* likewise */
};

/*
 * One client of a server.  At most LEDGER_CLIENTS_MAX are kept a server, and
 * four times servers_max in all; where a bound is reached client_count stays
 * as it is, and reads "at least".
 */
#define LEDGER_CLIENTS_MAX 256
struct client {
	struct client *next;
	uint8_t address[16];
	uint16_t family;
	uint32_t flows;
};

/* A host that serves mail on so many odd ports changes them, or hides there. */
#define LEDGER_PORTS_MANY 3

/*
 * Read-only outside ledger.c, but for `news`, and `told` and `urgent` of its
 * tallies.
 *
 * `latest` is the newest of the dialogs with the best verdict.  Where it did
 * not hear greeting or capabilities (joined late, one side), those of an older
 * dialog stand in it, for they are the server's.  What is under "ever" comes
 * from all dialogs with the best verdict, so it does not depend on their order.
 */
struct server {
	struct endpoint endpoint;
	struct sighting latest;
	uint8_t verdict; /* enum sighting_verdict: the best */
	bool standard;   /* on a standard port: inventory, no finding */
	bool via_proxy;  /* ... and reached through a tunnel: told, apart from
	                  * the same server where that was not so */
	uint8_t host_ports; /* odd ones on which its host was proven to serve,
	                     * up to LEDGER_PORTS_MANY; 0: not proven itself */

	/* ever */
	bool clear_mail;    /* took mail outside TLS */
	uint8_t starttls;   /* enum sighting_starttls: the most */
	uint8_t directions; /* bit: enum direction */
	uint16_t flags;     /* enum sighting_flag */

	uint64_t named_by; /* flow_id of the dialog that software is from */
	uint64_t first_seen_ns, last_seen_ns;
	uint64_t flows, suspected_flows, messages; /* over all sources */
	uint64_t bytes_toserver, bytes_toclient;
	uint32_t client_count;
	struct client *clients;
	struct score score;
	struct tally *tallies;       /* newest source first */
	struct server *next_of_host; /* hosts.h: until they are many */

	struct { /* the publisher's: what waits to be made an event */
		TAILQ_ENTRY(server) link;
		struct tally *tally;
		uint64_t last_ns; /* when it was last an event */
		uint8_t change;   /* enum change; CHANGE_REFUSED: nothing */
	} news;
};

/* Options are borrowed.  NULL: no memory. */
struct ledger *ledger_new(const struct output_options *options);
void ledger_free(struct ledger *ledger);

/* What a sighting did to its server: the `action` of an event.  A greater one
 * takes in a lesser. */
enum change {
	CHANGE_REFUSED, /* the ledger is full, nothing is known to refute, or
	                 * LMTP is not wanted */
	CHANGE_TOTALS,  /* only numbers grew */
	CHANGE_KIND,    /* verdict, software, STARTTLS, AUTH or score */
	CHANGE_NEW,
};

/* ret_tally is untouched when refused; it is valid as long as the ledger. */
enum change ledger_add(struct ledger *ledger, const struct sighting *sighting,
    uint64_t now_ns, struct tally **ret_tally);

/*
 * What the last ledger_add() changed besides its own tally: a proof that makes
 * a host's odd ports many changes the score of the others.  Each is returned
 * once; NULL: no more.
 */
struct tally *ledger_also_changed(
    struct ledger *ledger, const struct tally *added);

/*
 * Walks the tallies that have something untold, in the order in which they
 * changed; start with NULL, NULL is the end.  Costs nothing where nothing has
 * changed.  A walk does not outlive the next ledger_add().
 */
struct tally *ledger_untold(struct ledger *ledger, struct tally *after);

/* Has every tally told again (a sink's other end lost its memory). */
void ledger_retell(struct ledger *ledger);

/* All servers but refuted ones, highest score first, then the last seen; the
 * array is the ledger's, until the next call. */
size_t ledger_servers(
    struct ledger *ledger, const struct server *const **ret_servers);

/* A server is in one of the first five at most: confirmed off the standard
 * ports, suspected there, confirmed on a standard port, LMTP off them, and
 * confirmed on a standard port behind a proxy. */
struct ledger_counts {
	uint64_t findings, suspected, standard, lmtp, via_proxy; /* servers */
	uint64_t stray_flows; /* of the findings */
	uint64_t refused;     /* sightings that found no room */
};
struct ledger_counts ledger_count(const struct ledger *ledger);

#endif
