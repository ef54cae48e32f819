import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { Profile } from "../../src/profile/index.ts";
import { formatOf, functionTotals, groupDigits, totalValues } from "../../src/profile/index.ts";
import { timeScale } from "../../src/profile/timeline.ts";
import { missing } from "../skip.ts";
import { findChromium } from "./browser.ts";
import { realisticTree } from "./realistic.ts";
import { samples } from "./samples.ts";
import { serveFolder } from "./serve.ts";

const chromium = await findChromium();
const validation = await import("@cfworker/json-schema").catch(() => undefined);
const viewer = findViewer();
const noViewer = viewer ? undefined : "no speedscope: npm install --save-dev speedscope@1.25.0";

function skipFor(reason: string | undefined): { skip?: string } {
  return reason === undefined ? {} : missing(reason);
}

function findViewer(): string {
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve("speedscope/package.json")), "dist/release");
  } catch {
    return "";
  }
}

// Names differ in all of them: functions of one name are different frames in one of the files only.
const profiles: Readonly<Record<string, Profile>> = {
  tree: samples["tree"]!,
  recursion: samples["recursion"]!,
  realistic: realisticTree(300),
};

/** A row of the viewer's table, without percentages. */
type Row = readonly [name: string, total: string, self: string];

const byName = ([a]: Row, [b]: Row): number => (a < b ? -1 : 1);

/** Returns the rows that the viewer must show. */
function rowsOf(profile: Profile): Row[] {
  return functionTotals(profile)
    .filter(({ total }) => total[profile.primary] !== 0)
    .map(({ frame, self, total }): Row => [
      frame.name,
      groupDigits(total[profile.primary]!),
      groupDigits(self[profile.primary]!),
    ])
    .toSorted(byName);
}

/** Opens a profile in the viewer and reads its table. */
async function rowsShown(profile: Profile, extension: string): Promise<Row[]> {
  assert.ok(chromium.found);
  const path = `/profile${extension}`;
  const content = formatOf(path)!.write(profile);
  const server = await serveFolder(viewer, new Map([[path, content]]));
  const browser = await chromium.open({ viewport: { width: 1200, height: 3000 } });
  try {
    const page = await browser.context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${server.url}/index.html#profileURL=${encodeURIComponent(server.url + path)}`);
    await page.getByText("Sandwich").click();
    await page.getByText("Symbol Name").waitFor();
    const text: unknown = await page.evaluate("document.body.innerText");
    assert.deepEqual(errors, []);
    return tableRows(String(text));
  } finally {
    await browser.close();
    await server.close();
  }
}

describe(
  "the speedscope viewer",
  skipFor(noViewer ?? (chromium.found ? undefined : chromium.reason)),
  () => {
    for (const extension of [".speedscope.json", ".folded"]) {
      for (const [name, profile] of Object.entries(profiles)) {
        it(`shows ${name} in ${extension}`, async () => {
          assert.deepEqual(await rowsShown(profile, extension), rowsOf(profile));
        });
      }
    }
  },
);

/** What the viewer says of times, in microseconds; it shows two decimals. */
function microseconds(cell: string): number {
  const clock = /^(\d+):(\d\d)$/.exec(cell);
  if (clock) return (Number(clock[1]) * 60 + Number(clock[2])) * 1e6;
  const [, digits, unit = ""] = /^([\d.]+)(ns|µs|ms|s)$/.exec(cell) ?? [];
  const scales: Readonly<Record<string, number>> = { ns: 1e-3, µs: 1, ms: 1e3, s: 1e6 };
  return Number(digits) * scales[unit]!;
}

describe(
  "the speedscope viewer, with times for counts",
  skipFor(noViewer ?? (chromium.found ? undefined : chromium.reason)),
  () => {
    for (const extension of [".cpuprofile", ".trace.json"]) {
      for (const [name, profile] of Object.entries(profiles)) {
        it(`shows ${name} in ${extension}`, async () => {
          const total = totalValues(profile)[profile.primary]!;
          const { perMicrosecond } = timeScale(profile.valueTypes[profile.primary]!, total);
          const rows = await rowsShown(profile, extension);
          const wanted = rowsOf(profile);
          assert.deepEqual(
            rows.map(([shown]) => shown),
            wanted.map(([known]) => known),
          );
          rows.forEach((row, index) => {
            for (const cell of [1, 2] as const) {
              const value = Number(wanted[index]![cell].replaceAll(",", "")) / perMicrosecond;
              const shown = row[cell] === "0" ? 0 : microseconds(row[cell]);
              // A time is cut to whole microseconds, and shown in two decimals, or as minutes and seconds.
              const far = row[cell].includes(":") ? 1e6 : 2 + value * 0.01;
              assert.ok(Math.abs(shown - value) <= far, `${row.join(" ")}: ${value}`);
            }
          });
        });
      }
    }
  },
);

function withoutPercent(cell: string): string {
  return cell.replace(/ \(.*\)$/, "");
}

/** Reads the rows `400 (79%)`, `10 (2.0%)`, name from the text of the viewer's page. */
function tableRows(text: string): Row[] {
  const cells = text
    .slice(text.indexOf("Symbol Name"))
    .split(/[\n\t]+/)
    .slice(1);
  const rows: Row[] = [];
  for (let at = 0; at + 2 < cells.length; at += 3) {
    rows.push([cells[at + 2]!, withoutPercent(cells[at]!), withoutPercent(cells[at + 1]!)]);
  }
  return rows.toSorted(byName);
}

const noValidator = validation
  ? undefined
  : "no validator: npm install --save-dev @cfworker/json-schema";

describe("speedscope's schema", skipFor(noViewer ?? noValidator), () => {
  const schema = JSON.parse(readFileSync(join(viewer, "file-format-schema.json"), "utf8"));
  const validator = new validation!.Validator(schema, "7", false);
  for (const [name, profile] of Object.entries(samples)) {
    it(`accepts ${name}`, () => {
      const file: unknown = JSON.parse(
        new TextDecoder().decode(formatOf("x.speedscope.json")!.write(profile)),
      );
      assert.deepEqual(validator.validate(file).errors, []);
    });
  }

  it("rejects a file that is none", () => {
    assert.equal(validator.validate({ profiles: [{ type: "sampled" }] }).valid, false);
  });
});
