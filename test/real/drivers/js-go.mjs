import { bytesOf, require } from "./load.mjs";

// Go's own glue; without a file system its output goes to the console.
require("./wasm_exec.js");
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(bytesOf("words.wasm"), go.importObject);
await go.run(instance);
