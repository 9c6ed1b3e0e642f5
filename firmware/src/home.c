/* SPDX-License-Identifier: MIT */
/* Finding both stops: down until the input is active, back off: that is 0; up until active, back off: that is the span. */
#include "unit.h"

static void search(struct ff_unit *unit, uint8_t phase)
{
    int32_t far = (int32_t)(unit->home_steps > INT32_MAX ? INT32_MAX : unit->home_steps);
    unit->purpose = phase;
    unit->home_released = !unit->stop_level;
    ff_motion_aim(unit, phase == FF_HOMING_DOWN ? -far : far, unit->config.home_rate);
}

void ff_home_begin(struct ff_unit *unit, uint32_t max_steps)
{
    unit->referenced = false;
    unit->position = 0;
    unit->home_steps = max_steps;
    unit->profile.present = false; /* what has come of it was held to the limits of before */
    ff_motion_begin(unit, INT32_MIN, INT32_MAX);
    search(unit, FF_HOMING_DOWN);
    unit->home_released = true; /* standing at the stop already is having found it */
}

/* At the stop: the steps are cut, move off it. */
void ff_home_found(struct ff_unit *unit)
{
    bool low = unit->purpose == FF_HOMING_DOWN;
    int32_t target;
    ff_motion_cut(unit);
    target = unit->position + (low ? unit->config.home_backoff : -(int32_t)unit->config.home_backoff);
    if (!low && target < 0)
        target = 0; /* less room than two back-offs take */
    unit->purpose = low ? FF_HOMING_OFF_LOW : FF_HOMING_OFF_HIGH;
    unit->credit = 0;
    unit->set_off = true;
    ff_ramp_start(&unit->ramp, unit->position, unit->direction, 0);
    ff_ramp_aim(&unit->ramp, target, unit->config.home_rate);
}

void ff_home_poll(struct ff_unit *unit, bool stop_active)
{
    if (unit->purpose != FF_HOMING_DOWN && unit->purpose != FF_HOMING_UP)
        return;
    if (!stop_active)
        unit->home_released = true;
    else if (unit->home_released)
        ff_home_found(unit);
}

static void homed(struct ff_unit *unit)
{
    struct ff_homed event;
    unit->purpose = FF_TO_A_PLACE;
    unit->minimum = 0;
    unit->maximum = unit->position > 0 ? unit->position : 0;
    unit->referenced = true;
    event.span = unit->position;
    (void)ff_unit_send(unit, 0, FF_MSG_HOMED, &event, sizeof event);
    ff_unit_become(unit, FF_STATE_IDLE, FF_CAUSE_DONE);
}

/* The motion of a phase has come to rest by itself: NOT_FOUND where that should have ended at a stop. */
enum ff_event ff_home_rest(struct ff_unit *unit)
{
    switch (unit->purpose) {
    case FF_HOMING_OFF_LOW:
        unit->position = 0;
        ff_ramp_start(&unit->ramp, 0, unit->direction, 0);
        unit->set_off = true;
        search(unit, FF_HOMING_UP);
        return FF_EVENT_NONE;
    case FF_HOMING_OFF_HIGH:
        homed(unit);
        return FF_EVENT_NONE;
    default: return FF_EVENT_NOT_FOUND;
    }
}
