/* SPDX-License-Identifier: MIT */
/* The slow half of the step engine: starting, waits longer than FF_FAST_TICKS, dwells, the end, and what the main loop asks.
 *
 * A wait is cut into parts, compares of 0x8000 ticks that do nothing to the pin (it is low, and they clear it), and a last one
 * of 0x8000 to 0xFFFF, which does. So no compare value is ever written close to the counter, and nothing depends on when
 * exactly these interrupts are served. What is true between any two instructions with interrupts on: DESIGN.md "The engine's contract".
 */
#include "engine.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <stddef.h>

volatile struct engine engine;
volatile uint32_t clock_high;

_Static_assert(offsetof(struct engine, read) == E_READ, "interrupts.S");
_Static_assert(offsetof(struct engine, base) == E_BASE, "interrupts.S");
_Static_assert(offsetof(struct engine, chunks_256) == E_CHUNKS_256, "interrupts.S");
_Static_assert(offsetof(struct engine, slow_interval) == E_SLOW_INTERVAL, "interrupts.S");
_Static_assert(offsetof(struct engine, slow_add) == E_SLOW_ADD, "interrupts.S");
_Static_assert(offsetof(struct engine, slow_left) == E_SLOW_LEFT, "interrupts.S");
_Static_assert(offsetof(struct engine, last) == E_LAST, "interrupts.S");
_Static_assert(offsetof(struct engine, stands) == E_STANDS, "interrupts.S");
_Static_assert(sizeof(struct ff_record) == 10 && offsetof(struct ff_record, kind) == 9, "interrupts.S");

/* How much of a dwell is kept for when the next record has been looked at: time enough to think, and one wait. */
#define LOOK_AHEAD 0x8000u
/* An end so near is not waited for. */
#define SHORT_END 4000u
/* Cycles from reading TCNT1 in next_compare() to the pin being ready. */
#define SCHEDULE_MARGIN 48u
#define HALF 0x8000u

