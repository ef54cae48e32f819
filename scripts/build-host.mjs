// Builds hosts/wasmscope-host.wasm, the self-hosted runtime, from src/hosted; with --check, says whether the committed
// one is what would be built. After `npx tsc -p tsconfig.test.json`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const { buildWasiHost } = await import("../.build/scripts/hosted/wasi-host.js");
const root = fileURLToPath(new URL("..", import.meta.url));
const path = new URL("../hosts/wasmscope-host.wasm", import.meta.url);
const built = buildWasiHost(root);
if (process.argv.includes("--check")) {
  if (!readFileSync(path).equals(Buffer.from(built)))
    throw new Error("hosts/wasmscope-host.wasm is not what scripts/build-host.mjs builds");
} else {
  writeFileSync(path, built);
  console.log(`hosts/wasmscope-host.wasm: ${built.length} bytes`);
}
