import type { Node } from "./nodes.ts";
import { hasRight } from "./print-types.ts";
import type { Printer } from "./printer.ts";

/** Prints a name, or returns undefined when the node is none. */
export function showName(node: Node, printer: Printer): string | undefined {
  switch (node.kind) {
    case "text":
      return node.text;
    case "std":
      return node.short;
    case "nested":
      return `${printer.show(node.scope)}::${printer.show(node.name)}`;
    case "template":
      return printer.show(node.name) + printer.show(node.args);
    case "args":
      return `<${showList(node.list, printer)}>`;
    case "tagged":
      return `${printer.show(node.name)}[abi:${node.tag}]`;
    case "structor":
      return (node.destructor ? "~" : "") + showBaseName(node.of, printer);
    case "lambda": {
      const decls = node.decls.length === 0 ? "" : `<${showList(node.decls, printer)}>`;
      return `'lambda${node.count}'${decls}${printer.parameters(node.params)}`;
    }
    case "module": {
      const parent = node.parent === undefined ? "" : printer.show(node.parent);
      const separator = node.partition ? ":" : parent === "" ? "" : ".";
      return parent + separator + node.name;
    }
    case "of-module":
      return `${printer.show(node.name)}@${printer.show(node.module)}`;
    case "prefixed":
      return node.prefix + printer.show(node.child);
    case "between": {
      const { prefix, middle } = node;
      return `${prefix}${printer.show(node.first)}${middle}${printer.show(node.second)}`;
    }
    case "binding":
      return `[${printer.list(node.names)}]`;
    case "encoding":
      return showEncoding(node, printer);
    case "type-param":
    case "value-param":
    case "template-param":
    case "pack-param":
      return declare(node, printer, "");
    default:
      return undefined;
  }
}

function showList(nodes: readonly Node[], printer: Printer): string {
  const { greaterEnds } = printer;
  printer.greaterEnds = true;
  const text = printer.list(nodes);
  printer.greaterEnds = greaterEnds;
  return text;
}

/** Prints the declaration of a template parameter; `dots` stand before the name of a pack. */
function declare(node: Node, printer: Printer, dots: string): string {
  switch (node.kind) {
    case "type-param":
      return `typename ${dots}${printer.show(node.name)}`;
    case "value-param": {
      const left = printer.left(node.type);
      const gap = hasRight(node.type, printer) ? "" : " ";
      return `${left}${gap}${dots}${printer.show(node.name)}${printer.right(node.type)}`;
    }
    case "template-param": {
      const params = showList(node.params, printer);
      return `template<${params}> typename ${dots}${printer.show(node.name)}`;
    }
    case "pack-param":
      return declare(node.param, printer, "...");
    default:
      return printer.fail();
  }
}

/** Prints the class whose constructor or destructor is named: no scope, arguments or tags. */
function showBaseName(node: Node, printer: Printer): string {
  let name = printer.resolve(node);
  for (;;) {
    if (name === undefined) return printer.fail();
    switch (name.kind) {
      case "nested":
      case "template":
      case "tagged":
      case "of-module":
        name = printer.resolve(name.name);
        break;
      case "std":
        return name.base;
      case "lambda":
        return "";
      case "text":
        // What has no name of its own has none to repeat: `foo()::'unnamed'::~()`.
        return name.text.startsWith("'") ? "" : name.text;
      default:
        return printer.show(name);
    }
  }
}

function showEncoding(node: Node & { kind: "encoding" }, printer: Printer): string {
  const { result } = node;
  const enableIf =
    node.enableIf?.kind === "args" ? ` [enable_if:${printer.list(node.enableIf.list)}]` : "";
  const params = printer.parameters(node.params);
  const called = node.explicitThis ? `(this ${params.slice(1)}` : params;
  const function_ = printer.show(node.name) + called;
  if (result === undefined) return function_ + node.suffix + enableIf;
  const gap = hasRight(result, printer) ? "" : " ";
  return `${printer.left(result)}${gap}${function_}${printer.right(result)}${node.suffix}${enableIf}`;
}
