import { readConst } from "./rust-consts.ts";
import type { Reader } from "./rust-reader.ts";
import type { Rules } from "./rust-rules.ts";

/** Reads a path. In a value, generic arguments are written behind `::`. */
export function readPath(reader: Reader, rules: Rules, inValue: boolean): string {
  const tag = reader.next();
  switch (tag) {
    case "C":
      return reader.identifier().name;
    case "N":
      return readNested(reader, rules, inValue);
    case "M":
    case "X":
      // Where the `impl` stands is not printed.
      reader.disambiguator();
      rules.path(reader, false);
      return readImpl(reader, rules, tag === "X");
    case "Y":
      return readImpl(reader, rules, true);
    case "I": {
      const path = rules.path(reader, inValue);
      return `${path}${inValue ? "::" : ""}<${readGenericArgs(reader, rules)}>`;
    }
    case "B":
      return reader.backReference(rules.start, () => rules.path(reader, inValue));
    default:
      return reader.fail();
  }
}

/** Reads `N<namespace><path><identifier>`; upper-case namespaces are things without a name. */
function readNested(reader: Reader, rules: Rules, inValue: boolean): string {
  const namespace = reader.next();
  if (!/[a-zA-Z]/.test(namespace)) reader.fail();
  const path = rules.path(reader, inValue);
  const { name, disambiguator } = reader.identifier();
  if (/[a-z]/.test(namespace)) return name === "" ? path : `${path}::${name}`;
  const kind = namespace === "C" ? "closure" : namespace === "S" ? "shim" : namespace;
  return `${path}::{${kind}${name === "" ? "" : `:${name}`}#${disambiguator}}`;
}

function readImpl(reader: Reader, rules: Rules, ofTrait: boolean): string {
  const type = rules.type(reader);
  return ofTrait ? `<${type} as ${rules.path(reader, false)}>` : `<${type}>`;
}

/** Reads lifetimes, types and constants up to an `E`. */
export function readGenericArgs(reader: Reader, rules: Rules): string {
  return reader.listToEnd(() => readGenericArg(reader, rules)).join(", ");
}

function readGenericArg(reader: Reader, rules: Rules): string {
  if (reader.take("L")) return lifetime(reader, reader.base62());
  return reader.take("K") ? readConst(reader, rules, false) : rules.type(reader);
}

/** Writes a lifetime, given how many `for<…>` lifetimes out it was bound; 0 is an erased one. */
export function lifetime(reader: Reader, index: number): string {
  if (index === 0) return "'_";
  const depth = reader.boundLifetimes - index;
  if (depth < 0) return reader.fail();
  return depth < 26 ? `'${String.fromCharCode(97 + depth)}` : `'_${depth}`;
}
