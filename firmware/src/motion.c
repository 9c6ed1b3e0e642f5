/* SPDX-License-Identifier: MIT */
/* Motion made on the unit: the ramp plans it in slices of about 2 ms, a few ahead of the engine.
 *
 * One slice is always held back (`ahead`), since the engine must be told together with the last one that no more will come.
 */
#include "unit.h"

#define SLICE_TICKS_256 ((uint32_t)(2 * FF_TICKS_PER_MS) << FF_FRACTION_BITS)
#define KEPT_FREE 3u /* places for the beginning of slowing down */
/* A take that turns or holds so soon stands at once: slowing down could not be worked out before. */
#define TURN_256 ((uint32_t)(4 * FF_TICKS_PER_MS) << FF_FRACTION_BITS)
#define PLANNING_256 ((uint32_t)FF_PLANNING_TICKS << FF_FRACTION_BITS)
/* A step so long under way is given up for a new aim, where it is slow enough to stand at once within the acceleration. */
#define SLOW_STEP_256 ((uint32_t)(8 * FF_TICKS_PER_MS) << FF_FRACTION_BITS)

static void plan_ahead(struct ff_unit *unit)
{
    unit->has_ahead = ff_ramp_next(&unit->ramp, &unit->ahead);
    unit->planned = !unit->has_ahead;
}

/* Gives one slice to the engine's queue; false if there is none. */
static bool give(struct ff_unit *unit)
{
    struct ff_segment segment = unit->ahead;
    uint16_t steps = (uint16_t)(segment.count < 0 ? -segment.count : segment.count);
    if (!unit->has_ahead)
        return false;
    if (unit->credit != 0) { /* the time since the last step counts, but what is left must be servable, and DIR set up */
        uint32_t kept = 4u * FF_LAUNCH_LEAD_TICKS + unit->config.dir_setup_ticks;
        uint32_t most = segment.interval >> FF_FRACTION_BITS;
        most = most > kept ? most - kept : 0;
        if (unit->credit > most)
            unit->credit = most;
        segment.interval -= unit->credit << FF_FRACTION_BITS;
        unit->credit = 0;
    }
    unit->long_slice = segment.interval > SLICE_TICKS_256 / steps;
    plan_ahead(unit);
    if (unit->planned)
        ff_hal_steps_more(unit->hal, false);
    ff_queue_steps(&unit->motion, segment.interval, segment.count, segment.add);
    return true;
}

static void fill(struct ff_unit *unit, uint8_t read)
{
    for (;;) {
        uint8_t free = ff_queue_free(&unit->motion, read);
        if (free <= KEPT_FREE || (free < FF_MOTION_PLACES - 1u && unit->long_slice))
            return;
        if (!give(unit))
            return;
    }
}

/* Plans from rest and launches; at rest already if there is nowhere to go. */
static void launch(struct ff_unit *unit)
{
    ff_queue_clear(&unit->motion);
    unit->long_slice = false;
    plan_ahead(unit);
    if (unit->planned)
        return;
    ff_unit_guard(unit);
    fill(unit, 0);
    if (ff_hal_stop_waits(unit->hal)) { /* it came while this was planned: nothing moves, ff_unit_urgent will tell */
        ff_ramp_start(&unit->ramp, unit->position, unit->direction, 0);
        unit->set_off = true;
        return;
    }
    unit->direction = unit->ramp.direction;
    unit->launched = true;
    ff_hal_steps_arm(unit->hal, &unit->motion, unit->position, !unit->planned);
    ff_hal_steps_launch(unit->hal, ff_hal_clock(unit->hal) + FF_LAUNCH_LEAD_TICKS + unit->config.dir_setup_ticks);
}

static void hold_ramp_to_config(struct ff_unit *unit)
{
    ff_ramp_hold_to(&unit->ramp, unit->config.accel, ff_unit_min_interval(unit), unit->config.dir_setup_ticks);
}

/* What a take's slowing down is held to: the limits; and where its stream has gone bad, as far as it has come. */
static void hold_take_to_limits(struct ff_unit *unit)
{
    bool broken = unit->fault_at_rest != FF_FAULT_NONE;
    unit->ramp.minimum = broken ? unit->profile.lowest : unit->minimum;
    unit->ramp.maximum = broken ? unit->profile.highest : unit->maximum;
    hold_ramp_to_config(unit);
}

