/* SPDX-License-Identifier: MIT */
/* Every step, and the serial line: the interrupts that run while steps are made.
 *
 * Timer1 counts clock cycles and is never written. OC1A (STEP) is set by the compare match itself, so no interrupt, however
 * late, can move an edge. The interrupt that follows has until the next match to
 *
 *     add the interval to OCR1A,             36 cycles after it began
 *     show that step's direction on DIR, and change the interval by `add`,
 *     see that the next match still lies ahead, with time for the pulse to end: else LATE, and no further step,
 *     end the pulse by force (FOC1A)         at least 2.8 µs after the edge
 *     count, and where the record is used up load the next one.
 *
 * It takes 75 cycles, 122 where it loads a FAST record, and all of its state is in registers of its own. At 160 ticks a step
 * nothing else may keep interrupts off for more than 80 cycles; the longest is USART_RX with 73 (measured on the bench).
 *
 * FF_FAST_TICKS (0xC000) is the longest interval here: then "OCR1A - TCNT1" above 0xC000 can only mean that the match has
 * been missed. Longer ones are engine.c's, in several compares of which only the last sets the pin.
 */
#include <avr/io.h>

#include "engine.h"

#define IO(port) _SFR_IO_ADDR(port)

/* From reading TCNT1 to the end of the pulse 15 cycles, and then at least 1 µs low. */
#define MARGIN 32

    /* Before anything else runs: motor released, STEP and DIR low, inputs pulled up. The watchdog that may have bitten is still
     * running, and short. Optiboot clears MCUSR and leaves its value in r2. */
    .section .init3, "ax", @progbits
    ldi r24, (1 << PD7) | (1 << PD3) | (1 << PD2)
    out IO(PORTD), r24
    ldi r24, 1 << PD7
    out IO(DDRD), r24
    ldi r24, 0
    out IO(PORTB), r24
    ldi r24, (1 << PB5) | (1 << PB1) | (1 << PB0)
    out IO(DDRB), r24
    in r24, IO(MCUSR)
    cpse r24, r1
    rjmp 1f
    mov r24, r2
    cpi r24, 16
    brlo 1f
    ldi r24, 0
1:  sts reset_flags, r24
    out IO(MCUSR), r1
    ldi r24, (1 << WDCE) | (1 << WDE)
    sts WDTCSR, r24
    sts WDTCSR, r1

    .section .init8, "ax", @progbits
    ldi r24, STACK_PAINT
    sts __heap_start, r24
    sts __heap_start + 1, r24

    .section .noinit, "aw", @nobits
    .global reset_flags
reset_flags:
    .skip 1

    .section .text

    /* Calls a C function with everything saved that it may change. */
    .macro call_c function
    push r0
    in r0, IO(SREG)
    push r0
    push r1
    push r18
    push r19
    push r20
    push r21
    push r22
    push r23
    push r24
    push r25
    push r26
    push r27
    push r30
    push r31
    clr r1
    call \function
    pop r31
    pop r30
    pop r27
    pop r26
    pop r25
    pop r24
    pop r23
    pop r22
    pop r21
    pop r20
    pop r19
    pop r18
    pop r1
    pop r0
    out IO(SREG), r0
    pop r0
    reti
    .endm

    .global TIMER1_COMPA_vect
TIMER1_COMPA_vect:
    sbic IO(GPIOR0), G_SPECIAL
    rjmp .Lspecial
    push r24
    in r24, IO(SREG)
    push r24
    push r30
    push r31
    lds r30, OCR1AL
    lds r31, OCR1AH
    sts engine + E_LAST, r30
    sts engine + E_LAST + 1, r31
    add r2, r3
    adc r30, r4
    adc r31, r5
    sts OCR1AH, r31
    sts OCR1AL, r30
    sbic IO(GPIOR0), G_LEVEL
    sbi IO(PORTB), PORTB0
    sbis IO(GPIOR0), G_LEVEL
    cbi IO(PORTB), PORTB0
    cbi IO(GPIOR0), G_LONG
    add r3, r6
    adc r4, r7
    adc r5, r8
    lds r24, TCNT1L
    sub r30, r24
    lds r24, TCNT1H
    sbc r31, r24
    sbiw r30, MARGIN
    cpi r31, 0xC0
    brcc .Llate
    ldi r24, PULSE_CLEAR
    sts TCCR1A, r24
    ldi r31, 1 << FOC1A
    sts TCCR1C, r31
    ldi r24, PULSE_SET
    sts TCCR1A, r24
    dec r9
    breq .Lload
