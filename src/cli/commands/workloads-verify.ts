import { runWorkload } from "../../bench/workloads.ts";
import type { Engine, SizeName, WorkloadRow } from "../../bench/workloads.ts";
import { CannotRun, runtimes } from "../../runtimes/index.ts";
import type { Io, Parsed } from "../command.ts";
import { duration } from "../files.ts";
import { progress } from "../progress.ts";
import { findRuntime } from "../runtime-choice.ts";
import { sizeNamed, workloadsNamed } from "../workload-choice.ts";

/** What came of one workload on one runtime. */
interface Verdict {
  readonly runtime: string;
  readonly workload: string;
  readonly ok: boolean;
  readonly why?: string;
}

/** Runs workloads and compares what they print with the manifest; the exit code is 1 when one differs. */
export async function verifyWorkloads(
  names: readonly string[],
  parsed: Parsed,
  io: Io,
): Promise<number> {
  const size = sizeNamed(parsed.value("size"));
  const rows = workloadsNamed(names).filter(({ sizes }) => sizes[size]?.stdoutSha256 !== undefined);
  const engines = await chosenEngines(parsed.values("runtime"));
  const timeoutMs = duration(parsed.value("timeout") ?? "10m", "timeout");
  const tell = progress(io, "running workloads");
  const verdicts: Verdict[] = [];
  for (const [text, engine] of engines) {
    for (const row of rows) {
      verdicts.push(await verify(text, engine, row, { size, timeoutMs }));
      tell(verdicts.length, rows.length * engines.size);
    }
  }
  const wrong = verdicts.filter(({ ok }) => !ok);
  if (parsed.flag("json")) io.stdout(`${JSON.stringify({ size, verdicts }, undefined, 2)}\n`);
  else io.stdout(textOf(verdicts, [...engines.keys()], size));
  return wrong.length === 0 ? 0 : 1;
}

/** Finds what `--runtime` names, this Node without any; `all` is everything that is there, in its default tier. */
async function chosenEngines(texts: readonly string[]): Promise<Map<string, Engine>> {
  const engines = new Map<string, Engine>();
  const names = texts.flatMap((text) => text.split(","));
  for (const name of names.length === 0 ? ["node"] : names) {
    if (name !== "all") engines.set(name, await findRuntime(name));
    else for (const found of await everything()) engines.set(found.runtime.name, found);
  }
  return engines;
}

async function everything(): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const runtime of runtimes) {
    const found = await runtime.find();
    if (found.found) engines.push({ runtime, found, tier: runtime.tiers[0]! });
  }
  return engines;
}

async function verify(
  runtime: string,
  engine: Engine,
  row: WorkloadRow,
  { size, timeoutMs }: { readonly size: SizeName; readonly timeoutMs: number },
): Promise<Verdict> {
  const about = { runtime, workload: row.name };
  try {
    const { wrong } = await runWorkload(engine, row, size, timeoutMs);
    return wrong === undefined ? { ...about, ok: true } : { ...about, ok: false, why: wrong };
  } catch (error) {
    if (error instanceof CannotRun) return { ...about, ok: false, why: error.message };
    throw error;
  }
}

function textOf(verdicts: readonly Verdict[], engines: readonly string[], size: SizeName): string {
  const wrong = verdicts
    .filter(({ ok }) => !ok)
    .map(({ runtime, workload, why }) => `${workload} on ${runtime}: ${why}\n`);
  const sums = engines.map((name) => {
    const own = verdicts.filter(({ runtime }) => runtime === name);
    const right = own.filter(({ ok }) => ok).length;
    return `${name}: ${right} of ${own.length} workloads print what they must (size ${size})\n`;
  });
  return [...wrong, ...sums].join("");
}
