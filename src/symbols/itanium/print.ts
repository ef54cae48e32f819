import { type Forms, type Kind, printBy } from "./forms.ts";
import type { Node } from "./nodes.ts";
import { expressionForms } from "./print-expressions.ts";
import { nameForms } from "./print-names.ts";
import { leftForms, rightForms } from "./print-types.ts";
import { Printer, type Sides } from "./printer.ts";

const lefts: Forms<Kind> = { ...nameForms, ...leftForms, ...expressionForms };

const sides: Sides = {
  left: (node, printer) => printBy(lefts, node.kind, node, printer),
  right: (node, printer) => printBy(rightForms, node.kind, node, printer),
};

/** Prints a parsed name as C++ writes it. Throws when it would be too large or too deep. */
export function print(node: Node): string {
  return new Printer(sides).show(node);
}
