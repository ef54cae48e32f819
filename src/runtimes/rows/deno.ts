import { installFromNpm } from "../install/npm.ts";
import type { Found, LaunchedBy, Runtime, RunJob, Tier } from "../runtime.ts";
import { findProgram } from "./find-program.ts";
import { jsHost } from "./js-host-file.ts";

const program = "deno";

/** Flags of V8 for each tier. */
const flags: Readonly<Record<string, readonly string[]>> = {
  default: [],
  liftoff: ["--liftoff-only"],
  turbofan: ["--no-liftoff"],
};

/** V8 in Deno, newer than Node's. */
export const deno: Runtime = {
  name: "deno",
  title: "Deno (npm: @deno/linux-x64-glibc), with the WASI of this package",
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
  find: (version) => findProgram("deno", version, program),
  async install(version, say) {
    await installFromNpm("deno", { name: npmName(), version, files: [program] }, say);
  },
  command: (found, tier, job) => launchedBy(found, tier, job),
  host: (found, tier) => launchedBy(found, tier),
};

function launchedBy({ path }: Found, tier: Tier, job?: RunJob): LaunchedBy {
  const pages = Math.max(1, Math.floor((job?.memoryBytes ?? 0) / 65536));
  const v8 = [
    ...(flags[tier.name] ?? []),
    ...(job?.memoryBytes === undefined ? [] : [`--wasm-max-mem-pages=${pages}`]),
  ];
  return {
    file: path,
    args: [
      // Everything is allowed: what the guest may see is decided by WASI, and our host is trusted.
      "run",
      "--quiet",
      "--no-config",
      "--no-lock",
      "--no-remote",
      "--no-npm",
      "--no-code-cache",
      "--allow-all",
      ...(v8.length === 0 ? [] : [`--v8-flags=${v8.join(",")}`]),
      jsHost,
      ...(job === undefined ? [] : ["--once", JSON.stringify(job)]),
    ],
    env: { DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1", NO_COLOR: "1" },
  };
}

function npmName(): string {
  const cpu = process.arch === "arm64" ? "arm64" : "x64";
  return process.platform === "linux"
    ? `@deno/linux-${cpu}-glibc`
    : `@deno/${process.platform}-${cpu}`;
}
