/* SPDX-License-Identifier: MIT */
#include "virtual.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "stop.h"

#define BYTE_TICKS 640u        /* ten bits at 250000 baud */
#define POLL_TICKS 1600u       /* a round of the main loop */
#define EEPROM_TICKS 54400u    /* 3.4 ms */

/* ---- Log ------------------------------------------------------------------------------------------------------------- */

static void *grown(void *memory, size_t *size, size_t wanted, size_t item)
{
    if (wanted <= *size)
        return memory;
    *size = wanted * 2 + 64;
    memory = realloc(memory, *size * item);
    if (memory == NULL)
        abort();
    return memory;
}

void virtual_log_pin(struct ff_hal *hal, uint8_t pin, bool level)
{
    struct ff_edge *edge;
    if (!hal->log)
        return;
    hal->edges = grown(hal->edges, &hal->edge_size, hal->edge_count + 1, sizeof *hal->edges);
    edge = &hal->edges[hal->edge_count++];
    memset(edge, 0, sizeof *edge);
    edge->tick = hal->now;
    edge->position = hal->physical;
    edge->pin = pin;
    edge->level = level;
}

/* The pin moves: its filter begins anew. */
static void input_moves(struct ff_hal *hal, struct ff_input *input, bool level)
{
    if (input->level == level)
        return;
    input->level = level;
    input->moved = hal->now;
    input->due = hal->now + FF_INPUT_FILTER_TICKS;
}

/* The pin has been steady: whether that is a move. */
static bool input_settles(struct ff_input *input)
{
    bool moved = input->steady != input->level;
    input->steady = input->level;
    input->due = UINT64_MAX;
    return moved;
}

static void input_starts(struct ff_input *input)
{
    input->steady = input->level;
    input->due = UINT64_MAX;
}

static void stop_settles(struct ff_hal *hal)
{
    uint8_t went = hal->stop.level ? FF_WENT_HIGH : FF_WENT_LOW;
    if (!input_settles(&hal->stop))
        return;
    hal->stop_moved |= went;
    if (hal->guard & went)
        ff_hal_steps_cut(hal);
}

static void cue_settles(struct ff_hal *hal)
{
    if (!input_settles(&hal->cue) || hal->cue_wanted != (hal->cue.level ? FF_CUE_EDGE_RISING : FF_CUE_EDGE_FALLING))
        return;
    hal->cue_wanted = FF_CUE_OFF;
    hal->cue_taken = true;
    hal->cue_clock = hal->cue.moved;
}

void virtual_step(struct ff_hal *hal)
{
    hal->physical += hal->dir_level ? 1 : -1;
    if (hal->last_step != 0 && hal->now - hal->last_step < hal->shortest)
        hal->shortest = hal->now - hal->last_step;
    hal->last_step = hal->now;
    virtual_log_pin(hal, FF_PIN_STEP, true);
    if (ff_virtual_on_step != NULL)
        ff_virtual_on_step(hal);
    if (hal->has_stops)
        input_moves(hal, &hal->stop, hal->physical > hal->stop_low && hal->physical < hal->stop_high);
}

/* ---- hal.h ----------------------------------------------------------------------------------------------------------- */

uint64_t ff_hal_clock(struct ff_hal *hal)
{
    return hal->now;
}

void ff_hal_watchdog(struct ff_hal *hal)
{
    (void)hal;
}

uint8_t ff_hal_board(struct ff_hal *hal)
{
    (void)hal;
    return FF_BOARD_HOST_PROCESS;
}

uint8_t ff_hal_reset_cause(struct ff_hal *hal)
{
    return hal->reset_cause;
}

int16_t ff_hal_rx(struct ff_hal *hal)
{
    int16_t byte;
    if (hal->rx_tail == hal->rx_head)
        return -1;
    byte = hal->rx_lost ? FF_RX_LOST : 0;
    if (hal->rx_lost) /* what there is of the frame ends here, and not in the next one */
        hal->rx[(hal->rx_head + sizeof hal->rx - 1u) % sizeof hal->rx] = 0;
    hal->rx_lost = false;
    byte |= hal->rx[hal->rx_tail];
    hal->rx_tail = (uint8_t)((hal->rx_tail + 1u) % sizeof hal->rx);
    return byte;
}

