/* SPDX-License-Identifier: MIT */
/* ATmega328P at 16 MHz (Arduino Uno, Nano): pins, serial line, EEPROM, watchdog, and the main loop. The step engine is interrupts.S
 * and engine.c.
 *
 *     STEP D9 PB1/OC1A   DIR D8 PB0, high towards higher positions   ENABLE D7 PD7, low is on   stop D3 PD3, low is active   cue D2 PD2, low is active   LED D13 PB5
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "engine.h"
#include "unit.h"

#define DIR (1 << PB0)
#define LED (1 << PB5)
#define CUE (1 << PD2)
#define STOP_IN (1 << PD3)
#define ENABLE (1 << PD7)

_Static_assert(STOP_WINDOW == FF_INPUT_FILTER_TICKS && (CUE_WINDOW + 1) * 32 == FF_INPUT_FILTER_TICKS, "engine.h");
_Static_assert(WENT_LOW == FF_WENT_LOW && WENT_HIGH == FF_WENT_HIGH, "engine.h");

volatile uint8_t rx_ring[RX_SIZE];
volatile uint8_t tx_ring[TX_SIZE];
volatile uint8_t urgent[FF_URGENT_MAX];
volatile uint8_t rx_head, rx_tail, rx_lost, tx_head, tx_tail, tx_last, urgent_left, urgent_at;
volatile uint8_t stop_state, stop_seen;
volatile uint16_t cue_edge; /* when the cue input was seen to have moved last */
volatile uint8_t cue_lag;   /* and how long after it did */
volatile uint8_t stop_level, stop_moved, stop_guard;

static volatile uint8_t cue_level, cue_wanted = FF_CUE_OFF;
static volatile bool cue_taken;
static uint8_t mirror;
extern uint8_t reset_flags; /* MCUSR, kept by interrupts.S */
static struct ff_unit unit;

/* ---- Clock, reset ---------------------------------------------------------------------------------------------------- */

uint64_t ff_hal_clock(struct ff_hal *hal)
{
    (void)hal;
    return clock_now();
}

void ff_hal_watchdog(struct ff_hal *hal)
{
    (void)hal;
    wdt_reset();
}

uint8_t ff_hal_board(struct ff_hal *hal)
{
    (void)hal;
    return FF_BOARD_ATMEGA328P;
}

/* A power-on sets the brown-out and the pin flag as well. */
uint8_t ff_hal_reset_cause(struct ff_hal *hal)
{
    (void)hal;
    if (reset_flags & (1 << PORF))
        return FF_RESET_CAUSE_POWER_ON;
    if (reset_flags & (1 << WDRF))
        return FF_RESET_CAUSE_WATCHDOG;
    if (reset_flags & (1 << BORF))
        return FF_RESET_CAUSE_BROWN_OUT;
    return reset_flags & (1 << EXTRF) ? FF_RESET_CAUSE_RESET_PIN : FF_RESET_CAUSE_UNKNOWN;
}

/* ---- Serial line: 250000 baud, 8N1; the interrupts are in interrupts.S --------------------------------------------------- */

int16_t ff_hal_rx(struct ff_hal *hal)
{
    uint8_t tail = rx_tail;
    uint8_t byte;
    int16_t lost = 0;
    (void)hal;
    if (tail == rx_head)
        return -1;
    if (rx_lost) { /* full until now, so nothing has come since: what there is of the frame ends here, and not in the next one */
        uint8_t head = rx_head;
        rx_lost = 0;
        rx_ring[head != 0 ? head - 1u : RX_SIZE - 1u] = 0;
        lost = FF_RX_LOST;
    }
    byte = rx_ring[tail];
    tail++;
    rx_tail = tail >= RX_SIZE ? 0 : tail;
    return (int16_t)(byte | lost);
}

uint8_t ff_hal_rx_waiting(struct ff_hal *hal)
{
    uint8_t head = rx_head;
    (void)hal;
    return head >= rx_tail ? (uint8_t)(head - rx_tail) : (uint8_t)(head + RX_SIZE - rx_tail);
}

