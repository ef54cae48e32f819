import { require } from "./load.mjs";

const { SourceMapConsumer, SourceMapGenerator } = require("source-map");
const generator = new SourceMapGenerator({ file: "out.js" });
for (let i = 0; i < 20_000; i++)
  generator.addMapping({
    generated: { line: 1 + (i >> 5), column: (i & 31) * 4 },
    original: { line: 1 + ((i * 7) % 900), column: i % 60 },
    source: `in${i % 5}.js`,
    name: `n${i % 100}`,
  });
await SourceMapConsumer.with(generator.toString(), null, (consumer) => {
  let sum = 0;
  for (let i = 0; i < 5000; i++) {
    const at = consumer.originalPositionFor({ line: 1 + (i % 600), column: (i * 13) % 128 });
    sum += (at.line ?? 0) * 31 + (at.column ?? 0) + (at.name ?? "").length;
  }
  console.log(sum, consumer.sources.join());
});
