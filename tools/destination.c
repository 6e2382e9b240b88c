#include "destination.h"

#include "complain.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int complain(const char *path, const char *why)
{
    lc_complain("%s: %s", path, why);
    return -1;
}

/* The number of a descriptor that `path` names, or -1. */
static int descriptor_of(const char *path)
{
    static const char prefix[] = "/dev/fd/";
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    const char *number = path + strlen(prefix);
    bool is_one = strncmp(path, prefix, strlen(prefix)) == 0 && *number && strspn(number, "0123456789") == strlen(number);
    return is_one ? atoi(number) : -1;
}

/* The first address that takes a connection. */
static int connect_to(const char *path, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *all;
    int rc = getaddrinfo(host, port, &hints, &all), fd = -1;
    if (rc != 0)
        return complain(path, gai_strerror(rc));
    for (const struct addrinfo *a = all; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            int error = errno;
            close(fd);
            errno = error;
            fd = -1;
        }
    }
    freeaddrinfo(all);
    return fd < 0 ? complain(path, strerror(errno)) : fd;
}

/* "HOST:PORT", where the host may be an address in brackets. */
static int open_socket(const char *path)
{
    char *host = lc_mem_format("%s", path + strlen(LC_DESTINATION_SOCKET)), *name = host;
    char *colon = strrchr(host, ':'), *bracket = strrchr(host, ']');
    const char *port = LC_DESTINATION_PORT;
    if (colon && colon > bracket) {
        *colon = '\0';
        port = colon + 1;
    }
    if (*host == '[' && bracket) {
        *bracket = '\0';
        name++;
    }
    int fd = connect_to(path, name, port);
    free(host);
    return fd;
}

int lc_destination_open(const char *path)
{
    int number = descriptor_of(path);
    if (strncmp(path, LC_DESTINATION_SOCKET, strlen(LC_DESTINATION_SOCKET)) == 0)
        return open_socket(path);
    int fd = number >= 0 ? fcntl(number, F_DUPFD_CLOEXEC, 3) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return fd < 0 ? complain(path, strerror(errno)) : fd;
}
