/* SPDX-License-Identifier: MIT */
/* Recognises STOP and HARD STOP in the stream of received bytes: each is one constant string (PROTOCOL.md). The port runs
 * it on every byte in its receive path, before any queue. */
#ifndef FF_STOP_H
#define FF_STOP_H

#include <stdint.h>

#include "hal.h"

/* `state` is how much of a string has come, 0 at first; the bytes differ at places 3 to 5, so bit 3 says which. Returns 0,
 * FF_STOP_SEEN or FF_HARD_STOP_SEEN.
 *
 *     place  0   1   2   3   4   5   6
 *     STOP   00  01  04  30  53  36  00
 *     HARD   00  01  04  31  72  26  00
 */
static inline uint8_t ff_stop_match(uint8_t *state, uint8_t byte)
{
    uint8_t at = *state;
    uint8_t next = 0;

    if (byte == 0) {
        *state = 1; /* every zero may be the first */
        if (at == 6u)
            return FF_STOP_SEEN;
        return at == (6u | 8u) ? FF_HARD_STOP_SEEN : 0u;
    }
    switch (at) {
    case 1: next = byte == 0x01u ? 2u : 0u; break;
    case 2: next = byte == 0x04u ? 3u : 0u; break;
    case 3: next = byte == 0x30u ? 4u : byte == 0x31u ? 4u | 8u : 0u; break;
    case 4: next = byte == 0x53u ? 5u : 0u; break;
    case 5: next = byte == 0x36u ? 6u : 0u; break;
    case 4 | 8: next = byte == 0x72u ? 5u | 8u : 0u; break;
    case 5 | 8: next = byte == 0x26u ? 6u | 8u : 0u; break;
    default: break;
    }
    *state = next;
    return 0;
}

#endif
