/* SPDX-License-Identifier: MIT */
/* Throws frames and bytes at the core and watches what it does.
 *
 *   fuzz COUNT [SEED]     COUNT frames: valid ones that lead somewhere, mutated, truncated, of hostile lengths, and noise
 *   fuzz FILE             the bytes of FILE (what afl-fuzz runs); with libFuzzer link LLVMFuzzerTestOneInput
 *
 * Watched besides what the sanitizers find: no step outside the soft limits, none sooner than the speed limit allows, none at rest,
 * in a fault or with the motor released, the pins (STEP and DIR, added up) are where the count says, every frame that comes out is
 * in order, the state is one of the eight. A finding aborts, after telling seed and frame.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc.h"
#include "frame.h"
#include "virtual.h"

#define PROFILE_MOST 220u

static struct {
    struct ff_virtual *unit;
    struct ff_frame_in out;
    uint64_t seed, random, frame;
    uint64_t steps, takes, stopped, last_tick, compared;
    bool has_last;
    bool known;      /* the unit has said where it is, and the pins were there */
    int32_t pins;    /* the steps that DIR made of STEP, in the unit's direction */
    int32_t offset;  /* the unit's count, less these */
    uint64_t steps_then;
    struct ff_segment segments[PROFILE_MOST];
    uint32_t total;
    int32_t start;
    uint8_t seq;
} fuzz;

static void finding(const char *what)
{
    fprintf(stderr, "finding: %s; seed %" PRIu64 ", frame %" PRIu64 ", state %u, position %d\n", what, fuzz.seed, fuzz.frame,
            fuzz.unit->unit.state, (int)fuzz.unit->hal.position);
    abort();
}

/* ---- What is watched ------------------------------------------------------------------------------------------------- */

void ff_virtual_on_step(struct ff_hal *hal)
{
    const struct ff_unit *unit = hal->unit;
    uint32_t fastest = unit->config.min_interval_ticks;
    if (fastest < FF_FASTEST_INTERVAL_TICKS)
        fastest = FF_FASTEST_INTERVAL_TICKS;
    if (hal->first_edge == hal->now && fastest > FF_LAUNCH_LEAD_TICKS)
        fastest = FF_LAUNCH_LEAD_TICKS; /* from rest: the settings may have changed since the last step */
    fuzz.steps++;
    fuzz.pins += hal->dir_level == (unit->config.direction > 0) ? 1 : -1;
    if (unit->state != FF_STATE_MOVING && unit->state != FF_STATE_PLAYING && unit->state != FF_STATE_STOPPING)
        finding("a step where nothing is under way");
    if (!(hal->outputs & FF_OUT_ENERGISE))
        finding("a step of a motor that is released");
    if (unit->settling)
        finding("a step before the rotor has settled");
    if (unit->referenced && hal->due_direction > 0 && hal->position > unit->maximum)
        finding("a step above the upper limit");
    if (unit->referenced && hal->due_direction < 0 && hal->position < unit->minimum)
        finding("a step below the lower limit");
    if (fuzz.has_last && hal->now - fuzz.last_tick < fastest)
        finding("a step above the speed limit");
    fuzz.last_tick = hal->now;
    fuzz.has_last = true;
}

/* Where the unit stands by its own count. */
static int32_t count_of(const struct ff_hal *hal)
{
    const struct ff_unit *unit = hal->unit;
    bool moves = unit->state == FF_STATE_MOVING || unit->state == FF_STATE_PLAYING || unit->state == FF_STATE_STOPPING;
    return moves && (unit->launched || unit->take_phase == FF_TAKE_UNDER_WAY) ? hal->position : unit->position;
}

/* A command has just said where the unit is, or Home has found it. */
static bool is_told(const struct ff_unit *unit)
{
    uint8_t type = ff_frame_type(&unit->in);
    return ff_home_under_way(unit) || type == FF_MSG_SET_POSITION || type == FF_MSG_CONFIRM_POSITION ||
           type == FF_MSG_HOME || type == FF_MSG_CONFIG || type == FF_MSG_FACTORY_RESET;
}

void ff_virtual_on_round(struct ff_hal *hal)
{
    bool known = hal->unit->referenced;
    int32_t offset = (int32_t)((uint32_t)count_of(hal) - (uint32_t)fuzz.pins);
    if (fuzz.known && known && offset != fuzz.offset && !is_told(hal->unit))
        finding("the pins are not where the count says");
    fuzz.compared += fuzz.known && known && fuzz.steps != fuzz.steps_then;
    fuzz.steps_then = fuzz.steps;
    fuzz.known = known;
    fuzz.offset = offset;
}

