import { compares, countingCompares, handlers, pairName, pairs } from "./handlers.ts";

// Operations that the interpreter's function does not know: it returns their number, and the code around it does
// them. A call in its loop would cost all others their registers.
const outside = [
  "exit",
  "unreachable",
  "memory.grow",
  "memory.init",
  "memory.copy",
  "memory.fill",
  "data.drop",
  "table.get",
  "table.set",
  "table.grow",
  "table.size",
  "table.fill",
  "table.copy",
  "table.init",
  "elem.drop",
  "return_call",
  "return_call_indirect",
  "copy128",
  "const128",
  "select128",
  "global.get128",
  "global.set128",
  // The second function of the interpreter does all that follow.
  "vector",
] as const;

const inside = handlers.map(({ name }) => name);
const firstOutside = inside.length + 1;

/** The number of each operation by name. */
const numbers: ReadonlyMap<string, number> = new Map([
  ...inside.map((name, index): [string, number] => [name, index + 1]),
  ...outside.map((name, index): [string, number] => [name, firstOutside + index]),
]);

/** Gives the number of an operation. */
export function operation(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`no operation is named ${name}`);
  return number;
}

/** Finds the number of an operation, or 0. */
export const operationOr0 = (name: string): number => numbers.get(name) ?? 0;

/** Gives the operation that branches if a comparison (its name with its shape) does not hold. */
export function unlessOperation(name: string): number {
  const known = numbers.get(`br_unless:${name}`);
  if (known !== undefined) return known;
  const [bare, shape] = name.split(":") as [string, string?];
  const inverse = compares[compares.indexOf(bare) ^ 1]!;
  return operation(`br_if:${inverse}${shape === undefined ? "" : ":k"}`);
}

type OutsideName = (typeof outside)[number];
type MoveName = "copy" | "const" | "select" | "global.get" | "global.set";
type ControlName = "br" | "br_if" | "br_unless" | "br_table" | "call" | "call_indirect" | "return";
/** Spelt as identifiers: `op.memory_grow`. */
type Identifier<Name extends string> = Name extends `${infer A}.${infer B}` ? `${A}_${B}` : Name;
type Named =
  OutsideName | `${MoveName}${32 | 64}` | "return32" | "return64" | ControlName | "memory.size";

/** The numbers of operations that the translator names itself. */
export const op: Readonly<Record<Identifier<Named>, number>> = Object.fromEntries(
  [...numbers]
    .filter(([name]) => !name.includes(":"))
    .map(([name, number]) => [name.replace(".", "_"), number]),
) as Record<Identifier<Named>, number>;

/** Where the pairs begin; see `pairBytes` for how the translator finds one. */
export const pairBase: number = operation(pairName(pairs[0]!));
/** Where the additions that end in a branch begin: by how they add, how they compare, and the comparison. */
export const countingBase: number = operation(`i32.add;br_if:${countingCompares[0]!}`);
/** An addition, and with a constant. */
export const addBase: number = operation("i32.add");
/** Loads without an offset from which a binary instruction can take its right operand. */
export const loadsForBinary: Readonly<Record<"i32" | "i64" | "f32" | "f64", number>> = {
  i32: operation("i32.load:0"),
  i64: operation("i64.load:0"),
  f32: operation("f32.load:0"),
  f64: operation("f64.load:0"),
};

/** Where the comparisons begin; those with a constant follow after `compareCount`, then the branches. */
export const compareBase: number = operation(compares[0]!);
/** How many comparisons there are. */
export const compareCount: number = compares.length;
