// Compiles the kernel's side of the WASI analysis, and the guest that it is calibrated with: `node scripts/build-ebpf.mjs
// [FOLDER]`; without FOLDER to where they are committed. Ends with 2 where there is no clang 16.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../hosts/ebpf/", import.meta.url));
const folder = process.argv[2] ?? source;

function run(program, args) {
  const { status, error, stderr } = spawnSync(program, args, { cwd: source, encoding: "utf8" });
  if (error !== undefined) {
    console.error(`${program} is not on the path: apt-get install clang-16 lld-16 linux-libc-dev`);
    process.exit(2);
  }
  process.stderr.write(stderr);
  if (status !== 0) process.exit(1);
}

function compile(target, file, output) {
  const headers = ["-I", "/usr/include/x86_64-linux-gnu"];
  const all = ["-target", ...target, "-O2", "-Wall", "-Werror", "-fno-ident", ...headers];
  run("clang-16", [...all, "-c", file, "-o", output]);
}

const temporary = mkdtempSync(join(tmpdir(), "wasmscope-ebpf-"));
try {
  compile(["bpf", "-mcpu=v3"], "wasi.bpf.c", join(folder, "wasi.bpf.o"));
  const object = join(temporary, "calls.o");
  compile(["wasm32", "-fno-builtin", "-ffreestanding"], "calls.c", object);
  run("wasm-ld-16", ["--strip-debug", object, "-o", join(folder, "calls.wasm")]);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
