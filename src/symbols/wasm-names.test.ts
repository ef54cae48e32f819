import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parsePerfMap, parseWasmName } from "./index.ts";

const forms: Readonly<Record<string, object>> = {
  "wasm-function[12]": { funcIndex: 12 },
  "wasm-function[12]:0x1f3c": { funcIndex: 12, offset: 0x1f3c },
  "wasm-1234abcd:wasm-function[12]:0x1f3c": { funcIndex: 12, offset: 0x1f3c },
  "parse (wasm://wasm/app-1234abcd:wasm-function[7]:0x20)": { funcIndex: 7, offset: 0x20 },
  "https://x.org/app.wasm:wasm-function[3]:0x10": { funcIndex: 3, offset: 0x10 },
  "<?>.wasm-function[5]": { funcIndex: 5 },
  "JS:wasm-function[82]-82-liftoff": { funcIndex: 82 },
  "JS:*wasm-function[12]": { funcIndex: 12 },
  "JS:app::f-3-x-44-turbofan": { funcIndex: 44 },
  "wasm[0]::function[9]": { funcIndex: 9 },
  "wasm[0]::function[9]::main": { funcIndex: 9 },
  "<wasm function 12>": { funcIndex: 12, angled: true },
  "app!<wasm function 12>": { funcIndex: 12, angled: true },
  "app.wasm!<wasm fn 12>": { funcIndex: 12, angled: true },
  "aot_func#4": { funcIndex: 4 },
  "func[4]": { funcIndex: 4 },
};

describe("names of functions without a name", () => {
  for (const [text, name] of Object.entries(forms)) {
    it(text, () => assert.deepEqual(parseWasmName(text), name));
  }

  it("are told from names", () => {
    for (const text of [
      "",
      "main",
      "wasm-function",
      "my_func[3]",
      "JS:~run /app/x.js:1:20",
      "JS:wasm-to-js:ilii:i-4-turbofan",
      "Builtin:WasmCompileLazy",
      "wasm-function[x]",
      "a".repeat(10_000),
    ]) {
      assert.equal(parseWasmName(text), undefined, text);
    }
  });
});

describe("a map of perf", () => {
  const map = parsePerfMap(
    "1000 100 JS:a-1-liftoff\n0x2000 53 wasm[0]::function[7]\n1000 10 JS:b-2-turbofan\nrubbish\n",
  );
  it("tells which code is at an address, the last that was written there", () => {
    assert.equal(map.nameAt(0x1000n), "JS:b-2-turbofan");
    assert.equal(map.nameAt(0x2052n), "wasm[0]::function[7]");
    for (const address of [0xfffn, 0x2053n, 0x7f00_0000_0000n]) {
      assert.equal(map.nameAt(address), undefined);
    }
  });
});
