import { stdNames } from "./builtins.ts";
import { type Node, text } from "./nodes.ts";
import type { Parser } from "./parser.ts";

/** Reads `S_`, `S0_`, `Sa` and so on; `St` is only a prefix and is read by the names' rules. */
export function parseSubstitution(parser: Parser): Node {
  parser.expect("S");
  const std = stdNames[parser.peek()];
  if (std === undefined) {
    return parser.substitutions[parser.index(36)] ?? parser.fail();
  }
  parser.position++;
  const tagged = parseAbiTags(parser, std);
  return tagged === std ? std : parser.substitutable(tagged);
}

/** Reads `B <name>` any number of times and puts the tags behind the name. */
export function parseAbiTags(parser: Parser, name: Node): Node {
  let result = name;
  while (parser.take("B")) result = { kind: "tagged", name: result, tag: parser.sourceName() };
  return result;
}

/** Reads `T_`, `T0_`, `TL0__`, …: the template argument it stands for. */
export function parseTemplateParam(parser: Parser): Node {
  parser.expect("T");
  const level = parser.take("L") ? parser.index(10) + 1 : 0;
  const index = parser.index(10);
  if (parser.allowForward && level === 0) {
    const forward = { kind: "forward", index, target: undefined } as const;
    parser.forwards.push(forward);
    return forward;
  }
  const found = parser.templates[level]?.[index];
  if (found !== undefined) return found;
  // In a generic lambda, `auto` is mangled as the template parameter it makes.
  if (parser.lambdaLevel !== level || level > parser.templates.length) parser.fail();
  if (level === parser.templates.length) parser.templates.push(undefined);
  return text("auto");
}
