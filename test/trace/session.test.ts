import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "node:test";
import { packageFile } from "../../src/sys/index.ts";
import { catalogue } from "../../src/trace/catalogue.ts";
import { EbpfSession } from "../../src/trace/ebpf/session.ts";
import { Elf } from "../../src/trace/elf.ts";
import { findFunctions } from "../../src/trace/find-functions.ts";
import { whyNotEbpf } from "../../src/trace/index.ts";
import { marksIn } from "../../src/trace/marks.ts";
import { missing } from "../skip.ts";

const writes = 2000;
const runner = `
  require("node:v8").setFlagsFromString("--no-turbo-fast-api-calls");
  const { WASI } = require("node:wasi");
  const [module, folder] = process.argv.slice(1);
  const wasi = new WASI({ version: "preview1", args: ["io", "writes", "${writes}", "16"], preopens: { ".": folder } });
  const bytes = require("node:fs").readFileSync(module);
  wasi.start(new WebAssembly.Instance(new WebAssembly.Module(bytes), wasi.getImportObject()));
`;
const functions = ["fd_write", "fd_close", "path_open", "fd_seek", "args_get"];

const why = whyNotEbpf();
const skip = why === undefined ? {} : missing(why);

/** Starts a command that waits, stopped, before it begins. */
async function startStopped(command: readonly string[]): Promise<ReturnType<typeof spawn>> {
  const stop = 'kill -STOP $$; exec "$@"';
  const child = spawn("/bin/sh", ["-c", stop, "sh", ...command], { stdio: "ignore" });
  while (!/\) T/.test(readFileSync(`/proc/${child.pid}/stat`, "utf8"))) await sleep(2);
  return child;
}

describe("watching WASI functions from the kernel", skip, () => {
  test("counts every call and the system calls inside it", async () => {
    const fd = openSync(process.execPath, "r");
    const elf = new Elf((offset, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
    });
    const row = catalogue.find(({ runtime }) => runtime === "node")!;
    const places = findFunctions(elf, row, (name) => functions.includes(name));
    closeSync(fd);
    assert.ok(places !== undefined, "this Node has its symbols");
    const folder = mkdtempSync(join(tmpdir(), "trace-"));
    const module = packageFile("workloads/io.wasm");
    const child = await startStopped([
      process.execPath,
      "--no-warnings",
      "-e",
      runner,
      module,
      folder,
    ]);
    const session = new EbpfSession(readFileSync(packageFile("hosts/ebpf/wasi.bpf.o")), {
      pid: child.pid!,
      path: process.execPath,
      places,
      marks: marksIn(process.execPath, "node", places),
      numberOf: (name) => functions.indexOf(name) + 1,
    });
    try {
      process.kill(child.pid!, "SIGCONT");
      await new Promise((resolve) => child.once("exit", resolve));
      const calls = new Map(session.functions().map((total) => [functions[total.func - 1], total]));
      // One more for what the program prints.
      const written = calls.get("fd_write")!;
      assert.equal(written.calls, writes + 1);
      assert.equal(written.syscalls, writes + 1);
      assert.ok(written.syscallNs > 0 && written.syscallNs < written.ns);
      assert.equal(
        written.histogram.reduce((sum, count) => sum + count, 0),
        writes + 1,
      );
      const inside = session.syscalls().filter(({ func, helper }) => func === 1 && !helper);
      assert.deepEqual(
        inside.map(({ number, calls: count }) => [number, count]),
        [[1, writes + 1]],
      );
      const { exec, guest, firstCall, lastCall, guestEnd, exit } = session.marks();
      const moments = [exec!, guest!, firstCall!, lastCall!, guestEnd!, exit!];
      assert.deepEqual(
        moments,
        moments.toSorted((a, b) => a - b),
      );
    } finally {
      session.close();
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("the committed programs are those that their sources make", (t) => {
  const made = mkdtempSync(join(tmpdir(), "wasmscope-ebpf-"));
  try {
    const { status, error } = spawnSync(process.execPath, [
      packageFile("scripts/build-ebpf.mjs"),
      made,
    ]);
    if (error !== undefined || status === 2)
      return t.skip(missing("clang-16: apt-get install clang-16 lld-16").skip);
    assert.equal(status, 0);
    for (const file of ["wasi.bpf.o", "calls.wasm"]) {
      const committed = readFileSync(packageFile(`hosts/ebpf/${file}`));
      assert.ok(readFileSync(join(made, file)).equals(committed), file);
    }
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
});
