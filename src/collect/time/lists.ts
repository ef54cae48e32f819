import type { TimeChoice } from "../../instrument/index.ts";

/** Which functions to time, by index: sets, which travel between threads. */
export interface TimeLists {
  /** Only these are timed, small or not, unless their tail calls forbid it. */
  readonly only?: ReadonlySet<number>;
  /** These are only counted. */
  readonly skip?: ReadonlySet<number>;
}

/** Makes of lists what `instrumentForTime` asks; undefined where there is none. */
export function chooseByLists({
  only,
  skip,
}: TimeLists): ((funcIndex: number, choice: TimeChoice) => TimeChoice) | undefined {
  if (only === undefined && skip === undefined) return undefined;
  return (funcIndex, choice) => {
    if (choice === "none" || skip?.has(funcIndex) === true) return "counted";
    if (only === undefined) return choice;
    return only.has(funcIndex) ? "switched" : "counted";
  };
}
