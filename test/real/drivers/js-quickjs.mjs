import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { bytesOf, input, packages } from "./load.mjs";

const { QuickJS } = await import(pathToFileURL(join(packages, "quickjs-wasi/dist/index.js")).href);
const vm = await QuickJS.create({ wasm: bytesOf("quickjs-wasi/quickjs.wasm") });
const source = `const lines = []; globalThis.print = (line) => { lines.push(line); };\n${input("bench.js")}\nlines.join("\\n")`;
console.log(vm.dump(vm.evalCode(source)));
vm.dispose();
