import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { packages } from "./load.mjs";

const { convert } = await import(
  pathToFileURL(join(packages, "wasm-pandoc/src/index.node.js")).href
);
const section = (_, i) =>
  `# Section ${i}\n\nSome *text* with \`code\`, a [link](http://example.org/${i}) and $x^${i}$.\n\n| a | b |\n|---|---|\n| ${i} | **${i * i}** |\n\n1. one\n2. two\n    - three\n`;
const markdown = Array.from({ length: 40 }, section).join("\n");
const { stdout, stderr } = await convert({ from: "markdown", to: "html5" }, markdown, {});
console.log(stdout, stderr);
