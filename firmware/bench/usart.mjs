// SPDX-License-Identifier: MIT
// USART0 as the data sheet has it: two bytes of receive buffer behind the shift register, a transmit buffer in front of
// another, and every byte taking its ten bits on the line. (avr8js's own has one byte each way and no overrun.)

const RXC = 0x80;
const TXC = 0x40;
const UDRE = 0x20;
const DOR = 0x08;
const U2X = 0x02;
const MPCM = 0x01;
const RXEN = 0x10;
const TXEN = 0x08;
const BITS_PER_BYTE = 10;
const HELD = 3; // two buffered and one in the shift register
const UCSRA = 0xc0;
const UCSRB = 0xc1;
const UBRRL = 0xc4;
const UBRRH = 0xc5;
const UDR = 0xc6;

export class Usart {
  /** Bytes on their way to the unit. */
  line = [];
  /** Bytes that came in faster than the program read them: lost. */
  overruns = 0;
  /** Called with each byte when its last bit has left the unit. */
  onByte = () => {};

  #cpu;
  #held = [];
  #shifting = null;
  #buffered = null;
  #receiving = false;
  #rxc = { address: 0x24, flagRegister: UCSRA, flagMask: RXC, enableRegister: UCSRB, enableMask: 0x80, constant: true };
  #udre = { address: 0x26, flagRegister: UCSRA, flagMask: UDRE, enableRegister: UCSRB, enableMask: 0x20, constant: true };
  #txc = { address: 0x28, flagRegister: UCSRA, flagMask: TXC, enableRegister: UCSRB, enableMask: 0x40 };

  constructor(cpu) {
    this.#cpu = cpu;
    cpu.data[UCSRA] = UDRE;
    cpu.data[UCSRB] = 0;
    cpu.data[0xc2] = 0x06; // UCSRC: 8N1
    cpu.writeHooks[UCSRA] = (value) => {
      const kept = cpu.data[UCSRA] & ~(U2X | MPCM);
      cpu.data[UCSRA] = kept | (value & (U2X | MPCM));
      cpu.clearInterruptByFlag(this.#txc, value);
      return true;
    };
    cpu.writeHooks[UCSRB] = (value) => {
      cpu.data[UCSRB] = value;
      if (!(value & RXEN)) this.#flush();
      for (const interrupt of [this.#rxc, this.#udre, this.#txc]) cpu.updateInterruptEnable(interrupt, value);
      this.#receiveNext();
      return true;
    };
    cpu.readHooks[UDR] = () => this.#read();
    cpu.writeHooks[UDR] = (value) => {
      this.#write(value);
      return true;
    };
  }

  get cyclesPerByte() {
    const divisor = ((this.#cpu.data[UBRRH] & 0x0f) << 8) | this.#cpu.data[UBRRL];
    return (divisor + 1) * (this.#cpu.data[UCSRA] & U2X ? 8 : 16) * BITS_PER_BYTE;
  }

  /** Puts bytes on the line towards the unit, behind those that are on it. */
  send(bytes) {
    for (const byte of bytes) this.line.push(byte);
    this.#receiveNext();
  }

  #flush() {
    this.#held = [];
    this.#cpu.clearInterrupt(this.#rxc);
    this.#cpu.data[UCSRA] &= ~DOR;
  }

  #receiveNext() {
    if (this.#receiving || this.line.length === 0) return;
    this.#receiving = true;
    this.#cpu.addClockEvent(this.#arrived, this.cyclesPerByte);
  }

  #arrived = () => {
    this.#receiving = false;
    const byte = this.line.shift();
    if (this.#cpu.data[UCSRB] & RXEN) {
      if (this.#held.length < HELD) {
        this.#held.push(byte);
        this.#cpu.setInterruptFlag(this.#rxc);
      } else {
        this.overruns++;
        this.#cpu.data[UCSRA] |= DOR;
      }
    }
    this.#receiveNext();
  };

  #read() {
    const byte = this.#held.shift() ?? 0;
    this.#cpu.data[UCSRA] &= ~DOR;
    if (this.#held.length === 0) this.#cpu.clearInterrupt(this.#rxc);
    return byte;
  }

  #write(byte) {
    const { data } = this.#cpu;
    if (!(data[UCSRB] & TXEN) || !(data[UCSRA] & UDRE)) return;
    if (this.#shifting === null) {
      this.#shift(byte);
    } else {
      this.#buffered = byte;
      this.#cpu.clearInterrupt(this.#udre);
    }
  }

  #shift(byte) {
    this.#shifting = byte;
    this.#cpu.addClockEvent(this.#sent, this.cyclesPerByte);
  }

  #sent = () => {
    const byte = this.#shifting;
    this.#shifting = null;
    if (this.#buffered === null) {
      this.#cpu.setInterruptFlag(this.#txc);
    } else {
      this.#shift(this.#buffered);
      this.#buffered = null;
      this.#cpu.setInterruptFlag(this.#udre);
    }
    this.onByte(byte);
  };
}
