// SPDX-License-Identifier: MIT
// The pins against the count, on the emulated board: plays takes, jogs and go-tos, ends them in every way at every moment, and
// holds what STEP and DIR did against what the unit says, then, and after the next motion.
//
//   node cuts.mjs FILE.hex MESSAGES.h [--cuts N | --every] [--seed N] [--only NAME] [--short]
//
// One line of JSON for each scene; exit 1 if there was a difference. `--every` cuts at each cycle around each turn and
// launch, and every 64th elsewhere; `--cuts` takes so many of these, spread evenly over the scenes.
// `--short` plays every program of up to three records instead, as tests/firmware/engine_model.py tries them out.

import { parseArgs } from 'node:util';
import { STOP, HARD_STOP, State, TICK_HZ, Unit, dwell, even, expanded, random } from './unit.mjs';

const BYTE = 640;
const LEAD = 1600;
const CUE_LEAD = 16_000;

const there = (ticks, steps) => [even(ticks, steps), even(ticks + 640, -steps)];
/** Every kind of segment before and after every kind. */
const TAKES = {
  'a turn at 4,000 steps/s': there(4000, 12),
  'a turn at 1,000 steps/s': there(16_000, 4),
  'a turn of slow steps': there(66_000, 2),
  'a turn at the fastest interval': there(160, 60),
  'a turn into a slow step': [even(3000, 8), even(70_000, -2), even(3000, -4)],
  'a turn out of a slow step': [even(70_000, 2), even(3000, -8), even(3000, 4)],
  'turns at each step': Array.from({ length: 10 }, (_, n) => even(2500, n % 2 ? -1 : 1)),
  'a turn in a hold': [even(4000, 8), dwell(70_000), even(4000, -8), dwell(50_000), even(4000, 3)],
  'a turn in a short hold': [even(4000, 8), dwell(30_000), even(4000, -8)],
  'a hold, then fast': [even(60_000, 1), dwell(65_000), even(1600, 40)],
  'a hold first': [dwell(100_000), even(5000, 6), dwell(200_000)],
  'fast, then a hold': [even(1600, 40), dwell(100_000), even(1600, 4)],
  'slow, then fast': [even(65_800, 2), even(2000, 30)],
  'fast, then slow': [even(2000, 30), even(65_800, 2), even(2000, 10)],
  'slow to fast in a segment': [even(60_000, 8, -256 * 7000), even(4000, 20)],
  'fast to slow in a segment': [even(4000, 9, 256 * 7500), even(2000, 20)],
  'long runs': [even(200, 300), dwell(400), even(200, -700), dwell(400), even(200, 257), even(200, 143)],
  'a record a step': Array.from({ length: 40 }, (_, n) => even(200 + n, 1)),
};
/** The model's kinds of record, 2,048 ticks to its one. */
const KINDS = { U: even(18_432, 1), D: even(40_960, -1), u: even(92_160, 1), d: even(55_296, -1), h: dwell(12_288), H: dwell(143_360) };
const programs = (longest) => {
  if (longest === 0) return [''];
  const shorter = programs(longest - 1);
  return [...new Set([...shorter, ...shorter.flatMap((program) => Object.keys(KINDS).map((kind) => program + kind))])];
};
const SHORT = Object.fromEntries(programs(3).filter((name) => /[UDud]/.test(name)).map((name) => [name, [...name].map((kind) => KINDS[kind])]));
const CUTS = ['stop', 'hard stop', 'button', 'silence', 'silence at once'];

class Difference extends Error {}

/** What the unit says is what the pins did, from `zero` on. */
function agree(unit, zero, when) {
  const { clock, position, referenced, state } = unit.status();
  const pins = [-2500, 500].map((off) => unit.pinsAt(clock + off) - zero); // the clock and the count are not read in one moment
  if (referenced && (position < Math.min(...pins) || position > Math.max(...pins))) throw new Difference(`${when}: pins ${pins}, unit ${position}, state ${state}`);
}

/** Back to one, whichever way: the direction that the motion left behind must not show in the next. */
function comesBack(unit, zero) {
  if (unit.status().state === State.FAULT) unit.clear();
  agree(unit, zero, 'at rest');
  unit.goto(5);
  unit.rest();
  agree(unit, zero, 'after a move up');
  unit.goto(0);
  unit.rest();
  agree(unit, zero, 'back to one');
}

function sendCut(unit, kind, tick) {
  if (kind === 'button') {
    unit.chip.setInput('stop', 0, tick);
    unit.chip.setInput('stop', 1, tick + 16_000);
    return;
  }
  if (kind.startsWith('silence')) return;
  const bytes = kind === 'stop' ? STOP : HARD_STOP;
  unit.send(bytes, tick - bytes.length * BYTE);
}

