// SPDX-License-Identifier: MIT
// avr8js's converter starts when the program says so, and only then. The chip's may be started by an external interrupt's flag as
// well (ADATE, and ADTS = 2: INTF0), whether or not that interrupt is enabled, and it shows ADSC while any conversion is under way.
//
// Such a conversion takes a fixed time from the flag's rise, since that resets the prescaler: three cycles of the CPU, and 13.5 of the
// converter; 25 for the first one after it was turned on. A rise during a conversion starts none.

import avr from 'avr8js';

const ADEN = 0x80;
const ADSC = 0x40;
const ADATE = 0x20;
const ADIF = 0x10;
const SOURCE = 0x07;
const BY_INTF0 = 2;
const SYNCHRONISED = 3;
const TRIGGERED = 13.5;
const FIRST = 25;

export class Converter extends avr.AVRADC {
  constructor(cpu, config) {
    super(cpu, config);
    const { ADCSRA } = config;
    const stock = cpu.writeHooks[ADCSRA];
    cpu.writeHooks[ADCSRA] = (value, before, ...rest) => {
      const flag = before & ADIF & ~value; // cleared by writing 1
      stock(value & ADEN ? value & ~ADIF : value & ~(ADIF | ADSC), before, ...rest);
      cpu.data[ADCSRA] = (value & ~(ADIF | ADSC)) | flag | (this.converting ? ADSC : 0);
      return true;
    };
  }

  /** INTF0 has risen, at `cycle`: a moment ago, or now. */
  rise(cycle) {
    const { cpu, config } = this;
    const control = cpu.data[config.ADCSRA];
    if (this.converting || !(control & ADEN) || !(control & ADATE) || (cpu.data[config.ADCSRB] & SOURCE) !== BY_INTF0) return;
    this.converting = true;
    cpu.data[config.ADCSRA] |= ADSC;
    const clocks = this.conversionCycles === FIRST ? FIRST : TRIGGERED;
    cpu.addClockEvent(() => this.completeADCRead(0), cycle + SYNCHRONISED + clocks * this.prescaler - cpu.cycles);
  }
}
