/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preamble_socks - the records of SOCKS4, SOCKS4a and SOCKS5 (RFC 1928, 1929).
 *
 * For the table of preamble_record.c, in which each stands with its stage; what
 * they take and return is said there.  Neither a user's name nor a password is
 * ever a record: those are passed over.
 */
#ifndef STRAYMAIL_PREAMBLE_SOCKS_H
#define STRAYMAIL_PREAMBLE_SOCKS_H

#include "dissectors/preamble_record.h"

size_t socks4_request_length(struct slice got);
enum preamble_stage socks4_request(
    struct preamble *preamble, struct slice record);
enum preamble_stage socks4_user(struct preamble *preamble, struct slice record);
size_t socks4_name_length(struct slice got);
enum preamble_stage socks4_name(struct preamble *preamble, struct slice record);
size_t socks4_reply_length(struct slice got);
enum preamble_stage socks4_reply(
    struct preamble *preamble, struct slice record);
size_t socks5_methods_length(struct slice got);
enum preamble_stage socks5_methods(
    struct preamble *preamble, struct slice record);
size_t socks5_login_length(struct slice got);
enum preamble_stage socks5_login(
    struct preamble *preamble, struct slice record);
enum preamble_stage socks5_user(struct preamble *preamble, struct slice record);
size_t socks5_password_size(struct slice got);
enum preamble_stage socks5_password_len(
    struct preamble *preamble, struct slice record);
enum preamble_stage socks5_password(
    struct preamble *preamble, struct slice record);
size_t socks5_request_length(struct slice got);
enum preamble_stage socks5_request(
    struct preamble *preamble, struct slice record);
size_t socks5_method_length(struct slice got);
enum preamble_stage socks5_method(
    struct preamble *preamble, struct slice record);
size_t socks5_status_length(struct slice got);
enum preamble_stage socks5_status(
    struct preamble *preamble, struct slice record);
size_t socks5_reply_length(struct slice got);
enum preamble_stage socks5_reply(
    struct preamble *preamble, struct slice record);

#endif
