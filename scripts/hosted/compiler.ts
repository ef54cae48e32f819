import ts from "typescript";
import type { Instruction } from "../../src/wasm/index.ts";
import { intrinsics, memoryAccesses, type Type } from "./intrinsics.ts";

// A compiler for the subset of TypeScript in which the code inside the host module is written: functions over
// numbers (i32), bigints (i64) and booleans, variables, control flow, constants of other modules. No objects, no
// closures, no strings but `text("…")`. TypeScript itself checks the types; here they are only looked at.

/** A compiled function; the types are those of parameters, then of all other locals. */
export interface CompiledFunction {
  readonly name: string;
  readonly params: readonly Type[];
  readonly result: Type;
  readonly locals: readonly Type[];
  readonly code: readonly Instruction[];
}

/** A variable of a file: a global of the module. */
export interface CompiledGlobal {
  readonly type: Type;
  readonly value: number | bigint;
}

/** What a compilation needs to know of the module around it. */
export interface Surroundings {
  /** Functions that are declared only, by name, and where the compiled ones begin. */
  readonly known: ReadonlyMap<string, number>;
  readonly firstFunction: number;
  readonly firstGlobal: number;
  /** Where the texts are to lie. */
  readonly textStart: number;
  /** The files from which constants come, by the end of their path: their exports. */
  readonly constants: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** What comes out. */
export interface Compiled {
  readonly functions: readonly CompiledFunction[];
  readonly globals: readonly CompiledGlobal[];
  readonly text: Uint8Array;
}

interface Value {
  readonly type: Type;
  readonly code: readonly Instruction[];
}
interface Signature {
  readonly index: number;
  readonly result: Type;
  readonly params: readonly Type[];
}
type Constant = number | bigint | Readonly<Record<string, unknown>>;

const empty = 0x40;
const blockType = { i32: 0x7f, i64: 0x7e, void: empty, never: empty } as const;

class Program {
  readonly surroundings: Surroundings;
  readonly signatures = new Map<string, Signature>();
  readonly constants = new Map<string, Constant>();
  readonly globals = new Map<string, { index: number; type: Type; value: number | bigint }>();
  /** Tells whether a variable of the function in compilation hides a constant. */
  isLocal: (name: string) => boolean = () => false;
  readonly #texts = new Map<string, number>();
  #textBytes: number[] = [];

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /** Gives the address of a text: its length as 16 bits, then its bytes. */
  text(content: string): number {
    const known = this.#texts.get(content);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(content);
    const address = this.surroundings.textStart + this.#textBytes.length;
    this.#textBytes.push(bytes.length & 0xff, bytes.length >> 8, ...bytes);
    this.#texts.set(content, address);
    return address;
  }

  get textBytes(): Uint8Array {
    return Uint8Array.from(this.#textBytes);
  }
}

function fail(node: ts.Node, what: string): never {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  throw new Error(`${file.fileName}:${line + 1}: ${what}: ${node.getText().slice(0, 80)}`);
}

function typeOf(node: ts.TypeNode | undefined, where: ts.Node): Type {
  switch (node?.kind) {
    case ts.SyntaxKind.NumberKeyword:
    case ts.SyntaxKind.BooleanKeyword:
      return "i32";
    case ts.SyntaxKind.BigIntKeyword:
      return "i64";
    case ts.SyntaxKind.VoidKeyword:
      return "void";
    case ts.SyntaxKind.NeverKeyword:
      return "never";
    default:
      return fail(where, "unknown type");
  }
}

/** Compiles files, given as name and text. */
export function compile(files: ReadonlyMap<string, string>, surroundings: Surroundings): Compiled {
  const program = new Program(surroundings);
  const sources = [...files].map(([name, text]) =>
    ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true),
  );
  const bodies = sources.flatMap((source) => declare(program, source));
  for (const source of sources) declareKnown(program, source);
  const functions = bodies.map((body) => new FunctionCompiler(program, body).compile());
  const globals = [...program.globals.values()].map(({ type, value }) => ({ type, value }));
  return { functions, globals, text: program.textBytes };
}

// Constants must stand in front of where they are used, functions and variables need not.
function declare(program: Program, source: ts.SourceFile): ts.FunctionDeclaration[] {
  const bodies: ts.FunctionDeclaration[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) importConstants(program, statement);
    else if (ts.isVariableStatement(statement)) declareVariables(program, statement);
    else if (ts.isFunctionDeclaration(statement)) {
      if (statement.body === undefined) continue;
      const name = statement.name!.text;
      if (program.signatures.has(name)) fail(statement, "declared twice");
      const params = statement.parameters.map((parameter) => typeOf(parameter.type, parameter));
      const index = program.surroundings.firstFunction + program.signatures.size;
      program.signatures.set(name, { index, params, result: typeOf(statement.type, statement) });
      bodies.push(statement);
    } else fail(statement, "cannot stand here");
  }
  return bodies;
}

