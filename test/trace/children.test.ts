import assert from "node:assert/strict";
import { test } from "node:test";
import { whyNotEbpf } from "../../src/trace/index.ts";
import { KernelRefusal } from "../../src/trace/ebpf/kernel.ts";
import { traceRun } from "../../src/trace/trace-run.ts";
import { missing } from "../skip.ts";

const why = whyNotEbpf();
const skip = why === undefined ? {} : missing(why);
const nothing = { entries: [], starts: [], guests: [], stepped: [] };
const execve = 59;

test("follows processes from their first system call on", skip, async () => {
  const target = { path: "/bin/sh", places: nothing, returnsErrno: false };
  const script = "/bin/true; /bin/sh -c '/bin/true; :'; :";
  const command = { file: "/bin/sh", args: ["-c", script] };
  const { code, marks, syscalls } = await traceRun(command, target, { names: [] });
  assert.equal(code, 0);
  assert.ok(marks.exec! < marks.exit!);
  // The shell itself, two of its children, and one of a child's.
  const execs = syscalls.filter(({ number }) => number === execve);
  assert.deepEqual(
    execs.map(({ func, calls, errors }) => [func, calls, errors]),
    [[0, 4, 0]],
  );
});

test("says which place cannot be probed", skip, async () => {
  const places = { ...nothing, entries: [{ name: "fd_write", offset: 1 << 30 }] };
  const target = { path: "/bin/sh", places, returnsErrno: false };
  const tried = traceRun({ file: "/bin/true", args: [] }, target, { names: ["fd_write"] });
  await assert.rejects(tried, (error) => {
    assert.ok(error instanceof KernelRefusal);
    assert.match(error.message, /cannot attach to fd_write \(at 0x40000000 of \/bin\/sh\): E/);
    return true;
  });
});
