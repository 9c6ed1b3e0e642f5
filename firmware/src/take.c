/* SPDX-License-Identifier: MIT */
/* A take: armed, started by the host or the cue input, played by the engine alone, and what is told of it afterwards. */
#include <string.h>

#include "unit.h"

/* A streamed profile is about to run dry while there is still this much time to slow down. */
#define DRY_SOON_256 ((uint32_t)(3 * FF_TICKS_PER_MS) << FF_FRACTION_BITS)

#define ROOM_FOR_THE_END (sizeof(struct ff_take_ended) + sizeof(struct ff_state_changed) + 2u * FF_FRAME_OVERHEAD)

static bool more_to_come(const struct ff_unit *unit)
{
    return !ff_profile_complete(&unit->profile);
}

void ff_take_arm(struct ff_unit *unit, bool cue)
{
    ff_unit_hold(unit, true);
    ff_unit_withdraw_last_known(unit);
    unit->cue_phase = cue ? FF_CUE_WANTED : FF_CUE_NOT_WANTED;
    ff_hal_steps_arm(unit->hal, &unit->segments, unit->position, more_to_come(unit));
    ff_unit_become(unit, FF_STATE_ARMED, FF_CAUSE_NONE);
}

void ff_take_disarm(struct ff_unit *unit, uint8_t cause)
{
    ff_unit_become(unit, FF_STATE_LOADED, cause);
}

static void begin(struct ff_unit *unit, uint16_t take, uint8_t source, uint64_t start)
{
    memset(&unit->take, 0, sizeof unit->take);
    unit->take.take = take;
    unit->take.start_clock = start;
    unit->take_source = source;
    unit->take_phase = FF_TAKE_UNDER_WAY;
    unit->take_started = false;
    unit->take_switched = false;
    unit->last_take = take;
    unit->played.steps = 0;
    unit->played.read = 0;
    unit->credit = 0; /* of a motion that was stopped before it set off */
    unit->set_off = false;
    unit->slow_down = false;
    unit->launched = false;
    unit->cut_seen = false;
    unit->purpose = FF_TO_A_PLACE;
    unit->fault_at_rest = FF_FAULT_NONE;
    unit->stop_cause = FF_CAUSE_NONE;
    unit->return_to = ff_profile_streamed(&unit->profile) ? FF_STATE_IDLE : FF_STATE_LOADED;
    ff_unit_become(unit, FF_STATE_PLAYING, FF_CAUSE_NONE);
}

void ff_take_go(struct ff_unit *unit, uint16_t take, uint8_t source, uint64_t start)
{
    ff_hal_steps_launch(unit->hal, start);
    begin(unit, take, source, start);
}

static void tell_started(struct ff_unit *unit, uint64_t clock)
{
    struct ff_take_started event = {.take = unit->take.take, .source = unit->take_source, .clock = clock};
    unit->take_started = true;
    (void)ff_unit_send(unit, 0, FF_MSG_TAKE_STARTED, &event, sizeof event);
}

void ff_take_cue_poll(struct ff_unit *unit)
{
    uint64_t edge;
    if (unit->cue_phase == FF_CUE_NOT_WANTED)
        return;
    if (unit->cue_phase == FF_CUE_WANTED) {
        if (!unit->store.busy) {
            unit->cue_phase = FF_CUE_ENABLED;
            ff_hal_cue(unit->hal, unit->config.cue_edge);
        }
    } else if (ff_hal_cue_taken(unit->hal, &edge)) {
        uint64_t start = edge + FF_CUE_LEAD_TICKS;
        uint64_t soonest = ff_hal_clock(unit->hal) + FF_LAUNCH_LEAD_TICKS / 2u;
        ff_take_go(unit, (uint16_t)(unit->last_take + 1u), FF_SOURCE_CUE, start > soonest ? start : soonest);
        tell_started(unit, edge);
    }
}

static uint32_t steps_between(int32_t a, int32_t b)
{
    return a > b ? (uint32_t)a - (uint32_t)b : (uint32_t)b - (uint32_t)a;
}

