/* SPDX-License-Identifier: MIT */
/* A dwell is not written at once: if it and the step after it fit a FAST record together, the dwell becomes a record of
 * that one step, and the segment's other steps follow as their own. That takes as many places as came over the wire, and
 * leaves the engine nothing to do twice within one step. Dwells in a row are added up.
 */
#include "profile.h"

#include "crc.h"
#include "frame.h"
#include "ramp.h"

/* The longest dwell in one record; what is above is held back for the next. */
#define DWELL_MAX ((uint32_t)0xFFFE0000UL)

void ff_profile_open(struct ff_profile *profile, const struct ff_profile_begin *begin)
{
    profile->begin = *begin;
    profile->present = true;
    profile->direction = 0;
    profile->end = begin->start;
    profile->lowest = begin->start;
    profile->highest = begin->start;
    profile->gap = 0;
    profile->held = 0;
    profile->wanted = 0;
    profile->crc = 0;
    ff_queue_clear(profile->queue);
}

uint8_t ff_profile_free(const struct ff_profile *profile, uint8_t read)
{
    uint8_t free = ff_queue_free(profile->queue, read);
    return profile->held != 0 && free != 0 ? (uint8_t)(free - 1u) : free;
}

/* `factor` · `count`, or UINT32_MAX if that is too much for 32 bits. */
static uint32_t __attribute__((noinline)) times(uint32_t factor, uint16_t count)
{
    uint32_t high = (factor >> 16) * count;
    uint32_t low = (factor & 0xFFFFUL) * count;
    if (high > 0xFFFFUL || (high << 16) > UINT32_MAX - low)
        return UINT32_MAX;
    return (high << 16) + low;
}

/* The interval of the last of `steps` steps, or 0 if it is not within 1 … 2³²−1. */
static uint32_t last_interval(const struct ff_segment *segment, uint16_t steps)
{
    uint16_t changes = (uint16_t)(steps - 1u);
    uint32_t change;
    if (changes == 0)
        return segment->interval;
    if (segment->add > FF_ADD_MAX || segment->add < -FF_ADD_MAX)
        return 0;
    if (segment->add >= 0) {
        change = times((uint32_t)segment->add, changes);
        return change > UINT32_MAX - segment->interval ? 0 : segment->interval + change;
    }
    change = times((uint32_t)-segment->add, changes);
    return change >= segment->interval ? 0 : segment->interval - change;
}

static uint8_t check_times(const struct ff_profile *profile, const struct ff_profile_bounds *bounds,
                           const struct ff_segment *segment, uint16_t steps)
{
    uint32_t last = last_interval(segment, steps);
    uint32_t first_gap = ff_add_saturated(profile->gap, segment->interval >> FF_FRACTION_BITS);
    bool backwards = segment->count < 0;

    if (segment->interval == 0 || last == 0)
        return FF_RESULT_BAD_VALUE;
    if (first_gap < bounds->min_interval_ticks)
        return FF_RESULT_TOO_FAST;
    if (steps > 1) {
        uint32_t second = segment->interval + (uint32_t)segment->add;
        uint32_t shortest = second < last ? second : last;
        if (shortest >> FF_FRACTION_BITS < bounds->min_interval_ticks)
            return FF_RESULT_TOO_FAST;
    }
    if (profile->direction == (backwards ? 1 : -1) &&
        first_gap < ff_add_saturated(bounds->min_interval_ticks, bounds->dir_setup_ticks))
        return FF_RESULT_REVERSAL_TOO_CLOSE;
    return FF_RESULT_OK;
}

static bool within(const struct ff_profile *profile, const struct ff_profile_bounds *bounds, int16_t count)
{
    if (count < 0)
        return (uint32_t)profile->end - (uint32_t)bounds->minimum >= (uint32_t)-(int32_t)count;
    return (uint32_t)bounds->maximum - (uint32_t)profile->end >= (uint32_t)count;
}

static void write_held(struct ff_profile *profile)
{
    if (profile->held != 0) {
        ff_queue_dwell(profile->queue, profile->held);
        profile->held = 0;
    }
}

static void append_steps(struct ff_profile *profile, const struct ff_segment *segment, uint16_t steps)
{
    if (profile->held != 0 && profile->held < FF_FAST_TICKS) {
        uint32_t first = (profile->held << FF_FRACTION_BITS) + segment->interval;
        if (first >= segment->interval && first < FF_FAST_LIMIT) {
            int16_t one = segment->count < 0 ? -1 : 1;
            ff_queue_steps(profile->queue, first, one, 0);
            profile->held = 0;
            if (steps > 1)
                ff_queue_steps(profile->queue, segment->interval + (uint32_t)segment->add,
                               (int16_t)(segment->count - one), segment->add);
            return;
        }
    }
    write_held(profile);
    ff_queue_steps(profile->queue, segment->interval, segment->count, segment->add);
}

static void append_dwell(struct ff_profile *profile, uint32_t ticks)
{
    uint32_t before = profile->held;
    profile->gap = ff_add_saturated(profile->gap, ticks);
    profile->held = before + ticks;
    if (profile->held < ticks || profile->held > DWELL_MAX) {
        ff_queue_dwell(profile->queue, DWELL_MAX);
        profile->held = before + ticks - DWELL_MAX; /* modulo 2³², so right where the sum was too long as well */
    } else if (profile->held >= FF_FAST_TICKS) {
        write_held(profile);
    }
}

uint8_t ff_profile_take(struct ff_profile *profile, const struct ff_profile_bounds *bounds, const struct ff_segment *segment)
{
    if (segment->count == 0) {
        if (segment->interval == 0 || segment->add != 0)
            return FF_RESULT_BAD_VALUE;
        append_dwell(profile, segment->interval);
    } else {
        uint16_t steps = (uint16_t)(segment->count < 0 ? -(int32_t)segment->count : (int32_t)segment->count);
        uint8_t result = check_times(profile, bounds, segment, steps);
        if (result != FF_RESULT_OK)
            return result;
        if (!within(profile, bounds, segment->count))
            return FF_RESULT_OUTSIDE_LIMITS;
        append_steps(profile, segment, steps);
        profile->end += segment->count;
        if (profile->end < profile->lowest)
            profile->lowest = profile->end;
        if (profile->end > profile->highest)
            profile->highest = profile->end;
        profile->direction = segment->count < 0 ? -1 : 1;
        profile->gap = 0;
    }
    profile->crc = ff_crc32(profile->crc, (const uint8_t *)segment, sizeof *segment);
    profile->wanted++;
    if (profile->wanted == profile->begin.head && profile->crc != profile->begin.head_crc)
        return FF_RESULT_CRC_MISMATCH;
    if (ff_profile_complete(profile)) {
        write_held(profile);
        if (profile->crc != profile->begin.total_crc)
            return FF_RESULT_CRC_MISMATCH;
    }
    return FF_RESULT_OK;
}
