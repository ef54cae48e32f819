import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleNote } from "./sample-note.ts";

test("tells samples that were lost from time off the CPU", () => {
  const rateHz = 1000;
  const cases = [
    [
      { samples: 990, wallMs: 1000, cpuMs: 1010 },
      "990 samples in 1.00 s, 1000 a second asked for.",
    ],
    [
      { samples: 400, wallMs: 1000, cpuMs: 400 },
      "400 samples in 1.00 s, 1000 a second asked for; off the CPU for 60 % of the time.",
    ],
    [
      { samples: 200, wallMs: 1000, cpuMs: 400 },
      "200 samples in 1.00 s, 1000 a second asked for; off the CPU for 60 % of the time; " +
        "50 % of those expected on the CPU were not taken.",
    ],
    [
      { samples: 100, wallMs: 1000 },
      "100 samples in 1.00 s, 1000 a second asked for; 90 % of those expected are not there: lost, or off the CPU.",
    ],
  ] as const;
  for (const [circumstances, text] of cases) {
    assert.equal(sampleNote({ rateHz, ...circumstances }), text);
  }
});
