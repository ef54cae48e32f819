import type { Value } from "./commands.ts";
import {
  assemble,
  body,
  type Bytes,
  funcType,
  leb,
  name,
  section,
  sized,
  types,
} from "./assemble.ts";
import { toJs } from "./references.ts";
import type { Signature, Signatures } from "./signatures.ts";
import { numberKind, writeSlot } from "./values.ts";

/** What a call gave: the bits of a number, or a reference as JavaScript sees it. */
export type Result =
  | { readonly kind: "bits"; readonly slot: DataView }
  | { readonly kind: "reference"; readonly value: unknown };

/** Calls with the values of a script, and gives back the results with all their bits. */
export type Bridge = (args: readonly Value[]) => readonly Result[];

type ValueType = readonly number[];

const slotSize = 16;
const memory = new WebAssembly.Memory({ initial: 1 });

/**
 * Builds the way to call one exported function. JavaScript may change the bits of a NaN and has no vectors, so
 * numbers cross in memory: a module of our own loads the arguments, calls, and stores the results.
 */
export function bridgeTo(target: unknown, signature: Signature, all: Signatures): Bridge {
  const { params, results } = signature;
  const module = new WebAssembly.Module(wrapperOf(signature, all));
  const imports = { "": { f: target as WebAssembly.ImportValue, m: memory } };
  const { exports } = new WebAssembly.Instance(module, imports);
  const call = exports["call"] as (...args: unknown[]) => unknown;
  const returned = results.filter(crossesAsReference).length;
  const slots = [...params, ...results].map(
    (_, index) => new DataView(memory.buffer, index * slotSize, slotSize),
  );
  return (args) => {
    if (args.length !== params.length) {
      throw new Error(`${args.length} arguments for ${params.length} parameters`);
    }
    const references: unknown[] = [];
    for (const [index, arg] of args.entries()) {
      if (numberKind(params[index]![0]!) !== undefined) writeSlot(slots[index]!, arg);
      else if (crossesAsReference(params[index]!)) references.push(toJs(arg));
    }
    const answer = call(...references);
    const values = returned > 1 ? [...(answer as unknown[])] : [answer];
    return results.map((type, index): Result => {
      const slot = slots[params.length + index]!;
      if (numberKind(type[0]!) !== undefined) return { kind: "bits", slot };
      if (crossesAsReference(type)) return { kind: "reference", value: values.shift() };
      return { kind: "reference", value: slot.getInt32(0, true) === 1 ? null : "not null" };
    });
  };
}

// References to exceptions (exn, noexn) may not cross: null goes in, and only "is it null" comes out.
function crossesAsReference(type: ValueType): boolean {
  const isException = type.at(-1) === types.exnref || type.at(-1) === 0x74;
  return numberKind(type[0]!) === undefined && !isException;
}

// The wrapper repeats the other module's types, so that it can import the function with exactly its own type.
function wrapperOf(signature: Signature, all: Signatures): Uint8Array<ArrayBuffer> {
  const { params, results, typeIndex } = signature;
  const wrapper = funcType(params.filter(crossesAsReference), results.filter(crossesAsReference));
  return assemble(
    [1, sized([leb(all.groupCount + 1), all.groups, wrapper])],
    section(2, [
      [name(""), name("f"), 0x00, leb(typeIndex)],
      [name(""), name("m"), 0x02, 0x00, 1],
    ]),
    section(3, [leb(all.typeCount)]),
    section(7, [[name("call"), 0x00, 1]]),
    section(10, [wrapperBody(params, results)]),
  );
}

function wrapperBody(params: readonly ValueType[], results: readonly ValueType[]): Bytes {
  const references = params.filter(crossesAsReference).length;
  const local = (result: number): Bytes => leb(references + result);
  let reference = 0;
  const load = params.map((type, index): Bytes => {
    const kind = numberKind(type[0]!);
    if (kind !== undefined) return [0x41, 0, kind.load, 0, leb(index * slotSize)];
    return crossesAsReference(type) ? [0x20, leb(reference++)] : [0xd0, 0x74];
  });
  const keep = results.map((_, index): Bytes => [0x21, local(index)]).toReversed();
  const store = results.map((type, index): Bytes => {
    if (crossesAsReference(type)) return [];
    const isNullToI32 = [0xd1, 0x36];
    const code = numberKind(type[0]!)?.store ?? isNullToI32;
    return [0x41, 0, 0x20, local(index), code, 0, leb((params.length + index) * slotSize)];
  });
  const give = results.map((type, index) => (crossesAsReference(type) ? [0x20, local(index)] : []));
  return body(results, [load, 0x10, 0, keep, store, give]);
}

/** Reads an exported global with all its bits. */
export function readGlobal(target: unknown, type: Value["type"]): Result {
  if (!(target instanceof WebAssembly.Global)) throw new Error("no exported global");
  const code = type in types ? types[type as keyof typeof types] : types.i32;
  const kind = numberKind(code);
  if (kind === undefined) return { kind: "reference", value: target.value as unknown };
  const reader = (mutable: number): WebAssembly.Instance =>
    new WebAssembly.Instance(
      new WebAssembly.Module(
        assemble(
          section(1, [funcType([], [])]),
          section(2, [
            [name(""), name("g"), 0x03, code, mutable],
            [name(""), name("m"), 0x02, 0x00, 1],
          ]),
          section(3, [[0]]),
          section(7, [[name("call"), 0x00, 0]]),
          section(10, [body([], [0x41, 0, 0x23, 0, kind.store, 0, 0])]),
        ),
      ),
      { "": { g: target, m: memory } },
    );
  const { exports } = linksOr(
    () => reader(0),
    () => reader(1),
  );
  (exports["call"] as () => void)();
  return { kind: "bits", slot: new DataView(memory.buffer, 0, slotSize) };
}

// An import names whether the global may change, and JavaScript does not tell.
function linksOr<T>(first: () => T, second: () => T): T {
  try {
    return first();
  } catch (error) {
    if (!(error instanceof WebAssembly.LinkError)) throw error;
    return second();
  }
}
