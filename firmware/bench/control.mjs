// SPDX-License-Identifier: MIT
// The control channel: one line of JSON in, one line out. README.md lists the requests.

import { CLOCK_HZ, outputName } from './chip.mjs';

const FRAME_END = 0;

export class Control {
  #chip;
  #board;
  #requests = {
    set: ({ pin, level, at }) => ({ tick: this.#chip.setInput(pin, level, at) }),
    edges: ({ from = 0 }) => this.#edges(from),
    clock: () => this.#clock(),
    reset: ({ cause = 'pin', at }) => ({ tick: this.#chip.at(at, () => this.#chip.reset(cause)) }),
    power: ({ on }) => this.#power(on),
    eeprom: ({ load }) => this.#eeprom(load),
    sram: (request) => this.#sram(request),
    cut: ({ writes, torn }) => this.#done(this.#chip.eeprom.cutAfter(writes, torn)),
    hang: ({ interrupts = false, at }) => ({ tick: this.#chip.at(at, () => this.#chip.hang(interrupts)) }),
    run: (request) => this.#run(request),
    pace: ({ speed }) => this.#done(this.#board.pace(speed)),
  };

  /** `board`: `pace(speed)` and `takeOutput()`, the bytes that the unit has sent and nobody has had yet. */
  constructor(chip, board) {
    this.#chip = chip;
    this.#board = board;
  }

  serve(socket) {
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) socket.write(`${JSON.stringify(this.answer(line))}\n`);
    });
  }

  answer(line) {
    try {
      const request = JSON.parse(line);
      if (!Object.hasOwn(this.#requests, request.cmd)) throw new Error(`no request called ${request.cmd}`);
      return { ok: true, ...this.#requests[request.cmd](request) };
    } catch (error) {
      return { ok: false, error: error.message };
    }
  }

  #done() {
    return { tick: this.#chip.tick };
  }

  #clock() {
    const chip = this.#chip;
    return {
      tick: chip.tick,
      tick_hz: CLOCK_HZ,
      cycles: chip.cycles,
      powered: chip.powered,
      resets: chip.resets,
      bitten_at: chip.bittenAt,
      overruns: chip.usart.overruns,
      cycles_per_byte: chip.usart.cyclesPerByte,
      eeprom_writes: chip.eeprom.writes,
      stack_bytes: chip.cpu.data.length - 1 - chip.lowestStack,
    };
  }

  #edges(from) {
    const zero = this.#chip.zeroCycle;
    const { edges } = this.#chip;
    return { edges: edges.slice(from).map(([cycle, output, level]) => [cycle - zero, outputName(output), level]), next: edges.length };
  }

  #power(on) {
    if (on) this.#chip.reset('power');
    else this.#chip.powerOff();
    return this.#done();
  }

  #eeprom(load) {
    if (load !== undefined) this.#chip.eeprom.load(Buffer.from(load, 'hex'));
    return { eeprom: Buffer.from(this.#chip.eeprom.memory).toString('hex') };
  }

  #sram({ from, put = '', bytes = put.length / 2 }) {
    const { data } = this.#chip.cpu;
    if (!(Number.isInteger(from) && from >= 0x100 && from + bytes <= data.length)) throw new Error(`no SRAM at ${from}`);
    data.set(Buffer.from(put, 'hex'), from);
    return { sram: Buffer.from(data.subarray(from, from + bytes)).toString('hex') };
  }

  /** Puts `send` on the line, then runs for `ticks`, or to the end of the first frame that the unit sends. */
  #run({ ticks, send = '' }) {
    const chip = this.#chip;
    const from = chip.cycles;
    const forward = chip.onByte;
    if (chip.powered) chip.usart.send(Buffer.from(send, 'hex'));
    chip.onByte = (byte) => {
      forward(byte);
      if (byte === FRAME_END) chip.stopEarly = true;
    };
    chip.run(from + ticks);
    chip.onByte = forward;
    return { tick: chip.tick, ran: chip.cycles - from, out: this.#board.takeOutput().toString('hex') };
  }
}
