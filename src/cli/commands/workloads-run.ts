import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { givenTo, inputFile, packageFile } from "../../bench/workloads.ts";
import { runCold } from "../../runtimes/index.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";
import { duration } from "../files.ts";
import { findRuntime } from "../runtime-choice.ts";
import { sizeNamed, workloadsNamed } from "../workload-choice.ts";

const timedOut = 124;
const unable = 125;

/** Runs one workload with this process's standard output and error. */
export async function runOneWorkload(
  names: readonly string[],
  parsed: Parsed,
  io: Io,
): Promise<number> {
  const [row, more] = workloadsNamed(names.slice(0, 1));
  if (names.length !== 1 || more !== undefined) throw new UsageError("run takes one workload");
  const size = sizeNamed(parsed.value("size"));
  const given = row!.sizes[size];
  if (given === undefined) {
    throw new UsageError(`${row!.name} has the sizes ${Object.keys(row!.sizes).join(", ")}`);
  }
  const texts = parsed.values("runtime");
  if (texts.length > 1) throw new UsageError("run takes one --runtime");
  const { runtime, found, tier } = await findRuntime(texts[0] ?? "node");
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-workload-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const module = packageFile(row!.file);
    const artefact = (await runtime.prepare?.(found, tier, { module, folder }))?.artefact;
    const job = { module: artefact ?? module, ...givenTo(row!, size, join(folder, "work")) };
    const { end } = await runCold(runtime.command(found, tier, job), {
      stdout: "inherit",
      stderr: "inherit",
      timeoutMs: duration(parsed.value("timeout") ?? "10m", "timeout"),
      ...(given.stdin === undefined ? {} : { stdin: inputFile(given.stdin) }),
    });
    if (end.kind === "exit") return end.code;
    io.stderr(`wasmscope: ${row!.name}: ${end.kind === "signal" ? end.signal : end.kind}\n`);
    return end.kind === "timeout" ? timedOut : unable;
  } finally {
    process.removeListener("exit", remove);
    remove();
  }
}
