import type { FunctionChange, ProfileDiff } from "./diff.ts";
import { formatPercent, groupDigits } from "./numbers.ts";
import { ProfileError } from "./profile-error.ts";

/** How much something may grow. */
export interface GrowthLimit {
  /** Functions whose own growth counts, in share of themselves; `*` stands for any text. */
  readonly functions?: string;
  /** A share: 0.005 is half a percent. */
  readonly share: number;
}

/** Something that grew by more than it may. */
export interface Excess {
  /** The function, or undefined for the total. */
  readonly frame?: FunctionChange["frame"];
  readonly before: number;
  readonly after: number;
  readonly limit: GrowthLimit;
  /** What happened, as a sentence without its end. */
  readonly reason: string;
}

/**
 * Reads a limit: `0.5%` for the total and for what any function adds to the total, `parse=0.5%` for functions in
 * share of themselves. Throws a `ProfileError`.
 */
export function parseGrowthLimit(text: string): GrowthLimit {
  const equals = text.lastIndexOf("=");
  const percent = text.slice(equals + 1).trim();
  const match = /^(\d+(?:\.\d+)?|\.\d+) ?%?$/.exec(percent);
  const functions = text.slice(0, Math.max(0, equals)).trim();
  if (match === null || equals === 0) {
    throw new ProfileError(`a limit is PERCENT or FUNCTION=PERCENT, as in 0.5%, not ${text}`);
  }
  const share = Number(match[1]) / 100;
  return equals < 0 ? { share } : { functions, share };
}

/** Lists what grew by more than the limits allow, the total first, then what grew most. */
export function findExcesses(diff: ProfileDiff, limits: readonly GrowthLimit[]): Excess[] {
  return limits.flatMap((limit) =>
    limit.functions === undefined ? overTotal(diff, limit) : overOwn(diff, limit, limit.functions),
  );
}

/** Lists the names of limits that no function has, before or after: such a limit never fails. */
export function namesOfNone(
  { functions }: ProfileDiff,
  limits: readonly GrowthLimit[],
): readonly string[] {
  return limits.flatMap(({ functions: list }) => {
    if (list === undefined) return [];
    const matches = matcherOf(list);
    return functions.some(({ frame }) => matches(frame)) ? [] : [list];
  });
}

function overTotal({ total, functions, type }: ProfileDiff, limit: GrowthLimit): Excess[] {
  const allowed = limit.share * total.before;
  const grown = functions.filter(({ change }) => change > allowed);
  const whole = total.change > allowed ? [total] : [];
  return [
    ...whole.map(({ before, after }) => ({
      before,
      after,
      limit,
      reason: `the total grew by ${growth(total.change, type.name, before)}`,
    })),
    ...grown.map(({ frame, before, after, change }) => ({
      frame,
      before,
      after,
      limit,
      reason: `${frame.name} grew by ${growth(change, type.name, total.before)} of the total`,
    })),
  ];
}

function overOwn({ functions, type }: ProfileDiff, limit: GrowthLimit, list: string): Excess[] {
  const matches = matcherOf(list);
  return functions
    .filter(({ frame, change, before }) => change > limit.share * before && matches(frame))
    .map(({ frame, before, after, change }) => ({
      frame,
      before,
      after,
      limit,
      reason:
        before === 0
          ? `${frame.name} is new: ${groupDigits(change)} ${type.name}`
          : `${frame.name} grew by ${growth(change, type.name, before)} of itself`,
    }));
}

function growth(change: number, what: string, whole: number): string {
  return `${groupDigits(change)} ${what}, ${whole === 0 ? "from none" : formatPercent(change, whole)}`;
}

/** Makes a test for a name with `*`, which is compared with the shown name and with that in the module. */
function matcherOf(pattern: string): (frame: FunctionChange["frame"]) => boolean {
  const parts = pattern.split("*").map((text) => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`, "s");
  return ({ name, mangledName = name }) => expression.test(name) || expression.test(mangledName);
}
