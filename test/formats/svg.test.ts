import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Profile } from "../../src/profile/index.ts";
import { formatOf, printable } from "../../src/profile/index.ts";
import { missing } from "../skip.ts";
import type { OpenBrowser } from "./browser.ts";
import { findChromium } from "./browser.ts";
import { realisticTree } from "./realistic.ts";
import { hostileNames, profileOf, samples } from "./samples.ts";

const chromium = await findChromium();
const svg = formatOf("x.svg")!;

// 1000 in all: parse 350 (alloc below it 100), eval 600 (alloc 150, which calls alloc again).
const small = profileOf([
  "main 1 50",
  "main;parse 1 250",
  "main;parse;alloc 9 100",
  "main;eval 1 450",
  "main;eval;alloc 4 110",
  "main;eval;alloc;alloc 4 40",
]);

function shownNames(page: Page): Promise<string[]> {
  return page
    .locator(".box:visible title")
    .evaluateAll((titles) => titles.map(({ textContent }) => textContent.split("\n")[0]!));
}

function box(page: Page, name: string): Locator {
  return page.locator(".box", {
    has: page.locator("title", { hasText: new RegExp(`^${name}\n`) }),
  });
}

function found(page: Page): Promise<string | null> {
  return page.locator(".found").textContent();
}

