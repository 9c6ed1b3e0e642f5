/* SPDX-License-Identifier: MIT */
/* Every message between host and unit, in C: ids, packed bodies, words.
 *
 * The table itself is followfocus/messages.py; firmware/PROTOCOL.md is the same as text. tests/test_architecture.py reads
 * this file line by line: each `#define FF_MSG_NAME 0xID` followed by its struct, whose fields carry the name and struct
 * letter of messages.py in a comment, each enum, and FF_DEFINITIONS_HASH, which is the CRC-32 of that page's table and
 * goes out in the hello. Keep one field and one word a line.
 *
 * Bodies are copied in and out with memcpy, so both ports must be little-endian; frame.c asserts it.
 */
#ifndef FF_MESSAGES_H
#define FF_MESSAGES_H

#include <stdint.h>

#define FF_PROTOCOL_MAJOR 1
#define FF_PROTOCOL_MINOR 0
#define FF_DEFINITIONS_HASH 0xedb7ba8eUL

#define FF_PACKED __attribute__((packed))

/* Host to unit. */

#define FF_MSG_HELLO 0x01
struct FF_PACKED ff_hello {
    uint32_t nonce; /* nonce:I */
    uint8_t major; /* major:B */
    uint8_t minor; /* minor:B */
    uint32_t definitions; /* definitions:I */
};

#define FF_MSG_GET_STATUS 0x02

#define FF_MSG_PING 0x03

#define FF_MSG_GET_CONFIG 0x04

#define FF_MSG_CONFIG 0x05
struct FF_PACKED ff_config {
    uint16_t full_steps_per_turn; /* full_steps_per_turn:H */
    uint16_t microsteps; /* microsteps:H */
    uint16_t motor_teeth; /* motor_teeth:H */
    uint16_t lens_teeth; /* lens_teeth:H */
    int8_t direction; /* direction:b */
    uint16_t dir_setup_ticks; /* dir_setup_ticks:H */
    uint32_t min_interval_ticks; /* min_interval_ticks:I */
    uint32_t accel; /* accel:I */
    uint32_t goto_rate; /* goto_rate:I */
    uint32_t home_rate; /* home_rate:I */
    uint16_t home_backoff; /* home_backoff:H */
    uint8_t stop_input; /* stop_input:B */
    uint8_t cue_edge; /* cue_edge:B */
    uint8_t take_silence; /* take_silence:B */
    uint16_t silence_ms; /* silence_ms:H */
    uint8_t name[16]; /* name:16s */
};

#define FF_MSG_SAVE_CONFIG 0x06

#define FF_MSG_FACTORY_RESET 0x07

#define FF_MSG_SET_SERIAL 0x08
struct FF_PACKED ff_set_serial {
    uint8_t serial[8]; /* serial:8s */
};

#define FF_MSG_SET_TELEMETRY 0x09
struct FF_PACKED ff_set_telemetry {
    uint16_t period_ms; /* period_ms:H */
};

#define FF_MSG_GET_SAFETY 0x0a

#define FF_MSG_SAFETY 0x0b
struct FF_PACKED ff_safety {
    uint16_t armed_silence_s; /* armed_silence_s:H */
    uint16_t settle_ms; /* settle_ms:H */
};

#define FF_MSG_SET_POSITION 0x10
struct FF_PACKED ff_set_position {
    int32_t position; /* position:i */
};

#define FF_MSG_SET_LIMITS 0x11
struct FF_PACKED ff_set_limits {
    int32_t minimum; /* minimum:i */
    int32_t maximum; /* maximum:i */
};

#define FF_MSG_HOME 0x12
struct FF_PACKED ff_home {
    uint32_t max_steps; /* max_steps:I */
};

#define FF_MSG_PARK 0x13

#define FF_MSG_GET_LAST_KNOWN 0x14

#define FF_MSG_CONFIRM_POSITION 0x15

#define FF_MSG_HOLD 0x16
struct FF_PACKED ff_hold {
    uint8_t energise; /* energise:B */
};

#define FF_MSG_GOTO 0x18
struct FF_PACKED ff_goto {
    int32_t position; /* position:i */
    uint32_t rate; /* rate:I */
};

#define FF_MSG_JOG 0x19
struct FF_PACKED ff_jog {
    int32_t rate; /* rate:i */
};

#define FF_MSG_FOLLOW 0x1a
struct FF_PACKED ff_follow {
    int32_t position; /* position:i */
    int32_t rate; /* rate:i */
    int32_t age; /* age:i */
};

