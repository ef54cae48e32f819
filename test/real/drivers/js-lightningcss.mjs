import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { packages } from "./load.mjs";

const url = pathToFileURL(join(packages, "lightningcss-wasm/index.mjs")).href;
const { default: init, transform } = await import(url);
await init();
const rule = (_, i) =>
  `.r${i} { color: rgb(${i % 255} 0 0 / 50%); &:hover > a { margin: calc(1px * ${i} + 2em) } @media (width >= ${i}px) { inset: 0 } }`;
const css = Array.from({ length: 800 }, rule).join("\n");
const { code } = transform({
  filename: "a.css",
  code: Buffer.from(css),
  minify: true,
  targets: { chrome: 80 << 16 },
});
console.log(String(code));
