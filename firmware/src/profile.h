/* SPDX-License-Identifier: MIT */
/* A profile on the unit: taken in segment by segment, checked at once, and turned into records for the step engine.
 * PROTOCOL.md "Profile". */
#ifndef FF_PROFILE_H
#define FF_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"
#include "record.h"

#define FF_SEGMENT_CAPACITY 96u

struct ff_profile_bounds {
    int32_t minimum;
    int32_t maximum;
    uint32_t min_interval_ticks;
    uint16_t dir_setup_ticks;
};

struct ff_profile {
    struct ff_profile_begin begin;
    struct ff_queue *queue;
    bool present;
    int8_t direction;    /* of the last step taken in; 0 before the first */
    int32_t end;         /* position after the last segment taken in */
    int32_t lowest;      /* and how far it has gone either way */
    int32_t highest;
    uint32_t gap;        /* whole ticks of dwell since the last step */
    uint32_t held;       /* of these, ticks not yet written to the queue */
    uint32_t wanted;     /* the next offset */
    uint32_t crc;        /* of the segments taken in */
};

/* Announces a profile; the queue is emptied. The engine must not be reading it. */
void ff_profile_open(struct ff_profile *profile, const struct ff_profile_begin *begin);

static inline bool ff_profile_streamed(const struct ff_profile *profile)
{
    return profile->begin.total > FF_SEGMENT_CAPACITY;
}

static inline bool ff_profile_complete(const struct ff_profile *profile)
{
    return profile->wanted == profile->begin.total;
}

static inline bool ff_profile_head_here(const struct ff_profile *profile)
{
    return profile->wanted >= profile->begin.head;
}

/* Segments that fit now, the engine standing at slot `read`. */
uint8_t ff_profile_free(const struct ff_profile *profile, uint8_t read);

/* Checks the next segment and appends it; there must be room. An enum ff_result; what is refused changes nothing, except
 * CRC_MISMATCH, which says so only after the last segment of head or whole. */
uint8_t ff_profile_take(struct ff_profile *profile, const struct ff_profile_bounds *bounds, const struct ff_segment *segment);

#endif
