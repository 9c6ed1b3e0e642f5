/* SPDX-License-Identifier: MIT */
/* What the core asks of a port. Bound at link time; `struct ff_hal` is the port's own.
 *
 * All of it is called from the main loop only. Nothing here waits.
 */
#ifndef FF_HAL_H
#define FF_HAL_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

#define FF_TICK_HZ 16000000UL
#define FF_TICKS_PER_MS 16000UL

/* The shortest interval between two steps that every port must serve without losing one, serial line and all. */
#define FF_FASTEST_INTERVAL_TICKS 160u

/* A launch is planned this long ahead, so that it is never late. */
#define FF_LAUNCH_LEAD_TICKS 1600u

/* What slowing down a motion takes to be worked out, while the steps go on (a take: three quarters of it); a port whose clock stands meanwhile is built with 0. */
#ifndef FF_PLANNING_TICKS
#define FF_PLANNING_TICKS 48000u
#endif

/* A level on an input counts once it has been steady for so long (250 µs), and at the latest after twice that; what is shorter is a
 * glitch and never acts. */
#define FF_INPUT_FILTER_TICKS 4000u

/* Time zero of a take that the cue starts is so long after the cue's own edge (1 ms): filter, main loop and launch fit in it. */
#define FF_CUE_LEAD_TICKS 16000u

struct ff_hal;

/* Ticks since boot. */
uint64_t ff_hal_clock(struct ff_hal *hal);

/* The main loop is alive. */
void ff_hal_watchdog(struct ff_hal *hal);

/* Board and reset cause, as in HelloReply. */
uint8_t ff_hal_board(struct ff_hal *hal);
uint8_t ff_hal_reset_cause(struct ff_hal *hal);

/* Serial line ------------------------------------------------------------------------------------------------------- */

/* The next byte received, or -1. With FF_RX_LOST where bytes have come since the last call that found no room: those that did end where
 * the others are missing, with a zero. */
#define FF_RX_LOST 0x100
int16_t ff_hal_rx(struct ff_hal *hal);

/* Bytes received that ff_hal_rx has not given yet. */
uint8_t ff_hal_rx_waiting(struct ff_hal *hal);

/* Sending a frame: there must be room for all of it; its bytes are put in place in any order; then it goes off as a whole. */
uint8_t ff_hal_tx_room(struct ff_hal *hal);
void ff_hal_tx_put(struct ff_hal *hal, uint8_t at, uint8_t byte);
void ff_hal_tx_send(struct ff_hal *hal, uint8_t length);

/* Sends a stop's answer, a whole frame, ahead of everything that waits, after the frame under way. One at a time: nothing is done while
 * one waits or goes out, and FF_STOP_OWED says when the next may. At most FF_URGENT_MAX bytes. */
#define FF_URGENT_MAX 21u
void ff_hal_tx_urgent(struct ff_hal *hal, const uint8_t *bytes, uint8_t length);

/* What the receive path has recognised since the last call: FF_STOP_SEEN (an engine that stands, before its first step or in a
 * hold, is cut already), FF_HARD_STOP_SEEN (so is any). And whether an answer is owed that has room now: FF_STOP_OWED, in as many bits as
 * a count of them takes, with FF_HARD_STOP_OWED where one of them is to a HARD STOP. */
#define FF_STOP_SEEN 1u
#define FF_HARD_STOP_SEEN 2u
#define FF_HARD_STOP_OWED 4u
#define FF_STOP_OWED 0xF8u
#define FF_STOP_ONE_MORE 8u
uint8_t ff_hal_stop_seen(struct ff_hal *hal);

/* A stop has been recognised, or the stop input has made a move that cuts the steps, and nobody has asked for it yet. */
bool ff_hal_stop_waits(const struct ff_hal *hal);

/* Pins -------------------------------------------------------------------------------------------------------------- */

/* The inputs that are low; the stop input as filtered. */
#define FF_IN_CUE 1u
#define FF_IN_STOP 2u
uint8_t ff_hal_inputs(struct ff_hal *hal);

/* How the stop input has moved since the last call, as filtered, however shortly. */
#define FF_WENT_LOW 1u
#define FF_WENT_HIGH 2u
uint8_t ff_hal_stop_moved(struct ff_hal *hal);

