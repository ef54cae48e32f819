import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { Profile } from "../../src/profile/index.ts";
import type { HtmlOptions } from "../../src/report/index.ts";
import { writeHtml } from "../../src/report/index.ts";
import type { Chromium, OpenBrowser } from "../formats/browser.ts";

/** Opens reports from files in browsers that are kept until `close`. */
export class Shower {
  readonly #chromium: Chromium;
  readonly #browsers = new Map<string, OpenBrowser>();
  #folder: string | undefined;

  constructor(chromium: Chromium) {
    this.#chromium = chromium;
  }

  /** Opens the report of a profile. Whatever the page asks of a network, logs or throws is in `wrong`. */
  async show(
    profile: Profile,
    { html, browser = {} }: { html?: HtmlOptions; browser?: BrowserContextOptions } = {},
  ): Promise<{ page: Page; wrong: string[] }> {
    assert.ok(this.#chromium.found);
    this.#folder ??= await mkdtemp(join(tmpdir(), "wasmscope-html-"));
    const file = join(this.#folder, "report.html");
    await writeFile(file, writeHtml(profile, html));
    const key = JSON.stringify(browser);
    let open = this.#browsers.get(key);
    if (open === undefined) {
      open = await this.#chromium.open({ reducedMotion: "reduce", ...browser });
      this.#browsers.set(key, open);
    }
    const page = await open.context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => wrong.push(message.text()));
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(file).href && !request.url().startsWith("data:")) {
        wrong.push(request.url());
      }
    });
    await page.goto(pathToFileURL(file).href);
    await page.locator(".tabs").waitFor();
    return { page, wrong };
  }

  /** Closes all browsers and removes the files. */
  async close(): Promise<void> {
    for (const browser of this.#browsers.values()) await browser.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Returns the name of the box that the flame graph is zoomed to. */
export function zoomed(page: Page): Promise<string | null> {
  return page.locator(".stage").getAttribute("data-zoomed");
}

/** Clicks the box at a level and a share of the width. */
export async function clickBox(page: Page, level: number, share: number): Promise<void> {
  const stage = page.locator(".stage");
  const row = Number(await stage.getAttribute("data-row"));
  const area = (await stage.boundingBox())!;
  const width = await stage.evaluate((element) => element.clientWidth);
  await page.mouse.click(area.x + share * width, area.y + (level + 0.5) * row);
}

/** Counts the colours on the canvas. */
export function colours(page: Page): Promise<number> {
  return page.locator(".stage canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement)
      .getContext("2d")!
      .getImageData(0, 0, width, height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}
