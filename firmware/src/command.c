/* SPDX-License-Identifier: MIT */
/* What the unit does with each command: one small function a command, one table of them.
 *
 * Length, state and reference are asked by the table. A handler answers with an enum ff_result, the detail in *detail; or with
 * ANSWERED where it has sent a reply of its own, or DEFERRED where the Ack comes later: after the store, after the last segment, or
 * when a motor that was off has settled.
 */
#include <string.h>

#include "flash.h"
#include "states.h"
#include "unit.h"

#define ANSWERED 0xFFu
#define DEFERRED 0xFEu

typedef uint8_t handler(struct ff_unit *unit, const void *body, int32_t *detail);

static uint8_t reply(struct ff_unit *unit, uint8_t type, const void *body, uint8_t length)
{
    (void)ff_unit_send(unit, ff_frame_seq(&unit->in), type, body, length);
    return ANSWERED;
}

static void __attribute__((noinline)) acknowledge(struct ff_unit *unit, uint8_t seq, uint8_t command, uint8_t result, int32_t detail)
{
    unit->last_was_ack = true;
    unit->last_ack.command = command;
    unit->last_ack.result = result;
    unit->last_ack.detail = detail;
    (void)ff_unit_send(unit, seq, FF_MSG_ACK, &unit->last_ack, sizeof unit->last_ack);
}

static uint8_t on_get_status(struct ff_unit *unit, const void *body, int32_t *detail)
{
    struct ff_telemetry telemetry;
    (void)body;
    (void)detail;
    ff_unit_telemetry(unit, &telemetry);
    return reply(unit, FF_MSG_TELEMETRY, &telemetry, sizeof telemetry);
}

static uint8_t on_ping(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)unit;
    (void)body;
    (void)detail;
    return FF_RESULT_OK;
}

/* ---- Settings -------------------------------------------------------------------------------------------------------- */

static uint8_t on_get_config(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    return reply(unit, FF_MSG_CONFIG, &unit->config, sizeof unit->config);
}

static bool config_good(const struct ff_config *config)
{
    if (config->full_steps_per_turn == 0 || config->microsteps == 0 || config->motor_teeth == 0 || config->lens_teeth == 0)
        return false;
    if (config->min_interval_ticks == 0 || config->min_interval_ticks > (UINT32_MAX >> FF_FRACTION_BITS))
        return false;
    if (config->accel == 0 || config->accel > FF_ACCEL_MAX)
        return false;
    if (config->goto_rate == 0 || config->home_rate == 0 || config->silence_ms == 0)
        return false;
    if (config->direction != 1 && config->direction != -1)
        return false;
    return config->stop_input <= FF_STOP_INPUT_STOP_BUTTON_NC && config->cue_edge <= FF_CUE_EDGE_RISING &&
           config->take_silence <= FF_SILENCE_STOP_AT_ONCE;
}

static bool same_gears(const struct ff_config *old, const struct ff_config *new)
{
    return old->full_steps_per_turn == new->full_steps_per_turn && old->microsteps == new->microsteps &&
           old->motor_teeth == new->motor_teeth && old->lens_teeth == new->lens_teeth &&
           old->direction == new->direction;
}

static uint8_t on_config(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)detail;
    if (!config_good(body))
        return FF_RESULT_BAD_VALUE;
    if (!same_gears(&unit->config, body)) /* what was parked was counted in the old ones */
        ff_unit_withdraw_last_known(unit);
    memcpy(&unit->config, body, sizeof unit->config);
    ff_unit_forget_profile(unit);
    return FF_RESULT_OK;
}

static uint8_t save(struct ff_unit *unit, enum ff_store_item item, const void *data)
{
    ff_store_write(&unit->store, unit->hal, item, data);
    return DEFERRED;
}

static uint8_t on_save_config(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    return save(unit, FF_STORE_SETTINGS, &unit->settings);
}

static uint8_t on_factory_reset(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    ff_unit_forget_profile(unit);
    ff_unit_withdraw_last_known(unit); /* it may have been counted in other gears; the settings go after it */
    if (unit->store.busy)
        return DEFERRED;
    ff_unit_factory_settings(&unit->settings);
    return save(unit, FF_STORE_SETTINGS, &unit->settings);
}