uint8_t ff_hal_tx_room(struct ff_hal *hal)
{
    uint8_t tail = tx_tail;
    uint8_t head = tx_head;
    (void)hal;
    return (uint8_t)(tail > head ? tail - head - 1 : tail + TX_SIZE - head - 1);
}

static void transmit(void)
{
    uint8_t sreg = SREG;
    cli();
    UCSR0B |= 1 << UDRIE0;
    SREG = sreg;
}

static uint8_t tx_slot(uint8_t at)
{
    uint8_t slot = (uint8_t)(tx_head + at);
    return slot >= TX_SIZE ? (uint8_t)(slot - TX_SIZE) : slot;
}

void ff_hal_tx_put(struct ff_hal *hal, uint8_t at, uint8_t byte)
{
    (void)hal;
    tx_ring[tx_slot(at)] = byte;
}

/* The interrupt never finds a frame half written: it may put the urgent one only between two. */
void ff_hal_tx_send(struct ff_hal *hal, uint8_t length)
{
    (void)hal;
    tx_head = tx_slot(length);
    transmit();
}

void ff_hal_tx_urgent(struct ff_hal *hal, const uint8_t *bytes, uint8_t length)
{
    uint8_t sreg = SREG;
    uint8_t at;
    (void)hal;
    if (urgent_left != 0)
        return;
    for (at = 0; at < length; at++)
        urgent[at] = bytes[at];
    urgent_at = 0;
    urgent_left = length;
    cli();
    stop_seen = (uint8_t)(stop_seen - FF_STOP_ONE_MORE);
    if ((stop_seen & FF_STOP_OWED) == 0)
        stop_seen &= (uint8_t)~FF_HARD_STOP_OWED;
    SREG = sreg;
    transmit();
}

uint8_t ff_hal_stop_seen(struct ff_hal *hal)
{
    uint8_t sreg = SREG;
    uint8_t seen;
    (void)hal;
    cli();
    seen = stop_seen;
    stop_seen = seen & (FF_STOP_OWED | FF_HARD_STOP_OWED);
    SREG = sreg;
    return urgent_left == 0 ? seen : seen & (FF_STOP_SEEN | FF_HARD_STOP_SEEN);
}

bool ff_hal_stop_waits(const struct ff_hal *hal)
{
    (void)hal;
    return (stop_seen & (FF_STOP_SEEN | FF_HARD_STOP_SEEN)) != 0 || (stop_moved & stop_guard) != 0;
}

void hard_stop_happened(void);
void hard_stop_happened(void)
{
    stop_seen = (uint8_t)((stop_seen | FF_HARD_STOP_SEEN | FF_HARD_STOP_OWED) + FF_STOP_ONE_MORE);
    engine_cut();
}

/* ---- Pins ------------------------------------------------------------------------------------------------------------ */

uint8_t ff_hal_inputs(struct ff_hal *hal)
{
    uint8_t inputs = 0;
    (void)hal;
    if (!(PIND & CUE))
        inputs |= FF_IN_CUE;
    if (!stop_level)
        inputs |= FF_IN_STOP;
    return inputs;
}

uint8_t ff_hal_stop_moved(struct ff_hal *hal)
{
    uint8_t sreg = SREG;
    uint8_t moved;
    (void)hal;
    cli();
    moved = stop_moved;
    stop_moved = 0;
    SREG = sreg;
    return moved;
}

void ff_hal_outputs(struct ff_hal *hal, uint8_t outputs)
{
    uint8_t mirrored = outputs & FF_OUT_MIRROR;
    (void)hal;
    if (outputs & FF_OUT_ENERGISE)
        PORTD &= (uint8_t)~ENABLE;
    else
        PORTD |= ENABLE;
    if (outputs & FF_OUT_READY)
        PORTB |= LED;
    else
        PORTB &= (uint8_t)~LED;
    if (mirrored != mirror) { /* at rest: no interrupt turns DIR or its level */
        mirror = mirrored;
        PINB = DIR;
        GPIOR0 ^= 1 << G_LEVEL;
    }
}

void ff_hal_stop_guard(struct ff_hal *hal, uint8_t moves)
{
    (void)hal;
    stop_guard = moves;
}

