// The engine host for wasmtime's library: `node wasmtime-host.js SETTINGS [--once JOB]`, settings as JSON.
import { nowNs } from "./stopwatch.ts";

const startedNs = nowNs();
const { serve } = await import("./serve.ts");
const { WasmtimeEngine } = await import("./wasmtime/engine.ts");
const [settings = "", ...args] = process.argv.slice(2);
serve(
  () => new WasmtimeEngine(JSON.parse(settings) as ConstructorParameters<typeof WasmtimeEngine>[0]),
  startedNs,
  args,
);
