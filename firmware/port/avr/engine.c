/* The slow half of the step engine: starting, waits longer than FF_FAST_TICKS, dwells, the end, and what the main loop asks.
 *
 * A wait is cut into compares of 0x8000 ticks that do nothing to the pin (it is low, and they clear it), and a last one of
 * 0x8000 to 0xFFFF, which does. So no compare value is ever written close to the counter, and nothing depends on when
 * exactly these interrupts are served.
 */
#include "engine.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <stddef.h>

volatile struct engine engine;
volatile uint32_t clock_high;
uint64_t engine_first_ticks;
uint64_t engine_first_edge;

_Static_assert(offsetof(struct engine, read) == E_READ, "interrupts.S");
_Static_assert(offsetof(struct engine, base) == E_BASE, "interrupts.S");
_Static_assert(offsetof(struct engine, chunks_256) == E_CHUNKS_256, "interrupts.S");
_Static_assert(offsetof(struct engine, slow_interval) == E_SLOW_INTERVAL, "interrupts.S");
_Static_assert(offsetof(struct engine, slow_add) == E_SLOW_ADD, "interrupts.S");
_Static_assert(offsetof(struct engine, slow_left) == E_SLOW_LEFT, "interrupts.S");
_Static_assert(offsetof(struct engine, flags) == E_FLAGS, "interrupts.S");
_Static_assert(offsetof(struct engine, last) == E_LAST, "interrupts.S");
_Static_assert(offsetof(struct engine, long_due) == E_LONG_DUE, "interrupts.S");
_Static_assert(sizeof(struct ff_record) == 10 && offsetof(struct ff_record, kind) == 9, "interrupts.S");
_Static_assert(FF_STEPS_LATE == 4, "interrupts.S");

enum phase { PHASE_REST, PHASE_WAIT, PHASE_REACHED };
enum goal { GOAL_STEP, GOAL_LOOK, GOAL_END };

/* How much of a dwell is kept for when the next record has been looked at: time enough to think, and one wait. */
#define LOOK_AHEAD 0x8000u
/* An end so near is not waited for. */
#define SHORT_END 4000u
/* Cycles from reading TCNT1 in schedule() to the pin being ready. */
#define SCHEDULE_MARGIN 48u

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