void ff_motion_begin(struct ff_unit *unit, int32_t minimum, int32_t maximum)
{
    ff_unit_hold(unit, true);
    ff_unit_withdraw_last_known(unit);
    unit->return_to = unit->referenced ? unit->state : FF_STATE_UNREFERENCED;
    unit->stop_cause = FF_CAUSE_NONE;
    unit->fault_at_rest = FF_FAULT_NONE;
    unit->purpose = FF_TO_A_PLACE;
    unit->credit = 0;
    unit->has_ahead = false;
    unit->planned = true;
    unit->set_off = true;
    unit->slow_down = false;
    unit->aim_changed = false;
    unit->launched = false;
    unit->cut_seen = false;
    unit->ramp.minimum = minimum;
    unit->ramp.maximum = maximum;
    hold_ramp_to_config(unit);
    ff_ramp_start(&unit->ramp, unit->position, unit->direction, 0);
    ff_unit_become(unit, FF_STATE_MOVING, FF_CAUSE_NONE);
}

/* A slow step under way would keep a new aim waiting: plan from rest again, with credit for the time that has passed. */
static void __attribute__((noinline)) give_up_slow_step(struct ff_unit *unit)
{
    struct ff_steps now;
    struct ff_step_times times;
    uint32_t since;
    ff_hal_steps_now(unit->hal, &now);
    if (!(now.flags & FF_STEPS_RUNNING) || now.interval < SLOW_STEP_256 || !ff_ramp_is_slow(now.interval, unit->config.accel))
        return;
    ff_motion_cut(unit);
    ff_hal_steps_times(unit->hal, &times);
    since = (uint32_t)ff_hal_clock(unit->hal) - (uint32_t)times.last_edge; /* a step of a motion takes a second at most */
    unit->credit = since > (UINT32_MAX >> FF_FRACTION_BITS) ? UINT32_MAX >> FF_FRACTION_BITS : since;
    ff_ramp_start(&unit->ramp, unit->position, unit->direction, 0);
    unit->set_off = true;
}

/* The ramp has another aim than a hand: on from the hand's speed; where the engine stands between two steps, from rest. */
static bool __attribute__((noinline)) leave_hand(struct ff_unit *unit)
{
    bool followed = unit->purpose == FF_TO_A_HAND;
    if (followed)
        unit->purpose = FF_TO_A_PLACE;
    if (followed && unit->ramp.energy != 0) {
        plan_ahead(unit);
        ff_hal_steps_more(unit->hal, !unit->planned);
    }
    return followed;
}

void ff_motion_aim(struct ff_unit *unit, int32_t target, uint32_t rate)
{
    int32_t target_before = unit->ramp.target;
    uint32_t energy_before = unit->ramp.energy_max;
    bool was_stopping = unit->ramp.stopping;
    ff_ramp_aim(&unit->ramp, target, rate);
    if (leave_hand(unit))
        return;
    if (unit->set_off || (!was_stopping && target == target_before && unit->ramp.energy_max == energy_before))
        return;
    unit->aim_changed = true;
}

void ff_motion_go(struct ff_unit *unit, int32_t target, uint32_t rate)
{
    if (unit->state != FF_STATE_MOVING)
        ff_motion_begin(unit, unit->minimum, unit->maximum);
    ff_motion_aim(unit, target, rate);
    unit->purpose = FF_TO_A_PLACE;
}

/* What lies beyond counts in 1/256 steps no more. */
static bool in_reach(const struct ff_unit *unit)
{
    return unit->position >= -0x800000L && unit->position < 0x800000L;
}

/* What was stopped doesn't start again: only the first word after a pause begins a following, and none that a stop has overtaken. */
void ff_motion_follow(struct ff_unit *unit, const struct ff_follow *word)
{
    bool first = ff_follow_hear(unit, word);
    if (!first || unit->overtaken != 0 || !(unit->state == FF_STATE_IDLE || unit->state == FF_STATE_LOADED))
        return;
    if (ff_unit_stop_button_held(unit) || !in_reach(unit))
        return;
    ff_motion_begin(unit, unit->minimum, unit->maximum);
    ff_follow_begin(unit);
}

/* The limit that way; from outside it, away from it, nowhere. */
static int32_t jog_target(const struct ff_ramp *ramp, int32_t rate)
{
    if (rate < 0)
        return ramp->minimum < ramp->position ? ramp->minimum : ramp->position;
    return ramp->maximum > ramp->position ? ramp->maximum : ramp->position;
}

