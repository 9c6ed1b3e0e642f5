/* SPDX-License-Identifier: MIT */
/* Which state may follow which: one table, the same as in PROTOCOL.md and in followfocus/sim/states.py. A test reads all three.
 *
 * Every change of state goes through ff_unit_become, which holds it against this table in the builds for a host
 * (-DFF_CHECKED: process, library, sanitizers, fuzzer). On a board nothing checks it: there it costs nothing.
 * Keep one state a line.
 */
#ifndef FF_STATES_H
#define FF_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"

/* Sets of states, one bit each. */
#define FF_IN(state) (1u << FF_STATE_##state)
#define FF_IN_ALL 0xFFu
#define FF_IN_FREE (FF_IN(UNREFERENCED) | FF_IN(IDLE) | FF_IN(LOADED))
#define FF_IN_REST (FF_IN_FREE | FF_IN(FAULT))
#define FF_IN_STREAMABLE (FF_IN(IDLE) | FF_IN(LOADED) | FF_IN(ARMED) | FF_IN(PLAYING))

#ifdef FF_CHECKED
#include <assert.h>
#define FF_CHECK(holds) assert(holds)

static inline bool ff_state_may_follow(uint8_t before, uint8_t after)
{
    static const uint8_t follows[] = {
        [FF_STATE_UNREFERENCED] = FF_IN(IDLE) | FF_IN(MOVING) | FF_IN(FAULT),
        [FF_STATE_IDLE] = FF_IN(UNREFERENCED) | FF_IN(MOVING) | FF_IN(LOADED) | FF_IN(FAULT),
        [FF_STATE_MOVING] = FF_IN(UNREFERENCED) | FF_IN(IDLE) | FF_IN(LOADED) | FF_IN(STOPPING) | FF_IN(FAULT),
        [FF_STATE_LOADED] = FF_IN(UNREFERENCED) | FF_IN(IDLE) | FF_IN(MOVING) | FF_IN(ARMED) | FF_IN(FAULT),
        [FF_STATE_ARMED] = FF_IN(LOADED) | FF_IN(PLAYING) | FF_IN(FAULT),
        [FF_STATE_PLAYING] = FF_IN(IDLE) | FF_IN(LOADED) | FF_IN(STOPPING) | FF_IN(FAULT),
        [FF_STATE_STOPPING] = FF_IN(UNREFERENCED) | FF_IN(IDLE) | FF_IN(LOADED) | FF_IN(FAULT),
        [FF_STATE_FAULT] = FF_IN(UNREFERENCED) | FF_IN(IDLE),
    };
    return before < sizeof follows && (follows[before] & (1u << after)) != 0;
}
#else
#define FF_CHECK(holds) ((void)0)
#endif

#endif
