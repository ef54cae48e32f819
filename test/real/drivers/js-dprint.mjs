import { bytesOf, input, require } from "./load.mjs";

const { createFromBuffer } = require("@dprint/formatter");
const formatter = createFromBuffer(bytesOf("@dprint/typescript/plugin.wasm"));
formatter.setConfig(
  { indentWidth: 2, lineWidth: 60 },
  { semiColons: "asi", quoteStyle: "preferSingle" },
);
console.log(formatter.formatText({ filePath: "a.ts", fileText: input("bench.js") }));
