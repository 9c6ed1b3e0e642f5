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
#define G_FLIP 1    /* DIR changes once the step that is due has been made */
#define G_BACK 2    /* the record goes towards lower positions */
#define G_MORE 3    /* r9 run out is not the record's end */
#define G_SLOW 4    /* the record is SLOW: r9 is 1, slow_left steps follow */
#define G_RUN 5     /* r9 steps are to be scheduled */
#define G_DUE 6     /* a step is scheduled, or planned as the next thing */

/* Offsets in struct engine, for interrupts.S; engine.c asserts them. */
#define E_READ 0
#define E_BASE 2
#define E_CHUNKS_256 4
#define E_SLOW_INTERVAL 5
#define E_SLOW_ADD 9
#define E_SLOW_LEFT 13
#define E_FLAGS 15
#define E_LAST 16
#define E_LONG_DUE 18

#define PULSE_CLEAR (1 << COM1A1)                /* on a match, and when forced: STEP low */
#define PULSE_SET ((1 << COM1A1) | (1 << COM1A0)) /* on a match: STEP high */

#define RX_SIZE 48
#define TX_SIZE 90

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"

struct engine {
    const struct ff_record *read; /* the next record */
    const struct ff_record *base; /* where a JUMP leads */
    uint8_t chunks_256;           /* times 256 steps to come after r9 */
    uint32_t slow_interval;       /* of a SLOW record: to the step that r9 stands for */
    int32_t slow_add;
    uint16_t slow_left;
    uint8_t flags;                /* FF_STEPS_… */
    uint16_t last;                /* OCR1A at the last edge, while steps are fast */
    bool long_due;                /* the step that is due is due_interval after the last; else OCR1A - last */
    uint8_t phase;
    uint8_t goal;
    bool more;
    uint32_t wait_chunks;         /* of 0x8000 ticks, before the last wait */
    uint16_t wait_last;
    uint16_t hold;                /* ticks of a dwell that are left when it is looked at again */
    uint32_t due_interval;        /* 1/256 tick, of what engine.c scheduled last */
    uint32_t edge_high;           /* clock of the last edge that engine.c saw */
    uint16_t edge_low;
    uint32_t end_high;
    uint16_t end_low;
};

extern volatile struct engine engine;
extern volatile uint32_t clock_high;

/* Cuts the steps; interrupts must be off. */
void engine_cut(void);

/* The armed records start: `base` is when, by Timer1, interrupts off. False if that is too late. */
void engine_launch(uint16_t base, uint64_t ticks);

/* Ticks from launch to the first step (or end), known once armed. */
extern uint64_t engine_first_ticks;
extern uint64_t engine_first_edge;

uint64_t clock_now(void);

#endif
#endif
