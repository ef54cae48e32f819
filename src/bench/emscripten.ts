import { readFileSync } from "node:fs";
import { CannotRun, runtimes } from "../runtimes/index.ts";
import type { Runtime } from "../runtimes/index.ts";
import { sha256 } from "../sys/index.ts";
import { packageFile } from "./workloads.ts";

/** What built the program that stands beside `io.wasm`. */
const compiler = "3.1.6";

/**
 * Programs for Node whose files are JavaScript's: `workloads/src/io.c` as Emscripten compiles it, with NODEFS, for
 * comparing with WASI on the same loads. It runs nothing else, so that it is no runtime of the table.
 */
export const emscripten: Runtime = {
  name: "emscripten-nodefs",
  title: `Emscripten ${compiler}'s output with NODEFS under this Node: of io.wasm only, cold runs only`,
  family: "V8",
  tiers: [{ name: "default", title: "as Node does", kind: "tiered" }],
  async find(version) {
    const node = await runtimes.find(({ name }) => name === "node")!.find();
    if (!node.found) return node;
    if (version === undefined || version === compiler) return { ...node, version: compiler };
    const why = `the program is built by Emscripten ${compiler}, not ${version}`;
    return { found: false, why, mend: "--runtime emscripten-nodefs" };
  },
  command({ path }, _tier, { module, args, dirs, invoke }) {
    if (invoke !== undefined) throw new CannotRun("it runs a whole program only");
    if (!isTheLoads(module))
      throw new CannotRun("only workloads/io.wasm is built by Emscripten, too");
    const [folder] = dirs;
    return {
      file: path,
      args: ["--no-warnings", packageFile("workloads/emscripten/io.cjs"), ...args.slice(1)],
      env: { NODE_OPTIONS: "", ...(folder === undefined ? {} : { WASMSCOPE_FOLDER: folder.host }) },
    };
  },
};

function isTheLoads(module: string): boolean {
  const hash = (path: string): string => sha256(readFileSync(path));
  return hash(module) === hash(packageFile("workloads/io.wasm"));
}