uint8_t ff_hal_rx_waiting(struct ff_hal *hal)
{
    return (uint8_t)((hal->rx_head + sizeof hal->rx - hal->rx_tail) % sizeof hal->rx);
}

uint8_t ff_hal_tx_room(struct ff_hal *hal)
{
    return (uint8_t)((hal->tx_tail + sizeof hal->tx - hal->tx_head - 1u) % sizeof hal->tx);
}

void ff_hal_tx_put(struct ff_hal *hal, uint8_t at, uint8_t byte)
{
    hal->tx[(hal->tx_head + at) % sizeof hal->tx] = byte;
}

static void transmit(struct ff_hal *hal)
{
    if (hal->tx_next == UINT64_MAX)
        hal->tx_next = hal->now + BYTE_TICKS;
}

void ff_hal_tx_send(struct ff_hal *hal, uint8_t length)
{
    hal->tx_head = (uint8_t)((hal->tx_head + length) % sizeof hal->tx);
    transmit(hal);
}

void ff_hal_tx_urgent(struct ff_hal *hal, const uint8_t *bytes, uint8_t length)
{
    if (hal->urgent_length != 0)
        return;
    memcpy(hal->urgent, bytes, length);
    hal->urgent_length = length;
    hal->urgent_at = 0;
    hal->stop_seen = (uint8_t)(hal->stop_seen - FF_STOP_ONE_MORE);
    if ((hal->stop_seen & FF_STOP_OWED) == 0)
        hal->stop_seen &= (uint8_t)~FF_HARD_STOP_OWED;
    transmit(hal);
}

uint8_t ff_hal_stop_seen(struct ff_hal *hal)
{
    uint8_t seen = hal->stop_seen;
    hal->stop_seen = seen & (FF_STOP_OWED | FF_HARD_STOP_OWED);
    return hal->urgent_length == 0 ? seen : seen & (FF_STOP_SEEN | FF_HARD_STOP_SEEN);
}

bool ff_hal_stop_waits(const struct ff_hal *hal)
{
    return (hal->stop_seen & (FF_STOP_SEEN | FF_HARD_STOP_SEEN)) != 0 || (hal->stop_moved & hal->guard) != 0;
}

uint8_t ff_hal_inputs(struct ff_hal *hal)
{
    return (uint8_t)((hal->cue.level ? 0u : FF_IN_CUE) | (hal->stop.steady ? 0u : FF_IN_STOP));
}

uint8_t ff_hal_stop_moved(struct ff_hal *hal)
{
    uint8_t moved = hal->stop_moved;
    hal->stop_moved = 0;
    return moved;
}

void ff_hal_outputs(struct ff_hal *hal, uint8_t bits)
{
    uint8_t changed = hal->outputs ^ bits;
    hal->outputs = bits;
    if (changed & FF_OUT_ENERGISE)
        virtual_log_pin(hal, FF_PIN_ENABLE, !(bits & FF_OUT_ENERGISE));
    if (changed & FF_OUT_READY)
        virtual_log_pin(hal, FF_PIN_READY, (bits & FF_OUT_READY) != 0);
    if (changed & FF_OUT_MIRROR) {
        hal->mirror = !hal->mirror;
        hal->dir_level = !hal->dir_level;
        virtual_log_pin(hal, FF_PIN_DIR, hal->dir_level);
    }
}

void ff_hal_stop_guard(struct ff_hal *hal, uint8_t moves)
{
    hal->guard = moves;
}

void ff_hal_cue(struct ff_hal *hal, uint8_t edge)
{
    hal->cue_wanted = edge;
    hal->cue_taken = false;
    hal->cue.steady = edge == FF_CUE_EDGE_RISING; /* as if it were active: it has to be seen free first */
    hal->cue.due = hal->now + FF_INPUT_FILTER_TICKS;
}