// What is only declared is an instruction, or has a body in another file, or is a function from around.
function declareKnown(program: Program, source: ts.SourceFile): void {
  for (const statement of source.statements) {
    if (!ts.isFunctionDeclaration(statement) || statement.body !== undefined) continue;
    const name = statement.name!.text;
    if (program.signatures.has(name) || name in intrinsics) continue;
    if (name in memoryAccesses || name === "text") continue;
    const index = program.surroundings.known.get(name);
    if (index === undefined) fail(statement, "nothing stands for");
    const params = statement.parameters.map((parameter) => typeOf(parameter.type, parameter));
    program.signatures.set(name, { index, params, result: typeOf(statement.type, statement) });
  }
}

function importConstants(program: Program, statement: ts.ImportDeclaration): void {
  const path = (statement.moduleSpecifier as ts.StringLiteral).text;
  const found = [...program.surroundings.constants].find(([name]) => path.endsWith(name));
  if (found === undefined) return;
  const bindings = statement.importClause!.namedBindings as ts.NamedImports;
  for (const { name, propertyName } of bindings.elements) {
    const wanted = (propertyName as ts.Identifier | undefined)?.text ?? name.text;
    program.constants.set(name.text, found[1][wanted] as Constant);
  }
}

function declareVariables(program: Program, statement: ts.VariableStatement): void {
  const isConstant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
  for (const declaration of statement.declarationList.declarations) {
    const name = (declaration.name as ts.Identifier).text;
    const value = constantOf(program, declaration.initializer!);
    if (value === undefined) fail(declaration, "no constant");
    if (isConstant) program.constants.set(name, value);
    else {
      if (typeof value === "object") fail(declaration, "no number");
      const index = program.surroundings.firstGlobal + program.globals.size;
      const type = typeof value === "bigint" ? "i64" : "i32";
      program.globals.set(name, { index, type, value });
    }
  }
}

function constantOf(program: Program, node: ts.Expression): Constant | undefined {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isBigIntLiteral(node)) return BigInt(node.text.slice(0, -1));
  if (ts.isAsExpression(node)) return constantOf(program, node.expression);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return 1;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return 0;
  if (ts.isParenthesizedExpression(node)) return constantOf(program, node.expression);
  if (ts.isIdentifier(node)) {
    return program.isLocal(node.text) ? undefined : program.constants.get(node.text);
  }
  if (ts.isObjectLiteralExpression(node)) {
    const entries = node.properties.map((property): [string, Constant] => {
      const { name, initializer } = property as ts.PropertyAssignment;
      return [name.getText(), constantOf(program, initializer) ?? fail(property, "no constant")];
    });
    return Object.fromEntries(entries);
  }
  if (ts.isPropertyAccessExpression(node)) {
    const object = constantOf(program, node.expression);
    if (typeof object !== "object") return undefined;
    const value = object[node.name.text];
    if (value === undefined) fail(node, "no such constant");
    return value as Constant;
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const value = constantOf(program, node.operand);
    return typeof value === "object" || value === undefined ? undefined : -value;
  }
  if (ts.isBinaryExpression(node)) {
    const left = constantOf(program, node.left);
    const right = constantOf(program, node.right);
    if (typeof left !== "number" || typeof right !== "number") return undefined;
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.PlusToken:
        return left + right;
      case ts.SyntaxKind.MinusToken:
        return left - right;
      case ts.SyntaxKind.AsteriskToken:
        return left * right;
      default:
        return undefined;
    }
  }
  return undefined;
}

