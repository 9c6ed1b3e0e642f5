/* SPDX-License-Identifier: MIT */
/* With constant acceleration a, v² changes by 2a from one step to the next, whatever the speed; so v² is the state, and
 * v² / 2a the steps that it takes to stand. Kept is (v/2)², which fits 32 bits up to 131,000 steps/s and changes by a/2 a
 * step. The planner asks three questions for each segment: do I have to slow down to stand where I should, am I slower than
 * I may be, or neither; and gives the segment as few steps as keep its speed change small, so that an interval that changes by
 * a constant is close to constant acceleration: the segment's time is right to 0.4 %, its start and end speed exactly.
 */
#include "ramp.h"

#include "record.h"

#define TICKS_256 ((uint32_t)4096000000UL) /* 16 MHz · 256: an interval is this over the speed */
#define RATE_MAX ((uint32_t)100000UL)

static uint16_t __attribute__((noinline)) square_root(uint32_t value)
{
    uint16_t root = 0;
    uint16_t bit = 0x8000u;
    for (; bit != 0; bit >>= 1) {
        uint16_t trial = (uint16_t)(root | bit);
        if ((uint32_t)trial * trial <= value)
            root = trial;
    }
    return root;
}

/* Steps/s. Two ranges, so that slow speeds keep their resolution. */
static uint32_t speed_of(uint32_t energy)
{
    return energy < 0x40000000UL ? square_root(energy << 2) : (uint32_t)square_root(energy) << 1;
}

static uint32_t __attribute__((noinline)) interval_of(uint32_t speed)
{
    return TICKS_256 / (speed != 0 ? speed : 1u);
}

static uint32_t __attribute__((noinline)) energy_of(uint32_t rate)
{
    uint32_t half = rate / 2u;
    return rate < 0x10000UL ? rate * rate / 4u : half * half;
}

void ff_ramp_hold_to(struct ff_ramp *ramp, uint32_t accel, uint32_t min_interval_ticks, uint16_t dir_setup_ticks)
{
    ramp->accel_half = accel < 2 ? 1 : accel / 2u;
    ramp->min_interval = min_interval_ticks > (UINT32_MAX >> FF_FRACTION_BITS) ? UINT32_MAX
                                                                               : min_interval_ticks << FF_FRACTION_BITS;
    ramp->dir_setup = (uint32_t)dir_setup_ticks << FF_FRACTION_BITS;
}

void ff_ramp_start(struct ff_ramp *ramp, int32_t position, int8_t direction, uint32_t interval)
{
    ramp->position = position;
    ramp->direction = direction;
    ramp->interval = interval;
    ramp->energy = interval != 0 ? energy_of(TICKS_256 / interval) : 0;
}

void ff_ramp_aim(struct ff_ramp *ramp, int32_t target, uint32_t rate)
{
    uint32_t fastest = TICKS_256 / ramp->min_interval;
    uint32_t cap = rate < fastest ? rate : fastest;
    if (cap == 0) /* a speed limit below 1 step/s; each step is held to it all the same */
        cap = 1;
    if (cap > RATE_MAX)
        cap = RATE_MAX;
    ramp->stopping = false;
    ramp->target = target;
    ramp->cruise = TICKS_256 / cap;
    ramp->energy_max = energy_of(cap);
    if (ramp->energy_max == 0) /* 1 step/s */
        ramp->energy_max = 1;
    ramp->gain_steps = ramp->energy_max / ramp->accel_half;
}

/* Steps from `from` to `to` in `direction`; 0 if `to` lies the other way. */
static uint32_t __attribute__((noinline)) distance(int32_t from, int32_t to, int8_t direction)
{
    if (direction > 0)
        return to > from ? (uint32_t)to - (uint32_t)from : 0;
    return to < from ? (uint32_t)from - (uint32_t)to : 0;
}

bool ff_ramp_may_rest(const struct ff_ramp *ramp)
{
    return ramp->energy < ramp->accel_half;
}

bool ff_ramp_is_slow(uint32_t interval, uint32_t accel)
{
    return energy_of(TICKS_256 / interval) < accel / 2u;
}

/* How many steps a segment has: about 2 ms, and not more than changes the speed by an eighth. */
static uint16_t __attribute__((noinline)) slice(uint32_t speed, uint32_t stopping_steps)
{
    uint32_t steps = speed >> 9;
    if (steps > stopping_steps / 4u)
        steps = stopping_steps / 4u;
    if (steps < speed >> 10)
        steps = speed >> 10; /* at least a millisecond: whoever asks must keep up */
    return steps != 0 ? (uint16_t)steps : 1u;
}

