import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { joinProfiles } from "../../profile/index.ts";
import { KeptInput } from "../../sys/index.ts";
import type { ProfileRun } from "./profile-run.ts";
import type { SampleRunOptions } from "../samplers/sample-run.ts";
import { superviseRun, superviseSampling } from "../threads/supervise.ts";
import type { Supervision } from "../threads/supervise.ts";
import type { Travelling } from "../threads/thread-messages.ts";

/**
 * Runs a guest twice with the same input, sampled and then counted, and puts the counts beside the times. What
 * the second run writes to its standard streams is discarded; its effects on files happen again. A guest that
 * is stopped or traps in the first run does not run again.
 */
export async function joinedRun(
  bytes: Uint8Array,
  options: Travelling<SampleRunOptions>,
  supervision: Supervision,
): Promise<ProfileRun> {
  const input = new KeptInput();
  const output = openSync(devNull, "w");
  try {
    const stdin = input.open();
    const first = {
      ...options.guest,
      stdio: { ...options.guest.stdio, ...(stdin !== undefined && { stdin }) },
    };
    const sampled = await superviseSampling(bytes, { ...options, guest: first }, supervision);
    if (sampled.end.kind === "stopped" || sampled.end.kind === "trap") return sampled;
    const again = input.open();
    const stdio = {
      stdout: output,
      stderr: output,
      ...(again !== undefined && { stdin: again }),
    };
    const { rateHz: _rateHz, ...common } = options;
    const exact = await superviseRun(
      bytes,
      { ...common, guest: { ...options.guest, stdio }, mode: "blocks", memory: "region" },
      supervision,
    );
    const joined = joinProfiles(sampled.profile, exact.profile);
    const note = "The guest ran twice: times are of the first run, counts of the second.";
    return { ...sampled, profile: { ...joined, notes: [note, ...joined.notes] } };
  } finally {
    closeSync(output);
    input.close();
  }
}
