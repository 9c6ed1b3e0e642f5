/* SPDX-License-Identifier: MIT */
/* The unit as a process, in real time, or held.
 *
 *   followfocus-unit --pty LINK | --tcp PORT   [--eeprom FILE] [--control PORT] [--stops MIN,MAX] [--held]
 *
 * --pty makes LINK point to a terminal that behaves as the unit's serial port; --tcp listens on 127.0.0.1. `--control` is a port
 * for tests: a line of JSON in, a line out (set, edges, clock, reset, eeprom, run). `--held` lets time pass only when the control
 * channel says so ("run"), so that a test's clock and the unit's are one; its line is there, too. `--stops` gives the ring hard stops, in steps from
 * where it stands at the start, where the stop input becomes active. Without an EEPROM of before it counts its boots from a number
 * drawn by lot: each start must be another boot to the host, or it would take a new unit for the one that it has spoken to.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "virtual.h"

#define SLICE_TICKS 1600u /* a held unit looks so often whether it has said something */
#define BEHIND_AT_MOST (FF_TICK_HZ / 4u) /* after a longer pause (a sleeping computer) time goes on from there */

static volatile sig_atomic_t ended;
static const char *link_path;
static char link_target[128];
static const char *eeprom_path;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

static void fail(const char *what)
{
    fprintf(stderr, "followfocus-unit: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t real_ticks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * FF_TICK_HZ + (uint64_t)now.tv_nsec * 16u / 1000u;
}

/* ---- Ports ----------------------------------------------------------------------------------------------------------- */

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4) != 0)
        fail("cannot listen");
    return listener;
}

static unsigned port_of(int listener)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        fail("cannot listen");
    return ntohs(address.sin_port);
}

static int accept_on(int listener)
{
    int one = 1;
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection >= 0)
        (void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return connection;
}

/* Removes the link at `path`, if it leads to `target` (NULL: wherever it leads). A file of somebody's is never removed. */
static void forget_link(const char *path, const char *target)
{
    char leads_to[128];
    ssize_t length = readlink(path, leads_to, sizeof leads_to - 1);
    if (length < 0)
        return;
    leads_to[length] = '\0';
    if (target == NULL || strcmp(leads_to, target) == 0)
        (void)unlink(path);
}

/* However it ends, and before the terminal is closed: its number is another's at once, and the link would lead there. */
static void forget_own_link(void)
{
    forget_link(link_path, link_target);
}

/* The terminal's far side stays open here, so that the port outlives whoever uses it. */
static int open_pty(const char *path)
{
    int master, slave;
    char name[128];
    struct termios raw;
    if (openpty(&master, &slave, name, NULL, NULL) != 0)
        fail("cannot make a terminal");
    if (tcgetattr(slave, &raw) != 0)
        fail("cannot make a terminal");
    cfmakeraw(&raw);
    (void)tcsetattr(slave, TCSANOW, &raw);
    (void)fcntl(master, F_SETFL, O_NONBLOCK);
    forget_link(path, NULL);
    if (symlink(name, path) != 0)
        fail(path);
    link_path = path;
    strcpy(link_target, name);
    (void)atexit(forget_own_link);
    return master;
}

/* ---- EEPROM file ----------------------------------------------------------------------------------------------------- */

/* False where there is none yet. What can't be one is refused before it is written over. */
static bool read_eeprom(uint8_t *bytes)
{
    FILE *file = eeprom_path != NULL ? fopen(eeprom_path, "rb") : NULL;
    size_t got;
    if (file == NULL) {
        if (eeprom_path != NULL && errno != ENOENT)
            fail(eeprom_path);
        return false;
    }
    got = fread(bytes, 1, FF_EEPROM_SIZE, file);
    if (ferror(file))
        fail(eeprom_path);
    if (got != 0 && (got != FF_EEPROM_SIZE || fgetc(file) != EOF)) {
        fprintf(stderr, "followfocus-unit: %s is no EEPROM: it hasn't %u bytes\n", eeprom_path, FF_EEPROM_SIZE);
        exit(2);
    }
    fclose(file);
    return got != 0;
}

