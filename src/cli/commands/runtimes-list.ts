import { installed, runtimes } from "../../runtimes/index.ts";
import type { Runtime } from "../../runtimes/index.ts";
import type { Io, Parsed } from "../command.ts";
import { selectRuntime } from "../runtime-choice.ts";

/** What `runtimes list --json` says of a runtime. */
interface Row {
  readonly name: string;
  readonly title: string;
  readonly family: string;
  readonly found: boolean;
  readonly version?: string;
  /** All that are in the cache. */
  readonly versions: readonly string[];
  /** Those that this version has. */
  readonly tiers: readonly string[];
  /** The others, with the reason. */
  readonly without?: Readonly<Record<string, string>>;
  /** Why it is not there. */
  readonly why?: string;
  readonly mend?: string;
}

/** Lists runtimes, all or those that are named. */
export async function listRuntimes(
  names: readonly string[],
  parsed: Parsed,
  io: Io,
): Promise<number> {
  const chosen = names.length === 0 ? runtimes.map(({ name }) => name) : names;
  const rows = await Promise.all(
    chosen.map((text) => {
      const { runtime, version } = selectRuntime(text);
      return rowOf(runtime, version);
    }),
  );
  if (parsed.flag("json")) io.stdout(`${JSON.stringify({ runtimes: rows }, undefined, 2)}\n`);
  else io.stdout(tableOf(rows));
  return 0;
}

async function rowOf(runtime: Runtime, version: string | undefined): Promise<Row> {
  const { name, title, family, tiers } = runtime;
  const found = await runtime.find(version);
  const versions = installed(name).map((one) => one.version);
  const about = { name, title, family, found: found.found, versions };
  if (!found.found) {
    return { ...about, tiers: tiers.map((tier) => tier.name), why: found.why, mend: found.mend };
  }
  const { without = {} } = found;
  const has = tiers.map((tier) => tier.name).filter((tier) => without[tier] === undefined);
  return {
    ...about,
    version: found.version,
    tiers: has,
    ...(Object.keys(without).length === 0 ? {} : { without }),
  };
}

function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ name, version, tiers, why, mend }) => [
    name,
    version ?? "-",
    why === undefined ? tiers.join(" ") : `${why}; type: ${mend}`,
  ]);
  const head = ["runtime", "version", "tiers, the default first"];
  const width = (at: number): number =>
    Math.max(...[head, ...cells].map((cell) => cell[at]!.length));
  return [head, ...cells]
    .map(
      ([name = "", version = "", tiers = ""]) =>
        `${name.padEnd(width(0))}  ${version.padEnd(width(1))}  ${tiers}\n`,
    )
    .join("");
}