uint64_t clock_now(void)
{
    uint16_t low;
    uint32_t high;
    uint8_t sreg = SREG;
    cli();
    low = TCNT1;
    high = high_of(low);
    SREG = sreg;
    return (uint64_t)high << 16 | low;
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
        GPIOR0 ^= 1 << G_BACK | 1 << G_FLIP;
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

/* What comes next, and after how many ticks. */
static uint64_t plan(void)
{
    uint64_t ticks = engine.hold;
    engine.hold = 0;
    engine.due_interval = 0;
    while (!(bits() & (1 << G_RUN))) {
        uint8_t kind = next_kind();
        if (kind == FF_CLASS_EMPTY) {
            engine.goal = GOAL_END;
            return ticks;
        }
        if (kind == FF_CLASS_DWELL) {
            ticks += engine.read->interval;
            engine.read++;
            if (ticks >= 2UL * LOOK_AHEAD) {
                engine.hold = LOOK_AHEAD;
                engine.goal = GOAL_LOOK;
                return ticks - LOOK_AHEAD;
            }
        } else {
            take_record();
        }
    }
    {
        uint32_t interval = take_step();
        uint16_t fraction = (uint16_t)(GET(r2) + (interval & 0xFFu));
        PUT(r2, fraction);
        engine.due_interval = interval;
        engine.goal = GOAL_STEP;
        GPIOR0 |= 1 << G_DUE;
        return ticks + (interval >> FF_FRACTION_BITS) + (fraction >> 8);
    }
}

/* ---- Compares -------------------------------------------------------------------------------------------------------- */

static void turn_if_due(void)
{
    if (bits() & (1 << G_FLIP)) {
        PINB = 1 << PINB0;
        GPIOR0 &= (uint8_t) ~(1 << G_FLIP);
    }
}

static void rest(uint8_t flags)
{
    TCCR1A = PULSE_CLEAR;
    TIMSK1 = 1 << TOIE1;
    engine.flags = flags;
    engine.phase = PHASE_REST;
    GPIOR0 |= 1 << G_SPECIAL;
}

/* The compare that has just been written is the last before the goal. If it lies too close, there is no step: LATE. */
static void aim(uint16_t ticks, uint16_t base)
{
    engine.phase = PHASE_REACHED;
    if (engine.goal != GOAL_STEP)
        return;
    if ((uint32_t)(uint16_t)(TCNT1 - base) + SCHEDULE_MARGIN >= ticks) {
        GPIOR0 &= (uint8_t) ~(1 << G_DUE);
        rest(FF_STEPS_LATE);
        return;
    }
    TCCR1A = PULSE_SET;
    look_ahead();
}

/* The goal is `ticks` after `base`, a time just past. */
static void schedule(uint16_t base, uint64_t ticks)
{
    turn_if_due();
    TCCR1A = PULSE_CLEAR;
    engine.last = base;
    engine.long_due = ticks >= 0x10000UL;
    if (ticks < 0x10000UL) {
        OCR1A = (uint16_t)(base + (uint16_t)ticks);
        aim((uint16_t)ticks, base);
        return;
    }
    engine.wait_chunks = (uint32_t)(ticks >> 16) * 2u + (((uint16_t)ticks & 0x8000u) ? 1u : 0u) - 2u;
    engine.wait_last = (uint16_t)ticks | 0x8000u;
    engine.phase = PHASE_WAIT;
    OCR1A = (uint16_t)(base + 0x8000u);
}

static void mark_end(uint16_t more)
{
    uint32_t low = (uint32_t)engine.edge_low + more;
    engine.end_low = (uint16_t)low;
    engine.end_high = engine.edge_high + (low >> 16);
}

/* Goes on from the compare just reached, or from the launch. */
static void go_on(uint16_t base)
{
    uint64_t ticks = plan();
    if (engine.goal == GOAL_END) {
        bool dry = engine.more;
        if (dry || ticks < SHORT_END) {
            mark_end((uint16_t)ticks);
            rest(dry ? FF_STEPS_DRY : 0);
            return;
        }
    }
    schedule(base, ticks);
}

/* The last edge was at `compare`, a time just past. */
static void mark_edge(uint16_t compare)
{
    uint16_t low = TCNT1;
    uint32_t high = high_of(low);
    engine.edge_low = compare;
    engine.edge_high = low < compare ? high - 1u : high;
}

/* A compare match that is not interrupts.S's. */
void engine_special(void);
void engine_special(void)
{
    uint16_t compare = OCR1A;

    if (engine.phase == PHASE_WAIT) {
        if (engine.wait_chunks != 0) {
            engine.wait_chunks--;
            OCR1A = (uint16_t)(compare + 0x8000u);
        } else {
            OCR1A = (uint16_t)(compare + engine.wait_last);
            aim(engine.wait_last, compare);
        }
        return;
    }
    if (engine.goal == GOAL_STEP) {
        TCCR1A = PULSE_CLEAR;
        TCCR1C = 1 << FOC1A;
        GPIOR0 &= (uint8_t) ~(1 << G_DUE);
        mark_edge(compare);
    } else if (engine.goal == GOAL_END) {
        uint16_t low = TCNT1;
        uint32_t high = high_of(low);
        engine.end_low = compare;
        engine.end_high = low < compare ? high - 1u : high;
        rest(0);
        return;
    }
    go_on(compare);
}

void engine_launch(uint16_t base, uint64_t ticks)
{
    TIFR1 = 1 << OCF1A;
    engine.flags = FF_STEPS_RUNNING;
    TIMSK1 = 1 << TOIE1 | 1 << OCIE1A;
    schedule(base, ticks);
}

/* ---- Asked by the main loop ------------------------------------------------------------------------------------------ */

static int32_t counted; /* the position when r9 will have run out, as the interrupts count it: all 32 bits */
static int32_t dropped; /* what ff_hal_steps_switch took out of it */

void ff_hal_steps_arm(struct ff_hal *hal, const struct ff_queue *queue, int32_t position, bool more)
{
    (void)hal;
    engine.flags = 0;
    engine.read = queue->slots;
    engine.base = queue->slots;
    engine.more = more;
    engine.hold = 0;
    engine.phase = PHASE_REST;
    engine.long_due = false;
    counted = position;
    dropped = 0;
    set_end_position((uint16_t)position);
    PUT(r2, 0);
    GPIOR0 = (uint8_t)(1 << G_SPECIAL | (bits() & (1 << G_BACK)));
    engine_first_ticks = plan();
    turn_if_due();
}

void ff_hal_steps_launch(struct ff_hal *hal, uint64_t zero)
{
    uint64_t base = clock_now();
    uint64_t ticks = zero - base + engine_first_ticks;
    uint8_t sreg = SREG;
    (void)hal;
    engine_first_edge = zero + engine_first_ticks;
    engine.edge_low = (uint16_t)zero;
    engine.edge_high = (uint32_t)(zero >> 16);
    cli();
    engine_launch((uint16_t)base, ticks);
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
    uint8_t gpior0, r9, chunks_256, flags;
    bool long_due;
    uint16_t end, slow_left, last, compare;
};

/* Call with interrupts off, and make them possible again before the copy's address is taken: so long it stays in registers, and
 * takes some 40 cycles. What holds the compare interrupt up any longer makes fast steps late. */
static inline __attribute__((always_inline)) struct snapshot snap(void)
{
    struct snapshot s;
    s.gpior0 = bits();
    s.end = end_position();
    s.r9 = GET(r9);
    s.chunks_256 = engine.chunks_256;
    s.slow_left = engine.slow_left;
    s.read = engine.read;
    s.flags = engine.flags;
    s.long_due = engine.long_due;
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

/* 1/256 tick from the last edge to the one that is due. */
static uint32_t due_interval(const struct snapshot *s)
{
    if ((s->gpior0 & (1 << G_SPECIAL)) && s->long_due)
        return engine.due_interval;
    return (uint32_t)(uint16_t)(s->compare - s->last) << FF_FRACTION_BITS;
}

static void describe(const struct snapshot *s, const struct ff_record *base, struct ff_steps *now)
{
    bool back = (s->gpior0 & (1 << G_BACK)) != 0;
    bool due_back = back != ((s->gpior0 & (1 << G_FLIP)) != 0);
    int32_t left = run_left(s);

    counted += (int16_t)(uint16_t)(s->end - (uint16_t)counted); /* the main loop looks before 16 bits run over */
    now->flags = s->flags;
    now->read = 0; /* where a JUMP leads */
    if (s->read->kind != FF_CLASS_JUMP)
        now->read = (uint8_t)(s->read - base);
    now->left = steps_left(s);
    now->direction = due_back ? -1 : 1;
    now->scheduled = counted + dropped - (back ? -left : left);
    now->position = now->scheduled;
    now->interval = 0;
    if (s->gpior0 & (1 << G_DUE)) {
        now->position -= now->direction;
        now->interval = due_interval(s);
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

void ff_hal_steps_switch(struct ff_hal *hal, const struct ff_queue *queue, uint8_t slot, bool more, struct ff_steps *at)
{
    const struct ff_record *read = &queue->slots[slot];
    const struct ff_record *before = engine.base;
    uint8_t sreg = SREG;
    struct snapshot moment, s;
    (void)hal;
    cli();
    moment = snap();
    if (moment.flags & FF_STEPS_RUNNING) {
        engine.read = read;
        if (moment.gpior0 & (1 << G_RUN)) { /* one more, then the new records */
            engine.slow_left = 0;
            PUT(r9, 1);
            if (!(moment.gpior0 & (1 << G_SLOW)))
                GPIOR0 &= (uint8_t) ~(1 << G_MORE);
        }
    }
    SREG = sreg;
    s = moment;
    if (s.flags & FF_STEPS_RUNNING) { /* asked for at the new records' end, two steps from now at the soonest */
        engine.base = queue->slots;
        engine.more = more;
    }
    describe(&s, before, at);
    if ((s.flags & FF_STEPS_RUNNING) && at->left != 0) {
        int32_t gone = (int32_t)run_left(&s) - 1;
        bool back = (s.gpior0 & (1 << G_BACK)) != 0;
        at->left--;
        at->scheduled += back ? -1 : 1;
        dropped -= back ? -gone : gone;
    }
}

void engine_cut(void)
{
    TCCR1A = PULSE_CLEAR;
    if (engine.flags & FF_STEPS_RUNNING) {
        uint8_t wait = 12;
        if (PINB & (1 << PINB1)) { /* the step has been made, and not been counted yet */
            GPIOR0 &= (uint8_t) ~(1 << G_DUE);
            mark_edge(OCR1A);
        } else if (!(bits() & (1 << G_SPECIAL))) {
            mark_edge(engine.last);
        }
        while (wait--) /* 2 µs high for the driver */
            __asm__ volatile("nop");
        rest(FF_STEPS_CUT);
    }
    TCCR1C = 1 << FOC1A;
    TIFR1 = 1 << OCF1A;
}

void ff_hal_steps_cut(struct ff_hal *hal)
{
    uint8_t sreg = SREG;
    (void)hal;
    cli();
    engine_cut();
    SREG = sreg;
}

void ff_hal_steps_times(struct ff_hal *hal, struct ff_step_times *times)
{
    (void)hal;
    times->first_edge = engine_first_edge;
    times->last_edge = (uint64_t)engine.edge_high << 16 | engine.edge_low;
    times->end = (uint64_t)engine.end_high << 16 | engine.end_low;
}
