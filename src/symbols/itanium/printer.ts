import { malformed } from "./malformed.ts";
import type { Node } from "./nodes.ts";
import { Precedence } from "./operators.ts";

/**
 * What printing a name may cost, in nodes visited and characters written: substitutions can make a name of
 * a hundred characters print as gigabytes. The longest names met in libraries need a tenth of it.
 */
const budget = 1 << 17;
/** How deep nodes may nest: a few stack frames each. Real names stay below 64. */
const maxDepth = 400;

/** The part of a declaration before the declared name, and the part after it. */
export interface Sides {
  left(node: Node, printer: Printer): string;
  right(node: Node, printer: Printer): string;
}

/** Prints nodes, within bounds; the files of the printer reach one another through it. */
export class Printer {
  readonly #sides: Sides;
  #spent = 0;
  #depth = 0;
  /** Which element of a pack is printed now, and how many there are; undefined outside of an expansion. */
  pack: { index: number; count: number | undefined } | undefined;
  /** Whether `>` would end a list of template arguments. */
  greaterEnds = false;

  constructor(sides: Sides) {
    this.#sides = sides;
  }

  /** Gives the name up. */
  fail(): never {
    throw malformed;
  }

  /** Prints what stands before the declared name. */
  left(node: Node): string {
    this.#enter();
    const text = this.#sides.left(node, this);
    this.#leave(node.kind === "text" ? text.length : 0);
    return text;
  }

  /** Prints what stands after the declared name; most types have nothing there. */
  right(node: Node): string {
    this.#enter();
    const text = this.#sides.right(node, this);
    this.#leave(0);
    return text;
  }

  /** Prints a node that declares nothing: both its sides. */
  show(node: Node): string {
    return this.left(node) + this.right(node);
  }

  #enter(): void {
    if (++this.#depth > maxDepth) this.fail();
  }

  #leave(written: number): void {
    this.#depth--;
    this.#spend(1 + written);
  }

  #spend(amount: number): void {
    this.#spent += amount;
    if (this.#spent > budget) this.fail();
  }

  /** Prints an operand, in parentheses if it binds less tightly than `precedence` (`strictly`) or as much. */
  operand(node: Node, precedence: number, strictly = false): string {
    return precedenceOf(node) >= precedence + (strictly ? 1 : 0)
      ? this.parenthesized(node)
      : this.show(node);
  }

  parenthesized(node: Node): string {
    return this.enclosed(() => `(${this.show(node)})`);
  }

  /** Prints something between brackets, where `>` is an operator again. */
  enclosed(print: () => string): string {
    const { greaterEnds } = this;
    this.greaterEnds = false;
    const text = print();
    this.greaterEnds = greaterEnds;
    return text;
  }

  /** Prints nodes with commas between them; an empty pack leaves no trace. */
  list(nodes: readonly Node[]): string {
    let text = "";
    for (const node of nodes) {
      const item = this.operand(node, Precedence.comma);
      if (item !== "") text = text === "" ? item : `${text}, ${item}`;
    }
    return text;
  }

  /** Prints `<a, b>`. */
  arguments(nodes: readonly Node[]): string {
    const { greaterEnds } = this;
    this.greaterEnds = true;
    const text = `<${this.list(nodes)}>`;
    this.greaterEnds = greaterEnds;
    return text;
  }

  /** Prints `<a, b>`, or nothing for none. */
  declarations(nodes: readonly Node[]): string {
    return nodes.length === 0 ? "" : this.arguments(nodes);
  }

  /** Prints `(a, b)`. */
  parameters(nodes: readonly Node[]): string {
    return this.enclosed(() => `(${this.list(nodes)})`);
  }

  /** Follows template parameters and packs to what they stand for; undefined if that is nothing. */
  resolve(node: Node): Node | undefined {
    let current: Node | undefined = node;
    while (current !== undefined) {
      // What a template parameter stands for can contain the parameter: walks along it must end.
      this.#spend(1);
      if (current.kind === "forward") current = current.target;
      else if (current.kind === "pack") current = this.element(current.elements);
      else return current;
    }
    return undefined;
  }

  /** The element of a pack that is printed now. The first pack met in an expansion gives its length. */
  element(elements: readonly Node[]): Node | undefined {
    if (this.pack === undefined) return elements[0];
    this.pack.count ??= elements.length;
    return elements[this.pack.index];
  }
}

/** Precedences of expressions that do not carry one. */
const precedences: Partial<Record<Node["kind"], number>> = {
  subscript: Precedence.postfix,
  call: Precedence.postfix,
  cast: Precedence.postfix,
  conversion: Precedence.cast,
  conditional: Precedence.conditional,
  new: Precedence.unary,
  delete: Precedence.unary,
};

function precedenceOf(node: Node): number {
  if ("precedence" in node) return node.precedence;
  return precedences[node.kind] ?? Precedence.primary;
}
