import { type Budget, VALUE_BYTES } from "./budget.ts";
import type { Cursor } from "./cursor.ts";
import { PickleArray, PickleObject, PickleTuple, type PickleValue } from "./value.ts";
import { plain, type StackValue } from "./stack_value.ts";

/** Size of a container once all its members are measured. */
interface Measure {
  /** Nesting depth, including itself. */
  readonly depth: number;
  /** Bytes if every shared member is copied. */
  readonly bytes: number;
}

/** A container whose members are being measured. */
interface Visit {
  readonly container: object;
  readonly members: readonly PickleValue[];
  /** Number of nested lists that the container itself expands to. */
  readonly levels: number;
  next: number;
  depth: number;
  bytes: number;
}

/**
 * Decides the remaining Python 2 strings, and refuses values that contain themselves, are nested too deeply, or expand
 * too far. Linear in the file: each container is measured once.
 * @throws {PickleError} when a limit is exceeded
 */
export function settle(root: StackValue, cursor: Cursor, budget: Budget): PickleValue {
  const measured = new Map<object, Measure | null>(); // null: in progress
  const value = plain(root);
  const visits: Visit[] = [visitOf(new PickleTuple([value]))];
  while (true) {
    const visit = visits.at(-1)!;
    const member = visit.members[visit.next];
    if (member === undefined) {
      visits.pop();
      const parent = visits.at(-1);
      if (parent === undefined) return value;
      if (visit.depth > budget.depthMax) throw budget.tooDeep();
      if (visit.bytes > budget.expandedBytesMax) throw budget.unfolds();
      measured.set(visit.container, { depth: visit.depth, bytes: visit.bytes });
      continue;
    }
    const measure = isContainer(member) ? measured.get(member) : leafMeasure(member);
    if (measure === null) {
      throw cursor.fault("a list or dict contains itself; save a list without cycles");
    }
    if (measure === undefined) {
      measured.set(member as object, null);
      visits.push(visitOf(member as object));
      continue; // returns to this member once it is measured
    }
    visit.next++;
    visit.depth = Math.max(visit.depth, visit.levels + measure.depth);
    visit.bytes += measure.bytes;
  }
}

function isContainer(value: PickleValue): value is PickleValue & object {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

function leafMeasure(value: PickleValue): Measure {
  const length = typeof value === "string" || value instanceof Uint8Array ? value.length : 0;
  return { depth: 0, bytes: VALUE_BYTES + length };
}

function visitOf(container: object): Visit {
  const packed = container instanceof PickleArray ? container.size * VALUE_BYTES : 0;
  const levels = container instanceof PickleArray ? container.shape.length : 1;
  const members = settledMembers(container);
  return { container, members, levels, next: 0, depth: levels, bytes: VALUE_BYTES + packed };
}

/** Returns the members of a container, after converting the Python 2 strings of a tuple to text. */
function settledMembers(container: object): readonly PickleValue[] {
  if (Array.isArray(container)) return container;
  if (container instanceof PickleTuple) {
    const items = container.items as PickleValue[];
    items.forEach((item, index) => items[index] = plain(item));
    return items;
  }
  if (container instanceof Map) return [...container.keys(), ...container.values()];
  if (container instanceof Set) return [...container];
  if (container instanceof PickleObject) return [container.args, container.state];
  if (container instanceof PickleArray && Array.isArray(container.data)) return container.data;
  return [];
}
