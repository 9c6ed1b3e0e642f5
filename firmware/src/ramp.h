/* SPDX-License-Identifier: MIT */
/* Go-to, jog and slowing down: turns an aim into short segments with limited speed and acceleration. */
#ifndef FF_RAMP_H
#define FF_RAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"

/* The highest acceleration that settings may ask for, steps/s². */
#define FF_ACCEL_MAX 100000000UL

/* `a` + `b`, or the most that 32 bits hold. */
uint32_t ff_add_saturated(uint32_t a, uint32_t b);

struct ff_ramp {
    /* Where the segments given out so far end. */
    int32_t position;
    uint32_t energy;    /* (speed / 2)², steps²/s² */
    uint32_t interval;  /* 1/256 tick at that speed; 0 at rest */
    int8_t direction;   /* of the last step: 1 or -1 */
    /* The aim. */
    bool stopping;      /* slow down and stand; else: */
    int32_t target;
    uint32_t energy_max;
    uint32_t gain_steps; /* in so many steps, and not one more, less than that can be had from rest */
    uint32_t cruise;    /* 1/256 tick at the rate asked for, exactly */
    /* What it is held to. */
    int32_t minimum;
    int32_t maximum;
    uint32_t accel_half; /* steps/s² / 2: what `energy` changes by in one step */
    uint32_t min_interval; /* 1/256 tick */
    uint32_t dir_setup;  /* 1/256 tick */
};

/* Acceleration in steps/s², intervals in ticks; `position` and speed stay. */
void ff_ramp_hold_to(struct ff_ramp *ramp, uint32_t accel, uint32_t min_interval_ticks, uint16_t dir_setup_ticks);

/* From now on it goes at the speed of `interval` (1/256 tick; 0: at rest) in `direction` from `position`. */
void ff_ramp_start(struct ff_ramp *ramp, int32_t position, int8_t direction, uint32_t interval);

/* Go to `target` at up to `rate` steps/s (at least 1). */
void ff_ramp_aim(struct ff_ramp *ramp, int32_t target, uint32_t rate);

/* The next segment, at most about 2 ms or one step long: false if it has come to rest. Never gives a step outside
 * minimum … maximum; where it is too fast to stand before them within the acceleration, it slows down harder. */
bool ff_ramp_next(struct ff_ramp *ramp, struct ff_segment *segment);

/* Following: a speed is kept to, as a hand's, instead of a place. */

/* The speed that leads back over `gap` (1/256 step), steps/s: 40 times it a second, and no more than can be braked from. */
uint32_t ff_ramp_towards(const struct ff_ramp *ramp, uint32_t gap);

/* From rest: one step to the side of `sense`; false where a limit forbids it. */
bool ff_ramp_step(struct ff_ramp *ramp, int8_t sense);

/* After that step: the speed to go on with towards `speed` (steps/s, signed), that of one step in `pause`; none where that is slow. */
void ff_ramp_gain(struct ff_ramp *ramp, int32_t speed, uint32_t pause);

/* Ticks from one such step to the next at least. */
uint32_t ff_ramp_pause(const struct ff_ramp *ramp);

/* The next segment towards `speed`, as ff_ramp_next would give it: false, and at rest, where it has become slow. */
bool ff_ramp_keep(struct ff_ramp *ramp, int32_t speed, struct ff_segment *segment);

/* It would come to rest without another step. */
bool ff_ramp_may_rest(const struct ff_ramp *ramp);

/* So does anything that makes a step in `interval` (1/256 tick), at `accel` steps/s². */
bool ff_ramp_is_slow(uint32_t interval, uint32_t accel);

#endif
