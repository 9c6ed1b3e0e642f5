// SPDX-License-Identifier: MIT
// A host for the emulated board in the same process, exact to the cycle: what campaigns of thousands of cuts are made with.
// It speaks PROTOCOL.md's frames, and counts what the pins do by itself: `pins` is STEP and DIR added up since power-on.

import fs from 'node:fs';
import { Chip, readHex } from './chip.mjs';

export const TICK_HZ = 16e6;
export const STOP = [0, 1, 4, 0x30, 0x53, 0x36, 0];
export const HARD_STOP = [0, 1, 4, 0x31, 0x72, 0x26, 0];
export const State = { UNREFERENCED: 0, IDLE: 1, MOVING: 2, LOADED: 3, ARMED: 4, PLAYING: 5, STOPPING: 6, FAULT: 7 };
const AT_REST = [State.UNREFERENCED, State.IDLE, State.LOADED, State.FAULT];
const [STEP, DIR] = [0, 1];
const Type = {
  HELLO: 1, STATUS: 2, CONFIG: 5, SAFETY: 0x0b, SET_POSITION: 0x10, SET_LIMITS: 0x11, GOTO: 0x18, JOG: 0x19, BEGIN: 0x20, DATA: 0x21,
  ARM: 0x22, GO: 0x23, DISARM: 0x24, GET_TAKE: 0x26, CLEAR_FAULT: 0x2f, ACK: 0x80, TAKE_ENDED: 0x92,
};
const SIZES = { B: 1, b: 1, H: 2, h: 2, I: 4, i: 4 };
const CONFIG = {
  full_steps: 200, microsteps: 16, motor_teeth: 50, lens_teeth: 130, direction: 1, dir_setup: 320, min_interval: 160, accel: 40000,
  goto_rate: 6000, home_rate: 800, home_backoff: 32, stop_input: 0, cue_edge: 0, take_silence: 0, silence_ms: 60000,
};