static void watch_output(void)
{
    uint8_t bytes[512];
    size_t length = ff_virtual_output(fuzz.unit, bytes, sizeof bytes);
    size_t at;
    for (at = 0; at < length; at++) {
        enum ff_frame_event event = ff_frame_feed(&fuzz.out, bytes[at]);
        if (event == FF_FRAME_BAD)
            finding("a frame that comes out is broken");
        if (event == FF_FRAME_READY) {
            fuzz.takes += ff_frame_type(&fuzz.out) == FF_MSG_TAKE_ENDED;
            fuzz.stopped += ff_frame_type(&fuzz.out) == FF_MSG_STOPPED;
        }
    }
}

static void run(uint64_t ticks)
{
    ff_virtual_run(fuzz.unit, ticks);
    watch_output();
    if (fuzz.unit->unit.state > FF_STATE_FAULT)
        finding("an unknown state");
}

static void restart(const uint8_t *eeprom)
{
    fuzz.has_last = fuzz.known = false;
    memset(&fuzz.out, 0, sizeof fuzz.out);
    if (fuzz.unit == NULL) {
        fuzz.unit = ff_virtual_new(eeprom, FF_RESET_CAUSE_POWER_ON);
        ff_virtual_log(fuzz.unit, false);
    } else {
        uint8_t cut[512];
        ff_virtual_reset(fuzz.unit, FF_RESET_CAUSE_RESET_PIN);
        while (ff_virtual_output(fuzz.unit, cut, sizeof cut) != 0) {
        }
    }
    run(1600000);
}

/* ---- Random numbers -------------------------------------------------------------------------------------------------- */

static uint32_t any(void)
{
    fuzz.random ^= fuzz.random << 13;
    fuzz.random ^= fuzz.random >> 7;
    fuzz.random ^= fuzz.random << 17;
    return (uint32_t)(fuzz.random >> 16);
}

static uint32_t below(uint32_t limit)
{
    return any() % limit;
}

static bool one_in(uint32_t times)
{
    return below(times) == 0;
}

static int32_t between(int32_t low, int32_t high)
{
    return low + (int32_t)below((uint32_t)(high - low + 1));
}

/* Of any size, small ones as likely as large. */
static uint32_t wild(void)
{
    return any() >> below(32);
}

/* ---- Frames ---------------------------------------------------------------------------------------------------------- */

static void send(const uint8_t *bytes, size_t length)
{
    ff_virtual_feed(fuzz.unit, bytes, length);
    run(length * 640 + below(one_in(40) ? 800000 : 12000));
}

/* Sends the frame of seq, type and body, sometimes damaged on the way. */
static void send_frame(uint8_t type, const void *body, uint8_t length)
{
    uint8_t buffer[300];
    uint8_t sealed;
    size_t size;
    fuzz.seq = (uint8_t)(fuzz.seq == 255 ? 1 : fuzz.seq + 1);
    buffer[1] = one_in(30) ? (uint8_t)any() : fuzz.seq;
    if (type == FF_MSG_FOLLOW && !one_in(30))
        buffer[1] = 0;
    buffer[2] = type;
    if (length != 0)
        memcpy(buffer + 3, body, length);
    sealed = ff_frame_seal(buffer, length);
    size = sealed;
    switch (below(60)) {
    case 0: buffer[below(sealed)] ^= (uint8_t)(1u << below(8)); break;
    case 1: size = 1 + below(sealed); break;
    case 2: buffer[below(sealed)] = (uint8_t)any(); break;
    case 3: memmove(buffer + 1, buffer, size++); break;
    case 4: send(buffer, size); break; /* twice: the same command again */
    default: break;
    }
    send(buffer, size);
}

static void send_noise(void)
{
    uint8_t bytes[300];
    size_t length = 1 + below(one_in(8) ? 299 : 24);
    size_t at;
    for (at = 0; at < length; at++)
        bytes[at] = (uint8_t)(one_in(6) ? 0 : any());
    send(bytes, length);
}