/* The old file or the new one, whenever the power fails: written beside it, and put in its place. */
static void write_eeprom(const struct ff_virtual *unit)
{
    static char beside[4096];
    uint8_t bytes[FF_EEPROM_SIZE];
    FILE *file;
    bool whole;
    if (eeprom_path == NULL)
        return;
    if (snprintf(beside, sizeof beside, "%s.new", eeprom_path) >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        fail(eeprom_path);
    }
    ff_virtual_eeprom(unit, bytes);
    file = fopen(beside, "wb");
    whole = file != NULL && fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes;
    if (file == NULL || fclose(file) != 0 || !whole || rename(beside, eeprom_path) != 0)
        fail(eeprom_path);
}

/* ---- Control port ---------------------------------------------------------------------------------------------------- */

/* The text after `"key":`, or NULL. */
static const char *value_of(const char *line, const char *key)
{
    char pattern[32];
    const char *at;
    snprintf(pattern, sizeof pattern, "\"%s\"", key);
    at = strstr(line, pattern);
    if (at == NULL)
        return NULL;
    at += strlen(pattern);
    at += strspn(at, " \t:");
    return at;
}

static bool says(const char *line, const char *key, const char *text)
{
    const char *at = value_of(line, key);
    return at != NULL && at[0] == '"' && strncmp(at + 1, text, strlen(text)) == 0 && at[1 + strlen(text)] == '"';
}

static uint64_t number_of(const char *line, const char *key, uint64_t otherwise)
{
    const char *at = value_of(line, key);
    return at != NULL && *at >= '0' && *at <= '9' ? strtoull(at, NULL, 10) : otherwise;
}

static void answer_edges(FILE *to, const struct ff_virtual *unit, size_t from)
{
    static const char *const names[] = {"STEP", "DIR", "ENABLE", "READY", "CUE", "STOP"};
    struct ff_edge edge;
    size_t at = from;
    fprintf(to, "{\"ok\":true,\"edges\":[");
    for (; ff_virtual_edges(unit, at, &edge, 1) == 1; at++)
        fprintf(to, "%s[%llu,\"%s\",%u]", at == from ? "" : ",", (unsigned long long)edge.tick, names[edge.pin], edge.level);
    fprintf(to, "],\"next\":%zu}\n", at);
}

static void answer_set(FILE *to, struct ff_virtual *unit, const char *line)
{
    uint8_t pin = says(line, "pin", "cue") ? FF_PIN_CUE : FF_PIN_STOP;
    uint64_t tick = ff_virtual_set(unit, pin, (uint8_t)number_of(line, "level", 1), number_of(line, "at", 0));
    fprintf(to, "{\"ok\":true,\"tick\":%llu}\n", (unsigned long long)tick);
}

static void answer_eeprom(FILE *to, const struct ff_virtual *unit)
{
    uint8_t bytes[FF_EEPROM_SIZE];
    size_t at;
    ff_virtual_eeprom(unit, bytes);
    fprintf(to, "{\"ok\":true,\"eeprom\":\"");
    for (at = 0; at < sizeof bytes; at++)
        fprintf(to, "%02x", bytes[at]);
    fprintf(to, "\"}\n");
}

/* Lets time pass up to so many ticks, or until something has been said, after what the host has sent. */
static void answer_run(FILE *to, struct ff_virtual *unit, const char *line)
{
    const char *sent = value_of(line, "send");
    uint64_t ticks = number_of(line, "ticks", 0), ran = 0;
    uint8_t bytes[256];
    unsigned byte;
    size_t at, length = 0;
    for (at = 1; sent != NULL && sscanf(sent + at, "%2x", &byte) == 1; at += 2) {
        bytes[0] = (uint8_t)byte;
        ff_virtual_feed(unit, bytes, 1);
    }
    while (ran < ticks && length == 0) {
        uint64_t slice = ticks - ran < SLICE_TICKS ? ticks - ran : SLICE_TICKS;
        ff_virtual_run(unit, slice);
        ran += slice;
        length = ff_virtual_output(unit, bytes, sizeof bytes);
    }
    fprintf(to, "{\"ok\":true,\"ran\":%llu,\"out\":\"", (unsigned long long)ran);
    for (at = 0; at < length; at++)
        fprintf(to, "%02x", bytes[at]);
    fprintf(to, "\"}\n");
}