/* The energy after `steps` steps of slowing down, so as to stand within `room` steps; in whole ones it would in `standing`. */
static uint32_t slower(const struct ff_ramp *ramp, uint16_t steps, uint32_t room, uint32_t standing)
{
    uint32_t per_step = ramp->accel_half;
    if (steps >= room)
        return 0;
    if (standing >= room) {
        per_step = ramp->energy / room + 1u;
        standing = ramp->energy / per_step;
    }
    return steps > standing ? 0 : ramp->energy - per_step * steps;
}

uint32_t FF_APART ff_add_saturated(uint32_t a, uint32_t b)
{
    return b > UINT32_MAX - a ? UINT32_MAX : a + b;
}

static uint32_t __attribute__((noinline)) interval_at(const struct ff_ramp *ramp, uint32_t energy)
{
    return energy == ramp->energy_max ? ramp->cruise : interval_of(speed_of(energy));
}

/* One step from rest to `energy`, or the other way round, no more than what one step can change: 1/v for the step, and v/2a for
 * the change of speed. */
static uint32_t from_rest(const struct ff_ramp *ramp, uint32_t energy)
{
    uint32_t interval = interval_at(ramp, energy);
    return ff_add_saturated(interval, interval / (ramp->accel_half / energy));
}

/* Gives out `steps` steps that end with `energy`. */
static void __attribute__((noinline)) emit(struct ff_ramp *ramp, struct ff_segment *segment, uint16_t steps, uint32_t energy, uint32_t extra)
{
    uint32_t speed = speed_of(energy);
    uint32_t last = energy == 0 ? 0 : interval_at(ramp, energy);
    uint32_t alone = steps == 1 && (energy == 0 || ramp->energy == 0) ? energy + ramp->energy : 0;

    segment->count = (int16_t)(ramp->direction > 0 ? (int16_t)steps : -(int16_t)steps);
    segment->add = 0;
    if (energy == ramp->energy && ramp->interval != 0) {
        segment->interval = ramp->interval;
        last = ramp->interval;
    } else if (alone != 0 && alone <= ramp->accel_half) {
        segment->interval = from_rest(ramp, alone);
    } else if (steps == 1 || ramp->interval == 0 || last == 0) {
        segment->interval = interval_of((speed_of(ramp->energy) + speed + 1u) / 2u);
    } else {
        int32_t change = (int32_t)(last - ramp->interval) / (int32_t)steps;
        segment->interval = (uint32_t)((int32_t)ramp->interval + change / 2);
        segment->add = change;
    }
    if (segment->interval < ramp->min_interval) {
        segment->interval = ramp->min_interval;
        if (segment->add < 0)
            segment->add = 0;
    }
    segment->interval = ff_add_saturated(segment->interval, extra);
    ramp->position += segment->count;
    ramp->energy = energy;
    ramp->interval = last;
}

/* Steps to the limit in the direction of the ramp. */
static uint32_t room_of(const struct ff_ramp *ramp)
{
    return distance(ramp->position, ramp->direction > 0 ? ramp->maximum : ramp->minimum, ramp->direction);
}

/* What `steps` steps change; no more than the highest. */
static uint32_t __attribute__((noinline)) energy_over(const struct ff_ramp *ramp, uint32_t steps)
{
    return ramp->gain_steps < steps ? ramp->energy_max : ramp->accel_half * steps;
}

/* What comes next: steps, and the energy after them. */
struct choice {
    uint16_t steps;
    uint32_t energy;
};

/* On towards `energy`, so as to stand after `wanted` steps if that can still be had, after `room` at any price; with `wanted` 0
 * towards rest. What is left of a millisecond goes at its mean speed: nobody could ask for its slices in time.
 * Out of line, so that its stack is free again when the segment is worked out. */
static void __attribute__((noinline)) choose(const struct ff_ramp *ramp, uint32_t room, uint32_t wanted, uint32_t energy,
                                             struct choice *choice)
{
    uint32_t standing = ramp->energy / ramp->accel_half;
    uint32_t stopping_steps = standing * ramp->accel_half == ramp->energy ? standing : standing + 1u;
    uint16_t steps = slice(speed_of(ramp->energy), stopping_steps);
    uint32_t bound;
    if (wanted > room)
        wanted = room;
    bound = wanted != 0 ? wanted : stopping_steps;
    if (steps > bound)
        steps = (uint16_t)bound;
    if (steps > room)
        steps = (uint16_t)room;
    bound = wanted != 0 ? energy_over(ramp, wanted - steps) : 0;
    if (energy > bound)
        energy = bound;
    bound = energy_over(ramp, steps);
    if (energy > ramp->energy && energy - ramp->energy > bound)
        energy = ramp->energy + bound;
    bound = slower(ramp, steps, room, standing);
    if (energy < bound)
        energy = bound;
    if (energy == 0 && ramp->energy == 0) /* one step to go, from rest */
        energy = ramp->accel_half / 4u;
    choice->steps = steps;
    choice->energy = energy;
}

