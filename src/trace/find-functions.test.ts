import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { addressesOf, makeElf } from "../../test/trace/make-elf.ts";
import type { MadeFunction } from "../../test/trace/make-elf.ts";
import { wasiNames } from "./catalogue/row.ts";
import { catalogue, whyNoSymbols } from "./catalogue.ts";
import type { CatalogueRow } from "./catalogue.ts";
import { findDebugFile } from "./debug-file.ts";
import { Elf } from "./elf.ts";
import { findFunctions } from "./find-functions.ts";

const open = (bytes: Uint8Array): Elf =>
  new Elf((offset, length) => bytes.subarray(offset, offset + length));
const push = Uint8Array.of(0x55, 0xc3);
const rowOf = (runtime: string, nth = 0): CatalogueRow =>
  catalogue.filter((row) => row.runtime === runtime)[nth]!;

/** Symbols as they stand in files of these runtimes, and the functions that they are. */
const symbols: readonly (readonly [runtime: string, symbol: string, name: string | undefined])[] = [
  ["node", "uvwasi_fd_write", "fd_write"],
  ["node", "uvwasi_fd_table_insert", undefined],
  ["wasm3", "w_path_open", "path_open"],
  ["wasm2c", "w_sched_yield", "sched_yield"],
  ["wasmer", "w_fd_read", "fd_read"],
  ["wasmer", "_ZN12wasmer_wasix8syscalls4wasi8fd_write8fd_write17h0123456789abcdefE", "fd_write"],
  [
    "wasmi",
    "_ZN11wasi_common9snapshots9preview_1135_$LT$impl$u20$wasi_common..snapshots..preview_1..wasi_snapshot_preview1..WasiSnapshotPreview1$u20$for$u20$wasi_common..ctx..WasiCtx$GT$7fd_seek28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE",
    "fd_seek",
  ],
  [
    "wasmtime",
    "_ZN11wasi_common4wasi22wasi_snapshot_preview114clock_time_get17h0123456789abcdefE",
    "clock_time_get",
  ],
  [
    "wasmtime",
    "_RINvMs9_NtNtCs1_8wasmtime7runtime4funcNtB6_8HostFunc21array_call_trampolineNtNtCs2_14wasmtime_c_api5store17WasmtimeStoreDataNCINvB2_4wrapB1l_NCNvXsG_B6_NCINvNtNtCs3_13wasmtime_wasi2p14sync36add_wasi_snapshot_preview1_to_linkerB1l_NtB2R_9WasiP1CtxNCNvNtB1p_6linker27wasmtime_linker_define_wasi0Eso_0INtB6_8IntoFunc",
    "fd_write",
  ],
  [
    "wasmtime-cli",
    "_RINvMs9_NtNtCs1_8wasmtime7runtime4funcNtB6_8HostFunc21array_call_trampolineNtNtNtCs2_12wasmtime_cli8commands3run4HostNCINvB2_11vmctx_asyncNCINvB2_10wrap_asyncB1l_NCINvNtNtCs3_13wasmtime_wasi2p122wasi_snapshot_preview113add_to_linkerB1l_NtB31_9WasiP1CtxNCNvMs_B1n_NtB1n_10RunCommand18populate_with_wasis_0Es4_0TlxxlE",
    "fd_advise",
  ],
  [
    "wasmtime-cli",
    "_RINvMs9_NtNtCs1_8wasmtime7runtime4funcNtB6_8HostFunc21array_call_trampolineNtNtNtCs2_12wasmtime_cli8commands3run4HostNCINvB2_11vmctx_asyncNCINvB2_10wrap_asyncB1l_NCINvNtNtCs3_13wasmtime_wasi2p013wasi_unstable13add_to_linkerB1l_NtNtB33_2p19WasiP1CtxNCNvMs_B1n_NtB1n_10RunCommand18populate_with_wasi0Es8_0TllE",
    "fd_fdstat_get",
  ],
  ["wamr", "wasi_fd_write", "fd_write"],
  ["wamr", "wasmtime_ssp_fd_write", "fd_write"],
  ["wasmedge", "_ZN8WasmEdge4Host11WasiFdWrite4bodyERKNS_7Runtime12CallingFrameEijjj", "fd_write"],
];

describe("names of WASI functions", () => {
  for (const [runtime, symbol, name] of symbols) {
    test(`${runtime}: ${symbol.slice(0, 40)} is ${name ?? "none"}`, () => {
      const functions = [{ name: symbol, code: push }];
      const rows = catalogue.filter((row) => row.runtime === runtime);
      const found = rows.flatMap((row) => findFunctions(open(makeElf({ functions })), row) ?? []);
      assert.deepEqual(
        found.map(({ entries }) => entries.map((one) => one.name)),
        name === undefined ? [] : [[name]],
      );
    });
  }
});

test("takes the function inside another when both have a name", () => {
  const name = (end: string): string =>
    `_ZN11wasi_common9snapshots9preview_1_WasiSnapshotPreview1$u20$for$u20$wasi_common..ctx..WasiCtx$GT$9path_open${end}17h0123456789abcdefE`;
  const functions = ["", "28_$u7b$$u7b$closure$u7d$$u7d$"].map((end) => ({
    name: name(end),
    code: push,
  }));
  const elf = open(makeElf({ functions }));
  const { entries } = findFunctions(elf, rowOf("wasmi"))!;
  const inner = elf.offsetOf(addressesOf(functions)[1]!)!;
  assert.deepEqual(entries, [{ name: "path_open", offset: inner }]);
});

