/* SPDX-License-Identifier: MIT */
/* The main loop: everything in turn, and nothing that waits. */
#include <string.h>

#include "unit.h"

#define ROOM_FOR_AN_EVENT 24u
#define ROOM_FOR_A_REPLY (FF_REPLY_BUFFER + ROOM_FOR_AN_EVENT) /* and an event */

/* What a frame may make the unit say has room on the line. A hand's word, or what may become one, makes it say an event at most:
 * it doesn't wait for telemetry to go out. */
static bool has_room(const struct ff_unit *unit)
{
    uint8_t room = ff_hal_tx_room(unit->hal);
    return room >= ROOM_FOR_A_REPLY || (room >= ROOM_FOR_AN_EVENT && ff_frame_may_be(&unit->in, 0, FF_MSG_FOLLOW));
}

/* Takes in what has come; true where a frame is ready. */
static bool poll_line(struct ff_unit *unit)
{
    uint8_t bytes = 32; /* at most, so that motion and stops get their turn */
    while (bytes-- && !unit->store.busy && unit->deferred == 0 && has_room(unit)) {
        int16_t byte = ff_hal_rx(unit->hal);
        enum ff_frame_event event;
        if (byte < 0)
            return false;
        if (byte & FF_RX_LOST)
            unit->bad_frames++; /* even where nothing is left of what was lost */
        if (unit->overtaken != 0)
            unit->overtaken--;
        event = ff_frame_feed(&unit->in, (uint8_t)byte);
        if (event == FF_FRAME_BAD) {
            unit->bad_frames++;
        } else if (event == FF_FRAME_READY) {
            ff_unit_heard(unit);
            return true;
        }
    }
    return false;
}

static void poll_silence(struct ff_unit *unit)
{
    uint32_t since = ff_unit_slow_clock(unit) - unit->heard_at;
    if (since >= unit->config.silence_ms * (FF_TICKS_PER_MS / 4u) / 64u)
        unit->silent = true; /* stays so until a frame comes, however often the 32 bits go round */
    if (!unit->silent)
        return;
    if (unit->state == FF_STATE_ARMED) {
        if (unit->safety.armed_silence_s != 0 && since >= unit->safety.armed_silence_s * (FF_TICK_HZ / 256u))
            ff_take_disarm(unit, FF_CAUSE_SILENCE);
    } else if (unit->state == FF_STATE_MOVING) {
        ff_motion_slow_down(unit, FF_CAUSE_SILENCE, FF_FAULT_NONE);
    } else if (unit->state == FF_STATE_PLAYING && unit->config.take_silence == FF_SILENCE_SLOW_DOWN) {
        ff_motion_slow_down(unit, FF_CAUSE_SILENCE, FF_FAULT_NONE);
    } else if (unit->state == FF_STATE_PLAYING && unit->config.take_silence == FF_SILENCE_STOP_AT_ONCE) {
        ff_motion_cut(unit);
        ff_unit_settle(unit, FF_CAUSE_SILENCE);
    }
}

static void poll_settling(struct ff_unit *unit)
{
    uint32_t since = (uint32_t)ff_hal_clock(unit->hal) - unit->energised_at;
    if (since >= unit->safety.settle_ms * FF_TICKS_PER_MS)
        unit->settling = false;
}

static void __attribute__((noinline)) poll_telemetry(struct ff_unit *unit)
{
    struct ff_telemetry telemetry;
    uint32_t now = (uint32_t)ff_hal_clock(unit->hal);
    if (unit->telemetry_ms == 0 || now - unit->telemetry_at < unit->telemetry_ms * FF_TICKS_PER_MS ||
        ff_hal_tx_room(unit->hal) < ROOM_FOR_A_REPLY) /* behind all else, and never in its way */
        return;
    unit->telemetry_at = now;
    ff_unit_telemetry(unit, &telemetry);
    (void)ff_unit_send(unit, 0, FF_MSG_TELEMETRY, &telemetry, sizeof telemetry);
}

