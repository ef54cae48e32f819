import { builtinTypes, builtinTypesD, literalSuffixes } from "./builtins.ts";
import { floatLiteral } from "./float-literals.ts";
import { type Node, text } from "./nodes.ts";
import type { Parser } from "./parser.ts";

/** Reads `L <type> <value> E`, or `L _Z <encoding> E` for the address or value of an entity. */
export function parseLiteral(parser: Parser): Node {
  const { rules } = parser;
  parser.expect("L");
  const letter = parser.peek();
  switch (letter) {
    case "b":
      if (parser.take("b0E")) return text("false");
      return parser.take("b1E") ? text("true") : parser.fail();
    case "f":
    case "d":
    case "e":
      return parseFloatLiteral(parser, letter);
    case "A":
      return { kind: "string-literal", type: ended(parser, rules.type(parser)) };
    case "D":
      if (parser.take("DnE") || parser.take("Dn0E")) return text("nullptr");
      return parseNumber(parser);
    case "T":
      return parser.fail();
    case "U":
      if (parser.peek(1) !== "l") return parser.fail();
      return { kind: "lambda-literal", lambda: ended(parser, rules.name(parser)) };
    case "_":
      parser.expect("_Z");
      return ended(parser, rules.encoding(parser));
    default:
      return parseNumber(parser);
  }
}

function ended(parser: Parser, node: Node): Node {
  parser.expect("E");
  return node;
}

/** Reads a number of an integer or enumeration type. */
function parseNumber(parser: Parser): Node {
  const letter = parser.peek();
  const suffix = literalSuffixes[letter];
  const builtin = builtinTypes[letter];
  const builtinD = letter === "D" ? builtinTypesD[parser.peek(1)] : undefined;
  if (suffix !== undefined || builtin !== undefined) parser.position++;
  else if (builtinD !== undefined) parser.position += 2;
  const type = builtin ?? builtinD ?? parser.rules.type(parser);
  const value = parser.signedDigits();
  if (value === "") parser.fail();
  parser.expect("E");
  return suffix === undefined ? { kind: "cast-literal", type, value } : text(value + suffix);
}

function parseFloatLiteral(parser: Parser, type: "f" | "d" | "e"): Node {
  parser.position++;
  const end = parser.source.indexOf("E", parser.position);
  if (end < 0) parser.fail();
  const value = floatLiteral(parser.source.slice(parser.position, end), type);
  if (value === undefined) return parser.fail();
  parser.position = end + 1;
  return text(value);
}
