// Runs a guest for perf, in a process of its own: `node --perf-basic-prof node-perf-child.js JOB`, where JOB is a
// `NodePerfJob` as JSON. Writes a `GuestEnd` as JSON, or why there is none as text, to descriptor 3.
import { readFileSync } from "node:fs";
import { CannotRun, prepareInNode } from "../../runtimes/index.ts";
import type { GuestOptions } from "../../runtimes/index.ts";
import { writeWhole } from "../../sys/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { typedInvoke } from "../exact/typed-invoke.ts";

/** What to run. */
export interface NodePerfJob {
  readonly file: string;
  readonly guest: Omit<GuestOptions, "invoke" | "stdio">;
  readonly invoke?: { readonly name: string; readonly args: readonly string[] };
}

const job = JSON.parse(process.argv[2]!) as NodePerfJob;

function run(): string {
  try {
    const bytes = new Uint8Array(readFileSync(job.file));
    const invoke = job.invoke && typedInvoke(decodeModule(bytes), job.invoke);
    const guest = prepareInNode(bytes, { ...job.guest, ...(invoke && { invoke }) });
    return JSON.stringify(guest.run());
  } catch (error) {
    if (error instanceof CannotRun) return error.message;
    throw error;
  }
}

writeWhole(3, new TextEncoder().encode(run()));
