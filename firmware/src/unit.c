/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "flash.h"

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
    if (!ff_store_read(unit->hal, FF_STORE_SERIAL, reply.serial))
        memset(reply.serial, '0', sizeof reply.serial);
    (void)ff_unit_send(unit, seq, FF_MSG_HELLO_REPLY, &reply, sizeof reply);
}

/* ---- Endings --------------------------------------------------------------------------------------------------------- */

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

/* What moved has come to rest by itself, or by slowing down. */
static void rested(struct ff_unit *unit)
{
    uint8_t cause = FF_CAUSE_DONE;
    if (unit->state == FF_STATE_STOPPING)
        cause = unit->stop_cause;
    else if (unit->state == FF_STATE_MOVING && unit->purpose == FF_TO_JOG)
        cause = FF_CAUSE_SOFT_LIMIT;
    ff_unit_settle(unit, cause);
}

void ff_unit_happened(struct ff_unit *unit, enum ff_event event)
{
    if (event == FF_EVENT_RESTED)
        rested(unit);
    else if (event != FF_EVENT_NONE)
        ff_unit_latch(unit, (uint8_t)event, FF_CAUSE_FAULT);
}

/* ---- Stops and inputs ------------------------------------------------------------------------------------------------ */

static void stop(struct ff_unit *unit, bool hard)
{
    uint8_t cause = hard ? FF_CAUSE_HARD_STOP : FF_CAUSE_STOP;
    int32_t position;
    unit->overtaken = (uint8_t)(ff_hal_rx_waiting(unit->hal) + 1u); /* with the frame in hand, which ends with the byte read last */
    ff_unit_heard(unit);
    if (unit->state == FF_STATE_MOVING || unit->state == FF_STATE_PLAYING)
        ff_motion_stand(unit);
    position = ff_unit_position(unit);
    if (hard && ff_unit_under_way(unit)) {
        ff_motion_cut(unit);
        position = unit->position;
    }
    send_stopped(unit, hard, position);
    if (unit->state == FF_STATE_ARMED)
        ff_take_disarm(unit, cause);
    else if (hard && ff_unit_under_way(unit))
        ff_unit_settle(unit, cause);
    else if (unit->state == FF_STATE_MOVING || unit->state == FF_STATE_PLAYING)
        ff_motion_slow_down(unit, cause, FF_FAULT_NONE);
}

static void stop_input(struct ff_unit *unit, bool level, bool edge)
{
    unit->stop_level = level;
    if (ff_unit_has_stop_button(unit)) {
        if (level || edge)
            ff_unit_latch(unit, FF_FAULT_STOP_INPUT, FF_CAUSE_STOP_INPUT);
    } else if (unit->config.stop_input == FF_STOP_INPUT_HOME_SWITCH) {
        if (ff_home_under_way(unit))
            ff_home_poll(unit, level || edge);
        else if (edge && ff_unit_under_way(unit))
            ff_unit_latch(unit, FF_FAULT_STALL, FF_CAUSE_FAULT);
    }
}

void ff_unit_urgent(struct ff_unit *unit)
{
    uint8_t stops = ff_hal_stop_seen(unit->hal);
    uint8_t inputs;
    bool edge;
    if (stops & (FF_STOP_SEEN | FF_HARD_STOP_SEEN))
        stop(unit, (stops & FF_HARD_STOP_SEEN) != 0);
    else if (stops & FF_STOP_OWED) /* it came with another, or while that was answered */
        send_stopped(unit, (stops & FF_HARD_STOP_OWED) != 0, ff_unit_position(unit));
    inputs = ff_hal_inputs(unit->hal);
    edge = (ff_hal_stop_moved(unit->hal) & ff_unit_stop_press(unit)) != 0;
    stop_input(unit, ff_unit_stop_active(unit, inputs), edge);
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
    if (unit->cue_phase != FF_CUE_NOT_WANTED)
        flags |= FF_FLAG_CUE_ENABLED;
    if (unit->profile.present && ff_profile_complete(&unit->profile))
        flags |= FF_FLAG_PROFILE_COMPLETE;
    if (unit->profile.present && ff_profile_streamed(&unit->profile))
        flags |= FF_FLAG_STREAMING;
    if (unit->parked)
        flags |= FF_FLAG_LAST_KNOWN;
    if (ff_unit_stop_active(unit, inputs))
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
    if (ff_unit_engine_counts(unit)) {
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
