import { dirname, join } from "node:path";
import { CannotRun } from "../in-process/guest.ts";
import { findBuilt, installBuilt } from "../install/built.ts";
import { buildRustHost } from "../install/cargo.ts";
import { prepareByHost, unprepared } from "../prepare.ts";
import type { Found, LaunchedBy, RunJob, Runtime, Tier } from "../runtime.ts";
import { orOnPath } from "./find-program.ts";

const host = "wasmer-host";
const program = join("bin", host);
const built = {
  runtime: "wasmer",
  sources: ["hosts/rust/Cargo.toml", "hosts/rust/protocol", "hosts/rust/wasmer", "hosts/wasi"],
  locked: host,
  program,
} as const;

/** Wasmer: a program of ours around its crate, or the user's own `wasmer` for cold runs. */
export const wasmer: Runtime = {
  name: "wasmer",
  title: "wasmer (crate wasmer), built by Cargo, with the WASI of this package",
  family: "Cranelift",
  tiers: [
    { name: "cranelift", title: "compiled by Cranelift", kind: "compiler" },
    { name: "singlepass", title: "compiled by Singlepass", kind: "baseline" },
    {
      name: "ahead",
      title: "compiled by Cranelift ahead, loaded",
      kind: "ahead",
      prepared: "ahead",
    },
  ],
  find: async (version) => {
    const ours = findBuilt(built, version);
    if (ours.found) return ours;
    const found = await orOnPath("wasmer", version, ours);
    if (!found.found) return found;
    const without = { ahead: "only the host of this package loads what was compiled ahead" };
    return { ...found, without };
  },
  async install(_version, say) {
    say("wasmer: building a host around the crate wasmer by Cargo, ten to twenty minutes");
    const result = await installBuilt(built, async (folder) => {
      const { version, file, integrity } = await buildRustHost(folder, { host, engine: "wasmer" });
      const source = `crates:wasmer@${version}`;
      return { version, source, integrity: [integrity], files: [file] };
    });
    say(`wasmer: ${result.version} is in ${result.folder}`);
  },
  prepare: (found, tier, job) =>
    tier.prepared === undefined
      ? Promise.resolve(unprepared(job))
      : prepareByHost(hostCommand(found, tier), job),
  command: (found, tier, job) =>
    isOurs(found)
      ? { ...hostCommand(found, tier), args: [...compilerOf(tier), "--once", JSON.stringify(job)] }
      : ownCommand(found, tier, job),
  host: hostCommand,
};

function isOurs({ path }: Found): boolean {
  return path.endsWith(program);
}

function hostCommand(found: Found, tier: Tier): LaunchedBy {
  if (!isOurs(found)) {
    throw new CannotRun(
      `${dirname(found.path)} has no host for wasmer: wasmscope runtimes install wasmer`,
    );
  }
  return { file: found.path, args: compilerOf(tier) };
}

function compilerOf({ name }: Tier): string[] {
  return ["--compiler", name === "singlepass" ? "singlepass" : "cranelift"];
}

/** Wasmer's own program, by options that it has had since version 3. */
function ownCommand({ path }: Found, { name }: Tier, job: RunJob): LaunchedBy {
  return {
    file: path,
    args: [
      "run",
      `--${name}`,
      ...job.dirs.flatMap((dir) => ["--mapdir", `${dir.guest}:${dir.host}`]),
      ...Object.entries(job.env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...(job.invoke === undefined ? [] : ["--invoke", job.invoke.name]),
      job.module,
      "--",
      ...(job.invoke?.args ?? job.args.slice(1)),
    ],
  };
}