static uint8_t on_get_safety(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    return reply(unit, FF_MSG_SAFETY, &unit->safety, sizeof unit->safety);
}

static uint8_t on_safety(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_safety *safety = body;
    (void)detail;
    if (safety->settle_ms > FF_SETTLE_MAX_MS)
        return FF_RESULT_BAD_VALUE;
    unit->safety = *safety;
    return FF_RESULT_OK;
}

static uint8_t on_set_serial(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const uint8_t *serial = body;
    uint8_t at;
    (void)detail;
    for (at = 0; at < sizeof(struct ff_set_serial); at++) {
        if (serial[at] <= 0x20u || serial[at] >= 0x7Fu)
            return FF_RESULT_BAD_VALUE;
    }
    return save(unit, FF_STORE_SERIAL, serial); /* the frame stays in `in` until the store is done */
}

static uint8_t on_set_telemetry(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_set_telemetry *message = body;
    (void)detail;
    if (message->period_ms != 0 && message->period_ms < 5)
        return FF_RESULT_BAD_VALUE;
    unit->telemetry_ms = message->period_ms;
    unit->telemetry_at = (uint32_t)ff_hal_clock(unit->hal);
    return FF_RESULT_OK;
}

static uint8_t on_set_limits(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_set_limits *message = body;
    (void)detail;
    if (message->minimum > message->maximum)
        return FF_RESULT_BAD_VALUE;
    unit->minimum = message->minimum;
    unit->maximum = message->maximum;
    ff_unit_forget_profile(unit);
    return FF_RESULT_OK;
}

/* ---- Position -------------------------------------------------------------------------------------------------------- */

/* Energises the motor: true where it was off, and the rotor has to settle before anything is said of its place. */
static bool take_hold(struct ff_unit *unit)
{
    ff_unit_hold(unit, true);
    return unit->settling;
}

static uint8_t on_set_position(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_set_position *message = body;
    (void)detail;
    if (take_hold(unit))
        return DEFERRED;
    ff_unit_refer(unit, message->position);
    return FF_RESULT_OK;
}

static uint8_t on_park(struct ff_unit *unit, const void *body, int32_t *detail)
{
    struct ff_last_known *known = ff_frame_room(&unit->in); /* until the store is done no other frame is taken in */
    (void)body;
    (void)detail;
    known->valid = 1;
    known->position = unit->position;
    known->minimum = unit->minimum;
    known->maximum = unit->maximum;
    unit->parked = true;
    return save(unit, FF_STORE_LAST_KNOWN, known);
}

/* Reads what parking has kept: false, and all zero, where there is nothing that still holds. */
static bool last_known(struct ff_unit *unit, struct ff_last_known *known)
{
    if (unit->parked && ff_store_read(unit->hal, FF_STORE_LAST_KNOWN, known))
        return true;
    memset(known, 0, sizeof *known);
    return false;
}

static uint8_t on_get_last_known(struct ff_unit *unit, const void *body, int32_t *detail)
{
    struct ff_last_known known;
    (void)body;
    (void)detail;
    (void)last_known(unit, &known);
    return reply(unit, FF_MSG_LAST_KNOWN, &known, sizeof known);
}

static uint8_t on_confirm_position(struct ff_unit *unit, const void *body, int32_t *detail)
{
    struct ff_last_known known;
    (void)body;
    (void)detail;
    if (!last_known(unit, &known))
        return FF_RESULT_NOTHING_KNOWN;
    if (take_hold(unit))
        return DEFERRED;
    unit->minimum = known.minimum;
    unit->maximum = known.maximum;
    ff_unit_refer(unit, known.position);
    return FF_RESULT_OK;
}

static uint8_t on_hold(struct ff_unit *unit, const void *body, int32_t *detail)
{
    uint8_t energise = *(const uint8_t *)body;
    (void)detail;
    if (energise > 1)
        return FF_RESULT_BAD_VALUE;
    if (energise)
        return take_hold(unit) ? DEFERRED : FF_RESULT_OK;
    ff_unit_release(unit);
    return FF_RESULT_OK;
}

/* ---- Motion ---------------------------------------------------------------------------------------------------------- */

