// Runs a guest in a process of its own and writes what its run cost, without start-up, to descriptor 3:
// `node time-guest.js JOB`, where JOB is a `TimeJob` as JSON. The guest's output goes where this process's goes.
import { readFileSync, writeSync } from "node:fs";
import { prepareInNode } from "./node.ts";
import type { GuestOptions } from "./guest.ts";

/** What to run: a file, and what the guest is given. */
export interface TimeJob {
  readonly file: string;
  readonly guest: Omit<GuestOptions, "invoke">;
  /** A function to call; arguments end with `n` where they are BigInts. */
  readonly invoke?: { readonly name: string; readonly args: readonly string[] };
}

const job = JSON.parse(process.argv[2]!) as TimeJob;
const invoke = job.invoke && {
  name: job.invoke.name,
  args: job.invoke.args.map((text) =>
    text.endsWith("n") ? BigInt(text.slice(0, -1)) : Number(text),
  ),
};
const guest = prepareInNode(readFileSync(job.file), {
  ...job.guest,
  ...(invoke === undefined ? {} : { invoke }),
});
const before = process.cpuUsage();
guest.run();
const { user, system } = process.cpuUsage(before);
writeSync(3, String(user + system));
