// Builds the workloads from their sources: `node scripts/build-workloads.mjs [--check | --bless [--sizes SIZE,...]] [NAME...]`.
//   (nothing)  compiles every row of workloads/manifest.json into its file
//   --check    compiles into a temporary folder and compares the bytes; without the exact toolchain it says so
//   --bless    runs the built files and writes the sha256 of what they print into the manifest: at all sizes but
//              extralarge (minutes each), or at those named by --sizes (`npx tsc -p tsconfig.test.json` before:
//              inputs are made by what it compiles)
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { compiled } from "./compiled.mjs";
import { formatManifest } from "./manifest-format.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifestFile = join(root, "workloads/manifest.json");
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
const { "clang-16": clangVersion, "wasm-ld-16": linkerVersion, packages } = manifest.toolchain;
const installCommand = `apt-get install ${Object.entries(packages)
  .map(([name, version]) => `${name}=${version}`)
  .join(" ")}`;

function firstLine(command, args) {
  const { stdout, status } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout.split("\n", 1)[0] : undefined;
}

/** Says why this machine cannot give the same bytes, or nothing when it can. */
function toolchainProblem() {
  if (!firstLine("clang-16", ["--version"])?.startsWith(clangVersion))
    return `needs ${clangVersion}`;
  if (!firstLine("wasm-ld-16", ["--version"])?.startsWith(linkerVersion))
    return `needs ${linkerVersion}`;
  for (const [name, version] of Object.entries(packages)) {
    const found = firstLine("dpkg-query", ["-W", "-f=${Version}\n", name]);
    if (found !== version) return `needs ${name} ${version}, found ${found ?? "none"}`;
  }
  return undefined;
}

/**
 * Compiles and links in two steps: given optimisation flags while linking, Debian's clang runs its wasm-opt, which
 * drops the name section. `--strip-debug` takes away the C library's DWARF and leaves the names; rows that keep their
 * own DWARF link no library.
 */
async function compile(row, folder) {
  const object = join(folder, `${row.name}.o`);
  const output = join(folder, `${row.name}.wasm`);
  const driver = row.language === "c++" ? "clang++-16" : "clang-16";
  const target = "--target=wasm32-wasi";
  const run = (args) => promisify(execFile)(driver, args, { cwd: root });
  await run([target, ...row.flags, "-Wall", "-Wextra", "-Werror", "-c", row.source, "-o", object]);
  await run([target, object, ...(row.link ?? ["-Wl,--strip-debug"]), "-o", output]);
  return readFileSync(output);
}

/** Compiles on all cores; gives pairs of a row and its bytes, in order. */
async function compileAll(all, folder) {
  const results = new Map();
  const left = [...all];
  const work = async () => {
    for (let row = left.shift(); row !== undefined; row = left.shift())
      results.set(row, await compile(row, folder));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return all.map((row) => [row, results.get(row)]);
}

function sha256OfOutput(row, { args, stdin }, inputFile) {
  const work = mkdtempSync(join(tmpdir(), "workload-"));
  const job = {
    file: join(root, row.file),
    name: row.name,
    args,
    dirs: row.dirs.map(([host, guest]) => [host === "work" ? work : host, guest]),
    resultFd: 3,
  };
  const { stdout, status } = spawnSync(
    process.execPath,
    ["--no-warnings", "--no-liftoff", join(root, "scripts/bench-guest.mjs"), JSON.stringify(job)],
    {
      cwd: root,
      input: stdin === undefined ? "" : readFileSync(inputFile(stdin)),
      stdio: ["pipe", "pipe", "inherit", "pipe"],
      maxBuffer: 1 << 28,
    },
  );
  rmSync(work, { recursive: true, force: true });
  if (status !== 0) throw new Error(`${row.name}: exit code ${status}`);
  return createHash("sha256").update(stdout).digest("hex");
}

async function bless(sizes) {
  const { inputFile } = await compiled("bench/inputs/index");
  for (const row of rows.filter((each) => each.sizes !== undefined)) {
    for (const [name, size] of Object.entries(row.sizes)) {
      if (sizes.includes(name)) size.stdoutSha256 = sha256OfOutput(row, size, inputFile);
    }
  }
  writeFileSync(manifestFile, formatManifest(manifest));
  console.log(`blessed the output of ${rows.length} workloads at ${sizes.join(", ")}`);
}

const { values, positionals: names } = parseArgs({
  options: { check: { type: "boolean" }, bless: { type: "boolean" }, sizes: { type: "string" } },
  allowPositionals: true,
});
const listed = [...manifest.workloads, ...manifest.withDebugData];
const rows = listed.filter((row) => names.length === 0 || names.includes(row.name));
// Several rows may run one module with other arguments.
const modules = [...new Map(rows.map((row) => [row.file, row])).values()];
const folder = mkdtempSync(join(tmpdir(), "workloads-"));
try {
  if (values.bless) {
    await bless((values.sizes ?? "mini,small,medium,large").split(","));
  } else if (values.check) {
    const problem = toolchainProblem();
    if (problem !== undefined) {
      console.log(
        `skipped: the exact toolchain is not here (${problem}); on Debian 12: ${installCommand}`,
      );
    } else {
      const built = await compileAll(modules, folder);
      const stale = built
        .filter(([row, bytes]) => !bytes.equals(readFileSync(join(root, row.file))))
        .map(([row]) => row);
      for (const row of stale) console.error(`${row.file} is not what ${row.source} gives`);
      if (stale.length === 0) console.log(`${modules.length} modules are what their sources give`);
      process.exitCode = stale.length === 0 ? 0 : 1;
    }
  } else {
    for (const [row, bytes] of await compileAll(modules, folder)) {
      mkdirSync(dirname(join(root, row.file)), { recursive: true });
      writeFileSync(join(root, row.file), bytes);
      console.log(`${row.file}: ${bytes.length} bytes`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
