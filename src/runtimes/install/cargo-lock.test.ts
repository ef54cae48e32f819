import assert from "node:assert/strict";
import { test } from "node:test";
import { lockedEngine, lockedFor } from "./cargo-lock.ts";

const lock = (sharedVersion: string, otherVersion: string): string => `version = 4

[[package]]
name = "ours"
version = "0.0.0"
dependencies = [
 "both 1.0.0",
 "shared",
]

[[package]]
name = "others"
version = "0.0.0"
dependencies = [
 "both 2.0.0",
 "ours",
]

[[package]]
name = "both"
version = "1.0.0"
checksum = "aa"

[[package]]
name = "both"
version = "${otherVersion}"
checksum = "bb"

[[package]]
name = "shared"
version = "${sharedVersion}"
checksum = "cc"
dependencies = [
 "ours",
]
`;

test("takes of a lock file what a package needs", () => {
  const text = lock("3.0.0", "2.0.0");
  assert.equal(lockedFor("ours", text).match(/^name/gm)?.length, 3);
  assert.equal(lockedFor("others", text).match(/^name/gm)?.length, 5);
  assert.equal(lockedFor("ours", lock("3.0.0", "2.0.1")), lockedFor("ours", text));
  assert.notEqual(lockedFor("ours", lock("3.0.1", "2.0.0")), lockedFor("ours", text));
  assert.equal(lockedFor("nobody", text), "");
});

test("the hosts of wasmi and wasmer are built from engines of their own", () => {
  for (const [host, engine, other] of [
    ["wasmi-host", "wasmi", "wasmer"],
    ["wasmer-host", "wasmer", "wasmi"],
  ] as const) {
    const part = lockedFor(host);
    assert.ok(part.includes(`name = "${engine}"\nversion = "${lockedEngine(engine).version}"`));
    assert.ok(!part.includes(`name = "${other}"\n`), other);
    assert.ok(part.includes('name = "engine-host"\n'));
  }
});
