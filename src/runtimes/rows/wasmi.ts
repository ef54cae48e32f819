import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CannotRun } from "../in-process/guest.ts";
import { findBuilt, installBuilt } from "../install/built.ts";
import { lockedEngine } from "../install/cargo-lock.ts";
import { buildRustHost, cargoInstall } from "../install/cargo.ts";
import { fits } from "../install/versions.ts";
import type { Found, LaunchedBy, RunJob, Runtime, Tier } from "../runtime.ts";
import { orOnPath } from "./find-program.ts";

const program = join("bin", "wasmi");
const host = "wasmi-host";
const built = {
  runtime: "wasmi",
  sources: ["hosts/rust/Cargo.toml", "hosts/rust/protocol", "hosts/rust/wasmi"],
  locked: host,
  program,
} as const;

/** Wasmi, an interpreter in Rust: its own program for cold runs, one of ours around the same crate as the host. */
export const wasmi: Runtime = {
  name: "wasmi",
  title: "wasmi (crate wasmi_cli), built by Cargo",
  family: "wasmi",
  tiers: [
    {
      name: "lazy-translation",
      title: "validated ahead, translated at each function's first call (its default)",
      kind: "interpreter",
    },
    { name: "eager", title: "validated and translated ahead", kind: "interpreter" },
    { name: "lazy", title: "validated and translated at the first call", kind: "interpreter" },
  ],
  find: (version) => orOnPath("wasmi", version, findBuilt(built, version)),
  install,
  command: (found, tier, job) =>
    runsAsTold(job)
      ? ownCommand(found, tier, job)
      : { ...hostCommand(found, tier), args: [...modeOf(tier), "--once", JSON.stringify(job)] },
  host: hostCommand,
};

/** Its own program gives folders their own names, and writes results in a form of its own. */
function runsAsTold({ invoke, dirs }: RunJob): boolean {
  const elsewhere = dirs.filter(({ host: path, guest }) => path !== guest);
  return (
    invoke === undefined &&
    (elsewhere.length === 0 || (dirs.length === 1 && dirs[0]?.guest === "."))
  );
}

function ownCommand(
  { path }: Found,
  { name }: Tier,
  { module, args, env, dirs }: RunJob,
): LaunchedBy {
  const here = dirs.find(({ guest }) => guest === ".");
  return {
    file: path,
    args: [
      "run",
      "--compilation-mode",
      name,
      ...dirs.flatMap(({ guest }) => ["--dir", guest]),
      ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      resolve(module),
      ...args.slice(1),
    ],
    ...(here === undefined ? {} : { cwd: here.host }),
  };
}

function hostCommand({ path, version }: Found, tier: Tier): LaunchedBy {
  const file = join(dirname(path), host);
  if (!existsSync(file)) {
    const { version: known } = lockedEngine("wasmi");
    throw new CannotRun(`there is no host for wasmi ${version}, only for ${known}`);
  }
  return { file, args: modeOf(tier) };
}

function modeOf({ name }: Tier): string[] {
  return ["--mode", name];
}

async function install(version: string | undefined, say: (line: string) => void): Promise<void> {
  const locked = lockedEngine("wasmi");
  const wanted = version ?? locked.version;
  say(`wasmi: building wasmi_cli ${wanted} by Cargo, some minutes`);
  const result = await installBuilt(built, async (folder) => {
    const names = ["wasmi", "wasmi_cli"];
    const own = await cargoInstall(folder, { crate: "wasmi_cli", version: wanted, names });
    const files = [own.file];
    const integrity: string[] = [];
    if (fits(locked.version, own.version)) {
      say(`wasmi: building a host around wasmi ${locked.version}`);
      const ours = await buildRustHost(folder, { host, engine: "wasmi" });
      files.push(ours.file);
      integrity.push(ours.integrity);
    }
    return { version: own.version, source: `crates:wasmi_cli@${own.version}`, integrity, files };
  });
  say(`wasmi: ${result.version} is in ${result.folder}`);
}
