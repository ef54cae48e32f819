import type { Value } from "./commands.ts";
import { assemble, body, funcType, name, section, types } from "./assemble.ts";

const hosts = new Map<string, object>();

// Objects, not numbers: a small JavaScript number would become an i31 inside.
function hostReference(key: string): object {
  const known = hosts.get(key) ?? { host: key };
  hosts.set(key, known);
  return known;
}

/** Makes the JavaScript value that enters as a script's reference. */
export function toJs(value: Value): unknown {
  if (value.type === "v128" || value.type === "either") throw new Error("no reference");
  return value.value === undefined || value.value === "null" ? null : hostReference(value.value);
}

/** Compares a reference that came out with what a script expects. */
export function referenceMatches(actual: unknown, expected: Value): boolean {
  if (expected.type === "v128" || expected.type === "either") return false;
  const isHost = expected.value !== undefined && expected.value !== "null";
  if (isHost) return actual === hostReference(expected.value);
  if (expected.value === "null") return actual === null;
  switch (expected.type) {
    case "refnull":
    case "nullref":
    case "nullfuncref":
    case "nullexternref":
    case "nullexnref":
      return actual === null;
    case "funcref":
      return typeof actual === "function";
    case "externref":
    case "anyref":
      return actual !== null;
    case "eqref":
    case "i31ref":
    case "structref":
    case "arrayref":
      return isOfHeapType(actual, expected.type);
    case "exnref":
    case "i32":
    case "i64":
    case "f32":
    case "f64":
      return false;
  }
}

const heapTypes = { eqref: 0x6d, i31ref: 0x6c, structref: 0x6b, arrayref: 0x6a } as const;
let tests: WebAssembly.Exports | undefined;

// Objects of WebAssembly are opaque outside: a module of our own asks `ref.test`.
function isOfHeapType(value: unknown, type: keyof typeof heapTypes): boolean {
  const names = Object.keys(heapTypes);
  tests ??= new WebAssembly.Instance(
    new WebAssembly.Module(
      assemble(
        section(1, [funcType([types.anyref], [types.i32])]),
        section(
          3,
          names.map(() => 0),
        ),
        section(
          7,
          names.map((test, index) => [name(test), 0x00, index]),
        ),
        section(
          10,
          Object.values(heapTypes).map((heap) => body([], [0x20, 0, 0xfb, 0x14, heap])),
        ),
      ),
    ),
  ).exports;
  return (tests[type] as (value: unknown) => number)(value) === 1;
}
