import assert from "node:assert/strict";
import { test } from "node:test";
import { flatProfile } from "./builder.ts";
import { diffProfiles } from "./diff.ts";
import { writeDiffFolded } from "./diff-folded.ts";
import { findExcesses, parseGrowthLimit } from "./diff-limits.ts";
import { formatDiff } from "./diff-table.ts";
import { writeDiffSvg } from "./diff-svg.ts";
import type { Frame, Profile, ProfileMode } from "./model.ts";

type Row = readonly [frame: Frame, instructions: number];

function profileOf(sha256: string, rows: readonly Row[], mode: ProfileMode = "insns"): Profile {
  const name = mode === "time" ? "time" : "instructions";
  return flatProfile(
    {
      module: { name: "app.wasm", sha256 },
      mode,
      valueTypes: [{ name, unit: mode === "time" ? "nanoseconds" : "count" }],
      primary: 0,
    },
    rows.map(([frame, value]) => ({ frame, values: [value] })),
  );
}

/** Names, values and what became of functions, as the comparison sorts them. */
function changes(before: readonly Row[], after: readonly Row[], sameModule = false): string[] {
  const diff = diffProfiles(profileOf("aa", before), profileOf(sameModule ? "aa" : "bb", after));
  return diff.functions.map(
    (one) => `${one.frame.name} ${one.before}>${one.after} ${one.presence}`,
  );
}

const named = (name: string, funcIndex: number, more: Partial<Frame> = {}): Frame => ({
  name,
  funcIndex,
  ...more,
});

const cases: readonly (readonly [what: string, () => string[], expected: readonly string[]])[] = [
  [
    "finds functions whose index moved",
    () =>
      changes(
        [
          [named("a", 1), 100],
          [named("b", 2), 50],
        ],
        [
          [named("new", 1), 7],
          [named("a", 2), 101],
          [named("b", 3), 50],
        ],
      ),
    ["new 0>7 new", "a 100>101 both", "b 50>50 both"],
  ],
  [
    "finds Rust's functions although their hashes change, and those whose names are the same first",
    () =>
      changes(
        [
          [named("f", 1, { mangledName: "f-h1" }), 10],
          [named("f", 2, { mangledName: "f-h2" }), 20],
        ],
        [
          [named("f", 1, { mangledName: "f-h2" }), 20],
          [named("f", 2, { mangledName: "f-h3" }), 12],
        ],
      ),
    ["f 10>12 both", "f 20>20 both"],
  ],
  [
    "pairs functions of one name in order",
    () =>
      changes(
        [
          [named("{closure}", 5), 10],
          [named("{closure}", 9), 20],
        ],
        [
          [named("{closure}", 7), 11],
          [named("{closure}", 12), 20],
        ],
      ),
    ["{closure} 10>11 both", "{closure} 20>20 both"],
  ],
  [
    "pairs them by index in one module, of which one did not run before",
    () =>
      changes(
        [[named("{closure}", 9), 20]],
        [
          [named("{closure}", 7), 11],
          [named("{closure}", 9), 20],
        ],
        true,
      ),
    ["{closure} 0>11 new", "{closure} 20>20 both"],
  ],
  [
    "adds what was inlined to the function that it is a copy of",
    () =>
      changes(
        [
          [named("main", 1), 5],
          [named("f", 2), 30],
        ],
        [
          [named("main", 1), 5],
          [named("f", 1, { inlined: true }), 10],
          [named("f", 3), 20],
        ],
      ),
    ["f 30>30 both", "main 5>5 both"],
  ],
  [
    "keeps functions of the host and of the module apart",
    () => changes([[named("log", 0, { host: true }), 1]], [[named("log", 3), 1]]),
    ["log 0>1 new", "log 1>0 gone"],
  ],
];
for (const [what, run, expected] of cases) {
  test(what, () => assert.deepEqual(run(), expected));
}

test("pairs lines that moved, by their place or by their values", () => {
  const lines = (rows: readonly (readonly [number, number])[]): Row[] =>
    rows.map(([line, value]) => [named("f", 1, { file: "f.c", line }), value]);
  const diff = (before: readonly Row[], after: readonly Row[]): string[] =>
    diffProfiles(profileOf("aa", before), profileOf("bb", after)).lines.map(
      ({ lineBefore, lineAfter, change }) => `${lineBefore ?? "-"}>${lineAfter ?? "-"} ${change}`,
    );
  const before = lines([
    [10, 100],
    [11, 200],
    [13, 300],
  ]);
  assert.deepEqual(diff(before, before), []);
  assert.deepEqual(
    diff(
      before,
      lines([
        [17, 100],
        [18, 201],
        [20, 300],
      ]),
    ),
    ["11>18 1"],
  );
  assert.deepEqual(
    diff(
      before,
      lines([
        [10, 100],
        [12, 40],
        [13, 200],
        [15, 300],
      ]),
    ),
    ["->12 40"],
  );
  assert.deepEqual(
    diff(
      before,
      lines([
        [10, 100],
        [12, 300],
      ]),
    ),
    ["11>- -200"],
  );
});

