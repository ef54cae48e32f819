import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TimeCore } from "./core.ts";

const options = { functions: 3, clock: (): number => 0, eventNs: 100, share: 0.01 };
const [long, short, caller] = [0, 1, 2];

function after(calls: number, ownNs: number, wholeNs = ownNs): TimeCore {
  const made = new TimeCore(options);
  for (let call = 0; call < calls; call++) made.note(short, ownNs, wholeNs);
  return made;
}

describe("what TimeCore switches on", () => {
  it("times a function while its calls last long enough for what that costs", () => {
    assert.equal(after(100, 10_001).isOn(short), true);
    assert.equal(after(100, 9_999).isOn(short), false);
    assert.equal(after(3, 1).isOn(short), true, "the first calls say little");
  });

  it("keeps a function whose callees take long, for its place in the tree", () => {
    assert.equal(after(100, 10, 100_001).isOn(short), true);
    assert.equal(after(100, 10, 99_999).isOn(short), false);
  });

  it("looks ever more rarely at a function that is switched off", () => {
    const off = after(100, 5);
    const grants = Array.from({ length: 15 }, () => off.grant(short));
    assert.deepEqual(grants.slice(0, 4), [32, 64, 128, 256]);
    assert.equal(grants.at(-1), 65536);
  });

  it("switches a function on again that has become slow, and off again", () => {
    const made = after(100, 5);
    made.grant(short);
    made.note(short, 100_000, 100_000);
    assert.equal(made.grant(short), 0);
    for (let call = 0; call < 20; call++) made.note(short, 5, 5);
    assert.equal(made.grant(short), 32);
  });

  it("asks for longer calls when timing costs more than it may, and relents", () => {
    const made = new TimeCore(options);
    // Means mislead: half of the calls are long, half short.
    for (let call = 0; call < 100_000; call++) {
      made.note(caller, call % 2 === 0 ? 24_000 : 0, 0);
      made.look(call * 1000);
    }
    assert.equal(made.isOn(caller), false);
    const bound = made.boundNs;
    assert.ok(bound > 10_000);
    for (let call = 0; call < 10_000; call++) {
      made.note(long, 1e6, 1e6);
      made.look(1e9 * call);
    }
    assert.equal(made.boundNs, 10_000);
  });

  it("times what was chosen, short or not, until that costs twice what it may", () => {
    const made = new TimeCore({ ...options, chosen: true });
    const callEach = (everyNs: number, calls: number): void => {
      for (let call = 0; call < calls; call++) {
        made.note(short, 5, 5);
        made.look(made.events * everyNs);
      }
    };
    callEach(6000, 50_000);
    assert.equal(made.isOn(short), true);
    callEach(1000, 100_000);
    assert.equal(made.isOn(short), false);
  });
});
