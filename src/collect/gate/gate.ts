import { DecodeError } from "../../bytes/index.ts";
import { probeFeatures, tryModule } from "../../runtimes/index.ts";
import type { FeatureReport, Found, Runtime, Tier } from "../../runtimes/index.ts";
import { decodeModule, featuresOf, isComponent } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";
import { inertModule } from "./inert.ts";

/** What is asked: whether a runtime can take a module. */
export interface GateQuestion {
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
  readonly bytes: Uint8Array;
  /** The function that shall be called instead of `_start`. */
  readonly invoke?: string;
  /** Told before the runtime's features are tried out, which takes seconds and is done once for each version and tier. */
  readonly onProbe?: () => void;
}

/**
 * Says in a line why a runtime will not take a module, before anything of it runs; undefined when it will, or nobody
 * knows. What the runtime's feature probe has not seen work is only a suspicion: engines have parts of proposals, and
 * many refuse code when it is reached, not when it is there. So the line is given when the engine, asked, has refused a
 * module with the same code that does nothing.
 */
export async function whyRefused(question: GateQuestion): Promise<string | undefined> {
  const { runtime, found, tier, bytes, invoke, onProbe } = question;
  const module = decoded(bytes);
  if (module === undefined) return undefined;
  // A function that is not there is another problem, and the engine says it.
  if (invoke !== undefined && !module.exports.some((each) => each.name === invoke))
    return undefined;
  const report = await probeFeatures(runtime, found, tier, onProbe);
  const suspects = suspectsOf(module, report);
  if (suspects.length === 0) return undefined;
  const tried = await tryModule({ runtime, found, tier }, inertModule(module), invoke);
  if (tried.kind !== "refused") return undefined;
  const engine = `${runtime.name}${tier === runtime.tiers[0] ? "" : `:${tier.name}`} ${found.version}`;
  const words = shortened(tried.words);
  return `it needs ${listed(suspects)}, which ${engine} has not${words && ` (${words})`}`;
}

/** Decodes a core module; what is none, or malformed, the engine itself shall say. */
function decoded(bytes: Uint8Array): Module | undefined {
  try {
    return isComponent(bytes) ? undefined : decodeModule(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Lists what a module has that the probe has not seen work; nothing when the probe has seen nothing work at all. */
function suspectsOf(module: Module, report: FeatureReport): string[] {
  if (report.proposals.length + report.wasi.length === 0) return [];
  const { without, unlinkable } = report;
  const imported = new Set(
    module.imports.flatMap((entry) => (entry.module === preview1 ? [entry.name] : [])),
  );
  try {
    return [
      ...featuresOf(module, new Set(Object.keys(without))),
      ...unlinkable.filter((name) => imported.has(name)),
    ];
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
  }
}

const preview1 = "wasi_snapshot_preview1";

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The most of an engine's words that a line holds. */
const mostWords = 160;

/** Sets an engine's words on a line, without the name of the file that it was given, which nobody knows. */
function shortened(words: string): string {
  const line = words
    .trim()
    .replaceAll(/\s+/g, " ")
    .replace(/^error: /i, "")
    .replaceAll(/\S*\bwasmscope-probe-\w+\S*:\s*/g, "");
  return line.length > mostWords ? `${line.slice(0, mostWords)}…` : line;
}