void ff_motion_jog(struct ff_unit *unit, int32_t rate)
{
    uint32_t speed = rate < 0 ? 0u - (uint32_t)rate : (uint32_t)rate;
    if (rate == 0) {
        if (unit->state != FF_STATE_MOVING)
            return;
        if (!unit->ramp.stopping) {
            unit->ramp.stopping = true;
            unit->aim_changed = !leave_hand(unit);
        }
        unit->purpose = FF_TO_A_PLACE;
        return;
    }
    if (!unit->referenced && speed > unit->config.home_rate)
        speed = unit->config.home_rate;
    if (unit->state != FF_STATE_MOVING) {
        if (unit->referenced)
            ff_motion_begin(unit, unit->minimum, unit->maximum);
        else
            ff_motion_begin(unit, INT32_MIN, INT32_MAX);
    }
    ff_motion_aim(unit, jog_target(&unit->ramp, rate), speed);
    unit->purpose = FF_TO_JOG;
}

/* Cuts the steps; the position is what the engine counted. */
void ff_motion_cut(struct ff_unit *unit)
{
    struct ff_steps now;
    bool played = unit->state == FF_STATE_PLAYING || unit->state == FF_STATE_STOPPING;
    if (unit->state == FF_STATE_ARMED) {
        ff_hal_steps_cut(unit->hal);
        return;
    }
    if (unit->state != FF_STATE_MOVING && !played)
        return;
    unit->has_ahead = false;
    unit->planned = true;
    unit->purpose = FF_TO_A_PLACE;
    unit->cut_seen = false;
    if (unit->set_off || (!unit->launched && unit->take_phase != FF_TAKE_UNDER_WAY)) { /* nothing has moved yet */
        unit->set_off = false;
        return;
    }
    ff_hal_steps_cut(unit->hal);
    ff_hal_steps_now(unit->hal, &now);
    unit->launched = false;
    unit->position = now.position;
    unit->direction = now.direction;
}

/* The steps were cut before the main loop knew why: ff_unit_urgent will tell, in the next round at the latest. */
enum ff_event ff_motion_was_cut(struct ff_unit *unit)
{
    bool untold = unit->cut_seen;
    unit->cut_seen = true;
    return untold ? FF_EVENT_BROKEN : FF_EVENT_NONE;
}

/* The speed is another than the one that was to be slowed down from: lower by a twelfth, so that it would gather, or higher by an eighth. */
static bool differs(uint32_t interval, uint32_t planned)
{
    return interval > planned ? interval - planned > planned / 12u : planned - interval > planned / 8u;
}

/* Where the plan, begun at `from`, ends after all when the engine goes on to it at `at`: false if that is beyond the limit. */
static bool fits(struct ff_ramp *ramp, int32_t from, int32_t at)
{
    ramp->position = (int32_t)((uint32_t)ramp->position + ((uint32_t)at - (uint32_t)from));
    return ramp->direction > 0 ? ramp->position <= ramp->maximum : ramp->position >= ramp->minimum;
}

/* Gives the engine what the ramp has planned, to go on with in place of what it was to do: false if it stands meanwhile. */
static bool hand_over(struct ff_unit *unit, uint8_t slot, struct ff_steps *now)
{
    if (!ff_hal_steps_switch(unit->hal, &unit->motion, slot, !unit->planned, now))
        return false;
    if (unit->take_phase == FF_TAKE_UNDER_WAY && !unit->take_switched)
        ff_played_switched(unit, now);
    return true;
}

/* The take turns, or holds, before slowing down could be worked out: it may as well stand at once. */
static bool turns_soon(const struct ff_unit *unit, const struct ff_steps *now)
{
    uint16_t most = (uint16_t)(TURN_256 / now->interval);
    uint16_t steps = now->left;
    uint8_t slot = now->read;
    for (; steps < most; slot = ff_queue_after(&unit->segments, slot)) {
        const struct ff_record *record = &unit->segments.slots[slot];
        if (record->kind == FF_CLASS_EMPTY)
            break;
        if (record->count == 0 || (record->count ^ now->direction) < 0)
            return true;
        steps = (uint16_t)(steps + ff_record_steps(record));
    }
    return false;
}

/* No speed, or one that is lost at once. */
static bool __attribute__((noinline)) may_stand(const struct ff_unit *unit, const struct ff_steps *now)
{
    return !(now->flags & FF_STEPS_MOVING) || ff_ramp_is_slow(now->interval, unit->config.accel);
}

/* The interval that the queue's records come to `ahead` (1/256 tick) after the step that is due, or where they end, hold or turn
 * before; `*next`: the slot behind the record that this is in. */