bool ff_hal_sound(struct ff_hal *hal)
{
    (void)hal;
    return true;
}

bool ff_hal_cue_taken(struct ff_hal *hal, uint64_t *clock)
{
    bool taken = hal->cue_taken;
    hal->cue_taken = false;
    *clock = hal->cue_clock;
    return taken;
}

uint8_t ff_hal_eeprom_read(struct ff_hal *hal, uint16_t address)
{
    return hal->eeprom[address];
}

/* Where the power fails, the byte has been erased and half written: neither what it was nor what it was to be. */
void ff_hal_eeprom_write(struct ff_hal *hal, uint16_t address, uint8_t value)
{
    hal->writes++;
    hal->eeprom_ready = hal->now + EEPROM_TICKS;
    if (hal->cut)
        return;
    if (hal->cut_after != 0 && hal->writes == hal->cut_after) {
        hal->cut = true;
        hal->eeprom[address] = (uint8_t)(value | 0x55u);
        return;
    }
    hal->eeprom[address] = value;
}

bool ff_hal_eeprom_busy(struct ff_hal *hal)
{
    return hal->now < hal->eeprom_ready;
}

/* ---- Time ------------------------------------------------------------------------------------------------------------ */

static void byte_in(struct ff_hal *hal)
{
    uint8_t byte = hal->in[hal->in_at++];
    uint8_t next = (uint8_t)((hal->rx_head + 1u) % sizeof hal->rx);
    uint8_t seen = ff_stop_match(&hal->stop_state, byte);
    if (seen & FF_HARD_STOP_SEEN)
        seen |= FF_HARD_STOP_OWED;
    if (seen != 0)
        hal->stop_seen = (uint8_t)((hal->stop_seen | seen) + FF_STOP_ONE_MORE);
    if ((seen & FF_HARD_STOP_SEEN) || ((seen & FF_STOP_SEEN) && hal->stands))
        ff_hal_steps_cut(hal);
    hal->rx[hal->rx_head] = byte;
    if (next != hal->rx_tail)
        hal->rx_head = next;
    else
        hal->rx_lost = true;
    if (hal->in_at == hal->in_length) {
        hal->in_at = hal->in_length = 0;
        hal->in_next = UINT64_MAX;
    } else {
        hal->in_next += BYTE_TICKS;
    }
}

static void byte_out(struct ff_hal *hal)
{
    uint8_t byte;
    if (hal->urgent_length != 0 && (hal->urgent_at != 0 || !hal->tx_in_frame)) {
        byte = hal->urgent[hal->urgent_at++];
        if (hal->urgent_at == hal->urgent_length)
            hal->urgent_length = hal->urgent_at = 0;
    } else if (hal->tx_tail != hal->tx_head) {
        byte = hal->tx[hal->tx_tail];
        hal->tx_tail = (uint8_t)((hal->tx_tail + 1u) % sizeof hal->tx);
        hal->tx_in_frame = byte != 0;
    } else {
        hal->tx_next = UINT64_MAX;
        return;
    }
    hal->out = grown(hal->out, &hal->out_size, hal->out_length + 1, 1);
    hal->out[hal->out_length++] = byte;
    hal->tx_next += BYTE_TICKS;
}

static void move_pin(struct ff_hal *hal, uint8_t pin, uint8_t level)
{
    bool high = level != 0;
    virtual_log_pin(hal, pin, high);
    input_moves(hal, pin == FF_PIN_STOP ? &hal->stop : &hal->cue, high);
}

static uint64_t next_move(const struct ff_hal *hal, uint8_t *which)
{
    uint64_t next = UINT64_MAX;
    uint8_t at;
    for (at = 0; at < hal->move_count; at++) {
        if (hal->moves[at].tick < next) {
            next = hal->moves[at].tick;
            *which = at;
        }
    }
    return next;
}

