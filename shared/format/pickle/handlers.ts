import { PICKLE_INT_BYTES_MAX, PICKLE_TEXT_BYTES_MAX } from "../../limits.ts";
import { decodeLatin1 } from "./cursor.ts";
import { interpretCall, recognise } from "./globals.ts";
import type { Machine } from "./machine.ts";
import { setArrayState, setDtypeState } from "./numpy.ts";
import {
  PickleArray,
  PickleDtype,
  type PickleGlobal,
  PickleObject,
  type PickleValue,
} from "./value.ts";
import { type OpcodeName, PROTOCOL_READ_MAX } from "./opcodes.ts";
import {
  parseDecimal,
  parseFloatText,
  parseRawUnicode,
  parseStringLiteral,
  parseTwosComplement,
  python2Text,
} from "./python_text.ts";
import { plain, type StackValue, tupleOf } from "./stack_value.ts";

/** Executes one opcode. */
type Handler = (machine: Machine) => void;

/** The allow-list. Opcodes that could only run code or leave the file are refused with their own message. */
export const HANDLERS: Readonly<Partial<Record<OpcodeName, Handler>>> = {
  PROTO: checkProtocol,
  FRAME: (m) => void m.cursor.length64(),
  MARK: (m) => m.mark(),
  POP: (m) => m.drop(),
  POP_MARK: (m) => void m.popToMark(),
  DUP: (m) => m.push(m.top()),

  NONE: (m) => m.push(null),
  NEWTRUE: (m) => m.push(true),
  NEWFALSE: (m) => m.push(false),
  INT: pushIntText,
  LONG: (m) => m.push(requireValue(m, parseDecimal(intLine(m)))),
  BININT: (m) => m.push(BigInt(m.cursor.i32())),
  BININT1: (m) => m.push(BigInt(m.cursor.u8())),
  BININT2: (m) => m.push(BigInt(m.cursor.u16())),
  LONG1: (m) => pushLong(m, m.cursor.u8()),
  LONG4: (m) => pushLong(m, m.cursor.u32()),
  FLOAT: (m) => m.push(requireValue(m, parseFloatText(m.cursor.line()))),
  BINFLOAT: (m) => m.push(m.cursor.f64()),

  STRING: (m) => pushPython2(m, requireValue(m, parseStringLiteral(m.cursor.line()))),
  BINSTRING: (m) => pushPython2(m, m.cursor.take(m.cursor.u32())),
  SHORT_BINSTRING: (m) => pushPython2(m, m.cursor.take(m.cursor.u8())),
  UNICODE: (m) => pushText(m, requireValue(m, parseRawUnicode(m.cursor.line()))),
  SHORT_BINUNICODE: (m) => pushText(m, m.cursor.utf8(m.cursor.u8())),
  BINUNICODE: (m) => pushText(m, m.cursor.utf8(textLength(m, m.cursor.u32()))),
  BINUNICODE8: (m) => pushText(m, m.cursor.utf8(textLength(m, m.cursor.length64()))),
  SHORT_BINBYTES: (m) => pushBytes(m, m.cursor.u8()),
  BINBYTES: (m) => pushBytes(m, m.cursor.u32()),
  BINBYTES8: (m) => pushBytes(m, m.cursor.length64()),
  BYTEARRAY8: (m) => pushBytes(m, m.cursor.length64()),

  EMPTY_LIST: (m) => m.pushList([]),
  EMPTY_TUPLE: (m) => m.pushList(tupleOf([])),
  EMPTY_DICT: (m) => m.pushDict(new Map()),
  EMPTY_SET: (m) => m.pushDict(new Set()),
  LIST: (m) => m.pushList(m.popToMark().map(plain)),
  TUPLE: (m) => m.pushList(tupleOf(m.popToMark())),
  TUPLE1: (m) => m.pushTuple(1),
  TUPLE2: (m) => m.pushTuple(2),
  TUPLE3: (m) => m.pushTuple(3),
  DICT: (m) => {
    const items = m.popToMark();
    m.pushDict(new Map());
    setItems(m, items);
  },
  FROZENSET: (m) => {
    const members = m.popToMark();
    m.pushDict(new Set());
    addMembers(m, members);
  },
  APPEND: (m) => extendList(m, [m.pop()]),
  APPENDS: (m) => extendList(m, m.popToMark()),
  SETITEM: (m) => setItems(m, [m.pop(), m.pop()].reverse()),
  SETITEMS: (m) => setItems(m, m.popToMark()),
  ADDITEMS: (m) => addMembers(m, m.popToMark()),

  PUT: (m) => m.remember(memoIndex(m)),
  BINPUT: (m) => m.remember(m.cursor.u8()),
  LONG_BINPUT: (m) => m.remember(m.cursor.u32()),
  MEMOIZE: (m) => m.rememberNext(),
  GET: (m) => m.recall(memoIndex(m)),
  BINGET: (m) => m.recall(m.cursor.u8()),
  LONG_BINGET: (m) => m.recall(m.cursor.u32()),

  GLOBAL: (m) => m.push(named(recognise(m, nameLine(m), nameLine(m)))),
  STACK_GLOBAL: pushStackGlobal,
  REDUCE: callOnStack,
  NEWOBJ: callOnStack,
  BUILD: build,
  INST: (m) => {
    const name = recognise(m, nameLine(m), nameLine(m));
    throw m.fault(`it creates an instance of ${name}; save plain data only`);
  },
  OBJ: refuse("it creates an instance of a class; save plain data only"),
  NEWOBJ_EX: refuse("it creates an instance of a class; save plain data only"),
  EXT1: refuse("it uses a registered extension code; save plain data only"),
  EXT2: refuse("it uses a registered extension code; save plain data only"),
  EXT4: refuse("it uses a registered extension code; save plain data only"),
  PERSID: refuse("it refers to an object outside the file; save plain data only"),
  BINPERSID: refuse("it refers to an object outside the file; save plain data only"),
  NEXT_BUFFER: refuse("its data is in a buffer outside the file; save with protocol 4"),
  READONLY_BUFFER: refuse("its data is in a buffer outside the file; save with protocol 4"),
};

