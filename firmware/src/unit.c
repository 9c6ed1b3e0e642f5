#include "unit.h"

#include <string.h>

#include "crc.h"
#include "flash.h"
#include "states.h"

#define ROOM_FOR_A_REPLY (FF_REPLY_BUFFER + 24u) /* and an event */

static FF_FLASH struct ff_settings factory = {
    .config.full_steps_per_turn = 200,
    .config.microsteps = 16,
    .config.motor_teeth = 50,
    .config.lens_teeth = 130,
    .config.direction = 1,
    .config.dir_setup_ticks = 320, /* 20 µs: ten times what the slowest common driver asks */
    .config.min_interval_ticks = 320,
    .config.accel = 40000,
    .config.goto_rate = 6000,
    .config.home_rate = 800,
    .config.home_backoff = 32,
    .config.stop_input = FF_STOP_INPUT_NONE,
    .config.cue_edge = FF_CUE_EDGE_FALLING,
    .config.take_silence = FF_SILENCE_FINISH,
    .config.silence_ms = 250,
    .config.name = "followfocus",
    .safety.armed_silence_s = 120, /* longer than a slate and a wait for an actor, shorter than a break */
    .safety.settle_ms = 100, /* a rotor rings for 50 ms; a TMC driver measures its motor at standstill in less than 100 */
};

void ff_unit_factory_settings(struct ff_settings *settings)
{
    uint8_t *to = (uint8_t *)settings;
    uint8_t at;
    for (at = 0; at < sizeof *settings; at++)
        to[at] = ((FF_FLASH uint8_t *)&factory)[at];
}

/* ---- Line ------------------------------------------------------------------------------------------------------------ */

/* COBS as it goes: each zero is left open, and filled in when the next one is known. */
struct writer {
    struct ff_hal *hal;
    uint8_t at;
    uint8_t open;
    uint16_t crc;
};

static void write_byte(struct writer *writer, uint8_t byte)
{
    writer->crc = ff_crc16(writer->crc, &byte, 1);
    if (byte == 0) {
        ff_hal_tx_put(writer->hal, writer->open, (uint8_t)(writer->at - writer->open));
        writer->open = writer->at;
    } else {
        ff_hal_tx_put(writer->hal, writer->at, byte);
    }
    writer->at++;
}

/* False, and nothing is sent, where there is no room: events can be lost, and replies were given room beforehand. */
bool ff_unit_send(struct ff_unit *unit, uint8_t seq, uint8_t type, const void *body, uint8_t length)
{
    struct writer writer = {unit->hal, 1, 0, 0};
    const uint8_t *bytes = body;
    uint16_t crc;
    if (ff_hal_tx_room(unit->hal) < length + FF_FRAME_OVERHEAD)
        return false;
    write_byte(&writer, seq);
    write_byte(&writer, type);
    while (length--)
        write_byte(&writer, *bytes++);
    crc = writer.crc;
    write_byte(&writer, (uint8_t)crc);
    write_byte(&writer, (uint8_t)(crc >> 8));
    ff_hal_tx_put(unit->hal, writer.open, (uint8_t)(writer.at - writer.open));
    ff_hal_tx_put(unit->hal, writer.at, 0);
    ff_hal_tx_send(unit->hal, (uint8_t)(writer.at + 1u));
    return true;
}

static void send_stopped(struct ff_unit *unit, bool hard, int32_t position)
{
    struct ff_stopped stopped = {
        .clock = ff_hal_clock(unit->hal),
        .hard = hard,
        .was = unit->state,
        .position = position,
        .position_known = unit->referenced,
    };
    uint8_t buffer[sizeof stopped + FF_FRAME_OVERHEAD];
    _Static_assert(sizeof buffer <= FF_URGENT_MAX, "Stopped must fit the urgent buffer");
    buffer[1] = 0;
    buffer[2] = FF_MSG_STOPPED;
    memcpy(buffer + 3, &stopped, sizeof stopped);
    ff_hal_tx_urgent(unit->hal, buffer, ff_frame_seal(buffer, sizeof stopped));
}

void ff_unit_hello_reply(struct ff_unit *unit, uint8_t seq, uint32_t nonce)
{
    struct ff_hello_reply reply = {
        .nonce = nonce,
        .major = FF_PROTOCOL_MAJOR,
        .minor = FF_PROTOCOL_MINOR,
        .definitions = FF_DEFINITIONS_HASH,
        .firmware_major = FF_FIRMWARE_MAJOR,
        .firmware_minor = FF_FIRMWARE_MINOR,
        .firmware_patch = FF_FIRMWARE_PATCH,
        .board = ff_hal_board(unit->hal),
        .tick_hz = FF_TICK_HZ,
        .segment_capacity = FF_SEGMENT_CAPACITY,
        .max_payload = FF_MAX_PAYLOAD,
        .fastest_interval_ticks = FF_FASTEST_INTERVAL_TICKS,
        .boot_id = unit->boots * 0x9E3779B1UL, /* odd, so no two counts of boots share an id */
        .reset_cause = ff_hal_reset_cause(unit->hal),
    };
    memcpy(reply.serial, unit->serial, sizeof reply.serial);
    (void)ff_unit_send(unit, seq, FF_MSG_HELLO_REPLY, &reply, sizeof reply);
}

