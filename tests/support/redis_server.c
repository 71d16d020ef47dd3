/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_server - a real redis-server of the test's own.
 */
#include "tests/support/redis_server.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BY_ANOTHER_NAME "/usr/bin/redis-check-rdb"

struct redis_server {
	char directory[64];
	char program[256];
	char url[128];
	char path[160];
	bool with_acl;
	pid_t pid; /* 0: not running */
};

static const char *
socket_of(const struct redis_server *server)
{
	return server->url + strlen("unix://");
}

/* The program by its own name in PATH, else a link that gives it this name. */
static bool
find_program(struct redis_server *server)
{
	const char *path = getenv("PATH");

	for (const char *at = path; at != NULL && *at != '\0';) {
		int length = (int)strcspn(at, ":");

		snprintf(server->program, sizeof server->program,
		    "%.*s/redis-server", length, at);
		if (access(server->program, X_OK) == 0)
			return true;
		at += length + (at[length] == ':');
	}
	snprintf(server->program, sizeof server->program, "%s/redis-server",
	    server->directory);
	return access(BY_ANOTHER_NAME, X_OK) == 0 &&
	    symlink(BY_ANOTHER_NAME, server->program) == 0;
}

const char *
redis_server_file(
    struct redis_server *server, const char *name, const char *content)
{
	FILE *file;

	snprintf(server->path, sizeof server->path, "%s/%s", server->directory,
	    name);
	file = fopen(server->path, "we");
	if (file == NULL)
		return NULL;
	fputs(content, file);
	fclose(file);
	return server->path;
}

struct redis_server *
redis_server_new(const char *acl)
{
	struct redis_server *server = calloc(1, sizeof *server);

	if (server == NULL)
		return NULL;
	strcpy(server->directory, "/tmp/straymail-redis-XXXXXX");
	if (mkdtemp(server->directory) == NULL) {
		free(server);
		return NULL;
	}
	snprintf(server->url, sizeof server->url, "unix://%s/redis.sock",
	    server->directory);
	if (!find_program(server)) {
		fprintf(stderr,
		    "SKIPPED: no redis-server here (Debian: redis-tools)\n");
		redis_server_free(server);
		return NULL;
	}
	server->with_acl = acl != NULL;
	if (acl != NULL)
		redis_server_file(server, "users.acl", acl);
	return server;
}

/* In the child.  It goes when the test goes, however that ends. */
static void
become(const struct redis_server *server)
{
	char acl[96];
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	snprintf(acl, sizeof acl, "%s/users.acl", server->directory);
	execl(server->program, "redis-server", "--port", "0", "--unixsocket",
	    socket_of(server), "--dir", server->directory, "--save", "",
	    "--appendonly", "no", server->with_acl ? "--aclfile" : NULL, acl,
	    NULL);
	_exit(127);
}

static bool
answers(const struct redis_server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected;

	snprintf(
	    address.sun_path, sizeof address.sun_path, "%s", socket_of(server));
	connected =
	    connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return connected;
}

bool
redis_server_start(struct redis_server *server)
{
	const struct timespec moment = { .tv_nsec = 20000000 };

	server->pid = fork();
	if (server->pid == 0)
		become(server);
	for (int i = 0; server->pid > 0 && i < 500; i++) {
		if (answers(server))
			return true;
		nanosleep(&moment, NULL);
	}
	redis_server_kill(server);
	return false;
}

void
redis_server_kill(struct redis_server *server)
{
	if (server->pid > 0) {
		kill(server->pid, SIGKILL);
		waitpid(server->pid, NULL, 0);
	}
	server->pid = 0;
	unlink(socket_of(server));
}

const char *
redis_server_url(const struct redis_server *server)
{
	return server->url;
}

static int
remove_entry(
    const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

void
redis_server_free(struct redis_server *server)
{
	if (server == NULL)
		return;
	redis_server_kill(server);
	nftw(server->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(server);
}
