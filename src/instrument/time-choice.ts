import { InstructionReader, opcodeOf, placedInBody, readLocals } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

/**
 * What mode `time` does with a function: nothing, count its calls, or count them and let the host decide
 * while the program runs which of them are timed.
 */
export type TimeChoice = "none" | "counted" | "switched";

/**
 * A call that executes fewer instructions than these, whatever its arguments are, takes less than a
 * microsecond: reading a clock around it would say more about the clock.
 */
const fewInstructions = 1000;

const opcode = {
  loop: 0x03,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  memoryGrow: 0x40,
} as const;

/** Instructions whose time follows from an operand: they move, fill or make any number of bytes. */
const bulk = /^(memory|table|array)\.(copy|fill|init|grow|new)/;

/** What one body may do. */
interface Body {
  readonly instructions: number;
  /** Whether what one call executes has no bound known from the body. */
  readonly unbounded: boolean;
  readonly tailCalls: boolean;
  readonly callees: readonly number[];
}

/**
 * Chooses for each defined function. Small loop-free functions that call only such functions are never
 * timed. Neither are functions with tail calls: what stands around a timed call would gather on the stack.
 */
export function timeChoices(
  module: Module,
): { readonly choice: TimeChoice; readonly tailCalls: boolean }[] {
  const reader = new InstructionReader(module.bytes);
  const bodies = Array.from(module.bodies.start, (_, defined) => readBody(reader, module, defined));
  const most = longestCalls(module, bodies);
  const outer = new Set(
    module.exports.filter(({ kind }) => kind === "func").map(({ index }) => index),
  );
  if (module.start !== undefined) outer.add(module.start);
  return bodies.map(({ tailCalls }, defined) => {
    // What the host calls stands for the whole run.
    const wanted =
      outer.has(module.importedFunctions + defined) || most[defined]! > fewInstructions;
    return { choice: wanted && !tailCalls ? "switched" : "counted", tailCalls };
  });
}

function readBody(reader: InstructionReader, module: Module, defined: number): Body {
  const { bytes, bodies } = module;
  let instructions = 0;
  let unbounded = false;
  let tailCalls = false;
  const callees: number[] = [];
  try {
    const end = bodies.end[defined]!;
    reader.reset(readLocals(bytes, bodies.start[defined]!, end).codeStart, end);
    while (reader.position < end) {
      reader.next();
      instructions++;
      switch (reader.code) {
        case opcode.call:
          callees.push(reader.index);
          break;
        case opcode.returnCall:
        case opcode.returnCallIndirect:
        case opcode.returnCallRef:
          tailCalls = true;
          break;
        case opcode.loop:
        case opcode.callIndirect:
        case opcode.callRef:
        case opcode.memoryGrow:
          unbounded = true;
          break;
        default:
          // Only opcodes behind a prefix move many bytes.
          if (reader.code > 0xff && bulk.test(opcodeOf(reader.code)?.name ?? "")) unbounded = true;
      }
    }
  } catch (error) {
    throw placedInBody(module, defined, error);
  }
  return { instructions, unbounded: unbounded || tailCalls, tailCalls, callees };
}

/** Bounds the instructions that a call of each defined function executes, with its callees'. */
function longestCalls(module: Module, bodies: readonly Body[]): Float64Array {
  const { importedFunctions } = module;
  const unknown = -1;
  // A function that is being looked at is taken for unbounded: it calls itself.
  const most = new Float64Array(bodies.length).fill(unknown);
  const visit = (first: number): void => {
    const pending = [{ defined: first, next: 0, sum: bodies[first]!.instructions }];
    most[first] = Infinity;
    while (pending.length > 0) {
      const top = pending.at(-1)!;
      const { unbounded, callees } = bodies[top.defined]!;
      const callee = callees[top.next];
      if (unbounded || callee === undefined || top.sum > fewInstructions) {
        most[top.defined] = unbounded || callee !== undefined ? Infinity : top.sum;
        pending.pop();
        continue;
      }
      const inner = callee - importedFunctions;
      if (inner < 0 || inner >= bodies.length) {
        top.sum = Infinity;
      } else if (most[inner] === unknown) {
        most[inner] = Infinity;
        pending.push({ defined: inner, next: 0, sum: bodies[inner]!.instructions });
      } else {
        top.sum += most[inner]!;
        top.next++;
      }
    }
  };
  for (let defined = 0; defined < bodies.length; defined++) {
    if (most[defined] === unknown) visit(defined);
  }
  return most;
}
