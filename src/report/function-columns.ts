import { groupByFunction } from "../profile/frames.ts";
import type { Frame, Profile } from "../profile/index.ts";
import { functionTotals, printable } from "../profile/index.ts";
import { pack } from "./packed.ts";
import type { FunctionColumns, FunctionMark } from "./report-data.ts";

/** The functions of a page, and the function of each of a profile's frames. */
export interface PageFunctions {
  readonly columns: FunctionColumns;
  readonly functionOfFrame: Int32Array;
  /** Index of the function that stands for nodes left out, the last one. */
  readonly rest: number;
}

/** Lists the functions of a profile with their totals, and one more for what is left out of the tree. */
export function functionColumns(profile: Profile): PageFunctions {
  const { functions, functionOfFrame } = groupByFunction(profile.frames);
  const totals = functionTotals(profile);
  const rest = functions.length;
  const marks: Record<number, FunctionMark[]> = { [rest]: ["rest"] };
  profile.frames.forEach((frame, index) => {
    for (const mark of marksOf(frame)) {
      const known = (marks[functionOfFrame[index]!] ??= []);
      if (!known.includes(mark)) known.push(mark);
    }
  });
  const column = (which: "self" | "total", type: number): number[] => [
    ...totals.map((total) => total[which][type]!),
    0,
  ];
  const columns: FunctionColumns = {
    names: [...functions.map(({ name }) => printable(name) || "(no name)"), "(smaller ones)"],
    mangled: sparse(functions, ({ mangledName }) => mangledName && printable(mangledName)),
    indices: [...functions.map(({ funcIndex }) => funcIndex ?? -1), -1],
    places: sparse(functions, placeOf),
    marks,
    self: profile.valueTypes.map((_, type) => pack(column("self", type))),
    total: profile.valueTypes.map((_, type) => pack(column("total", type))),
  };
  return { columns, functionOfFrame, rest };
}

function marksOf({ host, inlined, estimated }: Frame): FunctionMark[] {
  return [
    ...(host ? (["host"] as const) : []),
    ...(inlined ? (["inlined"] as const) : []),
    ...(estimated ? (["estimated"] as const) : []),
  ];
}

/** Only the file: the first frame's line is just one of the function's lines. */
function placeOf({ file }: Frame): string | undefined {
  return file === undefined ? undefined : printable(file);
}

function sparse(
  functions: readonly Frame[],
  of: (frame: Frame) => string | undefined,
): Record<number, string> {
  const found: Record<number, string> = {};
  functions.forEach((frame, index) => {
    const text = of(frame);
    if (text !== undefined) found[index] = text;
  });
  return found;
}