/* Carries out all that is due up to `until`, each thing at its own tick. */
static void happen(struct ff_hal *hal, uint64_t until)
{
    for (;;) {
        uint8_t which = 0;
        uint64_t move = next_move(hal, &which);
        uint64_t step = engine_next(hal);
        uint64_t next;
        uint64_t *line = hal->in_next <= hal->tx_next ? &hal->in_next : &hal->tx_next;
        uint64_t settles = hal->stop.due < hal->cue.due ? hal->stop.due : hal->cue.due;
        next = move < step ? move : step;
        next = *line < next ? *line : next;
        next = settles < next ? settles : next;
        if (next > until) {
            hal->now = until;
            return;
        }
        if (next > hal->now)
            hal->now = next;
        if (next == hal->stop.due) {
            stop_settles(hal);
        } else if (next == hal->cue.due) {
            cue_settles(hal);
        } else if (next == step) {
            engine_happen(hal);
        } else if (next == move) {
            uint8_t pin = hal->moves[which].pin;
            uint8_t level = hal->moves[which].level;
            hal->moves[which] = hal->moves[--hal->move_count];
            move_pin(hal, pin, level);
        } else if (line == &hal->in_next) {
            byte_in(hal);
        } else {
            byte_out(hal);
        }
    }
}

void ff_virtual_run(struct ff_virtual *unit, uint64_t ticks)
{
    struct ff_hal *hal = &unit->hal;
    uint64_t until = hal->now + ticks;
    while (hal->now < until) {
        uint64_t round = hal->now - hal->now % POLL_TICKS + POLL_TICKS;
        if (round > until) {
            happen(hal, until);
            return;
        }
        happen(hal, round);
        ff_unit_poll(&unit->unit);
        if (ff_virtual_on_round != NULL)
            ff_virtual_on_round(hal);
    }
}

/* ---- From outside ---------------------------------------------------------------------------------------------------- */

static void power_up(struct ff_virtual *unit, uint8_t reset_cause)
{
    struct ff_hal *hal = &unit->hal;
    memset(&unit->unit, 0, sizeof unit->unit);
    hal->now = 0;
    hal->reset_cause = reset_cause;
    hal->unit = &unit->unit;
    hal->in_length = hal->in_at = 0;
    hal->in_next = hal->tx_next = UINT64_MAX;
    hal->rx_head = hal->rx_tail = hal->tx_head = hal->tx_tail = 0;
    hal->urgent_length = hal->urgent_at = 0;
    hal->tx_in_frame = hal->rx_lost = false;
    hal->stop_state = hal->stop_seen = 0;
    hal->stop_moved = hal->guard = 0;
    hal->mirror = hal->cue_taken = false;
    hal->cue_wanted = FF_CUE_OFF;
    input_starts(&hal->cue);
    input_starts(&hal->stop);
    hal->flags = 0;
    hal->due = FF_DUE_NOTHING;
    hal->due_direction = 0;
    hal->eeprom_ready = 0;
    hal->last_step = 0;
    hal->move_count = 0;
    if (hal->outputs & FF_OUT_ENERGISE)
        virtual_log_pin(hal, FF_PIN_ENABLE, true);
    if (hal->outputs & FF_OUT_READY)
        virtual_log_pin(hal, FF_PIN_READY, false);
    if (hal->dir_level)
        virtual_log_pin(hal, FF_PIN_DIR, false);
    hal->outputs = 0;
    hal->dir_level = false;
    ff_unit_start(&unit->unit, hal);
}

struct ff_virtual *ff_virtual_new(const uint8_t *eeprom, uint8_t reset_cause)
{
    struct ff_virtual *unit = calloc(1, sizeof *unit);
    if (unit == NULL)
        abort();
    memset(unit->hal.eeprom, 0xFF, sizeof unit->hal.eeprom);
    if (eeprom != NULL)
        memcpy(unit->hal.eeprom, eeprom, sizeof unit->hal.eeprom);
    unit->hal.cue.level = unit->hal.stop.level = unit->hal.log = true;
    unit->hal.shortest = UINT64_MAX;
    power_up(unit, reset_cause);
    return unit;
}

void ff_virtual_free(struct ff_virtual *unit)
{
    free(unit->hal.in);
    free(unit->hal.out);
    free(unit->hal.edges);
    free(unit);
}

