// Compares with the compilers' own tools over all names of the libraries that are on this machine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { demangle } from "../../src/symbols/index.ts";
import { missing } from "../skip.ts";

const maxBuffer = 1 << 30;

function run(command: string, args: readonly string[], input?: string): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", input, maxBuffer });
  return status === 0 ? stdout : undefined;
}

function symbolsOf(files: readonly string[], args: readonly string[], pattern: RegExp): string[] {
  const listed = spawnSync("llvm-nm-16", [...args, "-j", ...files], {
    encoding: "utf8",
    maxBuffer,
  });
  const names = listed.stdout.split("\n").map((line) => line.replace(/@.*$/, ""));
  return [...new Set(names.filter((name) => pattern.test(name)))];
}

/** Names for which llvm-cxxfilt-16 is wrong or gives up, and this package, like c++filt, does not. */
const better = [
  // Clones for transactional memory are unknown to it.
  /^_ZGT[tn]/,
  // Constructors of tagged classes lose their name: `failure[abi:cxx11]::(char const*)`.
  /B5cxx11[CD][0-5]/,
  // A scope inside `std` in an expression is unknown to it.
  /XsrSt/,
];

const lib = "/usr/lib/x86_64-linux-gnu";
const libraries = [
  {
    name: "libc++ for wasm32",
    files: ["libc++.a", "libc++abi.a"].map((file) => `/usr/lib/wasm32-wasi/${file}`),
    args: [],
    mend: "apt-get install libc++-16-dev-wasm32 libc++abi-16-dev-wasm32",
  },
  {
    name: "libstdc++",
    files: [`${lib}/libstdc++.so.6`],
    args: ["-D"],
    mend: "apt-get install libstdc++6",
  },
  {
    name: "LLVM",
    files: [`${lib}/libLLVM-16.so.1`],
    args: ["-D"],
    mend: "apt-get install libllvm16",
  },
];

const noTools =
  run("llvm-cxxfilt-16", ["--version"]) === undefined
    ? "no llvm-cxxfilt-16: apt-get install llvm-16"
    : undefined;

for (const { name, files, args, mend } of libraries) {
  const lacking = files.every(existsSync) ? noTools : `no ${name}: ${mend}`;
  const options = lacking === undefined ? {} : missing(lacking);
  test(`demangles ${name} as llvm-cxxfilt does`, options, () => {
    const names = symbolsOf(files, args, /^_Z/).filter(
      (mangled) => !better.some((pattern) => pattern.test(mangled)),
    );
    assert.ok(names.length > 1000, `${names.length} names`);
    const expected = run("llvm-cxxfilt-16", [], `${names.join("\n")}\n`)?.split("\n") ?? [];
    const different = names.filter((mangled, at) => demangle(mangled) !== expected[at]);
    assert.ok(different.length <= names.length / 1000, different.slice(0, 5).join("\n"));
  });
}

function rustLibraries(): string[] {
  const folder = join(run("rustc", ["--print", "sysroot"])?.trim() ?? "/", "lib");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^(?:librustc_driver|libstd)-.*\.so$/.test(file))
    .map((file) => join(folder, file));
}

const noRustfilt =
  run("rustfilt", [], "") === undefined ? "no rustfilt: cargo install rustfilt" : undefined;
const rustFiles = rustLibraries();
const noRust = rustFiles.length === 0 ? "no rustc: apt-get install rustc" : noRustfilt;

test(
  "demangles the Rust compiler as rustc-demangle does",
  noRust === undefined ? {} : missing(noRust),
  () => {
    const listed = rustFiles.flatMap((file) => run("nm", ["-j", file])?.split("\n") ?? []);
    const names = [...new Set(listed.filter((name) => /^_R|^_ZN.*17h[0-9a-f]{16}E/.test(name)))];
    assert.ok(names.length > 1000, `${names.length} names`);
    const expected = run("rustfilt", [], `${names.join("\n")}\n`)?.split("\n") ?? [];
    const different = names.filter((mangled, at) => demangle(mangled) !== expected[at]);
    assert.deepEqual(different.slice(0, 5), []);
  },
);