/* Now, in units of 256 ticks. */
static uint32_t slow_clock(const struct ff_unit *unit)
{
    return (uint32_t)(ff_hal_clock(unit->hal) >> 8);
}

static void heard(struct ff_unit *unit)
{
    unit->heard_at = slow_clock(unit);
    unit->silent = false;
}

/* Takes in what has come; true where a frame is ready. */
static bool poll_line(struct ff_unit *unit)
{
    uint8_t bytes = 32; /* at most, so that motion and stops get their turn */
    while (bytes-- && !unit->store.busy && unit->deferred == 0 && ff_hal_tx_room(unit->hal) >= ROOM_FOR_A_REPLY) {
        int16_t byte = ff_hal_rx(unit->hal);
        enum ff_frame_event event;
        if (byte < 0)
            return false;
        event = ff_frame_feed(&unit->in, (uint8_t)byte);
        if (event == FF_FRAME_BAD) {
            unit->bad_frames++;
        } else if (event == FF_FRAME_READY) {
            heard(unit);
            return true;
        }
    }
    return false;
}

/* ---- States ---------------------------------------------------------------------------------------------------------- */

static bool under_way(const struct ff_unit *unit)
{
    return unit->state == FF_STATE_MOVING || unit->state == FF_STATE_PLAYING || unit->state == FF_STATE_STOPPING;
}

/* The engine counts, or has counted what is still to be taken over. */
static bool engine_counts(const struct ff_unit *unit)
{
    return under_way(unit) && (unit->launched || unit->take_under_way);
}

static int32_t position_now(struct ff_unit *unit)
{
    struct ff_steps now;
    if (!engine_counts(unit))
        return unit->position;
    ff_hal_steps_now(unit->hal, &now);
    return now.position;
}

void ff_unit_become(struct ff_unit *unit, uint8_t state, uint8_t cause)
{
    struct ff_state_changed event = {
        .clock = ff_hal_clock(unit->hal),
        .before = unit->state,
        .after = state,
        .cause = cause,
        .fault = unit->fault,
        .position = position_now(unit),
    };
    if (state == unit->state)
        return;
    FF_CHECK(ff_state_may_follow(unit->state, state));
    if (unit->state == FF_STATE_ARMED) {
        ff_hal_cue(unit->hal, FF_CUE_OFF);
        unit->cue_wanted = false;
        unit->cue_enabled = false;
    }
    unit->state = state;
    (void)ff_unit_send(unit, 0, FF_MSG_STATE_CHANGED, &event, sizeof event);
}

void ff_unit_forget_profile(struct ff_unit *unit)
{
    unit->profile.present = false;
    if (unit->state == FF_STATE_LOADED)
        ff_unit_become(unit, FF_STATE_IDLE, FF_CAUSE_NONE);
}

void ff_unit_hold(struct ff_unit *unit, bool on)
{
    if (on && !unit->energised) { /* the rotor jumps to the field, by up to two full steps, and swings */
        unit->settling = true;
        unit->energised_at = (uint32_t)ff_hal_clock(unit->hal);
    }
    unit->energised = on;
}

static void poll_settling(struct ff_unit *unit)
{
    uint32_t since = (uint32_t)ff_hal_clock(unit->hal) - unit->energised_at;
    if (since >= unit->safety.settle_ms * FF_TICKS_PER_MS)
        unit->settling = false;
}

void ff_unit_refer(struct ff_unit *unit, int32_t position)
{
    unit->position = position;
    unit->referenced = true;
    ff_unit_hold(unit, true);
    ff_unit_forget_profile(unit);
    if (unit->state == FF_STATE_UNREFERENCED)
        ff_unit_become(unit, FF_STATE_IDLE, FF_CAUSE_NONE);
}

void ff_unit_release(struct ff_unit *unit)
{
    ff_unit_hold(unit, false);
    unit->referenced = false;
    ff_unit_forget_profile(unit);
    if (unit->state != FF_STATE_FAULT)
        ff_unit_become(unit, FF_STATE_UNREFERENCED, FF_CAUSE_NONE);
}

