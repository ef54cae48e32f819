import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { profileModule } from "../../src/embed/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import type { OpenBrowser } from "../formats/browser.ts";
import { findChromium } from "../formats/browser.ts";
import { serveFolder } from "../formats/serve.ts";
import type { FileServer } from "../formats/serve.ts";
import { wat } from "../oracle/wat.ts";
import { exercise, program } from "./exercise.ts";

const chromium = await findChromium();
const bytes = wat(program) as Uint8Array<ArrayBuffer>;
const page = `<!doctype html><title>embedding</title><script type="module">
import { interceptInstantiation, profileModule } from "/src/embed/index.js";
import { EmbeddingHost, exercise, linesOf } from "/test/embed/exercise.js";
const bytes = new Uint8Array(await (await fetch("/program.wasm")).arrayBuffer());
window.exercise = (mode) => exercise(profileModule, bytes, mode);
window.intercept = async () => {
  const scope = interceptInstantiation();
  const host = new EmbeddingHost();
  const { instance } = await WebAssembly.instantiateStreaming(fetch("/program.wasm"), host.imports);
  scope.restore();
  host.use(instance.exports);
  const [profile] = scope.profiles();
  return { log: host.log, mode: profile.mode, lines: linesOf(profile) };
};
window.ready = true;
</script>`;

describe("embedding in chromium", chromium.found ? {} : missing(chromium.reason), () => {
  let browser: OpenBrowser | undefined;
  let server: FileServer | undefined;
  const errors: string[] = [];
  let run: (expression: string) => Promise<unknown> = async () => undefined;

  before(async () => {
    assert.ok(chromium.found);
    server = await serveFolder(
      join(root, ".build"),
      new Map([
        ["/page.html", new TextEncoder().encode(page)],
        ["/program.wasm", bytes],
      ]),
    );
    browser = await chromium.open();
    const opened = await browser.context.newPage();
    opened.on("pageerror", (error) => errors.push(error.message));
    await opened.goto(`${server.url}/page.html`);
    await opened.waitForFunction("window.ready === true");
    run = (expression) => opened.evaluate(expression);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const mode of ["calls", "insns", "blocks", "tree"] as const) {
    it(`counts ${mode} as Node does`, async () => {
      const here = await exercise(profileModule, bytes, mode);
      const there = (await run(`window.exercise("${mode}")`)) as typeof here;
      assert.deepEqual(there.log, here.log);
      assert.deepEqual(there.lines, here.lines);
      assert.deepEqual(there.exports, here.exports);
      assert.deepEqual(errors, []);
    });
  }

  it("profiles what glue fetches, as a call tree in a memory of its own", async () => {
    const here = await exercise(profileModule, bytes, "tree");
    assert.deepEqual(await run("window.intercept()"), {
      log: here.log,
      mode: "tree",
      lines: here.lines,
    });
    assert.deepEqual(errors, []);
  });
});
