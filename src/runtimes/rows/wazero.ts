import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { CannotRun } from "../in-process/guest.ts";
import { findBuilt } from "../install/built.ts";
import { installFromGo } from "../install/go.ts";
import { prepareByCommand, unprepared } from "../prepare.ts";
import type { Found, Prepared, PrepareJob, RunJob, Runtime, Tier } from "../runtime.ts";

const files = ["wazero", "wazero-host"] as const;
const built = {
  runtime: "wazero",
  sources: ["hosts/wazero"],
  program: join("bin", files[0]),
} as const;

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
  find: (version) => Promise.resolve(findBuilt(built, version)),
  async install(version, say) {
    const wanted = { module: "github.com/tetratelabs/wazero", command: "cmd/wazero", version };
    await installFromGo(built, { ...wanted, files }, say);
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
    const args = job.args.slice(1);
    // With nothing behind them, wazero hands the two dashes to the guest.
    const behind = args.length === 0 ? [] : ["--", ...args];
    return { file: found.path, args: ["run", ...flags, job.module, ...behind] };
  },
  host: (found, tier) => ({ file: hostOf(found), args: engineFlags(tier) }),
};

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

function store({ path }: Found, { module, folder }: PrepareJob): Promise<Prepared> {
  const artefact = join(folder, "module.wasm");
  cpSync(module, artefact);
  const args = ["compile", `-cachedir=${codeFolder(artefact)}`, artefact];
  return prepareByCommand("compile", { file: path, args }, artefact);
}