.Ldone:
    pop r31
    pop r30
    pop r24
    out IO(SREG), r24
    pop r24
    reti

    /* r9 has not been counted down: the step that comes too soon is not counted as scheduled. */
.Llate:
    pop r31
    pop r30
    pop r24
    out IO(SREG), r24
    pop r24
    call_c engine_late

.Lload:
    sbic IO(GPIOR0), G_MORE
    rjmp .Lload_more
    lds r30, engine + E_READ
    lds r31, engine + E_READ + 1
.Lload_at:
    ldd r24, Z + 9
    sbrs r24, 7
    rjmp .Lnot_fast
    sbrc r24, 6
    rjmp .Lslow
    ldd r3, Z + 0
    ldd r4, Z + 1
    ldd r5, Z + 2
    ldd r6, Z + 6
    ldd r7, Z + 7
    ldd r8, Z + 8
    sbrc r24, 2
    rjmp .Llong_record
    sbrc r24, 1
    rjmp .Lbackwards
    sbic IO(GPIOR0), G_BACK
    rjmp .Lturn
.Lturned:
    in r24, IO(GPIOR1)
    ldd r9, Z + 4
    add r24, r9
    out IO(GPIOR1), r24
    in r24, IO(GPIOR2)
    ldd r9, Z + 5
    adc r24, r9
    out IO(GPIOR2), r24
    ldd r9, Z + 3
.Ltaken:
    adiw r30, 10
    sts engine + E_READ + 1, r31
    sts engine + E_READ, r30
    rjmp .Ldone

.Lbackwards:
    sbic IO(GPIOR0), G_BACK
    rjmp .Lturned
.Lturn:
    ldi r24, 1 << G_BACK | 1 << G_LEVEL
    in r9, IO(GPIOR0)
    eor r9, r24
    out IO(GPIOR0), r9
    rjmp .Lturned

    /* More than 256 steps: r9 of them, then (|count| - 1) / 256 times 256. The position goes by what r9 stands for. */
.Llong_record:
    sbi IO(GPIOR0), G_MORE
    sbrc r24, 1
    rjmp .Llong_backwards
    sbic IO(GPIOR0), G_BACK
    rcall .Lturn_round
    ldd r9, Z + 3
    ldd r24, Z + 5
    tst r9
    brne 1f
    dec r24
1:  sts engine + E_CHUNKS_256, r24
    in r24, IO(GPIOR1)
    add r24, r9
    out IO(GPIOR1), r24
    in r24, IO(GPIOR2)
    brcc 2f
    inc r24
2:  tst r9
    brne 3f
    inc r24
3:  out IO(GPIOR2), r24
    rjmp .Ltaken
.Llong_backwards:
    sbis IO(GPIOR0), G_BACK
    rcall .Lturn_round
    ldd r9, Z + 3
    ldd r24, Z + 5
    com r24 /* -count - 1 is ~count */
    sts engine + E_CHUNKS_256, r24
    in r24, IO(GPIOR1)
    sub r24, r9
    out IO(GPIOR1), r24
    in r24, IO(GPIOR2)
    brcc 2f
    dec r24
2:  tst r9
    brne 3f
    dec r24
3:  out IO(GPIOR2), r24
    rjmp .Ltaken

    /* Spoils r9 and r24. */
.Lturn_round:
    ldi r24, 1 << G_BACK | 1 << G_LEVEL
    in r9, IO(GPIOR0)
    eor r9, r24
    out IO(GPIOR0), r9
    ret

.Lload_more:
    sbic IO(GPIOR0), G_SLOW
    rjmp .Lslow_next
    in r24, IO(GPIOR2)
    inc r24
    sbic IO(GPIOR0), G_BACK
    subi r24, 2
    out IO(GPIOR2), r24
    lds r24, engine + E_CHUNKS_256
    dec r24
    sts engine + E_CHUNKS_256, r24
    brne 1f
    cbi IO(GPIOR0), G_MORE
1:  rjmp .Ldone

.Lnot_fast:
    cpi r24, 0x40
    brlo .Lslow
    breq .Lstop_here
    cpi r24, 0x41
    brne .Lstop_here
    lds r30, engine + E_BASE
    lds r31, engine + E_BASE + 1
    rjmp .Lload_at
    /* EMPTY or DWELL: engine.c looks at it after the step that is due. */
