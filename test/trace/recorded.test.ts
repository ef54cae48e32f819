import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findFindings } from "../../src/trace/index.ts";
import type { LoadObservation, ObservedFunction, ObservedSyscall } from "../../src/trace/index.ts";
import { root } from "../root.ts";

function syscalls(text: string): ObservedSyscall[] {
  if (text === "-") return [];
  return text.split(",").map((one) => {
    const [name, count, bytes, timeNs] = one.split(":");
    return {
      name: name!,
      count: Number(count),
      bytes: Number(bytes),
      timeNs: Number(timeNs),
      errors: 0,
    };
  });
}

/** Reads runs of which each line has a function. */
function recorded(): LoadObservation[] {
  const lines = readFileSync(join(root, "test/trace/recorded.txt"), "utf8").trim().split("\n");
  const runs = new Map<string, LoadObservation & { functions: ObservedFunction[] }>();
  for (const line of lines.slice(1)) {
    const [load, size, runtime, name, calls, timeNs, p50Ns, threadHops, own, others] =
      line.split(" ");
    const key = `${load} ${size} ${runtime}`;
    const functions: ObservedFunction[] = runs.get(key)?.functions ?? [];
    const inside = syscalls(own!);
    functions.push({
      name: name!,
      calls: Number(calls),
      timeNs: Number(timeNs),
      p50Ns: Number(p50Ns),
      threadHops: Number(threadHops),
      syscallNs: inside.reduce((sum, one) => sum + one.timeNs, 0),
      syscalls: inside,
      helperSyscalls: syscalls(others!),
    });
    const about = { runtime: runtime!, version: "1", tier: "default", way: "ebpf" as const };
    runs.set(key, {
      load: load!,
      size: Number(size),
      functions,
      observation: { ...about, functions, outside: [], notes: [] },
      ...(load === "sleeps" ? { sleepNs: 2_000_000 } : {}),
    });
  }
  return [...runs.values()];
}

test("finds in recorded runs what their stacks have shown", () => {
  const found = findFindings(recorded()).map(
    ({ runtime, function: name, kind }) => `${runtime} ${name} ${kind}`,
  );
  assert.deepEqual([...new Set(found)].toSorted(), [
    "node fd_fdstat_get extra-syscalls",
    "node fd_readdir extra-syscalls",
    "node fd_readdir growth",
    "node path_open extra-syscalls",
    "node poll_oneoff extra-syscalls",
    "wasmtime fd_read more-calls",
    "wasmtime fd_read thread-hops",
    "wasmtime fd_readdir growth",
    "wasmtime fd_readdir thread-hops",
    "wasmtime fd_write more-calls",
    "wasmtime fd_write thread-hops",
    "wasmtime path_open thread-hops",
    "wasmtime poll_oneoff extra-syscalls",
    "wasmtime-cli fd_read more-calls",
    "wasmtime-cli fd_readdir extra-syscalls",
    "wasmtime-cli fd_readdir growth",
    "wasmtime-cli fd_write more-calls",
    "wasmtime-cli path_open extra-syscalls",
    "wazero fd_fdstat_get extra-syscalls",
    "wazero fd_read small-pieces",
    "wazero fd_readdir extra-syscalls",
    "wazero fd_write small-pieces",
    "wazero path_open extra-syscalls",
    "wazero poll_oneoff extra-syscalls",
  ]);
});
