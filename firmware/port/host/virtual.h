/* SPDX-License-Identifier: MIT */
/* A unit on this computer, in time that whoever holds it moves on: the core, and behind hal.h a model of the board that is as
 * small as the board: the same buffers, a serial line of 250000 baud, EEPROM that takes 3.4 ms a byte.
 *
 * process.c lets it run in real time, tests drive it through ctypes, fuzz.c throws bytes at it.
 */
#ifndef FF_VIRTUAL_H
#define FF_VIRTUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "play.h"
#include "unit.h"

#define FF_EEPROM_SIZE 1024u

enum ff_pin { FF_PIN_STEP, FF_PIN_DIR, FF_PIN_ENABLE, FF_PIN_READY, FF_PIN_CUE, FF_PIN_STOP };

struct ff_edge {
    uint64_t tick;
    int32_t position; /* physical: steps since power-on, by what the pins said */
    uint8_t pin;      /* enum ff_pin; an edge of STEP is its rising one */
    uint8_t level;
};

enum ff_due { FF_DUE_NOTHING, FF_DUE_STEP, FF_DUE_LOOK, FF_DUE_END };

/* An input, with its filter: `level` is the pin's, `steady` what it was when it last held still for FF_INPUT_FILTER_TICKS. */
struct ff_input {
    bool level, steady;
    uint64_t moved; /* when the pin moved last */
    uint64_t due;   /* when that will have been steady; UINT64_MAX: it is */
};

struct ff_hal {
    uint64_t now;
    uint8_t reset_cause;
    struct ff_unit *unit;

    /* Line: what the host has sent and what it will get; and the board's own buffers between. */
    uint8_t *in;
    size_t in_length, in_at, in_size;
    uint64_t in_next; /* when the next byte has come in */
    uint8_t rx[72], tx[90], urgent[FF_URGENT_MAX];
    uint8_t rx_head, rx_tail, tx_head, tx_tail, urgent_length, urgent_at;
    bool tx_in_frame, rx_lost;
    uint64_t tx_next;
    uint8_t *out;
    size_t out_length, out_size;
    uint8_t stop_state, stop_seen;

    /* Pins: levels as on the pin, low is active. */
    struct ff_input cue, stop;
    uint8_t stop_moved, guard;
    uint8_t outputs;
    bool dir_level, mirror;
    uint8_t cue_wanted;
    bool cue_taken;
    uint64_t cue_clock;
    int32_t physical;
    bool has_stops;
    int32_t stop_low, stop_high;
    struct { uint64_t tick; uint8_t pin; uint8_t level; } moves[64];
    uint8_t move_count;

    /* EEPROM. */
    uint8_t eeprom[FF_EEPROM_SIZE];
    uint64_t eeprom_ready;
    uint32_t writes;
    uint32_t cut_after; /* the power fails in this write, counted from 1; 0: never */
    bool cut;

    /* Engine. */
    struct ff_play play;
    bool more;
    uint8_t flags;
    uint8_t due;
    int8_t due_direction;
    uint64_t due_tick, due_ticks;
    uint32_t due_interval;
    int32_t position;
    uint64_t first_edge, last_edge, end;
    bool edge_made, stands;

    /* What it did. */
    bool log;
    struct ff_edge *edges;
    size_t edge_count, edge_size;
    uint64_t shortest; /* ticks between two steps since it was last set to UINT64_MAX */
    uint64_t last_step;
};

struct ff_virtual {
    struct ff_unit unit;
    struct ff_hal hal;
};

/* A unit that has just been switched on with this EEPROM (NULL: erased). Free it with ff_virtual_free. */
struct ff_virtual *ff_virtual_new(const uint8_t *eeprom, uint8_t reset_cause);
void ff_virtual_free(struct ff_virtual *unit);

/* Gives a unit that has just been switched on a number of boots, as if that was in its EEPROM. */
void ff_virtual_boots(struct ff_virtual *unit, uint32_t boots);

/* A unit at rest, its line empty: as if it had been on for so much longer. */
void ff_virtual_age(struct ff_virtual *unit, uint64_t ticks);

/* Resets it; clock, line and RAM begin anew, EEPROM, pins and the log stay. */
void ff_virtual_reset(struct ff_virtual *unit, uint8_t reset_cause);

/* Bytes on their way to the unit: they come in at the pace of the line. */
void ff_virtual_feed(struct ff_virtual *unit, const uint8_t *bytes, size_t length);

/* Bytes that have not come in yet. */
size_t ff_virtual_waiting(const struct ff_virtual *unit);

/* Lets `ticks` pass. */
void ff_virtual_run(struct ff_virtual *unit, uint64_t ticks);

/* Takes what the unit has sent, at most `size` bytes: how many. */
size_t ff_virtual_output(struct ff_virtual *unit, uint8_t *bytes, size_t size);

/* Moves FF_PIN_CUE or FF_PIN_STOP at `tick` of the unit's clock, or now if that has passed: when. */
uint64_t ff_virtual_set(struct ff_virtual *unit, uint8_t pin, uint8_t level, uint64_t tick);

uint64_t ff_virtual_clock(const struct ff_virtual *unit);
size_t ff_virtual_edges(const struct ff_virtual *unit, size_t from, struct ff_edge *edges, size_t size);
void ff_virtual_log(struct ff_virtual *unit, bool on);
void ff_virtual_eeprom(const struct ff_virtual *unit, uint8_t *bytes);

/* The power fails while the `write`th byte from now is written to the EEPROM: it and all after it are lost. */
void ff_virtual_cut(struct ff_virtual *unit, uint32_t write);
uint32_t ff_virtual_writes(const struct ff_virtual *unit);

/* Called at each step edge, if a program has it. */
void ff_virtual_on_step(struct ff_hal *hal) __attribute__((weak));

/* Called after each round of the main loop, if a program has it. */
void ff_virtual_on_round(struct ff_hal *hal) __attribute__((weak));

/* The ring has hard stops: the stop input is active there (physical steps). */
void ff_virtual_stops(struct ff_virtual *unit, int32_t low, int32_t high);

uint8_t ff_virtual_state(const struct ff_virtual *unit);
int32_t ff_virtual_position(struct ff_virtual *unit);
uint64_t ff_virtual_shortest(struct ff_virtual *unit);

#endif