.Lstop_here:
    cbi IO(GPIOR0), G_RUN
    sbi IO(GPIOR0), G_SPECIAL
    sts engine + E_READ + 1, r31
    sts engine + E_READ, r30
    rjmp .Ldone

    /* A SLOW record: some interval is FF_FAST_TICKS or more, others may still be as short as any. */
.Lslow:
    sts engine + E_SLOW_ADD + 3, r24
    ldd r24, Z + 6
    sts engine + E_SLOW_ADD, r24
    ldd r24, Z + 7
    sts engine + E_SLOW_ADD + 1, r24
    ldd r24, Z + 8
    sts engine + E_SLOW_ADD + 2, r24
    ldd r3, Z + 0
    sts engine + E_SLOW_INTERVAL, r3
    ldd r4, Z + 1
    sts engine + E_SLOW_INTERVAL + 1, r4
    ldd r5, Z + 2
    sts engine + E_SLOW_INTERVAL + 2, r5
    ldd r6, Z + 3
    sts engine + E_SLOW_INTERVAL + 3, r6
    sts engine + E_READ + 1, r31 /* advanced below */
    sts engine + E_READ, r30
    ldd r24, Z + 5
    ldd r30, Z + 4
    mov r31, r24
    sbrs r31, 7
    rjmp .Lslow_forwards
    com r31
    com r30 /* -count - 1 = ~count */
    sbis IO(GPIOR0), G_BACK
    rcall .Lturn_round
    rjmp .Lslow_count
.Lslow_forwards:
    sbiw r30, 1
    sbic IO(GPIOR0), G_BACK
    rcall .Lturn_round
.Lslow_count:
    sts engine + E_SLOW_LEFT + 1, r31
    sts engine + E_SLOW_LEFT, r30
    sbi IO(GPIOR0), G_SLOW
    sbi IO(GPIOR0), G_MORE
    lds r30, engine + E_READ
    lds r31, engine + E_READ + 1
    adiw r30, 10
    sts engine + E_READ + 1, r31
    sts engine + E_READ, r30
    rjmp .Lslow_step

.Lslow_next:
    lds r30, engine + E_SLOW_LEFT
    lds r31, engine + E_SLOW_LEFT + 1
    sbiw r30, 1
    brcs .Lslow_end
    sts engine + E_SLOW_LEFT + 1, r31
    sts engine + E_SLOW_LEFT, r30
    lds r3, engine + E_SLOW_INTERVAL
    lds r24, engine + E_SLOW_ADD
    add r3, r24
    sts engine + E_SLOW_INTERVAL, r3
    lds r4, engine + E_SLOW_INTERVAL + 1
    lds r24, engine + E_SLOW_ADD + 1
    adc r4, r24
    sts engine + E_SLOW_INTERVAL + 1, r4
    lds r5, engine + E_SLOW_INTERVAL + 2
    lds r24, engine + E_SLOW_ADD + 2
    adc r5, r24
    sts engine + E_SLOW_INTERVAL + 2, r5
    lds r6, engine + E_SLOW_INTERVAL + 3
    lds r24, engine + E_SLOW_ADD + 3
    adc r6, r24
    sts engine + E_SLOW_INTERVAL + 3, r6
    /* One step with the interval in r6:r5:r4:r3, r6 a scratch register until its change of 0 is put there; engine.c's if that is too long. */
.Lslow_step:
    clr r7
    clr r8
    clr r9
    inc r9
    in r30, IO(GPIOR1)
    in r31, IO(GPIOR2)
    adiw r30, 1
    sbic IO(GPIOR0), G_BACK
    sbiw r30, 2
    out IO(GPIOR1), r30
    out IO(GPIOR2), r31
    tst r6
    brne .Lslow_long
    mov r24, r5
    cpi r24, 0xC0
    brcc .Lslow_long
    rjmp .Ldone
.Lslow_long:
    clr r6
    sbi IO(GPIOR0), G_SPECIAL
    rjmp .Ldone
.Lslow_end:
    cbi IO(GPIOR0), G_SLOW
    cbi IO(GPIOR0), G_MORE
    lds r30, engine + E_READ
    lds r31, engine + E_READ + 1
    rjmp .Lload_at

.Lspecial:
    call_c engine_special

    .global TIMER1_OVF_vect
TIMER1_OVF_vect:
    push r24
    in r24, IO(SREG)
    push r24
    lds r24, clock_high
    inc r24
    sts clock_high, r24
    brne 1f
    lds r24, clock_high + 1
    inc r24
    sts clock_high + 1, r24
    brne 1f
    lds r24, clock_high + 2
    inc r24
    sts clock_high + 2, r24
    brne 1f
    lds r24, clock_high + 3
    inc r24
    sts clock_high + 3, r24