/* Any type, any length, CRC in order. */
static void send_hostile(void)
{
    uint8_t body[200];
    uint8_t length = (uint8_t)below(one_in(10) ? 200 : 70);
    uint8_t type = (uint8_t)(one_in(4) ? any() : below(0x30));
    uint8_t at;
    for (at = 0; at < length; at++)
        body[at] = (uint8_t)(one_in(3) ? 0 : one_in(3) ? 0xFF : any());
    send_frame(type, body, length);
}

static void send_stop(void)
{
    static const uint8_t stop[] = {0x00, 0x01, 0x04, 0x30, 0x53, 0x36, 0x00};
    static const uint8_t hard[] = {0x00, 0x01, 0x04, 0x31, 0x72, 0x26, 0x00};
    send(one_in(2) ? stop : hard, sizeof stop);
}

/* ---- Commands that lead somewhere ------------------------------------------------------------------------------------ */

static void send_hello(void)
{
    struct ff_hello hello = {any(), FF_PROTOCOL_MAJOR, FF_PROTOCOL_MINOR, FF_DEFINITIONS_HASH};
    send_frame(FF_MSG_HELLO, &hello, sizeof hello);
}

static void send_config(void)
{
    struct ff_settings factory;
    struct ff_config config;
    ff_unit_factory_settings(&factory);
    config = factory.config;
    config.min_interval_ticks = one_in(4) ? wild() : 100 + below(4000);
    config.accel = one_in(4) ? wild() : 1000 + below(400000);
    config.goto_rate = one_in(4) ? wild() : 100 + below(60000);
    config.home_rate = 100 + below(3000);
    config.home_backoff = (uint16_t)below(200);
    config.dir_setup_ticks = (uint16_t)(wild() & 0xFFFF);
    config.direction = one_in(2) ? 1 : -1;
    config.stop_input = (uint8_t)below(4);
    config.cue_edge = (uint8_t)below(2);
    config.take_silence = (uint8_t)below(3);
    config.silence_ms = (uint16_t)(1 + below(600));
    send_frame(FF_MSG_CONFIG, &config, sizeof config);
}

static void send_limits(void)
{
    struct ff_set_limits limits;
    limits.minimum = one_in(6) ? (int32_t)wild() : -between(0, 5000);
    limits.maximum = one_in(6) ? (int32_t)any() : between(0, 5000);
    send_frame(FF_MSG_SET_LIMITS, &limits, sizeof limits);
}

static void send_position(void)
{
    struct ff_set_position position = {one_in(12) ? (int32_t)any() : between(-4000, 4000)};
    send_frame(FF_MSG_SET_POSITION, &position, sizeof position);
}

static void send_goto(void)
{
    struct ff_goto message = {between(-5200, 5200), one_in(3) ? 0 : wild()};
    if (one_in(3))
        message.position = fuzz.start;
    if (one_in(12))
        message.position = (int32_t)any();
    send_frame(FF_MSG_GOTO, &message, sizeof message);
}

static void send_jog(void)
{
    struct ff_jog jog = {(int32_t)wild()};
    if (one_in(2))
        jog.rate = -jog.rate;
    if (one_in(5))
        jog.rate = 0;
    send_frame(FF_MSG_JOG, &jog, sizeof jog);
}

/* A hand, for some words: near the ring or anywhere, even or as it likes, and sometimes silent in between. */
static void send_hand(void)
{
    const struct ff_unit *unit = &fuzz.unit->unit;
    uint32_t words = 1 + below(24);
    int32_t rate = (int32_t)(wild() >> 6);
    int64_t position = (int64_t)unit->position * 256;
    run(below(2000000));
    if (one_in(2))
        rate = -rate;
    while (words--) {
        struct ff_follow word = {(int32_t)(uint32_t)(uint64_t)position, rate, -(int32_t)below(1 + below(600000))};
        if (one_in(20))
            word.position = (int32_t)any();
        if (one_in(20))
            rate = one_in(2) ? 0 : -rate;
        send_frame(FF_MSG_FOLLOW, &word, sizeof word);
        position += rate / 6; /* in 10 ms */
        run(160000 + below(one_in(20) ? 1600000 : 160000));
    }
}

