/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - what a frame begins with, by its link type.
 *
 * Layouts are those of the link-type registry at tcpdump.org.
 */
#ifndef STRAYMAIL_LINK_H
#define STRAYMAIL_LINK_H

#include "sensor/decode/walk.h"

/* linktype: enum frame_link.  NEXT_END: frames of it are not decoded. */
enum next link_first(int linktype);

#endif
