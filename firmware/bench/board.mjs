// SPDX-License-Identifier: MIT
// The emulated board: the unit's AVR build with its serial line on TCP and a control channel for tests on a second port.
//
//   node board.mjs FILE.hex [--uart PORT] [--control PORT] [--pace 1.0 | --free | --held] [--eeprom FILE] [--stock] [--seed N]
//
// Port 0 lets the system choose; both are printed. `--pace` follows real time (1.0 is the board's own speed), `--free` runs as fast as
// it can, and `--held` runs only when the control channel says so ("run"), so that a test's clock and the board's are one.
// README.md lists what the control channel takes.

import fs from 'node:fs';
import net from 'node:net';
import { parseArgs } from 'node:util';
import { Chip, CLOCK_HZ, readHex } from './chip.mjs';
import { Control } from './control.mjs';

const SLICE_CYCLES = CLOCK_HZ / 500;
const LATEST_S = 0.25; // further behind real time than this is given up, not caught up

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    uart: { type: 'string', default: '0' },
    control: { type: 'string', default: '0' },
    pace: { type: 'string', default: '1.0' },
    free: { type: 'boolean', default: false },
    held: { type: 'boolean', default: false },
    eeprom: { type: 'string' },
    stock: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
if (positionals.length !== 1) throw new Error('give one .hex file');

const chip = new Chip(readHex(fs.readFileSync(positionals[0], 'utf8')), {
  eepromPath: values.eeprom ?? null,
  stock: values.stock,
  seed: Number(values.seed),
});

class Pace {
  #anchorS = 0;
  #anchorCycles = 0;
  #factor = 0;

  constructor(speed) {
    this.set(speed);
  }

  /** "free", "held", or a factor of real time. */
  set(speed) {
    this.speed = speed;
    this.#factor = Number(speed);
    if (speed !== 'free' && speed !== 'held' && !(this.#factor > 0)) throw new Error(`no such pace: ${speed}`);
    this.#anchor();
  }

  #anchor() {
    this.#anchorS = performance.now() / 1000;
    this.#anchorCycles = chip.cycles;
  }

  /** The cycle up to which to run now. */
  target() {
    if (this.speed === 'held') return chip.cycles;
    if (this.speed === 'free') return chip.cycles + SLICE_CYCLES;
    const due = this.#anchorCycles + (performance.now() / 1000 - this.#anchorS) * CLOCK_HZ * this.#factor;
    if (due - chip.cycles > LATEST_S * CLOCK_HZ) this.#anchor();
    return Math.min(due, chip.cycles + SLICE_CYCLES);
  }
}

const pace = new Pace(values.held ? 'held' : values.free ? 'free' : values.pace);
const hosts = new Set();
let outgoing = [];
chip.onByte = (byte) => outgoing.push(byte);

function flush() {
  if (outgoing.length === 0 || pace.speed === 'held') return;
  const bytes = Buffer.from(outgoing);
  outgoing = [];
  for (const socket of hosts) socket.write(bytes);
}

let turning = false;
function turn() {
  const target = pace.target();
  const behind = target - chip.cycles;
  if (behind > 0) chip.run(target);
  flush();
  turning = pace.speed !== 'held';
  if (!turning) return;
  if (behind >= SLICE_CYCLES) setImmediate(turn);
  else setTimeout(turn, 1);
}

const control = new Control(chip, {
  pace: (speed) => {
    pace.set(speed);
    if (!turning) turn();
  },
  takeOutput: () => {
    const bytes = Buffer.from(outgoing);
    outgoing = [];
    return bytes;
  },
});

function listen(port, name, serve) {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  server.listen(Number(port), '127.0.0.1', () => console.log(`${name} listening on 127.0.0.1:${server.address().port}`));
}

listen(values.uart, 'uart', (socket) => {
  hosts.add(socket);
  socket.on('data', (bytes) => chip.usart.send(bytes));
  socket.on('close', () => hosts.delete(socket));
});
listen(values.control, 'control', (socket) => control.serve(socket));
turn();
