import { join } from "node:path";
import { installFromNpm } from "../install/npm.ts";
import type { Found, LaunchedBy, Runtime, RunJob, Tier } from "../runtime.ts";
import { findProgram } from "./find-program.ts";
import { jsHost } from "./js-host-file.ts";

const program = join("bin", "bun");

/** Settings of JavaScriptCore for each tier: what a function may be run by. */
const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  default: {},
  ipint: { BUN_JSC_useBBQJIT: "0", BUN_JSC_useOMGJIT: "0" },
  bbq: { BUN_JSC_useOMGJIT: "0" },
};

/** JavaScriptCore, the engine of Safari, in Bun. */
export const bun: Runtime = {
  name: "bun",
  title: "Bun (npm: @oven/bun-linux-x64), with the WASI of this package",
  family: "JavaScriptCore",
  tiers: [
    {
      name: "default",
      title: "the interpreter first, hot functions by BBQ and then OMG",
      kind: "tiered",
    },
    { name: "bbq", title: "the interpreter first, hot functions by BBQ", kind: "baseline" },
    { name: "ipint", title: "the interpreter alone (IPInt)", kind: "interpreter" },
  ],
  find: (version) => findProgram("bun", version, program),
  async install(version, say) {
    await installFromNpm("bun", { name: npmName(), version, files: [program] }, say);
  },
  command: (found, tier, job) => launchedBy(found, tier, job),
  host: (found, tier) => launchedBy(found, tier),
};

function launchedBy({ path }: Found, tier: Tier, job?: RunJob): LaunchedBy {
  const once = job === undefined ? [] : ["--once", JSON.stringify(job)];
  return {
    file: path,
    args: ["--no-install", jsHost, ...once],
    // What Bun keeps of compiled modules would make second runs unlike first ones.
    env: { BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0", ...settings[tier.name] },
  };
}

function npmName(): string {
  return `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
}
