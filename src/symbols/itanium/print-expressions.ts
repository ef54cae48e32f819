import type { Form, Forms } from "./forms.ts";
import type { ExpressionNode, Node } from "./nodes.ts";
import { Precedence } from "./operators.ts";
import type { Printer } from "./printer.ts";

const showBinary: Form<"binary"> = (node, printer) => {
  // Inside template arguments a bare `>` would end them.
  const ends = printer.greaterEnds && (node.op === ">" || node.op === ">>");
  const print = (): string => {
    const assign = node.precedence === Precedence.assign;
    const left = assign
      ? printer.operand(node.left, Precedence.logicalOr)
      : printer.operand(node.left, node.precedence, true);
    const right = printer.operand(node.right, node.precedence, assign);
    return `${left}${node.op === "," ? "" : " "}${node.op} ${right}`;
  };
  return ends ? printer.enclosed(() => `(${print()})`) : print();
};

function showInit(init: Node, printer: Printer): string {
  const nested = init.kind === "braced" || init.kind === "braced-range";
  return (nested ? "" : " = ") + printer.show(init);
}

function showNewInit(init: Node | undefined, printer: Printer): string {
  if (init === undefined) return "";
  if (init.kind !== "list") return printer.show(init);
  return init.items.length === 0 ? "" : printer.parameters(init.items);
}

const showFold: Form<"fold"> = (node, printer) => {
  return printer.enclosed(() => {
    const pack = `(${printer.show({ kind: "expansion", of: node.pack })})`;
    const init =
      node.init === undefined ? undefined : printer.operand(node.init, Precedence.cast, true);
    const [first, last] = node.left ? [init, pack] : [pack, init];
    const before = first === undefined ? "" : `${first} ${node.op} `;
    return `(${before}...${last === undefined ? "" : ` ${node.op} ${last}`})`;
  });
};

/** Prints an expression. */
export const expressionForms: Forms<ExpressionNode["kind"]> = {
  binary: showBinary,
  prefix: (node, printer) => node.op + printer.operand(node.operand, node.precedence),
  postfix: (node, printer) => printer.operand(node.operand, node.precedence, true) + node.op,
  member: (node, printer) => {
    const left = printer.operand(node.left, node.precedence, true);
    return left + node.op + printer.operand(node.right, node.precedence);
  },
  subscript: (node, printer) => {
    const index = printer.enclosed(() => printer.show(node.index));
    return `${printer.operand(node.base, Precedence.postfix)}[${index}]`;
  },
  conditional: (node, printer) => {
    const test = printer.operand(node.test, Precedence.conditional);
    const yes = printer.show(node.yes);
    return `${test} ? ${yes} : ${printer.operand(node.no, Precedence.assign, true)}`;
  },
  call: (node, printer) => printer.show(node.callee) + printer.parameters(node.args),
  cast: (node, printer) =>
    `${node.op}${printer.arguments([node.type])}${printer.parenthesized(node.operand)}`,
  conversion: (node, printer) => printer.parenthesized(node.type) + printer.parameters(node.args),
  "init-list": (node, printer) => {
    const type = node.type === undefined ? "" : printer.show(node.type);
    return `${type}{${printer.list(node.items)}}`;
  },
  braced: (node, printer) => {
    const field = printer.show(node.field);
    return (node.array ? `[${field}]` : `.${field}`) + showInit(node.init, printer);
  },
  "braced-range": (node, printer) => {
    const range = `[${printer.show(node.first)} ... ${printer.show(node.last)}]`;
    return range + showInit(node.init, printer);
  },
  new: (node, printer) => {
    const placement = node.placement.length === 0 ? "" : printer.parameters(node.placement);
    return `${node.op}${placement} ${printer.show(node.type)}${showNewInit(node.init, printer)}`;
  },
  delete: (node, printer) => `${node.op} ${printer.show(node.operand)}`,
  throw: (node, printer) => `throw ${printer.show(node.operand)}`,
  enclosing: (node, printer) => node.op + printer.parenthesized(node.operand),
  list: (node, printer) => printer.list(node.items),
  fold: showFold,
  "cast-literal": (node, printer) => printer.parenthesized(node.type) + node.value,
  "string-literal": (node, printer) => `"<${printer.show(node.type)}>"`,
  "lambda-literal": ({ lambda }, printer) =>
    lambda.kind === "lambda"
      ? `[]${printer.declarations(lambda.decls)}${printer.parameters(lambda.params)}{...}`
      : printer.fail(),
  subobject: (node, printer) => {
    const inside = `${printer.arguments([node.type]).slice(0, -1)} at offset ${node.offset}>`;
    return `${printer.show(node.of)}.${inside}`;
  },
};
