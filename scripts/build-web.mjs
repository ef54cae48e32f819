// Bundles the page's code and style (web/) into the module that src/report embeds:
// `node scripts/build-web.mjs dist` writes dist/report/web-bundle.js.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function bundle(file, format) {
  const { outputFiles } = await build({
    entryPoints: [join(root, "web", file)],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    format,
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    charset: "ascii",
    legalComments: "none",
  });
  const text = outputFiles[0].text.trim();
  // Inside a page these would end the element, or begin a comment that hides the end.
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`web/${file} cannot be embedded`);
  return text;
}

const hash = (text) => createHash("sha256").update(text).digest("base64");

/** Writes the bundle below a folder with compiled sources. */
export async function buildWeb(folder) {
  const script = await bundle("main.ts", "iife");
  const style = await bundle("style.css");
  const benchScript = await bundle("bench.ts", "iife");
  const benchStyle = await bundle("bench.css");
  const values = {
    script,
    scriptHash: hash(script),
    style,
    styleHash: hash(style),
    benchScript,
    benchScriptHash: hash(benchScript),
    benchStyle,
    benchStyleHash: hash(benchStyle),
  };
  const lines = Object.entries(values).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`,
  );
  mkdirSync(join(folder, "report"), { recursive: true });
  writeFileSync(join(folder, "report", "web-bundle.js"), lines.join(""));
  cpSync(join(root, "src/report/web-bundle.d.ts"), join(folder, "report", "web-bundle.d.ts"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of process.argv.slice(2)) await buildWeb(folder);
}
