// Runs one design once, in a process of its own: `node reproduce-child.js JOB`, where JOB is a `DesignJob` as JSON.
// Writes a `DesignRun` as JSON to descriptor 3.
import { readFileSync, writeSync } from "node:fs";
import { designs } from "./designs.ts";
import type { DesignJob } from "./instrument.ts";

const { design, file, args } = JSON.parse(process.argv[2]!) as DesignJob;
const found = designs.find(({ name }) => name === design)!;
const run = await found.run(new Uint8Array(readFileSync(file)), args);
writeSync(3, JSON.stringify(run));
