/* SPDX-License-Identifier: MIT */
/* hal.h's step engine for a unit in virtual time: edges happen when `now` reaches them (virtual.c). */
#include "engine.h"

#include "virtual.h"

static void plan(struct ff_hal *hal)
{
    bool after_hold = hal->due == FF_DUE_LOOK;
    bool step = ff_play_next(&hal->play, &hal->due_ticks, &hal->due_interval);
    hal->stands = after_hold || hal->play.held || !hal->edge_made;
    hal->due_direction = hal->play.direction;
    if (step) {
        hal->due = FF_DUE_STEP;
    } else {
        hal->due_interval = 0;
        hal->due = hal->more ? FF_DUE_LOOK : FF_DUE_END;
    }
}

static void set_dir(struct ff_hal *hal)
{
    bool level = (hal->due_direction > 0) != hal->mirror;
    if (hal->due == FF_DUE_STEP && level != hal->dir_level) {
        hal->dir_level = level;
        virtual_log_pin(hal, FF_PIN_DIR, level);
    }
}

void ff_hal_steps_arm(struct ff_hal *hal, const struct ff_queue *queue, int32_t position, bool more)
{
    hal->flags = 0;
    hal->position = position;
    hal->more = more;
    hal->edge_made = false;
    hal->due = FF_DUE_NOTHING;
    ff_play_start(&hal->play, queue);
    hal->play.direction = hal->dir_level != hal->mirror ? 1 : -1;
    plan(hal);
    set_dir(hal);
}

void ff_hal_steps_launch(struct ff_hal *hal, uint64_t zero)
{
    hal->first_edge = hal->last_edge = hal->end = zero;
    if (zero < hal->now) {
        hal->flags = FF_STEPS_LATE;
        return;
    }
    hal->flags = FF_STEPS_RUNNING;
    hal->due_tick = zero + hal->due_ticks;
}

void ff_hal_steps_more(struct ff_hal *hal, bool more)
{
    hal->more = more;
}

void ff_hal_steps_now(struct ff_hal *hal, struct ff_steps *now)
{
    bool due = hal->due == FF_DUE_STEP;
    now->flags = hal->flags;
    now->read = hal->play.read;
    now->left = hal->play.left;
    now->direction = hal->due_direction != 0 ? hal->due_direction : (int8_t)1;
    now->position = hal->position;
    now->scheduled = hal->position + (due ? now->direction : 0);
    now->interval = due ? hal->due_interval : 0;
    if (due && !hal->stands)
        now->flags |= FF_STEPS_MOVING;
}

bool ff_hal_steps_switch(struct ff_hal *hal, const struct ff_queue *queue, uint8_t slot, bool more, struct ff_steps *at)
{
    ff_hal_steps_now(hal, at);
    if (!(at->flags & FF_STEPS_RUNNING) || !(at->flags & FF_STEPS_MOVING) ||
        (queue->slots[slot].count < 0) != (at->direction < 0))
        return false;
    hal->play.queue = queue;
    hal->play.read = slot;
    hal->play.left = 0;
    hal->more = more;
    return true;
}

void ff_hal_steps_cut(struct ff_hal *hal)
{
    if (hal->flags & FF_STEPS_RUNNING)
        hal->flags = FF_STEPS_CUT; /* what was due stays, to be told */
}

void ff_hal_steps_times(struct ff_hal *hal, struct ff_step_times *times)
{
    times->first_edge = hal->first_edge;
    times->last_edge = hal->last_edge;
    times->end = hal->end;
}

static void come_to_rest(struct ff_hal *hal, uint8_t flags)
{
    hal->flags = flags;
    hal->due = FF_DUE_NOTHING;
    hal->end = hal->now;
}

/* Where the engine stands after `base`, with nothing planned: plans on. */
static void go_on(struct ff_hal *hal)
{
    plan(hal);
    if (hal->due == FF_DUE_LOOK && hal->due_ticks == 0) {
        come_to_rest(hal, FF_STEPS_DRY);
        return;
    }
    set_dir(hal);
    hal->due_tick = hal->now + hal->due_ticks;
    if (hal->due == FF_DUE_END && hal->due_ticks == 0)
        come_to_rest(hal, 0);
}

uint64_t engine_next(const struct ff_hal *hal)
{
    return hal->flags & FF_STEPS_RUNNING ? hal->due_tick : UINT64_MAX;
}

void engine_happen(struct ff_hal *hal)
{
    switch (hal->due) {
    case FF_DUE_STEP:
        if (!hal->edge_made)
            hal->first_edge = hal->now;
        hal->edge_made = true;
        hal->last_edge = hal->now;
        hal->position += hal->due_direction;
        hal->due = FF_DUE_NOTHING;
        virtual_step(hal);
        if (hal->flags & FF_STEPS_RUNNING) /* the step may have met a stop */
            go_on(hal);
        break;
    case FF_DUE_LOOK: go_on(hal); break;
    default: come_to_rest(hal, 0); break;
    }
}