void ff_virtual_boots(struct ff_virtual *unit, uint32_t boots)
{
    unit->unit.boots = boots;
    ff_store_write(&unit->unit.store, &unit->hal, FF_STORE_BOOTS, &unit->unit.boots);
}

void ff_virtual_age(struct ff_virtual *unit, uint64_t ticks)
{
    unit->hal.now += ticks;
}

void ff_virtual_reset(struct ff_virtual *unit, uint8_t reset_cause)
{
    unit->hal.cut = false;
    unit->hal.cut_after = 0;
    power_up(unit, reset_cause);
}

void ff_virtual_feed(struct ff_virtual *unit, const uint8_t *bytes, size_t length)
{
    struct ff_hal *hal = &unit->hal;
    if (length == 0)
        return;
    hal->in = grown(hal->in, &hal->in_size, hal->in_length + length, 1);
    memcpy(hal->in + hal->in_length, bytes, length);
    if (hal->in_next == UINT64_MAX)
        hal->in_next = hal->now + BYTE_TICKS;
    hal->in_length += length;
}

size_t ff_virtual_waiting(const struct ff_virtual *unit)
{
    return unit->hal.in_length - unit->hal.in_at;
}

size_t ff_virtual_output(struct ff_virtual *unit, uint8_t *bytes, size_t size)
{
    struct ff_hal *hal = &unit->hal;
    size_t length = hal->out_length < size ? hal->out_length : size;
    if (length == 0)
        return 0;
    memcpy(bytes, hal->out, length);
    memmove(hal->out, hal->out + length, hal->out_length - length);
    hal->out_length -= length;
    return length;
}

uint64_t ff_virtual_set(struct ff_virtual *unit, uint8_t pin, uint8_t level, uint64_t tick)
{
    struct ff_hal *hal = &unit->hal;
    if (tick <= hal->now || hal->move_count >= sizeof hal->moves / sizeof *hal->moves) {
        move_pin(hal, pin, level);
        return hal->now;
    }
    hal->moves[hal->move_count].tick = tick;
    hal->moves[hal->move_count].pin = pin;
    hal->moves[hal->move_count].level = level;
    hal->move_count++;
    return tick;
}

uint64_t ff_virtual_clock(const struct ff_virtual *unit)
{
    return unit->hal.now;
}

size_t ff_virtual_edges(const struct ff_virtual *unit, size_t from, struct ff_edge *edges, size_t size)
{
    size_t count = from < unit->hal.edge_count ? unit->hal.edge_count - from : 0;
    if (count > size)
        count = size;
    if (count != 0)
        memcpy(edges, unit->hal.edges + from, count * sizeof *edges);
    return count;
}

void ff_virtual_log(struct ff_virtual *unit, bool on)
{
    unit->hal.log = on;
}

void ff_virtual_eeprom(const struct ff_virtual *unit, uint8_t *bytes)
{
    memcpy(bytes, unit->hal.eeprom, sizeof unit->hal.eeprom);
}

void ff_virtual_cut(struct ff_virtual *unit, uint32_t write)
{
    unit->hal.cut_after = unit->hal.writes + write;
}

uint32_t ff_virtual_writes(const struct ff_virtual *unit)
{
    return unit->hal.writes;
}

void ff_virtual_stops(struct ff_virtual *unit, int32_t low, int32_t high)
{
    unit->hal.has_stops = true;
    unit->hal.stop_low = low;
    unit->hal.stop_high = high;
}

uint8_t ff_virtual_state(const struct ff_virtual *unit)
{
    return unit->unit.state;
}

int32_t ff_virtual_position(struct ff_virtual *unit)
{
    struct ff_steps now;
    ff_hal_steps_now(&unit->hal, &now);
    return now.flags & FF_STEPS_RUNNING ? now.position : unit->unit.position;
}

uint64_t ff_virtual_shortest(struct ff_virtual *unit)
{
    uint64_t shortest = unit->hal.shortest;
    unit->hal.shortest = UINT64_MAX;
    return shortest;
}