static void poll_store(struct ff_unit *unit)
{
    enum ff_store_status status = ff_store_poll(&unit->store, unit->hal);
    if (status == FF_STORE_BUSY)
        return;
    if (!unit->announced && ff_hal_tx_room(unit->hal) >= ROOM_FOR_A_REPLY) {
        unit->announced = true; /* the count of boots is kept: the boot id is good */
        ff_hal_tx_put(unit->hal, 0, 0); /* ends the frame that a reset may have cut in half */
        ff_hal_tx_send(unit->hal, 1);
        ff_unit_hello_reply(unit, 0, 0);
    }
    if (unit->deferred != 0 && unit->deferred != FF_MSG_PROFILE_DATA && status != FF_STORE_IDLE)
        ff_command_deferred(unit, status == FF_STORE_DONE ? FF_RESULT_OK : FF_RESULT_STORE_FAILED);
}

static void poll_outputs(struct ff_unit *unit)
{
    uint8_t bits = 0;
    if (unit->energised)
        bits |= FF_OUT_ENERGISE;
    if (unit->state == FF_STATE_ARMED)
        bits |= FF_OUT_READY;
    if (unit->config.direction < 0)
        bits |= FF_OUT_MIRROR;
    ff_hal_outputs(unit->hal, bits);
    ff_unit_guard(unit);
}

/* A motion that has come to rest may be a phase of homing. */
static enum ff_event poll_motion(struct ff_unit *unit)
{
    enum ff_event event = ff_motion_poll(unit);
    if (event == FF_EVENT_RESTED && unit->state == FF_STATE_MOVING && ff_home_under_way(unit))
        return ff_home_rest(unit);
    return event;
}

void ff_unit_start(struct ff_unit *unit, struct ff_hal *hal)
{
    unit->hal = hal;
    unit->minimum = INT32_MIN;
    unit->maximum = INT32_MAX;
    unit->direction = 1;
    unit->segments.slots = unit->segment_slots;
    unit->segments.places = FF_SEGMENT_CAPACITY;
    unit->motion.slots = unit->motion_slots;
    unit->motion.places = FF_MOTION_PLACES;
    unit->profile.queue = &unit->segments;
    ff_queue_clear(&unit->segments);
    ff_queue_clear(&unit->motion);
    if (!ff_store_read(hal, FF_STORE_SETTINGS, &unit->settings)) {
        ff_unit_factory_settings(&unit->settings);
        if (ff_store_used(hal, FF_STORE_SETTINGS))
            unit->config.name[FF_LOST_MARK_AT] = '?'; /* what was kept is not whole any more: its name says so */
    }
    unit->parked = ff_store_read(hal, FF_STORE_LAST_KNOWN, ff_frame_room(&unit->in));
    if (!ff_store_read(hal, FF_STORE_BOOTS, &unit->boots))
        unit->boots = 0;
    unit->boots++;
    ff_store_write(&unit->store, hal, FF_STORE_BOOTS, &unit->boots);
    ff_unit_heard(unit);
    poll_outputs(unit);
}

/* Stops, inputs, cue: several times a round, since a cue is launched 1 ms after its edge. */
static void look(struct ff_unit *unit)
{
    ff_unit_urgent(unit);
    ff_take_cue_poll(unit);
}

void ff_unit_poll(struct ff_unit *unit)
{
    ff_hal_watchdog(unit->hal);
    if (!ff_hal_sound(unit->hal))
        ff_unit_latch(unit, FF_FAULT_INTERNAL, FF_CAUSE_FAULT);
    look(unit);
    ff_unit_happened(unit, ff_take_poll(unit));
    poll_silence(unit);
    poll_settling(unit);
    ff_unit_happened(unit, poll_motion(unit));
    poll_store(unit);
    ff_command_poll(unit);
    look(unit);
    if (poll_line(unit)) {
        look(unit);
        ff_command_take(unit);
    }
    look(unit);
    poll_telemetry(unit);
    poll_outputs(unit);
}