const SETTINGS = { accel: 3e5, goto_rate: 20_000, stop_input: 1 };
const silence = (kind, ms) => ({ ...SETTINGS, silence_ms: ms, take_silence: kind === 'silence' ? 1 : 2 });

/** A take of `segments`, cut `at` ticks after time zero; TakeEnded must tell its steps and edges. */
function cutTake(unit, segments, kind, at, cued) {
  const quiet = kind.startsWith('silence');
  if (!quiet) unit.load(segments);
  const zero = unit.pins;
  const first = unit.made.length;
  let start = null;
  if (quiet) {
    // silence counts from the last frame, in milliseconds: time zero is put where the cut falls at `at`
    const ms = Math.max(1, Math.ceil((at + 30_000) / 16_000));
    unit.configure(silence(kind, ms));
    unit.load(segments);
    unit.arm();
    unit.go(Math.max(0, ms * 16_000 - at - 2000));
  } else if (cued) {
    unit.arm(1);
    unit.run(48_000);
    start = unit.tick + 4000 + CUE_LEAD;
    unit.chip.setInput('cue', 0, unit.tick + 4000);
    unit.chip.setInput('cue', 1, unit.tick + 24_000);
    sendCut(unit, kind, start + at);
  } else {
    unit.arm();
    const before = unit.tick;
    const go = unit.frame(0x23, [1, 0, 0, 0x7d, 0, 0]); // 32,000 ticks from when it is taken
    unit.send(go);
    start = before + go.length * BYTE + 32_000 + LEAD;
    sendCut(unit, kind, start + at);
  }
  const planned = expanded(segments);
  unit.run((planned.at(-1)?.tick ?? 0) + 150_000 + (quiet ? 100_000 : 0));
  if (quiet) unit.run(200_000);
  const status = unit.rest();
  if (quiet) unit.configure(SETTINGS);
  const made = unit.made.slice(first);
  agree(unit, zero, 'cut');
  const take = unit.take();
  if (take !== null && status.state !== State.ARMED) {
    if (take.steps !== made.length && !(made.length === 0 && take.start < start)) throw new Difference(`TakeEnded tells ${take.steps} steps of ${made.length}`);
    if (made.length > 0 && take.steps === made.length) {
      if (Math.abs(take.first - made[0][0]) > 4) throw new Difference(`first edge ${take.first - made[0][0]} ticks off`);
      if (Math.abs(take.last - made.at(-1)[0]) > 4) throw new Difference(`last edge ${take.last - made.at(-1)[0]} ticks off`);
      if (Math.abs(made[0][0] - take.start - planned[0].tick) > 4) throw new Difference('the first step is not where the profile has it');
    }
  }
  comesBack(unit, zero);
}

/** A take that nothing cuts, `delay` ticks after it is told to start: every edge where the profile has it, by the take's own start. */
function launch(unit, segments, delay, cued) {
  unit.load(segments);
  const zero = unit.pins;
  const first = unit.made.length;
  unit.arm(cued ? 1 : 0);
  if (cued) {
    unit.run(16_000);
    unit.chip.setInput('cue', 0, unit.tick + delay);
    unit.chip.setInput('cue', 1, unit.tick + delay + 16_000);
    unit.run(delay + 16_000);
  } else {
    unit.go(delay);
  }
  const planned = expanded(segments);
  unit.run(delay + planned.at(-1).tick + 40_000);
  unit.rest();
  const take = unit.take();
  const made = unit.made.slice(first);
  if (made.length !== planned.length || take.steps !== planned.length) throw new Difference(`${made.length} of ${planned.length} steps made, ${take.steps} told`);
  const off = planned.map(({ tick, direction }, n) => (made[n][1] === direction ? Math.abs(made[n][0] - take.start - tick) : Infinity));
  if (Math.max(...off) > 4) throw new Difference(`an edge is ${Math.max(...off)} ticks off`);
  comesBack(unit, zero);
}

const LAUNCHES = {
  'a first step soon': [even(1000, 2), even(4000, -2)],
  'a first step after 2.5 ms': [even(40_000, 2), even(4000, -2)],
  'a first step after 4.25 ms': [even(68_000, 2), even(4000, -2)],
  'a first step after a hold': [dwell(140_000), even(4000, 2)],
  'the fastest first steps, a record each': Array.from({ length: 12 }, () => even(160, 1)),
};

/** Aims that change 100 times a second, cut `at` ticks after the first. */
function cutAims(unit, frames, kind, at) {
  const zero = unit.pins;
  const begin = unit.tick + 4000;
  frames.forEach((frame, index) => unit.send(frame, begin + index * 160_000));
  sendCut(unit, kind === 'silence' ? 'stop' : kind, begin + at + 8000);
  unit.runTo(begin + Math.max(frames.length * 160_000, at + 40_000));
  agree(unit, zero, 'under way');
  unit.send(unit.jogFrame(0));
  unit.run(50_000);
  unit.rest();
  agree(unit, zero, 'cut');
  comesBack(unit, zero);
}

