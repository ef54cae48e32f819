import { join } from "node:path";
import { packageFile } from "../../sys/index.ts";
import { hasForeignCalls, mendForeignCalls } from "../host/foreign.ts";
import { hostFile, onThisNode } from "../host/host-file.ts";
import { newestInstalled } from "../install/cache.ts";
import type { Installed } from "../install/cache.ts";
import { notInstalled } from "../install/not-installed.ts";
import { installFromPypi } from "../install/pypi.ts";
import { compareVersions } from "../install/versions.ts";
import { prepareByHost, unprepared } from "../prepare.ts";
import type { Found, LaunchedBy, Missing, Runtime, Tier } from "../runtime.ts";

/** The first version whose C API is that of today; older ones run by the wheel's own Python package. */
const firstOfThisApi = "0.28.0";

/** First versions of what not all have. */
const since: Readonly<Record<string, string>> = { winch: "22", pulley: "37" };

/** Wasmtime's library, of any version that PyPI has, in a host. */
export const wasmtime: Runtime = {
  name: "wasmtime",
  title: "wasmtime's library, 0.19 to today (PyPI: wasmtime)",
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
  find: (version) => Promise.resolve(find(version)),
  async install(version, say) {
    const files = [library()];
    await installFromPypi("wasmtime", { name: "wasmtime", version, files }, say);
  },
  prepare(found, tier, job) {
    if (tier.prepared === undefined) return Promise.resolve(unprepared(job));
    return prepareByHost(launchedBy(found, tier, []), job);
  },
  command(found, tier, job) {
    const from = tier.prepared === undefined ? "wasm" : "artefact";
    return launchedBy(found, tier, ["--once", JSON.stringify({ ...job, from })]);
  },
  host: (found, tier) => launchedBy(found, tier, []),
};

function find(version: string | undefined): Found | Missing {
  const there = newestInstalled("wasmtime", version);
  if (there === undefined) return notInstalled("wasmtime", version);
  if (!isOld(there.version) && !hasForeignCalls()) {
    return {
      found: false,
      why: "koffi, which calls its library, is not there",
      mend: mendForeignCalls,
    };
  }
  return { found: true, version: there.version, path: there.folder, without: withoutOf(there) };
}

function withoutOf({ version }: Installed): Record<string, string> {
  const missing = Object.entries(since).filter(([, first]) => compareVersions(version, first) < 0);
  const without = Object.fromEntries(
    missing.map(([tier, first]) => [tier, `wasmtime's wheels have it from ${first} on`]),
  );
  if (compareVersions(version, firstWithArtefacts) < 0) {
    without["aot"] = `wasmtime's wheels store compiled modules from ${firstWithArtefacts} on`;
  }
  return without;
}

/** The first version whose Python package serialises modules. */
const firstWithArtefacts = "0.20.0";

function isOld(version: string): boolean {
  return compareVersions(version, firstOfThisApi) < 0;
}

/** The library's path in the wheel. */
function library(): string {
  const cpu = process.arch === "arm64" ? "aarch64" : "x86_64";
  const ending = process.platform === "darwin" ? "dylib" : "so";
  return join("wasmtime", `${process.platform}-${cpu}`, `_libwasmtime.${ending}`);
}

function launchedBy({ path, version }: Found, tier: Tier, args: readonly string[]): LaunchedBy {
  if (isOld(version)) {
    const host = packageFile("hosts/wasmtime_old.py");
    return { file: "python3", args: [host, path, version, tier.name, ...args] };
  }
  const settings = { library: join(path, library()), version, tier: tier.name };
  return onThisNode(hostFile("wasmtime-host"), [JSON.stringify(settings), ...args]);
}
