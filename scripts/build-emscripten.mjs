// Builds workloads/src/io.c by Emscripten with NODEFS: `node scripts/build-emscripten.mjs [--check]`.
//   (nothing)  writes workloads/emscripten/io.cjs and io.wasm
//   --check    compares them with what the source gives; without the exact toolchain it says so
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "workloads/emscripten");
/** Debian 12's. */
const version = "3.1.6~dfsg-5";
const licence = "/* Emscripten's library, MIT and NCSA licences: https://emscripten.org */\n";
const flags = [
  "-O2",
  "-lnodefs.js",
  "-sENVIRONMENT=node",
  "-sEXIT_RUNTIME=1",
  "-sALLOW_MEMORY_GROWTH=1",
];

function packageVersion() {
  const { stdout, status } = spawnSync("dpkg-query", ["-W", "-f=${Version}", "emscripten"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout : undefined;
}

/** Gives the files' contents. The glue is made small by esbuild, which keeps what it does. */
function build() {
  const work = mkdtempSync(join(tmpdir(), "emscripten-"));
  try {
    // The names of sources stand in what is built.
    for (const name of ["io.c", "bare.h"])
      copyFileSync(join(root, "workloads/src", name), join(work, name));
    copyFileSync(join(folder, "before.js"), join(work, "before.js"));
    const args = [...flags, "--pre-js", "before.js", "-o", "io.js", "io.c"];
    // Where Debian puts what Emscripten needs: another Node than its own does not look there.
    const env = { ...process.env, NODE_PATH: "/usr/share/nodejs" };
    const { status, stderr } = spawnSync("emcc", args, { cwd: work, encoding: "utf8", env });
    if (status !== 0) throw new Error(`emcc: ${stderr}`);
    const { code } = transformSync(readFileSync(join(work, "io.js"), "utf8"), {
      minify: true,
      platform: "node",
      target: "node20",
    });
    return {
      "io.cjs": Buffer.from(licence + code),
      "io.wasm": readFileSync(join(work, "io.wasm")),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const found = packageVersion();
if (found !== version) {
  const how = `apt-get install emscripten=${version}`;
  console.log(
    `skipped: needs emscripten ${version}, found ${found ?? "none"}; on Debian 12: ${how}`,
  );
  process.exitCode = process.argv.includes("--check") ? 0 : 1;
} else {
  for (const [name, bytes] of Object.entries(build())) {
    const path = join(folder, name);
    if (!process.argv.includes("--check")) {
      writeFileSync(path, bytes);
      console.log(`${name}: ${bytes.length} bytes`);
    } else if (!bytes.equals(readFileSync(path))) {
      console.error(`workloads/emscripten/${name} is not what the sources give`);
      process.exitCode = 1;
    }
  }
}
