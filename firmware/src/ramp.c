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

static uint16_t square_root(uint32_t value)
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

static uint32_t interval_of(uint32_t speed)
{
    return TICKS_256 / (speed != 0 ? speed : 1u);
}

static uint32_t energy_of(uint32_t rate)
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
}

/* Steps from `from` to `to` in `direction`; 0 if `to` lies the other way. */
static uint32_t distance(int32_t from, int32_t to, int8_t direction)
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
static uint16_t slice(uint32_t speed, uint32_t stopping_steps)
{
    uint32_t steps = speed >> 9;
    if (steps > stopping_steps / 4u)
        steps = stopping_steps / 4u;
    if (steps < speed >> 10)
        steps = speed >> 10; /* at least a millisecond: whoever asks must keep up */
    return steps != 0 ? (uint16_t)steps : 1u;
}

/* The energy after `steps` steps of slowing down, so as to stand within `room` steps. */
static uint32_t slower(const struct ff_ramp *ramp, uint16_t steps, uint32_t room)
{
    uint32_t per_step = ramp->accel_half;
    if (steps >= room)
        return 0;
    if (ramp->energy / per_step >= room)
        per_step = ramp->energy / room + 1u;
    return steps > ramp->energy / per_step ? 0 : ramp->energy - per_step * steps;
}

static uint32_t faster(const struct ff_ramp *ramp, uint16_t steps)
{
    uint32_t room = ramp->energy_max - ramp->energy;
    return room / ramp->accel_half < steps ? ramp->energy_max : ramp->energy + ramp->accel_half * steps;
}

static uint32_t add_saturated(uint32_t a, uint32_t b)
{
    return b > UINT32_MAX - a ? UINT32_MAX : a + b;
}

static uint32_t interval_at(const struct ff_ramp *ramp, uint32_t energy)
{
    return energy == ramp->energy_max ? ramp->cruise : interval_of(speed_of(energy));
}

/* One step from rest to `energy`, or the other way round, no more than what one step can change: 1/v for the step, and v/2a for
 * the change of speed. */
static uint32_t from_rest(const struct ff_ramp *ramp, uint32_t energy)
{
    uint32_t interval = interval_at(ramp, energy);
    return add_saturated(interval, interval / (ramp->accel_half / energy));
}

/* Gives out `steps` steps that end with `energy`. */
static void __attribute__((noinline)) emit(struct ff_ramp *ramp, struct ff_segment *segment, uint16_t steps, uint32_t energy, uint32_t extra)
{
    uint32_t before = speed_of(ramp->energy);
    uint32_t after = speed_of(energy);
    uint32_t last = energy != 0 ? interval_at(ramp, energy) : 0;
    uint32_t alone = steps == 1 && (energy == 0 || ramp->energy == 0) ? energy + ramp->energy : 0;

    segment->count = (int16_t)(ramp->direction > 0 ? (int16_t)steps : -(int16_t)steps);
    segment->add = 0;
    if (energy == ramp->energy && ramp->interval != 0) {
        segment->interval = ramp->interval;
        last = ramp->interval;
    } else if (alone != 0 && alone <= ramp->accel_half) {
        segment->interval = from_rest(ramp, alone);
    } else if (steps == 1 || ramp->interval == 0 || last == 0) {
        segment->interval = interval_of((before + after + 1u) / 2u);
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
    segment->interval = add_saturated(segment->interval, extra);
    ramp->position += segment->count;
    ramp->energy = energy;
    ramp->interval = last;
}

/* What comes next: steps, and the energy after them. */
struct choice {
    uint16_t steps;
    uint32_t energy;
};

static uint32_t steps_to_stand(const struct ff_ramp *ramp)
{
    return (ramp->energy + ramp->accel_half - 1u) / ramp->accel_half;
}

static uint16_t at_most(uint16_t steps, uint32_t limit)
{
    return steps > limit ? (uint16_t)limit : steps;
}

/* Slow down so as to stand within `room` steps, of which more than the slice's are `wanted`. What is left of 2 ms goes at its mean
 * speed: nobody could ask for its slices in time. */
static void choose_slower(const struct ff_ramp *ramp, uint32_t room, uint32_t wanted, struct choice *choice)
{
    uint32_t stopping_steps = steps_to_stand(ramp);
    uint32_t last = wanted != 0 || stopping_steps > room ? room : stopping_steps;
    uint16_t least = (uint16_t)(speed_of(ramp->energy) >> 10);
    if (last <= least) {
        choice->steps = (uint16_t)last;
        choice->energy = 0;
        return;
    }
    if (least < room / 4u)
        least = room >= 8u ? at_most(UINT16_MAX, room / 4u) : 1u;
    choice->steps = at_most(choice->steps, least != 0 ? least : 1u);
    choice->energy = slower(ramp, choice->steps, room);
    if (choice->energy == 0 && wanted > choice->steps) { /* rounding: some steps are left */
        choice->energy = ramp->accel_half < ramp->energy ? ramp->accel_half : ramp->energy;
    } else if (choice->energy == 0 && choice->steps > 1u) {
        choice->steps = 1;
        choice->energy = slower(ramp, 1, room);
    }
}

/* Out of line, so that its stack is free again when the segment is worked out. */
static void __attribute__((noinline)) choose(const struct ff_ramp *ramp, uint32_t room, struct choice *choice)
{
    uint32_t wanted = ramp->stopping ? 0 : distance(ramp->position, ramp->target, ramp->direction);
    uint32_t stopping_steps = steps_to_stand(ramp);
    uint32_t spare;
    if (wanted > room)
        wanted = room;
    choice->steps = slice(speed_of(ramp->energy), stopping_steps);
    if (wanted == 0 || stopping_steps >= wanted) {
        choose_slower(ramp, wanted != 0 ? wanted : room, wanted, choice);
        return;
    }
    spare = wanted - stopping_steps;
    if (ramp->energy > ramp->energy_max) { /* the rate was lowered */
        choice->energy = slower(ramp, choice->steps, wanted);
        if (choice->energy < ramp->energy_max)
            choice->energy = ramp->energy_max;
        choice->steps = at_most(choice->steps, spare);
    } else if (ramp->energy < ramp->energy_max && spare >= 2u) {
        choice->steps = at_most(choice->steps, spare / 2u);
        choice->energy = faster(ramp, choice->steps);
    } else if (ramp->energy == 0) { /* one step to go, from rest */
        choice->steps = 1;
        choice->energy = ramp->accel_half / 4u;
    } else {
        choice->steps = at_most(choice->steps, spare);
        choice->energy = ramp->energy;
    }
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
    room = distance(ramp->position, ramp->direction > 0 ? ramp->maximum : ramp->minimum, ramp->direction);
    if (room == 0) {
        ramp->energy = 0;
        ramp->interval = 0;
        return false;
    }
    choose(ramp, room, &choice);
    emit(ramp, segment, choice.steps, choice.energy, extra);
    if (ramp->position == ramp->target && !ramp->stopping && ramp->energy < ramp->accel_half) { /* arrived */
        ramp->energy = 0;
        ramp->interval = 0;
    }
    return true;
}
