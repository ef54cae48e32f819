import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageFile } from "../../sys/index.ts";
import { CannotRun } from "../in-process/guest.ts";
import { findBuilt, installBuilt } from "../install/built.ts";
import { InstallError } from "../install/cache.ts";
import { findClang } from "../install/clang.ts";
import { runClient } from "../install/client.ts";
import { onPath } from "../install/on-path.ts";
import { fits } from "../install/versions.ts";
import { timedStep } from "../launch/timed-step.ts";
import type { Found, Missing, Prepared, PrepareJob, Runtime } from "../runtime.ts";
import { programOptions } from "./program-options.ts";

/** Names of what is translated differ from version to version; this is the one that Debian 12 has. */
const known = "1.0.32";
const library = "libhost.a";
const built = {
  runtime: "wasm2c",
  sources: ["hosts/wasm2c", "hosts/wasi"],
  program: library,
} as const;
const packages = "apt-get install wabt clang";

/** C made of the module by wasm2c, compiled by clang: what an engine with LLVM does, start-up included. */
export const wasm2c: Runtime = {
  name: "wasm2c",
  title: "C by wasm2c (Debian: wabt), then clang -O3, with the WASI of this package",
  family: "LLVM",
  tiers: [
    {
      name: "jit",
      title: "translated and compiled at each start",
      kind: "compiler",
      prepared: "counted",
      standsFor: "WAVM",
    },
    { name: "aot", title: "translated and compiled ahead", kind: "ahead", prepared: "ahead" },
  ],
  find,
  install,
  prepare: (found, _tier, job) => prepare(found, job),
  command: (_found, _tier, job) => {
    if (job.invoke !== undefined) {
      throw new CannotRun("wasm2c's programs run _start only: they are C, linked ahead");
    }
    return { file: job.module, args: programOptions(job) };
  },
};

async function find(version: string | undefined): Promise<Found | Missing> {
  const tools = await findTools();
  if (!tools.found) return tools;
  if (!fits(tools.version, version)) {
    const why = `wasm2c is ${tools.version}, not ${version}`;
    return { found: false, why, mend: `install wabt ${version}` };
  }
  return findBuilt(built, tools.version);
}

interface Tools {
  readonly found: true;
  readonly version: string;
  readonly wasm2c: string;
  readonly clang: string;
}

async function findTools(): Promise<Tools | Missing> {
  const translator = await onPath("wasm2c", (has) => has === known);
  const clang = findClang();
  if (translator === undefined)
    return { found: false, why: "no wasm2c is on the PATH", mend: packages };
  if (clang === undefined) return { found: false, why: "no clang is on the PATH", mend: packages };
  const { version, path } = translator;
  if (version !== known) {
    const why = `wasm2c is ${version}; only the code of ${known} is known here`;
    return { found: false, why, mend: `install wabt ${known}, as Debian 12 has it` };
  }
  return { found: true, version, wasm2c: path, clang };
}

/** Builds what does not depend on modules: WASI, the program around, and wasm2c's own part. */
async function install(_version: string | undefined, say: (line: string) => void): Promise<void> {
  const tools = await findTools();
  if (!tools.found) throw new InstallError(`${tools.why}: ${tools.mend}`);
  say("wasm2c: compiling what its programs are linked with");
  const result = await installBuilt(built, async (folder) => {
    const own = runtimeSources(tools.wasm2c);
    const [wasi, program] = [folderOf("hosts/wasi/wasi.h"), folderOf("hosts/wasm2c/main.c")];
    const sources = [
      ...["guest.c", "files.c", "paths.c", "options.c"].map((name) => join(wasi, name)),
      join(program, "main.c"),
      join(own, "wasm-rt-impl.c"),
    ];
    await runClient(tools.clang, ["-O2", "-w", "-c", "-std=gnu11", "-I", own, ...sources], {
      cwd: folder,
    });
    const objects = sources.map((path) => path.slice(path.lastIndexOf("/") + 1).replace(/c$/, "o"));
    await runClient("ar", ["rcs", library, ...objects], { cwd: folder });
    return {
      version: tools.version,
      source: `debian:wabt ${tools.version}`,
      integrity: [],
      files: [library],
    };
  });
  say(`wasm2c: ${result.version} is in ${result.folder}`);
}

/** Finds the C that each program needs, which comes with wasm2c. */
function runtimeSources(translator: string): string {
  const prefix = dirname(dirname(translator));
  const folders = [join(prefix, "src/wasm2c"), join(prefix, "share/wabt/wasm2c")];
  const found = folders.find((folder) => existsSync(join(folder, "wasm-rt.h")));
  if (found === undefined) throw new InstallError(`no wasm-rt.h is in ${folders.join(" or ")}`);
  return found;
}

function folderOf(file: string): string {
  return dirname(packageFile(file));
}

async function prepare({ path }: Found, { module, folder }: PrepareJob): Promise<Prepared> {
  const tools = await findTools();
  if (!tools.found) throw new CannotRun(`${tools.why}: ${tools.mend}`);
  const own = folderOf("hosts/wasm2c/unit.c");
  const [code, header] = [join(folder, "guest.c"), join(folder, "guest.h")];
  const translate = await timedStep("translate", {
    file: tools.wasm2c,
    args: [module, "-n", "guest", "-o", code],
  });
  writeFileSync(code, withLoadsInPlace(readFileSync(code, "utf8")));
  const withWasi = readFileSync(header, "utf8").includes("Z_wasi_snapshot_preview1_instance_t");
  const artefact = join(folder, "guest");
  const compile = await timedStep("compile", {
    file: tools.clang,
    args: [
      "-O3",
      "-w",
      ...(withWasi ? ["-DWITH_WASI"] : []),
      "-I",
      folder,
      "-I",
      own,
      "-I",
      runtimeSources(tools.wasm2c),
      "-o",
      artefact,
      join(own, "unit.c"),
      path,
      "-lm",
    ],
  });
  return { artefact, bytes: statSync(artefact).size, steps: [translate, compile] };
}

/**
 * Lets floating-point numbers stay in their registers. That no load is left out, wasm2c ensures by an empty statement
 * of assembly that wants what was read in a general register: for a float that is a move too many in each load, up to
 * a tenth of a kernel's time, which versions after this one no longer ask for.
 */
function withLoadsInPlace(code: string): string {
  if (process.arch !== "x64") return code;
  return code.replace(
    /^(?:DEFINE_LOAD\(f(?:32|64)_load,.*\n){2}/m,
    (loads) =>
      `#undef wasm_asm\n#define wasm_asm(general) __asm__("" ::"x"(result))\n${loads}#undef wasm_asm\n#define wasm_asm __asm__\n`,
  );
}