static uint32_t __attribute__((noinline)) interval_soon(const struct ff_queue *queue, const struct ff_steps *now, uint32_t ahead,
                                                        uint8_t *next)
{
    uint32_t interval = now->interval;
    uint16_t steps = now->left;
    uint8_t slot = now->read != 0 ? (uint8_t)(now->read - 1u) : queue->places; /* the record under way */
    for (;;) {
        const struct ff_record *record = &queue->slots[slot];
        if (steps != 0 && record->kind != FF_CLASS_EMPTY) { /* else a stream has taken its place up to the last byte */
            bool fast = ff_record_is_fast(record->kind);
            int32_t add = fast ? ff_record_fast_add(record) : ff_record_slow_add(record);
            uint32_t first = fast ? record->interval & 0xFFFFFFUL : record->interval;
            uint32_t fit;
            uint8_t twice = 2; /* with the mean of all of its steps, then of those that fit */
            first += (uint32_t)add * (uint16_t)(ff_record_steps(record) - steps);
            interval = first + (uint32_t)add * (uint16_t)(steps - 1u);
            do {
                uint32_t mean = first / 2u + interval / 2u;
                fit = ahead / mean;
                if (fit >= steps)
                    break;
                interval = first + (uint32_t)add * (uint16_t)fit;
            } while (--twice);
            ahead = twice == 2 ? ahead - (first / 2u + interval / 2u) * steps : 0;
        }
        slot = ff_queue_after(queue, slot);
        record = &queue->slots[slot];
        steps = ff_record_steps(record);
        *next = slot;
        if (ahead == 0 || record->kind == FF_CLASS_EMPTY || steps == 0 || (record->count ^ now->direction) < 0)
            return interval;
    }
}

/* A motion is about to become slow: it ends there by itself, with the record before `slot`. False if the engine is beyond. */
static bool ends_at(struct ff_unit *unit, uint8_t slot, struct ff_steps *now)
{
    unit->motion.slots[slot].kind = FF_CLASS_EMPTY;
    unit->motion.write = slot;
    unit->planned = true;
    ff_hal_steps_more(unit->hal, false);
    ff_hal_steps_now(unit->hal, now);
    return (now->flags & FF_STEPS_RUNNING) && now->read != ff_queue_after(&unit->motion, slot);
}

/* Slowing down instead of what the engine was to do; it stands at once where it is slow enough, in a hold, at a turn. What moves goes on
 * while this is planned, so it is planned from the speed that will be there then. A take: where it is another after all, anew, for as long as
 * it has taken, twice at most; and never on to a higher one. A motion that is about to be slow, or is slowing down to its end, all of it in the queue, is left
 * at that. */
static void __attribute__((noinline)) switch_to_slowing(struct ff_unit *unit)
{
    struct ff_steps now;
    bool take = unit->take_phase == FF_TAKE_UNDER_WAY && !unit->take_switched;
    const struct ff_queue *played = take ? &unit->segments : &unit->motion;
    uint8_t again = take ? 2 : 0;
    uint32_t ahead = take ? PLANNING_256 / 4u * 3u : PLANNING_256;
    if (take)
        hold_take_to_limits(unit);
    for (;;) {
        uint32_t planned, then, begun = (uint32_t)ff_hal_clock(unit->hal);
        int32_t from;
        uint8_t slot, last, next;
        bool ends; /* all of it is in the queue, and goes on this way */
        if (take)
            ff_queue_clear(&unit->motion);
        ff_hal_steps_now(unit->hal, &now);
        if (!(now.flags & FF_STEPS_RUNNING) || may_stand(unit, &now) || (take && turns_soon(unit, &now)))
            break;
        planned = interval_soon(played, &now, ahead, &next);
        ends = unit->planned && !take && unit->ramp.direction == now.direction;
        if (ends && planned > now.interval)
            return;
        if (!take && ff_ramp_is_slow(planned, unit->config.accel)) {
            if (ends_at(unit, next, &now))
                return;
            break;
        }
        last = unit->motion.write;
        slot = last;
        if (ends) { /* an empty place: it does not go over by itself into what is planned now */
            slot = ff_queue_after(&unit->motion, last);
            unit->motion.write = slot;
        }
        from = now.scheduled;
        ff_ramp_start(&unit->ramp, from, now.direction, planned);
        unit->ramp.stopping = true;
        plan_ahead(unit);
        (void)(give(unit) && give(unit));
        ff_hal_steps_now(unit->hal, &now);
        if (ends && now.read == last) { /* nothing stands sooner */
            unit->has_ahead = false;
            return;
        }
        if (take && (now.flags & FF_STEPS_MOVING)) {
            then = interval_soon(played, &now, 0, &next);
            if (again && differs(then, planned)) {
                again--;
                ahead = ((uint32_t)ff_hal_clock(unit->hal) - begun) << FF_FRACTION_BITS; /* what it takes here */
                continue;
            }
            if (then > planned && then - planned > planned / 4u)
                break;
        }
        if (hand_over(unit, slot, &now) && fits(&unit->ramp, from, now.scheduled))
            return;
        break;
    }
    ff_motion_cut(unit);
}

