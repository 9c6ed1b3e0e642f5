/* SPDX-License-Identifier: MIT */
/* The rule by which records become step times: two additions a step. PROTOCOL.md "Profile".
 *
 * This is the rule in portable C, as the host port plays it. The ATmega328P does the same in assembly (port/avr/interrupts.S);
 * the golden profiles of vectors/ and the conformance suite hold the two together.
 */
#ifndef FF_PLAY_H
#define FF_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

struct ff_play {
    const struct ff_queue *queue;
    uint8_t read;       /* the slot taken next */
    uint8_t fraction;   /* of the time of the last step, 1/256 tick */
    int8_t direction;   /* of the record */
    bool held;          /* a dwell lies before what was given out last */
    uint16_t left;      /* steps of the record not given out yet */
    uint32_t interval;  /* to the next of them, 1/256 tick */
    int32_t add;
};

/* From slot 0 of `queue`, time zero being whole. */
void ff_play_start(struct ff_play *play, const struct ff_queue *queue);

/* The next step: true, whole ticks since the last step (or what it was called for before) in *ticks, and its interval in
 * 1/256 tick in *interval. False where the queue is empty: *ticks then is the dwell that was taken on the way. */
bool ff_play_next(struct ff_play *play, uint64_t *ticks, uint32_t *interval);

#endif