static uint8_t on_home(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_home *message = body;
    (void)detail;
    if (ff_unit_stop_button_held(unit))
        return FF_RESULT_INPUT_ACTIVE;
    if (unit->config.stop_input != FF_STOP_INPUT_HOME_SWITCH)
        return FF_RESULT_NO_INPUT;
    if (message->max_steps == 0)
        return FF_RESULT_BAD_VALUE;
    ff_home_begin(unit, message->max_steps);
    return FF_RESULT_OK;
}

static uint8_t on_goto(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_goto *message = body;
    (void)detail;
    if (!unit->referenced)
        return FF_RESULT_NOT_REFERENCED;
    if (ff_unit_stop_button_held(unit))
        return FF_RESULT_INPUT_ACTIVE;
    if (message->position < unit->minimum || message->position > unit->maximum)
        return FF_RESULT_OUTSIDE_LIMITS;
    ff_motion_go(unit, message->position, message->rate != 0 ? message->rate : unit->config.goto_rate);
    return FF_RESULT_OK;
}

static uint8_t on_jog(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_jog *message = body;
    (void)detail;
    if (ff_home_under_way(unit))
        return FF_RESULT_WRONG_STATE;
    if (ff_unit_stop_button_held(unit))
        return FF_RESULT_INPUT_ACTIVE;
    ff_motion_jog(unit, message->rate);
    return FF_RESULT_OK;
}

/* ---- Takes ----------------------------------------------------------------------------------------------------------- */

static uint8_t on_profile_begin(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_profile_begin *begin = body;
    (void)detail;
    if (begin->total == 0 || begin->head != (begin->total < FF_SEGMENT_CAPACITY ? begin->total : FF_SEGMENT_CAPACITY))
        return FF_RESULT_BAD_VALUE;
    if (begin->start < unit->minimum || begin->start > unit->maximum)
        return FF_RESULT_OUTSIDE_LIMITS;
    ff_unit_forget_profile(unit);
    ff_profile_open(&unit->profile, begin);
    return FF_RESULT_OK;
}

/* A segment was refused: a profile that is being played slows down into a fault, any other is forgotten. */
static void profile_failed(struct ff_unit *unit, uint8_t result)
{
    if (unit->state == FF_STATE_PLAYING) {
        ff_motion_slow_down(unit, FF_CAUSE_FAULT,
                            result == FF_RESULT_CRC_MISMATCH ? FF_FAULT_STREAM_CRC : FF_FAULT_STREAM_LIMIT);
    } else {
        if (unit->state == FF_STATE_ARMED)
            ff_take_disarm(unit, FF_CAUSE_FAULT);
        ff_unit_forget_profile(unit);
    }
}

static uint8_t segments_in(const struct ff_unit *unit)
{
    return (uint8_t)((ff_frame_body_length(&unit->in) - 4u) / sizeof(struct ff_segment));
}

static uint8_t free_segments(struct ff_unit *unit)
{
    struct ff_steps now;
    if (unit->state != FF_STATE_PLAYING)
        return ff_profile_free(&unit->profile, 0);
    ff_hal_steps_now(unit->hal, &now);
    ff_played_count(unit, now.read);
    return ff_profile_free(&unit->profile, ff_profile_streamed(&unit->profile) ? now.read : 0);
}

static uint8_t on_profile_data(struct ff_unit *unit, const void *body, int32_t *detail)
{
    uint8_t count = segments_in(unit);
    uint32_t offset;
    memcpy(&offset, body, sizeof offset);
    if (!unit->profile.present)
        return FF_RESULT_NO_PROFILE;
    *detail = (int32_t)unit->profile.wanted;
    if (offset != unit->profile.wanted)
        return FF_RESULT_WRONG_OFFSET;
    if (count > unit->profile.begin.total - offset) {
        *detail = (int32_t)unit->profile.begin.total;
        profile_failed(unit, FF_RESULT_BAD_VALUE);
        return FF_RESULT_BAD_VALUE;
    }
    if (count > free_segments(unit))
        return FF_RESULT_BUFFER_FULL;
    unit->segments_at = 0;
    return DEFERRED;
}

