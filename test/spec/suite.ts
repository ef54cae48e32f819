import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";

const suite = join(root, ".cache", "spec");

/** The one command that prepares everything these tests need. */
export const prepareCommand = "node scripts/spec-suite.mjs";

/** One script of the suite: where its commands are, and where its modules are. */
export interface Script {
  readonly set: string;
  readonly name: string;
  readonly folder: string;
  readonly path: string;
}

/** Lists the prepared sets, the main suite first; empty when the suite was never prepared. */
export function listSets(): readonly string[] {
  const proposals = join(suite, "proposals");
  const merged = ["wasm-v3", "wasm-latest"];
  const names = existsSync(proposals) ? readdirSync(proposals).toSorted() : [];
  return [...merged, ...names.map((name) => `proposals/${name}`)].filter((set) =>
    existsSync(join(suite, set, "manifest.json")),
  );
}

/** Lists the scripts of one prepared set. */
export function listScripts(set: string): readonly Script[] {
  const manifest = readFileSync(join(suite, set, "manifest.json"), "utf8");
  const { scripts } = JSON.parse(manifest) as { scripts: readonly string[] };
  return scripts.map((name) => {
    const folder = join(suite, set, name);
    return { set, name, folder, path: join(folder, `${name}.json`) };
  });
}

/** Lists the Nodes to test on: the one that runs this, and the newer one when it was installed. */
export function listNodes(): readonly string[] {
  const modules = join(root, ".cache", "node26", "node_modules");
  const executable = process.platform === "win32" ? "node.exe" : "node";
  const packages = existsSync(modules) ? readdirSync(modules) : [];
  const newer = packages
    .map((name) => join(modules, name, "bin", executable))
    .filter((path) => existsSync(path));
  return [process.execPath, ...newer];
}
