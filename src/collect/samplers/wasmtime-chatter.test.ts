import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutChatter } from "./wasmtime-chatter.ts";

const said =
  "\nProfile written to: /tmp/x/samples\nView this profile at https://profiler.firefox.com/.\n";

test("drops what wasmtime says of its file, however it arrives, and nothing else", () => {
  const texts = ["", "a\n", "\n", "a\n\nProfile written to: /tmp/else\n"];
  for (const text of texts) {
    for (const step of [1, 2, 7, 1000]) {
      for (const end of ["", said]) {
        let out = "";
        const write = withoutChatter("/tmp/x/samples", (bytes) => {
          out += new TextDecoder().decode(bytes);
        });
        const whole = Buffer.from(text + end);
        for (let at = 0; at < whole.length; at += step) write(whole.subarray(at, at + step));
        write(new Uint8Array());
        assert.equal(out, text);
      }
    }
  }
});