/* Checks and keeps one segment of the ProfileData in hand: OK, DEFERRED where another follows, or why not. */
static uint8_t take_segment(struct ff_unit *unit)
{
    struct ff_profile_bounds bounds = {
        .minimum = unit->minimum,
        .maximum = unit->maximum,
        .min_interval_ticks = ff_unit_min_interval(unit),
        .dir_setup_ticks = unit->config.dir_setup_ticks,
    };
    const uint8_t *at = ff_frame_body(&unit->in) + 4u + unit->segments_at * sizeof(struct ff_segment);
    uint8_t result;
    if (!unit->profile.present || !(FF_IN_STREAMABLE & (1u << unit->state))) /* stopped or failed in the meantime */
        return FF_RESULT_WRONG_STATE;
    result = ff_profile_take(&unit->profile, &bounds, (const struct ff_segment *)at);
    if (result != FF_RESULT_OK)
        return result;
    unit->segments_at++;
    return unit->segments_at < segments_in(unit) ? DEFERRED : FF_RESULT_OK;
}

/* One segment a round: checking a whole frame would take longer than a stop may wait. */
static void poll_segments(struct ff_unit *unit)
{
    uint8_t result = take_segment(unit);
    if (result == DEFERRED)
        return;
    unit->deferred = 0;
    acknowledge(unit, unit->last_seq, FF_MSG_PROFILE_DATA, result, (int32_t)unit->profile.wanted);
    if (result == FF_RESULT_WRONG_STATE)
        return;
    if (result != FF_RESULT_OK) {
        profile_failed(unit, result);
        return;
    }
    if (ff_profile_complete(&unit->profile))
        ff_hal_steps_more(unit->hal, false);
    if (unit->state == FF_STATE_IDLE && ff_profile_head_here(&unit->profile))
        ff_unit_become(unit, FF_STATE_LOADED, FF_CAUSE_NONE);
}

static uint8_t on_arm(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_arm *message = body;
    (void)detail;
    if (!unit->profile.present || message->profile_id != unit->profile.begin.profile_id)
        return FF_RESULT_NO_PROFILE;
    if (unit->state == FF_STATE_IDLE)
        return FF_RESULT_NOT_COMPLETE;
    if (message->cue > 1)
        return FF_RESULT_BAD_VALUE;
    if (ff_unit_stop_button_held(unit))
        return FF_RESULT_INPUT_ACTIVE;
    if (unit->position != unit->profile.begin.start)
        return FF_RESULT_NOT_AT_START;
    ff_take_arm(unit, message->cue != 0);
    return FF_RESULT_OK;
}

static uint8_t on_go(struct ff_unit *unit, const void *body, int32_t *detail)
{
    const struct ff_go *message = body;
    (void)detail;
    if (ff_unit_stop_button_held(unit))
        return FF_RESULT_INPUT_ACTIVE;
    ff_take_go(unit, message->take, FF_SOURCE_HOST,
               ff_hal_clock(unit->hal) + FF_LAUNCH_LEAD_TICKS + message->delay_ticks);
    return FF_RESULT_OK;
}

static uint8_t on_disarm(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    ff_take_disarm(unit, FF_CAUSE_NONE);
    return FF_RESULT_OK;
}

static uint8_t on_unload(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    ff_unit_forget_profile(unit);
    return FF_RESULT_OK;
}

static uint8_t on_get_take(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    if (unit->take_phase < FF_TAKE_UNTOLD)
        return FF_RESULT_NOTHING_KNOWN;
    return reply(unit, FF_MSG_TAKE_ENDED, &unit->take, sizeof unit->take);
}

static uint8_t on_clear_fault(struct ff_unit *unit, const void *body, int32_t *detail)
{
    (void)body;
    (void)detail;
    if (ff_unit_stop_button_held(unit))
        return FF_RESULT_INPUT_ACTIVE;
    unit->fault = FF_FAULT_NONE;
    unit->profile.present = false;
    ff_unit_become(unit, unit->referenced ? FF_STATE_IDLE : FF_STATE_UNREFERENCED, FF_CAUSE_NONE);
    return FF_RESULT_OK;
}

/* ---- The table ------------------------------------------------------------------------------------------------------- */

struct command {
    uint8_t type;
    uint8_t length;
    uint8_t states;
    bool needs_reference; /* refused with that reason in UNREFERENCED */
    bool starts;          /* a motion, or may: refused where a stop has overtaken it */
    handler *handle;
};

