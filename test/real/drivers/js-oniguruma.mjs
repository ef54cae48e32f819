import { bytesOf, input, require } from "./load.mjs";

const onig = require("vscode-oniguruma");
await onig.loadWASM(bytesOf("vscode-oniguruma/release/onig.wasm"));
const scanner = new onig.OnigScanner([
  "(?<=const )\\w+",
  "\\b(for|while|if)\\b",
  "\\d+(?:\\.\\d+)?",
  "(['\"]).*?\\1",
  "\\p{Lu}\\w*",
]);
const source = new onig.OnigString(input("bench.js").repeat(5));
const counts = [0, 0, 0, 0, 0];
let last = 0;
for (let match; (match = scanner.findNextMatchSync(source, last)) !== null;) {
  counts[match.index]++;
  last = Math.max(match.captureIndices[0].end, last + 1);
}
console.log(counts.join(), last);
