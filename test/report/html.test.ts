import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Page } from "playwright-core";
import type { Frame, Profile } from "../../src/profile/index.ts";
import { functionTotals, groupDigits, treeProfile } from "../../src/profile/index.ts";
import { findChromium } from "../formats/browser.ts";
import { realisticTree, wideTree } from "../formats/realistic.ts";
import { head, hostileNames, profileOf, samples } from "../formats/samples.ts";
import { missing } from "../skip.ts";
import { clickBox, colours, Shower, zoomed } from "./show.ts";

const chromium = await findChromium();

// 1000 in all: parse 350 (alloc below it 100), eval 600 (alloc 150, which calls alloc again).
const small = profileOf([
  "main 1 50",
  "main;parse 1 250",
  "main;parse;alloc 9 100",
  "main;eval 1 450",
  "main;eval;alloc 4 110",
  "main;eval;alloc;alloc 4 40",
]);

/** A function on lines, with one inlined, one of the host and one estimated. */
function linesProfile(): Profile {
  const frames: Frame[] = [
    { name: "main", funcIndex: 1, file: "src/main.c", line: 3 },
    { name: "main", funcIndex: 1, file: "src/main.c", line: 40 },
    { name: "twice", funcIndex: 1, file: "src/main.c", line: 41, inlined: true },
    { name: "fd_write", funcIndex: 0, host: true },
    { name: "guess", funcIndex: 2, estimated: true },
  ];
  return treeProfile(head(), {
    frames,
    parents: [-1, -1, 1, 1, 0],
    nodeFrames: [0, 1, 2, 3, 4],
    selfValues: [
      [1, 0, 5, 2, 7],
      [100, 50, 700, 100, 50],
    ],
  });
}

const source = Array.from({ length: 100 }, (_, index) => `line ${index + 1} <b>&amp;`).join("\n");

function names(page: Page): Promise<string[]> {
  return page.locator(".functions tbody .function").allTextContents();
}

function status(page: Page): Promise<string> {
  return page.locator(".status").innerText();
}

