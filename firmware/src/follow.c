/* SPDX-License-Identifier: MIT */
/* Following a hand: slices of about 2 ms that keep the ring on the line that the hand's last word tells, 2.5 ms ahead of the
 * engine; and below a speed that can be had and lost within one step, single steps, each launched when the line passes half of it.
 *
 * The line is asked for the time that a slice begins at, so what is given ahead makes no lag: the lag is what the host takes off
 * the word's age. Whoever stands between two steps has the engine at rest: a queue that runs empty is no fault here.
 */
#include "unit.h"

#define AHEAD_TICKS ((int32_t)(5 * FF_TICKS_PER_MS / 2))
#define KEPT_FREE 3u /* places for the beginning of slowing down */
/* A step is launched when it is so near: longer than a round, and than what has to be worked out. */
#define NEAR_TICKS ((uint32_t)(3 * FF_TICKS_PER_MS / 2))
/* From a launch to its first edge: the record after it must be in the queue by then. */
#define FIRST_TICKS ((uint32_t)FF_LAUNCH_LEAD_TICKS)

/* How far ahead of what is planned the hand's line is at `tick`, 1/256 step. */
static int32_t __attribute__((noinline)) off_at(const struct ff_unit *unit, uint32_t tick)
{
    int16_t late = (int16_t)((int32_t)(tick - unit->hand.at) >> 10);
    int32_t rate = unit->hand.rate;
    int32_t moved = (rate + (rate * 3 >> 6)) * late >> 10; /* rate * ticks / 10⁶, to 0.2 % of what a word is prolonged by */
    return (int32_t)((uint32_t)unit->hand.position + (uint32_t)moved - ((uint32_t)unit->ramp.position << 8));
}

/* The speed to turn at from `tick` on, steps/s: the hand's, and what leads back to its line. */
static int32_t wanted_at(const struct ff_unit *unit, uint32_t tick)
{
    int32_t off = off_at(unit, tick);
    int32_t towards = (int32_t)ff_ramp_towards(&unit->ramp, (uint32_t)(off < 0 ? -off : off));
    return (unit->hand.rate >> 4) + (off < 0 ? -towards : towards);
}

/* Gives the engine the next slice, if it hasn't enough of them. */
static bool __attribute__((noinline)) give(struct ff_unit *unit, uint8_t read)
{
    struct ff_segment slice;
    uint16_t steps;
    if (unit->ramp.energy == 0 || ff_queue_free(&unit->motion, read) <= KEPT_FREE ||
        (int32_t)(unit->hand_steps.until - (uint32_t)ff_hal_clock(unit->hal)) >= AHEAD_TICKS ||
        !ff_ramp_keep(&unit->ramp, wanted_at(unit, unit->hand_steps.until), &slice))
        return false;
    steps = (uint16_t)(slice.count < 0 ? -slice.count : slice.count);
    unit->hand_steps.until += (slice.interval * steps + (uint32_t)slice.add * (uint16_t)(steps * (steps - 1u) / 2u) + 128u) >> 8;
    ff_queue_steps(&unit->motion, slice.interval, slice.count, slice.add);
    return true;
}

/* How far off the line asks for a step: half of one, and a little more back to where the ring has come from, so that a hand at
 * half a step doesn't have it tremble. */
static int16_t half(const struct ff_unit *unit, int8_t sense)
{
    return sense == unit->direction ? 128 : 144;
}

/* Ticks until the line asks for a step, `*sense` the way; UINT32_MAX if it never does. */
static uint32_t due_in(const struct ff_unit *unit, uint32_t now, int8_t *sense)
{
    int32_t off = off_at(unit, now);
    int32_t rate = unit->hand.rate;
    *sense = (int8_t)(off < 0 ? -1 : 1);
    if (off < 0)
        off = -off;
    if (off >= half(unit, *sense))
        return 0;
    if (rate == 0)
        return UINT32_MAX;
    if ((rate < 0) != (*sense < 0)) {
        *sense = (int8_t)-*sense;
        off = -off;
    }
    return (uint32_t)(half(unit, *sense) - off) * (uint32_t)(FF_TICK_HZ / 16u) / (uint32_t)(rate < 0 ? -rate : rate);
}

