import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readWords } from "../../src/collect/index.ts";
import { instrument, instrumentForHost, readCounts } from "../../src/instrument/index.ts";
import { cache, rows, unprepared } from "../real/manifest.ts";
import type { Row } from "../real/manifest.ts";
import { record } from "./recorder.ts";
import { runWasi } from "./wasi-guest.ts";
import type { Run, Surroundings } from "./wasi-guest.ts";

// Each runs three times; the large ones would take minutes and show the same.
const mostBytes = 6e6;
const chosen = rows.filter(
  (row) => row.wasi && row.stdin === undefined && row.sizeBytes <= mostBytes,
);

describe(
  "real programs tell their host of the calls that are counted",
  { skip: unprepared },
  () => {
    for (const row of chosen)
      it(`${row.name} (${row.language})`, () => {
        const original = new Uint8Array(readFileSync(join(cache, row.file)));
        const host = record();
        const plain = run(row, original, {});
        const reporting = run(row, instrumentForHost(original).bytes, { imports: host.imports });
        assert.deepEqual(outcome(reporting), outcome(plain));
        assert.equal(host.extraEnds, 0);
        const counted = run(row, instrument(original, { mode: "calls" }).bytes, {});
        const { functions } = readCounts(original, "calls", readWords(counted.exports));
        const called = functions.filter(({ calls }) => calls !== 0);
        assert.ok(called.length > 10);
        for (const { funcIndex, calls } of called) {
          assert.equal(host.starts.get(funcIndex), calls, `function ${funcIndex}`);
        }
        assert.equal(host.starts.size, called.length);
      });
  },
);

function outcome({ exitCode, stdout }: Run): Pick<Run, "exitCode" | "stdout"> {
  return { exitCode, stdout };
}

function run(row: Row, bytes: Uint8Array, { imports = {} }: Surroundings): Run {
  const work = mkdtempSync(join(tmpdir(), "wasmscope-host-abi-"));
  const preopens = (row.dirs ?? []).map(([folder, guest]) => [
    guest,
    folder === "work" ? work : join(cache, folder),
  ]);
  try {
    return runWasi(bytes, row.args ?? [], {
      env: row.env ?? {},
      preopens: Object.fromEntries(preopens) as Record<string, string>,
      imports,
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
