import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { writeBenchHtml } from "../../src/report/index.ts";
import type { OpenBrowser } from "../formats/browser.ts";
import { findChromium } from "../formats/browser.ts";
import { missing } from "../skip.ts";
import { benchPages } from "./bench-pages.ts";

const chromium = await findChromium();
const pages = benchPages();

const looks: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1200, height: 900 }, colorScheme: "light" },
  "dark, on a phone": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  "without scripts": { viewport: { width: 800, height: 900 }, javaScriptEnabled: false },
};

describe(
  "pages of measurements in chromium",
  chromium.found ? {} : missing(chromium.reason),
  () => {
    let folder: string;
    const open = new Map<string, OpenBrowser>();
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "wasmscope-bench-"));
      assert.ok(chromium.found);
      for (const [look, options] of Object.entries(looks)) {
        open.set(look, await chromium.open({ reducedMotion: "reduce", ...options }));
      }
    });
    after(async () => {
      for (const browser of open.values()) await browser.close();
      await rm(folder, { recursive: true, force: true });
    });

    /** Opens a page; whatever it asks of a network, logs or throws is in `wrong`. */
    async function show(name: string, look: string): Promise<{ page: Page; wrong: string[] }> {
      const file = join(folder, `${name.replaceAll(/\W/g, "-")}.html`);
      await writeFile(file, writeBenchHtml(pages[name]!));
      const page = await open.get(look)!.context.newPage();
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(error.message));
      page.on("console", (message) => wrong.push(message.text()));
      page.on("request", (request) => {
        if (request.url() !== pathToFileURL(file).href && !request.url().startsWith("data:")) {
          wrong.push(request.url());
        }
      });
      await page.goto(pathToFileURL(file).href);
      return { page, wrong };
    }

    for (const name of Object.keys(pages)) {
      for (const look of Object.keys(looks)) {
        it(`shows ${name} without an error, a request or a bar across: ${look}`, async () => {
          const { page, wrong } = await show(name, look);
          assert.deepEqual(wrong, []);
          // Measured from outside: scripts may be off.
          const { width } = page.viewportSize()!;
          const boxes = await page.locator("section, figure, .row, .claim, .lines").all();
          assert.ok(boxes.length > 20);
          for (const box of boxes.filter((_, at) => at % 7 === 0)) {
            const place = await box.boundingBox();
            if (place === null) continue;
            assert.ok(
              place.x >= -0.5 && place.x + place.width <= width + 0.5,
              JSON.stringify(place),
            );
          }
          assert.ok((await page.locator("svg .bar, svg .part").count()) > 3);
          await page.close();
        });
      }
    }

    it("hides a runtime in all figures, and shows it again", async () => {
      const { page } = await show("the paper's page", "light");
      const marks = page.locator(".figure svg.of-1:not(.swatch)");
      const shown = async (): Promise<number> => marks.filter({ visible: true }).count();
      const all = await shown();
      assert.ok(all > 10);
      const button = page.locator(".legend [data-series='1'] button").first();
      await button.click();
      assert.equal(await shown(), 0);
      await button.click();
      assert.equal(await shown(), all);
      await page.close();
    });

    it("sorts tables by value, rows of markers by a runtime, and back", async () => {
      const { page } = await show("the paper's page", "light");
      const rows = page.locator("#fig5 .dots .row[data-name]");
      const names = async (): Promise<string[]> =>
        rows.evaluateAll((list) => list.map((row) => (row as HTMLElement).dataset["name"]!));
      const first = await names();
      const select = page.locator("#fig5 .sort select");
      await select.selectOption("2");
      const places = await rows.evaluateAll((list) =>
        list.map((row) => Number.parseFloat(row.querySelector("svg svg.of-2")!.getAttribute("x")!)),
      );
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
      assert.notDeepEqual(await names(), first);
      await select.selectOption("");
      assert.deepEqual(await names(), first);

      const table = page.locator("#fig8 figure > .wide table");
      await table.locator("thead button", { hasText: "time there" }).click();
      const values = await table
        .locator("tbody tr td:last-child")
        .evaluateAll((cells) =>
          cells.map((cell) => Number((cell as HTMLElement).dataset["value"])),
        );
      assert.deepEqual(
        values,
        values.toSorted((a, b) => a - b),
      );
      await page.close();
    });

    it("says what a mark stands for", async () => {
      const { page } = await show("the paper's page", "light");
      await page.locator("#fig9 .bars .row").first().hover();
      const tip = page.locator(".tip");
      assert.match(await tip.innerText(), /wasmtime@50\.0\.1: [\d.]+ m?s\n95 %: .*\n6 blocks/);
      await page.mouse.move(2, 2);
      assert.equal(await tip.isVisible(), false);
      await page.close();
    });
  },
);
