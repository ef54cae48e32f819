import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { isatty } from "node:tty";
import { joinProfiles } from "../../profile/index.ts";
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
  const input = new TwiceRead();
  const output = openSync(devNull, "w");
  try {
    const stdin = input.open();
    const first = { ...options.guest, ...(stdin === undefined ? {} : { stdio: { stdin } }) };
    const sampled = await superviseSampling(bytes, { ...options, guest: first }, supervision);
    if (sampled.end.kind === "stopped" || sampled.end.kind === "trap") return sampled;
    const again = input.open();
    const stdio = {
      stdout: output,
      stderr: output,
      ...(again === undefined ? {} : { stdin: again }),
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

/** Standard input for two runs: of a terminal each run reads for itself, all else is kept in a file. */
class TwiceRead {
  #folder: string | undefined;
  readonly #open: number[] = [];

  /** Returns a descriptor at the start of the input, or undefined for the process's own. */
  open(): number | undefined {
    if (isatty(0) || !isOpen(0)) return undefined;
    if (this.#folder === undefined) {
      this.#folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
      writeFileSync(join(this.#folder, "stdin"), readFileSync(0));
    }
    const descriptor = openSync(join(this.#folder, "stdin"), "r");
    this.#open.push(descriptor);
    return descriptor;
  }

  close(): void {
    for (const descriptor of this.#open) closeSync(descriptor);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}
