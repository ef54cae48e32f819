import { parseLiteral } from "./literals.ts";
import { parseSourceName } from "./unqualified-names.ts";
import { type Node, text } from "./nodes.ts";
import { findOperator, type Operator, type OperatorForm, Precedence } from "./operators.ts";
import type { Parser } from "./parser.ts";
import { parseTemplateParam } from "./substitutions.ts";
import { parseUnresolvedName } from "./unresolved-names.ts";

/** Reads an expression. */
export function parseExpression(parser: Parser): Node {
  if (parser.peek() === "L") return parseLiteral(parser);
  if (parser.peek() === "T") return parseTemplateParam(parser);
  if (parser.peek() === "f") return parseParamOrFold(parser);
  if (parser.atDigit) return parseUnresolvedName(parser);
  const start = parser.position;
  const global = parser.take("gs");
  const code = parser.peek() + parser.peek(1);
  const special = specials[code];
  if (special !== undefined && !global) {
    parser.position += 2;
    return special(parser);
  }
  const operator = findOperator(code);
  if (
    operator !== undefined &&
    (!global || operator.form === "new" || operator.form === "delete")
  ) {
    parser.position += 2;
    return operations[operator.form](parser, operator, global ? "::" : "");
  }
  if (parser.peek() === "u" && !global) return parseVendorExpression(parser);
  parser.position = start;
  if (global || code === "sr" || code === "on" || code === "dn") return parseUnresolvedName(parser);
  return parser.fail();
}

type Rule = (parser: Parser) => Node;

const expression: Rule = (parser) => parser.rules.expression(parser);

/** Expressions that are no operators. */
const specials: Readonly<Record<string, Rule | undefined>> = {
  il: (parser) => ({ kind: "init-list", type: undefined, items: parser.listToEnd(parseBraced) }),
  tl: (parser) => {
    const type = parser.rules.type(parser);
    return { kind: "init-list", type, items: parser.listToEnd(parseBraced) };
  },
  tr: () => text("throw"),
  tw: (parser) => ({ kind: "throw", operand: expression(parser) }),
  sp: (parser) => ({ kind: "expansion", of: expression(parser) }),
  sZ: (parser) => {
    if (parser.peek() !== "T") return enclosing("sizeof... ", expression(parser));
    const pack: Node = { kind: "expansion", of: parseTemplateParam(parser) };
    return enclosing("sizeof...", pack);
  },
  sP: (parser) => {
    const items = parser.listToEnd(parser.rules.templateArg);
    return enclosing("sizeof... ", { kind: "list", items });
  },
  so: parseSubobject,
  mc: (parser) => {
    const type = parser.rules.type(parser);
    const args = [expression(parser)];
    parser.signedDigits();
    parser.expect("E");
    return { kind: "conversion", type, args };
  },
};

function enclosing(op: string, operand: Node): Node {
  return { kind: "enclosing", op, precedence: Precedence.primary, operand };
}

type Operation = (parser: Parser, operator: Operator, global: string) => Node;

const parseEnclosed: (operand: Rule) => Operation = (operand) => (parser, operator) => {
  const { symbol, precedence } = operator;
  return { kind: "enclosing", op: `${symbol} `, precedence, operand: operand(parser) };
};

