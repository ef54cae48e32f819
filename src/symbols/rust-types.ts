import { tuple } from "./rust-consts.ts";
import { lifetime, readGenericArgs } from "./rust-paths.ts";
import type { Reader } from "./rust-reader.ts";
import type { Rules } from "./rust-rules.ts";

/** The types of one letter. */
const basicTypes: Readonly<Record<string, string>> = {
  a: "i8",
  b: "bool",
  c: "char",
  d: "f64",
  e: "str",
  f: "f32",
  h: "u8",
  i: "isize",
  j: "usize",
  l: "i32",
  m: "u32",
  n: "i128",
  o: "u128",
  p: "_",
  s: "i16",
  t: "u16",
  u: "()",
  v: "...",
  x: "i64",
  y: "u64",
  z: "!",
};

/** Reads a type. */
export function readType(reader: Reader, rules: Rules): string {
  const tag = reader.next();
  const basic = basicTypes[tag];
  if (basic !== undefined) return basic;
  switch (tag) {
    case "R":
    case "Q": {
      const index = reader.take("L") ? reader.base62() : 0;
      const name = index === 0 ? "" : `${lifetime(reader, index)} `;
      return `&${name}${tag === "Q" ? "mut " : ""}${rules.type(reader)}`;
    }
    case "P":
      return `*const ${rules.type(reader)}`;
    case "O":
      return `*mut ${rules.type(reader)}`;
    case "A": {
      const element = rules.type(reader);
      return `[${element}; ${rules.constant(reader, true)}]`;
    }
    case "S":
      return `[${rules.type(reader)}]`;
    case "T":
      return tuple(reader.listToEnd(() => rules.type(reader)));
    case "F":
      return inBinder(reader, () => readFunction(reader, rules));
    case "D":
      return readDyn(reader, rules);
    case "W":
      return `${rules.type(reader)} is ${readPattern(reader, rules)}`;
    case "B":
      return reader.backReference(rules.start, () => rules.type(reader));
    default:
      reader.position--;
      return rules.path(reader, false);
  }
}

/** Reads `G<count>` and what it binds lifetimes for. */
function inBinder(reader: Reader, rule: () => string): string {
  const count = reader.optionalBase62("G");
  reader.spend(count);
  const names: string[] = [];
  for (let bound = 0; bound < count; bound++) {
    reader.boundLifetimes++;
    names.push(lifetime(reader, 1));
  }
  const text = rule();
  reader.boundLifetimes -= count;
  return count === 0 ? text : `for<${names.join(", ")}> ${text}`;
}

/** Reads `[U] [K<abi>] <parameters> E <result>`. */
function readFunction(reader: Reader, rules: Rules): string {
  const safety = reader.take("U") ? "unsafe " : "";
  const abi = reader.take("K") ? `extern "${readAbi(reader)}" ` : "";
  const params = reader.listToEnd(() => rules.type(reader)).join(", ");
  const result = reader.take("u") ? "" : ` -> ${rules.type(reader)}`;
  return `${safety}${abi}fn(${params})${result}`;
}

function readAbi(reader: Reader): string {
  return reader.take("C") ? "C" : reader.plainIdentifier().replaceAll("_", "-");
}

function readDyn(reader: Reader, rules: Rules): string {
  const traits = inBinder(reader, () =>
    reader.listToEnd(() => readDynTrait(reader, rules)).join(" + "),
  );
  if (!reader.take("L")) reader.fail();
  const index = reader.base62();
  return `dyn ${traits}${index === 0 ? "" : ` + ${lifetime(reader, index)}`}`;
}

/** Reads a trait and its associated types, which are written among its generic arguments. */
function readDynTrait(reader: Reader, rules: Rules): string {
  const { path, args } = readOpenPath(reader, rules);
  while (reader.take("p")) {
    const name = reader.plainIdentifier();
    args.push(`${name} = ${rules.type(reader)}`);
  }
  return args.length === 0 ? path : `${path}<${args.join(", ")}>`;
}

/** Reads a path and leaves its last generic arguments open for more. */
function readOpenPath(reader: Reader, rules: Rules): { path: string; args: string[] } {
  if (reader.take("B")) {
    let open: { path: string; args: string[] } | undefined;
    reader.backReference(rules.start, () => {
      open = readOpenPath(reader, rules);
      return "";
    });
    return open ?? reader.fail();
  }
  if (!reader.take("I")) return { path: rules.path(reader, false), args: [] };
  const path = rules.path(reader, false);
  const args = readGenericArgs(reader, rules);
  return { path, args: [args] };
}

/** Reads the pattern of a pattern type: a range, or several patterns. */
function readPattern(reader: Reader, rules: Rules): string {
  return reader.nest(() => {
    switch (reader.next()) {
      case "R": {
        const from = rules.constant(reader, false);
        return `${from}..=${rules.constant(reader, false)}`;
      }
      case "O":
        return reader.listToEnd(() => readPattern(reader, rules)).join(" | ");
      case "N":
        return "!null";
      default:
        return reader.fail();
    }
  });
}
