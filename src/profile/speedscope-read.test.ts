import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stacksOf } from "../../test/formats/check-format.ts";
import { ProfileError } from "./profile-error.ts";
import { readSpeedscope } from "./speedscope-read.ts";

const $schema = "https://www.speedscope.app/file-format-schema.json";
const shared = { frames: [{ name: "a" }, { name: "b", file: "b.c", line: 2, col: 3 }] };
const evented = (events: unknown[]) => ({
  type: "evented",
  name: "thread",
  unit: "milliseconds",
  startValue: 100,
  endValue: 120,
  events,
});

const read = (file: unknown) => readSpeedscope(new TextEncoder().encode(JSON.stringify(file)));

describe("readSpeedscope", () => {
  it("books the time between events on the innermost open frame", () => {
    const profile = read({
      $schema,
      shared,
      profiles: [
        evented([
          { type: "O", frame: 0, at: 101 },
          { type: "O", frame: 1, at: 103 },
          { type: "C", frame: 1, at: 108 },
          { type: "C", frame: 0, at: 110 },
          // Idle from 110 to 112.
          { type: "O", frame: 1, at: 112 },
          { type: "C", frame: 1, at: 113.5 },
        ]),
      ],
    })!;
    assert.deepEqual(profile.valueTypes, [{ name: "thread", unit: "milliseconds" }]);
    const stacks = stacksOf(profile, ({ name, line }) => `${name}${line ?? ""}`);
    assert.deepEqual([...stacks.values()], [[4], [5], [1.5]]);
  });

  it("adds up samples of one stack and skips empty ones", () => {
    const samples = {
      type: "sampled",
      name: "s",
      unit: "none",
      samples: [[0, 1], [], [0, 1]],
      weights: [1, 7, 2],
    };
    const profile = read({
      shared,
      profiles: [samples, { ...samples, name: "t" }],
      activeProfileIndex: 1,
    })!;
    assert.equal(profile.primary, 1);
    assert.deepEqual([...stacksOf(profile).values()], [[3, 3]]);
  });

  it("names the place where a file is broken", () => {
    const sampled = { type: "sampled", name: "s", unit: "none", samples: [[0]], weights: [1] };
    const broken: [profile: unknown, message: RegExp][] = [
      [{ ...sampled, unit: "hours" }, /profiles\[0\]\.unit: expected none or/],
      [{ ...sampled, samples: [[2]] }, /profiles\[0\]\.samples\[0\]: no frame 2/],
      [{ ...sampled, weights: [] }, /1 samples, but 0 weights/],
      [{ ...sampled, weights: ["1"] }, /weights\[0\]: expected a number, found "1"/],
      [{ ...sampled, type: "magic" }, /type: expected sampled or evented/],
      [evented([{ type: "O", frame: 0, at: 101 }]), /1 frames stay open/],
      [evented([{ type: "C", frame: 0, at: 101 }]), /closes frame 0/],
      [evented([{ type: "O", frame: 0, at: 99 }]), /at 99 comes after 100/],
    ];
    for (const [profile, message] of broken) {
      assert.throws(
        () => read({ $schema, shared, profiles: [profile] }),
        (error) => error instanceof ProfileError && message.test(error.message),
      );
    }
    assert.throws(() => read({ $schema, shared, profiles: [] }), /no value type 0 among 0/);
  });
});