function refuse(reason: string): Handler {
  return (machine) => {
    throw machine.fault(reason);
  };
}

function checkProtocol(machine: Machine): void {
  const protocol = machine.cursor.u8();
  if (protocol > PROTOCOL_READ_MAX) {
    throw machine.fault(`protocol ${protocol} is unknown; save with protocol 4`);
  }
}

function requireValue<T>(machine: Machine, value: T | null): T {
  if (value === null) throw machine.fault("an operand is malformed; the file is damaged");
  return value;
}

/** INT also encodes booleans as `00` and `01`, which no integer uses. */
function pushIntText(machine: Machine): void {
  const line = intLine(machine);
  const text = decodeLatin1(line);
  if (text === "00" || text === "01") machine.push(text === "01");
  else machine.push(requireValue(machine, parseDecimal(line)));
}

function intLine(machine: Machine): Uint8Array {
  const line = machine.cursor.line();
  const digitsMax = Math.floor(PICKLE_INT_BYTES_MAX * 2.4); // a byte has 2.408 decimal digits
  if (line.length > digitsMax) throw integerTooLong(machine);
  return line;
}

function pushLong(machine: Machine, length: number): void {
  if (length > PICKLE_INT_BYTES_MAX) throw integerTooLong(machine);
  machine.push(parseTwosComplement(machine.cursor.take(length)));
}

function integerTooLong(machine: Machine): Error {
  return machine.fault(`an integer has over ${PICKLE_INT_BYTES_MAX} bytes; save it as text`);
}

function pushPython2(machine: Machine, bytes: Uint8Array): void {
  textLength(machine, bytes.length);
  machine.push(python2Text(bytes));
}

function textLength(machine: Machine, length: number): number {
  if (length > PICKLE_TEXT_BYTES_MAX) {
    throw machine.fault(`a text has ${length} bytes; the limit is ${PICKLE_TEXT_BYTES_MAX}`);
  }
  return length;
}

function pushText(machine: Machine, text: string): void {
  machine.push(text);
}

function pushBytes(machine: Machine, length: number): void {
  machine.push(machine.cursor.take(length).slice()); // a copy: a view would keep the whole file
}

function extendList(machine: Machine, items: readonly StackValue[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw machine.fault("it appends to a value that is not a list");
  for (const item of items) list.push(plain(item));
}

function setItems(machine: Machine, items: readonly StackValue[]): void {
  const map = machine.top();
  if (!(map instanceof Map)) throw machine.fault("it sets a key of a value that is not a dict");
  if (items.length % 2 !== 0) throw machine.fault("a dict has a key without a value");
  for (let index = 0; index < items.length; index += 2) {
    machine.keys.setItem(map, plain(items[index]!), plain(items[index + 1]!));
  }
}

function addMembers(machine: Machine, members: readonly StackValue[]): void {
  const set = machine.top();
  if (!(set instanceof Set)) throw machine.fault("it adds a member to a value that is not a set");
  for (const member of members) machine.keys.addMember(set, plain(member));
}

function memoIndex(machine: Machine): number {
  const text = decodeLatin1(machine.cursor.line()).trim();
  if (!/^\d{1,15}$/.test(text)) throw machine.fault("a memo position is malformed");
  return Number(text);
}

function nameLine(machine: Machine): string {
  return python2Name(machine.cursor.line());
}

function python2Name(bytes: Uint8Array): string {
  const name = python2Text(bytes);
  return typeof name === "string" ? name : name.text();
}

function pushStackGlobal(machine: Machine): void {
  const qualname = machine.popPlain();
  const module = machine.popPlain();
  if (typeof module !== "string" || typeof qualname !== "string") {
    throw machine.fault("the name of a class is not text; the file is damaged");
  }
  machine.push(named(recognise(machine, module, qualname)));
}

/** pandas pickles its missing value by name. */
function named(global: PickleGlobal): PickleGlobal | null {
  return global.toString() === "pandas._libs.missing.NA" ? null : global;
}

function callOnStack(machine: Machine): void {
  const args = machine.pop();
  const callee = machine.pop();
  machine.pushDict(interpretCall(machine, callee, args));
}

/** BUILD: sets the state of a numpy or recognised object; nothing else here has a state. */
function build(machine: Machine): void {
  const state = machine.pop();
  const target = machine.top();
  if (target instanceof PickleDtype) setDtypeState(machine, target, state);
  else if (target instanceof PickleArray) setArrayState(machine, target, state);
  else if (target instanceof PickleObject) target.state = plain(state) as PickleValue;
  else throw machine.fault("it sets attributes of plain data; save plain data only");
}
