import type { Forms } from "./forms.ts";
import type { NameNode, Node } from "./nodes.ts";
import { hasRight } from "./print-types.ts";
import type { Printer } from "./printer.ts";

const declaration = (node: Node, printer: Printer): string => declare(node, printer, "");

/** Prints a name. */
export const nameForms: Forms<NameNode["kind"]> = {
  text: (node) => node.text,
  std: (node) => node.short,
  nested: (node, printer) => `${printer.show(node.scope)}::${printer.show(node.name)}`,
  template: (node, printer) => printer.show(node.name) + printer.show(node.args),
  args: (node, printer) => printer.arguments(node.list),
  tagged: (node, printer) => `${printer.show(node.name)}[abi:${node.tag}]`,
  structor: (node, printer) => (node.destructor ? "~" : "") + showBaseName(node.of, printer),
  lambda: (node, printer) =>
    `'lambda${node.count}'${printer.declarations(node.decls)}${printer.parameters(node.params)}`,
  module: (node, printer) => {
    const parent = node.parent === undefined ? "" : printer.show(node.parent);
    const separator = node.partition ? ":" : parent === "" ? "" : ".";
    return parent + separator + node.name;
  },
  "of-module": (node, printer) => `${printer.show(node.name)}@${printer.show(node.module)}`,
  prefixed: (node, printer) => node.prefix + printer.show(node.child),
  between: (node, printer) =>
    `${node.prefix}${printer.show(node.first)}${node.middle}${printer.show(node.second)}`,
  binding: (node, printer) => `[${printer.list(node.names)}]`,
  "type-param": declaration,
  "value-param": declaration,
  "template-param": declaration,
  "pack-param": declaration,
  encoding: (node, printer) => {
    const { result } = node;
    const enableIf =
      node.enableIf?.kind === "args" ? ` [enable_if:${printer.list(node.enableIf.list)}]` : "";
    const params = printer.parameters(node.params);
    const called = node.explicitThis ? `(this ${params.slice(1)}` : params;
    const declared = printer.show(node.name) + called;
    if (result === undefined) return declared + node.suffix + enableIf;
    const left = printer.left(result) + (hasRight(result, printer) ? "" : " ");
    return left + declared + printer.right(result) + node.suffix + enableIf;
  },
};

/** Prints the declaration of a template parameter; `dots` stand before the name of a pack. */
function declare(node: Node, printer: Printer, dots: string): string {
  if (node.kind === "pack-param") return declare(node.param, printer, "...");
  if (node.kind === "type-param") return `typename ${dots}${printer.show(node.name)}`;
  if (node.kind === "template-param") {
    const params = printer.arguments(node.params);
    return `template${params} typename ${dots}${printer.show(node.name)}`;
  }
  if (node.kind !== "value-param") return printer.fail();
  const left = printer.left(node.type) + (hasRight(node.type, printer) ? "" : " ");
  return `${left}${dots}${printer.show(node.name)}${printer.right(node.type)}`;
}

/** Prints the class whose constructor or destructor is named: no scope, arguments or tags. */
function showBaseName(node: Node, printer: Printer): string {
  const name = printer.resolve(node);
  if (name === undefined) return printer.fail();
  if (
    name.kind === "nested" ||
    name.kind === "template" ||
    name.kind === "tagged" ||
    name.kind === "of-module"
  ) {
    return showBaseName(name.name, printer);
  }
  if (name.kind === "std") return name.base;
  // What has no name of its own has none to repeat: `foo()::'unnamed'::~()`.
  if (name.kind === "lambda") return "";
  return name.kind === "text" && name.text.startsWith("'") ? "" : printer.show(name);
}