1:  sbic IO(TIFR1), OCF1A
    rjmp .Lstep_due
.Lreturn:
    pop r24
    out IO(SREG), r24
    pop r24
    reti

    /* The match came while another interrupt was served: its own follows at once. From the main program it would come after one
     * instruction more, and where that one turns interrupts off, too late. What is on the stack is the interrupted r24 and SREG. */
.Lstep_due:
    lds r24, TIMSK1
    sbrs r24, OCIE1A
    rjmp .Lreturn
    ldi r24, 1 << OCF1A
    out IO(TIFR1), r24
    pop r24
    out IO(SREG), r24
    pop r24
    rjmp TIMER1_COMPA_vect

/* ---- Inputs ----------------------------------------------------------------------------------------------------------- */

/* The stop input is looked at every FF_INPUT_FILTER_TICKS by Timer1's other compare, which steps go before; INTF1, whose interrupt
 * is off, tells whether it has moved since. So nothing on that wire can take time from steps. The cue's edge has an interrupt, since
 * its time matters, while a take is armed for it and no step is made: each sets its window back, Timer2's, which runs only then (port.c).
 *
 * The edge itself has started a conversion, whatever interrupt was under way: its end, 7 µs later, tells when the edge was. An edge that
 * comes so soon after another that this one's conversion may be the other's, or noise, is not waited for. */

    .global INT0_vect
INT0_vect:
    push r24
    sbis IO(TIFR2), OCF2B
    rjmp .Lcue_at_once
    lds r24, ADCSRA
    sbrs r24, ADSC
    rjmp .Lcue_at_once
.Lcue_waits:
    sbic IO(EIFR), INTF0
    rjmp .Lcue_at_once
    lds r24, ADCSRA
    sbrc r24, ADSC
    rjmp .Lcue_waits
    ldi r24, CUE_CONVERTED
    rjmp .Lcue_told
.Lcue_at_once:
    ldi r24, CUE_LATENCY
.Lcue_told:
    sts cue_lag, r24
    lds r24, TCNT1L
    sts cue_edge, r24
    lds r24, TCNT1H
    sts cue_edge + 1, r24
    ldi r24, 0
    sts TCNT2, r24
    ldi r24, (1 << OCF2A) | (1 << OCF2B)
    out IO(TIFR2), r24
    ldi r24, CUE_CLOCK
    sts TCCR2B, r24
    pop r24
    reti

    .global TIMER1_COMPB_vect
TIMER1_COMPB_vect:
    push r24
    in r24, IO(SREG)
    push r24
    push r25
    push r30
    in r30, IO(PIND) /* before INTF1, so that a move in between is seen there */
    lds r24, OCR1BL
    lds r25, OCR1BH
    subi r24, lo8(-(STOP_WINDOW))
    sbci r25, hi8(-(STOP_WINDOW))
    sts OCR1BH, r25
    sts OCR1BL, r24
    sbic IO(EIFR), INTF1
    rjmp .Lstop_moved
    andi r30, 1 << PD3
    lds r25, stop_level
    cp r30, r25
    brne .Lstop_settled
.Lstop_done:
    pop r30
    pop r25
    sbic IO(TIFR1), OCF1A
    rjmp .Lstep_due
    rjmp .Lreturn
.Lstop_moved:
    ldi r24, 1 << INTF1
    out IO(EIFR), r24
    rjmp .Lstop_done

    /* It has been steady, at another level than before: this is a move, and may cut the steps. */
.Lstop_settled:
    sts stop_level, r30
    mov r24, r30
    tst r24
    ldi r24, WENT_HIGH
    brne 1f
    ldi r24, WENT_LOW
1:  lds r25, stop_moved
    or r25, r24
    sts stop_moved, r25
    lds r25, stop_guard
    and r24, r25
    breq .Lstop_done
    pop r30
    pop r25
    pop r24
    out IO(SREG), r24
    pop r24
.Lcut:
    call_c engine_cut

/* ---- Serial line ------------------------------------------------------------------------------------------------------ */

    /* Keeps the byte and looks for STOP and HARD STOP (src/stop.h says what the states mean). */
    .global USART_RX_vect
