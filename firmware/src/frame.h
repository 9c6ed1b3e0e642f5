/* SPDX-License-Identifier: MIT */
/* Frames: COBS and CRC-16 around seq, type and body. PROTOCOL.md "Frame". */
#ifndef FF_FRAME_H
#define FF_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define FF_MAX_PAYLOAD 64u /* seq, type, body and CRC of a frame from the host: Config; ProfileData with 5 segments */
#define FF_MAX_REPLY_BODY 50u
#define FF_FRAME_OVERHEAD 6u /* COBS code, seq, type, CRC, final zero */
#define FF_REPLY_BUFFER (FF_MAX_REPLY_BODY + FF_FRAME_OVERHEAD)

enum ff_frame_event {
    FF_FRAME_NOTHING,
    FF_FRAME_READY, /* seq, type, body and body_length are good until the next byte is fed */
    FF_FRAME_BAD,
};

struct ff_frame_in {
    uint8_t payload[FF_MAX_PAYLOAD];
    uint8_t length;
    uint8_t run;  /* bytes up to the next COBS code */
    bool started; /* the first code has come */
    bool bad;
};

/* Feeds one byte. Any bytes in any order are fine; a frame that is too long is BAD at its final zero. */
enum ff_frame_event ff_frame_feed(struct ff_frame_in *in, uint8_t byte);

/* What has come of the frame doesn't say otherwise; it is not a whole frame of another kind either. */
static inline bool ff_frame_may_be(const struct ff_frame_in *in, uint8_t seq, uint8_t type)
{
    return in->length < 2u || in->run == 0xFFu || (in->payload[0] == seq && in->payload[1] == type);
}

static inline uint8_t ff_frame_seq(const struct ff_frame_in *in)
{
    return in->payload[0];
}

static inline uint8_t ff_frame_type(const struct ff_frame_in *in)
{
    return in->payload[1];
}

static inline const uint8_t *ff_frame_body(const struct ff_frame_in *in)
{
    return &in->payload[2];
}

/* Where its body is or would be: FF_MAX_PAYLOAD - 4 bytes that are free for whoever needs no more of it, until the next byte is fed. */
static inline void *ff_frame_room(struct ff_frame_in *in)
{
    return &in->payload[2];
}

static inline uint8_t ff_frame_body_length(const struct ff_frame_in *in)
{
    return (uint8_t)(in->length - 4u);
}

/* The CRC that the frame carried, right where READY was said. */
uint16_t ff_frame_crc(const struct ff_frame_in *in);

/* Turns `buffer` (seq, type at 1 and 2, body from 3) into a whole frame, final zero included: its length. The buffer must
 * have room for body_length + FF_FRAME_OVERHEAD bytes; body_length at most FF_MAX_REPLY_BODY. */
uint8_t ff_frame_seal(uint8_t *buffer, uint8_t body_length);

#endif
