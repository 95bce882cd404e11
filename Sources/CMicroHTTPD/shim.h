#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the variadic MHD_start_daemon takes, with a type for each argument. */
struct cmhd_options {
    const char *address; /* IPv4 or IPv6, numeric */
    uint16_t port;       /* 0: the kernel chooses */
    unsigned int connections;
    unsigned int idle_seconds;
    size_t memory_per_connection;
    void *context;
    MHD_AccessHandlerCallback on_access;
    MHD_RequestCompletedCallback on_completed;
    void *(*on_target)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_NotifyConnectionCallback on_connection;
};

static inline struct MHD_Daemon *cmhd_start_at(const struct cmhd_options *o, unsigned int flags,
                                               const struct sockaddr *address) {
    return MHD_start_daemon(flags | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, o->port, NULL, NULL,
                            o->on_access, o->context,
                            MHD_OPTION_SOCK_ADDR, address,
                            MHD_OPTION_CONNECTION_LIMIT, o->connections,
                            MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->memory_per_connection,
                            MHD_OPTION_NOTIFY_COMPLETED, o->on_completed, o->context,
                            MHD_OPTION_URI_LOG_CALLBACK, o->on_target, o->context,
                            MHD_OPTION_NOTIFY_CONNECTION, o->on_connection, o->context,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_END);
}

/* NULL with errno on failure; EINVAL where the address is not numeric. */
static inline struct MHD_Daemon *cmhd_start(const struct cmhd_options *o) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memset(&v4, 0, sizeof v4);
    memset(&v6, 0, sizeof v6);
    errno = 0;
    if (inet_pton(AF_INET, o->address, &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(o->port);
        return cmhd_start_at(o, 0, (const struct sockaddr *)&v4);
    }
    if (inet_pton(AF_INET6, o->address, &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(o->port);
        return cmhd_start_at(o, MHD_USE_IPv6, (const struct sockaddr *)&v6);
    }
    errno = EINVAL;
    return NULL;
}

static inline int cmhd_errno(void) { return errno; }

/* The bound port, or 0. */
static inline uint16_t cmhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}

/* Closes the listening socket; connections go on. */
static inline void cmhd_close_listener(struct MHD_Daemon *daemon) {
    MHD_socket listener = MHD_quiesce_daemon(daemon);
    if (listener != MHD_INVALID_SOCKET) close(listener);
}

/* Sends a TCP reset now: Linux does when a connected socket is dissolved (connect(2), AF_UNSPEC). */
static inline void cmhd_reset(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct sockaddr none;
    memset(&none, 0, sizeof none);
    none.sa_family = AF_UNSPEC;
    if (info != NULL) (void)connect(info->connect_fd, &none, sizeof none);
}

/* The socket of a connection, or -1. */
static inline int cmhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

/* Ends a connection in both directions; its owner sees it closed and frees it. */
static inline void cmhd_cut(int socket) { (void)shutdown(socket, SHUT_RDWR); }

/* The remote address as text; empty where unknown. */
static inline void cmhd_peer(struct MHD_Connection *connection, char *out, socklen_t size) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    out[0] = 0;
    if (info == NULL || info->client_addr == NULL) return;
    if (info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)info->client_addr)->sin_addr, out, size);
    else if (info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr, out, size);
}

static inline ssize_t cmhd_end_with_error(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }
