/* SPDX-License-Identifier: BSD-2-Clause */
/* A web server on this machine's own address, which a QEMU machine reaches as its router. */
#include "host/run/web_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/base/output.h"
#include "host/base/process.h"

#define STEPS 500      /* looks at whether it serves, each after */
#define STEP  20000000 /* nanoseconds */

static struct sockaddr_in address_of(unsigned port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((in_port_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

/* A port that nobody has now, or 0. */
static unsigned find_port(void)
{
    struct sockaddr_in address = address_of(0);
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unsigned port = 0;

    if (listener >= 0 && bind(listener, (const struct sockaddr *)&address, size) == 0 &&
        getsockname(listener, (struct sockaddr *)&address, &size) == 0)
        port = ntohs(address.sin_port);
    if (listener >= 0)
        close(listener);
    return port;
}

static bool serves(unsigned port)
{
    const struct sockaddr_in address = address_of(port);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_served =
        client >= 0 && connect(client, (const struct sockaddr *)&address, sizeof(address)) == 0;

    if (client >= 0)
        close(client);
    return is_served;
}

/* Waits until it serves; false when it has ended, or is not to be waited for any more. */
static bool wait_for(struct web_server *server)
{
    const struct timespec moment = {.tv_nsec = STEP};

    for (int step = 0; step < STEPS && process_signal() == 0; step++) {
        if (waitpid(server->process, NULL, WNOHANG) != 0) {
            server->process = 0;
            return false;
        }
        if (serves(server->port))
            return true;
        nanosleep(&moment, NULL);
    }
    return false;
}

bool web_server_start(struct web_server *server, const char *directory)
{
    static const char *const version[] = {"python3", "--version", NULL};
    char port[16];
    /* The server must not outlive this program, however that ends. */
    const char *const command[] = {"setpriv",     "--pdeathsig", "KILL",     "python3", "-m",
                                   "http.server", "--protocol",  "HTTP/1.1", "--bind",  "127.0.0.1",
                                   "--directory", directory,     port,       NULL};

    *server = (struct web_server){.port = find_port()};
    snprintf(port, sizeof(port), "%u", server->port);
    if (!process_run(version, NULL))
        return false;
    server->process = process_start(command, -1, -1);
    if (server->process <= 0)
        return false;
    if (wait_for(server))
        return true;
    if (process_signal() == 0)
        output_error("%s does not serve port %u", "python3 -m http.server", server->port);
    web_server_stop(server);
    return false;
}

void web_server_stop(struct web_server *server)
{
    if (server->process > 0)
        process_stop(server->process);
    server->process = 0;
}
