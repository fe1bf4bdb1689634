import type { PickleOptions } from "./budget.ts";
import { HANDLERS } from "./handlers.ts";
import { Machine } from "./machine.ts";
import { type OpcodeName, OPCODES } from "./opcodes.ts";
import { settle } from "./settle.ts";
import type { PickleValue } from "./value.ts";

const HANDLER_OF_BYTE = handlersByByte();

/**
 * Reads one pickle of protocol 0 to 5 as plain data. Safe by construction: opcodes outside the allow-list are refused,
 * and no class or function is ever looked up or called. Memory and nesting are bounded, also for code that walks the
 * result as a tree. Shared Python objects stay shared.
 * @example `readPickle(Uint8Array.of(0x80, 4, 0x4b, 7, 0x2e))` is `7n`
 * @throws {PickleError} with the byte offset, when the file is damaged, hostile, too large or not plain data
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions = {}): PickleValue {
  const machine = new Machine(bytes, options);
  const { cursor } = machine;
  if (bytes.length === 0) throw machine.fault("the file is empty");
  while (true) {
    const code = cursor.u8();
    if (code === OPCODES.STOP) break;
    const handler = HANDLER_OF_BYTE[code];
    if (handler === undefined) {
      const hex = code.toString(16).padStart(2, "0");
      throw machine.fault(`0x${hex} is not an opcode; the file is damaged or not a pickle`);
    }
    handler(machine);
  }
  const value = machine.pop();
  if (machine.height > 0) throw machine.fault("values are left over; the file is damaged");
  if (cursor.remaining > 0) {
    throw machine.fault(`${cursor.remaining} bytes follow the end; save one list in one file`);
  }
  return settle(value, cursor, machine.budget);
}

function handlersByByte(): (((machine: Machine) => void) | undefined)[] {
  const table: (((machine: Machine) => void) | undefined)[] = new Array(256).fill(undefined);
  for (const [name, handler] of Object.entries(HANDLERS)) {
    table[OPCODES[name as OpcodeName]] = handler;
  }
  return table;
}