bool ff_ramp_next(struct ff_ramp *ramp, struct ff_segment *segment)
{
    struct choice choice;
    uint32_t room, extra = 0;

    if (ff_ramp_may_rest(ramp) && (ramp->stopping || distance(ramp->position, ramp->target, ramp->direction) == 0)) {
        ramp->energy = 0;
        ramp->interval = 0;
        if (ramp->stopping || ramp->target == ramp->position)
            return false;
        ramp->direction = (int8_t)-ramp->direction;
        extra = ramp->dir_setup;
    }
    room = room_of(ramp);
    if (room == 0) {
        ramp->energy = 0;
        ramp->interval = 0;
        return false;
    }
    choose(ramp, room, ramp->stopping ? 0 : distance(ramp->position, ramp->target, ramp->direction), ramp->energy_max, &choice);
    emit(ramp, segment, choice.steps, choice.energy, extra);
    if (ramp->position == ramp->target && !ramp->stopping && ramp->energy < ramp->accel_half) { /* arrived */
        ramp->energy = 0;
        ramp->interval = 0;
    }
    return true;
}

/* ---- Following ------------------------------------------------------------------------------------------------------- */

#define SLOW_ENERGY 16384u /* 256 steps/s */

/* A speed below which steps are made one by one: nothing is jerked at 256 steps/s, nor where v² <= a. */
static uint32_t __attribute__((noinline)) slow_energy(const struct ff_ramp *ramp)
{
    uint32_t energy = ramp->accel_half / 2u < SLOW_ENERGY ? ramp->accel_half / 2u : SLOW_ENERGY;
    return energy < ramp->energy_max ? energy : ramp->energy_max;
}

uint32_t ff_ramp_pause(const struct ff_ramp *ramp)
{
    return interval_of(speed_of(slow_energy(ramp))) >> FF_FRACTION_BITS;
}

uint32_t ff_ramp_towards(const struct ff_ramp *ramp, uint32_t gap)
{
    /* A quarter of the acceleration is left for what the hand does meanwhile. */
    uint32_t most = energy_over(ramp, ((gap - (gap >> 2)) >> 8) + 1u);
    uint32_t near = gap < 0x80000UL ? gap * 5u >> 5 : RATE_MAX;
    return near < RATE_MAX && energy_of(near) <= most ? near : speed_of(most);
}

bool ff_ramp_step(struct ff_ramp *ramp, int8_t sense)
{
    ramp->direction = sense;
    if (room_of(ramp) == 0)
        return false;
    ramp->position += sense;
    return true;
}

static uint32_t __attribute__((noinline)) energy_wanted(const struct ff_ramp *ramp, int32_t speed)
{
    uint32_t energy;
    if (ramp->direction < 0)
        speed = -speed;
    if (speed <= 0)
        return 0;
    energy = energy_of((uint32_t)speed < RATE_MAX ? (uint32_t)speed : RATE_MAX);
    return energy < ramp->energy_max ? energy : ramp->energy_max;
}

void ff_ramp_gain(struct ff_ramp *ramp, int32_t speed, uint32_t pause)
{
    uint32_t slow = slow_energy(ramp);
    uint32_t energy = energy_wanted(ramp, speed);
    if (energy <= slow - slow / 8u)
        return;
    ramp->energy = slow;
    ramp->interval = pause << FF_FRACTION_BITS; /* worked out already: a hand waits for this */
}

bool ff_ramp_keep(struct ff_ramp *ramp, int32_t speed, struct ff_segment *segment)
{
    struct choice choice;
    uint32_t room = room_of(ramp);
    uint32_t energy = energy_wanted(ramp, speed);
    choose(ramp, room, energy != 0 ? room : 0, energy, &choice);
    if (room == 0 || (choice.energy < slow_energy(ramp) * 9u / 16u && ff_ramp_may_rest(ramp))) {
        ramp->energy = 0;
        ramp->interval = 0;
        return false;
    }
    emit(ramp, segment, choice.steps, choice.energy, 0);
    return true;
}
