import { growthOf } from "../../trace/index.ts";
import type { GrowingFigure, Growth, LoadObservation } from "../../trace/index.ts";
import { paint, setColumns } from "./wasi-columns.ts";
import type { Column, WasiStyle } from "./wasi-columns.ts";

/** How a function of a runtime grows with a load. */
interface Grown {
  readonly title: string;
  readonly runtime: string;
  readonly exponents: ReadonlyMap<GrowingFigure, number>;
}

/** What grows less is there at every size, such as what the C library does at its start. */
const leastExponent = 0.2;
/** A line through two points says nothing. */
const fewestSizes = 3;
/** So many system calls are worth a line, where calls themselves do not grow. */
const much = 50;

const figures: readonly (readonly [GrowingFigure, string])[] = [
  ["calls", "calls"],
  ["syscalls", "syscalls"],
  ["bytes", "bytes"],
  ["timeNs", "time"],
  ["syscallNs", "in syscalls"],
];

const columns: readonly Column<Grown>[] = [
  { title: "function", weight: 10, isName: true, cell: ({ title }) => title },
  { title: "runtime", weight: 9, isName: true, cell: ({ runtime }) => runtime },
  ...figures.map(([figure, title], at): Column<Grown> => {
    const cell = ({ exponents }: Grown): string => exponents.get(figure)?.toFixed(2) ?? "";
    return { title, weight: 8 - at, cell };
  }),
];

/** Sets the exponents with which functions grow over a load's sizes; nothing for loads of fewer than three. */
export function growthText(seen: readonly LoadObservation[], style: WasiStyle): string {
  const loads = [...new Set(seen.map(({ load }) => load))];
  return loads
    .map((load) => {
      const own = seen.filter((one) => one.load === load);
      const rows = grownIn(own).slice(0, style.top === undefined ? undefined : 2 * style.top);
      if (rows.length === 0) return "";
      const title = paint("1", `Growth with the size of ${load}`, style.colors);
      return `\n${title} (exponents: 1 is in proportion)\n${setColumns(rows, columns, style).join("\n")}\n`;
    })
    .join("");
}

function grownIn(seen: readonly LoadObservation[]): Grown[] {
  const tiers = new Set(seen.map(({ observation: { runtime, tier } }) => `${runtime} ${tier}`));
  const runtimes = new Set(seen.map(({ observation }) => observation.runtime));
  const isOneTier = tiers.size === runtimes.size;
  const nameOf = ({ observation: { runtime, version, tier } }: LoadObservation): string =>
    `${runtime} ${version}${isOneTier ? "" : ` ${tier}`}`;
  const all = [...new Set(seen.map(nameOf))].flatMap((runtime) => {
    const series = seen.filter((one) => nameOf(one) === runtime);
    if (new Set(series.map(({ size }) => size)).size < fewestSizes) return [];
    const growths = growthOf(series);
    return [...new Set(growths.map((growth) => growth.function))].map((name) => {
      const own = growths.filter((growth) => growth.function === name);
      const exponents = own.map(({ figure, exponent }) => [figure, exponent.estimate] as const);
      return { name, runtime, exponents: new Map(exponents), isShown: own.some(isMuch) };
    });
  });
  const grown = all.filter((one) => one.isShown);
  const names = [...new Set(grown.map(({ name }) => name))];
  return names.flatMap((name) =>
    grown
      .filter((one) => one.name === name)
      .map(({ runtime, exponents }, nth) => ({ title: nth === 0 ? name : "", runtime, exponents })),
  );
}

/** Times vary too much for a look at what does nothing. */
function isMuch({ figure, exponent, points }: Growth): boolean {
  if (figure === "calls") return exponent.estimate >= leastExponent;
  return figure === "syscalls" && exponent.estimate > 1 && (points.at(-1)?.[1] ?? 0) >= much;
}