function crc16(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** COBS with its final zero. */
function stuffed(payload) {
  const bytes = [];
  let run = [];
  for (const byte of payload) {
    if (byte === 0) {
      bytes.push(run.length + 1, ...run);
      run = [];
    } else {
      run.push(byte);
    }
  }
  return [...bytes, run.length + 1, ...run, 0];
}

function unstuffed(frame) {
  const bytes = [];
  for (let at = 0; at < frame.length; ) {
    const run = frame[at++];
    for (let left = run - 1; left > 0; left--) bytes.push(frame[at++]);
    if (at < frame.length) bytes.push(0);
  }
  return Buffer.from(bytes);
}

function packed(layout, ...values) {
  const fields = [...layout].map((letter, at) => {
    const field = Buffer.alloc(SIZES[letter]);
    if (letter < 'a') field.writeUIntLE(values[at], 0, field.length);
    else field.writeIntLE(values[at], 0, field.length);
    return field;
  });
  return Buffer.concat(fields);
}

/** Segments: `ticks` between steps (of any fraction of 1/256), which changes by `add` 1/256 tick a step; and a hold. */
export const even = (ticks, count, add = 0) => packed('Ihi', Math.round(ticks * 256), count, add);
export const dwell = (ticks) => packed('Ihi', ticks, 0, 0);

/** When each step of a profile comes after time zero, in ticks, and which way. */
export function expanded(segments) {
  const steps = [];
  let time = 0n;
  for (const segment of segments) {
    let interval = BigInt(segment.readUInt32LE(0));
    const count = segment.readInt16LE(4);
    if (count === 0) time += interval * 256n;
    for (let step = 0; step < Math.abs(count); step++) {
      time += interval;
      interval += BigInt(segment.readInt32LE(6));
      steps.push({ tick: Number(time >> 8n), direction: Math.sign(count) });
    }
  }
  return steps;
}

/** Numbers from 0 up to 1, the same ones for the same seed. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export class Unit {
  pins = 0;
  /** [tick, direction] of each step by the pins. */
  made = [];
  #edge = 0;
  #level = 0;
  #bytes = [];
  #frames = [];
  #seq = 0;

  /** Switched on, greeted, set up with `settings` beside the usual ones, at position 0. */
  constructor(program, definitions, settings = {}) {
    this.chip = new Chip(program);
    this.chip.onByte = (byte) => this.#receive(byte);
    this.run(0.3 * TICK_HZ);
    this.ask(Type.HELLO, packed('IBBI', 7, 1, 0, definitions));
    this.configure(settings);
    this.ok(Type.SAFETY, packed('HH', 0, 1));
    this.ok(Type.SET_POSITION, packed('i', 0));
    this.limits(-100_000, 100_000);
    this.run(0.01 * TICK_HZ);
  }

  static from(hexPath, messagesPath, settings = {}) {
    const header = fs.readFileSync(messagesPath, 'utf8');
    const definitions = Number.parseInt(/FF_DEFINITIONS_HASH (0x[0-9a-f]+)/i.exec(header)[1], 16);
    return new Unit(readHex(fs.readFileSync(hexPath, 'utf8')), definitions, settings);
  }

  get tick() {
    return this.chip.tick;
  }

  #receive(byte) {
    if (byte !== 0) {
      this.#bytes.push(byte);
      return;
    }
    const payload = unstuffed(this.#bytes);
    this.#bytes = [];
    if (payload.length < 4 || crc16(payload.subarray(0, -2)) !== payload.readUInt16LE(payload.length - 2)) return;
    this.#frames.push({ seq: payload[0], type: payload[1], body: payload.subarray(2, -2) });
  }

  /** Lets `ticks` pass. */
  run(ticks) {
    this.chip.run(this.chip.cycles + Math.round(ticks));
    const { edges } = this.chip;
    for (; this.#edge < edges.length; this.#edge++) {
      const [cycle, pin, level] = edges[this.#edge];
      if (pin === DIR) this.#level = level;
      if (pin !== STEP || level === 0) continue;
      const direction = this.#level ? 1 : -1;
      this.pins += direction;
      this.made.push([cycle - this.chip.zeroCycle, direction]);
    }
  }

  /** What the pins had added up to at a tick. */
  pinsAt(tick) {
    let pins = this.pins;
    for (let at = this.made.length - 1; at >= 0 && this.made[at][0] > tick; at--) pins -= this.made[at][1];
    return pins;
  }

  runTo(tick) {
    if (tick > this.tick) this.run(tick - this.tick);
  }

  /** Puts bytes on the line now, or at a tick. */
  send(bytes, at = null) {
    this.chip.at(at, () => this.chip.usart.send(Buffer.from(bytes)));
  }

  frame(type, body = []) {
    this.#seq = (this.#seq % 255) + 1;
    const payload = [this.#seq, type, ...body];
    const crc = crc16(payload);
    return stuffed([...payload, crc & 255, crc >> 8]);
  }

  /** The reply to a command. */
  ask(type, body = []) {
    this.send(this.frame(type, body));
    for (let wait = 0; wait < 400; wait++) {
      this.run(1600);
      const at = this.#frames.findIndex(({ seq }) => seq === this.#seq);
      if (at < 0) continue;
      const reply = this.#frames[at];
      this.#frames = [];
      return reply;
    }
    throw new Error(`no answer to ${type.toString(16)}`);
  }

  result(type, body) {
    const reply = this.ask(type, body);
    return reply.type === Type.ACK ? reply.body[1] : 0;
  }

  ok(type, body) {
    const result = this.result(type, body);
    if (result !== 0) throw new Error(`command ${type.toString(16)} was refused: ${result}`);
  }

  configure(settings) {
    const values = Object.values({ ...CONFIG, ...settings });
    this.ok(Type.CONFIG, Buffer.concat([packed('HHHHbHIIIIHBBBH', ...values), Buffer.alloc(16, 'x')]));
  }

  limits(minimum, maximum) {
    this.ok(Type.SET_LIMITS, packed('ii', minimum, maximum));
  }

  goto(position, rate = 0) {
    this.ok(Type.GOTO, packed('iI', position, rate));
  }

  gotoFrame(position, rate = 0) {
    return this.frame(Type.GOTO, packed('iI', position, rate));
  }

  jogFrame(rate) {
    return this.frame(Type.JOG, packed('i', rate));
  }

  load(segments, start = 0) {
    const all = Buffer.concat(segments);
    const crc = crc32(all);
    this.ok(Type.BEGIN, packed('IiIHII', 1, start, segments.length, segments.length, crc, crc));
    for (let at = 0; at < segments.length; at += 5) {
      this.ok(Type.DATA, Buffer.concat([packed('I', at), ...segments.slice(at, at + 5)]));
    }
  }

  arm(cue = 0) {
    this.ok(Type.ARM, packed('IB', 1, cue));
  }

  go(delay = 0) {
    this.ok(Type.GO, packed('HI', 1, delay));
  }

  disarmFrame() {
    return this.frame(Type.DISARM);
  }

  clear() {
    this.ok(Type.CLEAR_FAULT);
  }

  status() {
    const { body } = this.ask(Type.STATUS);
    return { clock: Number(body.readBigUInt64LE(0)), state: body[8], referenced: (body[9] & 1) === 1, fault: body[10], position: body.readInt32LE(11), rate: body.readInt32LE(15) };
  }

  /** The last TakeEnded, or null. */
  take() {
    const { type, body } = this.ask(Type.GET_TAKE);
    if (type !== Type.TAKE_ENDED) return null;
    const clock = (at) => Number(body.readBigUInt64LE(at));
    const [start, first, last, end] = [4, 12, 20, 28].map(clock);
    return { cause: body[2], start, first, last, end, steps: body.readUInt32LE(36), position: body.readInt32LE(40) };
  }

  /** Waits until nothing moves any more. */
  rest(seconds = 10) {
    const latest = this.tick + seconds * TICK_HZ;
    for (;;) {
      const status = this.status();
      if (AT_REST.includes(status.state)) return status;
      if (this.tick > latest) throw new Error(`not at rest: ${JSON.stringify(status)}`);
      this.run(16_000);
    }
  }
}