describe("svg in chromium", chromium.found ? {} : missing(chromium.reason), () => {
  let folder = "";
  const open: OpenBrowser[] = [];
  const contexts = new Map<string, OpenBrowser>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "wasmscope-svg-"));
  });
  after(async () => {
    for (const browser of open) await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a profile from a file; whatever goes wrong in the page fails the test. */
  async function show(profile: Profile, options: BrowserContextOptions = {}): Promise<Page> {
    assert.ok(chromium.found);
    const key = JSON.stringify(options);
    const browser = contexts.get(key) ?? (await chromium.open(options));
    if (!contexts.has(key)) open.push(browser);
    contexts.set(key, browser);
    const file = join(folder, "flame.svg");
    await writeFile(file, svg.write(profile));
    const page = await browser.context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => errors.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    assert.deepEqual(errors, []);
    return page;
  }

  it("shows names and numbers where scripts do not run", async () => {
    const page = await show(small, { javaScriptEnabled: false });
    assert.equal(await page.locator(".heading").textContent(), "app.wasm");
    assert.match((await page.locator(".facts").textContent()) ?? "", /^1,000 instructions .* tree/);
    assert.deepEqual(await page.locator(".box text").allTextContents(), [
      "all",
      "main",
      "eval",
      "parse",
      "alloc",
      "alloc",
      "alloc",
    ]);
    const title = await box(page, "eval").locator("title").textContent();
    assert.equal(title, "eval\n600 instructions (60.00 %)\nself 450 (45.00 %)\n1 call\nfunction 3");
    assert.equal(await page.locator("input").count(), 0);
  });

  it("keeps every label inside its box, with and without scripts", async () => {
    for (const options of [{ javaScriptEnabled: false }, {}]) {
      const page = await show(realisticTree(400), options);
      const outside = await page.locator(".box:visible:has(text)").evaluateAll(
        (groups) =>
          groups.filter((group) => {
            const label = group.querySelector("text")!.getBoundingClientRect();
            const room = group.querySelector("rect")!.getBoundingClientRect();
            return label.width > 0 && (label.right > room.right || label.left < room.left);
          }).length,
      );
      assert.equal(outside, 0);
    }
  });

  it("sums the share of matches, nested ones once", async () => {
    const page = await show(small);
    await page.keyboard.press("Control+f");
    assert.equal(await page.evaluate("document.activeElement.localName"), "input");
    await page.keyboard.type("ALLOC");
    assert.equal(await found(page), "matched 25.00 %");
    assert.equal(await page.locator(".box.hit").count(), 3);
    await page.keyboard.press("Control+a");
    await page.keyboard.type("parse");
    assert.equal(await found(page), "matched 35.00 %");
    await page.keyboard.press("Escape");
    assert.equal(await found(page), "");
    assert.equal(await page.locator(".box.hit, .box.miss").count(), 0);
  });

  it("zooms by click and returns by Escape", async () => {
    const page = await show(small);
    const widthOf = (name: string) =>
      box(page, name)
        .locator("rect")
        .evaluate((rect) => rect.getBoundingClientRect().width);
    const unzoomed = [await widthOf("main"), await widthOf("parse"), await widthOf("eval")];
    assert.ok(Math.abs(unzoomed[1]! / unzoomed[0]! - 0.35) < 0.01);
    await box(page, "parse").click();
    assert.deepEqual(await shownNames(page), ["all", "main", "parse", "alloc"]);
    assert.ok(Math.abs((await widthOf("parse")) - unzoomed[0]!) < 0.01);
    const alloc = box(page, "alloc").locator("visible=true").locator("rect");
    const share =
      (await alloc.evaluate((rect) => rect.getBoundingClientRect().width)) / unzoomed[0]!;
    assert.ok(Math.abs(share - 100 / 350) < 0.01);
    await page.keyboard.press("Escape");
    assert.equal((await shownNames(page)).length, 7);
    assert.deepEqual(
      [await widthOf("main"), await widthOf("parse"), await widthOf("eval")],
      unzoomed,
    );
  });

  it("can be used with the keyboard alone", async () => {
    const page = await show(small);
    const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");
    await page.keyboard.press("Tab");
    for (let tabs = 0; tabs < 3 && !String(await focused()).startsWith("all"); tabs++) {
      await page.keyboard.press("Tab");
    }
    assert.match(String(await focused()), /^all, 1,000 instructions/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.match(String(await focused()), /^eval, 600/);
    assert.match((await page.locator(".detail").textContent()) ?? "", /^eval .*\(60\.00 %\)/);
    await page.keyboard.press("ArrowRight");
    assert.match(String(await focused()), /^parse, 350/);
    await page.keyboard.press("Enter");
    assert.deepEqual(await shownNames(page), ["all", "main", "parse", "alloc"]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    assert.equal((await shownNames(page)).length, 7);
  });

  it("fits any window, and stays put while one scrolls", async () => {
    const page = await show(samples["deep tree"]!);
    await page.setViewportSize({ width: 700, height: 400 });
    await page.waitForFunction(
      "document.querySelector('.box rect').getBoundingClientRect().right < 700",
    );
    await page.evaluate("window.scrollTo(0, 2000)");
    await page.waitForFunction(
      "Math.abs(document.querySelector('.header').getBoundingClientRect().top) < 2",
    );
  });

  it("is strict XML and shows any name", async () => {
    const page = await show(samples["hostile names"]!);
    const names = await shownNames(page);
    assert.deepEqual(
      names.slice(1).toSorted(),
      hostileNames.map((name) => printable(name) || "(no name)").toSorted(),
    );
    for (const profile of Object.values(samples)) {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(svg.write(profile));
      const parsed = `new DOMParser().parseFromString(${JSON.stringify(text)}, "application/xml")`;
      const error = await page.evaluate(
        `(${parsed}.querySelector("parsererror") ?? { textContent: "" }).textContent`,
      );
      assert.equal(error, "");
    }
  });

  it("says what it leaves out, and then does not claim to have matched all", async () => {
    const page = await show(realisticTree(30_000));
    assert.match(
      (await page.locator(".note").textContent()) ?? "",
      /6,000 of [\d,]+ boxes are drawn/,
    );
    await page.keyboard.press("Control+f");
    await page.keyboard.type("memcpy");
    assert.match((await found(page)) ?? "", /^matched ≥ \d+\.\d\d %$/);
  });

  it("draws nothing but the root of an empty profile", async () => {
    assert.deepEqual(await shownNames(await show(samples["empty"]!)), ["all"]);
  });
});
