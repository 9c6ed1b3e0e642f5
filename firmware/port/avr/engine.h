/* SPDX-License-Identifier: MIT */
/* The step engine of the ATmega328P: what interrupts.S (every step) and engine.c (everything slower) share. How it works: interrupts.S. */
#ifndef FF_AVR_ENGINE_H
#define FF_AVR_ENGINE_H

/* Registers that belong to the compare interrupt alone: every file is compiled with -ffixed-r2 … -ffixed-r9, and
 * check-registers.sh reads the linked program back to see that nothing else, libgcc included, touches them.
 *
 *     r2        fraction of the time of the step that is due
 *     r3…r5     interval to the step after it, 1/256 tick      r6…r8   what that changes by
 *     r9        steps of this record still to be scheduled, 0 for 256
 */

/* Bits of GPIOR0. GPIOR1 and GPIOR2: the low 16 bits of the position when r9 will have run out. */
#define G_SPECIAL 0 /* the next compare match is engine.c's */
#define G_LEVEL 1   /* DIR's level for the record: written to the pin with each step that is scheduled */
#define G_BACK 2    /* the record goes towards lower positions; turns together with G_LEVEL, and only so */
#define G_MORE 3    /* r9 run out is not the record's end */
#define G_SLOW 4    /* the record is SLOW: r9 is 1, slow_left steps follow */
#define G_RUN 5     /* r9 steps are to be scheduled */
#define G_DUE 6     /* a step is scheduled: at OCR1A, or after the parts of its wait */
#define G_LONG 7    /* engine.c scheduled it: due_interval and edge hold; else OCR1A - last and last do */

/* Offsets in struct engine, for interrupts.S; engine.c asserts them. */
#define E_READ 0
#define E_BASE 2
#define E_CHUNKS_256 4
#define E_SLOW_INTERVAL 5
#define E_SLOW_ADD 9
#define E_SLOW_LEFT 13
#define E_LAST 15
#define E_STANDS 17

#define PULSE_CLEAR (1 << COM1A1)                /* on a match, and when forced: STEP low */
#define PULSE_SET ((1 << COM1A1) | (1 << COM1A0)) /* on a match: STEP high */

/* The inputs' filter: Timer1 ticks between two looks at the stop input; Timer2's clock (CK/32), and its compare, for the cue. */
#define STOP_WINDOW 4000
#define CUE_CLOCK ((1 << CS21) | (1 << CS20))
#define CUE_WINDOW 124
#define CUE_APART 8 /* a conversion's time and more, of Timer2's: so far from the last edge an edge has a conversion of its own */
/* From the cue pin's edge to reading TCNT1 in INT0_vect: when it looks at once, and when it waits for the conversion. */
#define CUE_LATENCY 15
#define CUE_CONVERTED 121
#define WENT_LOW 1 /* FF_WENT_…, for interrupts.S */
#define WENT_HIGH 2

#define STACK_PAINT 0xA5

#define RX_SIZE 72 /* the longest frame from the host, and a stop behind it */
#define TX_SIZE 90

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"

/* A time, 48 bits of the clock. */
struct stamp {
    uint16_t low;
    uint32_t high;
};

/* What the compare is that ends the wait under way. */
enum goal {
    GOAL_LOOK, /* a hold's end is near: the next record is looked at */
    GOAL_STEP,
    GOAL_END,
};

struct engine {
    const struct ff_record *read; /* the next record */
    const struct ff_record *base; /* where a JUMP leads */
    uint8_t chunks_256;           /* times 256 steps to come after r9 */
    uint32_t slow_interval;       /* of a SLOW record: to the step that r9 stands for */
    int32_t slow_add;
    uint16_t slow_left;
    uint16_t last;                /* OCR1A at the last edge that was interrupts.S's */
    bool stands;                  /* the step that engine.c scheduled comes after a hold, or is the first */
    uint8_t flags;                /* FF_STEPS_…, MOVING left out */
    uint8_t goal;
    bool more;
    bool moved;                   /* a step has been made since the launch */
    uint32_t parts;               /* compares of 0x8000 ticks before the goal's own */
    uint16_t wait;                /* ticks of the goal's own */
    uint16_t hold;                /* ticks of a dwell that are left when it is looked at again */
    uint32_t due_interval;        /* 1/256 tick, of what engine.c scheduled last */
    uint32_t first_ticks;         /* from the launch to the first goal, known once armed */
    struct stamp first, edge, end;
};

extern volatile struct engine engine;
extern volatile uint32_t clock_high;

/* Cuts the steps; interrupts must be off. */
void engine_cut(void);

uint64_t clock_now(void);

#endif
#endif
