import { type Node, text } from "./nodes.ts";
import { findOperator } from "./operators.ts";
import type { NameState, Parser } from "./parser.ts";
import { parseAbiTags } from "./substitutions.ts";
import { atParamDecl, parseParamDecl } from "./template-args.ts";

/** Reads the last part of a name (source name, operator, constructor, lambda, …) inside `scope`. */
export function parseUnqualifiedName(
  parser: Parser,
  state: NameState | undefined,
  scope: Node | undefined,
  module: Node | undefined,
): Node {
  const inModule = parseModules(parser, module);
  const friend = scope !== undefined && parser.take("F");
  // Internal linkage is not printed.
  parser.take("L");
  let name = parseBareName(parser, state, scope);
  if (inModule !== undefined) name = { kind: "of-module", module: inModule, name };
  name = parseAbiTags(parser, name);
  if (friend) name = { kind: "prefixed", prefix: "friend ", child: name };
  // The expanded form of `std::string` names the class whose constructor this is.
  const full: Node | undefined =
    scope?.kind === "std" && name.kind === "structor" ? text(scope.full) : scope;
  return full === undefined ? name : { kind: "nested", scope: full, name };
}

function parseBareName(
  parser: Parser,
  state: NameState | undefined,
  scope: Node | undefined,
): Node {
  if (parser.atDigit) return parseSourceName(parser);
  switch (parser.peek()) {
    case "U":
      return parseUnnamed(parser, state);
    case "C":
      return parseConstructor(parser, state, scope);
    case "D":
      return parser.take("DC")
        ? { kind: "binding", names: parser.listToEnd(parseSourceName) }
        : parseDestructor(parser, state, scope);
    default:
      return parseOperatorName(parser, state);
  }
}

/** Reads `W <name>` and `WP <name>`: the modules a name is attached to. */
export function parseModules(parser: Parser, outer?: Node): Node | undefined {
  let module = outer;
  while (parser.take("W")) {
    const partition = parser.take("P");
    const name = parser.sourceName();
    module = parser.substitutable({ kind: "module", parent: module, name, partition });
  }
  return module;
}

/** Reads `<length> <identifier>`. */
export function parseSourceName(parser: Parser): Node {
  const name = parser.sourceName();
  return text(name.startsWith("_GLOBAL__N") ? "(anonymous namespace)" : name);
}

function parseConstructor(
  parser: Parser,
  state: NameState | undefined,
  scope: Node | undefined,
): Node {
  parser.expect("C");
  const inherited = parser.take("I");
  if (scope === undefined || !/[1-5]/.test(parser.peek())) parser.fail();
  parser.position++;
  if (state !== undefined) state.structor = true;
  // The base class whose constructor is inherited is not printed.
  if (inherited) parser.rules.name(parser, state);
  return { kind: "structor", of: scope, destructor: false };
}

function parseDestructor(
  parser: Parser,
  state: NameState | undefined,
  scope: Node | undefined,
): Node {
  parser.expect("D");
  if (scope === undefined || !/[01245]/.test(parser.peek())) parser.fail();
  parser.position++;
  if (state !== undefined) state.structor = true;
  return { kind: "structor", of: scope, destructor: true };
}

/** Reads the name of an operator function. */
export function parseOperatorName(parser: Parser, state?: NameState): Node {
  if (parser.take("li"))
    return { kind: "prefixed", prefix: 'operator"" ', child: parseSourceName(parser) };
  if (parser.take("cv")) return parseConversion(parser, state);
  if (parser.take("v")) {
    if (!parser.atDigit) parser.fail();
    parser.position++;
    return { kind: "prefixed", prefix: "operator ", child: parseSourceName(parser) };
  }
  const operator = findOperator(parser.peek() + parser.peek(1));
  if (operator === undefined || !operator.nameable) return parser.fail();
  parser.position += 2;
  const gap = /^[a-z]/.test(operator.symbol) ? " " : "";
  return text(`operator${gap}${operator.symbol}`);
}

function parseConversion(parser: Parser, state: NameState | undefined): Node {
  const { allowTemplateArgs, allowForward } = parser;
  parser.allowTemplateArgs = false;
  // The template arguments the type may refer to come after it.
  parser.allowForward = allowForward || state !== undefined;
  const child = parser.rules.type(parser);
  parser.allowTemplateArgs = allowTemplateArgs;
  parser.allowForward = allowForward;
  if (state !== undefined) state.structor = true;
  return { kind: "prefixed", prefix: "operator ", child };
}

function parseUnnamed(parser: Parser, state: NameState | undefined): Node {
  if (state !== undefined) state.templated = false;
  if (parser.take("Ut")) return text(`'unnamed${parseCount(parser)}'`);
  if (parser.take("Ub")) return text(`'block-literal${parseCount(parser)}'`);
  parser.expect("Ul");
  return parseLambda(parser);
}

function parseCount(parser: Parser): string {
  const count = parser.digits();
  parser.expect("_");
  return count;
}

function parseLambda(parser: Parser): Node {
  const outerLevel = parser.lambdaLevel;
  const level = parser.templates.length;
  parser.lambdaLevel = level;
  const scope: Node[] = [];
  parser.templates.push(scope);
  const decls: Node[] = [];
  while (atParamDecl(parser)) decls.push(parseParamDecl(parser, scope));
  if (decls.length === 0) parser.templates.pop();
  const params = parser.take("vE") ? [] : parser.listToEnd(parser.rules.type);
  // What the lambda's parameters refer to is unknown outside of it.
  parser.templates.length = Math.min(parser.templates.length, level);
  parser.lambdaLevel = outerLevel;
  return { kind: "lambda", decls, params, count: parseCount(parser) };
}
