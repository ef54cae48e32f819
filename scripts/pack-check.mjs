// Packs the package, installs the tarball into an empty folder without a network, and uses it as its users do:
// `node scripts/pack-check.mjs`, after `npm run build`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { name, version, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "pack-check-"));

function run(command, args, cwd = folder) {
  // npm is a script that only a shell starts on Windows.
  const shell = process.platform === "win32" && command === "npm";
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    shell,
    encoding: "utf8",
  });
  if (error) throw error;
  assert.equal(status, 0, `${command} ${args.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
  return { stdout, stderr };
}

function install() {
  const { stdout } = run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    root,
  );
  const [packed] = Object.values(JSON.parse(stdout));
  const files = packed.files.map(({ path }) => path);
  const stray = files.filter((path) => /\.(test|case)\.|\.map$|(?<!\.d)\.ts$/.test(path));
  assert.deepEqual(stray, [], "files that no user needs");
  const { workloads } = JSON.parse(readFileSync(join(root, "workloads/manifest.json"), "utf8"));
  for (const path of ["README.md", "LICENSE", ...workloads.map(({ file }) => file)])
    assert.ok(files.includes(path), `no ${path}`);
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }\n');
  run("npm", ["install", "--offline", "--ignore-scripts", packed.filename]);
  return { files: files.length, size: packed.size };
}

function useCommand() {
  const bin = join(folder, "node_modules", name, "dist", "cli", "main.js");
  assert.equal(run(process.execPath, [bin, "--version"]).stdout, `${version}\n`);
  // Workloads, their list and what they read come with the package.
  const verified = run(process.execPath, [bin, "workloads", "verify", "worst", "edge-marg"]).stdout;
  assert.match(verified, /^node: 4 of 4 workloads/);
  cpSync(join(root, "examples/wordcount/wordcount.wasm"), join(folder, "wordcount.wasm"));
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  const args = [
    "profile",
    "wordcount.wasm",
    "--dir",
    ".",
    "-o",
    "out.folded",
    "-o",
    "out.html",
    "--",
    "LICENSE",
  ];
  const { stdout, stderr } = run(process.execPath, [bin, ...args]);
  const size = statSync(join(folder, "LICENSE")).size;
  assert.ok(stdout.startsWith(`${size} bytes, `), stdout);
  assert.match(stderr, /WordCount::split\(\)/);
  const folded = readFileSync(join(folder, "out.folded"), "utf8");
  assert.match(readFileSync(join(folder, "out.html"), "utf8"), /<script>.+<\/script>/);
  assert.ok(/;main;.*WordCount::split\(\) \d+$/m.test(folded), "no stack of WordCount::split()");
}

/** Imports every entry, and calls one function of each of the larger ones in code that the compiler checks. */
function useLibrary() {
  const entries = Object.keys(exports).filter((entry) => entry !== "./package.json");
  const specifiers = entries.map((entry) => join(name, entry).replaceAll("\\", "/"));
  const imports = specifiers.map((specifier, nth) => [
    `import * as entry${nth} from "${specifier}";`,
    `if (Object.keys(entry${nth}).length === 0) throw new Error("${specifier} exports nothing");`,
  ]);
  writeFileSync(
    join(folder, "consumer.ts"),
    `${imports.flat().join("\n")}
import { readFileSync } from "node:fs";
import { instrument, readCounts } from "${name}/instrument";
import { formats, type Profile } from "${name}/profile";
import { decodeModule } from "${name}/wasm";

const bytes: Uint8Array = readFileSync("wordcount.wasm");
const functions: number = decodeModule(bytes).functions.length;
const { bytes: counting } = instrument(bytes, { mode: "calls" });
const writers: ((profile: Profile) => Uint8Array)[] = formats.map(({ write }) => write);
// @ts-expect-error A mode that does not exist is an error: the types are there.
const wrong = (): unknown => readCounts(bytes, "time", new Float64Array());
console.log(functions > 0, counting.length > bytes.length, writers.length > 0, typeof wrong);
`,
  );
  const options = {
    target: "es2022",
    module: "nodenext",
    strict: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    noEmitOnError: true,
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, files: ["consumer.ts"] }),
  );
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
  const { stdout } = run(process.execPath, ["consumer.js"]);
  assert.equal(stdout, "true true true function\n");
  return specifiers;
}

try {
  const { files, size } = install();
  useCommand();
  const specifiers = useLibrary();
  console.log(
    `${name} ${version}: ${files} files, ${size} bytes packed; installed, run, imported:`,
  );
  console.log(`  ${specifiers.join(", ")}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