static FF_FLASH struct command commands[] = {
    {FF_MSG_GET_STATUS, 0, FF_IN_ALL, false, false, on_get_status},
    {FF_MSG_PING, 0, FF_IN_ALL, false, false, on_ping},
    {FF_MSG_GET_CONFIG, 0, FF_IN_ALL, false, false, on_get_config},
    {FF_MSG_CONFIG, sizeof(struct ff_config), FF_IN_REST, false, false, on_config},
    {FF_MSG_SAVE_CONFIG, 0, FF_IN_REST, false, false, on_save_config},
    {FF_MSG_FACTORY_RESET, 0, FF_IN_REST, false, false, on_factory_reset},
    {FF_MSG_SET_SERIAL, sizeof(struct ff_set_serial), FF_IN_REST, false, false, on_set_serial},
    {FF_MSG_SET_TELEMETRY, sizeof(struct ff_set_telemetry), FF_IN_ALL, false, false, on_set_telemetry},
    {FF_MSG_GET_SAFETY, 0, FF_IN_ALL, false, false, on_get_safety},
    {FF_MSG_SAFETY, sizeof(struct ff_safety), FF_IN_REST, false, false, on_safety},
    {FF_MSG_SET_POSITION, sizeof(struct ff_set_position), FF_IN_FREE, false, false, on_set_position},
    {FF_MSG_SET_LIMITS, sizeof(struct ff_set_limits), FF_IN_REST, false, false, on_set_limits},
    {FF_MSG_HOME, sizeof(struct ff_home), FF_IN(UNREFERENCED) | FF_IN(IDLE), false, true, on_home},
    {FF_MSG_PARK, 0, FF_IN(IDLE) | FF_IN(LOADED), true, false, on_park},
    {FF_MSG_GET_LAST_KNOWN, 0, FF_IN_ALL, false, false, on_get_last_known},
    {FF_MSG_CONFIRM_POSITION, 0, FF_IN_FREE, false, false, on_confirm_position},
    {FF_MSG_HOLD, sizeof(struct ff_hold), FF_IN_REST, false, false, on_hold},
    {FF_MSG_GOTO, sizeof(struct ff_goto), FF_IN(IDLE) | FF_IN(LOADED) | FF_IN(MOVING), true, true, on_goto},
    {FF_MSG_JOG, sizeof(struct ff_jog), FF_IN_FREE | FF_IN(MOVING), false, true, on_jog},
    {FF_MSG_PROFILE_BEGIN, sizeof(struct ff_profile_begin), FF_IN(IDLE) | FF_IN(LOADED), true, false, on_profile_begin},
    {FF_MSG_PROFILE_DATA, 0, FF_IN_STREAMABLE, true, false, on_profile_data},
    {FF_MSG_ARM, sizeof(struct ff_arm), FF_IN(IDLE) | FF_IN(LOADED), true, true, on_arm},
    {FF_MSG_GO, sizeof(struct ff_go), FF_IN(ARMED), true, true, on_go},
    {FF_MSG_DISARM, 0, FF_IN(ARMED), false, false, on_disarm},
    {FF_MSG_UNLOAD, 0, FF_IN(LOADED), false, false, on_unload},
    {FF_MSG_GET_TAKE, 0, FF_IN_ALL, false, false, on_get_take},
    {FF_MSG_CLEAR_FAULT, 0, FF_IN(FAULT), false, false, on_clear_fault},
};

static bool length_fits(uint8_t type, uint8_t wanted, uint8_t length)
{
    if (type == FF_MSG_PROFILE_DATA) /* offset, and one segment at least */
        return length >= 4u + sizeof(struct ff_segment) && (length - 4u) % sizeof(struct ff_segment) == 0;
    return length == wanted;
}

static uint8_t refusal(const struct ff_unit *unit, uint8_t states, bool needs_reference, bool starts)
{
    if (states & (1u << unit->state))
        return starts && unit->overtaken != 0 ? FF_RESULT_WRONG_STATE : FF_RESULT_OK;
    if (unit->state == FF_STATE_FAULT)
        return FF_RESULT_FAULT_LATCHED;
    if (unit->state == FF_STATE_UNREFERENCED && needs_reference)
        return FF_RESULT_NOT_REFERENCED;
    return FF_RESULT_WRONG_STATE;
}

