import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, it } from "node:test";
import { main } from "../../src/cli/main.ts";
import { formatOf, formats } from "../../src/profile/index.ts";
import { findPackage } from "../../src/sys/index.ts";
import { callTool, inFolder } from "../cli/run.ts";
import { findChromium } from "../formats/browser.ts";
import { samples } from "../formats/samples.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const chromium = await findChromium();
const script = join(root, ".build", "src", "cli", "main.js");

/** Views a profile and uses its address, which is gone afterwards. */
async function viewing<T>(
  file: string,
  use: (url: string, stderr: string) => Promise<T>,
  ...more: string[]
): Promise<T> {
  let [stdout, stderr] = ["", ""];
  let result: T | undefined;
  const code = await main(["view", file, ...more], {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    stderrIsTerminal: false,
    width: 100,
    env: {},
    now: () => 0,
    untilInterrupted: async () => {
      result = await use(stdout.trim(), stderr);
    },
  });
  assert.equal(code, 0, stderr);
  await assert.rejects(fetch(stdout.trim()), "the server is closed");
  return result!;
}

/** Asks with any path and headers, which fetch would not send. */
function ask(
  url: string,
  options: { path?: string; host?: string; method?: string },
): Promise<{ status: number; text: string }> {
  const { port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        path: options.path ?? pathname,
        method: options.method ?? "GET",
        headers: { host: options.host ?? `127.0.0.1:${port}` },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
        response.on("end", () => resolve({ status: response.statusCode!, text }));
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

function inFile<T>(use: (file: string, folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const file = join(folder, "tree.json");
    writeFileSync(file, formatOf(file)!.write(samples["tree"]!));
    return use(file, folder);
  });
}

describe("view", () => {
  it("serves the page of a profile in any readable format", async () => {
    await inFolder(async (folder) => {
      for (const { name, extensions, read, write } of formats) {
        if (read === undefined) continue;
        const file = join(folder, `tree${extensions[0]}`);
        writeFileSync(file, write(samples["tree"]!));
        await viewing(file, async (url) => {
          assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
          const response = await fetch(url);
          assert.match(response.headers.get("content-type")!, /^text\/html/);
          assert.match(await response.text(), /"parse"/, name);
        });
      }
    });
  });

  it("answers only who has the address, by its own name", async () => {
    await inFile((file) =>
      viewing(file, async (url) => {
        const { port, pathname } = new URL(url);
        for (const [options, status] of [
          [{}, 200],
          [{ host: `localhost:${port}` }, 200],
          [{ host: `evil.example:${port}` }, 403],
          [{ host: "127.0.0.1" }, 403],
          [{ path: "/" }, 404],
          [{ path: `/${"0".repeat(32)}/` }, 404],
          [{ path: `${pathname}nothing` }, 404],
          [{ path: `${pathname}speedscope/../../../package.json` }, 404],
          [{ path: `${pathname}speedscope/%2e%2e/%2e%2e/package.json` }, 404],
          [{ path: `${pathname}speedscope/..%2f..%2fpackage.json` }, 404],
          [{ path: `${pathname}%` }, 404],
          [{ method: "POST" }, 405],
        ] as const) {
          const { status: got, text } = await ask(url, options);
          assert.equal(got, status, JSON.stringify(options));
          if (status !== 200) assert.doesNotMatch(text, /parse|speedscope/);
        }
      }),
    );
  });

  it(
    "shows the page and speedscope beside it",
    chromium.found
      ? findPackage("speedscope") === undefined
        ? missing("no speedscope: npm install --save-dev speedscope")
        : {}
      : missing(chromium.reason),
    async () => {
      await inFile((file) =>
        viewing(file, async (url) => {
          assert.ok(chromium.found);
          const browser = await chromium.open({ viewport: { width: 1200, height: 900 } });
          try {
            const page = await browser.context.newPage();
            const wrong: string[] = [];
            page.on("pageerror", (error) => wrong.push(error.message));
            page.on("response", (response) => {
              if (!response.ok()) wrong.push(`${response.status()} ${response.url()}`);
            });
            await page.goto(url);
            await page.getByRole("link", { name: "speedscope" }).click();
            await page.getByText("Sandwich").click();
            await page.getByText("Symbol Name").waitFor();
            await page.getByText("parse", { exact: true }).first().waitFor();
            assert.deepEqual(wrong, []);
          } finally {
            await browser.close();
          }
        }),
      );
    },
  );

  it("ends cleanly at Ctrl-C", async () => {
    await inFile(async (file) => {
      const tool = spawn(process.execPath, [script, "view", file]);
      let stdout = "";
      await new Promise<void>((resolve) => {
        tool.stdout.on("data", (chunk: Buffer) => {
          stdout += chunk.toString("utf8");
          if (stdout.includes("\n")) resolve();
        });
      });
      assert.equal((await fetch(stdout.trim())).status, 200);
      tool.kill("SIGINT");
      const ended = await new Promise((resolve) => {
        tool.on("close", (code, signal) => resolve([code, signal]));
      });
      assert.deepEqual(ended, [0, null]);
    });
  });

  it("says what is wrong in one line", async () => {
    await inFile(async (file, folder) => {
      await viewing(file, async (url) => {
        const taken = await callTool("view", file, "--port", new URL(url).port);
        assert.match(taken.stderr, /error: port \d+ is taken/);
      });
      for (const [args, expected] of [
        [[], /which file\?/],
        [[file, "--port", "x"], /--port wants a number up to 65535, not x/],
        [[join(folder, "none.json")], /no such file/],
        [[script], /holds no profile that wasmscope can read/],
      ] as const) {
        const { code, stderr } = await callTool("view", ...args);
        assert.equal(code, 125);
        assert.match(stderr, expected);
      }
    });
  });
});
