/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi_secrets - what of a line may be shown to nDPI, which decodes and keeps
 * credentials where it hears some.
 */
#ifndef STRAYMAIL_NDPI_SECRETS_H
#define STRAYMAIL_NDPI_SECRETS_H

#include "dissectors/slice.h"

/*
 * The line itself, or a static one that says as much about its protocol and
 * nothing about who logs in.  Empty: it begins an authentication, and nothing
 * that follows may be shown either.
 */
struct slice ndpi_without_secrets(struct slice line);

#endif