const AIMS = {
  'jogs that reverse': { accel: 60_000, frames: (unit) => [380, 240, 100, -40, -180, -320, -460, -600].map((rate) => unit.jogFrame(rate)) },
  'fast jogs that reverse': { accel: 300_000, frames: (unit) => [5000, -5000, 9000, -9000, 1, -3].map((rate) => unit.jogFrame(rate)) },
  'targets followed, 4,000 steps/s²': { accel: 4000, frames: (unit) => [3, 7, 9, 6, 2, -3, -6, -2].map((target) => unit.gotoFrame(target)) },
  'targets followed, 23,000 steps/s²': { accel: 23_000, frames: (unit) => [5, 15, 22, 15, 3, -8, -14, -3].map((target) => unit.gotoFrame(target)) },
};

/** The moments to cut at, in ticks after time zero: every cycle around turns and launches, every 64th elsewhere. */
function* moments(edges, end) {
  for (let at = -3000; at < end; at += 64) yield at;
  for (const edge of edges) for (let off = -450; off < 250; off++) yield edge + off;
}

/** The edges around which every cycle counts: the first, those before and after a turn, those before and after a long wait. */
function cardinal(steps) {
  return steps.filter((step, n) => {
    const [before, after] = [steps[n - 1], steps[n + 1]];
    const odd = (one, other) => one === undefined || other === undefined || one.direction !== other.direction || other.tick - one.tick > 45_000;
    return odd(before, step) || odd(step, after);
  }).map(({ tick }) => tick);
}

function scenes(takes) {
  const all = [];
  for (const [name, segments] of Object.entries(takes)) {
    const steps = expanded(segments);
    const end = steps.at(-1).tick + 2000;
    for (const kind of CUTS) {
      for (const cued of kind.startsWith('silence') ? [false] : [false, true]) {
        all.push({
          name: `take, ${name}, ${kind}${cued ? ', cued' : ''}`,
          settings: SETTINGS,
          moments: [...moments(cardinal(steps), end)],
          cut: (unit, at) => cutTake(unit, segments, kind, at, cued),
        });
      }
    }
  }
  return all;
}

function launchesAndAims() {
  const all = [];
  for (const [name, segments] of Object.entries(LAUNCHES)) {
    for (const cued of [false, true]) {
      all.push({
        name: `launch, ${name}${cued ? ', cued' : ''}`,
        settings: SETTINGS,
        moments: Array.from({ length: 2000 }, (_, n) => n * 61 + 7),
        cut: (unit, delay) => launch(unit, segments, delay, cued),
      });
    }
  }
  for (const [name, { accel, frames }] of Object.entries(AIMS)) {
    for (const kind of ['stop', 'hard stop', 'button']) {
      all.push({
        name: `${name}, ${kind}`,
        settings: { ...SETTINGS, accel },
        moments: [...moments([], 8 * 160_000)],
        cut: (unit, at) => cutAims(unit, frames(unit), kind, at),
      });
    }
  }
  return all;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cuts: { type: 'string', default: '400' }, every: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' }, short: { type: 'boolean', default: false } },
});
const [hex, messages] = positionals;
const every = values.short ? scenes(SHORT) : [...scenes(TAKES), ...launchesAndAims()];
const named = every.filter(({ name }) => name.includes(values.only));
/** Fewer cuts than scenes: so many of the scenes, spread evenly. */
const spread = (index) => Math.floor((index * Number(values.cuts)) / named.length);
const chosen = values.every ? named : named.filter((_, index) => Number(values.cuts) >= named.length || spread(index) !== spread(index + 1));
const draw = random(Number(values.seed));
let tried = 0;
let differences = 0;
let unit = Unit.from(hex, messages);
for (const scene of chosen) {
  const share = values.every ? scene.moments.length : Math.ceil(Number(values.cuts) / chosen.length);
  const at = values.every ? scene.moments : Array.from({ length: share }, () => scene.moments[Math.floor(draw() * scene.moments.length)]);
  let wrong = 0;
  let said = '';
  unit.configure(scene.settings);
  for (const moment of at) {
    tried++;
    unit.run(draw() * 65_536); // any phase of the timer
    try {
      scene.cut(unit, moment);
    } catch (error) {
      if (!(error instanceof Difference) && values.only !== '') throw error;
      wrong++;
      said ||= `${moment} ticks after time zero: ${error.message}`;
      unit = Unit.from(hex, messages, scene.settings);
    }
  }
  differences += wrong;
  console.log(JSON.stringify({ scene: scene.name, cuts: at.length, wrong, said }));
}
console.log(JSON.stringify({ cuts: tried, differences, seconds: Math.round(performance.now() / 1000), ticks_a_second: TICK_HZ }));
process.exit(differences === 0 ? 0 : 1);
