import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packageFile } from "../../sys/index.ts";
import { findBuilt, installBuilt } from "../install/built.ts";
import { InstallError, sha256OfFile } from "../install/cache.ts";
import { findClang } from "../install/clang.ts";
import { runClient } from "../install/client.ts";
import type { Runtime } from "../runtime.ts";
import { programOptions } from "./program-options.ts";

const version = "0.5.0";
const program = join("bin", "wasm3");
const built = { runtime: "wasm3", sources: ["hosts/wasm3", "hosts/wasi"], program } as const;

/** Wasm3, an interpreter in C: a program of ours around the source that its Python package brings. */
export const wasm3: Runtime = {
  name: "wasm3",
  title: "wasm3 0.5.0 (source of pywasm3 on PyPI), by clang -O3, with the WASI of this package",
  family: "wasm3",
  tiers: [{ name: "interpreter", title: "its interpreter, threaded code", kind: "interpreter" }],
  find: (wanted) => Promise.resolve(findBuilt(built, wanted)),
  install,
  command: ({ path }, _tier, job) => {
    const { invoke } = job;
    const asked = invoke === undefined ? [] : ["--invoke", invoke.name];
    const args = invoke === undefined ? job.args : [invoke.name, ...invoke.args];
    return {
      file: path,
      args: ["--module", job.module, ...asked, ...programOptions({ ...job, args })],
    };
  },
};

async function install(_version: string | undefined, say: (line: string) => void): Promise<void> {
  const clang = findClang();
  if (clang === undefined) throw new InstallError("no clang is on the PATH: apt-get install clang");
  say(`wasm3: fetching the source of pywasm3 ${version} from PyPI and compiling it`);
  const result = await installBuilt(built, async (folder) => {
    const archive = await download(folder);
    const integrity = [`sha256-${await sha256OfFile(join(folder, archive))}`];
    await runClient("tar", ["-xzf", archive], { cwd: folder });
    const [engine, wasi] = [
      join(folder, `pywasm3-${version}`, "wasm3"),
      folderOf("hosts/wasi/wasi.h"),
    ];
    await runClient("mkdir", ["-p", "bin"], { cwd: folder });
    await runClient(
      clang,
      [
        "-O3",
        "-DNDEBUG",
        "-w",
        "-I",
        engine,
        "-o",
        program,
        join(folderOf("hosts/wasm3/main.c"), "main.c"),
        ...cFiles(wasi),
        ...cFiles(engine),
        "-lm",
      ],
      { cwd: folder },
    );
    await rm(join(folder, archive));
    await rm(join(folder, `pywasm3-${version}`), { recursive: true });
    return { version, source: `pypi:pywasm3==${version}`, integrity, files: [program] };
  });
  say(`wasm3: ${result.version} is in ${result.folder}`);
}

/** Fetches the source by pip, which compares its hash with what the index says; gives its name. */
async function download(folder: string): Promise<string> {
  await runClient("python3", [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--no-deps",
    "--no-binary",
    ":all:",
    "--dest",
    folder,
    `pywasm3==${version}`,
  ]);
  const archive = readdirSync(folder).find((name) => name.endsWith(".tar.gz"));
  if (archive === undefined) throw new InstallError("pip has fetched no source of pywasm3");
  return archive;
}

function folderOf(file: string): string {
  return dirname(packageFile(file));
}

function cFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".c"))
    .map((name) => join(folder, name));
}
