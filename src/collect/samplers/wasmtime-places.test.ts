import assert from "node:assert/strict";
import { test } from "node:test";
import { readMachinePlaces } from "./wasmtime-places.ts";

const text = `00000000 wasm[0]::function[7]::_start:
         0: pushq   %rbp
         4: callq   0x60
            ╰─╼ addrmap: 0x1f0

00000060 wasm[0]::function[8]:
        60: pushq   %rbp
        64: movl    0x140(%rdi), %esi
            ╰─╼ addrmap: 0x1f3
        6a: movq    0x38(%rdi), %r8
            ├─╼ addrmap: 0x20e
            ╰─╼ trap: Normal(MemoryOutOfBounds)
        6e: retq
`;

test("tells which instruction of the module machine code comes from", () => {
  const places = readMachinePlaces(text.split("\n"));
  const rows = [
    ["wasm[0]::function[8]::complex", 0, { funcIndex: 8 }],
    ["wasm[0]::function[8]::complex", 4, { funcIndex: 8, offset: 0x1f3 }],
    ["wasm[0]::function[8]::complex", 9, { funcIndex: 8, offset: 0x1f3 }],
    ["wasm[0]::function[8]", 0xff, { funcIndex: 8, offset: 0x20e }],
    ["wasm[0]::function[7]::_start", 4, { funcIndex: 7, offset: 0x1f0 }],
    ["wasm[0]::function[9]::unknown", 4, { funcIndex: 9 }],
    ["wasm[0]::array_to_wasm_trampoline[64]", 4, undefined],
    ["main", 4, undefined],
  ] as const;
  for (const [symbol, offset, place] of rows) assert.deepEqual(places(symbol, offset), place);
});