describe("html in chromium", chromium.found ? {} : missing(chromium.reason), () => {
  const shower = new Shower(chromium);
  after(() => shower.close());

  for (const [name, profile] of Object.entries(samples)) {
    it(`opens ${name} without an error or a request`, async () => {
      const { page, wrong } = await shower.show(profile);
      await page.locator("#tab-functions").click();
      const functions = functionTotals(profile).filter(({ total }) => total.some(Boolean)).length;
      assert.equal((await names(page)).length, functions);
      assert.deepEqual(wrong, []);
      await page.close();
    });
  }

  it("draws a flame graph, zooms by click and goes back by Escape", async () => {
    const { page, wrong } = await shower.show(small);
    assert.match(
      await page.locator(".facts").innerText(),
      /^1,000 instructions\s*20 calls\s*mode tree\s*4 functions$/,
    );
    assert.ok((await colours(page)) > 5);
    assert.equal(await zoomed(page), "all");
    await clickBox(page, 2, 0.3);
    assert.equal(await zoomed(page), "eval");
    assert.match(await status(page), /eval\s+600 instructions \(60.00 %\) · self 450 \(45.00 %\)/);
    // eval fills the width now: alloc is its first quarter.
    await clickBox(page, 3, 0.24);
    assert.equal(await zoomed(page), "alloc");
    await clickBox(page, 1, 0.9);
    assert.equal(await zoomed(page), "main");
    await page.keyboard.press("Escape");
    assert.equal(await zoomed(page), "all");
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("is used by keys alone", async () => {
    const { page } = await shower.show(small);
    const focused = page.locator("#focused-box");
    await page.locator(".stage").focus();
    for (const [key, name] of [
      ["ArrowDown", "main"],
      ["ArrowDown", "eval"],
      ["ArrowRight", "parse"],
      ["ArrowLeft", "eval"],
      ["ArrowUp", "main"],
      ["ArrowDown", "eval"],
    ] as const) {
      await page.keyboard.press(key);
      assert.equal((await focused.textContent())!.split(",")[0], name, key);
    }
    await page.keyboard.press("Enter");
    assert.equal(await zoomed(page), "eval");
    await page.keyboard.press("/");
    await page.keyboard.type("alloc");
    assert.equal(await page.locator(".matched").textContent(), "25.00 % in 1 function");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".matched").textContent(), "");
    await page.locator(".stage").focus();
    await page.keyboard.press("f");
    assert.equal(await page.locator("h2").textContent(), "eval");
    await page.close();
  });

  it("turns the flame graph around, and shows that of one function", async () => {
    const { page } = await shower.show(small);
    await page.getByRole("button", { name: "Callers" }).click();
    // Own costs: eval 450, parse 250, alloc 250, main 50.
    await clickBox(page, 1, 0.8);
    assert.equal(await zoomed(page), "alloc");
    assert.match(await status(page), /250 instructions \(25.00 %\)/);
    await page.locator("#tab-functions").click();
    await page.locator(".functions .function", { hasText: "parse" }).click();
    await page.getByRole("button", { name: "Flame graph of its callees" }).click();
    assert.match(await page.locator(".focus").innerText(), /of parse/);
    await clickBox(page, 2, 0.1);
    assert.match(await status(page), /alloc\s+100 instructions \(28.57 %\)/);
    await page.close();
  });

  it("comes nearer to boxes that are too narrow", async () => {
    const { page } = await shower.show(wideTree(20_000));
    await page.getByRole("button", { name: "Callers" }).click();
    const before = await colours(page);
    for (const _ of [1, 2]) await clickBox(page, 1, 0.5);
    assert.ok((await colours(page)) > before);
    await clickBox(page, 1, 0.5);
    assert.match((await zoomed(page))!, /function_/);
    await page.keyboard.press("Escape");
    assert.equal(await zoomed(page), "all");
    await page.close();
  });

  it("lists functions, sorted and filtered", async () => {
    const { page } = await shower.show(small);
    await page.locator("#tab-functions").click();
    assert.deepEqual(await names(page), ["eval", "parse", "alloc", "main"]);
    await page.getByRole("button", { name: "Total" }).click();
    assert.deepEqual(await names(page), ["main", "eval", "parse", "alloc"]);
    await page.getByRole("button", { name: "Total" }).click();
    assert.deepEqual(await names(page), ["alloc", "parse", "eval", "main"]);
    await page.getByRole("button", { name: "Calls" }).click();
    assert.deepEqual((await names(page))[0], "alloc");
    await page.getByRole("button", { name: "Function" }).click();
    assert.deepEqual(await names(page), ["alloc", "eval", "main", "parse"]);
    await page.locator("#search").fill("A l");
    assert.deepEqual(await names(page), ["alloc", "eval"]);
    await page.locator("#search").fill("/^p/");
    assert.deepEqual(await names(page), ["parse"]);
    await page.locator("#search").fill("");
    await page.locator("#metric").selectOption("calls");
    await page.getByRole("button", { name: "Self" }).click();
    assert.equal((await names(page))[0], "alloc");
    await page.close();
  });

  it("puts a function between its callers and callees", async () => {
    const profile = realisticTree(3000);
    const { page } = await shower.show(profile);
    await page.locator("#tab-functions").click();
    for (const index of [1, 4, 11]) {
      const { frame, self, total } = functionTotals(profile)[index]!;
      await page.locator(`tr[data-func="${index}"] .function`).click();
      assert.equal(await page.locator("h2").textContent(), frame.name);
      for (const side of ["callers", "callees"]) {
        const values = await page
          .locator(`.detail .${side} tr`)
          .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["value"])));
        assert.equal(
          values.reduce((sum, value) => sum + value, 0),
          total[1],
          `${side} of ${frame.name}`,
        );
        if (side === "callees") assert.ok(values.includes(self[1]!));
      }
    }
    await page.close();
  });

  it("shows lines with their text, and marks what is special", async () => {
    const { page, wrong } = await shower.show(linesProfile(), {
      html: { sources: new Map([["src/main.c", source]]) },
    });
    await page.locator("#tab-functions").click();
    assert.deepEqual(await page.locator(".functions .mark").allTextContents(), [
      "inlined",
      "host",
      "≈",
    ]);
    const guess = page.locator(".functions tr", { hasText: "guess" });
    assert.match(await guess.locator(".self").innerText(), /≈ 50/);
    await page.locator("#tab-lines").click();
    const row = (line: number) => page.locator(`.code tr[data-line="${line}"]`);
    assert.equal(await row(41).locator(".text").textContent(), "line 41 <b>&amp;");
    assert.equal(await row(41).locator(".self").textContent(), "700");
    assert.equal(await row(40).locator(".total").textContent(), "850");
    assert.equal(await row(3).locator(".total").textContent(), "150");
    assert.match(await page.locator(".code .gap").innerText(), /12 lines without cost/);
    assert.equal(await row(90).count(), 0);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("shows lines of another profile of the run", async () => {
    const { page } = await shower.show(small, { html: { lines: linesProfile() } });
    await page.locator("#tab-lines").click();
    assert.equal(await page.locator(".code tr[data-line]").count(), 3);
    await page.close();
  });

  it("shows hostile names as they are", async () => {
    const bad = `</script><script>alert(1)</script><img src=x onerror=alert(2)> ${hostileNames.join("")}`;
    const profile = profileOf(["main 1 1"], { notes: [bad], module: { name: bad, sha256: bad } });
    const hostile: Profile = {
      ...profile,
      frames: [{ name: bad, funcIndex: 0, file: bad, line: 1 }],
    };
    const { page, wrong } = await shower.show(hostile, {
      html: { sources: new Map([[bad, bad]]) },
    });
    for (const tab of ["functions", "lines", "flame"]) await page.locator(`#tab-${tab}`).click();
    assert.match(await page.locator("h1").innerText(), /^<\/script><script>alert\(1\)/);
    assert.equal(await page.locator("script").count(), 2);
    assert.equal(await page.locator("img").count(), 0);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`fits a phone (${colorScheme})`, async () => {
      const phone = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };
      const { page, wrong } = await shower.show(realisticTree(300), {
        browser: { ...phone, colorScheme },
        html: { lines: linesProfile() },
      });
      const area = (await page.locator(".stage").boundingBox())!;
      await page.touchscreen.tap(area.x + 60, area.y + 26 * 2.5);
      assert.equal(await zoomed(page), "main");
      await page.getByRole("button", { name: "Show function" }).tap();
      for (const tab of ["flame", "functions", "lines"]) {
        await page.locator(`#tab-${tab}`).tap();
        const width: unknown = await page.evaluate("document.documentElement.scrollWidth");
        assert.equal(width, 375, tab);
      }
      assert.deepEqual(wrong, []);
      await page.close();
    });
  }

  it("is quick with a hundred thousand contexts", async (test) => {
    const profile = wideTree(100_000);
    const start = performance.now();
    const { page, wrong } = await shower.show(profile);
    assert.ok((await colours(page)) > 5);
    test.diagnostic(`opened in ${(performance.now() - start).toFixed(0)} ms`);
    // Time in the page itself: far less when the machine is not busy.
    const busy: unknown = await page.evaluate(`(() => {
      const start = performance.now();
      document.querySelector("[data-direction=callers]").click();
      document.querySelector("[data-direction=callees]").click();
      return performance.now() - start;
    })()`);
    test.diagnostic(`turned around twice in ${Number(busy).toFixed(0)} ms`);
    assert.ok(Number(busy) < 20_000);
    await clickBox(page, 2, 0.2);
    assert.equal(await zoomed(page), "main");
    await page.locator("#search").fill("function_4999");
    assert.match(await page.locator(".matched").innerText(), / in 1 function$/);
    const { total } = functionTotals(profile)[4999]!;
    await page.locator("#tab-functions").click();
    assert.match(
      await page.locator(".functions tbody .total").innerText(),
      new RegExp(groupDigits(total[1]!)),
    );
    assert.deepEqual(wrong, []);
    await page.close();
  });
});
