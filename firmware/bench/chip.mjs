// SPDX-License-Identifier: MIT
// An ATmega328P at 16 MHz as the unit uses it: avr8js's core, ports, EEPROM and watchdog, with a serial line, timers, resets and
// power that follow the data sheet where avr8js takes a short cut, and a log of what the pins did, by clock cycle.

import avr from 'avr8js';
import { Converter } from './adc.mjs';
import { Cells } from './eeprom.mjs';
import { makeStep } from './decode.mjs';
import { Port } from './port.mjs';
import { SparseTimer } from './timer.mjs';
import { Usart } from './usart.mjs';

export const CLOCK_HZ = 16_000_000;
const FLASH_BYTES = 0x8000;
const SRAM_BYTES = 2048;
const DATA_START = 0x100;
const SREG = 0x5f;
const MCUSR = 0x54;
const WDTCSR = 0x60;
const SEI = 0x9478;
const RETI = 0x9518;
const JUMP_TO_SELF = 0xcfff;
const INTERRUPT_CYCLES_MISSING = 2; // avr8js counts two of the four cycles that entering an interrupt takes
const RESET_FLAGS = { power: 1, pin: 2, brownout: 4, watchdog: 8 };
// What a pin shows while the chip does not drive it: the driver's own pull-up holds ENABLE off.
const OUTPUTS = [
  { name: 'STEP', port: 'B', mask: 1 << 1, floating: 0 },
  { name: 'DIR', port: 'B', mask: 1 << 0, floating: 0 },
  { name: 'ENABLE', port: 'D', mask: 1 << 7, floating: 1 },
  { name: 'READY', port: 'B', mask: 1 << 5, floating: 0 },
];
const INPUTS = { cue: 2, stop: 3 };

export class Chip {
  /** [cycle, output index, level], oldest first. */
  edges = [];
  /** Cycles since the chip was made, over all resets. */
  get cycles() {
    return this.cpu.cycles;
  }

  powered = true;
  resets = 0;
  lowestStack = 0;
  /** Where the program was when the watchdog last bit: its program counter, a byte address. */
  bittenAt = null;
  onByte = () => {};

  #flash = new Uint16Array(FLASH_BYTES / 2).fill(0xffff);
  #levels = OUTPUTS.map(({ floating }) => floating);
  #inputs = { cue: 1, stop: 1 };
  #timerKind;
  #instruction;
  #moved = null; // the cycle of the input's move that is being carried out, which the last instruction may have outrun
  #wantedReset = null;
  #bootCycle = 0;
  #noise;

