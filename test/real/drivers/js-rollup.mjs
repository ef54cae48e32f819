import { digest, input, require } from "./load.mjs";

const { parseAst } = require("@rollup/wasm-node/dist/parseAst.js");
const plain = (_, value) => (typeof value === "bigint" ? String(value) : value);
const source = input("bench.js");
for (let i = 0; i < 20; i++) {
  const tree = JSON.stringify(parseAst(`{${source}}`.repeat(1 + (i % 4))), plain);
  console.log(tree.length, digest(tree));
}
