import { installed, probeFeatures, runtimes } from "../../runtimes/index.ts";
import type { FeatureReport, Found, Selection } from "../../runtimes/index.ts";
import type { Io, Parsed } from "../command.ts";
import { progress } from "../progress.ts";
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
  /** Which tier `features` and `wasi` are of. */
  readonly tier: string;
  /** Proposals that it has, found by running modules that use them. */
  readonly features?: readonly string[];
  /** Functions of WASI preview 1 that it has, found in the same way. */
  readonly wasi?: readonly string[];
  /** Why it has not the other features and functions. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** Why it is not there. */
  readonly why?: string;
  readonly mend?: string;
}

/** Lists runtimes, all or those that are named; features for programs that read the list, and of those named. */
export async function listRuntimes(
  names: readonly string[],
  parsed: Parsed,
  io: Io,
): Promise<number> {
  const chosen = names.length === 0 ? runtimes.map(({ name }) => name) : names;
  const asJson = parsed.flag("json");
  const selections = chosen.map((text) => selectRuntime(text));
  const say = progress(io, "trying features");
  const rows: Row[] = [];
  // One after the other: probes are programs that run.
  for (const [at, selection] of selections.entries()) {
    say(at, selections.length);
    rows.push(await rowOf(selection, asJson || names.length > 0));
  }
  say(selections.length, selections.length);
  if (asJson) io.stdout(`${JSON.stringify({ runtimes: rows }, undefined, 2)}\n`);
  else io.stdout(tableOf(rows) + rows.map(featuresOf).join(""));
  return 0;
}

async function rowOf(selection: Selection, withFeatures: boolean): Promise<Row> {
  const { runtime, version, tier } = selection;
  const { name, title, family, tiers } = runtime;
  const found = await runtime.find(version);
  const versions = installed(name).map((one) => one.version);
  const about = { name, title, family, found: found.found, versions, tier: tier.name };
  if (!found.found) {
    return { ...about, tiers: tiers.map((each) => each.name), why: found.why, mend: found.mend };
  }
  const { without = {} } = found;
  const has = tiers.map((each) => each.name).filter((each) => without[each] === undefined);
  return {
    ...about,
    version: found.version,
    tiers: has,
    ...(Object.keys(without).length === 0 ? {} : { without }),
    ...(withFeatures && has.includes(tier.name) ? await probed(selection, found) : {}),
  };
}

async function probed(
  { runtime, tier }: Selection,
  found: Found,
): Promise<Pick<Row, "features" | "wasi" | "lacks">> {
  const report: FeatureReport = await probeFeatures(runtime, found, tier);
  return { features: report.proposals, wasi: report.wasi, lacks: report.without };
}

function featuresOf({ name, version, tier, features, wasi = [], lacks = {} }: Row): string {
  if (features === undefined) return "";
  const without = Object.keys(lacks);
  return [
    `\n${name}@${version}:${tier}`,
    `  features: ${features.join(" ")}`,
    `  functions of WASI: ${wasi.length}`,
    ...(without.length === 0 ? [] : [`  without: ${without.join(" ")}`]),
    "",
  ].join("\n");
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
