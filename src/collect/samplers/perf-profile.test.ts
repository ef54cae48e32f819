import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePerfScript } from "../../profile/index.ts";
import { PerfSamples } from "./perf-profile.ts";

const text = `wasmtime  8824 15184.620473:    1001001 cpu-clock:u: 
\t           e2bc _dl_relocate_object+0x69c (/usr/lib/ld-linux-x86-64.so.2)

tokio worker  8824/8830 [001] 15184.700001:    1001001 cpu-clock:u: 
\t    7f2b6b8a9083 complex+0x23 (/tmp/perf-8824.map)
\t    7f2b6b8a91c7 main+0xa7 (/tmp/perf-8824.map)
\t    7f2b6b8b404f wasm[0]::array_to_wasm_trampoline[64]+0x47 (/tmp/perf-8824.map)
\t         15e3193 wasmtime::catch_traps::<Host, {closure#0} (x)>+0xf3 (/usr/bin/wasmtime)

wasmtime  8824 15184.710001:          7 cycles: 
\t          1cb8a0 [unknown] ([unknown])
\t          15e319 wasi_common::snapshots::preview_1::fd_write+0x1 (/usr/bin/wasmtime)
\t    7f2b6b8b5000 wasm_to_array_trampoline[3]+0x47 (/tmp/perf-8824.map)
\t    7f2b6b8a91c7 std::vec<int, (a b)>::push(int)+0xa7 (/tmp/perf-8824.map)
\t    7f2b6b8a91c7 main+0xa7 (/tmp/perf-8824.map)
`;

test("reads what perf script prints", () => {
  const samples = [...parsePerfScript(text.split("\n"))];
  assert.deepEqual(
    samples.map(({ command, pid, period, event, frames }) => [
      command,
      pid,
      period,
      event,
      frames.length,
    ]),
    [
      ["wasmtime", 8824, 1_001_001, "cpu-clock:u", 1],
      ["tokio worker", 8824, 1_001_001, "cpu-clock:u", 4],
      ["wasmtime", 8824, 7, "cycles", 5],
    ],
  );
  const { symbol, file } = samples[1]!.frames[0]!;
  assert.deepEqual([symbol, file], ["complex", "/tmp/perf-8824.map"]);
  assert.equal(samples[1]!.frames[3]!.symbol, "wasmtime::catch_traps::<Host, {closure#0} (x)>");
  assert.equal(samples[2]!.frames[3]!.symbol, "std::vec<int, (a b)>::push(int)");
  assert.deepEqual([...parsePerfScript(["noise", "", "more: noise"])], []);
});

test("keeps the guest's part of perf's samples", () => {
  const samples = new PerfSamples({ name: "a.wasm", sha256: "" }, (name) => [{ name }], 1000);
  const [outside, ...inside] = parsePerfScript(text.split("\n"));
  samples.add(outside!);
  // The process may have written a map that no sample needs.
  assert.deepEqual([...samples.maps], ["/tmp/perf-8824.map"]);
  for (const sample of inside) samples.add(sample);
  assert.deepEqual(
    [samples.count, samples.outside, [...samples.maps]],
    [2, 1, ["/tmp/perf-8824.map"]],
  );
  const { frames, parents, selfValues } = samples.build([]);
  assert.deepEqual(
    frames.map(({ name, host }) => (host ? `${name} of the host` : name)),
    ["main", "complex", "std::vec<int, (a b)>::push(int)", "fd_write of the host"],
  );
  assert.deepEqual([...parents], [-1, 0, 0, 2]);
  // A clock's period is a time; another event stands for the time between two samples.
  assert.deepEqual([...selfValues[1]!], [0, 1_001_001, 0, 1_000_000]);
});
