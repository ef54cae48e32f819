import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { BrowserContext, BrowserContextOptions } from "playwright-core";

/** A browser, or why there is none. */
export type Chromium =
  | {
      readonly found: true;
      readonly open: (options?: BrowserContextOptions) => Promise<OpenBrowser>;
    }
  | { readonly found: false; readonly reason: string };

/** A running browser with a profile of its own. */
export interface OpenBrowser {
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Finds a program on the PATH. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/** Finds chromium and the package that drives it. */
export async function findChromium(): Promise<Chromium> {
  const executablePath = findProgram(NAMES);
  if (executablePath === undefined) {
    return { found: false, reason: "no chromium: apt-get install chromium" };
  }
  const playwright = await import("playwright-core").catch(() => undefined);
  if (!playwright) {
    return { found: false, reason: "no playwright-core: npm install --save-dev playwright-core" };
  }
  return {
    found: true,
    open: async (options = {}) => {
      const folder = await mkdtemp(join(tmpdir(), "wasmscope-chromium-"));
      const context = await playwright.chromium.launchPersistentContext(folder, {
        executablePath,
        args: ARGUMENTS,
        headless: true,
        ...options,
      });
      return {
        context,
        close: async () => {
          await context.close();
          await rm(folder, { recursive: true, force: true, maxRetries: 5 });
        },
      };
    },
  };
}
