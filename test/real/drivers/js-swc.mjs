import { input, require } from "./load.mjs";

const swc = require("@swc/wasm");
const source = input("bench.js");
console.log(swc.transformSync(source, { jsc: { target: "es5" }, sourceMaps: true }));
console.log(swc.minifySync(source, { compress: true, mangle: true }).code);
try {
  swc.transformSync("let = ;;(", {});
} catch (error) {
  console.log(String(error).length > 0);
}
