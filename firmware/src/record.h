/* SPDX-License-Identifier: MIT */
/* Records: a profile's segments as the step engine wants them, and the queue that hands them to it.
 *
 * The engine must take the next record within one step, so all that can be decided beforehand is decided when a segment
 * arrives, and said in the record's last byte, its class. A record is as long as a segment, 10 bytes:
 *
 *     FAST   every interval is shorter than FF_FAST_TICKS: 16 bits of ticks and 8 of fraction are enough, and no timer wrap
 *            must be counted.   interval 24 bits | steps & 0xFF | count (signed) | add 24 bits | class
 *     SLOW   anything else: the segment as it came. Its class byte is the top byte of `add`, which is why a segment's add
 *            must stay within FF_ADD_MAX either way: 0x00…0x3F and 0xC0…0xFF are SLOW, the values between are the others.
 *     DWELL  interval = whole ticks.   EMPTY  not written yet.   JUMP  the queue's end: go on at its beginning.
 *
 * A dwell so short that dwell and first interval fit a FAST record is written as a record of one step (profile.c), so the
 * engine meets a DWELL only where it has milliseconds to think.
 *
 * The queue has one writer (main) and one reader (the engine), and no shared count: the writer first writes the record and
 * an EMPTY behind it, then the class byte, and a single byte is always whole.
 */
#ifndef FF_RECORD_H
#define FF_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"

/* Kept out of line: its stack is free again when it returns, or it is called from so many places that this is shorter. */
#define FF_APART __attribute__((noinline))

#define FF_FRACTION_BITS 8
#define FF_FAST_TICKS 0xC000UL
#define FF_FAST_LIMIT (FF_FAST_TICKS << FF_FRACTION_BITS)
#define FF_ADD_MAX 0x3FFFFFFFL

#define FF_CLASS_EMPTY 0x40u
#define FF_CLASS_JUMP 0x41u
#define FF_CLASS_DWELL 0x42u
#define FF_CLASS_FAST 0x80u      /* and the bits below; 0x80…0xBF */
#define FF_CLASS_FAST_BACK 0x02u /* towards lower positions */
#define FF_CLASS_FAST_LONG 0x04u /* more than 256 steps */

struct FF_PACKED ff_record {
    uint32_t interval;
    int16_t count;
    uint8_t add[3];
    volatile uint8_t kind; /* the class byte: top byte of add in a SLOW record */
};

struct ff_queue {
    struct ff_record *slots; /* `places` + 1 to use, so that one is always EMPTY, and one for JUMP */
    uint8_t places;
    uint8_t write;
};

static inline bool ff_record_is_fast(uint8_t kind)
{
    return (kind & 0xC0u) == FF_CLASS_FAST;
}

static inline bool ff_record_is_slow(uint8_t kind)
{
    return kind < 0x40u || kind >= 0xC0u;
}

static inline uint16_t ff_record_steps(const struct ff_record *record)
{
    int32_t count = record->count;
    return (uint16_t)(count < 0 ? -count : count);
}

/* The add of a FAST record, sign extended from 24 bits. */
static inline int32_t ff_record_fast_add(const struct ff_record *record)
{
    uint32_t add = (uint32_t)record->add[0] | (uint32_t)record->add[1] << 8 | (uint32_t)record->add[2] << 16;
    return (int32_t)(add ^ 0x800000UL) - 0x800000L;
}

static inline int32_t ff_record_slow_add(const struct ff_record *record)
{
    return (int32_t)((uint32_t)record->add[0] | (uint32_t)record->add[1] << 8 | (uint32_t)record->add[2] << 16 |
                     (uint32_t)record->kind << 24);
}

/* Empties the queue. Only while the engine does not read from it. */
void ff_queue_clear(struct ff_queue *queue);

/* Records that could be appended now, the engine standing at `read`. */
uint8_t ff_queue_free(const struct ff_queue *queue, uint8_t read) FF_APART;

/* Appends a step segment whose every interval has been checked (count ≠ 0, |add| <= FF_ADD_MAX). There must be room. */
void ff_queue_steps(struct ff_queue *queue, uint32_t interval, int16_t count, int32_t add);

/* Appends a dwell. There must be room. */
void ff_queue_dwell(struct ff_queue *queue, uint32_t ticks);

/* The slot after `slot`. */
static inline uint8_t ff_queue_after(const struct ff_queue *queue, uint8_t slot)
{
    return slot >= queue->places ? 0 : (uint8_t)(slot + 1u);
}

#endif
