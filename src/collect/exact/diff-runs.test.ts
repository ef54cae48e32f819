import assert from "node:assert/strict";
import { test } from "node:test";
import { flatProfile } from "../../profile/index.ts";
import type { Profile } from "../../profile/index.ts";
import { randomNormal, seededRandom } from "../../stats/index.ts";
import { diffRuns } from "./diff-runs.ts";

const random = seededRandom(7);

/** Ten runs of two functions whose times vary by two percent. */
function runs(hot: number, cold: number, sha256: string): Profile[] {
  return Array.from({ length: 10 }, () =>
    flatProfile(
      {
        module: { name: "app.wasm", sha256 },
        mode: "time",
        valueTypes: [{ name: "time", unit: "nanoseconds" }],
        primary: 0,
      },
      [
        { frame: { name: "hot", funcIndex: 1 }, values: [hot * (1 + 0.02 * randomNormal(random))] },
        {
          frame: { name: "cold", funcIndex: 2 },
          values: [cold * (1 + 0.02 * randomNormal(random))],
        },
      ],
    ),
  );
}

test("is not alarmed by noise, and is by what is more than noise", () => {
  const limits = [{ share: 0.01 }];
  let alarms = 0;
  for (let round = 0; round < 20; round++) {
    const { excesses } = diffRuns(runs(1e6, 1e5, "aa"), runs(1e6, 1e5, "bb"), limits);
    alarms += excesses.length;
  }
  assert.equal(alarms, 0);
  const { diff, excesses } = diffRuns(runs(1e6, 1e5, "aa"), runs(1.1e6, 1e5, "bb"), limits);
  assert.deepEqual(
    excesses.map(({ frame }) => frame?.name),
    [undefined, "hot"],
  );
  assert.match(diff.notes.join(), /Means of 10 and 10 runs/);
  assert.ok(Math.abs(diff.total.before - 1.1e6) < 5e4);
});

test("says when there are too few runs", () => {
  const [one, two] = [runs(1, 1, "aa").slice(0, 2), runs(1, 1, "bb").slice(0, 2)];
  assert.match(diffRuns(one, two, []).diff.notes.join(), /Fewer than 5 runs/);
});
