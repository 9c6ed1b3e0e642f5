// SPDX-License-Identifier: MIT
// The EEPROM's cells: kept in a file, and with a power cut that can be set to fall on any write.

import fs from 'node:fs';

const SIZE = 1024;
const ERASED = 0xff;

export class Cells {
  memory = new Uint8Array(SIZE).fill(ERASED);
  /** Bytes written since the chip was made. */
  writes = 0;
  /** Called in the middle of the write on which the power is set to go. */
  onCut = () => {};

  #path;
  #left = Infinity;
  #torn = ERASED;
  #powered = true;

  constructor(path = null) {
    this.#path = path;
    if (path !== null && fs.existsSync(path)) this.memory.set(fs.readFileSync(path).subarray(0, SIZE));
  }

  /** Lets `writes` more bytes through, then cuts the power in the middle of the next, which leaves `torn` in its cell. */
  cutAfter(writes, torn = ERASED) {
    this.#left = writes;
    this.#torn = torn;
  }

  powerOn() {
    this.#powered = true;
  }

  load(bytes, at = 0) {
    this.memory.set(bytes, at);
    this.#save();
  }

  readMemory(address) {
    return this.memory[address % SIZE];
  }

  eraseMemory(address) {
    this.#change(address, ERASED, false);
  }

  writeMemory(address, value) {
    this.writes++;
    this.#change(address, this.memory[address % SIZE] & value, true);
  }

  #change(address, value, counts) {
    if (!this.#powered) return;
    if (this.#left <= 0) {
      this.memory[address % SIZE] = this.#torn;
      this.#left = Infinity;
      this.#powered = false;
      this.#save();
      this.onCut();
      return;
    }
    if (counts) this.#left--;
    this.memory[address % SIZE] = value;
    this.#save();
  }

  #save() {
    if (this.#path !== null) fs.writeFileSync(this.#path, this.memory);
  }
}