/* Out of line, both: what they need of the stack is free again when the frame is written. */
static void __attribute__((noinline)) gather_steps(struct ff_unit *unit)
{
    struct ff_steps now;
    uint32_t slowing;
    ff_hal_steps_now(unit->hal, &now);
    if (!unit->take_switched) {
        ff_played_count(unit, now.read);
        unit->take.steps = unit->played.steps - now.left - (now.scheduled != now.position ? 1u : 0u);
        return;
    }
    slowing = steps_between(now.position, unit->played.switched_at);
    if (slowing != 0 && (now.position > unit->played.switched_at) != (now.direction > 0))
        unit->take.steps = unit->played.steps - slowing; /* what was due at the switch was cut off */
    else
        unit->take.steps = unit->played.steps + slowing;
}

static void __attribute__((noinline)) gather_times(struct ff_unit *unit, uint8_t cause)
{
    struct ff_step_times times;
    ff_hal_steps_times(unit->hal, &times);
    if (unit->take.steps != 0) {
        unit->take.first_edge_clock = times.first_edge;
        unit->take.last_edge_clock = times.last_edge;
    }
    unit->take.end_clock = cause == FF_CAUSE_DONE ? times.end : ff_hal_clock(unit->hal);
}

/* Never in the way of the change of state that comes with it: where there is no room for both, TakeEnded goes out later. */
static void tell_ended(struct ff_unit *unit)
{
    if (unit->take_phase != FF_TAKE_UNTOLD || ff_hal_tx_room(unit->hal) < ROOM_FOR_THE_END)
        return;
    unit->take_phase = FF_TAKE_OVER;
    (void)ff_unit_send(unit, 0, FF_MSG_TAKE_ENDED, &unit->take, sizeof unit->take);
}

/* The engine is at rest: sends TakeEnded, if a take was under way, and keeps it. */
void ff_take_end(struct ff_unit *unit, uint8_t cause)
{
    if (unit->take_phase != FF_TAKE_UNDER_WAY)
        return;
    if (!unit->take_started)
        tell_started(unit, unit->take.start_clock);
    gather_steps(unit);
    gather_times(unit, cause);
    unit->take.cause = cause;
    unit->take.position_known = unit->referenced;
    unit->take.position = unit->position;
    unit->take_phase = FF_TAKE_UNTOLD;
    tell_ended(unit);
}

/* The last record is being played, more should follow, and the speed needs time to slow down. */
static bool dry_soon(const struct ff_unit *unit, const struct ff_steps *now)
{
    if (!more_to_come(unit) || now->read != unit->segments.write || !(now->flags & FF_STEPS_MOVING))
        return false;
    return now->left == 0 || now->interval < DRY_SOON_256 / now->left;
}

static enum ff_event poll_playing(struct ff_unit *unit, const struct ff_steps *now)
{
    if (now->flags & FF_STEPS_RUNNING) {
        ff_played_count(unit, now->read);
        if (dry_soon(unit, now) && now->interval < DRY_SOON_256)
            ff_motion_slow_down(unit, FF_CAUSE_FAULT, FF_FAULT_UNDERRUN);
        return FF_EVENT_NONE;
    }
    if (now->flags & FF_STEPS_CUT)
        return ff_motion_was_cut(unit);
    unit->position = now->position;
    unit->direction = now->direction;
    if (now->flags & FF_STEPS_LATE)
        return FF_EVENT_LATE;
    return now->flags & FF_STEPS_DRY ? FF_EVENT_DRY : FF_EVENT_RESTED;
}

enum ff_event ff_take_poll(struct ff_unit *unit)
{
    struct ff_steps now;
    tell_ended(unit);
    if (unit->state != FF_STATE_PLAYING)
        return FF_EVENT_NONE;
    if (!unit->take_started && ff_hal_clock(unit->hal) >= unit->take.start_clock)
        tell_started(unit, unit->take.start_clock);
    ff_hal_steps_now(unit->hal, &now);
    return poll_playing(unit, &now);
}