/* Most often one that is in order, close to what is allowed; `end` and `last` follow it. */
static void make_segment(struct ff_segment *segment, int32_t *end, int32_t *last)
{
    const struct ff_unit *unit = &fuzz.unit->unit;
    uint32_t shortest = unit->config.min_interval_ticks > 160 ? unit->config.min_interval_ticks : 160;
    int32_t count = between(1, one_in(20) ? 900 : one_in(3) ? 3 : 60);
    bool back = one_in(4) ? *last > 0 : *last < 0;
    segment->add = 0;
    if (one_in(8)) {
        segment->count = 0;
        segment->interval = one_in(4) ? 1 + below(300000) : 1 + below(300);
    } else {
        if (back ? *end - count < unit->minimum : *end + count > unit->maximum)
            back = !back;
        segment->interval = (shortest + below(one_in(3) ? 2 : one_in(10) ? 70000 : 800)) << 8;
        segment->interval += back == (*last > 0) ? (uint32_t)unit->config.dir_setup_ticks << 8 : 0;
        if (one_in(2))
            segment->add = between(0, 200);
        segment->count = (int16_t)(back ? -count : count);
        *end += segment->count;
        *last = segment->count;
    }
    if (one_in(300))
        segment->interval = wild();
    if (one_in(300))
        segment->add = (int32_t)any();
    if (one_in(300))
        segment->count = (int16_t)any();
}

static void send_begin(void)
{
    struct ff_profile_begin begin = {any(), fuzz.unit->unit.position, 0, 0, 0, 0};
    int32_t end = begin.start, last = 1;
    uint32_t at;
    fuzz.total = 1 + below(one_in(4) ? PROFILE_MOST : 40);
    for (at = 0; at < fuzz.total; at++)
        make_segment(&fuzz.segments[at], &end, &last);
    begin.profile_id = 7;
    begin.total = fuzz.total;
    begin.head = (uint16_t)(fuzz.total < FF_SEGMENT_CAPACITY ? fuzz.total : FF_SEGMENT_CAPACITY);
    for (at = 0; at < fuzz.total; at++) {
        begin.total_crc = ff_crc32(begin.total_crc, (const uint8_t *)&fuzz.segments[at], sizeof fuzz.segments[at]);
        if (at + 1 == begin.head)
            begin.head_crc = begin.total_crc;
    }
    if (one_in(40))
        begin.head_crc ^= 1;
    if (one_in(20))
        begin.total_crc ^= 1;
    if (one_in(20))
        begin.start = between(-5000, 5000);
    fuzz.start = begin.start;
    send_frame(FF_MSG_PROFILE_BEGIN, &begin, sizeof begin);
}

static void send_data(void)
{
    uint8_t body[4 + 10 * sizeof(struct ff_segment)];
    uint32_t offset = fuzz.unit->unit.profile.wanted;
    uint32_t count = 1 + below(8);
    if (offset >= fuzz.total)
        return;
    if (count > fuzz.total - offset)
        count = fuzz.total - offset;
    if (one_in(25))
        offset = wild();
    memcpy(body, &offset, sizeof offset);
    if (fuzz.unit->unit.profile.wanted + count <= PROFILE_MOST)
        memcpy(body + 4, &fuzz.segments[fuzz.unit->unit.profile.wanted], count * sizeof(struct ff_segment));
    send_frame(FF_MSG_PROFILE_DATA, body, (uint8_t)(4 + count * sizeof(struct ff_segment)));
}

static void send_arm(void)
{
    struct ff_arm arm = {7, (uint8_t)below(2)};
    send_frame(FF_MSG_ARM, &arm, sizeof arm);
}

static void send_go(void)
{
    struct ff_go go = {(uint16_t)any(), one_in(6) ? below(4000000) : 0};
    send_frame(FF_MSG_GO, &go, sizeof go);
}

static void send_home(void)
{
    struct ff_home home = {1 + below(3000)};
    send_frame(FF_MSG_HOME, &home, sizeof home);
}

static void send_u16(uint8_t type, uint16_t value)
{
    send_frame(type, &value, type == FF_MSG_HOLD ? 1 : 2);
}

static void send_bare(void)
{
    static const uint8_t types[] = {FF_MSG_GET_STATUS,     FF_MSG_PING,     FF_MSG_GET_CONFIG,   FF_MSG_SAVE_CONFIG,
                                    FF_MSG_GET_LAST_KNOWN, FF_MSG_GET_TAKE, FF_MSG_CONFIRM_POSITION, FF_MSG_PARK,
                                    FF_MSG_FACTORY_RESET,  FF_MSG_DISARM,   FF_MSG_UNLOAD,       FF_MSG_CLEAR_FAULT};
    uint8_t at = (uint8_t)below(sizeof types);
    if (at >= 6 && !one_in(4))
        at = (uint8_t)below(6);
    if (types[at] == FF_MSG_SAVE_CONFIG && !one_in(6)) /* 200 ms each */
        at = 1;
    send_frame(types[at], NULL, 0);
}

