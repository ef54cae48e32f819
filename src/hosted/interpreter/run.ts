import { assembleBody, emptyBlock, type Instruction, valueType } from "../../wasm/index.ts";
import { exits } from "../layout.ts";
import { type Code, constant, get, local, resolve, set, state, type Target } from "./code.ts";
import { enterFunction, handlers } from "./handlers.ts";

const keep = (pc: number): Code => [
  ...get(pc),
  ["global.set", state.pc],
  ...get(local.fp),
  ["global.set", state.fp],
];
const keepFuel: Code = [...get(local.fuel), ["global.set", state.fuel]];
const leaveWith = (reason: number): Code => [...constant(reason), "return"];

/** The labels around all handlers, from the outermost in; a handler's own blocks are inside of them. */
const outer: readonly Target[] = [
  "enterFailed",
  "indirect",
  "outOfBounds",
  "fuel",
  "loop",
  "cold",
  "enter",
];

// `inner` is the number of handlers' blocks that are still open.
function levels(inner: number): Record<Target, number> {
  return Object.fromEntries(
    outer.map((target, index) => [target, inner + outer.length - 1 - index]),
  ) as Record<Target, number>;
}

/** What follows the end of a target's label. */
const behind: Record<Exclude<Target, "loop">, Code> = {
  enter: enterFunction,
  cold: [...keep(local.pc), ...keepFuel, ...get(local.pc), ["i32.load16_u", 1, 0], "return"],
  // None is left here. Storing the local here costs a tenth of all speed on Cranelift, at the other ends nothing.
  fuel: [...keep(local.pc), ...constant(0), ["global.set", state.fuel], ...leaveWith(exits.fuel)],
  // An access that no memory holds: the engine's own trap.
  outOfBounds: [...constant(-1), ["i32.load", 0, 0xffffffff], "return"],
  indirect: [...keep(local.pc), ...leaveWith(exits.indirect)],
  enterFailed: [
    ...keep(local.returnTo),
    ...keepFuel,
    ...get(local.func),
    ["global.set", state.func],
    ...leaveWith(exits.enter),
  ],
};

/**
 * Builds the body of the interpreter's function, of type () -> i32: it goes on at `state.pc` and `state.fp` for at
 * most `state.fuel` branches and calls, and returns one of `exits` or the number of an operation that it does not
 * know. It calls nothing, so that engines can keep its locals in registers.
 */
export function interpreterBody(): Uint8Array {
  const code: Instruction[] = [
    ...resolve(
      [
        ...set(local.pc, [["global.get", state.pc]]),
        ...set(local.fp, [["global.get", state.fp]]),
        ...set(local.fuel, [["global.get", state.fuel]]),
      ],
      levels(0),
    ),
  ];
  for (const target of outer) code.push([target === "loop" ? "loop" : "block", emptyBlock]);
  for (let count = 0; count < handlers.length; count++) code.push(["block", emptyBlock]);
  const cold = levels(handlers.length).cold;
  code.push(["local.get", local.pc], ["i32.load16_u", 1, 0]);
  code.push(["br_table", cold, ...handlers.keys(), cold]);
  for (const [index, handler] of handlers.entries()) {
    code.push("end", ...resolve(handler.code, levels(handlers.length - 1 - index)));
  }
  for (const target of outer.toReversed()) {
    code.push("end");
    const left = outer.indexOf(target);
    const here = Object.fromEntries(
      outer.map((other, index) => [other, left - 1 - index]),
    ) as Record<Target, number>;
    if (target === "loop") code.push("unreachable");
    else code.push(...resolve(behind[target], here));
  }
  code.push("unreachable");
  return assembleBody([[Object.keys(local).length, valueType.i32]], code);
}