  /** `stock`: avr8js's own timers and decoder, many times slower, to compare with. `seed`: what SRAM holds at power-on. */
  constructor(program, { eepromPath = null, stock = false, seed = 1 } = {}) {
    new Uint8Array(this.#flash.buffer).set(program.subarray(0, FLASH_BYTES));
    const last = this.#flash.length - 1;
    if (this.#flash[last] === 0xffff) this.#flash[last] = JUMP_TO_SELF; // somewhere for a hanging program to hang
    this.#timerKind = stock ? avr.AVRTimer : SparseTimer;
    this.#instruction = stock ? (cpu) => avr.avrInstruction(cpu) : makeStep();
    this.#noise = seed >>> 0;
    this.eeprom = new Cells(eepromPath);
    this.eeprom.onCut = () => this.powerOff();
    this.cpu = null;
    this.reset('power');
  }

  /** The cycle at which the unit's own clock, Timer1, read 0; the reset until it runs. */
  get zeroCycle() {
    return this.timer1.zeroCycle ?? this.#bootCycle;
  }

  /** The unit's clock: ticks since Timer1 started after the last reset. */
  get tick() {
    return this.cycles - this.zeroCycle;
  }

  reset(cause) {
    const before = this.cpu;
    const cpu = new avr.CPU(this.#flash, SRAM_BYTES);
    cpu.cycles = before === null ? 0 : before.cycles;
    if (before !== null && this.powered && cause !== 'power') cpu.data.set(before.data.subarray(DATA_START), DATA_START);
    else this.#fillWithNoise(cpu.data);
    const flags = cause === 'power' || before === null ? 0 : before.data[MCUSR];
    cpu.data[MCUSR] = flags | RESET_FLAGS[cause];
    cpu.reset = () => {
      this.#wantedReset = 'watchdog';
      this.bittenAt = cpu.pc * 2;
    };
    this.cpu = cpu;
    this.powered = true;
    this.eeprom.powerOn();
    this.#bootCycle = cpu.cycles;
    this.#wantedReset = null;
    this.lowestStack = cpu.SP;
    this.#attach(cause);
    if (before !== null) this.resets++;
    for (const [pin, level] of Object.entries(this.#inputs)) this.#ports.D.setPin(INPUTS[pin], level === 1);
    this.#watch('B', 0, 0);
    this.#watch('D', 0, 0);
  }

  #ports;

  #attach(cause) {
    const { cpu } = this;
    this.#ports = { B: new Port(cpu, avr.portBConfig), C: new Port(cpu, avr.portCConfig), D: new Port(cpu, avr.portDConfig) };
    for (const name of ['B', 'D']) {
      this.#ports[name].addListener((value) => this.#watch(name, value, this.#ports[name].lastDdr));
    }
    this.timer1 = new this.#timerKind(cpu, avr.timer1Config);
    this.timers = [new this.#timerKind(cpu, avr.timer0Config), this.timer1, new this.#timerKind(cpu, avr.timer2Config)];
    this.usart = new Usart(cpu);
    this.usart.onByte = (byte) => this.onByte(byte);
    new avr.AVREEPROM(cpu, this.eeprom);
    this.adc = new Converter(cpu, avr.adcConfig);
    this.#ports.D.onRise = (pin) => {
      if (pin === INPUTS.cue) this.adc.rise(this.#moved ?? cpu.cycles);
    };
    this.#attachWatchdog(cause === 'watchdog');
  }

  /** After a watchdog reset the watchdog goes on at its shortest time until the program clears WDRF and turns it off. */
  #attachWatchdog(bitten) {
    const { cpu } = this;
    new avr.AVRWatchdog(cpu, avr.watchdogConfig, new avr.AVRClock(cpu, CLOCK_HZ));
    const stock = cpu.writeHooks[WDTCSR];
    cpu.writeHooks[WDTCSR] = (value, ...rest) => stock(cpu.data[MCUSR] & RESET_FLAGS.watchdog ? value | 0x08 : value, ...rest);
    if (bitten) {
      cpu.writeHooks[WDTCSR](0x18, 0, WDTCSR, 0xff);
      cpu.writeHooks[WDTCSR](0x08, 0, WDTCSR, 0xff);
    }
  }

  /** SRAM and registers hold anything at power-on, and something else each time. */
  #fillWithNoise(data) {
    for (let address = 0; address < data.length; address++) {
      if (address >= 32 && address < DATA_START) continue;
      this.#noise = (Math.imul(this.#noise, 1664525) + 1013904223) >>> 0;
      data[address] = this.#noise >>> 24;
    }
  }

  #watch(port, value, ddr) {
    for (let index = 0; index < OUTPUTS.length; index++) {
      const output = OUTPUTS[index];
      if (output.port !== port) continue;
      const level = ddr & output.mask ? (value & output.mask ? 1 : 0) : output.floating;
      if (level === this.#levels[index]) continue;
      this.#levels[index] = level;
      this.edges.push([(index === 0 ? this.timer1?.matchCycle : null) ?? this.cpu.cycles, index, level]);
    }
  }

  /** Moves an input: at once, or when the unit's clock reads `tick`. Returns the tick at which it moves. */
  setInput(pin, level, tick = null) {
    if (!(pin in INPUTS)) throw new Error(`no input called ${pin}`);
    const cycle = tick === null || tick === undefined ? this.cycles : Math.max(this.cycles, this.zeroCycle + tick);
    return this.at(tick, () => {
      this.#inputs[pin] = level;
      this.#moved = cycle;
      this.#ports.D.setPin(INPUTS[pin], level === 1);
      this.#moved = null;
    });
  }

  /** Carries out `action` now, or when the unit's clock reads `tick`; returns that tick. A reset in between forgets it. */
  at(tick, action) {
    if (tick === null || tick === undefined || tick <= this.tick) {
      action();
      return this.tick;
    }
    this.cpu.addClockEvent(action, tick - this.tick);
    return tick;
  }

  powerOff() {
    this.powered = false;
    this.#watch('B', 0, 0);
    this.#watch('D', 0, 0);
  }

  /** The program goes astray into an endless loop; with `interrupts`, its interrupts go on being served. */
  hang(interrupts) {
    this.cpu.data[SREG] = interrupts ? this.cpu.data[SREG] | 0x80 : this.cpu.data[SREG] & 0x7f;
    this.cpu.pc = this.#flash.lastIndexOf(JUMP_TO_SELF);
  }

  /** Runs until the cycle counter reaches `target`, or `this.stopEarly` is set. */
  run(target) {
    this.stopEarly = false;
    while (this.cpu.cycles < target && !this.stopEarly) {
      if (!this.powered) this.cpu.cycles = target;
      else this.#runUntilReset(target);
      if (this.#wantedReset !== null) this.reset(this.#wantedReset);
    }
  }

  #runUntilReset(target) {
    const { cpu } = this;
    const { data } = cpu;
    const flash = this.#flash;
    const instruction = this.#instruction;
    while (cpu.cycles < target) {
      const opcode = flash[cpu.pc];
      instruction(cpu, opcode);
      const event = cpu.nextClockEvent;
      if (event !== null && event.cycles <= cpu.cycles) {
        this.#fire();
        if (this.#wantedReset !== null || this.stopEarly || !this.powered) return;
      }
      if (cpu.nextInterrupt >= 0 && data[SREG] & 0x80 && opcode !== SEI && opcode !== RETI) this.#interrupt();
    }
  }

  #fire() {
    const { cpu } = this;
    let event = cpu.nextClockEvent;
    while (event !== null && event.cycles <= cpu.cycles) {
      cpu.nextClockEvent = event.next;
      const { callback } = event;
      if (cpu.clockEventPool.length < 10) cpu.clockEventPool.push(event);
      callback();
      event = cpu.nextClockEvent;
    }
  }

  #interrupt() {
    const { cpu } = this;
    const interrupt = cpu.pendingInterrupts[cpu.nextInterrupt];
    avr.avrInterrupt(cpu, interrupt.address);
    cpu.cycles += INTERRUPT_CYCLES_MISSING;
    if (cpu.SP < this.lowestStack) this.lowestStack = cpu.SP;
    if (!interrupt.constant) cpu.clearInterrupt(interrupt);
  }
}

export function outputName(index) {
  return OUTPUTS[index].name;
}

/** The bytes of an Intel HEX file, from address 0; cells that it leaves out are erased. */
export function readHex(text) {
  const program = new Uint8Array(FLASH_BYTES).fill(0xff);
  for (const [number, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const bytes = Buffer.from(line.slice(1), 'hex');
    const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
    if (line[0] !== ':' || bytes.length !== bytes[0] + 5 || sum !== 0) throw new Error(`line ${number + 1} is not Intel HEX`);
    if (bytes[3] === 1) break;
    if (bytes[3] === 0) program.set(bytes.subarray(4, 4 + bytes[0]), bytes.readUInt16BE(1));
  }
  return program;
}