void ff_unit_withdraw_last_known(struct ff_unit *unit)
{
    if (unit->last_known.valid && !unit->store.busy) {
        unit->last_known.valid = 0;
        ff_store_withdraw(&unit->store, unit->hal, FF_STORE_LAST_KNOWN);
    }
}

/* After a motion, take or stop: back to where it came from, or to the fault that made it stop. */
void ff_unit_settle(struct ff_unit *unit, uint8_t cause)
{
    ff_take_end(unit, cause);
    if (unit->fault_at_rest != FF_FAULT_NONE) {
        unit->fault = unit->fault_at_rest;
        unit->fault_at_rest = FF_FAULT_NONE;
        ff_unit_become(unit, FF_STATE_FAULT, FF_CAUSE_FAULT);
        return;
    }
    if (unit->return_to == FF_STATE_IDLE && unit->profile.present && ff_profile_streamed(&unit->profile) &&
        (unit->state == FF_STATE_PLAYING || unit->state == FF_STATE_STOPPING))
        unit->profile.present = false;
    ff_unit_become(unit, unit->return_to, cause);
}

void ff_unit_latch(struct ff_unit *unit, uint8_t fault, uint8_t cause)
{
    if (unit->state == FF_STATE_FAULT)
        return;
    ff_motion_cut(unit);
    unit->fault = fault;
    unit->fault_at_rest = FF_FAULT_NONE;
    if (fault == FF_FAULT_STALL)
        unit->referenced = false;
    ff_take_end(unit, cause);
    ff_unit_become(unit, FF_STATE_FAULT, cause);
}

bool ff_unit_has_stop_button(const struct ff_unit *unit)
{
    return unit->config.stop_input == FF_STOP_INPUT_STOP_BUTTON || unit->config.stop_input == FF_STOP_INPUT_STOP_BUTTON_NC;
}

bool ff_unit_stop_button_held(const struct ff_unit *unit)
{
    return ff_unit_has_stop_button(unit) && unit->stop_level;
}

uint32_t ff_unit_min_interval(const struct ff_unit *unit)
{
    uint32_t set = unit->config.min_interval_ticks;
    return set > FF_FASTEST_INTERVAL_TICKS ? set : FF_FASTEST_INTERVAL_TICKS;
}

/* ---- Stops and inputs ------------------------------------------------------------------------------------------------ */

static void stop(struct ff_unit *unit, bool hard)
{
    uint8_t cause = hard ? FF_CAUSE_HARD_STOP : FF_CAUSE_STOP;
    int32_t position;
    heard(unit);
    if (unit->state == FF_STATE_MOVING || unit->state == FF_STATE_PLAYING)
        ff_motion_stand(unit);
    position = position_now(unit);
    if (hard && under_way(unit)) {
        ff_motion_cut(unit);
        position = unit->position;
    }
    send_stopped(unit, hard, position);
    if (unit->state == FF_STATE_ARMED)
        ff_take_disarm(unit, cause);
    else if (hard && under_way(unit))
        ff_unit_settle(unit, cause);
    else if (unit->state == FF_STATE_MOVING || unit->state == FF_STATE_PLAYING)
        ff_motion_slow_down(unit, cause, FF_FAULT_NONE);
}

/* How the stop input moves when it becomes active: a button that is closed until pressed lets the pin go up. */
static uint8_t stop_press(const struct ff_unit *unit)
{
    return unit->config.stop_input == FF_STOP_INPUT_STOP_BUTTON_NC ? FF_WENT_HIGH : FF_WENT_LOW;
}

static bool stop_active(const struct ff_unit *unit, uint8_t inputs)
{
    return ((inputs & FF_IN_STOP) != 0) == (stop_press(unit) == FF_WENT_LOW);
}

static void stop_input(struct ff_unit *unit, bool level, bool edge)
{
    unit->stop_level = level;
    if (ff_unit_has_stop_button(unit)) {
        if (level || edge)
            ff_unit_latch(unit, FF_FAULT_STOP_INPUT, FF_CAUSE_STOP_INPUT);
    } else if (unit->config.stop_input == FF_STOP_INPUT_HOME_SWITCH) {
        if (unit->homing != FF_HOMING_NOT)
            ff_home_poll(unit, level || edge);
        else if (edge && under_way(unit))
            ff_unit_latch(unit, FF_FAULT_STALL, FF_CAUSE_FAULT);
    }
}

void ff_unit_urgent(struct ff_unit *unit)
{
    uint8_t stops = ff_hal_stop_seen(unit->hal);
    uint8_t inputs;
    bool edge;
    if (stops != 0)
        stop(unit, (stops & FF_HARD_STOP_SEEN) != 0);
    inputs = ff_hal_inputs(unit->hal);
    edge = (ff_hal_stop_moved(unit->hal) & stop_press(unit)) != 0;
    stop_input(unit, stop_active(unit, inputs), edge);
}