test("refuses profiles whose numbers mean something else, and names both", () => {
  const frame = named("a", 1);
  assert.throws(
    () => diffProfiles(profileOf("aa", [[frame, 1]]), profileOf("aa", [[frame, 1]], "blocks")),
    /different modes .* insns before, blocks after/,
  );
  const time = profileOf("aa", [[frame, 1]], "time");
  const other = { ...time, valueTypes: [{ name: "time", unit: "seconds" } as const] };
  assert.throws(
    () => diffProfiles(time, other),
    /time \(nanoseconds\) before, time \(seconds\) after/,
  );
});

test("says whether the modules are the same, and that times are noisy", () => {
  const [a, b] = [profileOf("aa", []), profileOf("bb", [[named("func[3]", 3), 1]])];
  assert.match(diffProfiles(a, a).notes.join(), /^Both profiles are of the same module \(aa\)\.$/);
  assert.match(diffProfiles(a, b).notes.join(), /aa before, bb after.*without a name \(1\)/);
  const time = profileOf("aa", [], "time");
  assert.match(diffProfiles(time, time).notes.join(), /may be noise/);
});

const limits: readonly (readonly [limit: string, after: readonly number[], over: string[]])[] = [
  ["0.5%", [1000, 9000], []],
  ["0.5%", [1050, 9000], []],
  ["0.5%", [1051, 9000], ["the total grew by 51", "small grew by 51"]],
  // Hidden behind an improvement elsewhere.
  ["0.5%", [1051, 8000], ["small grew by 51"]],
  // Each too little alone.
  ["0.5%", [1030, 9030], ["the total grew by 60"]],
  ["small=0.5%", [1005, 9900], []],
  ["small=0.5%", [1006, 9900], ["small grew by 6"]],
  ["*=0.5%", [1006, 9900], ["large grew by 900", "small grew by 6"]],
  ["0", [1000, 9001], ["the total grew by 1", "large grew by 1"]],
];
for (const [limit, after, over] of limits) {
  test(`holds ${after.join(" and ")} against a limit of ${limit}`, () => {
    const rows = (values: readonly number[]): Row[] => [
      [named("small", 1), values[0]!],
      [named("large", 2), values[1]!],
    ];
    const diff = diffProfiles(profileOf("aa", rows([1000, 9000])), profileOf("bb", rows(after)));
    const found = findExcesses(diff, [parseGrowthLimit(limit)]).map(({ reason }) => reason);
    assert.deepEqual(
      found.map((reason) => reason.replace(/ instructions.*/, "")),
      over,
    );
  });
}

test("refuses limits that are none", () => {
  for (const text of ["", "%", "=1%", "f=", "-1%", "1%%", "f=x"]) {
    assert.throws(() => parseGrowthLimit(text), /PERCENT/, text);
  }
});

test("shows changes as a table, as folded stacks with two counts, and as a picture", () => {
  const before = profileOf("aa", [
    [named("same", 1), 5],
    [named("less", 2), 40],
    [named("gone", 3), 2],
  ]);
  const after = profileOf("bb", [
    [named("same", 1), 5],
    [named("less", 2), 10],
    [named("new", 3), 1],
  ]);
  const diff = diffProfiles(before, after);
  const table = formatDiff(diff, [], { width: 100, colors: false, top: 2 });
  assert.match(table, /-30 +-75\.00 % +-63\.83 % +40 +10 {2}less\n/);
  assert.match(
    table,
    /-2 .* gone \(gone\)\n.*\+1 +new .*\(1 others that changed\)\n.*\(1 unchanged\)\n/,
  );
  assert.match(table, /-31 .* 47 +16 {2}\(all\)\n/);
  assert.equal(
    new TextDecoder().decode(writeDiffFolded(diff)),
    "same 5 5\nless 40 10\ngone 2 0\nnew 0 1\n",
  );
  const svg = new TextDecoder().decode(writeDiffSvg(diff));
  const colours = Array.from(
    svg.matchAll(/<title>(\w+)\n[^<]*<\/title>\n?<rect [^>]*fill="#(..)..(..)"/g),
  ).map(([, name, red, blue]) => [name, Math.sign(parseInt(red!, 16) - parseInt(blue!, 16))]);
  assert.deepEqual(Object.fromEntries(colours.slice(1)), { less: -1, same: -1, gone: -1, new: 1 });
});
