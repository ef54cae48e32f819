import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CannotRun } from "../runtimes/index.ts";
import { cacheFolder, packageFile, whereIs } from "../sys/index.ts";
import type { CatalogueRow } from "./catalogue.ts";
import { Elf } from "./elf.ts";
import { findFunctions } from "./find-functions.ts";
import { native } from "./findings/finding.ts";
import type { LoadJob } from "./loads/observe-load.ts";
import type { Observation } from "./observation.ts";
import { readTraced } from "./read-traced.ts";
import { traceRun } from "./trace-run.ts";

const sources = {
  program: "workloads/src/io.c",
  shared: "workloads/src/bare.h",
  calls: "hosts/native/twin.c",
  names: "hosts/native/twin.h",
} as const;
/** Each call's function begins with a `push`, which is where the kernel's probe is cheap. */
const callFlags = [
  "-O2",
  "-fno-omit-frame-pointer",
  "-fno-optimize-sibling-calls",
  "-fcf-protection=none",
];
const symbols: CatalogueRow = {
  runtime: native,
  functions: [/^native_([a-z]+(?:_[a-z]+)*)__[a-z_]+$/],
  spelling: "wasi",
  guest: /^main$/,
  returnsErrno: false,
};

/** The loads' program as native code. */
export interface NativeTwin {
  readonly path: string;
  /** The first line of what the compiler says of itself. */
  readonly compiler: string;
}

/**
 * Builds the loads' program natively, once for each compiler and source, into the cache folder. Throws a `CannotRun`
 * that says what to type when there is no C compiler, or with its words.
 */
export async function buildTwin(): Promise<NativeTwin> {
  const compilerPath = ["cc", "clang", "gcc"].map(whereIs).find((path) => path !== undefined);
  if (compilerPath === undefined) {
    throw new CannotRun("no C compiler for the native twin; type: apt-get install gcc");
  }
  const run = promisify(execFile);
  const compiler = (await run(compilerPath, ["--version"])).stdout.split("\n", 1)[0]!;
  const hash = createHash("sha256").update(compiler);
  for (const source of Object.values(sources)) hash.update(readFileSync(packageFile(source)));
  const folder = join(cacheFolder(), "twins");
  const path = join(folder, `io-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(path)) return { path, compiler };
  mkdirSync(folder, { recursive: true });
  // Beside its place, then moved: two that build the same do not meet.
  const made = `${path}.${process.pid}`;
  const [program, calls, names] = [sources.program, sources.calls, sources.names].map(packageFile);
  const include = ["-I", dirname(packageFile(sources.shared))];
  try {
    await run(compilerPath, [...callFlags, "-c", calls!, "-o", `${made}.o`]);
    await run(compilerPath, [
      "-O2",
      ...include,
      "-include",
      names!,
      program!,
      `${made}.o`,
      "-o",
      made,
    ]);
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new CannotRun(
      `the native twin was not built: ${stderr.trim().split("\n")[0] || message}`,
    );
  }
  renameSync(made, path);
  return { path, compiler };
}

/**
 * Runs a load natively while the kernel counts: its calls of the C library stand under the names of the WASI functions
 * that do the same. Throws a `KernelRefusal` when the kernel does not let it.
 */
export async function observeTwin(
  { path, compiler }: NativeTwin,
  { args, dirs, stdin, stdout, stderr }: LoadJob,
): Promise<Observation> {
  const places = placesIn(path);
  const names = [...new Set(places.entries.map(({ name }) => name))];
  const command = { file: path, args: args.slice(1), cwd: dirs[0]!.host };
  const target = { path, places, returnsErrno: false };
  const traced = await traceRun(command, target, { names, stdin, stdout, stderr });
  return {
    runtime: native,
    version: /\d+(?:\.\d+)+/.exec(compiler)?.[0] ?? "unknown",
    tier: "O2",
    way: "ebpf",
    ...readTraced(traced, names, false),
    notes: [`the same source, compiled by ${compiler}`],
  };
}

function placesIn(path: string): NonNullable<ReturnType<typeof findFunctions>> {
  const descriptor = openSync(path, "r");
  try {
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    const places = findFunctions(elf, symbols);
    if (places === undefined) throw new CannotRun(`${path} has no symbols: was it stripped?`);
    return places;
  } finally {
    closeSync(descriptor);
  }
}
