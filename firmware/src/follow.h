/* SPDX-License-Identifier: MIT */
/* Following a hand: what it said last, and until when steps have been given to the engine for it. */
#ifndef FF_FOLLOW_H
#define FF_FOLLOW_H

#include <stdint.h>

#include "hal.h"

/* A hand that has not been heard of for so long has let go; only after such a pause another following begins. */
#define FF_HAND_SILENCE_256 ((uint32_t)(70 * FF_TICKS_PER_MS) >> 8)

/* A word of a faster hand, or of a time farther from now, says nothing: 65,536 steps/s, 32 ms. */
#define FF_HAND_RATE_MAX ((int32_t)1 << 20)
#define FF_HAND_AGE_MAX ((int32_t)1 << 19)

struct ff_hand {
    int32_t position; /* 1/256 step */
    int32_t rate;     /* 1/16 step/s */
    uint32_t at;      /* ticks: where the hand was at `position` */
    uint32_t heard;   /* units of 256 ticks */
};

/* While the ring follows one. */
struct ff_hand_steps {
    uint32_t until;   /* ticks: the last edge that was given to the engine; of late, where that is long ago */
    uint32_t pause;   /* ticks from a step that is made alone to the next */
};

#endif
