import type { Node } from "./nodes.ts";
import type { Printer } from "./printer.ts";

/** The name of a kind of node. */
export type Kind = Node["kind"];

type NodeOf = { readonly [K in Kind]: Extract<Node, { kind: K }> };

/** Prints one kind of node, or one side of it. */
export type Form<K extends Kind> = (node: NodeOf[K], printer: Printer) => string;

/** A table of how kinds of nodes are printed. */
export type Forms<K extends Kind> = { readonly [P in K]: Form<P> };

/** Prints a node by the entry for its kind: `printBy(forms, node.kind, node, printer)`. */
export function printBy<K extends Kind>(
  forms: Partial<Forms<Kind>>,
  kind: K,
  node: NodeOf[K],
  printer: Printer,
): string {
  const form: Partial<Forms<Kind>>[K] = forms[kind];
  return form === undefined ? "" : form(node, printer);
}
