// What the recipes of real programs share: the cache folder, child processes, and the registries' ordinary clients.
// Every step leaves a mark when it is done, so a second run does only what is missing.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(root, ".cache/real");
export const committed = join(root, "test/real/inputs");

/** Says why a program cannot be had on this machine: a skip, not a failure of the script. */
export class Unavailable extends Error {}

/** Runs a command and returns its output; a missing command or a failing one throws Unavailable with the last lines. */
export function run(command, args, options = {}) {
  const child = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
    env: { ...process.env, ...options.env },
  });
  if (child.error) throw new Unavailable(`${command}: ${child.error.message}`);
  if (child.status === 0) return child.stdout;
  const lines = `${child.stdout}\n${child.stderr}`.split("\n").filter((line) => line.trim());
  const telling =
    lines.find((line) => /\b(error:|No matching)/i.test(line)) ?? lines.at(-1) ?? "no output";
  throw new Unavailable(
    `${command} ${args[0] ?? ""} exits with ${child.status}: ${telling.trim()}`,
  );
}

/** Runs a WASI command under this Node while programs are prepared (one program's output is another's input). */
export function runWasi(file, args, preopens) {
  const script = `
    require("node:v8").setFlagsFromString("--no-turbo-fast-api-calls");
    const { WASI } = require("node:wasi");
    const [file, args, preopens] = JSON.parse(process.argv[1]);
    const wasi = new WASI({ version: "preview1", args, preopens, returnOnExit: true });
    const module = new WebAssembly.Module(require("node:fs").readFileSync(file));
    process.exitCode = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));`;
  run(process.execPath, ["--no-warnings", "-e", script, JSON.stringify([file, args, preopens])]);
}

/** Names a path under the cache the way the manifest writes it. */
export const inCache = (path) => relative(cache, path).replaceAll("\\", "/");

/** Makes `.cache/real/<...parts>` once: `make` fills the folder; a half-filled one is thrown away next time. */
export function once(parts, make) {
  const folder = join(cache, ...parts);
  const mark = `${folder}.done`;
  if (existsSync(mark) && existsSync(folder)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  make(folder);
  writeFileSync(mark, "");
  return folder;
}

/** Copies one file of a recipe to `.cache/real/bin/`, where the manifest's modules lie, and returns its place. */
export function keep(name, from) {
  const to = join(cache, "bin", `${name}.wasm`);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  return to;
}

const slug = (text) => text.replaceAll(/[^\w.@-]+/g, "+");

/** Installs npm packages (exact versions, no scripts) into their own folder and returns its node_modules. */
export function npm(...specs) {
  const folder = once(["npm", slug(specs.join(","))], (to) => {
    writeFileSync(join(to, "package.json"), '{ "private": true }\n');
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--force", "--legacy-peer-deps"];
    run("npm", ["install", ...flags, ...specs], { cwd: to, shell: process.platform === "win32" });
  });
  return join(folder, "node_modules");
}

/** Installs one wheel without its dependencies and returns the folder that holds its packages. */
export function pip(spec) {
  return once(["pip", slug(spec)], (to) => {
    const flags = ["--quiet", "--no-deps", "--disable-pip-version-check", "--target", to];
    run("python3", ["-m", "pip", "install", ...flags, spec]);
  });
}

/** Builds one Go command of a module for WASI and returns the module's path; `go` keeps its own download cache. */
export function goInstall(spec) {
  const name = /([^/@]+)(\/v\d+)?@/.exec(spec)?.[1] ?? spec;
  const folder = once(["go", slug(spec)], (to) => {
    run("go", ["install", spec], {
      env: {
        GOOS: "wasip1",
        GOARCH: "wasm",
        GOBIN: "",
        GOMODCACHE: run("go", ["env", "GOMODCACHE"]).trim(),
        GOPATH: to,
        GOFLAGS: "-modcacherw",
      },
    });
  });
  return join(folder, "bin/wasip1_wasm", name);
}

/** Adds Rust's standard library for WASI to the active toolchain, or says why there is none. */
function rustTarget() {
  const libraries = join(run("rustc", ["--print", "sysroot"]).trim(), "lib/rustlib");
  if (!existsSync(join(libraries, "wasm32-wasip1")))
    run("rustup", ["target", "add", "wasm32-wasip1"]);
  return "wasm32-wasip1";
}

/**
 * Builds a crate's command for WASI and returns the module's path. Names and lines stay in the module whatever the
 * crate's own profile strips, and link-time optimisation is off because it doubles the build.
 */
export function cargoInstall(spec, command, ...flags) {
  const folder = once(["cargo", slug(spec)], (to) => {
    const target = ["--target", rustTarget(), "--root", to];
    run("cargo", ["install", "--locked", "--quiet", ...target, ...flags, spec], {
      env: {
        CARGO_TARGET_DIR: join(cache, "cargo-target"),
        CARGO_PROFILE_RELEASE_STRIP: "none",
        CARGO_PROFILE_RELEASE_LTO: "false",
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
        CARGO_PROFILE_RELEASE_DEBUG: "line-tables-only",
      },
    });
  });
  return join(folder, "bin", `${command}.wasm`);
}

/** Downloads a crate's sources through cargo and returns their folder (in cargo's own cache). */
export function crateSources(name, version) {
  const folder = once(["crates", `${name}-${version}`], (to) => {
    const manifest = `[package]\nname = "sources"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n${name} = "=${version}"\n[workspace]\n`;
    writeFileSync(join(to, "Cargo.toml"), manifest);
    writeFileSync(join(to, "lib.rs"), "");
  });
  const metadata = JSON.parse(
    run("cargo", [
      "metadata",
      "--format-version",
      "1",
      "--manifest-path",
      join(folder, "Cargo.toml"),
    ]),
  );
  const found = metadata.packages.find((entry) => entry.name === name && entry.version === version);
  return dirname(found.manifest_path);
}
