import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type HostedState, writeState } from "../../hosted/state/index.ts";
import { sha256 } from "../../sys/index.ts";
import { wat } from "../../../test/host-abi/wat.ts";
import type { Io, Parsed } from "../command.ts";
import { hostInspect } from "./host-inspect.ts";

const module = wat("(module (func $main (local $n i32)))");

const state: HostedState = {
  version: 1,
  identity: { chunks: 0, checksum: 0 },
  module: { path: "app.wasm", bytes: module.length, sha256: sha256(module) },
  branches: 12_345n,
  phase: "main",
  args: ["app.wasm", "x"],
  environment: [],
  frames: [
    {
      functionIndex: 0,
      pc: 26,
      locals: [{ type: "i32", bits: 0xffff_fffen }],
      operands: [{ type: "f64", bits: 0x3ff8_0000_0000_0000n }],
    },
  ],
  globals: [{ type: "i64", bits: 7n }],
  tables: [{ elements: [null, 0] }],
  memories: [{ sizePages: 1, pages: new Map([[2, new Uint8Array(4096).fill(1)]]) }],
  droppedData: [],
  droppedElements: [],
  descriptors: [
    {
      fd: 4,
      kind: "file",
      root: 3,
      path: "data.txt",
      flags: 0,
      rights: 2n,
      inheritedRights: 0n,
      offset: 10n,
      size: 20n,
      changedNs: 0n,
    },
  ],
  clocksNs: new Map(),
};

async function inspect(states: readonly HostedState[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "inspect-"));
  try {
    writeFileSync(join(folder, "app.wasm"), module);
    const paths = states.map((one, index) => {
      const path = join(folder, `${index}.wsc`);
      writeFileSync(path, writeState(one));
      return path;
    });
    let out = "";
    const io = { stdout: (text: string) => void (out += text), stderr: () => undefined };
    assert.equal(await hostInspect(paths, {} as Parsed, io as unknown as Io), 0);
    return out;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("shows a stack with names and values, memory and files", async () => {
  const text = await inspect([state]);
  assert.match(text, /app\.wasm after 12,345 branches and calls/);
  assert.match(text, /#0 main \(offset 0x1a\)/);
  assert.match(text, /operands: 1\.5 \(f64\)/);
  assert.match(text, /locals: n = -2/);
  assert.match(text, /0x2000 to 0x3000: 4,096 bytes/);
  assert.match(text, /4 file data\.txt, read, at 10 of 20 bytes/);
  assert.match(text, /table 0: 2 elements, 1 are not null/);
});

test("shows what differs in two states", async () => {
  const later: HostedState = {
    ...state,
    branches: 12_400n,
    globals: [{ type: "i64", bits: 8n }],
    memories: [{ sizePages: 2, pages: new Map([[3, new Uint8Array(4096).fill(1)]]) }],
    descriptors: [],
  };
  const text = await inspect([state, later]);
  assert.match(text, /^55 branches and calls later/);
  assert.match(text, /1 activations are the same, 0 were others, 0 are new/);
  assert.match(text, /1 pages of 64 KiB more, 2 pages of 4 KiB differ/);
  assert.match(text, /global 0: 7 \(i64\) -> 8 \(i64\)/);
  assert.match(text, /4 file data\.txt.* -> closed/);
});