#define GET(reg)                                       \
    (__extension__({                                   \
        uint8_t got;                                   \
        __asm__ volatile("mov %0, " #reg : "=r"(got)); \
        got;                                           \
    }))
#define PUT(reg, value)                                              \
    do {                                                             \
        uint8_t put = (uint8_t)(value);                              \
        __asm__ volatile("mov " #reg ", %0" : : "r"(put) : "memory"); \
    } while (0)

static inline uint8_t bits(void)
{
    return GPIOR0;
}

static inline uint16_t end_position(void)
{
    return (uint16_t)(GPIOR1 | (uint16_t)((uint16_t)GPIOR2 << 8));
}

static inline void set_end_position(uint16_t position)
{
    GPIOR1 = (uint8_t)position;
    GPIOR2 = (uint8_t)(position >> 8);
}

/* The clock's high part that belongs to `low`, just read from TCNT1; interrupts off. */
static inline uint32_t high_of(uint16_t low)
{
    uint32_t high = clock_high;
    if ((TIFR1 & (1 << TOV1)) && low < 0x8000u)
        high++;
    return high;
}

/* A time, put together and taken apart without shifting 64 bits, which takes a good part of every round. */
union time {
    struct {
        uint16_t low;
        uint32_t high;
        uint16_t none;
    } parts;
    uint64_t whole;
};

uint64_t clock_now(void)
{
    union time clock;
    uint8_t sreg = SREG;
    clock.parts.none = 0;
    cli();
    clock.parts.low = TCNT1;
    clock.parts.high = high_of(clock.parts.low);
    SREG = sreg;
    return clock.whole;
}

/* ---- Records --------------------------------------------------------------------------------------------------------- */

static uint32_t fast_interval(void)
{
    return (uint32_t)GET(r3) | (uint32_t)GET(r4) << 8 | (uint32_t)GET(r5) << 16;
}

static void set_fast_interval(uint32_t interval)
{
    PUT(r3, interval);
    PUT(r4, interval >> 8);
    PUT(r5, interval >> 16);
}

static int32_t fast_add(void)
{
    uint32_t add = (uint32_t)GET(r6) | (uint32_t)GET(r7) << 8 | (uint32_t)GET(r8) << 16;
    return (int32_t)(add ^ 0x800000UL) - 0x800000L;
}

static void set_fast_add(int32_t add)
{
    PUT(r6, add);
    PUT(r7, add >> 8);
    PUT(r8, add >> 16);
}

/* Whether the run's next step is the compare interrupt's own business. */
static bool run_is_fast(void)
{
    return !(bits() & (1 << G_SLOW)) || engine.slow_interval < FF_FAST_LIMIT;
}

static void move_end(uint16_t steps)
{
    uint16_t end = end_position();
    set_end_position((uint16_t)((bits() & (1 << G_BACK)) ? end - steps : end + steps));
}

/* As interrupts.S does it: takes the record at `read`. */
static void take_record(void)
{
    const struct ff_record *record = engine.read;
    uint8_t kind = record->kind;
    uint16_t others = (uint16_t)(ff_record_steps(record) - 1u);

    if ((record->count < 0) != ((bits() & (1 << G_BACK)) != 0))
        GPIOR0 ^= 1 << G_BACK | 1 << G_LEVEL;
    if (ff_record_is_fast(kind)) {
        set_fast_interval(record->interval);
        set_fast_add(ff_record_fast_add(record));
        PUT(r9, others + 1u);
        engine.chunks_256 = (uint8_t)(others >> 8);
        GPIOR0 &= (uint8_t) ~(1 << G_SLOW | 1 << G_MORE);
        if (others >> 8)
            GPIOR0 |= 1 << G_MORE;
        move_end((uint16_t)((others & 0xFFu) + 1u));
    } else {
        engine.slow_interval = record->interval;
        engine.slow_add = ff_record_slow_add(record);
        engine.slow_left = others;
        set_fast_interval(record->interval);
        set_fast_add(0);
        PUT(r9, 1);
        GPIOR0 |= 1 << G_SLOW | 1 << G_MORE;
        move_end(1);
    }
    GPIOR0 |= 1 << G_RUN;
    engine.read = record + 1;
}

/* Takes the run's next step: its interval, 1/256 tick. */
static uint32_t take_step(void)
{
    uint32_t interval;
    uint8_t left = (uint8_t)(GET(r9) - 1u);
    if (bits() & (1 << G_SLOW)) {
        interval = engine.slow_interval;
        if (engine.slow_left == 0) {
            GPIOR0 &= (uint8_t) ~(1 << G_RUN | 1 << G_SLOW | 1 << G_MORE);
        } else {
            engine.slow_left--;
            engine.slow_interval += (uint32_t)engine.slow_add;
            set_fast_interval(engine.slow_interval);
            move_end(1);
        }
        return interval;
    }
    interval = fast_interval();
    set_fast_interval(interval + (uint32_t)fast_add());
    PUT(r9, left);
    if (left == 0) {
        if (!(bits() & (1 << G_MORE))) {
            GPIOR0 &= (uint8_t) ~(1 << G_RUN);
        } else {
            move_end(256);
            if (--engine.chunks_256 == 0)
                GPIOR0 &= (uint8_t) ~(1 << G_MORE);
        }
    }
    return interval;
}

static uint8_t next_kind(void)
{
    if (engine.read->kind == FF_CLASS_JUMP)
        engine.read = engine.base;
    return engine.read->kind;
}

/* After a step has been scheduled: the run that goes on after it must be at hand, or the compare interrupt must not go on. */
static void look_ahead(void)
{
    if (!(bits() & (1 << G_RUN))) {
        uint8_t kind = next_kind();
        if (ff_record_is_fast(kind) || ff_record_is_slow(kind))
            take_record();
    }
    if ((bits() & (1 << G_RUN)) && run_is_fast())
        GPIOR0 &= (uint8_t) ~(1 << G_SPECIAL);
    else
        GPIOR0 |= 1 << G_SPECIAL;
}

/* What comes next, and after how many ticks: at most 0xFFFE7FFF, since DWELL_MAX (profile.c) leaves room. */
static uint32_t plan(void)
{
    uint32_t ticks = engine.hold;
    uint32_t interval;
    uint16_t fraction;

    engine.stands = ticks != 0 || !engine.moved;
    engine.hold = 0;
    while (!(bits() & (1 << G_RUN))) {
        uint8_t kind = next_kind();
        if (kind == FF_CLASS_EMPTY) {
            engine.goal = GOAL_END;
            return ticks;
        }
        if (kind != FF_CLASS_DWELL) {
            take_record();
            break;
        }
        ticks += engine.read->interval;
        engine.read++;
        engine.stands = true;
        if (ticks >= 2UL * LOOK_AHEAD) {
            engine.hold = LOOK_AHEAD;
            engine.goal = GOAL_LOOK;
            return ticks - LOOK_AHEAD;
        }
    }
    interval = take_step();
    fraction = (uint16_t)(GET(r2) + (interval & 0xFFu));
    PUT(r2, fraction);
    engine.due_interval = interval;
    engine.goal = GOAL_STEP;
    GPIOR0 |= 1 << G_DUE;
    return ticks + (interval >> FF_FRACTION_BITS) + (fraction >> 8);
}

/* ---- Compares -------------------------------------------------------------------------------------------------------- */

/* The time `more` ticks after `base`, a time just past. */
static void stamp(volatile struct stamp *at, uint16_t base, uint16_t more)
{
    uint16_t now = TCNT1;
    uint32_t high = high_of(now);
    uint16_t low = (uint16_t)(base + more);
    if (now < base)
        high--;
    if (low < base)
        high++;
    at->low = low;
    at->high = high;
}

static void rest(uint8_t flags)
{
    TCCR1A = PULSE_CLEAR;
    TIMSK1 &= (uint8_t) ~(1 << OCIE1A);
    engine.flags = flags;
    GPIOR0 |= 1 << G_SPECIAL;
}

/* The next compare is `ticks` after `base`, a time just past. False if it lies too close to be sure of: it may have matched or
 * not. What had matched until now, and was not served, was none of ours. */
static inline bool next_compare(uint16_t base, uint16_t ticks)
{
    OCR1A = (uint16_t)(base + ticks);
    TIFR1 = 1 << OCF1A;
    return (uint32_t)(uint16_t)(TCNT1 - base) + SCHEDULE_MARGIN < ticks;
}

/* The parts of the wait are over: the next compare is the goal. A step that lies too close is not made and not counted: it
 * stays DUE. */
static void approach(uint16_t base)
{
    bool ahead = next_compare(base, engine.wait);
    if (!ahead) {
        stamp(&engine.end, base, engine.wait);
        rest(engine.goal == GOAL_STEP ? FF_STEPS_LATE : 0);
        return;
    }
    if (engine.goal != GOAL_STEP)
        return;
    TCCR1A = PULSE_SET;
    if (!engine.moved) {
        engine.moved = true;
        stamp(&engine.first, base, engine.wait);
    }
    look_ahead();
}

static void show_direction(void)
{
    if (bits() & (1 << G_LEVEL))
        PORTB |= 1 << PORTB0;
    else
        PORTB &= (uint8_t) ~(1 << PORTB0);
}

/* The goal is `ticks` and `halves` times 0x8000 after `base`, a time just past. DIR shows a step's direction from here on. */
static void schedule(uint16_t base, uint32_t ticks, uint32_t halves)
{
    if (engine.goal == GOAL_STEP)
        show_direction();
    halves += ticks >> 15;
    engine.wait = (uint16_t)ticks & (HALF - 1u);
    engine.parts = 0;
    if (halves != 0)
        engine.wait |= HALF;
    if (halves < 2) {
        approach(base);
        return;
    }
    engine.parts = halves - 1u;
    (void)next_compare(base, HALF);
}

/* Goes on from the compare just reached. */
static void go_on(uint16_t base)
{
    uint32_t ticks = plan();
    if (engine.goal == GOAL_END && (engine.more || ticks < SHORT_END)) {
        stamp(&engine.end, base, (uint16_t)ticks);
        rest(engine.more ? FF_STEPS_DRY : 0);
        return;
    }
    schedule(base, ticks, 0);
}

/* The edge that was at `compare`, a time just past, has been made: only what comes next is not known yet. */
static void step_made(uint16_t compare)
{
    GPIOR0 &= (uint8_t) ~(1 << G_DUE);
    GPIOR0 |= 1 << G_LONG;
    stamp(&engine.edge, compare, 0);
}

static inline void end_pulse(void)
{
    TCCR1A = PULSE_CLEAR;
    TCCR1C = 1 << FOC1A;
}

/* A compare match that is not interrupts.S's. */
void engine_special(void);
void engine_special(void)
{
    uint16_t compare = OCR1A;

    if (engine.parts != 0) {
        if (--engine.parts != 0)
            (void)next_compare(compare, HALF);
        else
            approach(compare);
        return;
    }
    if (engine.goal == GOAL_END) {
        stamp(&engine.end, compare, 0);
        rest(0);
        return;
    }
    if (engine.goal == GOAL_STEP) {
        end_pulse();
        step_made(compare);
    }
    go_on(compare);
}

/* interrupts.S has made the step at `last`, and found the next one, not yet counted as scheduled, too close or past. Its match
 * finds the pin still high, so it makes no edge. */
void engine_late(void);
void engine_late(void)
{
    end_pulse();
    step_made(engine.last);
    rest(FF_STEPS_LATE);
}

/* ---- Asked by the main loop ------------------------------------------------------------------------------------------ */

static int32_t counted; /* the position when r9 will have run out, as the interrupts count it: all 32 bits */
static int32_t dropped; /* what ff_hal_steps_switch took out of it */

void __attribute__((noinline)) ff_hal_steps_arm(struct ff_hal *hal, const struct ff_queue *queue, int32_t position, bool more)
{
    (void)hal;
    engine.flags = 0;
    engine.read = queue->slots;
    engine.base = queue->slots;
    engine.more = more;
    engine.hold = 0;
    engine.moved = false;
    counted = position;
    dropped = 0;
    set_end_position((uint16_t)position);
    PUT(r2, 0);
    GPIOR0 = (uint8_t)(1 << G_SPECIAL | 1 << G_LONG | (bits() & (1 << G_BACK | 1 << G_LEVEL)));
    engine.first_ticks = plan();
    if (engine.goal == GOAL_STEP)
        show_direction();
}

void ff_hal_steps_launch(struct ff_hal *hal, uint64_t zero)
{
    uint64_t base = clock_now();
    union time start = {.whole = zero};
    union time delay = {.whole = zero - base};
    uint8_t sreg = SREG;
    (void)hal;
    engine.edge.low = start.parts.low;
    engine.edge.high = start.parts.high;
    engine.first = engine.edge;
    engine.end = engine.edge;
    cli();
    if (delay.parts.none & HALF) { /* zero lies before base */
        rest(FF_STEPS_LATE);
    } else {
        engine.flags = FF_STEPS_RUNNING;
        TIMSK1 |= 1 << OCIE1A;
        schedule((uint16_t)base, engine.first_ticks + (delay.parts.low & (HALF - 1u)),
                 delay.parts.high << 1 | (delay.parts.low >> 15));
    }
    SREG = sreg;
}

void ff_hal_steps_more(struct ff_hal *hal, bool more)
{
    (void)hal;
    engine.more = more;
}

/* A copy of the engine's state, all of one moment: what interrupts change. */
struct snapshot {
    const struct ff_record *read;
    uint8_t gpior0, pins, r9, chunks_256, flags;
    uint16_t end, slow_left, last, compare;
};

/* Call with interrupts off, and make them possible again before the copy's address is taken: so long it stays in registers, and
 * takes some 40 cycles. What holds the compare interrupt up any longer makes fast steps late. */
static inline __attribute__((always_inline)) struct snapshot snap(void)
{
    struct snapshot s;
    s.gpior0 = bits();
    s.pins = PORTB;
    s.end = end_position();
    s.r9 = GET(r9);
    s.chunks_256 = engine.chunks_256;
    s.slow_left = engine.slow_left;
    s.read = engine.read;
    s.flags = engine.flags;
    s.last = engine.last;
    s.compare = OCR1A;
    return s;
}

/* Steps that r9 stands for. */
static uint16_t run_left(const struct snapshot *s)
{
    if (!(s->gpior0 & (1 << G_RUN)))
        return 0;
    return s->r9 != 0 ? s->r9 : 256u;
}

/* Steps of the record that are not scheduled yet. */
static uint16_t steps_left(const struct snapshot *s)
{
    uint16_t left = run_left(s);
    if (!(s->gpior0 & (1 << G_RUN)) || !(s->gpior0 & (1 << G_MORE)))
        return left;
    return (uint16_t)(left + ((s->gpior0 & (1 << G_SLOW)) ? s->slow_left : (uint16_t)(s->chunks_256 << 8)));
}

/* A turn is loaded: DIR is to change with the next step that is scheduled. */
static inline bool turns(const struct snapshot *s)
{
    return ((s->gpior0 & (1 << G_LEVEL)) != 0) != ((s->pins & (1 << PORTB0)) != 0);
}

static void describe(const struct snapshot *s, const struct ff_record *base, struct ff_steps *now)
{
    bool back = (s->gpior0 & (1 << G_BACK)) != 0;
    int32_t left = run_left(s);

    counted += (int16_t)(uint16_t)(s->end - (uint16_t)counted); /* the main loop looks before 16 bits run over */
    now->flags = s->flags;
    now->read = 0; /* where a JUMP leads */
    if (s->read->kind != FF_CLASS_JUMP)
        now->read = (uint8_t)(s->read - base);
    now->left = steps_left(s);
    now->direction = back != turns(s) ? -1 : 1;
    now->scheduled = counted + dropped - (back ? -left : left);
    now->position = now->scheduled;
    now->interval = 0;
    if (s->gpior0 & (1 << G_DUE)) {
        now->position -= now->direction;
        if (!(s->gpior0 & (1 << G_LONG))) {
            now->interval = (uint32_t)(uint16_t)(s->compare - s->last) << FF_FRACTION_BITS;
            now->flags |= FF_STEPS_MOVING;
        } else {
            now->interval = engine.due_interval;
            if (!engine.stands)
                now->flags |= FF_STEPS_MOVING;
        }
    }
}

void ff_hal_steps_now(struct ff_hal *hal, struct ff_steps *now)
{
    uint8_t sreg = SREG;
    struct snapshot moment, s;
    (void)hal;
    cli();
    moment = snap();
    SREG = sreg;
    s = moment;
    describe(&s, engine.base, now);
}

/* Moving, the way that DIR's `level` shows, and no turn is loaded. */
static inline __attribute__((always_inline)) bool may_switch(uint8_t gpior0, uint8_t pins, uint8_t level)
{
    if (!(engine.flags & FF_STEPS_RUNNING) || !(gpior0 & (1 << G_DUE)) || ((pins ^ level) & (1 << PORTB0)))
        return false;
    if ((gpior0 & (1 << G_LONG)) && engine.stands)
        return false;
    return !(gpior0 & (1 << G_RUN)) || !(((gpior0 >> G_LEVEL) ^ level) & 1u);
}

bool __attribute__((noinline)) ff_hal_steps_switch(struct ff_hal *hal, const struct ff_queue *queue, uint8_t slot, bool more, struct ff_steps *at)
{
    const struct ff_record *read = &queue->slots[slot];
    const struct ff_record *before = engine.base;
    uint8_t turned = bits();
    uint8_t level = (uint8_t)(((turned >> G_BACK) ^ (turned >> G_LEVEL) ^ (read->count < 0 ? 1u : 0u)) & 1u);
    uint8_t sreg = SREG;
    struct snapshot s;
    bool moving = false;
    (void)hal;
    s.slow_left = 0;
    __asm__ volatile("" : "+r"(level)); /* worked out by now: what follows holds up the compare interrupt, and is as short as snap() */
    cli();
    s.gpior0 = bits();
    s.pins = PORTB;
    s.r9 = GET(r9);
    if (may_switch(s.gpior0, s.pins, level)) {
        moving = true;
        s.end = end_position();
        s.read = engine.read;
        engine.read = read;
        if (s.gpior0 & (1 << G_RUN)) { /* one more, then the new records */
            if (s.gpior0 & (1 << G_SLOW)) {
                s.slow_left = engine.slow_left;
                engine.slow_left = 0;
            } else {
                PUT(r9, 1);
                GPIOR0 &= (uint8_t) ~(1 << G_MORE);
            }
        }
    }
    SREG = sreg;
    if (!moving)
        return false;
    s.chunks_256 = engine.chunks_256; /* as it was: none of the new records is so long */
    s.flags = FF_STEPS_RUNNING;
    cli();
    s.last = engine.last;
    s.compare = OCR1A;
    SREG = sreg;
    describe(&s, before, at);
    engine.base = queue->slots; /* asked for at the new records' end, two steps from now at the soonest */
    engine.more = more;
    if (at->left != 0) {
        int32_t gone = (int32_t)run_left(&s) - 1;
        bool back = (s.gpior0 & (1 << G_BACK)) != 0;
        at->left--;
        at->scheduled += back ? -1 : 1;
        dropped -= back ? -gone : gone;
    }
    return true;
}

void engine_cut(void)
{
    TCCR1A = PULSE_CLEAR;
    if (engine.flags & FF_STEPS_RUNNING) {
        uint8_t wait = 12;
        if (PINB & (1 << PINB1)) /* the step has been made, and not been counted yet */
            step_made(OCR1A);
        else if (!(bits() & (1 << G_LONG)))
            stamp(&engine.edge, engine.last, 0);
        while (wait--) /* 2 µs high for the driver */
            __asm__ volatile("nop");
        rest(FF_STEPS_CUT);
    }
    TCCR1C = 1 << FOC1A;
}

void ff_hal_steps_cut(struct ff_hal *hal)
{
    uint8_t sreg = SREG;
    (void)hal;
    cli();
    engine_cut();
    SREG = sreg;
}

static uint64_t __attribute__((noinline)) time_of(const volatile struct stamp *at)
{
    union time time = {.parts = {at->low, at->high, 0}};
    return time.whole;
}

void ff_hal_steps_times(struct ff_hal *hal, struct ff_step_times *times)
{
    (void)hal;
    times->first_edge = time_of(&engine.first);
    times->last_edge = time_of(&engine.edge);
    times->end = time_of(&engine.end);
}
