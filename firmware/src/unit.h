/* SPDX-License-Identifier: MIT */
/* The unit: what firmware/PROTOCOL.md says, on top of hal.h. A port keeps one `struct ff_unit`, zeroed, calls ff_unit_start once
 * and ff_unit_poll for ever, at least every millisecond while something moves.
 *
 *     loop.c      the main loop                               home.c     finding the stops
 *     command.c   one function a command, one table of them   motion.c   go-to, jog, slowing down
 *     unit.c      how things end, stops, inputs, telemetry    follow.c   after a hand
 *     take.c      armed, playing, the evidence of a take      played.c   how much of a profile has been played
 *                                                             state.c    the state, what is sent, the motor, the inputs
 *
 * Each calls only those after it in the order loop, command, unit, take, home, motion, follow, played, state (a test holds it); what it
 * has to say to those before it is what it returns, an enum ff_event. Beside them: profile.c takes a profile in, ramp.c limits
 * speed and acceleration, store.c keeps in EEPROM.
 */
#ifndef FF_UNIT_H
#define FF_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "follow.h"
#include "frame.h"
#include "hal.h"
#include "messages.h"
#include "profile.h"
#include "ramp.h"
#include "store.h"

#define FF_FIRMWARE_MAJOR 0
#define FF_FIRMWARE_MINOR 1
#define FF_FIRMWARE_PATCH 0

#define FF_MOTION_PLACES 7u
#define FF_SETTLE_MAX_MS 1000u
#define FF_LOST_MARK_AT 11u /* after "followfocus", the factory's name */

/* Kept together, by SaveConfig. */
struct FF_PACKED ff_settings {
    struct ff_config config;
    struct ff_safety safety;
};

/* What a motion is for: one thing at a time. */
enum ff_purpose {
    FF_TO_A_PLACE,  /* go-to, or to rest */
    FF_TO_JOG,      /* at a speed: only a soft limit ends it */
    FF_TO_A_HAND,   /* after a hand */
    FF_HOMING_DOWN, /* from here on homing, phase by phase */
    FF_HOMING_OFF_LOW,
    FF_HOMING_UP,
    FF_HOMING_OFF_HIGH,
};

enum ff_cue_phase {
    FF_CUE_NOT_WANTED,
    FF_CUE_WANTED,  /* Arm said so */
    FF_CUE_ENABLED, /* and the port looks for it */
};

enum ff_take_phase {
    FF_TAKE_NONE,
    FF_TAKE_UNDER_WAY,
    FF_TAKE_UNTOLD, /* it has ended, and GetTake is answered; TakeEnded waits for room on the line */
    FF_TAKE_OVER,
};

/* How much of a profile has been played: steps of the records that the engine has taken, and where it left them. */
struct ff_played {
    uint32_t steps;
    int32_t switched_at;
    uint8_t read; /* the next record to be counted */
};

/* What the parts below say of the engine; what comes of it is ff_unit_happened's. Those that are faults have the fault's number. */
enum FF_PACKED ff_event {
    FF_EVENT_NONE = FF_FAULT_NONE,
    FF_EVENT_DRY = FF_FAULT_UNDERRUN,             /* the profile's stream has run dry */
    FF_EVENT_NOT_FOUND = FF_FAULT_HOME_NOT_FOUND, /* homing came to the end of its search */
    FF_EVENT_LATE = FF_FAULT_LATE_STEP,           /* a step came too late */
    FF_EVENT_BROKEN = FF_FAULT_INTERNAL,          /* what cannot be */
    FF_EVENT_RESTED = 0xFF,                       /* played to the end, or at rest where it was to be */
};

struct ff_unit {
    struct ff_hal *hal;