static void move_input(void)
{
    ff_virtual_set(fuzz.unit, one_in(2) ? FF_PIN_CUE : FF_PIN_STOP, (uint8_t)below(2), 0);
    run(below(20000));
}

static void lead_on(void)
{
    const struct ff_unit *unit = &fuzz.unit->unit;
    if (!unit->greeted) {
        send_hello();
        return;
    }
    switch (unit->state) {
    case FF_STATE_UNREFERENCED:
        if (one_in(6))
            send_home();
        else if (one_in(4))
            send_jog();
        else if (one_in(4))
            send_config();
        else
            send_position();
        break;
    case FF_STATE_IDLE:
        if (unit->profile.present && !one_in(20))
            send_data();
        else if (one_in(6))
            send_limits();
        else if (one_in(3))
            send_goto();
        else if (one_in(4))
            send_hand();
        else
            send_begin();
        break;
    case FF_STATE_LOADED:
        if (one_in(5))
            send_goto();
        else if (one_in(8))
            send_hand();
        else if (one_in(12))
            send_jog();
        else
            send_arm();
        break;
    case FF_STATE_ARMED:
        if (one_in(3))
            move_input();
        else
            send_go();
        break;
    case FF_STATE_PLAYING:
        if (unit->profile.present && !ff_profile_complete(&unit->profile))
            send_data();
        else
            run(below(400000));
        break;
    case FF_STATE_FAULT:
        ff_virtual_set(fuzz.unit, FF_PIN_STOP, 1, 0);
        send_frame(FF_MSG_CLEAR_FAULT, NULL, 0);
        break;
    default: /* on the way: wait, and sometimes want something else */
        if (!one_in(6))
            run(below(3000000));
        else if (one_in(3))
            send_goto();
        else if (one_in(2))
            send_jog();
        else
            send_hand();
        break;
    }
}

static void one_frame(void)
{
    fuzz.frame++;
    switch (below(64)) {
    case 0: case 1: send_noise(); break;
    case 2: case 3: send_hostile(); break;
    case 4: send_stop(); break;
    case 5: case 6: send_bare(); break;
    case 7: send_u16(FF_MSG_SET_TELEMETRY, (uint16_t)below(40)); break;
    case 8: send_jog(); break;
    case 9: send_goto(); break;
    case 10: if (one_in(8)) move_input(); else lead_on(); break;
    case 11: if (one_in(8)) send_u16(FF_MSG_HOLD, (uint16_t)below(3)); else lead_on(); break;
    case 12: if (one_in(3)) send_config(); else lead_on(); break;
    default: lead_on(); break;
    }
    if (one_in(4000))
        restart(NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    restart(NULL);
    ff_virtual_feed(fuzz.unit, bytes, length);
    run(length * 640 + 16000000);
    return 0;
}

static int run_file(const char *path)
{
    static uint8_t bytes[1 << 16];
    FILE *file = fopen(path, "rb");
    size_t length;
    if (file == NULL) {
        perror(path);
        return 2;
    }
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return LLVMFuzzerTestOneInput(bytes, length);
}

int main(int count, char **words)
{
    char *end;
    uint64_t frames;
    if (count < 2) {
        fprintf(stderr, "usage: fuzz COUNT [SEED] | fuzz FILE\n");
        return 2;
    }
    frames = strtoull(words[1], &end, 10);
    if (*end != '\0')
        return run_file(words[1]);
    fuzz.seed = count > 2 ? strtoull(words[2], NULL, 10) : 1;
    fuzz.random = fuzz.seed * 0x9E3779B97F4A7C15u + 1;
    restart(NULL);
    while (fuzz.frame < frames)
        one_frame();
    printf("%" PRIu64 " frames, seed %" PRIu64 ": %" PRIu64 " steps, %" PRIu64 " takes, %" PRIu64 " stops answered, "
           "%" PRIu64 " counts compared, no finding\n",
           fuzz.frame, fuzz.seed, fuzz.steps, fuzz.takes, fuzz.stopped, fuzz.compared);
    ff_virtual_free(fuzz.unit);
    return 0;
}
