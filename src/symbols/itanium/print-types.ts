import type { FunctionType, Node } from "./nodes.ts";
import type { Printer } from "./printer.ts";

/** Prints the part of a type before a declared name, or undefined when the node is no type. */
export function leftOfType(node: Node, printer: Printer): string | undefined {
  switch (node.kind) {
    case "qualified":
      return printer.left(node.type) + node.qualifiers;
    case "vendor-qualified": {
      const args = node.args === undefined ? "" : printer.show(node.args);
      return `${printer.show(node.type)} ${node.qualifier}${args}`;
    }
    case "postfix-type":
      return printer.left(node.type) + node.postfix;
    case "pointer":
      return `${openDeclarator(node.to, printer)}*`;
    case "reference": {
      const { to, rvalue } = collapse(node, printer);
      return `${openDeclarator(to, printer)}${rvalue ? "&&" : "&"}`;
    }
    case "member-pointer": {
      const open = outermost(node.to, printer) === "plain" ? " " : "(";
      return `${printer.left(node.to)}${open}${printer.show(node.owner)}::*`;
    }
    case "array":
      return printer.left(node.element);
    case "function":
      return `${printer.left(node.result)} `;
    case "vector": {
      const size = node.size === undefined ? "" : printer.show(node.size);
      return `${printer.show(node.element)} vector[${size}]`;
    }
    case "bit-int": {
      const size = printer.enclosed(() => printer.show(node.size));
      return `${node.unsigned ? "unsigned " : ""}_BitInt(${size})`;
    }
    case "throw-spec":
      return `throw${printer.parameters(node.types)}`;
    default:
      return undefined;
  }
}

/** Prints the part of a type after a declared name. */
export function rightOfType(node: Node, printer: Printer): string {
  switch (node.kind) {
    case "qualified":
    case "postfix-type":
      return printer.right(node.type);
    case "pointer":
      return closeDeclarator(node.to, printer);
    case "reference":
      return closeDeclarator(collapse(node, printer).to, printer);
    case "member-pointer":
      return closeDeclarator(node.to, printer);
    case "array": {
      const size = node.size === undefined ? "" : printer.show(node.size);
      const rest = printer.right(node.element);
      // `[2][3]` are written together, but stand apart from the element.
      return ` [${size}]${rest.startsWith(" [") ? rest.slice(1) : rest}`;
    }
    case "function":
      return rightOfFunction(node, printer);
    default:
      return "";
  }
}

function rightOfFunction(node: FunctionType, printer: Printer): string {
  const params = printer.parameters(node.params);
  const exceptions = node.exceptions === undefined ? "" : ` ${printer.show(node.exceptions)}`;
  return params + printer.right(node.result) + node.suffix + exceptions;
}

/** A pointer to a function or to an array is written in parentheses: `int (*)(char)`, `int (*) [3]`. */
function openDeclarator(to: Node, printer: Printer): string {
  const left = printer.left(to);
  switch (outermost(to, printer)) {
    case "array":
      return `${left} (`;
    case "function":
      return `${left}(`;
    case "plain":
      return left;
  }
}

function closeDeclarator(to: Node, printer: Printer): string {
  return (outermost(to, printer) === "plain" ? "" : ")") + printer.right(to);
}

/** Tells what a type is once qualifiers, packs and template parameters are looked through. */
function outermost(node: Node, printer: Printer): "array" | "function" | "plain" {
  let type = printer.resolve(node);
  while (type?.kind === "qualified") type = printer.resolve(type.type);
  return type?.kind === "array" || type?.kind === "function" ? type.kind : "plain";
}

/** Tells whether a type has a part after the declared name. */
export function hasRight(node: Node, printer: Printer): boolean {
  let type = printer.resolve(node);
  for (;;) {
    switch (type?.kind) {
      case "array":
      case "function":
        return true;
      case "qualified":
      case "postfix-type":
        type = printer.resolve(type.type);
        break;
      case "pointer":
      case "reference":
      case "member-pointer":
        type = printer.resolve(type.to);
        break;
      default:
        return false;
    }
  }
}

/** Applies the language's rule for references to references: `T& &&` is `T&`. */
function collapse(
  node: { readonly to: Node; readonly rvalue: boolean },
  printer: Printer,
): { to: Node; rvalue: boolean } {
  let { to, rvalue } = node;
  for (let steps = 0; ; steps++) {
    // Through a template parameter a reference can refer to itself.
    if (steps > 100) printer.fail();
    const inner = printer.resolve(to);
    if (inner?.kind !== "reference") return { to, rvalue };
    rvalue = rvalue && inner.rvalue;
    to = inner.to;
  }
}