USART_RX_vect:
    push r24
    in r24, IO(SREG)
    push r24
    push r30
    push r31
    lds r24, UDR0
    lds r30, rx_head
    clr r31
    subi r30, lo8(-(rx_ring))
    sbci r31, hi8(-(rx_ring))
    st Z, r24
    lds r30, rx_head
    inc r30
    cpi r30, RX_SIZE
    brlo 1f
    clr r30
1:  lds r31, rx_tail
    cp r30, r31
    breq .Lrx_full
    sts rx_head, r30
.Lrx_kept:
    lds r30, stop_state
    tst r24
    breq .Lmatch_zero
    tst r30
    brne .Lmatch
.Lmatched:
    pop r31
    pop r30
    sbic IO(TIFR1), OCF1A
    rjmp .Lstep_due
    pop r24
    out IO(SREG), r24
    pop r24
    reti

.Lrx_full:
    ldi r30, 1
    sts rx_lost, r30
    rjmp .Lrx_kept

.Lmatch_zero:
    ldi r24, 1
    sts stop_state, r24
    cpi r30, 6
    breq .Lmatch_stop
    cpi r30, 6 | 8
    breq .Lmatch_hard
    rjmp .Lmatched
    /* What stands before its first step or in a hold stays there. */
.Lmatch_stop:
    lds r24, stop_seen
    ori r24, 1 /* FF_STOP_SEEN */
    subi r24, -8 /* FF_STOP_ONE_MORE */
    sts stop_seen, r24
    lds r24, engine + E_STANDS
    sbis IO(GPIOR0), G_LONG
    clr r24
    tst r24
    breq .Lmatched
    pop r31
    pop r30
    pop r24
    out IO(SREG), r24
    pop r24
    rjmp .Lcut
.Lmatch_hard:
    pop r31
    pop r30
    pop r24
    out IO(SREG), r24
    pop r24
    rjmp .Lhard

    /* r30 is 1…6, or with 8 added from 4 on; r24 the byte, not 0. */
.Lmatch:
    cpi r30, 3
    breq .Lmatch_type
    mov r31, r30
    inc r31
    cpi r30, 1
    brne 1f
    cpi r24, 0x01
    rjmp 6f
1:  cpi r30, 2
    brne 2f
    cpi r24, 0x04
    rjmp 6f
2:  cpi r30, 4
    brne 3f
    cpi r24, 0x53
    rjmp 6f
3:  cpi r30, 5
    brne 4f
    cpi r24, 0x36
    rjmp 6f
4:  cpi r30, 4 | 8
    brne 5f
    cpi r24, 0x72
    rjmp 6f
5:  cpi r30, 5 | 8
    brne .Lmatch_none
    cpi r24, 0x26
6:  breq .Lmatch_store
.Lmatch_none:
    clr r31
.Lmatch_store:
    sts stop_state, r31
    rjmp .Lmatched
.Lmatch_type:
    ldi r31, 4
    cpi r24, 0x30
    breq .Lmatch_store
    ldi r31, 4 | 8
    cpi r24, 0x31
    breq .Lmatch_store
    rjmp .Lmatch_none

.Lhard:
    call_c hard_stop_happened

    /* The next byte out: the urgent frame's, if there is one and no other is under way (the last byte was its final zero). */
    .global USART_UDRE_vect
USART_UDRE_vect:
    push r24
    in r24, IO(SREG)
    push r24
    push r30
    push r31
    lds r24, urgent_left
    tst r24
    brne .Lurgent_waits
.Lplain:
    lds r30, tx_tail
    lds r24, tx_head
    cp r30, r24
    breq .Lall_sent
    clr r31
    subi r30, lo8(-(tx_ring))
    sbci r31, hi8(-(tx_ring))
    ld r24, Z
    sts UDR0, r24
    sts tx_last, r24
    lds r30, tx_tail
    inc r30
    cpi r30, TX_SIZE
    brlo 1f
    clr r30
1:  sts tx_tail, r30
    rjmp .Lmatched
.Lall_sent:
    ldi r24, (1 << RXCIE0) | (1 << RXEN0) | (1 << TXEN0)
    sts UCSR0B, r24
    rjmp .Lmatched
.Lurgent_waits:
    lds r30, urgent_at
    tst r30
    brne 1f
    lds r31, tx_last
    tst r31
    brne .Lplain
1:  dec r24
    sts urgent_left, r24
    inc r30
    sts urgent_at, r30
    dec r30
    clr r31
    subi r30, lo8(-(urgent))
    sbci r31, hi8(-(urgent))
    ld r24, Z
    sts UDR0, r24
    sts tx_last, r24
    rjmp .Lmatched
