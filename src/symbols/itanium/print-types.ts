import type { Forms } from "./forms.ts";
import type { Node, TypeNode } from "./nodes.ts";
import type { Printer } from "./printer.ts";

/** Prints the part of a type before a declared name. */
export const leftForms: Forms<TypeNode["kind"]> = {
  forward: (node, printer) => (node.target === undefined ? "" : printer.left(node.target)),
  pack: (node, printer) => {
    const element = printer.element(node.elements);
    return element === undefined ? "" : printer.left(element);
  },
  "arg-pack": (node, printer) => printer.list(node.elements),
  expansion: (node, printer) => expand(node.of, printer),
  qualified: (node, printer) => printer.left(node.type) + node.qualifiers,
  "vendor-qualified": (node, printer) => {
    const args = node.args === undefined ? "" : printer.show(node.args);
    return `${printer.show(node.type)} ${node.qualifier}${args}`;
  },
  "postfix-type": (node, printer) => printer.left(node.type) + node.postfix,
  pointer: (node, printer) => `${openDeclarator(node.to, printer)}*`,
  reference: (node, printer) => {
    const { to, rvalue } = collapse(node, printer);
    return `${openDeclarator(to, printer)}${rvalue ? "&&" : "&"}`;
  },
  "member-pointer": (node, printer) => {
    const open = outermost(node.to, printer) === "plain" ? " " : "(";
    return `${printer.left(node.to)}${open}${printer.show(node.owner)}::*`;
  },
  array: (node, printer) => printer.left(node.element),
  function: (node, printer) => `${printer.left(node.result)} `,
  vector: (node, printer) => {
    const size = node.size === undefined ? "" : printer.show(node.size);
    return `${printer.show(node.element)} vector[${size}]`;
  },
  "bit-int": (node, printer) => {
    const size = printer.parenthesized(node.size);
    return `${node.unsigned ? "unsigned " : ""}_BitInt${size}`;
  },
  "throw-spec": (node, printer) => `throw${printer.parameters(node.types)}`,
};

const rightOfPointer = (node: { readonly to: Node }, printer: Printer): string =>
  closeDeclarator(node.to, printer);

const rightOfInner = (node: { readonly type: Node }, printer: Printer): string =>
  printer.right(node.type);

/** Prints the part of a type after a declared name, for the kinds that have one. */
export const rightForms: Partial<Forms<TypeNode["kind"]>> = {
  forward: (node, printer) => (node.target === undefined ? "" : printer.right(node.target)),
  pack: (node, printer) => {
    const element = printer.element(node.elements);
    return element === undefined ? "" : printer.right(element);
  },
  qualified: rightOfInner,
  "postfix-type": rightOfInner,
  pointer: rightOfPointer,
  "member-pointer": rightOfPointer,
  reference: (node, printer) => closeDeclarator(collapse(node, printer).to, printer),
  array: (node, printer) => {
    const size = node.size === undefined ? "" : printer.show(node.size);
    const rest = printer.right(node.element);
    // `[2][3]` are written together, but stand apart from the element.
    return ` [${size}]${rest.startsWith(" [") ? rest.slice(1) : rest}`;
  },
  function: (node, printer) => {
    const params = printer.parameters(node.params);
    const exceptions = node.exceptions === undefined ? "" : ` ${printer.show(node.exceptions)}`;
    return params + printer.right(node.result) + node.suffix + exceptions;
  },
};

/** Prints a pattern once for each element of the packs in it, or with dots when it has none. */
function expand(pattern: Node, printer: Printer): string {
  const outer = printer.pack;
  const pack: NonNullable<Printer["pack"]> = { index: 0, count: undefined };
  printer.pack = pack;
  let text = printer.show(pattern);
  const count: number | undefined = pack.count;
  if (count === undefined) text += "...";
  else if (count === 0) text = "";
  else {
    for (pack.index = 1; pack.index < count; pack.index++) text += `, ${printer.show(pattern)}`;
  }
  printer.pack = outer;
  return text;
}

/** A pointer to a function or to an array is written in parentheses: `int (*)(char)`, `int (*) [3]`. */
function openDeclarator(to: Node, printer: Printer): string {
  const left = printer.left(to);
  const kind = outermost(to, printer);
  if (kind === "plain") return left;
  return kind === "array" ? `${left} (` : `${left}(`;
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
  while (type !== undefined) {
    if (type.kind === "array" || type.kind === "function") return true;
    const inner: Node | undefined = "to" in type ? type.to : innerOf(type);
    type = inner === undefined ? undefined : printer.resolve(inner);
  }
  return false;
}

function innerOf(type: Node): Node | undefined {
  return type.kind === "qualified" || type.kind === "postfix-type" ? type.type : undefined;
}

/** Applies the language's rule for references to references: `T& &&` is `T&`. */
function collapse(
  node: { readonly to: Node; readonly rvalue: boolean },
  printer: Printer,
): { to: Node; rvalue: boolean } {
  let { to, rvalue } = node;
  for (;;) {
    const inner = printer.resolve(to);
    if (inner?.kind !== "reference") return { to, rvalue };
    rvalue = rvalue && inner.rvalue;
    to = inner.to;
  }
}
