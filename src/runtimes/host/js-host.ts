// The engine host for Node, Bun and Deno, which run the compiled file: `node js-host.js [--once JOB]`.
import { nowNs } from "./stopwatch.ts";

const startedNs = nowNs();
const { serve } = await import("./serve.ts");
const { JsEngine } = await import("./js-engine.ts");
const { nodeWasi } = await import("./node-wasi.ts");
const { bun, deno, node, v8 } = process.versions;
const version = bun ?? deno ?? `${node} (V8 ${v8})`;
serve(() => new JsEngine(version, nodeWasi), startedNs, process.argv.slice(2));
