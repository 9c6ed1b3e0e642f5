/* SPDX-License-Identifier: MIT */
/* How much of the profile has been played: steps of the records that the engine has taken, and where it left them. */
#include "unit.h"

/* Adds up the steps of the records that the engine has taken: must be called before their places are used again. */
void ff_played_count(struct ff_unit *unit, uint8_t read)
{
    while (unit->played.read != read) {
        unit->played.steps += ff_record_steps(&unit->segments.slots[unit->played.read]);
        unit->played.read = ff_queue_after(&unit->segments, unit->played.read);
    }
}

/* The engine goes on slowing down: `at` is where it left the profile. */
void ff_played_switched(struct ff_unit *unit, const struct ff_steps *at)
{
    ff_played_count(unit, at->read);
    unit->played.steps -= at->left;
    unit->played.switched_at = at->scheduled;
    unit->launched = true;
    unit->take_switched = true;
}
