import { groupByFunction } from "./frames.ts";
import type { BlockCount, Profile, ValueType } from "./model.ts";
import type { FunctionTotal } from "./totals.ts";
import { functionTotals, hasStacks, totalValues } from "./totals.ts";

/** The numbers of one line: of a function, of all functions that are not shown, or of the whole. */
export interface TableRow {
  /** The function's name as it is, or what the line stands for. */
  readonly name: string;
  /** Own primary value. */
  readonly self: number;
  /** Own and all called functions' primary value; only with stacks, and only for a function. */
  readonly total?: number;
  /** Calls, where they were counted and are not the primary value. */
  readonly calls?: number;
  /** Whether the primary value is an estimate. */
  readonly estimated?: true;
}

/** A basic block with what it cost. */
export interface BlockRow extends BlockCount {
  /** Name of its function. */
  readonly name: string;
  /** Instructions executed in it. */
  readonly cost: number;
}

/** What the terminal shows of a profile. */
export interface Table {
  /** What `self` and `total` count. */
  readonly type: ValueType;
  /** The functions with the highest own values, the highest first. */
  readonly rows: readonly TableRow[];
  /** All other functions that have a value, when there are some. */
  readonly others?: TableRow;
  readonly sum: TableRow;
  /** The most expensive blocks, in mode `blocks`. */
  readonly blocks?: readonly BlockRow[];
  readonly notes: readonly string[];
}

/** Picks the `top` most expensive functions, and blocks where they were counted, of a profile. */
export function tableOf(profile: Profile, { top = 20 }: { readonly top?: number } = {}): Table {
  const { primary, valueTypes } = profile;
  const calls = valueTypes.findIndex(({ name }, column) => name === "calls" && column !== primary);
  const stacks = hasStacks(profile);
  const functions = functionTotals(profile)
    .filter(({ total }) => total.some((value) => value !== 0))
    .toSorted((a, b) => compare(a, b, primary));
  const row = (name: string, values: readonly number[], total?: number): TableRow => ({
    name,
    self: values[primary]!,
    ...(total !== undefined && { total }),
    ...(calls !== -1 && { calls: values[calls]! }),
  });
  const rows = functions.slice(0, top).map(({ frame, self, total }) => ({
    ...row(frame.name, self, stacks ? total[primary]! : undefined),
    ...(frame.estimated && { estimated: frame.estimated }),
  }));
  const rest = functions.slice(top);
  const restSums = valueTypes.map((_, column) =>
    rest.reduce((sum, { self }) => sum + self[column]!, 0),
  );
  return {
    type: valueTypes[primary]!,
    rows,
    ...(rest.length > 0 && { others: row(`(${rest.length} others)`, restSums) }),
    sum: row("(all)", totalValues(profile)),
    ...(profile.blocks && { blocks: hottestBlocks(profile, profile.blocks, top) }),
    notes: profile.notes,
  };
}

function compare(a: FunctionTotal, b: FunctionTotal, primary: number): number {
  return (
    b.self[primary]! - a.self[primary]! ||
    (a.frame.funcIndex ?? 0) - (b.frame.funcIndex ?? 0) ||
    b.total[primary]! - a.total[primary]!
  );
}

function hottestBlocks(profile: Profile, blocks: readonly BlockCount[], top: number): BlockRow[] {
  const names = new Map<number | undefined, string>();
  for (const { funcIndex, name } of groupByFunction(profile.frames).functions) {
    names.set(funcIndex, name);
  }
  return blocks
    .filter(({ count }) => count > 0)
    .map((block) => ({
      ...block,
      name: names.get(block.funcIndex) ?? `function ${block.funcIndex}`,
      cost: block.instructions * block.count,
    }))
    .toSorted((a, b) => b.cost - a.cost || a.offset - b.offset)
    .slice(0, top);
}
