/* SPDX-License-Identifier: MIT */
#include "record.h"

void ff_queue_clear(struct ff_queue *queue)
{
    queue->write = 0;
    queue->slots[0].kind = FF_CLASS_EMPTY;
    queue->slots[queue->places + 1u].kind = FF_CLASS_JUMP;
}

uint8_t ff_queue_free(const struct ff_queue *queue, uint8_t read)
{
    uint8_t slots = (uint8_t)(queue->places + 1u);
    uint8_t used = queue->write >= read ? (uint8_t)(queue->write - read) : (uint8_t)(queue->write + slots - read);
    return (uint8_t)(queue->places - used);
}

/* Makes the record written at the write position visible to the engine. */
static void __attribute__((noinline)) publish(struct ff_queue *queue, uint8_t kind)
{
    uint8_t next = ff_queue_after(queue, queue->write);
    queue->slots[next].kind = FF_CLASS_EMPTY;
    __asm__ volatile("" ::: "memory"); /* the compiler must not move the plain writes past the class byte */
    queue->slots[queue->write].kind = kind;
    queue->write = next;
}

static void set_add(struct ff_record *record, int32_t add)
{
    uint32_t bits = (uint32_t)add;
    record->add[0] = (uint8_t)bits;
    record->add[1] = (uint8_t)(bits >> 8);
    record->add[2] = (uint8_t)(bits >> 16);
}

void ff_queue_steps(struct ff_queue *queue, uint32_t interval, int16_t count, int32_t add)
{
    struct ff_record *record = &queue->slots[queue->write];
    uint16_t steps;
    uint32_t last;
    uint8_t kind;

    record->count = count;
    steps = ff_record_steps(record);
    if (steps == 1)
        add = 0; /* never used */
    last = interval + (uint32_t)add * (uint32_t)(steps - 1u);
    set_add(record, add);
    if (interval < FF_FAST_LIMIT && last < FF_FAST_LIMIT && add >= -0x800000L && add < 0x800000L) {
        record->interval = interval | (uint32_t)(steps & 0xFFu) << 24;
        kind = FF_CLASS_FAST;
        if (count < 0)
            kind |= FF_CLASS_FAST_BACK;
        if (steps > 256u)
            kind |= FF_CLASS_FAST_LONG;
    } else {
        record->interval = interval;
        kind = (uint8_t)((uint32_t)add >> 24);
    }
    publish(queue, kind);
}

void ff_queue_dwell(struct ff_queue *queue, uint32_t ticks)
{
    struct ff_record *record = &queue->slots[queue->write];
    record->interval = ticks;
    record->count = 0;
    set_add(record, 0);
    publish(queue, FF_CLASS_DWELL);
}
