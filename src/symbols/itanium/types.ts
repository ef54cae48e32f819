import { builtinTypes, builtinTypesD } from "./builtins.ts";
import { parseDecltype, parseQualifiers, parseUnscopedName } from "./names.ts";
import { type Node, text } from "./nodes.ts";
import type { Parser } from "./parser.ts";
import { parseTemplateParam } from "./substitutions.ts";

/** Reads a type. All but builtin types and plain substitutions can be referred to later. */
export function parseType(parser: Parser): Node {
  const builtin = builtinTypes[parser.peek()];
  if (builtin !== undefined) {
    parser.position++;
    return builtin;
  }
  switch (parser.peek()) {
    case "D":
      return parseTypeD(parser);
    case "S":
      return parser.peek(1) === "t"
        ? parser.substitutable(parser.rules.name(parser))
        : parseSubstituted(parser);
    default:
      return parser.substitutable(parseCompound(parser));
  }
}

const elaborations: Readonly<Record<string, string>> = { s: "struct ", u: "union ", e: "enum " };

function parseCompound(parser: Parser): Node {
  const { rules } = parser;
  const letter = parser.peek();
  switch (letter) {
    case "r":
    case "V":
    case "K":
    case "U":
      return parseQualified(parser);
    case "P":
      parser.position++;
      return { kind: "pointer", to: rules.type(parser) };
    case "R":
    case "O":
      parser.position++;
      return { kind: "reference", to: rules.type(parser), rvalue: letter === "O" };
    case "C":
    case "G": {
      parser.position++;
      const postfix = letter === "C" ? " complex" : " imaginary";
      return { kind: "postfix-type", type: rules.type(parser), postfix };
    }
    case "M": {
      parser.position++;
      const owner = rules.type(parser);
      return { kind: "member-pointer", owner, to: rules.type(parser) };
    }
    case "F":
      return parseFunction(parser);
    case "A":
      return parseArray(parser);
    case "T":
      return parseTemplateType(parser);
    case "u":
      return parseVendorType(parser);
    default:
      return rules.name(parser);
  }
}

function parseTypeD(parser: Parser): Node {
  const letter = parser.peek(1);
  const builtin = builtinTypesD[letter];
  if (builtin !== undefined) {
    parser.position += 2;
    return builtin;
  }
  switch (letter) {
    case "t":
    case "T":
      return parser.substitutable(parseDecltype(parser));
    case "o":
    case "O":
    case "w":
    case "x":
      return parser.substitutable(parseFunction(parser));
    case "v":
      return parser.substitutable(parseVector(parser));
    case "p":
      parser.position += 2;
      return parser.substitutable({ kind: "expansion", of: parser.rules.type(parser) });
    case "F":
      return parseFloat(parser);
    case "B":
    case "U": {
      parser.position += 2;
      const size = parser.atDigit ? text(parser.digits()) : parser.rules.expression(parser);
      parser.expect("_");
      return { kind: "bit-int", size, unsigned: letter === "U" };
    }
    default:
      return parser.fail();
  }
}

/** Reads `DF <bits> _`, `DF16b` (bfloat16) and `DF <bits> x` (an extended format). */
function parseFloat(parser: Parser): Node {
  parser.expect("DF");
  const bits = parser.digits();
  if (bits === "") parser.fail();
  if (parser.take("_")) return text(`_Float${bits}`);
  if (parser.take("x")) return text(`_Float${bits}x`);
  parser.expect("b");
  return text(`std::bfloat${bits}_t`);
}

function parseSubstituted(parser: Parser): Node {
  const { node, substituted } = parseUnscopedName(parser);
  if (parser.peek() === "I" && (!substituted || parser.allowTemplateArgs)) {
    if (!substituted) parser.substitutable(node);
    const args = parser.rules.templateArgs(parser);
    return parser.substitutable({ kind: "template", name: node, args });
  }
  return substituted ? node : parser.substitutable(node);
}

function parseTemplateType(parser: Parser): Node {
  const elaboration = elaborations[parser.peek(1)];
  if (elaboration !== undefined) {
    parser.position += 2;
    return { kind: "prefixed", prefix: elaboration, child: parser.rules.name(parser) };
  }
  const param = parseTemplateParam(parser);
  if (!parser.allowTemplateArgs || parser.peek() !== "I") return param;
  parser.substitutable(param);
  return { kind: "template", name: param, args: parser.rules.templateArgs(parser) };
}

function parseVendorType(parser: Parser): Node {
  parser.expect("u");
  const name = text(parser.sourceName());
  // A type made by a compiler's builtin, as in `__remove_cv(T)`.
  if (!parser.take("I")) return name;
  const base = parser.rules.type(parser);
  parser.expect("E");
  return { kind: "call", callee: name, args: [base] };
}

function parseQualified(parser: Parser): Node {
  if (parser.take("U")) {
    const qualifier = parser.sourceName();
    const args = parser.peek() === "I" ? parser.rules.templateArgs(parser) : undefined;
    return { kind: "vendor-qualified", type: parser.nest(parseQualified), qualifier, args };
  }
  const start = parser.position;
  const qualifiers = parseQualifiers(parser);
  if (qualifiers === "") return parser.rules.type(parser);
  // On a function they belong to its implicit object parameter: the whole is one type.
  if (parser.peek() === "F" || (parser.peek() === "D" && /[oOwx]/.test(parser.peek(1)))) {
    parser.position = start;
    return parseFunction(parser);
  }
  return { kind: "qualified", type: parser.rules.type(parser), qualifiers };
}

function parseFunction(parser: Parser): Node {
  const { rules } = parser;
  const qualifiers = parseQualifiers(parser);
  const exceptions = parseExceptions(parser);
  // Transaction-safe, and `extern "C"`: neither is printed.
  parser.take("Dx");
  parser.expect("F");
  parser.take("Y");
  const result = rules.type(parser);
  const params: Node[] = [];
  for (;;) {
    if (parser.take("E")) return finish("");
    if (parser.take("RE")) return finish(" &");
    if (parser.take("OE")) return finish(" &&");
    if (!parser.take("v")) params.push(rules.type(parser));
  }

  function finish(ref: string): Node {
    return { kind: "function", result, params, suffix: qualifiers + ref, exceptions };
  }
}

function parseExceptions(parser: Parser): Node | undefined {
  if (parser.take("Do")) return text("noexcept");
  if (parser.take("DO")) {
    const operand = parser.rules.expression(parser);
    parser.expect("E");
    return { kind: "enclosing", op: "noexcept", precedence: 0, operand };
  }
  return parser.take("Dw")
    ? { kind: "throw-spec", types: parser.listToEnd(parser.rules.type) }
    : undefined;
}

function parseArray(parser: Parser): Node {
  parser.expect("A");
  const size = parseSize(parser);
  return { kind: "array", element: parser.rules.type(parser), size };
}

function parseVector(parser: Parser): Node {
  parser.expect("Dv");
  const size = parseSize(parser);
  if (parser.take("p")) return { kind: "vector", element: text("pixel"), size };
  return { kind: "vector", element: parser.rules.type(parser), size };
}

/** Reads a number, an expression or nothing, and the `_` after it. */
function parseSize(parser: Parser): Node | undefined {
  if (parser.take("_")) return undefined;
  const size = parser.atDigit ? text(parser.digits()) : parser.rules.expression(parser);
  parser.expect("_");
  return size;
}