    /* Where it stands. */
    uint8_t state;
    uint8_t return_to;     /* where MOVING, PLAYING, STOPPING lead */
    uint8_t fault;
    uint8_t fault_at_rest; /* the fault that STOPPING leads to */
    uint8_t stop_cause;    /* why it slows down; NONE if it does not */
    bool referenced : 1;
    bool energised : 1;
    bool settling : 1;         /* the motor has just been energised: the rotor may still be on its way to the field */
    uint32_t energised_at;
    bool stop_level : 1;
    bool parked : 1;           /* the store holds the last known position, and nothing has moved since */
    int8_t direction;      /* of the last step */
    int32_t position;      /* at rest; while the engine runs it counts */
    int32_t minimum;
    int32_t maximum;

    /* Motion. */
    bool has_ahead : 1;
    bool planned : 1;          /* the ramp has come to its end */
    bool long_slice : 1;       /* what was given last takes 2 ms or more */
    bool set_off : 1;          /* waits for the store before it starts */
    bool slow_down : 1;        /* STOPPING has been told, the engine still does what it did */
    bool aim_changed : 1;
    bool launched : 1;         /* the engine runs, or has run, this motion's slices */
    bool cut_seen : 1;         /* the receive path or the stop input has cut the steps, and the reason is still to be told */
    uint32_t credit;       /* ticks since the last step, when a slow motion was planned anew */
    uint8_t purpose;       /* enum ff_purpose; means nothing unless MOVING */
    bool home_released : 1;
    struct ff_hand hand;
    union { /* at most one of these is under way */
        struct ff_hand_steps hand_steps;
        uint32_t home_steps;
        struct ff_played played;
    };
    struct ff_queue motion;
    struct ff_segment ahead; /* planned, not yet given to the engine */
    struct ff_ramp ramp;

    /* Takes. */
    struct ff_profile profile;
    struct ff_queue segments;
    uint8_t cue_phase : 2;     /* enum ff_cue_phase */
    uint8_t take_phase : 2;    /* enum ff_take_phase: what `take` holds */
    bool take_started : 1;     /* TakeStarted is out */
    bool take_switched : 1;    /* slowing down: the profile's records count no more */
    uint8_t take_source;
    uint16_t last_take;
    struct ff_take_ended take;

    /* Line. */
    bool greeted : 1;          /* the first Hello has come */
    bool announced : 1;        /* the HelloReply after reset is out */
    bool remembers : 1;        /* last_seq and last_crc are of a command that was taken */
    bool last_was_ack : 1;
    bool silent : 1;
    uint8_t last_seq;
    uint16_t last_crc;
    struct ff_ack last_ack;
    uint8_t deferred;      /* the command whose Ack waits for the store, for `segments_at` or for the motor to settle; 0: none */
    uint8_t overtaken;     /* bytes to be read until no frame is left that had come in before a stop */
    uint8_t segments_at;   /* ProfileData: the segment to be checked next; its frame stays in `in` until all are */
    uint16_t bad_frames;
    uint16_t telemetry_ms;
    uint32_t telemetry_at;
    uint32_t heard_at;     /* units of 256 ticks: 32 bits of them are 19 hours */
    struct ff_store store;
    struct ff_frame_in in;

    /* What it is. */
    union {
        struct ff_settings settings; /* as it is kept */
        struct {
            struct ff_config config;
            struct ff_safety safety;
        };
    };
    uint32_t boots;

    struct ff_record segment_slots[FF_SEGMENT_CAPACITY + 2u];
    struct ff_record motion_slots[FF_MOTION_PLACES + 2u];
};

/* After reset: `unit` must be zeroed. Outputs safe, settings read, nothing known of the position. */
void ff_unit_start(struct ff_unit *unit, struct ff_hal *hal);

/* One round of the main loop. */
void ff_unit_poll(struct ff_unit *unit);

/* ---- Within the core ------------------------------------------------------------------------------------------------- */