/* From a launch to the first edge: DIR set up, and the record after it in the queue. */
static uint32_t first_ticks(const struct ff_unit *unit)
{
    return FIRST_TICKS + unit->config.dir_setup_ticks;
}

/* The engine stands: readies the next step if it is due, and the speed to go on with where the hand is fast. */
static bool __attribute__((noinline)) ready(struct ff_unit *unit)
{
    uint32_t now = (uint32_t)ff_hal_clock(unit->hal);
    uint32_t first = first_ticks(unit);
    int32_t wait = (int32_t)(unit->hand_steps.until + unit->hand_steps.pause - now);
    int8_t sense;
    uint32_t due = due_in(unit, now, &sense);
    if (wait < 0)
        unit->hand_steps.until = now - unit->hand_steps.pause;
    else if (due < (uint32_t)wait)
        due = (uint32_t)wait;
    if (due > NEAR_TICKS + first || !ff_ramp_step(&unit->ramp, sense))
        return false;
    unit->direction = sense;
    unit->hand_steps.until = now + (due > first ? due : first);
    ff_ramp_gain(&unit->ramp, wanted_at(unit, unit->hand_steps.until), unit->hand_steps.pause);
    ff_queue_clear(&unit->motion);
    ff_queue_steps(&unit->motion, (uint32_t)first << FF_FRACTION_BITS, sense, 0);
    return true;
}

/* Launches what is in the queue, its first edge at `edge`, or later where that can't be had any more. */
static void launch(struct ff_unit *unit, uint32_t edge)
{
    uint64_t clock;
    int32_t delay;
    if (ff_hal_stop_waits(unit->hal)) /* it came meanwhile */
        return;
    ff_hal_steps_arm(unit->hal, &unit->motion, unit->position, false);
    unit->launched = true;
    clock = ff_hal_clock(unit->hal);
    delay = (int32_t)(edge - first_ticks(unit) - (uint32_t)clock);
    if (delay < (int32_t)FF_LAUNCH_LEAD_TICKS) {
        unit->hand_steps.until += FF_LAUNCH_LEAD_TICKS - (uint32_t)delay;
        delay = FF_LAUNCH_LEAD_TICKS;
    }
    ff_hal_steps_launch(unit->hal, clock + (uint32_t)delay);
}

void ff_follow_begin(struct ff_unit *unit)
{
    unit->purpose = FF_TO_A_HAND;
    unit->planned = false; /* never to its end */
    ff_ramp_aim(&unit->ramp, unit->position, UINT32_MAX);
    unit->hand_steps.pause = ff_ramp_pause(&unit->ramp);
    unit->hand_steps.until = (uint32_t)ff_hal_clock(unit->hal) - unit->hand_steps.pause;
}

static bool within(int32_t value, int32_t most)
{
    return value <= most && value >= -most;
}

/* Takes in the hand's word: true if it is the first after a pause, so that a following may begin with it. */
bool ff_follow_hear(struct ff_unit *unit, const struct ff_follow *word)
{
    uint32_t slow = ff_unit_slow_clock(unit);
    bool paused = slow - unit->hand.heard >= FF_HAND_SILENCE_256;
    if (!within(word->age, FF_HAND_AGE_MAX) || !within(word->rate, FF_HAND_RATE_MAX))
        return false;
    unit->hand.heard = slow;
    unit->hand.position = word->position;
    unit->hand.rate = word->rate;
    unit->hand.at = (uint32_t)ff_hal_clock(unit->hal) - (uint32_t)word->age;
    return paused;
}

bool ff_follow_gone(const struct ff_unit *unit)
{
    return ff_unit_slow_clock(unit) - unit->hand.heard >= FF_HAND_SILENCE_256;
}

void ff_follow_poll(struct ff_unit *unit, const struct ff_steps *now)
{
    uint32_t edge;
    if (now->flags & FF_STEPS_RUNNING) {
        while (give(unit, now->read))
            ;
        return;
    }
    ff_ramp_start(&unit->ramp, unit->position, unit->direction, 0);
    if (!ready(unit))
        return;
    edge = unit->hand_steps.until;
    (void)give(unit, 0); /* one, which the first edge waits for; the next round gives more */
    launch(unit, edge);
}
