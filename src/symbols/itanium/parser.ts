import { malformed } from "./malformed.ts";
import type { ForwardReference, Node } from "./nodes.ts";

/** Facts about a function's name that decide how the rest of its encoding is read. */
export interface NameState {
  /** A constructor, a destructor or a conversion: such a template has no return type in its encoding. */
  structor: boolean;
  /** The name ends in template arguments: a return type follows. */
  templated: boolean;
  /** The first parameter is an explicit object parameter. */
  explicitThis: boolean;
  /** Qualifiers printed after the parameters, as in ` const &`. */
  suffix: string;
}

/** The grammar's rules call each other in a circle; files reach one another through this table. */
export interface Rules {
  readonly encoding: (parser: Parser) => Node;
  readonly name: (parser: Parser, state?: NameState) => Node;
  readonly type: (parser: Parser) => Node;
  readonly expression: (parser: Parser) => Node;
  readonly templateArgs: (parser: Parser, tag?: boolean) => Node;
  readonly templateArg: (parser: Parser) => Node;
}

/**
 * How deep rules may nest in each other: a few stack frames each, so that hostile names end in a failure
 * and not in a stack overflow. Real names stay below 40.
 */
const maxDepth = 256;

/** The place in a mangled name, and what back references may refer to. */
export class Parser {
  readonly source: string;
  readonly rules: Rules;
  position = 0;
  /** What `S_`, `S0_`, … refer to. */
  readonly substitutions: Node[] = [];
  /** What `T_`, `TL0__`, … refer to: one list of arguments a level, undefined for a lambda's `auto`s. */
  templates: (Node[] | undefined)[] = [];
  /** Template parameters met before their arguments. */
  forwards: ForwardReference[] = [];
  /** Set in the type of a conversion operator, whose template arguments follow. */
  allowForward = false;
  /** Cleared in the type of a conversion: the arguments that follow are the operator's. */
  allowTemplateArgs = true;
  /** The level at which an unknown template parameter is the `auto` of a lambda's parameter. */
  lambdaLevel = -1;
  /** How many parameters of generic lambdas were given a name, by kind. */
  readonly invented: Map<string, number> = new Map();
  #depth = 0;

  constructor(source: string, rules: Rules) {
    this.source = source;
    this.rules = rules;
  }

  /** Gives the name up. */
  fail(): never {
    throw malformed;
  }

  get done(): boolean {
    return this.position >= this.source.length;
  }

  /** Looks at a character ahead; the empty string past the end. */
  peek(ahead = 0): string {
    return this.source[this.position + ahead] ?? "";
  }

  /** Steps over `prefix` if it comes next. */
  take(prefix: string): boolean {
    if (!this.source.startsWith(prefix, this.position)) return false;
    this.position += prefix.length;
    return true;
  }

  expect(prefix: string): void {
    if (!this.take(prefix)) this.fail();
  }

  /** Tells whether a decimal digit comes next. */
  get atDigit(): boolean {
    return isDigit(this.source.charCodeAt(this.position));
  }

  /** Reads decimal digits, perhaps none. */
  digits(): string {
    const start = this.position;
    while (isDigit(this.source.charCodeAt(this.position))) this.position++;
    return this.source.slice(start, this.position);
  }

  /** Reads a number with `n` for its sign, perhaps nothing, as it stands. */
  signedDigits(): string {
    return this.peek() === "n" && isDigit(this.source.charCodeAt(this.position + 1))
      ? (this.position++, `-${this.digits()}`)
      : this.digits();
  }

  /** Reads the number of a back reference: `_` is 0, `0_` is 1 and so on. */
  index(radix: 10 | 36): number {
    if (this.take("_")) return 0;
    const start = this.position;
    let value = 0;
    while (!this.take("_")) {
      const digit = digitValue(this.source.charCodeAt(this.position));
      if (digit >= radix || this.position - start > 6) this.fail();
      value = value * radix + digit;
      this.position++;
    }
    return value + 1;
  }

  /** Reads `<length> <characters>`. */
  sourceName(): string {
    if (!this.atDigit) this.fail();
    const length = Number(this.digits());
    const start = this.position;
    if (length === 0 || length > this.source.length - start) this.fail();
    this.position = start + length;
    return this.source.slice(start, this.position);
  }

  /** Reads items up to and including an `E`. */
  listToEnd(item: (parser: Parser) => Node): Node[] {
    const items: Node[] = [];
    while (!this.take("E")) items.push(item(this));
    return items;
  }

  /** Remembers a node for later back references, and returns it. */
  substitutable(node: Node): Node {
    this.substitutions.push(node);
    return node;
  }

  /** Runs a rule one level deeper. */
  nest(rule: (parser: Parser) => Node): Node {
    if (++this.#depth > maxDepth) this.fail();
    const node = rule(this);
    this.#depth--;
    return node;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function digitValue(code: number): number {
  if (isDigit(code)) return code - 48;
  return code >= 65 && code <= 90 ? code - 55 : Infinity;
}
