// Compiles the kernel's side of the WASI analysis: `node scripts/build-ebpf.mjs [OUT]`; without OUT into the place
// where it is committed. Ends with 2 where there is no clang 16.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../hosts/ebpf/", import.meta.url));
const { status, error, stderr } = spawnSync(
  "clang-16",
  [
    "-target",
    "bpf",
    "-mcpu=v3",
    "-O2",
    "-Wall",
    "-Werror",
    "-fno-ident",
    "-I",
    "/usr/include/x86_64-linux-gnu",
    "-c",
    "wasi.bpf.c",
    "-o",
    process.argv[2] ?? "wasi.bpf.o",
  ],
  { cwd: folder, encoding: "utf8" },
);
if (error !== undefined) {
  console.error("clang-16 is not on the path: apt-get install clang-16 linux-libc-dev");
  process.exit(2);
}
process.stderr.write(stderr);
process.exit(status ?? 1);