const binaryNames: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.PlusToken]: "add",
  [ts.SyntaxKind.MinusToken]: "sub",
  [ts.SyntaxKind.AsteriskToken]: "mul",
  [ts.SyntaxKind.SlashToken]: "div_s",
  [ts.SyntaxKind.PercentToken]: "rem_s",
  [ts.SyntaxKind.AmpersandToken]: "and",
  [ts.SyntaxKind.BarToken]: "or",
  [ts.SyntaxKind.CaretToken]: "xor",
  [ts.SyntaxKind.LessThanLessThanToken]: "shl",
  [ts.SyntaxKind.GreaterThanGreaterThanToken]: "shr_s",
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken]: "shr_u",
};
const compareNames: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "eq",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "ne",
  [ts.SyntaxKind.LessThanToken]: "lt_s",
  [ts.SyntaxKind.LessThanEqualsToken]: "le_s",
  [ts.SyntaxKind.GreaterThanToken]: "gt_s",
  [ts.SyntaxKind.GreaterThanEqualsToken]: "ge_s",
};
const assignNames: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.PlusEqualsToken]: "add",
  [ts.SyntaxKind.MinusEqualsToken]: "sub",
  [ts.SyntaxKind.AsteriskEqualsToken]: "mul",
  [ts.SyntaxKind.AmpersandEqualsToken]: "and",
  [ts.SyntaxKind.BarEqualsToken]: "or",
  [ts.SyntaxKind.CaretEqualsToken]: "xor",
  [ts.SyntaxKind.LessThanLessThanEqualsToken]: "shl",
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken]: "shr_s",
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken]: "shr_u",
};

interface Place {
  readonly kind: "local" | "global";
  readonly index: number;
  readonly type: Type;
}

class FunctionCompiler {
  readonly #program: Program;
  readonly #node: ts.FunctionDeclaration;
  readonly #locals: Type[] = [];
  #scopes: Map<string, Place>[] = [new Map()];
  #code: Instruction[] = [];
  #depth = 0;
  #breaks: number[] = [];
  #continues: number[] = [];

  constructor(program: Program, node: ts.FunctionDeclaration) {
    this.#program = program;
    this.#node = node;
  }

  compile(): CompiledFunction {
    const name = this.#node.name!.text;
    const { params, result } = this.#program.signatures.get(name)!;
    this.#program.isLocal = (text) => this.#scopes.some((scope) => scope.has(text));
    for (const [index, parameter] of this.#node.parameters.entries()) {
      this.#declare((parameter.name as ts.Identifier).text, params[index]!);
    }
    this.#statements(this.#node.body!.statements);
    if (result !== "void") this.#code.push("unreachable");
    return {
      name,
      params,
      result,
      locals: this.#locals.slice(params.length),
      code: this.#code,
    };
  }

  #declare(name: string, type: Type): Place {
    const place: Place = { kind: "local", index: this.#locals.length, type };
    this.#locals.push(type);
    this.#scopes.at(-1)!.set(name, place);
    return place;
  }

