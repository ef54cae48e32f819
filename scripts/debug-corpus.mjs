// Builds the modules with debugging data that test/lines compares with llvm-symbolizer, from test/lines/sources into
// .cache/debug: each language, version of DWARF and level of optimisation. What has no compiler here is a row with the
// reason. Usage: node scripts/debug-corpus.mjs
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "test/lines/sources");
const cache = join(root, ".cache/debug");
const llvm = "/usr/lib/llvm-16";
const wasi = "--target=wasm32-wasi";
const headers = `${llvm}/include/wasm32-wasi/c++/v1`;
const cxx = ["-nostdinc++", "-isystem", headers, "-std=c++17", "-fno-exceptions"];

/** Runs a compiler; throws the reason why it gave nothing. */
function run(command, ...args) {
  const child = spawnSync(command, args, { encoding: "utf8" });
  if (child.error) throw new Error(`${command} is not here`);
  if (child.status === 0) return;
  const lines = child.stderr.split("\n");
  const telling = lines.find((line) => /\berror\b/i.test(line)) ?? lines[0];
  throw new Error(`${command} exits with ${child.status}: ${telling.trim()}`);
}

/** Compiles and links in two steps: in one, clang would run the distribution's wasm-opt. */
function clang(source, ...flags) {
  return (to) => {
    const plus = source.endsWith(".cc");
    const command = plus ? "clang++-16" : "clang-16";
    const object = `${to}.o`;
    run(command, wasi, ...flags, ...(plus ? cxx : []), "-c", join(sources, source), "-o", object);
    run(command, wasi, object, `-L${llvm}/lib/wasm32-wasi`, "-o", to);
  };
}

function rustc(...flags) {
  const common = ["--edition", "2021", "--target", "wasm32-wasip1", "-g"];
  return (to) => run("rustc", ...common, ...flags, join(sources, "sample.rs"), "-o", to);
}

const recipes = {};
for (const version of [4, 5]) {
  for (const level of [0, 2]) {
    const name = `o${level}-dwarf${version}`;
    const flags = [`-gdwarf-${version}`, `-O${level}`];
    recipes[`c-${name}`] = clang("sample.c", ...flags);
    recipes[`cxx-${name}`] = clang("sample.cc", ...flags);
    // Rust 1.88 is the first that has a stable name for this.
    recipes[`rust-${name}`] = rustc("-C", `opt-level=${level}`, "-C", `dwarf-version=${version}`);
  }
}
recipes["cxx-type-units"] = clang("sample.cc", "-gdwarf-4", "-O2", "-fdebug-types-section");
recipes["c-lines-only"] = clang("sample.c", "-gline-tables-only", "-O2");

/** Compilers that no registry has: what another project tests with, from its module of Go. */
const wazero = {
  module: "github.com/tetratelabs/wazero@v1.9.0",
  folder: "internal/testing/dwarftestdata/testdata",
};

function fromWazero(language) {
  return (to) => {
    const { GO111MODULE: _, ...env } = process.env;
    const child = spawnSync("go", ["mod", "download", "-json", wazero.module], {
      encoding: "utf8",
      cwd: cache,
      env,
    });
    if (child.error) throw new Error("go is not here");
    if (child.status !== 0)
      throw new Error(`go mod download exits with ${child.status}: ${child.stdout}`);
    copyFileSync(join(JSON.parse(child.stdout).Dir, wazero.folder, language, "main.wasm"), to);
    chmodSync(to, 0o644);
  };
}
for (const language of ["tinygo", "zig", "zig-cc"]) recipes[language] = fromWazero(language);

mkdirSync(cache, { recursive: true });
const rows = Object.entries(recipes).map(([name, build]) => {
  const file = join(cache, `${name}.wasm`);
  try {
    if (!existsSync(file)) build(file);
    return { name };
  } catch (error) {
    return { name, reason: error.message };
  }
});
writeFileSync(join(cache, "manifest.json"), `${JSON.stringify(rows, null, 2)}\n`);
for (const { name, reason } of rows) if (reason) console.log(`${name}: ${reason}`);
const built = rows.filter(({ reason }) => !reason).length;
console.log(`.cache/debug: ${built} of ${rows.length} modules with debugging data`);
