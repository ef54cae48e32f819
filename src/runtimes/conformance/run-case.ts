import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFile } from "../../sys/index.ts";
import type { EngineHost } from "../host/client.ts";
import { CannotRun } from "../in-process/guest.ts";
import { runCold } from "../run-cold.ts";
import type { ColdEnd } from "../run-cold.ts";
import type { Found, RunJob, Runtime, Tier } from "../runtime.ts";
import type { ConformanceCase, Expected } from "./case.ts";

/** What a case came to: nothing wrong, something, or that the runtime says itself that it cannot. */
export type CaseResult =
  | { readonly kind: "ok" }
  | { readonly kind: "wrong"; readonly what: string }
  | { readonly kind: "cannot"; readonly why: string };

const timeoutMs = 60_000;
/** What the command of a runtime ends with when it cannot run a module. */
const refusedCode = 125;

/** A runtime that is there, in one of its tiers. */
export interface CaseEngine {
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
}

/** The files of a run. */
interface Places {
  readonly folder: string;
  readonly module: string;
  readonly work: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run ended; what the engine said, and what an invoked function returned where that is not on stdout. */
type Ended =
  | { readonly end: ColdEnd; readonly values?: readonly string[]; readonly words?: string }
  | { readonly cannot: string };

/** Runs one case in a fresh process of a runtime. */
export function runCase(
  { runtime, found, tier }: CaseEngine,
  tried: ConformanceCase,
): Promise<CaseResult> {
  return inFolder(tried, async ({ folder, module, work, stdin, stdout, stderr }) => {
    const artefact = (await runtime.prepare?.(found, tier, { module, folder }))?.artefact;
    const job = { module: artefact ?? module, ...givenTo(tried, work) };
    const { end } = await runCold(runtime.command(found, tier, job), {
      stdin,
      stdout,
      stderr,
      timeoutMs,
    });
    if (end.kind === "exit" && end.code === refusedCode) {
      return { cannot: shortened(readFileSync(stderr)) };
    }
    return { end };
  });
}

/** Runs one case in an engine host that is ready. */
export function runHostedCase(host: EngineHost, tried: ConformanceCase): Promise<CaseResult> {
  return inFolder(tried, async ({ module, work, stdin, stdout, stderr }) => {
    const loaded = await host.load({ path: module, from: "wasm" }, timeoutMs);
    if ("failed" in loaded) return { cannot: loaded.message };
    const { invoke, ...given } = givenTo(tried, work);
    const ran = await host.run(
      {
        ...given,
        module: loaded.module,
        stdin,
        stdout,
        stderr,
        ...(invoke && { invoke: { ...invoke, calls: 1 } }),
      },
      timeoutMs,
    );
    if ("failed" in ran) return { cannot: ran.message };
    await host.unload(loaded.module);
    const values = ran.values === undefined ? {} : { values: ran.values };
    switch (ran.end.kind) {
      case "exit":
        return { end: { kind: "exit", code: ran.end.code }, ...values };
      case "returned":
        return { end: { kind: "exit", code: 0 }, ...values };
      case "trap":
        return { end: { kind: "signal", signal: "SIGABRT" }, words: ran.end.message };
    }
  });
}

function givenTo(
  { args = [], env = {}, files, invoke }: ConformanceCase,
  work: string,
): Omit<RunJob, "module"> {
  return {
    args: ["guest", ...args],
    env,
    dirs: files === undefined ? [] : [{ host: work, guest: "." }],
    ...(invoke && { invoke }),
  };
}

async function inFolder(
  tried: ConformanceCase,
  run: (places: Places) => Promise<Ended>,
): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-case-"));
  try {
    const place = (name: string): string => join(folder, name);
    const [work, stdout, stderr, stdin] = [place("work"), place("out"), place("err"), place("in")];
    mkdirSync(work);
    for (const [name, text] of Object.entries(tried.files ?? {}))
      writeFileSync(join(work, name), text);
    for (const file of [stdout, stderr]) writeFileSync(file, "");
    writeFileSync(stdin, tried.stdin ?? "");
    const module = moduleFile(tried, folder);
    const ended = await run({ folder, module, work, stdin, stdout, stderr });
    if ("cannot" in ended) return { kind: "cannot", why: ended.cannot };
    const words = readFileSync(stderr);
    const printed = ended.values && Buffer.from(`${ended.values.join(" ")}\n`);
    const what =
      wrongEnd(ended.end, tried.end ?? 0, ended.words ?? shortened(words)) ??
      wrongBytes("stdout", printed ?? readFileSync(stdout), tried.stdout) ??
      wrongBytes("stderr", words, tried.stderr) ??
      wrongFiles(work, tried.leaves);
    return what === undefined ? { kind: "ok" } : { kind: "wrong", what };
  } catch (error) {
    if (error instanceof CannotRun) return { kind: "cannot", why: error.message };
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Modules are made once: the big one takes its time. */
const made = new WeakMap<ConformanceCase, Uint8Array>();

function moduleFile(tried: ConformanceCase, folder: string): string {
  const { module } = tried;
  if (typeof module === "string") return packageFile(module);
  const bytes = made.get(tried) ?? module().bytes;
  made.set(tried, bytes);
  const file = join(folder, "guest.wasm");
  writeFileSync(file, bytes);
  return file;
}

function wrongEnd(end: ColdEnd, wanted: number | "trap", words: string): string | undefined {
  // A runtime may end itself by a signal at a trap, or with any code of its own.
  const trapped = (end.kind === "exit" && end.code !== 0) || end.kind === "signal";
  if (wanted === "trap" ? trapped : end.kind === "exit" && end.code === wanted) return undefined;
  const how = end.kind === "exit" ? `exit code ${end.code}` : JSON.stringify(end);
  return `${how}, not ${wanted}: ${words}`;
}

function wrongBytes(name: string, bytes: Buffer, wanted: Expected | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  if (typeof wanted === "function") {
    const what = wanted(bytes);
    return what === undefined ? undefined : `${name}: ${what}`;
  }
  const expected = Buffer.from(wanted);
  if (bytes.equals(expected)) return undefined;
  return `${name} has ${bytes.length} bytes (${shortened(bytes)}), not ${expected.length} (${shortened(expected)})`;
}

function wrongFiles(
  folder: string,
  wanted: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (wanted === undefined) return undefined;
  const found = readdirSync(folder).toSorted();
  const names = Object.keys(wanted).toSorted();
  if (found.join("/") !== names.join("/")) {
    return `the folder holds ${shortened(Buffer.from(found.join(", ")))}, not ${names.join(", ")}`;
  }
  const other = names.find((name) => readFileSync(join(folder, name), "utf8") !== wanted[name]);
  return other === undefined
    ? undefined
    : `${other} holds ${readFileSync(join(folder, other), "utf8")}`;
}

function shortened(bytes: Buffer): string {
  const text = bytes.subarray(0, 300).toString().trim().replaceAll(/\s+/g, " ");
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
