// SPDX-License-Identifier: MIT
// A port whose external interrupts raise their flag whether or not they are enabled, as the chip's do: a program that forgets to
// clear a stale flag before it enables the interrupt is to be caught here and not on set. (avr8js drops such an edge.)

import avr from 'avr8js';

const FALLING = 2;
const RISING = 3;
const CHANGE = 1;

export class Port extends avr.AVRIOPort {
  /** Called with the pin of each external interrupt whose flag rises. */
  onRise = () => {};

  toggleInterrupt(pin, rising) {
    const external = this.externalInts[pin];
    const config = this.portConfig.externalInterrupts[pin];
    if (external && config) {
      const sense = (this.cpu.data[config.EICR] >> config.iscOffset) & 3;
      if (sense === CHANGE || (sense === FALLING && !rising) || (sense === RISING && rising)) {
        external.constant = false;
        const rises = !(this.cpu.data[external.flagRegister] & external.flagMask);
        this.cpu.setInterruptFlag(external);
        if (rises) this.onRise(pin);
        return;
      }
    }
    super.toggleInterrupt(pin, rising);
  }
}
