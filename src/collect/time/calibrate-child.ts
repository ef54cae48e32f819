// Counts what a guest does, in a process of its own: `node calibrate-child.js JOB`, where JOB is a `CountJob` as
// JSON. Writes a `CountedRun` as JSON to descriptor 3. The guest's output goes where this process's goes.
import { readFileSync, writeSync } from "node:fs";
import { functionTotals } from "../../profile/index.ts";
import { profileRun } from "../exact/profile-run.ts";
import type { CountedRun, CountJob } from "./calibrate.ts";

const { file, guest, invoke } = JSON.parse(process.argv[2]!) as CountJob;
const bytes = new Uint8Array(readFileSync(file));
const before = performance.now();
const { profile } = await profileRun(bytes, {
  mode: "blocks",
  memory: "region",
  module: { name: "", sha256: "" },
  guest,
  ...(invoke === undefined ? {} : { invoke }),
});
const counted: CountedRun = {
  durationNs: (performance.now() - before) * 1e6,
  functions: functionTotals(profile).map(({ frame, self }) => [frame.funcIndex!, self[0]!]),
};
writeSync(3, JSON.stringify(counted));