/* state.c: the state, what is sent, the motor, the inputs. Calls none of the parts below. */
void ff_unit_become(struct ff_unit *unit, uint8_t state, uint8_t cause);
bool ff_unit_under_way(const struct ff_unit *unit);
bool ff_unit_engine_counts(const struct ff_unit *unit);
int32_t ff_unit_position(struct ff_unit *unit);
void ff_unit_forget_profile(struct ff_unit *unit);
void ff_unit_refer(struct ff_unit *unit, int32_t position);
void ff_unit_hold(struct ff_unit *unit, bool on);
void ff_unit_release(struct ff_unit *unit);
void ff_unit_withdraw_last_known(struct ff_unit *unit);
uint32_t ff_unit_slow_clock(const struct ff_unit *unit);
void ff_unit_heard(struct ff_unit *unit);
bool ff_unit_has_stop_button(const struct ff_unit *unit);
bool ff_unit_stop_button_held(const struct ff_unit *unit);
uint8_t ff_unit_stop_press(const struct ff_unit *unit);
bool ff_unit_stop_active(const struct ff_unit *unit, uint8_t inputs);
void ff_unit_guard(struct ff_unit *unit);
uint32_t ff_unit_min_interval(const struct ff_unit *unit);
bool ff_unit_send(struct ff_unit *unit, uint8_t seq, uint8_t type, const void *body, uint8_t length);

/* played.c */
void ff_played_switched(struct ff_unit *unit, const struct ff_steps *at);
void ff_played_count(struct ff_unit *unit, uint8_t read);

/* follow.c: MOVING after a hand. */
void ff_follow_begin(struct ff_unit *unit);
bool ff_follow_hear(struct ff_unit *unit, const struct ff_follow *word);
bool ff_follow_gone(const struct ff_unit *unit);
void ff_follow_poll(struct ff_unit *unit, const struct ff_steps *now) FF_APART;

/* motion.c */
void ff_motion_follow(struct ff_unit *unit, const struct ff_follow *word);
void ff_motion_go(struct ff_unit *unit, int32_t target, uint32_t rate);
void ff_motion_jog(struct ff_unit *unit, int32_t rate);
void ff_motion_begin(struct ff_unit *unit, int32_t minimum, int32_t maximum);
void ff_motion_aim(struct ff_unit *unit, int32_t target, uint32_t rate);
void ff_motion_slow_down(struct ff_unit *unit, uint8_t cause, uint8_t fault);
void ff_motion_cut(struct ff_unit *unit);
void ff_motion_stand(struct ff_unit *unit);
enum ff_event ff_motion_was_cut(struct ff_unit *unit);
enum ff_event ff_motion_poll(struct ff_unit *unit) FF_APART;

/* home.c */
static inline bool ff_home_under_way(const struct ff_unit *unit)
{
    return unit->purpose >= FF_HOMING_DOWN;
}
void ff_home_begin(struct ff_unit *unit, uint32_t max_steps);
void ff_home_found(struct ff_unit *unit);
enum ff_event ff_home_rest(struct ff_unit *unit);
void ff_home_poll(struct ff_unit *unit, bool stop_active);

/* take.c */
void ff_take_arm(struct ff_unit *unit, bool cue);
void ff_take_disarm(struct ff_unit *unit, uint8_t cause);
void ff_take_go(struct ff_unit *unit, uint16_t take, uint8_t source, uint64_t start);
enum ff_event ff_take_poll(struct ff_unit *unit) FF_APART;
void ff_take_cue_poll(struct ff_unit *unit);
void ff_take_end(struct ff_unit *unit, uint8_t cause);

/* unit.c: how things end, what stops them, and what is told of the unit. */
void ff_unit_happened(struct ff_unit *unit, enum ff_event event);
void ff_unit_latch(struct ff_unit *unit, uint8_t fault, uint8_t cause);
void ff_unit_settle(struct ff_unit *unit, uint8_t cause);
void ff_unit_urgent(struct ff_unit *unit);
void ff_unit_telemetry(struct ff_unit *unit, struct ff_telemetry *telemetry);
void ff_unit_hello_reply(struct ff_unit *unit, uint8_t seq, uint32_t nonce);
void ff_unit_factory_settings(struct ff_settings *settings);

/* command.c: a frame has come that is in order. */
void ff_command_take(struct ff_unit *unit) FF_APART;
void ff_command_deferred(struct ff_unit *unit, uint8_t result);
void ff_command_poll(struct ff_unit *unit) FF_APART;

#endif
