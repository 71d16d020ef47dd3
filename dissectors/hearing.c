/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hearing - gate, echo, roles, and only then the session.
 */
#include "dissectors/hearing.h"

#include "dissectors/gate.h"
#include "dissectors/judge.h"
#include "dissectors/ndpi.h"

/* Foreign first bytes: who says so, from the side that says it. */
static enum label
foreign(const struct dialog *dialog, enum side from, struct slice view,
    enum label (*name)(struct slice bytes, bool replies))
{
	const struct roles *roles = &dialog->roles;
	enum label label = LABEL_NONE;

	if (!roles->known || from == roles->server)
		label = name(view, true);
	if (label == LABEL_NONE && (!roles->known || from != roles->server) &&
	    roles->replies[side_other(from)] == 0)
		label = name(view, false);
	return label;
}

/* X6: control bytes of the server, unless it may repeat the client's junk. */
static void
hear_control(struct dialog *dialog, enum side from, struct slice text)
{
	struct smtp_session *session = &dialog->session;
	const bool repeats =
	    session->greeted && dialog->side[side_other(from)].junk;

	if (!slice_has_control(text))
		return;
	dialog->side[from].junk = true;
	if (!dialog->roles.known || from != dialog->roles.server || repeats ||
	    (session->facts.flags & FACT_GAP) != 0)
		return;
	smtp_session_contradict(session, ATOM_X6, LABEL_BINARY);
}

/* The roles are other than they seemed: what was understood is void. */
static void
change_places(struct dialog *dialog)
{
	const uint16_t kept = dialog->session.facts.flags & FACT_GAP;
	const uint8_t bounds = dialog->session.bounds;

	smtp_session_begin(&dialog->session, (enum side)dialog->roles.server,
	    dialog->midstream);
	dialog->session.facts.flags |= kept;
	dialog->session.bounds = bounds;
	judge_look(dialog);
}

/* known: it is a reply, or SMTP's.  Most connections never say such a line, and
 * nobody's opinion is asked of them. */
static void
tell_opinion(struct dialog *dialog, enum side from, struct slice line,
    const struct smtp_command *command, bool known)
{
	static const struct slice pass = SLICE("PASS");

	if (command->verb == VERB_AUTH ||
	    (command->verb == VERB_FTP && slice_starts_nocase(line, pass)))
		dialog->hushed = true;
	if (dialog->hushed || dialog->verdict == VERDICT_CONFIRMED)
		return;
	if (dialog->opinion == NULL && known)
		dialog->opinion = ndpi_opinion_begin(dialog->ndpi);
	ndpi_opinion_hear(dialog->opinion, from, line);
}

/* Some servers leave out the code within a reply: a verb that stands alone
 * there is one that they help with. */
static bool
is_help(const struct dialog *dialog, enum side from, struct slice argument)
{
	return argument.len == 0 && from == dialog->roles.server &&
	    dialog->session.reply.open;
}

/* Programs in C now and then send the end of a string with it: NULs before a
 * reply are the end of the one before. */
static struct slice
behind_nuls(struct slice text)
{
	struct slice rest = text;
	struct smtp_reply reply;

	while (rest.len > 0 && slice_at(rest, 0) == 0)
		rest = slice_after(rest, 1);
	return smtp_reply_of(rest, &reply) ? rest : text;
}

static enum role_sign
sign_of(const struct dialog *dialog, enum side from, bool is_reply,
    const struct smtp_command *command)
{
	if (is_reply)
		return SIGN_REPLY;
	if (command->verb == VERB_OTHER || command->verb == VERB_JUNK ||
	    is_help(dialog, from, command->argument))
		return SIGN_NONE;
	return command->only_smtp ? SIGN_VERB : SIGN_WORD;
}

/*
 * X5: a line comes back.  It is the side that was called that echoes; a caller
 * who says again what he heard is a fool before a server.  Mail servers repeat
 * binary junk in their complaints.
 */
static bool
is_echo(struct dialog *dialog, enum side from, struct slice text)
{
	return !slice_has_control(text) &&
	    echo_hear(&dialog->echo, from, text) &&
	    !(dialog->roles.handshake && from == SIDE_INITIATOR);
}

/* A line that both may read: who spoke it, and is that who should? */
static void
weigh_line(struct dialog *dialog, enum side from, struct slice text,
    enum role_sign sign)
{
	struct smtp_session *session = &dialog->session;
	struct roles after = dialog->roles;