static uint8_t carry_out(struct ff_unit *unit, int32_t *detail)
{
    uint8_t type = ff_frame_type(&unit->in);
    uint8_t at;
    for (at = 0; at < sizeof commands / sizeof *commands; at++) {
        if (commands[at].type == type) {
            uint8_t result;
            if (!length_fits(type, commands[at].length, ff_frame_body_length(&unit->in)))
                return FF_RESULT_BAD_LENGTH;
            result = refusal(unit, commands[at].states, commands[at].needs_reference, commands[at].starts);
            return result != FF_RESULT_OK ? result : commands[at].handle(unit, ff_frame_body(&unit->in), detail);
        }
    }
    return FF_RESULT_UNKNOWN_TYPE;
}

static bool waits_for_the_motor(uint8_t command)
{
    return command == FF_MSG_SET_POSITION || command == FF_MSG_CONFIRM_POSITION || command == FF_MSG_HOLD;
}

/* Goes on with a command that was put off. Its frame is still in hand, and what it needs of the state is asked again. */
void ff_command_poll(struct ff_unit *unit)
{
    uint8_t command = unit->deferred;
    if (command == FF_MSG_PROFILE_DATA) {
        poll_segments(unit);
    } else if (!unit->settling && waits_for_the_motor(command)) {
        int32_t detail = 0;
        unit->deferred = 0;
        acknowledge(unit, unit->last_seq, command, carry_out(unit, &detail), detail);
    }
}

static void take_hello(struct ff_unit *unit)
{
    const struct ff_hello *hello = (const void *)ff_frame_body(&unit->in);
    if (ff_frame_body_length(&unit->in) != sizeof *hello) {
        acknowledge(unit, ff_frame_seq(&unit->in), FF_MSG_HELLO, FF_RESULT_BAD_LENGTH, 0);
        return;
    }
    unit->greeted = true;
    unit->remembers = false;
    ff_unit_hello_reply(unit, ff_frame_seq(&unit->in), hello->nonce);
}

void ff_command_take(struct ff_unit *unit)
{
    uint8_t seq = ff_frame_seq(&unit->in);
    uint8_t type = ff_frame_type(&unit->in);
    uint16_t crc = ff_frame_crc(&unit->in);
    int32_t detail = 0;
    uint8_t result;

    if (seq == 0 && ff_frame_body_length(&unit->in) == 0 && (type == FF_STOP_TYPE || type == FF_HARD_STOP_TYPE))
        return; /* done already, in the receive path */
    if (seq == 0 && type == FF_MSG_FOLLOW && ff_frame_body_length(&unit->in) == sizeof(struct ff_follow)) {
        if (unit->greeted)
            ff_motion_follow(unit, (const struct ff_follow *)ff_frame_body(&unit->in));
        return;
    }
    if (type == FF_MSG_HELLO) {
        take_hello(unit);
        return;
    }
    if (!unit->greeted) {
        acknowledge(unit, seq, type, FF_RESULT_HELLO_FIRST, 0);
        return;
    }
    if (unit->remembers && unit->last_seq == seq && unit->last_crc == crc && unit->last_was_ack) {
        (void)ff_unit_send(unit, seq, FF_MSG_ACK, &unit->last_ack, sizeof unit->last_ack);
        return;
    }
    unit->remembers = true;
    unit->last_seq = seq;
    unit->last_crc = crc;
    unit->last_was_ack = false;
    result = carry_out(unit, &detail);
    if (result == DEFERRED)
        unit->deferred = type;
    else if (result != ANSWERED)
        acknowledge(unit, seq, type, result, detail);
}

/* The store is done with what a command asked of it. No frame has been taken since. */
void ff_command_deferred(struct ff_unit *unit, uint8_t result)
{
    uint8_t command = unit->deferred;
    if (command == FF_MSG_FACTORY_RESET && unit->store.withdrawing) {
        ff_unit_factory_settings(&unit->settings);
        (void)save(unit, FF_STORE_SETTINGS, &unit->settings);
        return;
    }
    unit->deferred = 0;
    if (command == FF_MSG_PARK) {
        if (result == FF_RESULT_OK)
            ff_unit_release(unit);
        else
            unit->parked = false;
    }
    acknowledge(unit, unit->last_seq, command, result, 0);
}