/** How each form of operator is read, after its code. */
const operations: Readonly<Record<OperatorForm, Operation>> = {
  binary: (parser, { symbol: op, precedence }) => {
    const left = expression(parser);
    return { kind: "binary", op, precedence, left, right: expression(parser) };
  },
  prefix: (parser, { symbol, precedence }) => {
    const op = /^[a-z]/.test(symbol) ? `${symbol} ` : symbol;
    return { kind: "prefix", op, precedence, operand: expression(parser) };
  },
  postfix: (parser, { symbol: op, precedence }) => {
    const kind = parser.take("_") ? "prefix" : "postfix";
    return { kind, op, precedence, operand: expression(parser) };
  },
  member: (parser, { symbol: op, precedence }) => {
    const left = expression(parser);
    return { kind: "member", op, precedence, left, right: expression(parser) };
  },
  subscript: (parser) => {
    const base = expression(parser);
    return { kind: "subscript", base, index: expression(parser) };
  },
  conditional: (parser) => {
    const test = expression(parser);
    const yes = expression(parser);
    return { kind: "conditional", test, yes, no: expression(parser) };
  },
  call: (parser) => {
    const callee = expression(parser);
    return { kind: "call", callee, args: parser.listToEnd(expression) };
  },
  new: (parser, { symbol }, global) => parseNew(parser, global + symbol),
  delete: (parser, { symbol }, global) => {
    return { kind: "delete", op: global + symbol, operand: expression(parser) };
  },
  cast: (parser, { symbol: op }) => {
    const type = parser.rules.type(parser);
    return { kind: "cast", op, type, operand: expression(parser) };
  },
  conversion: (parser) => {
    const { allowTemplateArgs } = parser;
    parser.allowTemplateArgs = false;
    const type = parser.rules.type(parser);
    parser.allowTemplateArgs = allowTemplateArgs;
    const args = parser.take("_") ? parser.listToEnd(expression) : [expression(parser)];
    return { kind: "conversion", type, args };
  },
  "of-type": parseEnclosed((parser) => parser.rules.type(parser)),
  "of-expression": parseEnclosed(expression),
};

/** Reads `<placement>* _ <type>` and `E`, `pi <arguments>* E` or a braced list. */
function parseNew(parser: Parser, op: string): Node {
  const placement: Node[] = [];
  while (!parser.take("_")) placement.push(expression(parser));
  const type = parser.rules.type(parser);
  let init: Node | undefined;
  if (parser.take("pi")) init = { kind: "list", items: parser.listToEnd(expression) };
  else if (parser.peek() === "i") init = expression(parser);
  else parser.expect("E");
  return { kind: "new", op, placement, type, init };
}

/** Reads an item of a braced list: designated, a range, or plain. */
function parseBraced(parser: Parser): Node {
  return parser.nest(() => {
    if (parser.take("di")) {
      const field = parseSourceName(parser);
      return { kind: "braced", field, array: false, init: parseBraced(parser) };
    }
    if (parser.take("dx")) {
      const field = expression(parser);
      return { kind: "braced", field, array: true, init: parseBraced(parser) };
    }
    if (parser.take("dX")) {
      const first = expression(parser);
      const last = expression(parser);
      return { kind: "braced-range", first, last, init: parseBraced(parser) };
    }
    return expression(parser);
  });
}

/** Reads a function parameter (`fp`, `fL`) or a fold (`fl`, `fr`, `fL`, `fR` and an operator). */
function parseParamOrFold(parser: Parser): Node {
  if (parser.take("fpT")) return text("this");
  const rest = /^f(?:p|L[0-9]+p)[rVK]*([0-9]*)_/.exec(
    parser.source.slice(parser.position, parser.position + 32),
  );
  if (rest !== null) {
    parser.position += rest[0].length;
    return text(`fp${rest[1] ?? ""}`);
  }
  const letter = parser.peek(1);
  if (letter === "" || !"lrLR".includes(letter)) parser.fail();
  parser.position += 2;
  const operator = findOperator(parser.peek() + parser.peek(1));
  if (operator === undefined) return parser.fail();
  if (operator.form !== "binary" && operator.precedence !== Precedence.memberPointer) parser.fail();
  parser.position += 2;
  const op = operator.symbol;
  const left = letter === "l" || letter === "L";
  const first = expression(parser);
  if (letter === "l" || letter === "r")
    return { kind: "fold", op, left, pack: first, init: undefined };
  const second = expression(parser);
  return left
    ? { kind: "fold", op, left, pack: second, init: first }
    : { kind: "fold", op, left, pack: first, init: second };
}

/** Reads `<type> <expression> [<offset>] <union selector>* [p] E` after `so`. */
function parseSubobject(parser: Parser): Node {
  const type = parser.rules.type(parser);
  const of = expression(parser);
  const offset = parser.signedDigits();
  while (parser.take("_")) parser.digits();
  parser.take("p");
  parser.expect("E");
  return { kind: "subobject", of, type, offset: offset === "" ? "0" : offset };
}

/** Reads `u <name> <template argument>* E`: a compiler's builtin function. */
function parseVendorExpression(parser: Parser): Node {
  parser.expect("u");
  const callee = parseSourceName(parser);
  return { kind: "call", callee, args: parser.listToEnd(parser.rules.templateArg) };
}