static void answer(FILE *to, struct ff_virtual *unit, const char *line)
{
    if (says(line, "cmd", "run")) {
        answer_run(to, unit, line);
    } else if (says(line, "cmd", "set")) {
        answer_set(to, unit, line);
    } else if (says(line, "cmd", "edges")) {
        answer_edges(to, unit, number_of(line, "from", 0));
    } else if (says(line, "cmd", "clock")) {
        fprintf(to, "{\"ok\":true,\"tick\":%llu}\n", (unsigned long long)ff_virtual_clock(unit));
    } else if (says(line, "cmd", "reset")) {
        uint8_t cause = says(line, "cause", "power")      ? FF_RESET_CAUSE_POWER_ON
                        : says(line, "cause", "watchdog") ? FF_RESET_CAUSE_WATCHDOG
                        : says(line, "cause", "brownout") ? FF_RESET_CAUSE_BROWN_OUT
                                                          : FF_RESET_CAUSE_RESET_PIN;
        ff_virtual_reset(unit, cause);
        fprintf(to, "{\"ok\":true,\"tick\":0}\n");
    } else if (says(line, "cmd", "eeprom")) {
        answer_eeprom(to, unit);
    } else {
        fprintf(to, "{\"ok\":false,\"error\":\"no such request\"}\n");
    }
}

struct control {
    int listener;
    int connection;
    char line[65536];
    size_t length;
};

static void send_all(int connection, const char *text, size_t length)
{
    while (length != 0) {
        ssize_t sent = send(connection, text, length, MSG_NOSIGNAL);
        if (sent < 0) {
            struct pollfd ready = {connection, POLLOUT, 0};
            if (errno != EAGAIN || poll(&ready, 1, -1) <= 0) /* who asked may be slow; whoever has gone ends the wait */
                return;
            continue;
        }
        text += sent;
        length -= (size_t)sent;
    }
}

static void serve_control(struct control *control, struct ff_virtual *unit)
{
    char byte;
    for (;;) {
        ssize_t got = recv(control->connection, &byte, 1, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            close(control->connection);
            control->connection = -1;
            return;
        }
        if (got < 0)
            return;
        if (byte == '\n') {
            char *text = NULL;
            size_t size = 0;
            FILE *to = open_memstream(&text, &size);
            control->line[control->length] = '\0';
            control->length = 0;
            if (to == NULL)
                fail("no memory");
            answer(to, unit, control->line);
            fclose(to);
            send_all(control->connection, text, size);
            free(text);
        } else if (control->length + 1 < sizeof control->line) {
            control->line[control->length++] = byte;
        }
    }
}

/* ---- Line ------------------------------------------------------------------------------------------------------------ */

/* Moves bytes both ways; false if the other side has gone. */
static bool pump(int port, struct ff_virtual *unit)
{
    uint8_t bytes[4096];
    size_t length;
    /* What has not come in over the slow line yet waits here, as it would in a USB adapter. */
    while (ff_virtual_waiting(unit) < sizeof bytes) {
        ssize_t got = read(port, bytes, sizeof bytes);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EIO))
            return false;
        if (got < 0)
            break;
        ff_virtual_feed(unit, bytes, (size_t)got);
    }
    length = ff_virtual_output(unit, bytes, sizeof bytes);
    if (length != 0 && write(port, bytes, length) < 0 && errno != EAGAIN && errno != EIO)
        return false;
    return true;
}

/* Nobody is on the line: what is said there is not kept for whoever comes. */
static void forget_output(struct ff_virtual *unit)
{
    uint8_t bytes[256];
    while (ff_virtual_output(unit, bytes, sizeof bytes) != 0) {
    }
}

struct options {
    const char *pty;
    int tcp, control;
    bool stops, held;
    int low, high;
};

static void usage_to(FILE *file, int code)
{
    fprintf(file, "usage: followfocus-unit --pty LINK | --tcp PORT [--eeprom FILE] [--control PORT] [--stops MIN,MAX] "
                  "[--held]\n");
    exit(code);
}

static void usage(void)
{
    usage_to(stderr, 2);
}

static int port_number(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || port < 0 || port > 65535)
        usage();
    return (int)port;
}

