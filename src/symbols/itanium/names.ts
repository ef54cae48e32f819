import { type Node, text } from "./nodes.ts";
import type { NameState, Parser } from "./parser.ts";
import { parseSubstitution, parseTemplateParam } from "./substitutions.ts";
import { parseUnqualifiedName } from "./unqualified-names.ts";

const std: Node = text("std");

/** Reads any name. With a state, it is the name of the encoding at hand: its template arguments are tagged. */
export function parseName(parser: Parser, state?: NameState): Node {
  const first = parser.peek();
  if (first === "N") return parseNestedName(parser, state);
  if (first === "Z") return parseLocalName(parser, state);
  const { node, substituted } = parseUnscopedName(parser, state);
  if (parser.peek() !== "I") return substituted ? parser.fail() : node;
  if (!substituted) parser.substitutable(node);
  const args = parser.rules.templateArgs(parser, state !== undefined);
  if (state !== undefined) state.templated = true;
  return { kind: "template", name: node, args };
}

/** Reads a name without scope, or a substitution that stands for one. */
export function parseUnscopedName(
  parser: Parser,
  state?: NameState,
): { node: Node; substituted: boolean } {
  const scope = parser.take("St") ? std : undefined;
  let module: Node | undefined;
  if (parser.peek() === "S") {
    const node = parseSubstitution(parser);
    if (node.kind === "module") module = node;
    else return scope === undefined ? { node, substituted: true } : parser.fail();
  }
  return { node: parseUnqualifiedName(parser, state, scope, module), substituted: false };
}

/** Reads `N [qualifiers] <prefix> E`; every prefix can be referred to later, the whole name as a type only. */
function parseNestedName(parser: Parser, state?: NameState): Node {
  parser.expect("N");
  const explicitThis = parser.take("H");
  const suffix = explicitThis ? "" : parseQualifiers(parser) + parseRefQualifier(parser);
  if (state !== undefined) {
    state.suffix = suffix;
    state.explicitThis = explicitThis;
  }
  let soFar: Node | undefined;
  let remembered = false;
  while (!parser.take("E")) {
    const next = parsePrefix(parser, state, soFar);
    soFar = next.node;
    remembered = !next.substituted;
    if (remembered) parser.substitutable(soFar);
    parser.take("M");
  }
  if (soFar === undefined || !remembered) return parser.fail();
  parser.substitutions.pop();
  return soFar;
}

function parsePrefix(
  parser: Parser,
  state: NameState | undefined,
  soFar: Node | undefined,
): { node: Node; substituted: boolean } {
  const first = parser.peek();
  if (first === "I") {
    if (soFar === undefined || soFar.kind === "template") parser.fail();
    const args = parser.rules.templateArgs(parser, state !== undefined);
    if (state !== undefined) state.templated = true;
    return { node: { kind: "template", name: soFar, args }, substituted: false };
  }
  if (state !== undefined) state.templated = false;
  if (soFar === undefined && first === "T") {
    return { node: parseTemplateParam(parser), substituted: false };
  }
  if (soFar === undefined && first === "D" && /[tT]/.test(parser.peek(1))) {
    return { node: parseDecltype(parser), substituted: false };
  }
  let module: Node | undefined;
  if (first === "S") {
    if (soFar === undefined && parser.take("St")) return { node: std, substituted: true };
    const node = parseSubstitution(parser);
    if (node.kind === "module") module = node;
    else return soFar === undefined ? { node, substituted: true } : parser.fail();
  }
  return { node: parseUnqualifiedName(parser, state, soFar, module), substituted: false };
}

/** Reads `Dt <expression> E` or `DT <expression> E`. */
export function parseDecltype(parser: Parser): Node {
  if (!parser.take("Dt")) parser.expect("DT");
  const operand = parser.rules.expression(parser);
  parser.expect("E");
  return { kind: "enclosing", op: "decltype", precedence: 0, operand };
}

/** Reads `Z <encoding> E <entity>`: a name inside a function. */
function parseLocalName(parser: Parser, state?: NameState): Node {
  parser.expect("Z");
  const scope = parser.rules.encoding(parser);
  parser.expect("E");
  if (parser.take("s")) {
    skipDiscriminator(parser);
    return { kind: "nested", scope, name: text("string literal") };
  }
  if (parser.take("d")) {
    // In a default argument; the number of the parameter is not printed.
    parser.signedDigits();
    parser.expect("_");
    return { kind: "nested", scope, name: parser.rules.name(parser, state) };
  }
  const name = parser.rules.name(parser, state);
  skipDiscriminator(parser);
  return { kind: "nested", scope, name };
}

function skipDiscriminator(parser: Parser): void {
  const rest = /^(?:_[0-9]|__[0-9]+_|[0-9]+$)/.exec(
    parser.source.slice(parser.position, parser.position + 16),
  );
  if (rest !== null) parser.position += rest[0].length;
}

/** Reads `r`, `V` and `K`, and returns them as they are printed behind a type. */
export function parseQualifiers(parser: Parser): string {
  const restrict = parser.take("r") ? " restrict" : "";
  const volatile = parser.take("V") ? " volatile" : "";
  const constant = parser.take("K") ? " const" : "";
  return constant + volatile + restrict;
}

function parseRefQualifier(parser: Parser): string {
  if (parser.take("O")) return " &&";
  return parser.take("R") ? " &" : "";
}