static void poll_silence(struct ff_unit *unit)
{
    uint32_t since = slow_clock(unit) - unit->heard_at;
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

/* ---- Telemetry ------------------------------------------------------------------------------------------------------- */

static uint8_t flags_of(struct ff_unit *unit)
{
    uint8_t inputs = ff_hal_inputs(unit->hal);
    uint8_t flags = 0;
    if (unit->referenced)
        flags |= FF_FLAG_REFERENCED;
    if (unit->energised)
        flags |= FF_FLAG_ENERGISED;
    if (unit->cue_wanted)
        flags |= FF_FLAG_CUE_ENABLED;
    if (unit->profile.present && ff_profile_complete(&unit->profile))
        flags |= FF_FLAG_PROFILE_COMPLETE;
    if (unit->profile.present && ff_profile_streamed(&unit->profile))
        flags |= FF_FLAG_STREAMING;
    if (unit->last_known.valid)
        flags |= FF_FLAG_LAST_KNOWN;
    if (stop_active(unit, inputs))
        flags |= FF_FLAG_STOP_ACTIVE;
    if (inputs & FF_IN_CUE)
        flags |= FF_FLAG_CUE_ACTIVE;
    return flags;
}

void ff_unit_telemetry(struct ff_unit *unit, struct ff_telemetry *telemetry)
{
    struct ff_steps now;
    uint8_t flags = flags_of(unit);
    ff_hal_steps_now(unit->hal, &now);
    memset(telemetry, 0, sizeof *telemetry);
    telemetry->clock = ff_hal_clock(unit->hal);
    telemetry->state = unit->state;
    telemetry->flags = flags;
    telemetry->fault = unit->fault;
    telemetry->position = unit->position;
    if (engine_counts(unit)) {
        telemetry->position = now.position;
        if ((now.flags & FF_STEPS_RUNNING) && (now.flags & FF_STEPS_MOVING)) {
            int32_t rate = (int32_t)((FF_TICK_HZ << FF_FRACTION_BITS) / now.interval);
            telemetry->rate = now.direction < 0 ? -rate : rate;
        }
    }
    telemetry->free_segments = FF_SEGMENT_CAPACITY;
    if (unit->profile.present) {
        uint8_t read = 0;
        if (unit->state == FF_STATE_PLAYING && ff_profile_streamed(&unit->profile))
            read = now.read;
        telemetry->free_segments = ff_profile_free(&unit->profile, read);
        telemetry->wanted_offset = unit->profile.wanted;
    }
    telemetry->last_take = unit->last_take;
    telemetry->bad_frames = unit->bad_frames;
}

static void __attribute__((noinline)) poll_telemetry(struct ff_unit *unit)
{
    struct ff_telemetry telemetry;
    uint32_t now = (uint32_t)ff_hal_clock(unit->hal);
    if (unit->telemetry_ms == 0 || now - unit->telemetry_at < unit->telemetry_ms * FF_TICKS_PER_MS)
        return;
    unit->telemetry_at = now;
    ff_unit_telemetry(unit, &telemetry);
    (void)ff_unit_send(unit, 0, FF_MSG_TELEMETRY, &telemetry, sizeof telemetry);
}

/* ---- Start and main loop --------------------------------------------------------------------------------------------- */

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

/* Sets whether the stop input cuts the steps by itself. */
void ff_unit_guard(struct ff_unit *unit)
{
    bool on = ff_unit_has_stop_button(unit);
    if (unit->config.stop_input == FF_STOP_INPUT_HOME_SWITCH) {
        if (unit->homing == FF_HOMING_NOT)
            on = under_way(unit);
        else
            on = (unit->homing == FF_HOMING_DOWN || unit->homing == FF_HOMING_UP) && unit->home_released;
    }
    ff_hal_stop_guard(unit->hal, on ? stop_press(unit) : 0);
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
    if (!ff_store_read(hal, FF_STORE_SETTINGS, &unit->settings))
        ff_unit_factory_settings(&unit->settings);
    if (!ff_store_read(hal, FF_STORE_SERIAL, unit->serial))
        memset(unit->serial, '0', sizeof unit->serial);
    if (!ff_store_read(hal, FF_STORE_LAST_KNOWN, &unit->last_known))
        memset(&unit->last_known, 0, sizeof unit->last_known);
    if (!ff_store_read(hal, FF_STORE_BOOTS, &unit->boots))
        unit->boots = 0;
    unit->boots++;
    ff_store_write(&unit->store, hal, FF_STORE_BOOTS, &unit->boots);
    heard(unit);
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
    ff_take_poll(unit);
    poll_silence(unit);
    poll_settling(unit);
    ff_motion_poll(unit);
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
