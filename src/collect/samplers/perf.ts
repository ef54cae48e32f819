import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { parsePerfScript } from "../../profile/index.ts";
import { CannotRun } from "../../runtimes/index.ts";
import { needsProgram } from "./command.ts";
import type { PerfSamples } from "./perf-profile.ts";

/** Throws a `CannotRun` that says why perf cannot sample here. */
export function needsPerf(): void {
  needsProgram("perf", "apt-get install linux-perf");
  const { status, stderr } = spawnSync(
    "perf",
    ["record", "-q", "-e", "cpu-clock:u", "-o", "/dev/null", "true"],
    { encoding: "utf8" },
  );
  if (status === 0) return;
  const why = stderr.split("\n").find((line) => line.trim() !== "") ?? `it ends with ${status}`;
  throw new CannotRun(
    `perf may not sample here (${why.trim()}): sysctl kernel.perf_event_paranoid=2, or run as root`,
  );
}

/** Returns the command that samples what is put behind it, `rateHz` times a second of CPU time, into a file. */
export function perfCommand(output: string, rateHz: number): string[] {
  // A clock in software: it is there in virtual machines, too. Of user space alone: that needs no privilege.
  const event = ["-e", "cpu-clock:u", "-F", String(rateHz)];
  return ["perf", "record", "-q", "-g", ...event, "-o", output, "--"];
}

/** Adds the samples in a file of perf's, and removes the perf maps of the processes sampled. Throws a `CannotRun`. */
export function readPerf(file: string, samples: PerfSamples): void {
  // What the host inlined does not matter, and takes perf long to find out.
  const { stdout, status, stderr } = spawnSync("perf", ["script", "--no-inline", "-i", file], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new CannotRun(`perf script fails: ${stderr.trim()}`);
  for (const sample of parsePerfScript(stdout.split("\n"))) samples.add(sample);
  for (const map of samples.maps) rmSync(map, { force: true });
}

/** Says how many samples there are. */
export function perfNote({ count, outside }: PerfSamples, runtime: string): string {
  return `${count} samples of CPU time in the guest, ${outside} more of ${runtime} itself.`;
}