/* What stands, or is slow enough to, is cut at once, before anything is told. */
void ff_motion_stand(struct ff_unit *unit)
{
    struct ff_steps now;
    ff_hal_steps_now(unit->hal, &now);
    if (may_stand(unit, &now))
        ff_hal_steps_cut(unit->hal);
}

/* Only says so: the work is done by ff_motion_poll in the same round, from the bottom of the stack. */
void ff_motion_slow_down(struct ff_unit *unit, uint8_t cause, uint8_t fault)
{
    unit->stop_cause = cause;
    unit->fault_at_rest = fault;
    unit->purpose = FF_TO_A_PLACE;
    unit->has_ahead = false;
    unit->slow_down = !unit->set_off; /* else nothing has moved yet */
    unit->set_off = false;
    ff_unit_become(unit, FF_STATE_STOPPING, cause);
}

/* A hand that is gone leaves the ring slowing down, or standing where it is. */
static enum ff_event watch_hand(struct ff_unit *unit, const struct ff_steps *now)
{
    if (!ff_follow_gone(unit)) {
        ff_follow_poll(unit, now);
    } else if (!unit->launched) {
        unit->purpose = FF_TO_A_PLACE;
        return FF_EVENT_RESTED;
    } else if (unit->ramp.energy != 0) {
        ff_motion_slow_down(unit, FF_CAUSE_SILENCE, FF_FAULT_NONE);
    }
    return FF_EVENT_NONE;
}

/* Keeps the engine fed, and sees how its motion ended. Out of line: what comes of it needs the stack. */
static enum ff_event __attribute__((noinline)) watch(struct ff_unit *unit, bool *sets_off)
{
    struct ff_steps now;
    ff_hal_steps_now(unit->hal, &now);
    if (unit->launched && !(now.flags & FF_STEPS_RUNNING)) {
        if (now.flags & FF_STEPS_CUT)
            return ff_motion_was_cut(unit);
        if (now.flags & FF_STEPS_LATE)
            return FF_EVENT_LATE;
        if (now.flags & FF_STEPS_DRY)
            return FF_EVENT_BROKEN; /* the ramp has not kept up */
        unit->launched = false;
        unit->position = now.position;
    }
    if (unit->purpose == FF_TO_A_HAND)
        return watch_hand(unit, &now);
    if (unit->launched) {
        if (unit->has_ahead)
            fill(unit, now.read);
        return FF_EVENT_NONE;
    }
    /* The aim may have changed after the last slice had been given. */
    if (unit->state == FF_STATE_MOVING && !unit->ramp.stopping && unit->ramp.target != unit->position) {
        ff_ramp_start(&unit->ramp, unit->position, unit->ramp.direction, 0);
        *sets_off = true;
    }
    if (ff_hal_stop_waits(unit->hal)) /* which may be what has cut the steps: ff_unit_urgent tells it first */
        return FF_EVENT_NONE;
    return FF_EVENT_RESTED;
}

enum ff_event ff_motion_poll(struct ff_unit *unit)
{
    enum ff_event event;
    bool sets_off = false;
    if (unit->state != FF_STATE_MOVING && unit->state != FF_STATE_STOPPING)
        return FF_EVENT_NONE;
    if (unit->slow_down) {
        unit->slow_down = false;
        switch_to_slowing(unit);
    } else if (unit->aim_changed) {
        unit->aim_changed = false;
        if (!unit->set_off && unit->state == FF_STATE_MOVING)
            give_up_slow_step(unit);
    }
    if (unit->set_off) {
        if (unit->store.busy || unit->settling) /* the parked position is being withdrawn; the motor was off */
            return FF_EVENT_NONE;
        unit->set_off = false;
        if (unit->purpose != FF_TO_A_HAND)
            launch(unit);
        if (unit->set_off)
            return FF_EVENT_NONE;
    }
    event = watch(unit, &sets_off);
    if (sets_off) {
        launch(unit);
        if (unit->launched || unit->set_off)
            event = FF_EVENT_NONE;
    }
    return event;
}