#define FF_OUT_ENERGISE 1u
#define FF_OUT_READY 2u
#define FF_OUT_MIRROR 4u /* DIR the other way round: settings' direction -1. Changes at rest only. */
void ff_hal_outputs(struct ff_hal *hal, uint8_t bits);

/* The moves of the stop input (FF_WENT_…, filtered) that cut the steps at once, before the main loop learns of them. */
void ff_hal_stop_guard(struct ff_hal *hal, uint8_t moves);

/* From now on keeps the cue input's next falling (or rising) edge, once it has been seen inactive; both filtered. FF_CUE_OFF keeps none,
 * and forgets. */
#define FF_CUE_OFF 2u
void ff_hal_cue(struct ff_hal *hal, uint8_t edge);

/* True once after such an edge, when it has passed the filter; `clock` gets the edge's own time. Ask at least every 3 ms. */
bool ff_hal_cue_taken(struct ff_hal *hal, uint64_t *clock);

/* EEPROM ------------------------------------------------------------------------------------------------------------ */

uint8_t ff_hal_eeprom_read(struct ff_hal *hal, uint16_t address);

/* Starts writing one byte; only when not busy. */
void ff_hal_eeprom_write(struct ff_hal *hal, uint16_t address, uint8_t value);
bool ff_hal_eeprom_busy(struct ff_hal *hal);

/* Step engine ------------------------------------------------------------------------------------------------------- */

#define FF_STEPS_RUNNING 1u
#define FF_STEPS_DRY 2u     /* ran out of records while more were to come */
#define FF_STEPS_LATE 4u    /* an edge could not be placed in time: nothing was stepped after it */
#define FF_STEPS_CUT 8u     /* cut off, by ff_hal_steps_cut, HARD STOP or the stop guard */
#define FF_STEPS_MOVING 16u /* a step is due, one has been made, and no hold lies between: `interval` is a speed */

struct ff_steps {
    uint8_t flags;
    uint8_t read;       /* the queue's slot that the engine takes next */
    int8_t direction;   /* that DIR shows: of the step that is due, or that was last: 1 or -1 */
    uint16_t left;      /* steps of the record taken last that are not scheduled yet */
    int32_t position;   /* counted at the edge */
    int32_t scheduled;  /* position after the step that is due; equal to `position` if none is */
    uint32_t interval;  /* 1/256 tick from the last edge (or launch, or hold) to the one that is due; 0 if none is */
};

/* Readies the queue's records, from slot 0, to be played from `position`; the DIR pin takes its level. `more`: others will be
 * appended, so an empty queue is not the end. The engine must be at rest. */
void ff_hal_steps_arm(struct ff_hal *hal, const struct ff_queue *queue, int32_t position, bool more);

/* Time zero is at `zero`, at least FF_LAUNCH_LEAD_TICKS/2 from now; where that has passed, LATE and no step. */
void ff_hal_steps_launch(struct ff_hal *hal, uint64_t zero);

/* Whether more will be appended. */
void ff_hal_steps_more(struct ff_hal *hal, bool more);

/* After the step that is due, and at most one more in its direction, go on with `queue` from slot `slot` instead of what was to
 * come. Only while MOVING, the way that the first new record goes, and with no turn loaded to come next: else nothing is done, and
 * false (stand where it stands: cut).
 * If done, `at` gets how things stood just before, the step more included in `scheduled`: `left` steps are dropped. */
bool ff_hal_steps_switch(struct ff_hal *hal, const struct ff_queue *queue, uint8_t slot, bool more, struct ff_steps *at);

/* No further edge. At rest afterwards; ff_hal_steps_now then says how it stood, until the next ff_hal_steps_arm. */
void ff_hal_steps_cut(struct ff_hal *hal);

void ff_hal_steps_now(struct ff_hal *hal, struct ff_steps *now);

/* Of the last launch, valid at rest: clock of the first and last edge (time zero if there was none) and of the end. */
struct ff_step_times {
    uint64_t first_edge;
    uint64_t last_edge;
    uint64_t end;
};
void ff_hal_steps_times(struct ff_hal *hal, struct ff_step_times *times);

/* Anything that only this port has to watch, the stack for one: false is the fault INTERNAL. */
bool ff_hal_sound(struct ff_hal *hal);

#endif