	if (is_echo(dialog, from, text)) {
		smtp_session_contradict(session, ATOM_X5, LABEL_ECHO);
		return;
	}
	if (roles_hear(&after, from, sign) &&
	    dialog->verdict == VERDICT_CONFIRMED)
		after.server = dialog->roles.server;
	const bool changed = after.server != session->server;

	dialog->roles = after;
	if (changed)
		change_places(dialog);
	if (!dialog->midstream && roles_transcript(&dialog->roles))
		smtp_session_contradict(session, ATOM_X4, LABEL_TRANSCRIPT);
}

/* X3.  True: the side's first words are somebody else's. */
static bool
is_foreign(struct dialog *dialog, enum side from, struct slice view,
    enum label (*name)(struct slice bytes, bool replies))
{
	enum label label;

	if (dialog->midstream || dialog->side[from].begun)
		return false; /* these are not its first words */
	label = foreign(dialog, from, view, name);
	if (label == LABEL_NONE)
		return false;
	smtp_session_contradict(&dialog->session, ATOM_X3, label);
	judge_verdict(dialog);
	return true;
}

/* The side has said enough that is not SMTP's.  One is not the end: the other
 * may be a server that had junk thrown at it. */
static void
shut_gate(struct dialog *dialog, enum side from, struct slice text)
{
	dialog->side[from].gate = GATE_OTHER;
	hear_control(dialog, from, text);
	judge_verdict(dialog);
	if (dialog->side[side_other(from)].gate == GATE_OTHER &&
	    dialog->verdict == VERDICT_NONE)
		judge_settle(dialog);
}

/* A whole line: SMTP's words open the gate for good. */
static void
pass_gate(struct dialog *dialog, enum side from, struct slice text, bool known)
{
	struct dialog_side *side = &dialog->side[from];

	if (known)
		side->gate = GATE_VERB;
	else if (side->gate == GATE_MORE && side->budget.bytes >= GATE_MAX)
		shut_gate(dialog, from, text);
}

void
hearing_front(
    struct dialog *dialog, enum side from, struct slice text, size_t left)
{
	const struct slice front = slice_first(text, left);
	struct dialog_side *side = &dialog->side[from];
	enum gate gate;

	if (side->gate != GATE_MORE)
		return;
	gate = gate_of_smtp(front, from == dialog->roles.server);
	/* A reply that is somebody else's is told by its words, when whole. */
	if (gate == GATE_REPLY ||
	    is_foreign(dialog, from, front, decoy_opening) ||
	    front.len < left || (dialog->midstream && !side->begun))
		return;
	if (gate != GATE_VERB)
		shut_gate(dialog, from, front);
}

void
hearing_line(struct dialog *dialog, enum side from, struct slice said)
{
	const struct slice text =
	    slice_at(said, 0) == 0 ? behind_nuls(said) : said;
	struct smtp_session *session = &dialog->session;
	struct smtp_reply reply;
	const bool is_reply = smtp_reply_of(text, &reply);
	/* A reply begins with a digit and no verb does: who serves has asked
	 * nothing with it, and is not read as if. */
	const struct smtp_command command =
	    is_reply && from == dialog->roles.server
	    ? (struct smtp_command){ .verb = VERB_OTHER, .asked = ATOM_NO }
	    : smtp_command_of(text);
	const bool known = is_reply ||
	    (command.verb != VERB_OTHER && command.verb != VERB_JUNK);
	const bool first = !dialog->side[from].begun;

	dialog->progress++;
	if (is_foreign(dialog, from, text, decoy_first_line))
		return;
	dialog->side[from].begun = true;
	/* Joined midway, a first line may be the end of one. */
	if (session->turned || (dialog->midstream && first && !known))
		return;
	if (from != dialog->roles.server && smtp_session_private(session)) {
		smtp_session_ask(session, text, &command);
		return;
	}
	tell_opinion(dialog, from, text, &command, known);
	weigh_line(
	    dialog, from, text, sign_of(dialog, from, is_reply, &command));
	session->prose = dialog->roles.prose[dialog->roles.server] ||
	    dialog->roles.verbs[dialog->roles.server] > 0;
	judge_look(dialog);
	pass_gate(dialog, from, text, known);
	if (!is_reply)
		hear_control(dialog, from, text);

	if (from != dialog->roles.server)
		smtp_session_ask(session, text, &command);
	else if (is_reply)
		smtp_session_reply(session, &reply);
}
