import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { cacheFolder, sha256 } from "../../sys/index.ts";
import type { Found, Runtime, Tier } from "../runtime.ts";
import { probeWith } from "./probe.ts";
import { proposalProbes } from "./proposals.ts";
import type { FeatureReport } from "./report.ts";
import { coldProbes, hostedProbes } from "./run-probe.ts";
import { wasiGuest } from "./wasi-guest.ts";

/** Goes up when a report says more than it did. */
const format = 2;

/**
 * Finds out what a runtime can do by running modules that do it, in its host or, without one, in fresh processes: a
 * second or two. The answer is kept in the cache folder for this version, tier, and program; `onProbe` is told when
 * there is none yet.
 */
export async function probeFeatures(
  runtime: Runtime,
  found: Found,
  tier: Tier,
  onProbe?: () => void,
): Promise<FeatureReport> {
  const file = cacheFolder("features", `${keyOf(runtime, found, tier)}.json`);
  const known = read(file);
  if (known !== undefined) return known;
  onProbe?.();
  const report = await probe(runtime, found, tier);
  // An engine that does nothing at all may be mended under the same name.
  if (report.proposals.length + report.wasi.length === 0) return report;
  keep(file, report);
  return report;
}

/** Keeps an answer. Where nothing can be written, it is found out again each time. */
function keep(file: string, report: FeatureReport): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, JSON.stringify(report));
    renameSync(partial, file);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== "string") throw error;
  }
}

async function probe(runtime: Runtime, found: Found, tier: Tier): Promise<FeatureReport> {
  const engine = { runtime, found, tier };
  if (runtime.host === undefined) return probeWith(coldProbes(engine), availableParallelism());
  const { run, end } = hostedProbes(engine, runtime.host);
  try {
    return await probeWith(run);
  } finally {
    await end();
  }
}

/** Names an answer: it is of these probes and this program, which may be replaced under its name. */
function keyOf({ name }: Runtime, { version, path }: Found, tier: Tier): string {
  const probes = [...proposalProbes.map(({ module }) => module()), wasiGuest(new Set())];
  const { size = 0, mtimeMs = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  const asked = sha256(Buffer.concat(probes));
  const program = [name, version, tier.name, path, size, mtimeMs, asked, format];
  return `${name}-${tier.name}-${sha256(Buffer.from(program.join("\n"))).slice(0, 16)}`;
}

function read(file: string): FeatureReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as FeatureReport;
  } catch {
    // Never probed, or not written to its end.
    return undefined;
  }
}
