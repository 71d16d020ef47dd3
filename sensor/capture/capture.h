/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture - where frames come from: files (replay.c) or interfaces (live.c).
 *
 * Frames are handed over in batches, so that a worker may look ahead in its
 * flow table.  A batch owns copies of its frames; they are valid until the
 * next call.
 */
#ifndef STRAYMAIL_CAPTURE_H
#define STRAYMAIL_CAPTURE_H

#include "dissectors/slice.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_BATCH 64

/* One frame as it was captured; lent. */
struct frame {
	struct slice bytes;
	uint32_t wire_len; /* what it was before the snap length cut it */
	uint16_t link;     /* enum frame_link (decode/frame.h) */
	uint16_t interface;
	uint32_t source;  /* the file, by its number in sources.h */
	uint64_t number;  /* in its file, from 1; 0 live */
	uint64_t when_ns; /* the packet's own timestamp, since the epoch */
	uint64_t tick_ns; /* never goes back: drives every time-out */
};

struct batch {
	struct frame frame[CAPTURE_BATCH];
	size_t count;
	uint64_t tick_ns; /* the time even if no frame came */
	uint64_t lag_ns;  /* live: from the last frame's time to now */
};

enum capture_result {
	CAPTURE_BATCH_READY,
	CAPTURE_QUIET, /* nothing came or passed a filter; tick_ns goes on */
	CAPTURE_SOURCE_END, /* a file is finished; the batch is empty */
	CAPTURE_END,
	CAPTURE_FAILED, /* said why */
};

struct capture;
struct decap;
struct shunt;

/* What went wrong with the files, for the exit code. */
struct capture_outcome {
	unsigned files, partial, unusable;
	uint64_t frames;
};

struct capture_numbers {
	uint64_t kernel_drops, interface_drops;
	uint64_t starting;   /* came before the workers shared the packets */
	uint64_t miscounted; /* times that the kernel's count was not ours */
	uint64_t shunted, shunted_bytes; /* frames that were not wanted */
	uint64_t bytes_read, bytes_all;  /* files: for the progress bar */
};

/* All on one thread, the worker's.  Files: a batch is of one file only.  Live:
 * returns after 100 ms at the latest. */
enum capture_result capture_next(struct capture *capture, struct batch *batch);
void capture_numbers(
    struct capture *capture, struct capture_numbers *ret_numbers);

/* Live: nothing more is taken up, and capture_next() goes on to hand over what
 * came before, then gives CAPTURE_END.  False, for files: there is no end to
 * wait for. */
bool capture_stop(struct capture *capture);

struct capture_outcome capture_outcome(const struct capture *capture);
void capture_free(struct capture *capture);

/* What keeps packets of flows that were ruled out in the kernel; borrowed.
 * NULL: nothing does, since it is files, not permitted, or not wanted. */
struct shunt *capture_shunt(const struct capture *capture);

struct shown;
struct sources;

struct capture_files {
	const char *const *paths; /* files, directories, "-" */
	unsigned count;
	const char *filter;      /* pcap-filter(7); NULL: all */
	struct sources *sources; /* every file is added to it */
	const atomic_bool *stop; /* once set, nothing is waited for; borrowed */
	/* What was made of the frames so far, borrowed, for the line about a
	 * file that is read in part; NULL: it does not say. */
	const struct shown *shown;
	bool replay_as_new; /* a fresh source name for each file */
	bool strict;        /* a file read in part is an error */
};

/* NULL after it has said why (a filter that does not compile, no memory). A
 * missing or foreign file is said when its turn comes and counted unusable. */
struct capture *capture_open_files(const struct capture_files *files);

enum capture_shunting {
	SHUNT_AUTO, /* if it can be had; else a line says why not */
	SHUNT_ON,   /* or there is no capture */
	SHUNT_OFF,
};

struct capture_live {
	const char *const *interfaces;
	unsigned count;
	const char *filter;
	uint32_t snaplen;
	uint64_t buffer_bytes; /* an interface, divided among the workers */
	unsigned workers;      /* 1 to CAPTURE_WORKERS_MAX */
	uint32_t secret;       /* by which packets are shared among them */
	uint32_t source;       /* the run's, in sources.h */
	enum capture_shunting shunt;
	const struct decap *decap; /* DECAP_PORTS_MAX; NULL: standard ones */
	bool vlan_in_key;          /* then there is no shunt: it cannot tell */
};

#define CAPTURE_WORKERS_MAX 64

/* A capture for each worker.  Every frame is in one of them, and both directions
 * of a connection in the same, whatever interface each comes from (packets that
 * hold no addresses are in the first).  False after it has said why, and which
 * capability is missing; then none is open. */
bool capture_open_live(
    const struct capture_live *want, struct capture **ret_captures);

/* `-D`: the interfaces, one a line, to stdout.  False after it has said why. */
bool capture_list_interfaces(void);

/* What libpcap calls itself, for -V. */
const char *capture_version(void);

#endif