  #find(node: ts.Expression): Place {
    if (!ts.isIdentifier(node)) return fail(node, "no variable");
    for (const scope of this.#scopes.toReversed()) {
      const found = scope.get(node.text);
      if (found !== undefined) return found;
    }
    const global = this.#program.globals.get(node.text);
    return global === undefined ? fail(node, "unknown") : { kind: "global", ...global };
  }

  #open(instruction: Instruction): void {
    this.#code.push(instruction);
    this.#depth++;
  }

  #close(): void {
    this.#code.push("end");
    this.#depth--;
  }

  #statements(statements: readonly ts.Statement[]): void {
    this.#scopes.push(new Map());
    for (const statement of statements) this.#statement(statement);
    this.#scopes.pop();
  }

  #statement(node: ts.Statement): void {
    if (ts.isBlock(node)) return this.#statements(node.statements);
    if (ts.isVariableStatement(node)) return this.#variables(node.declarationList);
    if (ts.isExpressionStatement(node)) return this.#discard(node.expression);
    if (ts.isIfStatement(node)) return this.#if(node);
    if (ts.isWhileStatement(node)) return this.#loop(node.expression, node.statement, undefined);
    if (ts.isForStatement(node)) return this.#for(node);
    if (ts.isSwitchStatement(node)) return this.#switch(node);
    if (ts.isReturnStatement(node)) {
      if (node.expression !== undefined) this.#code.push(...this.#value(node.expression).code);
      this.#code.push("return");
      return;
    }
    if (ts.isBreakStatement(node)) {
      this.#code.push(["br", this.#depth - this.#breaks.at(-1)!]);
      return;
    }
    if (ts.isContinueStatement(node)) {
      this.#code.push(["br", this.#depth - this.#continues.at(-1)!]);
      return;
    }
    fail(node, "no such statement here");
  }

  #variables(list: ts.VariableDeclarationList): void {
    for (const { name, initializer, type } of list.declarations) {
      const text = (name as ts.Identifier).text;
      if (initializer === undefined) {
        const place = this.#declare(text, typeOf(type, name));
        const zero: Instruction = place.type === "i64" ? ["i64.const", 0] : ["i32.const", 0];
        this.#code.push(zero, ["local.set", place.index]);
        continue;
      }
      const value = this.#value(initializer);
      const place = this.#declare(text, value.type);
      this.#code.push(...value.code, ["local.set", place.index]);
    }
  }

  #discard(node: ts.Expression): void {
    if (ts.isBinaryExpression(node)) {
      const assigned = this.#assignment(node);
      if (assigned !== undefined) {
        this.#code.push(...assigned.value.code, this.#setter(assigned.place));
        return;
      }
    }
    if (ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) {
      const place = this.#find(node.operand);
      this.#code.push(...this.#stepped(place, node.operator), this.#setter(place));
      return;
    }
    const { type, code } = this.#value(node);
    this.#code.push(...code);
    if (type !== "void" && type !== "never") this.#code.push("drop");
  }

  #if(node: ts.IfStatement): void {
    this.#code.push(...this.#value(node.expression).code);
    this.#open(["if", empty]);
    this.#statement(node.thenStatement);
    if (node.elseStatement !== undefined) {
      this.#code.push("else");
      this.#statement(node.elseStatement);
    }
    this.#close();
  }

  #for(node: ts.ForStatement): void {
    this.#scopes.push(new Map());
    const { initializer } = node;
    if (initializer !== undefined) {
      if (ts.isVariableDeclarationList(initializer)) this.#variables(initializer);
      else this.#discard(initializer);
    }
    this.#loop(node.condition, node.statement, node.incrementor);
    this.#scopes.pop();
  }

  #loop(
    condition: ts.Expression | undefined,
    body: ts.Statement,
    step: ts.Expression | undefined,
  ): void {
    this.#open(["block", empty]);
    this.#breaks.push(this.#depth);
    this.#open(["loop", empty]);
    const start = this.#depth;
    if (condition !== undefined && constantOf(this.#program, condition) !== 1) {
      this.#code.push(...this.#value(condition).code, "i32.eqz", ["br_if", 1]);
    }
    this.#open(["block", empty]);
    this.#continues.push(this.#depth);
    this.#statement(body);
    this.#continues.pop();
    this.#close();
    if (step !== undefined) this.#discard(step);
    this.#code.push(["br", this.#depth - start]);
    this.#close();
    this.#breaks.pop();
    this.#close();
  }

  #switch(node: ts.SwitchStatement): void {
    const value = this.#value(node.expression);
    const place = this.#declare(`switch ${node.pos}`, value.type);
    this.#code.push(...value.code, ["local.set", place.index]);
    const { clauses } = node.caseBlock;
    this.#open(["block", empty]);
    this.#breaks.push(this.#depth);
    for (let count = 0; count < clauses.length; count++) this.#open(["block", empty]);
    let other = clauses.length;
    const labels = new Map<number, number>();
    for (const [index, clause] of clauses.entries()) {
      if (ts.isDefaultClause(clause)) other = index;
      else labels.set(this.#number(clause.expression), index);
    }
    this.#code.push(...dispatch(place.index, labels, other));
    for (const clause of clauses) {
      this.#close();
      this.#statements(clause.statements);
    }
    this.#breaks.pop();
    this.#close();
  }

  #number(node: ts.Expression): number {
    const value = constantOf(this.#program, node);
    return typeof value === "number" ? value : fail(node, "no constant");
  }

  #setter({ kind, index }: Place): Instruction {
    return [`${kind}.set`, index];
  }

  #stepped({ kind, index, type }: Place, operator: ts.SyntaxKind): Instruction[] {
    const name = operator === ts.SyntaxKind.PlusPlusToken ? "add" : "sub";
    return [[`${kind}.get`, index], [`${type}.const`, 1], `${type}.${name}`];
  }

  #assignment(node: ts.BinaryExpression): { place: Place; value: Value } | undefined {
    const { kind } = node.operatorToken;
    const name = assignNames[kind];
    if (kind !== ts.SyntaxKind.EqualsToken && name === undefined) return undefined;
    const place = this.#find(node.left);
    const right = this.#value(node.right);
    if (name === undefined) return { place, value: right };
    const code: Instruction[] = [
      [`${place.kind}.get`, place.index],
      ...right.code,
      `${place.type}.${name}`,
    ];
    return { place, value: { type: place.type, code } };
  }

  #value(node: ts.Expression): Value {
    const known = constantOf(this.#program, node);
    if (typeof known === "bigint") return { type: "i64", code: [["i64.const", known]] };
    if (typeof known === "number") return { type: "i32", code: [["i32.const", known | 0]] };
    if (ts.isParenthesizedExpression(node)) return this.#value(node.expression);
    if (ts.isIdentifier(node)) {
      const { kind, index, type } = this.#find(node);
      return { type, code: [[`${kind}.get`, index]] };
    }
    if (ts.isCallExpression(node)) return this.#call(node);
    if (ts.isBinaryExpression(node)) return this.#binary(node);
    if (ts.isPrefixUnaryExpression(node)) return this.#prefix(node);
    if (ts.isPostfixUnaryExpression(node)) {
      const place = this.#find(node.operand);
      const code: Instruction[] = [
        [`${place.kind}.get`, place.index],
        ...this.#stepped(place, node.operator),
        this.#setter(place),
      ];
      return { type: place.type, code };
    }
    if (ts.isConditionalExpression(node)) {
      const yes = this.#value(node.whenTrue);
      const no = this.#value(node.whenFalse);
      const code: Instruction[] = [
        ...this.#value(node.condition).code,
        ["if", blockType[yes.type]],
        ...yes.code,
        "else",
        ...no.code,
        "end",
      ];
      return { type: yes.type, code };
    }
    return fail(node, "no such expression here");
  }

  #prefix(node: ts.PrefixUnaryExpression): Value {
    if (
      node.operator === ts.SyntaxKind.PlusPlusToken ||
      node.operator === ts.SyntaxKind.MinusMinusToken
    ) {
      return fail(node, "only behind the variable");
    }
    const { type, code } = this.#value(node.operand);
    switch (node.operator) {
      case ts.SyntaxKind.ExclamationToken:
        return { type: "i32", code: [...code, `${type}.eqz`] };
      case ts.SyntaxKind.TildeToken:
        return { type, code: [...code, [`${type}.const`, -1], `${type}.xor`] };
      case ts.SyntaxKind.MinusToken:
        return { type, code: [[`${type}.const`, 0], ...code, `${type}.sub`] };
      default:
        return fail(node, "no such operator here");
    }
  }

  #binary(node: ts.BinaryExpression): Value {
    const assigned = this.#assignment(node);
    if (assigned !== undefined) {
      const { place, value } = assigned;
      const again: Instruction = [`${place.kind}.get`, place.index];
      return { type: place.type, code: [...value.code, this.#setter(place), again] };
    }
    const { kind } = node.operatorToken;
    const left = this.#value(node.left);
    const right = this.#value(node.right);
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) {
      const code: Instruction[] = [...left.code, ["if", blockType.i32], ...right.code];
      return { type: "i32", code: [...code, "else", ["i32.const", 0], "end"] };
    }
    if (kind === ts.SyntaxKind.BarBarToken) {
      const code: Instruction[] = [...left.code, ["if", blockType.i32], ["i32.const", 1], "else"];
      return { type: "i32", code: [...code, ...right.code, "end"] };
    }
    const compared = compareNames[kind];
    const name = compared ?? binaryNames[kind] ?? fail(node, "no such operator here");
    if (left.type !== right.type) fail(node, "types differ");
    return {
      type: compared === undefined ? left.type : "i32",
      code: [...left.code, ...right.code, `${left.type}.${name}`],
    };
  }

  #call(node: ts.CallExpression): Value {
    const name = (node.expression as ts.Identifier).text;
    const { arguments: args } = node;
    if (name === "text") {
      const address = this.#program.text((args[0] as ts.StringLiteral).text);
      return { type: "i32", code: [["i32.const", address]] };
    }
    const access = memoryAccesses[name];
    if (access !== undefined) {
      const [address, offset, value] = args;
      const at = this.#number(offset!);
      const code: Instruction[] = [
        ...this.#value(address!).code,
        ...(value === undefined ? [] : this.#value(value).code),
        [access.instruction, 0, at],
      ];
      return { type: access.type, code };
    }
    const values = args.map((arg) => this.#value(arg));
    const code = values.flatMap((value) => [...value.code]);
    const intrinsic = intrinsics[name];
    if (intrinsic !== undefined) {
      return ending(intrinsic.result, [...code, ...intrinsic.code]);
    }
    const signature = this.#program.signatures.get(name);
    if (signature === undefined) return fail(node, "unknown function");
    if (values.some(({ type }, index) => type !== signature.params[index])) {
      fail(node, "argument types differ");
    }
    return ending(signature.result, [...code, ["call", signature.index]]);
  }
}

// Behind what does not come back any value is there, which `return fail(…)` needs.
function ending(type: Type, code: readonly Instruction[]): Value {
  return { type, code: type === "never" ? [...code, "unreachable"] : code };
}

function dispatch(
  local: number,
  labels: ReadonlyMap<number, number>,
  other: number,
): Instruction[] {
  const numbers = [...labels.keys()];
  const least = Math.min(...numbers);
  const span = Math.max(...numbers) - least + 1;
  if (span > 4 * numbers.length + 8) {
    const tests = [...labels].flatMap(([number, label]): Instruction[] => [
      ["local.get", local],
      ["i32.const", number],
      "i32.eq",
      ["br_if", label],
    ]);
    return [...tests, ["br", other]];
  }
  const table = Array.from({ length: span }, (_, index) => labels.get(least + index) ?? other);
  return [["local.get", local], ["i32.const", least], "i32.sub", ["br_table", ...table, other]];
}
