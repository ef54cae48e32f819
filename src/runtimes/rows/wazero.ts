import { cpSync, existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { CannotRun } from "../in-process/guest.ts";
import { newestInstalled } from "../install/cache.ts";
import { installFromGo } from "../install/go.ts";
import { timedStep } from "../launch/timed-step.ts";
import { unprepared } from "../prepare.ts";
import type { Found, Missing, Prepared, PrepareJob, RunJob, Runtime, Tier } from "../runtime.ts";

const files = ["wazero", "wazero-host"] as const;

/** Wazero, in Go: its own program for cold runs, one of ours as the host. */
export const wazero: Runtime = {
  name: "wazero",
  title: "wazero, built by Go (github.com/tetratelabs/wazero)",
  family: "wazero",
  tiers: [
    { name: "compiler", title: "its optimising compiler", kind: "compiler" },
    { name: "interpreter", title: "its interpreter", kind: "interpreter" },
    {
      name: "ahead",
      title: "its compiler, the code kept in a folder",
      kind: "ahead",
      prepared: "ahead",
    },
  ],
  find: (version) => Promise.resolve(find(version)),
  async install(version, say) {
    const wanted = { module: "github.com/tetratelabs/wazero", command: "cmd/wazero", version };
    await installFromGo("wazero", { ...wanted, host: "hosts/wazero", files }, say);
  },
  prepare: async (found, tier, job) =>
    tier.name === "ahead" ? store(found, job) : unprepared(job),
  command(found, tier, job) {
    // Its own program only runs `_start`.
    if (job.invoke !== undefined) {
      const once = ["-once", JSON.stringify(job)];
      return { file: hostOf(found), args: [...engineFlags(tier), ...once] };
    }
    const flags = [
      ...engineFlags(tier),
      ...(tier.name === "ahead" ? [`-cachedir=${codeFolder(job.module)}`] : []),
      ...job.dirs.map((dir) => `-mount=${mount(dir)}`),
      ...Object.entries(job.env).map(([name, value]) => `-env=${name}=${value}`),
    ];
    // It gives the guest a -- that nothing follows.
    const own = job.args.length > 1 ? ["--", ...job.args.slice(1)] : [];
    return { file: found.path, args: ["run", ...flags, job.module, ...own] };
  },
  host: (found, tier) => ({ file: hostOf(found), args: engineFlags(tier) }),
};

function find(version: string | undefined): Found | Missing {
  const there = newestInstalled("wazero", version);
  const path = there && join(there.folder, "bin", files[0]);
  if (there !== undefined && path !== undefined && existsSync(path)) {
    return { found: true, version: there.version, path };
  }
  const name = version === undefined ? "wazero" : `wazero@${version}`;
  const mend = `wasmscope runtimes install ${name}`;
  return { found: false, why: `no ${name} is installed (it is built by Go)`, mend };
}

function hostOf({ path }: Found): string {
  return join(dirname(path), files[1]);
}

function engineFlags({ name }: Tier): string[] {
  return name === "interpreter" ? ["-interpreter"] : [];
}

function mount({ host, guest }: RunJob["dirs"][number]): string {
  if (host.includes(":"))
    throw new CannotRun(`wazero cannot mount ${host}, whose name has a colon`);
  return `${host}:${guest}`;
}

/** The code that wazero finds by a hash of the module lies beside our copy of that, for its own program and our host. */
function codeFolder(artefact: string): string {
  return `${artefact}.code`;
}

async function store({ path }: Found, { module, folder }: PrepareJob): Promise<Prepared> {
  const artefact = join(folder, "module.wasm");
  cpSync(module, artefact);
  const args = ["compile", `-cachedir=${codeFolder(artefact)}`, artefact];
  const compile = await timedStep("compile", { file: path, args });
  return { artefact, bytes: statSync(artefact).size, steps: [compile] };
}
