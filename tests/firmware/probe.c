/* SPDX-License-Identifier: MIT */
/* A program that says what the emulated board does with its chip, so that the bench itself is tested.
 *
 *   e          echoes the next byte          s  sends SRAM noise seen at the start of main
 *   w AA VV    writes EEPROM                 r  AA reads it
 *   c          sends MCUSR as it was         d  turns the watchdog on at 16 ms
 *   t NN       NN steps, 250 ticks apart, by output compare, the first when TCNT1 reads 1000
 *   i          arms INT0 on its falling edge: its TCNT1 is sent, low byte first
 *   x          arms INT0 without clearing its flag
 *   a NN       turns the converter on with ADCSRA as NN and started by INTF0, clears that, and sends TCNT1 at the end of the next conversion
 *   q          sends ADCSRA & ADIF, and clears it
 */
#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

static uint8_t cause __attribute__((section(".noinit")));
static uint8_t noise __attribute__((section(".noinit")));
static volatile uint8_t steps_left;

void keep_cause(void) __attribute__((naked, used, section(".init3")));
void keep_cause(void)
{
    cause = MCUSR;
    MCUSR = 0;
    wdt_disable();
}

static uint8_t get(void)
{
    while (!(UCSR0A & (1 << RXC0))) {
    }
    return UDR0;
}

static void put(uint8_t byte)
{
    while (!(UCSR0A & (1 << UDRE0))) {
    }
    UDR0 = byte;
}

ISR(TIMER1_COMPA_vect)
{
    OCR1A += 125;
    if (--steps_left == 0) {
        TIMSK1 = 0;
        TCCR1A = 0;
    }
}

static void put_word(uint16_t word)
{
    put((uint8_t)word);
    put((uint8_t)(word >> 8));
}

ISR(INT0_vect)
{
    uint16_t now = TCNT1;
    EIMSK = 0;
    put_word(now);
}

static void wait_for_conversion(uint8_t under_way)
{
    while ((ADCSRA & (1 << ADSC)) != under_way) {
    }
}

static void convert(uint8_t control)
{
    ADCSRB = 1 << ADTS1;
    ADCSRA = control | 1 << ADSC;
    wait_for_conversion(0);
    EIFR = 1 << INTF0;
    wait_for_conversion(1 << ADSC);
    wait_for_conversion(0);
    put_word(TCNT1);
}

static void step(uint8_t count)
{
    steps_left = (uint8_t)(2 * count);
    TCCR1A = 1 << COM1A0;
    OCR1A = 1000;
    TIFR1 = 1 << OCF1A;
    TCNT1 = 0;
    TIMSK1 = 1 << OCIE1A;
}

int main(void)
{
    DDRB |= (1 << PB0) | (1 << PB1) | (1 << PB5);
    DDRD |= 1 << PD7;
    UBRR0 = 3;
    UCSR0B = (1 << RXEN0) | (1 << TXEN0);
    EICRA = 1 << ISC01;
    TCCR1B = 1 << CS10;
    sei();
    for (;;) {
        uint8_t command = get();
        if (command == 'e') {
            put(get());
        } else if (command == 'w') {
            uint8_t address = get();
            eeprom_write_byte((uint8_t *)(uint16_t)address, get());
            put('k');
        } else if (command == 'r') {
            put(eeprom_read_byte((uint8_t *)(uint16_t)get()));
        } else if (command == 'c') {
            put(cause);
        } else if (command == 's') {
            put(noise);
        } else if (command == 'd') {
            wdt_enable(WDTO_15MS);
        } else if (command == 't') {
            step(get());
        } else if (command == 'i') {
            EIFR = 1 << INTF0;
            EIMSK = 1 << INT0;
        } else if (command == 'x') {
            EIMSK = 1 << INT0;
        } else if (command == 'a') {
            convert(get());
        } else if (command == 'q') {
            put(ADCSRA & (1 << ADIF));
            ADCSRA |= 1 << ADIF;
        }
    }
}
