// SPDX-License-Identifier: MIT
// Timer1's input capture, which avr8js leaves out: the counter as it was when the pin moved, with the delays of the data sheet, and
// the one high byte that all of the timer's 16-bit registers share.
//
// The pin goes through a synchroniser and edge detector (2.5 to 3.5 cycles, 3 here) and, where ICNC1 is set, before them through a noise
// canceler: four samples that are equal, and four cycles more.

const ICF = 0x20;
const ICNC = 0x80;
const ICES = 0x40;
const DETECTOR = 3;
const SAMPLES = 4;

export class InputCapture {
  #cpu;
  #timer;
  #config;
  #flag;
  #seen; // the level that the edge detector has seen
  #last = null; // the pin's last move

  constructor(cpu, timer, config, level) {
    this.#cpu = cpu;
    this.#timer = timer;
    this.#config = config;
    this.#seen = level;
    this.#flag = { address: config.captureInterrupt, flagRegister: config.TIFR, flagMask: ICF, enableRegister: config.TIMSK, enableMask: ICF };
    this.#after(config.TIFR, (value) => cpu.clearInterruptByFlag(this.#flag, value));
    this.#after(config.TIMSK, (value) => cpu.updateInterruptEnable(this.#flag, value));
    this.#after(config.TCCRB, (value, before) => {
      if ((value ^ before) & ICES) cpu.setInterruptFlag(this.#flag); // as it may be: the data sheet has it cleared after such a change
    });
    this.#readLow(config.ICR, () => timer.icr);
    const count = cpu.readHooks[config.TCNT];
    this.#readLow(config.TCNT, () => (count(config.TCNT), timer.tcnt));
  }

  #after(register, action) {
    const { writeHooks } = this.#cpu;
    const stock = writeHooks[register];
    writeHooks[register] = (value, before, ...rest) => {
      const done = stock(value, before, ...rest);
      action(value, before);
      return done;
    };
  }

  /** Reading a low byte keeps the high one for the read that follows, of whichever register. */
  #readLow(register, value) {
    const { readHooks } = this.#cpu;
    readHooks[register] = () => {
      const all = value();
      this.#timer.highByteTemp = all >> 8;
      return all & 0xff;
    };
    readHooks[register + 1] = () => this.#timer.highByteTemp;
  }

  /** The pin has moved to `level` at `cycle`, now or just past. */
  move(level, cycle) {
    const cpu = this.#cpu;
    const canceler = cpu.data[this.#config.TCCRB] & ICNC;
    if (canceler && this.#last !== null && cycle - this.#last.cycle < SAMPLES) this.#last.unseen = true;
    const move = { cycle, level, unseen: false };
    this.#last = move;
    const at = cycle + DETECTOR + (canceler ? SAMPLES : 0);
    cpu.addClockEvent(() => this.#detect(move, at), at - cpu.cycles);
  }

  #detect({ level, unseen }, at) {
    if (unseen || level === this.#seen) return;
    this.#seen = level;
    if (level === (this.#cpu.data[this.#config.TCCRB] & ICES ? 1 : 0)) this.#capture(at);
  }

  #capture(cycle) {
    const timer = this.#timer;
    timer.count(false);
    timer.icr = (timer.tcnt - Math.ceil((timer.lastCycle - cycle) / (timer.divider || 1))) & timer.MAX;
    this.#cpu.setInterruptFlag(this.#flag);
  }
}
