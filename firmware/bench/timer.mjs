// SPDX-License-Identifier: MIT
// avr8js's timer looks at its counter after every instruction, which takes most of an emulated second. This one is the same
// timer, woken only when something can happen: a compare match, an overflow, or the program touching one of its registers.
//
// Two things more: it knows the exact cycle of a compare match, where the plain one sees it at the end of the instruction that
// was running (up to three cycles late); and writing 1 to one flag of TIFR leaves the others alone, as the chip does.

import avr from 'avr8js';

const NORMAL = 0;
const CTC = 2;

export class SparseTimer extends avr.AVRTimer {
  /** The exact cycle of the compare match that is being carried out; null between matches. */
  matchCycle = null;
  /** The cycle at which the counter, as now set, read 0 with its clock running; null while it has none. */
  zeroCycle = null;

  constructor(cpu, config) {
    super(cpu, config);
    const stockCount = this.count;
    this.count = (reschedule = true, external = false) => {
      const restarted = this.updateDivider || this.tcntUpdated;
      const dividerChanges = this.updateDivider;
      stockCount(false, external);
      if (restarted) this.zeroCycle = this.divider ? this.lastCycle - this.tcnt * this.divider : null;
      if (dividerChanges && this.divider) this.cpu.clearClockEvent(this.count);
      if ((reschedule || dividerChanges) && this.divider) this.schedule();
    };
    for (const register of [config.OCRA, config.OCRB]) this.synchronise(register);
    this.synchronise(config.TCNT, false);
    const stockTccra = cpu.writeHooks[config.TCCRA];
    cpu.writeHooks[config.TCCRA] = (value) => {
      this.count(false);
      return stockTccra(value);
    };
    const readTifr = () => {
      this.count(false);
      return cpu.data[config.TIFR];
    };
    cpu.readHooks[config.TIFR] = readTifr;
    cpu.writeHooks[config.TIFR] = (value) => {
      this.count(false);
      for (const flag of [this.OVF, this.OCFA, this.OCFB]) cpu.clearInterruptByFlag(flag, value);
      return true;
    };
  }

  /** Before the program writes `register`, count up to now; after it, look again when the next event is due. */
  synchronise(register, countFirst = true) {
    const { cpu } = this;
    const stock = cpu.writeHooks[register];
    cpu.writeHooks[register] = (value, ...rest) => {
      if (countFirst) this.count(false);
      const done = stock(value, ...rest);
      if (countFirst && this.divider) {
        cpu.clearClockEvent(this.count);
        this.schedule();
      }
      return done;
    };
  }

  /** Wakes the timer at its next compare match or overflow, or a tick from now in the modes that are left as they were. */
  schedule() {
    const { cpu, divider, tcnt } = this;
    let ticks = 1;
    if (this.timerMode === NORMAL || this.timerMode === CTC) {
      const top = this.TOP;
      ticks = top + 1 - tcnt;
      if (ticks <= 0) ticks = 1;
      if (this.ocrA > tcnt && this.ocrA - tcnt < ticks) ticks = this.ocrA - tcnt;
      if (this.ocrB > tcnt && this.ocrB - tcnt < ticks) ticks = this.ocrB - tcnt;
    }
    cpu.addClockEvent(this.count, this.lastCycle + ticks * divider - cpu.cycles);
  }

  timerUpdated(value, before) {
    const ago = value - this.ocrA;
    this.matchCycle = this.lastCycle - (ago < 0 ? ago + this.TOP + 1 : ago) * this.divider;
    super.timerUpdated(value, before);
    this.matchCycle = null;
  }
}