#define FF_MSG_PROFILE_BEGIN 0x20
struct FF_PACKED ff_profile_begin {
    uint32_t profile_id; /* profile_id:I */
    int32_t start; /* start:i */
    uint32_t total; /* total:I */
    uint16_t head; /* head:H */
    uint32_t head_crc; /* head_crc:I */
    uint32_t total_crc; /* total_crc:I */
};

#define FF_MSG_PROFILE_DATA 0x21
struct FF_PACKED ff_profile_data {
    uint32_t offset; /* offset:I */
};

#define FF_MSG_ARM 0x22
struct FF_PACKED ff_arm {
    uint32_t profile_id; /* profile_id:I */
    uint8_t cue; /* cue:B */
};

#define FF_MSG_GO 0x23
struct FF_PACKED ff_go {
    uint16_t take; /* take:H */
    uint32_t delay_ticks; /* delay_ticks:I */
};

#define FF_MSG_DISARM 0x24

#define FF_MSG_UNLOAD 0x25

#define FF_MSG_GET_TAKE 0x26

#define FF_MSG_CLEAR_FAULT 0x2f

/* Unit to host: replies carry the command's number, events 0. */

#define FF_MSG_ACK 0x80
struct FF_PACKED ff_ack {
    uint8_t command; /* command:B */
    uint8_t result; /* result:B */
    int32_t detail; /* detail:i */
};

#define FF_MSG_HELLO_REPLY 0x81
struct FF_PACKED ff_hello_reply {
    uint32_t nonce; /* nonce:I */
    uint8_t major; /* major:B */
    uint8_t minor; /* minor:B */
    uint32_t definitions; /* definitions:I */
    uint8_t firmware_major; /* firmware_major:B */
    uint8_t firmware_minor; /* firmware_minor:B */
    uint8_t firmware_patch; /* firmware_patch:B */
    uint8_t board; /* board:B */
    uint32_t tick_hz; /* tick_hz:I */
    uint16_t segment_capacity; /* segment_capacity:H */
    uint8_t max_payload; /* max_payload:B */
    uint16_t fastest_interval_ticks; /* fastest_interval_ticks:H */
    uint32_t boot_id; /* boot_id:I */
    uint8_t reset_cause; /* reset_cause:B */
    uint8_t serial[8]; /* serial:8s */
};

#define FF_MSG_TELEMETRY 0x82
struct FF_PACKED ff_telemetry {
    uint64_t clock; /* clock:Q */
    uint8_t state; /* state:B */
    uint8_t flags; /* flags:B */
    uint8_t fault; /* fault:B */
    int32_t position; /* position:i */
    int32_t rate; /* rate:i */
    uint16_t free_segments; /* free_segments:H */
    uint32_t wanted_offset; /* wanted_offset:I */
    uint16_t last_take; /* last_take:H */
    uint16_t bad_frames; /* bad_frames:H */
};

#define FF_MSG_LAST_KNOWN 0x83
struct FF_PACKED ff_last_known {
    uint8_t valid; /* valid:B */
    int32_t position; /* position:i */
    int32_t minimum; /* minimum:i */
    int32_t maximum; /* maximum:i */
};

#define FF_MSG_STATE_CHANGED 0x90
struct FF_PACKED ff_state_changed {
    uint64_t clock; /* clock:Q */
    uint8_t before; /* before:B */
    uint8_t after; /* after:B */
    uint8_t cause; /* cause:B */
    uint8_t fault; /* fault:B */
    int32_t position; /* position:i */
};

#define FF_MSG_TAKE_STARTED 0x91
struct FF_PACKED ff_take_started {
    uint16_t take; /* take:H */
    uint8_t source; /* source:B */
    uint64_t clock; /* clock:Q */
};

#define FF_MSG_TAKE_ENDED 0x92
struct FF_PACKED ff_take_ended {
    uint16_t take; /* take:H */
    uint8_t cause; /* cause:B */
    uint8_t position_known; /* position_known:B */
    uint64_t start_clock; /* start_clock:Q */
    uint64_t first_edge_clock; /* first_edge_clock:Q */
    uint64_t last_edge_clock; /* last_edge_clock:Q */
    uint64_t end_clock; /* end_clock:Q */
    uint32_t steps; /* steps:I */
    int32_t position; /* position:i */
};

#define FF_MSG_STOPPED 0x93
struct FF_PACKED ff_stopped {
    uint64_t clock; /* clock:Q */
    uint8_t hard; /* hard:B */
    uint8_t was; /* was:B */
    int32_t position; /* position:i */
    uint8_t position_known; /* position_known:B */
};

#define FF_MSG_HOMED 0x94
struct FF_PACKED ff_homed {
    int32_t span; /* span:i */
};

