import { malformed } from "../malformed.ts";
import type { Node } from "./nodes.ts";
import { Precedence } from "./operators.ts";

/**
 * What printing a name may cost, in nodes visited and characters written: substitutions can make a name of
 * a hundred characters print as gigabytes. The longest names of the libraries tried need a tenth of it.
 */
const budget = 1 << 19;
/** How deep nodes may nest: a few stack frames each. */
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
    this.#spent += 1 + written;
    if (this.#spent > budget) this.fail();
  }

  /** Prints an operand, in parentheses if it binds less tightly than `precedence` (`strictly`) or as much. */
  operand(node: Node, precedence: number, strictly = false): string {
    const own = "precedence" in node ? node.precedence : precedenceOf(node);
    return own >= precedence + (strictly ? 1 : 0) ? this.parenthesized(node) : this.show(node);
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

  /** Prints `(a, b)`. */
  parameters(nodes: readonly Node[]): string {
    return this.enclosed(() => `(${this.list(nodes)})`);
  }

  /** Follows template parameters and packs to what they stand for; undefined if that is nothing. */
  resolve(node: Node): Node | undefined {
    let current: Node | undefined = node;
    for (let steps = 0; current !== undefined; steps++) {
      if (steps > maxDepth) this.fail();
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

function precedenceOf(node: Node): number {
  switch (node.kind) {
    case "subscript":
    case "call":
    case "cast":
      return Precedence.postfix;
    case "conversion":
      return Precedence.cast;
    case "conditional":
      return Precedence.conditional;
    case "new":
    case "delete":
      return Precedence.unary;
    default:
      return Precedence.primary;
  }
}
