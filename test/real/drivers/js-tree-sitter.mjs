import { createRequire } from "node:module";
import { join } from "node:path";
import { digest, input, packages } from "./load.mjs";

const { Language, Parser } = createRequire(join(packages, "driver.cjs"))("web-tree-sitter");
await Parser.init();
const grammar = join(packages, "tree-sitter-javascript/tree-sitter-javascript.wasm");
const parser = new Parser().setLanguage(await Language.load(grammar));
const source = `{${input("bench.js")}}\n`.repeat(10);
const tree = parser.parse(source);
console.log(tree.rootNode.descendantCount, digest(tree.rootNode.toString()));
tree.edit({
  startIndex: 40,
  oldEndIndex: 41,
  newEndIndex: 42,
  startPosition: { row: 0, column: 40 },
  oldEndPosition: { row: 0, column: 41 },
  newEndPosition: { row: 0, column: 42 },
});
console.log(parser.parse(`${source.slice(0, 40)}((${source.slice(41)}`, tree).rootNode.hasError);