/* A segment on the wire, after ProfileData's offset. */
struct FF_PACKED ff_segment {
    uint32_t interval; /* interval:I */
    int16_t count; /* count:h */
    int32_t add; /* add:i */
};

/* Recognised as they arrive (stop.h); never handled as frames. */
#define FF_STOP_TYPE 0x30
#define FF_HARD_STOP_TYPE 0x31

enum ff_state {
    FF_STATE_UNREFERENCED = 0,
    FF_STATE_IDLE = 1,
    FF_STATE_MOVING = 2,
    FF_STATE_LOADED = 3,
    FF_STATE_ARMED = 4,
    FF_STATE_PLAYING = 5,
    FF_STATE_STOPPING = 6,
    FF_STATE_FAULT = 7,
};

enum ff_result {
    FF_RESULT_OK = 0,
    FF_RESULT_BAD_LENGTH = 1,
    FF_RESULT_UNKNOWN_TYPE = 2,
    FF_RESULT_BAD_VALUE = 3,
    FF_RESULT_WRONG_STATE = 4,
    FF_RESULT_NOT_REFERENCED = 5,
    FF_RESULT_OUTSIDE_LIMITS = 6,
    FF_RESULT_TOO_FAST = 7,
    FF_RESULT_REVERSAL_TOO_CLOSE = 8,
    FF_RESULT_NOT_COMPLETE = 9,
    FF_RESULT_CRC_MISMATCH = 10,
    FF_RESULT_NOT_AT_START = 11,
    FF_RESULT_BUFFER_FULL = 12,
    FF_RESULT_WRONG_OFFSET = 13,
    FF_RESULT_NO_PROFILE = 14,
    FF_RESULT_FAULT_LATCHED = 15,
    FF_RESULT_INPUT_ACTIVE = 16,
    FF_RESULT_NO_INPUT = 17,
    FF_RESULT_STORE_FAILED = 18,
    FF_RESULT_NOTHING_KNOWN = 19,
    FF_RESULT_HELLO_FIRST = 20,
};

enum ff_fault {
    FF_FAULT_NONE = 0,
    FF_FAULT_UNDERRUN = 1,
    FF_FAULT_STREAM_CRC = 2,
    FF_FAULT_STREAM_LIMIT = 3,
    FF_FAULT_STOP_INPUT = 4,
    FF_FAULT_HOME_NOT_FOUND = 5,
    FF_FAULT_STALL = 6,
    FF_FAULT_LATE_STEP = 7,
    FF_FAULT_INTERNAL = 8,
};

enum ff_cause {
    FF_CAUSE_NONE = 0,
    FF_CAUSE_DONE = 1,
    FF_CAUSE_STOP = 2,
    FF_CAUSE_HARD_STOP = 3,
    FF_CAUSE_STOP_INPUT = 4,
    FF_CAUSE_SILENCE = 5,
    FF_CAUSE_SOFT_LIMIT = 6,
    FF_CAUSE_FAULT = 7,
};

enum ff_flag {
    FF_FLAG_REFERENCED = 1,
    FF_FLAG_ENERGISED = 2,
    FF_FLAG_CUE_ENABLED = 4,
    FF_FLAG_PROFILE_COMPLETE = 8,
    FF_FLAG_STREAMING = 16,
    FF_FLAG_LAST_KNOWN = 32,
    FF_FLAG_STOP_ACTIVE = 64,
    FF_FLAG_CUE_ACTIVE = 128,
};

enum ff_board {
    FF_BOARD_SIMULATED = 0,
    FF_BOARD_HOST_PROCESS = 1,
    FF_BOARD_ATMEGA328P = 2,
};

enum ff_reset_cause {
    FF_RESET_CAUSE_UNKNOWN = 0,
    FF_RESET_CAUSE_POWER_ON = 1,
    FF_RESET_CAUSE_RESET_PIN = 2,
    FF_RESET_CAUSE_BROWN_OUT = 3,
    FF_RESET_CAUSE_WATCHDOG = 4,
};

enum ff_stop_input {
    FF_STOP_INPUT_NONE = 0,
    FF_STOP_INPUT_STOP_BUTTON = 1,
    FF_STOP_INPUT_HOME_SWITCH = 2,
    FF_STOP_INPUT_STOP_BUTTON_NC = 3,
};

enum ff_silence {
    FF_SILENCE_FINISH = 0,
    FF_SILENCE_SLOW_DOWN = 1,
    FF_SILENCE_STOP_AT_ONCE = 2,
};

enum ff_cue_edge {
    FF_CUE_EDGE_FALLING = 0,
    FF_CUE_EDGE_RISING = 1,
};

enum ff_source {
    FF_SOURCE_HOST = 0,
    FF_SOURCE_CUE = 1,
};

#endif
