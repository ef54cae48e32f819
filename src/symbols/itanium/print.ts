import type { Node } from "./nodes.ts";
import { showExpression } from "./print-expressions.ts";
import { showName } from "./print-names.ts";
import { leftOfType, rightOfType } from "./print-types.ts";
import { Printer, type Sides } from "./printer.ts";

const sides: Sides = {
  left(node, printer) {
    switch (node.kind) {
      case "forward":
      case "pack": {
        const target = stepOf(node, printer);
        return target === undefined ? "" : printer.left(target);
      }
      case "arg-pack":
        return printer.list(node.elements);
      case "expansion":
        return expand(node.of, printer);
      default:
        return (
          showName(node, printer) ??
          leftOfType(node, printer) ??
          showExpression(node, printer) ??
          printer.fail()
        );
    }
  },
  right(node, printer) {
    if (node.kind === "forward" || node.kind === "pack") {
      const target = stepOf(node, printer);
      return target === undefined ? "" : printer.right(target);
    }
    return rightOfType(node, printer);
  },
};

function stepOf(node: Node & { kind: "forward" | "pack" }, printer: Printer): Node | undefined {
  return node.kind === "forward" ? node.target : printer.element(node.elements);
}

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

/** Prints a parsed name as C++ writes it. Throws when it would be too large or too deep. */
export function print(node: Node): string {
  return new Printer(sides).show(node);
}
