// The engine host for Node, Bun and Deno, which run the compiled file: `node js-host.js [--once JOB]`.
import { nowNs } from "./stopwatch.ts";

const startedNs = nowNs();
const { serve } = await import("./serve.ts");
const { JsEngine } = await import("./js-engine.ts");
const { bun, deno, node, v8 } = process.versions;
// Deno's own loses entries of folders; Bun's is for few versions. With ours on both, the engines alone differ.
const wasi =
  bun === undefined && deno === undefined
    ? (await import("./node-wasi.ts")).nodeWasi
    : (await import("./own-wasi.ts")).ownWasi;
const version = bun ?? deno ?? `${node} (V8 ${v8})`;
serve(() => new JsEngine(version, wasi), startedNs, process.argv.slice(2));
