import type { Node } from "./nodes.ts";
import { Precedence } from "./operators.ts";
import type { Printer } from "./printer.ts";

/** Prints an expression, or returns undefined when the node is none. */
export function showExpression(node: Node, printer: Printer): string | undefined {
  switch (node.kind) {
    case "binary":
      return showBinary(node, printer);
    case "prefix":
      return node.op + printer.operand(node.operand, node.precedence);
    case "postfix":
      return printer.operand(node.operand, node.precedence, true) + node.op;
    case "member": {
      const left = printer.operand(node.left, node.precedence, true);
      return left + node.op + printer.operand(node.right, node.precedence);
    }
    case "subscript": {
      const index = printer.enclosed(() => printer.show(node.index));
      return `${printer.operand(node.base, Precedence.postfix)}[${index}]`;
    }
    case "conditional": {
      const test = printer.operand(node.test, Precedence.conditional);
      const yes = printer.show(node.yes);
      return `${test} ? ${yes} : ${printer.operand(node.no, Precedence.assign, true)}`;
    }
    case "call":
      return printer.show(node.callee) + printer.parameters(node.args);
    case "cast": {
      const type = showAsArgument(node.type, printer);
      return `${node.op}<${type}>${printer.parenthesized(node.operand)}`;
    }
    case "conversion":
      return printer.parenthesized(node.type) + printer.parameters(node.args);
    case "init-list": {
      const type = node.type === undefined ? "" : printer.show(node.type);
      return `${type}{${printer.list(node.items)}}`;
    }
    case "braced": {
      const field = printer.show(node.field);
      return (node.array ? `[${field}]` : `.${field}`) + showInit(node.init, printer);
    }
    case "braced-range": {
      const range = `[${printer.show(node.first)} ... ${printer.show(node.last)}]`;
      return range + showInit(node.init, printer);
    }
    case "new": {
      const placement = node.placement.length === 0 ? "" : printer.parameters(node.placement);
      return `${node.op}${placement} ${printer.show(node.type)}${showNewInit(node.init, printer)}`;
    }
    case "delete":
      return `${node.op} ${printer.show(node.operand)}`;
    case "throw":
      return `throw ${printer.show(node.operand)}`;
    case "enclosing":
      return node.op + printer.parenthesized(node.operand);
    case "list":
      return printer.list(node.items);
    case "fold":
      return showFold(node, printer);
    case "cast-literal":
      return printer.parenthesized(node.type) + node.value;
    case "string-literal":
      return `"<${printer.show(node.type)}>"`;
    case "lambda-literal":
      return showLambdaLiteral(node.lambda, printer);
    case "subobject": {
      const type = showAsArgument(node.type, printer);
      return `${printer.show(node.of)}.<${type} at offset ${node.offset}>`;
    }
    default:
      return undefined;
  }
}

/** Prints something between `<` and `>`. */
export function showAsArgument(node: Node, printer: Printer): string {
  const { greaterEnds } = printer;
  printer.greaterEnds = true;
  const text = printer.show(node);
  printer.greaterEnds = greaterEnds;
  return text;
}

function showBinary(node: Node & { kind: "binary" }, printer: Printer): string {
  // Inside template arguments a bare `>` would end them.
  const ends = printer.greaterEnds && (node.op === ">" || node.op === ">>");
  const print = (): string => {
    const assign = node.precedence === Precedence.assign;
    const left = printer.operand(node.left, node.precedence, !assign);
    const right = printer.operand(node.right, node.precedence, assign);
    return `${left}${node.op === "," ? "" : " "}${node.op} ${right}`;
  };
  return ends ? printer.enclosed(() => `(${print()})`) : print();
}

function showInit(init: Node, printer: Printer): string {
  const nested = init.kind === "braced" || init.kind === "braced-range";
  return (nested ? "" : " = ") + printer.show(init);
}

function showNewInit(init: Node | undefined, printer: Printer): string {
  if (init === undefined) return "";
  if (init.kind !== "list") return printer.show(init);
  return init.items.length === 0 ? "" : printer.parameters(init.items);
}

function showFold(node: Node & { kind: "fold" }, printer: Printer): string {
  return printer.enclosed(() => {
    const pack = `(${printer.show({ kind: "expansion", of: node.pack })})`;
    const init =
      node.init === undefined ? undefined : printer.operand(node.init, Precedence.cast, true);
    const [first, last] = node.left ? [init, pack] : [pack, init];
    const before = first === undefined ? "" : `${first} ${node.op} `;
    return `(${before}...${last === undefined ? "" : ` ${node.op} ${last}`})`;
  });
}

function showLambdaLiteral(lambda: Node, printer: Printer): string {
  if (lambda.kind !== "lambda") return printer.fail();
  const decls = lambda.decls.length === 0 ? "" : `<${printer.list(lambda.decls)}>`;
  return `[]${decls}${printer.parameters(lambda.params)}{...}`;
}
