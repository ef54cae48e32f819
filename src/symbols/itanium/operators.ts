/** Binding strengths of C++'s operators, tightest first: parentheses are printed where they are needed. */
export const Precedence = {
  primary: 0,
  postfix: 1,
  unary: 2,
  cast: 3,
  memberPointer: 4,
  multiplicative: 5,
  additive: 6,
  shift: 7,
  spaceship: 8,
  relational: 9,
  equality: 10,
  and: 11,
  xor: 12,
  or: 13,
  logicalAnd: 14,
  logicalOr: 15,
  conditional: 16,
  assign: 17,
  comma: 18,
  none: 19,
} as const;

/** How an operator's expression is read. */
export type OperatorForm =
  | "binary"
  | "prefix"
  | "postfix"
  | "member"
  | "subscript"
  | "conditional"
  | "call"
  | "new"
  | "delete"
  | "conversion"
  | "cast"
  | "of-type"
  | "of-expression";

/** One line of the ABI's operator table. */
export interface Operator {
  /** The symbol, without `operator`. */
  readonly symbol: string;
  readonly form: OperatorForm;
  readonly precedence: number;
  /** Whether a function can be called so; `sizeof` and `.` exist only in expressions. */
  readonly nameable: boolean;
}

const table: Record<string, Operator> = {};

function add(form: OperatorForm, precedence: number, nameable: boolean, rows: string): void {
  for (const row of rows.split(", ")) {
    const [code, symbol] = [row.slice(0, 2), row.slice(3)];
    table[code] = { symbol, form, precedence, nameable };
  }
}

const P = Precedence;
add("binary", P.multiplicative, true, "ml *, dv /, rm %");
add("binary", P.additive, true, "pl +, mi -");
add("binary", P.shift, true, "ls <<, rs >>");
add("binary", P.spaceship, true, "ss <=>");
add("binary", P.relational, true, "lt <, gt >, le <=, ge >=");
add("binary", P.equality, true, "eq ==, ne !=");
add("binary", P.and, true, "an &");
add("binary", P.xor, true, "eo ^");
add("binary", P.or, true, "or |");
add("binary", P.logicalAnd, true, "aa &&");
add("binary", P.logicalOr, true, "oo ||");
add(
  "binary",
  P.assign,
  true,
  "aS =, pL +=, mI -=, mL *=, dV /=, rM %=, aN &=, oR |=, eO ^=, lS <<=, rS >>=",
);
table["cm"] = { symbol: ",", form: "binary", precedence: P.comma, nameable: true };
add("prefix", P.unary, true, "ps +, ng -, ad &, de *, co ~, nt !");
table["aw"] = { symbol: "co_await", form: "prefix", precedence: P.unary, nameable: true };
add("postfix", P.postfix, true, "pp ++, mm --");
add("member", P.memberPointer, true, "pm ->*");
add("member", P.postfix, true, "pt ->");
add("member", P.memberPointer, false, "ds .*");
add("member", P.postfix, false, "dt .");
add("subscript", P.postfix, true, "ix []");
add("call", P.postfix, true, "cl ()");
add("conditional", P.conditional, true, "qu ?");
add("new", P.unary, true, "nw new, na new[]");
add("delete", P.unary, true, "dl delete, da delete[]");
add(
  "cast",
  P.postfix,
  false,
  "dc dynamic_cast, sc static_cast, cc const_cast, rc reinterpret_cast",
);
add("conversion", P.cast, false, "cv ()");
add("of-type", P.unary, false, "st sizeof, at alignof");
add("of-type", P.postfix, false, "ti typeid");
add("of-expression", P.unary, false, "sz sizeof, az alignof, nx noexcept");
add("of-expression", P.postfix, false, "te typeid");

/** Finds the operator of a two-letter code. */
export function findOperator(code: string): Operator | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}
