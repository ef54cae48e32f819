import { mkdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { packageFile, whereIs } from "../../sys/index.ts";
import { CannotRun } from "../in-process/guest.ts";
import { findBuilt, installBuilt } from "../install/built.ts";
import { InstallError } from "../install/cache.ts";
import { fetchCrate } from "../install/cargo.ts";
import { findClang } from "../install/clang.ts";
import { runClient } from "../install/client.ts";
import { onPath } from "../install/on-path.ts";
import { prepareByCommand, unprepared } from "../prepare.ts";
import type { Found, LaunchedBy, Missing, RunJob, Runtime, Tier } from "../runtime.ts";
import { orOnPath } from "./find-program.ts";
import { programOptions } from "./program-options.ts";

/** The crate that brings WAMR's source, and the hash of its archive. */
const crate = { name: "wamrx-sys", version: "0.3.0" } as const;
const program = join("bin", "wamr");
const built = { runtime: "wamr", sources: ["hosts/wamr"], program } as const;

/** WAMR's own options, in the words of its build. Its SIMD is a library that is fetched from elsewhere while it is built. */
const settings: readonly string[] = [
  "PLATFORM=linux",
  "INTERP=1",
  "FAST_INTERP=1",
  "AOT=1",
  "JIT=0",
  "LIBC_BUILTIN=0",
  "LIBC_WASI=1",
  "SIMD=0",
  "BULK_MEMORY=1",
  "REF_TYPES=1",
  "TAIL_CALL=1",
  "SHARED_MEMORY=1",
  "EXTENDED_CONST_EXPR=1",
];

/** WAMR: a program of ours around the source that a crate brings, or the user's own `iwasm`; cold runs only. */
export const wamr: Runtime = {
  name: "wamr",
  title: "WAMR (source in the crate wamrx-sys), by clang; or iwasm on the PATH; cold runs only",
  family: "WAMR",
  tiers: [
    { name: "interpreter", title: "its fast interpreter", kind: "interpreter" },
    {
      name: "ahead",
      title: "compiled by wamrc (LLVM) ahead, loaded",
      kind: "ahead",
      prepared: "ahead",
    },
  ],
  find,
  install,
  async prepare({ version }, tier, job) {
    if (tier.prepared === undefined) return unprepared(job);
    const compiler = await onPath("wamrc", (has) => has === version);
    if (compiler === undefined) throw new CannotRun("no wamrc is on the PATH");
    const artefact = join(job.folder, `${basename(job.module)}.aot`);
    const command = { file: compiler.path, args: ["-o", artefact, job.module] };
    return prepareByCommand("compile", command, artefact);
  },
  command: launchedBy,
};

async function find(version: string | undefined): Promise<Found | Missing> {
  const found = await orOnPath("iwasm", version, findBuilt(built, version));
  if (!found.found) return found;
  const compiler = await onPath("wamrc", (has) => has === found.version);
  if (compiler?.version === found.version) return found;
  const has = compiler === undefined ? "no wamrc is" : `only wamrc ${compiler.version} is`;
  return { ...found, without: { ahead: `${has} on the PATH` } };
}

function launchedBy({ path }: Found, _tier: Tier, job: RunJob): LaunchedBy {
  if (!path.endsWith(program)) return ownCommand(path, job);
  const { invoke } = job;
  const asked = invoke === undefined ? [] : ["--invoke", invoke.name];
  const args = invoke === undefined ? job.args : [invoke.name, ...invoke.args];
  return {
    file: path,
    args: ["--module", job.module, ...asked, ...programOptions({ ...job, args })],
  };
}

/** Iwasm's options, as they are from 2.0 on. */
function ownCommand(path: string, { module, args, env, dirs, invoke }: RunJob): LaunchedBy {
  return {
    file: path,
    args: [
      `--stack-size=${8 << 20}`,
      ...dirs.map(({ host, guest }) => `--map-dir=${guest}::${host}`),
      ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
      ...(invoke === undefined ? [] : ["-f", invoke.name]),
      module,
      ...(invoke?.args ?? args.slice(1)),
    ],
  };
}

async function install(_version: string | undefined, say: (line: string) => void): Promise<void> {
  const clang = findClang();
  const lacking = ["cargo", "cmake"].find((tool) => whereIs(tool) === undefined);
  if (clang === undefined || lacking !== undefined) {
    throw new InstallError(
      `no ${lacking ?? "clang"} is on the PATH: apt-get install cargo cmake clang`,
    );
  }
  say(`wamr: fetching the source in ${crate.name} ${crate.version} by Cargo and compiling it`);
  const result = await installBuilt(built, async (folder) => {
    const fetched = join(folder, "fetched");
    const checksum = await fetchCrate(fetched, crate);
    const source = join(fetched, "vendor", crate.name, "wasm-micro-runtime");
    const version = versionOf(readFileSync(join(source, "core", "version.h"), "utf8"));
    const library = await buildLibrary(source, clang);
    mkdirSync(join(folder, "bin"));
    const include = join(source, "core", "iwasm", "include");
    const own = join(dirname(packageFile("hosts/wamr/main.c")), "main.c");
    await runClient(clang, [
      "-O2",
      "-Wall",
      "-I",
      include,
      "-o",
      join(folder, program),
      own,
      library,
      "-lm",
      "-lpthread",
      "-ldl",
    ]);
    await rm(fetched, { recursive: true });
    return {
      version,
      source: `crates:${crate.name}@${crate.version}`,
      integrity: [`sha256-${checksum}`],
      files: [program],
    };
  });
  say(`wamr: ${result.version} is in ${result.folder}`);
}

/** Builds WAMR's library by its own build, and gives its file. */
async function buildLibrary(source: string, clang: string): Promise<string> {
  const target = join(source, "built");
  await runClient("cmake", [
    "-S",
    source,
    "-B",
    target,
    "-DCMAKE_BUILD_TYPE=Release",
    `-DCMAKE_C_COMPILER=${clang}`,
    ...settings.map((each) => `-DWAMR_BUILD_${each}`),
  ]);
  await runClient("cmake", ["--build", target, "--target", "vmlib", "--parallel", "2"]);
  return join(target, "libiwasm.a");
}

function versionOf(header: string): string {
  const numbers = ["MAJOR", "MINOR", "PATCH"].map(
    (part) => new RegExp(`WAMR_VERSION_${part}\\s+(\\d+)`).exec(header)?.[1],
  );
  if (numbers.includes(undefined)) throw new InstallError("the source of WAMR has no version");
  return numbers.join(".");
}
