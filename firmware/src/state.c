/* SPDX-License-Identifier: MIT */
/* What every part of the unit stands on: its state and what is sent of it, whether the motor holds, what the inputs mean. */
#include <string.h>

#include "crc.h"
#include "states.h"
#include "unit.h"

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

/* ---- States ---------------------------------------------------------------------------------------------------------- */

bool ff_unit_under_way(const struct ff_unit *unit)
{
    return unit->state == FF_STATE_MOVING || unit->state == FF_STATE_PLAYING || unit->state == FF_STATE_STOPPING;
}

/* The engine counts, or has counted what is still to be taken over. */
bool ff_unit_engine_counts(const struct ff_unit *unit)
{
    return ff_unit_under_way(unit) && (unit->launched || unit->take_phase == FF_TAKE_UNDER_WAY);
}

int32_t ff_unit_position(struct ff_unit *unit)
{
    struct ff_steps now;
    if (!ff_unit_engine_counts(unit))
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
        .position = ff_unit_position(unit),
    };
    if (state == unit->state)
        return;
    FF_CHECK(ff_state_may_follow(unit->state, state));
    if (unit->state == FF_STATE_ARMED) {
        ff_hal_cue(unit->hal, FF_CUE_OFF);
        unit->cue_phase = FF_CUE_NOT_WANTED;
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
    if (unit->parked && !unit->store.busy) {
        unit->parked = false;
        ff_store_withdraw(&unit->store, unit->hal, FF_STORE_LAST_KNOWN);
    }
}

/* ---- Hearing and inputs ---------------------------------------------------------------------------------------------- */

/* Now, in units of 256 ticks. */
uint32_t ff_unit_slow_clock(const struct ff_unit *unit)
{
    uint64_t clock = ff_hal_clock(unit->hal);
    uint32_t slow;
    memcpy(&slow, (const uint8_t *)&clock + 1, sizeof slow); /* little-endian, as on the wire; a shift of 64 bits takes 60 bytes */
    return slow;
}

void ff_unit_heard(struct ff_unit *unit)
{
    unit->heard_at = ff_unit_slow_clock(unit);
    unit->silent = false;
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

/* How the stop input moves when it becomes active: a button that is closed until pressed lets the pin go up. */
uint8_t ff_unit_stop_press(const struct ff_unit *unit)
{
    return unit->config.stop_input == FF_STOP_INPUT_STOP_BUTTON_NC ? FF_WENT_HIGH : FF_WENT_LOW;
}

/* Whether the stop or stall input is active, by the levels of the inputs (FF_IN_…). */
bool ff_unit_stop_active(const struct ff_unit *unit, uint8_t inputs)
{
    return ((inputs & FF_IN_STOP) != 0) == (ff_unit_stop_press(unit) == FF_WENT_LOW);
}

/* Sets whether the stop input cuts the steps by itself. */
void ff_unit_guard(struct ff_unit *unit)
{
    bool on = ff_unit_has_stop_button(unit);
    if (unit->config.stop_input == FF_STOP_INPUT_HOME_SWITCH) {
        if (!ff_home_under_way(unit))
            on = ff_unit_under_way(unit);
        else
            on = (unit->purpose == FF_HOMING_DOWN || unit->purpose == FF_HOMING_UP) && unit->home_released;
    }
    ff_hal_stop_guard(unit->hal, on ? ff_unit_stop_press(unit) : 0);
}
