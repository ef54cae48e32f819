import { basename, join } from "node:path";
import { onPath } from "../install/on-path.ts";
import { fits } from "../install/versions.ts";
import { prepareByCommand, unprepared } from "../prepare.ts";
import type { Found, LaunchedBy, Missing, RunJob, Runtime } from "../runtime.ts";

/** WasmEdge, where the user has it: its own command, cold runs only. */
export const wasmedge: Runtime = {
  name: "wasmedge",
  title: "WasmEdge, when wasmedge is on the PATH; cold runs only",
  family: "WasmEdge",
  tiers: [
    { name: "interpreter", title: "its interpreter", kind: "interpreter" },
    {
      name: "ahead",
      title: "compiled by LLVM ahead (wasmedge compile), loaded",
      kind: "ahead",
      prepared: "ahead",
    },
  ],
  find,
  prepare({ path }, tier, job) {
    if (tier.prepared === undefined) return Promise.resolve(unprepared(job));
    const artefact = join(job.folder, `${basename(job.module)}.so`);
    return prepareByCommand(
      "compile",
      { file: path, args: ["compile", job.module, artefact] },
      artefact,
    );
  },
  command: launchedBy,
};

async function find(version: string | undefined): Promise<Found | Missing> {
  const there = await onPath("wasmedge", (has) => fits(has, version));
  if (there !== undefined && fits(there.version, version)) return { found: true, ...there };
  const why =
    there === undefined
      ? "no wasmedge is on the PATH"
      : `${there.path} is ${there.version}, not ${version ?? ""}`;
  // Registries of languages have none; Debian has it from 13 on.
  return { found: false, why, mend: "apt-get install wasmedge" };
}

function launchedBy({ path }: Found, _tier: unknown, job: RunJob): LaunchedBy {
  const { module, args, env, dirs, invoke, memoryBytes } = job;
  const pages =
    memoryBytes === undefined ? undefined : Math.max(1, Math.floor(memoryBytes / 65536));
  return {
    file: path,
    args: [
      ...(pages === undefined ? [] : ["--memory-page-limit", `${pages}`]),
      ...dirs.flatMap(({ host, guest }) => ["--dir", `${guest}:${host}`]),
      ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...(invoke === undefined ? [] : ["--reactor"]),
      "--",
      module,
      ...(invoke === undefined ? args.slice(1) : [invoke.name, ...invoke.args]),
    ],
  };
}