static struct options parse(int count, char **words)
{
    struct options options = {NULL, -1, -1, false, false, 0, 0};
    int at;
    char more;
    if (count == 2 && (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0))
        usage_to(stdout, 0);
    for (at = 1; at < count && (at + 1 < count || strcmp(words[at], "--held") == 0); at += 2) {
        const char *value = words[at + 1];
        if (strcmp(words[at], "--held") == 0) {
            options.held = true;
            at--; /* it has no value */
            continue;
        }
        if (strcmp(words[at], "--pty") == 0)
            options.pty = value;
        else if (strcmp(words[at], "--tcp") == 0)
            options.tcp = port_number(value);
        else if (strcmp(words[at], "--control") == 0)
            options.control = port_number(value);
        else if (strcmp(words[at], "--eeprom") == 0)
            eeprom_path = value;
        else if (strcmp(words[at], "--stops") == 0)
            options.stops = sscanf(value, "%d,%d%c", &options.low, &options.high, &more) == 2 && options.low < options.high;
        else
            usage();
        if (strcmp(words[at], "--stops") == 0 && !options.stops)
            usage();
    }
    if (at != count || (options.pty == NULL) == (options.tcp < 0) || (options.held && options.control < 0))
        usage();
    return options;
}

static void run(const struct options *options, struct ff_virtual *unit)
{
    static struct control control = {-1, -1, "", 0};
    int listener = options->tcp >= 0 ? listen_on((uint16_t)options->tcp) : -1;
    int port = options->pty != NULL ? open_pty(options->pty) : -1;
    uint64_t last = real_ticks();
    uint32_t saved = ff_virtual_writes(unit);

    if (listener >= 0)
        printf("uart listening on 127.0.0.1:%u\n", port_of(listener));
    else
        printf("uart at %s\n", options->pty);
    if (options->control >= 0) {
        control.listener = listen_on((uint16_t)options->control);
        printf("control listening on 127.0.0.1:%u\n", port_of(control.listener));
    }
    fflush(stdout);
    while (!ended) {
        struct pollfd waits[4] = {
            {port >= 0 ? -1 : listener, POLLIN, 0},
            {port, POLLIN, 0},
            {control.connection >= 0 ? -1 : control.listener, POLLIN, 0},
            {control.connection, POLLIN, 0},
        };
        uint64_t now;
        (void)poll(waits, 4, options->held ? -1 : 1);
        now = real_ticks();
        if (!options->held)
            ff_virtual_run(unit, now - last < BEHIND_AT_MOST ? now - last : BEHIND_AT_MOST);
        last = now;
        if (waits[0].revents & POLLIN)
            port = accept_on(listener);
        if (waits[2].revents & POLLIN)
            control.connection = accept_on(control.listener);
        if (control.connection >= 0)
            serve_control(&control, unit);
        if (port < 0 && !options->held)
            forget_output(unit);
        if (port >= 0 && !pump(port, unit)) {
            if (options->pty != NULL)
                return;
            close(port);
            port = -1;
        }
        if (ff_virtual_writes(unit) != saved) {
            saved = ff_virtual_writes(unit);
            write_eeprom(unit);
        }
    }
}

static struct ff_virtual *switched_on(void)
{
    uint8_t eeprom[FF_EEPROM_SIZE];
    struct ff_virtual *unit;
    uint32_t lot;
    if (read_eeprom(eeprom))
        return ff_virtual_new(eeprom, FF_RESET_CAUSE_POWER_ON);
    unit = ff_virtual_new(NULL, FF_RESET_CAUSE_POWER_ON);
    if (getrandom(&lot, sizeof lot, 0) != (ssize_t)sizeof lot)
        fail("cannot draw a lot");
    ff_virtual_boots(unit, lot);
    return unit;
}

int main(int count, char **words)
{
    struct options options = parse(count, words);
    struct ff_virtual *unit;
    struct sigaction action = {.sa_handler = on_signal};

    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGQUIT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    unit = switched_on();
    write_eeprom(unit); /* what can't be kept is said before anything moves */
    if (options.stops)
        ff_virtual_stops(unit, options.low, options.high);
    run(&options, unit);
    ff_virtual_free(unit);
    return 0;
}
