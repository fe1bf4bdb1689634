/**
 * What a pickled data list is made of. Integers become numbers; only safe ones are accepted.
 */
export type Unpickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Unpickled[]
  | Map<Unpickled, Unpickled>;

/** Stands on the stack where a group of values begins. */
const MARK = Symbol("mark");

type StackItem = Unpickled | typeof MARK;

/** Largest protocol read; 5 adds nothing that a data list needs. */
const PROTOCOL_MAX = 4;

/** Reads plain data, never calls anything: classes and functions are refused by name. */
class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: StackItem[] = [];
  readonly #memo = new Map<number, Unpickled>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): Unpickled {
    for (;;) {
      const opcode = this.#unsigned(1);
      if (opcode === 0x2e) return this.#pop(); // .
      if (!(this.#atom(opcode) || this.#collection(opcode) || this.#memory(opcode))) {
        this.#refuse(opcode);
      }
    }
  }

  /** Values without members, by opcode. */
  #atom(opcode: number): boolean {
    switch (opcode) {
      case 0x4e: // N
        return this.#push(null);
      case 0x88:
        return this.#push(true);
      case 0x89:
        return this.#push(false);
      case 0x4a: // J, BININT
        return this.#push(this.#view.getInt32(this.#skip(4), true));
      case 0x4b: // K
        return this.#push(this.#unsigned(1));
      case 0x4d: // M
        return this.#push(this.#unsigned(2));
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#unsigned(1)));
      case 0x47: // G, BINFLOAT
        return this.#push(this.#view.getFloat64(this.#skip(8)));
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // U, SHORT_BINSTRING: text of Python 2
        return this.#push(this.#text(this.#unsigned(1)));
      case 0x58: // X, BINUNICODE
        return this.#push(this.#text(this.#unsigned(4)));
      case 0x43: // C, SHORT_BINBYTES
        return this.#push(this.#take(this.#unsigned(1)));
      case 0x42: // B, BINBYTES
        return this.#push(this.#take(this.#unsigned(4)));
      default:
        return false;
    }
  }

  /** Lists, tuples and dicts, by opcode; tuples become lists. */
  #collection(opcode: number): boolean {
    switch (opcode) {
      case 0x28: // (
        this.#stack.push(MARK);
        return true;
      case 0x5d: // ]
      case 0x29: // )
        return this.#push([]);
      case 0x7d: // }
        return this.#push(new Map());
      case 0x74: // t
        return this.#push(this.#group());
      case 0x85:
      case 0x86:
      case 0x87:
        return this.#push(this.#several(opcode - 0x84));
      case 0x61: // a
        return this.#append(this.#several(1));
      case 0x65: // e
        return this.#append(this.#group());
      case 0x73: // s
        return this.#setItems(this.#several(2));
      case 0x75: // u
        return this.#setItems(this.#group());
      default:
        return false;
    }
  }

  /** Protocol, frames and memo, by opcode. */
  #memory(opcode: number): boolean {
    switch (opcode) {
      case 0x80: {
        const protocol = this.#unsigned(1);
        if (protocol <= PROTOCOL_MAX) return true;
        throw new SyntaxError(`Cannot read pickle: protocol ${protocol} is newer than 4`);
      }
      case 0x95: // FRAME
        this.#skip(8);
        return true;
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.size);
      case 0x71: // q
        return this.#remember(this.#unsigned(1));
      case 0x72: // r
        return this.#remember(this.#unsigned(4));
      case 0x68: // h
        return this.#recall(this.#unsigned(1));
      case 0x6a: // j
        return this.#recall(this.#unsigned(4));
      default:
        return false;
    }
  }

  #refuse(opcode: number): never {
    if (opcode === 0x63) { // c, GLOBAL
      const name = `${this.#line()}.${this.#line()}`;
      throw new SyntaxError(`Cannot read pickle: it refers to ${name}, only plain data are read`);
    }
    if (opcode === 0x93) { // STACK_GLOBAL
      const [module, name] = this.#several(2);
      throw new SyntaxError(
        `Cannot read pickle: it refers to ${module}.${name}, only plain data are read`,
      );
    }
    const shown = opcode.toString(16).padStart(2, "0");
    throw new SyntaxError(`Cannot read pickle: opcode 0x${shown} is not plain data`);
  }

  #push(value: Unpickled): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): Unpickled {
    const item = this.#stack.pop();
    if (item === undefined || item === MARK) throw new SyntaxError("Cannot read pickle: damaged");
    return item as Unpickled;
  }

  #several(count: number): Unpickled[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #group(): Unpickled[] {
    const start = this.#stack.lastIndexOf(MARK);
    if (start < 0) throw new SyntaxError("Cannot read pickle: damaged");
    const members = this.#stack.splice(start).slice(1);
    return members as Unpickled[];
  }

  #append(members: readonly Unpickled[]): true {
    const list = this.#pop();
    if (!Array.isArray(list)) throw new SyntaxError("Cannot read pickle: damaged");
    for (const member of members) list.push(member);
    return this.#push(list);
  }

  #setItems(members: readonly Unpickled[]): true {
    const dict = this.#pop();
    if (!(dict instanceof Map)) throw new SyntaxError("Cannot read pickle: damaged");
    for (let i = 0; i + 1 < members.length; i += 2) dict.set(members[i]!, members[i + 1]!);
    return this.#push(dict);
  }

  #remember(slot: number): true {
    const value = this.#pop();
    this.#memo.set(slot, value);
    return this.#push(value);
  }

  #recall(slot: number): true {
    const value = this.#memo.get(slot);
    if (value === undefined) throw new SyntaxError("Cannot read pickle: damaged");
    return this.#push(value);
  }

  /** Steps over bytes and tells where they begin. */
  #skip(count: number): number {
    const start = this.#at;
    if (start + count > this.#bytes.length) {
      throw new SyntaxError("Cannot read pickle: the file is cut off");
    }
    this.#at = start + count;
    return start;
  }

  #take(count: number): Uint8Array {
    const start = this.#skip(count);
    return this.#bytes.slice(start, start + count);
  }

  #unsigned(size: 1 | 2 | 4): number {
    const start = this.#skip(size);
    if (size === 1) return this.#view.getUint8(start);
    return size === 2 ? this.#view.getUint16(start, true) : this.#view.getUint32(start, true);
  }

  #long(size: number): number {
    let value = 0n;
    for (const [index, byte] of this.#take(size).entries()) {
      value |= BigInt(byte) << BigInt(8 * index);
    }
    const number = Number(BigInt.asIntN(8 * size, value));
    if (!Number.isSafeInteger(number)) {
      throw new RangeError("Cannot read pickle: integer too large");
    }
    return number;
  }

  #text(size: number): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.#take(size));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new SyntaxError("Cannot read pickle: the file is cut off");
    const text = this.#text(end - this.#at);
    this.#skip(1);
    return text;
  }
}

/**
 * Reads a pickle of plain data in protocol 2 to 4 (PEP 307, PEP 3154): None, bool, int, float, text,
 * bytes, list, tuple, dict. Nothing is ever imported or called.
 *
 * @param bytes the file
 * @returns the value; tuples come as lists, dicts as Map
 * @throws {SyntaxError} when it holds anything else, or is damaged
 * @throws {RangeError} when an integer is beyond 2^53
 */
export function unpickle(bytes: Uint8Array): Unpickled {
  return new Unpickler(bytes).read();
}