/* The cue input has been steady. */
ISR(TIMER2_COMPA_vect)
{
    uint8_t level = PIND & CUE;
    TCCR2B = 0;
    if (level == cue_level)
        return;
    cue_level = level;
    if (cue_wanted == (level ? FF_CUE_EDGE_RISING : FF_CUE_EDGE_FALLING)) {
        cue_wanted = FF_CUE_OFF;
        cue_taken = true;
        EIMSK = 0; /* cue_edge stays as it is */
    }
}

void ff_hal_cue(struct ff_hal *hal, uint8_t edge)
{
    (void)hal;
    EIMSK = 0;
    TCCR2B = 0;
    cue_taken = false;
    cue_wanted = edge;
    cue_level = edge == FF_CUE_EDGE_RISING ? CUE : 0; /* as if it were active: it has to be seen free first */
    if (edge == FF_CUE_OFF)
        return;
    TCNT2 = 0;
    EIFR = 1 << INTF0;
    EIMSK = 1 << INT0;
    TCCR2B = CUE_CLOCK;
}

bool ff_hal_cue_taken(struct ff_hal *hal, uint64_t *clock)
{
    uint64_t now = clock_now();
    (void)hal;
    if (!cue_taken)
        return false;
    cue_taken = false;
    *clock = now - (uint16_t)((uint16_t)now - cue_edge + cue_lag);
    return true;
}

/* ---- Stack ----------------------------------------------------------------------------------------------------------- */

/* The lowest bytes that the stack may use: painted before main (interrupts.S), and looked at in each round. */
extern const volatile uint8_t __heap_start[];

bool ff_hal_sound(struct ff_hal *hal)
{
    (void)hal;
    return __heap_start[0] == STACK_PAINT && __heap_start[1] == STACK_PAINT;
}

/* ---- EEPROM ---------------------------------------------------------------------------------------------------------- */

uint8_t ff_hal_eeprom_read(struct ff_hal *hal, uint16_t address)
{
    (void)hal;
    while (EECR & (1 << EEPE)) {
    }
    EEAR = address;
    EECR |= 1 << EERE;
    return EEDR;
}

void ff_hal_eeprom_write(struct ff_hal *hal, uint16_t address, uint8_t value)
{
    uint8_t sreg = SREG;
    (void)hal;
    EEAR = address;
    EEDR = value;
    cli();
    EECR = 1 << EEMPE;
    EECR |= 1 << EEPE;
    SREG = sreg;
}

bool ff_hal_eeprom_busy(struct ff_hal *hal)
{
    (void)hal;
    return (EECR & (1 << EEPE)) != 0;
}

/* ---- Main ------------------------------------------------------------------------------------------------------------ */

int __attribute__((OS_main)) main(void) /* never left: there is nothing to save */
{
    wdt_enable(WDTO_250MS);
    ACSR = 1 << ACD;
    UCSR0A = 1 << U2X0;
    UBRR0 = 7; /* 16 MHz / 8 / (7 + 1) = 250000 */
    UCSR0C = 1 << UCSZ01 | 1 << UCSZ00;
    UCSR0B = 1 << RXCIE0 | 1 << RXEN0 | 1 << TXEN0;
    EICRA = 1 << ISC10 | 1 << ISC00; /* any change */
    EIFR = 1 << INTF1 | 1 << INTF0;
    stop_level = PIND & STOP_IN;
    OCR2A = CUE_WINDOW;
    OCR2B = CUE_APART;
    TIMSK2 = 1 << OCIE2A;
    ADCSRB = 1 << ADTS1; /* by INTF0; the first conversion, which takes longer, now */
    ADCSRA = 1 << ADEN | 1 << ADSC | 1 << ADATE | 1 << ADPS1 | 1 << ADPS0;
    GPIOR0 = 1 << G_SPECIAL | 1 << G_BACK; /* DIR is low: towards lower positions */
    TCCR1A = PULSE_CLEAR;
    TCCR1C = 1 << FOC1A;
    TIMSK1 = 1 << TOIE1 | 1 << OCIE1B;
    TCCR1B = 1 << CS10; /* the clock counts; nothing writes TCNT1 from here on */
    sei();
    ff_unit_start(&unit, 0);
    for (;;)
        ff_unit_poll(&unit);
}