test("probes entry and return at the same cheap place, and says which are dear", () => {
  const functions: MadeFunction[] = [
    { name: "w_fd_read", code: Uint8Array.of(0x48, 0x8b, 0x07, 0x90, 0xc3) },
    { name: "w_fd_seek", code: Uint8Array.of(0x48, 0x83, 0xec, 0x08, 0x55, 0xc3) },
  ];
  const elf = open(makeElf({ functions }));
  const found = findFunctions(elf, rowOf("wasm3"))!;
  const [read, seek] = addressesOf(functions).map((address) => elf.offsetOf(address)!);
  assert.deepEqual(found.entries, [
    { name: "fd_read", offset: read! + 3 },
    { name: "fd_seek", offset: seek! },
  ]);
  assert.deepEqual(found.starts, found.entries);
  assert.deepEqual(found.stepped, ["fd_seek"]);
  const only = findFunctions(elf, rowOf("wasm3"), (name) => name === "fd_read")!;
  assert.deepEqual(only.stepped, []);
  assert.equal(
    findFunctions(elf, rowOf("wasm3"), (name) => name === "poll_oneoff"),
    undefined,
  );
});

/** A function that refers to others: by calls, or by taking their addresses. */
function refersTo(from: number, opcode: readonly number[], targets: readonly number[]): Uint8Array {
  const code = new Uint8Array(targets.length * (opcode.length + 4) + 4);
  const view = new DataView(code.buffer);
  for (const [nth, target] of targets.entries()) {
    const at = nth * (opcode.length + 4);
    code.set(opcode, at);
    view.setInt32(at + opcode.length, target - (from + at + opcode.length + 4), true);
  }
  return code;
}

/** A runtime that links so many functions of one name, in turn. */
function linking(count: number): MadeFunction[] {
  const each = Array.from({ length: count }, (_, nth) => ({
    name: `_ZN8wasmtime7runtime4func11HostContext21array_call_trampoline17h${nth}E`,
    code: push,
  }));
  const wrap = each.map((_, nth) => ({
    name: `_ZN8wasmtime7runtime6linker15Linker$LT$T$GT$9func_wrap17h${nth}E`,
    code: new Uint8Array(11),
  }));
  const last = { name: "wasmtime_linker_define_wasi", code: new Uint8Array(0) };
  const addresses = addressesOf([...each, ...wrap, last]);
  const linker = addresses.at(-1)!;
  const lea = [0x48, 0x8d, 0x05];
  return [
    ...each,
    // Not in the order in which they stand in the file.
    ...wrap.map(({ name }, nth) => ({
      name,
      code: refersTo(addresses[count + nth]!, lea, [addresses[count - 1 - nth]!]),
    })),
    { ...last, code: refersTo(linker, [0xe8], addresses.slice(count, 2 * count)) },
  ];
}

test("tells copies of one name apart by the order in which they are linked", () => {
  const row = rowOf("wasmtime", 2);
  for (const [count, names] of [
    [46, wasiNames],
    [45, wasiNames.filter((name) => name !== "sock_accept")],
  ] as const) {
    const functions = linking(count);
    const elf = open(makeElf({ functions }));
    const { entries } = findFunctions(elf, row)!;
    const offsets = addressesOf(functions).map((address) => elf.offsetOf(address)!);
    assert.deepEqual(
      entries,
      names.map((name, nth) => ({ name, offset: offsets[count - 1 - nth]! })),
    );
  }
  // So many are none that is known: rather nothing than a wrong name.
  assert.equal(findFunctions(open(makeElf({ functions: linking(44) })), row), undefined);
});

test("finds symbols that were put into a file of their own", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "debug-file-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const functions = [{ name: "w_fd_write", code: push }];
  const link = { name: ".gnu_debuglink", bytes: new TextEncoder().encode("own.debug\0\0\0abcd") };
  const stripped = open(makeElf({ functions, stripped: true, sections: [link] }));
  const path = join(folder, "own");
  assert.equal(findDebugFile(path, stripped), undefined);
  const whole = makeElf({ functions });
  writeFileSync(join(folder, "own.debug"), whole);
  assert.equal(findDebugFile(path, stripped), join(folder, "own.debug"));
  assert.equal(findFunctions(stripped, rowOf("wasm3")), undefined);
  const found = findFunctions(stripped, rowOf("wasm3"), undefined, open(whole));
  assert.deepEqual(found?.entries, [
    { name: "fd_write", offset: stripped.offsetOf(addressesOf(functions)[0]!)! },
  ]);
  const outside = { ...link, bytes: new TextEncoder().encode("../own.debug\0") };
  const bad = open(makeElf({ functions, stripped: true, sections: [outside] }));
  assert.equal(findDebugFile(path, bad), undefined);
});

test("says why nothing can be found", () => {
  assert.match(whyNoSymbols("deno"), /JavaScript/);
  assert.match(whyNoSymbols("chicory"), /Java:/);
  assert.match(whyNoSymbols("wasmi"), /stripped/);
  assert.match(whyNoSymbols("another"), /not known/);
});
