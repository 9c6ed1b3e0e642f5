/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include "crc.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bodies are copied as they lie in memory");

static void restart(struct ff_frame_in *in)
{
    in->length = 0;
    in->run = 0;
    in->started = false;
    in->bad = false;
}

static void push(struct ff_frame_in *in, uint8_t byte)
{
    if (in->length < FF_MAX_PAYLOAD)
        in->payload[in->length++] = byte;
    else
        in->bad = true;
}

uint16_t ff_frame_crc(const struct ff_frame_in *in)
{
    const uint8_t *crc = &in->payload[in->length - 2u];
    return (uint16_t)(crc[0] | (uint16_t)((uint16_t)crc[1] << 8));
}

static enum ff_frame_event finish(struct ff_frame_in *in)
{
    if (in->bad || in->run != 0 || in->length < 4)
        return FF_FRAME_BAD;
    if (ff_crc16(0, in->payload, (uint8_t)(in->length - 2u)) != ff_frame_crc(in))
        return FF_FRAME_BAD;
    return FF_FRAME_READY;
}

enum ff_frame_event ff_frame_feed(struct ff_frame_in *in, uint8_t byte)
{
    if (in->started && in->run == 0xFFu) /* READY or BAD was said: begin anew */
        restart(in);
    if (byte == 0) {
        enum ff_frame_event event = in->started ? finish(in) : FF_FRAME_NOTHING;
        in->started = true;
        in->run = 0xFFu;
        return event;
    }
    if (in->run == 0) {
        if (in->started)
            push(in, 0);
        in->started = true;
        in->run = (uint8_t)(byte - 1u);
        if (byte == 0xFFu) /* 254 bytes without a zero: longer than any payload */
            in->bad = true;
    } else {
        push(in, byte);
        in->run--;
    }
    return FF_FRAME_NOTHING;
}

uint8_t ff_frame_seal(uint8_t *buffer, uint8_t body_length)
{
    uint8_t crc_at = (uint8_t)(3u + body_length);
    uint8_t end = (uint8_t)(crc_at + 2u);
    uint16_t crc = ff_crc16(0, buffer + 1, (uint8_t)(body_length + 2u));
    uint8_t code_at = 0;
    uint8_t at;

    buffer[crc_at] = (uint8_t)crc;
    buffer[crc_at + 1u] = (uint8_t)(crc >> 8);
    for (at = 1; at < end; at++) {
        if (buffer[at] == 0) {
            buffer[code_at] = (uint8_t)(at - code_at);
            code_at = at;
        }
    }
    buffer[code_at] = (uint8_t)(end - code_at);
    buffer[end] = 0;
    return (uint8_t)(end + 1u);
}
