/* SPDX-License-Identifier: MIT */
#include "play.h"

void ff_play_start(struct ff_play *play, const struct ff_queue *queue)
{
    play->queue = queue;
    play->read = 0;
    play->fraction = 0;
    play->left = 0;
    play->held = false;
}

static void take(struct ff_play *play, const struct ff_record *record)
{
    uint8_t kind = record->kind;
    play->left = ff_record_steps(record);
    play->direction = record->count < 0 ? -1 : 1;
    if (ff_record_is_fast(kind)) {
        play->interval = record->interval & 0xFFFFFFUL;
        play->add = ff_record_fast_add(record);
    } else {
        play->interval = record->interval;
        play->add = ff_record_slow_add(record);
    }
}

bool ff_play_next(struct ff_play *play, uint64_t *ticks, uint32_t *interval)
{
    uint16_t fraction;
    *ticks = 0;
    play->held = false;
    while (play->left == 0) {
        const struct ff_record *record = &play->queue->slots[play->read];
        if (record->kind == FF_CLASS_EMPTY)
            return false;
        if (record->kind == FF_CLASS_DWELL) {
            *ticks += record->interval;
            play->held = true;
        } else {
            take(play, record);
        }
        play->read = ff_queue_after(play->queue, play->read);
    }
    *interval = play->interval;
    fraction = (uint16_t)(play->fraction + (play->interval & 0xFFu));
    play->fraction = (uint8_t)fraction;
    *ticks += (play->interval >> FF_FRACTION_BITS) + (fraction >> 8);
    play->interval += (uint32_t)play->add;
    play->left--;
    return true;
}
