import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { spins } from "./guests.ts";
import { inFolder, script, spawnTool } from "./run.ts";

interface Shown {
  readonly module: string;
  readonly mode: string;
  readonly rows: readonly { name: string; self: number }[];
}

/** Reads the first `count` profiles that a page sends. */
async function* events(url: string): AsyncGenerator<string> {
  const { body } = await fetch(new URL("/events", url));
  let text = "";
  for await (const chunk of body!) {
    text += new TextDecoder().decode(chunk);
    const parts = text.split("\n\n");
    text = parts.pop()!;
    yield* parts;
  }
}

for (const mode of ["tree", "time", "sample"]) {
  test(`shows a loop that never ends while it runs, in mode ${mode}`, async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "spins.wasm");
      writeFileSync(file, spins);
      const args = [script, "profile", "-m", mode, "--live-port", "0", file];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
      const exited = once(child, "exit") as Promise<[number | null]>;
      let stderr = "";
      const url = await new Promise<string>((resolve) => {
        child.stderr.on("data", (chunk: Buffer) => {
          stderr += chunk.toString();
          const [, found] = /live at (http:\S+)\n/.exec(stderr) ?? [];
          if (found !== undefined) resolve(found);
        });
      });
      const page = await fetch(url);
      assert.match(await page.text(), /EventSource\("\/events"\)/);
      assert.equal((await fetch(new URL("/else", url))).status, 404);
      const seen: number[] = [];
      let last = "";
      for await (const event of events(url)) {
        last = event;
        if (!event.startsWith("data: ")) continue;
        const shown = JSON.parse(event.slice("data: ".length)) as Shown;
        assert.deepEqual([shown.module, shown.mode], ["spins.wasm", mode]);
        assert.equal(shown.rows[0]!.name, "spin");
        seen.push(shown.rows[0]!.self);
        if (seen.length === 2) child.kill("SIGINT");
      }
      // It grows from look to look, and goes on behind them.
      assert.ok(seen[1]! > seen[0]!, String(seen));
      assert.match(last, /^event: end/);
      assert.deepEqual((await exited)[0], 130);
      assert.match(stderr, /Stopped by SIGINT/);
    });
  });
}

test("writes a line where stderr is no terminal", async () => {
  await inFolder((folder) => {
    const file = join(folder, "spins.wasm");
    writeFileSync(file, spins);
    const { code, stderr } = spawnTool(["profile", "--live", "--timeout", "3s", file]);
    assert.equal(code, 124);
    assert.match(stderr, /^wasmscope: 100 % spin, 0 % middle, 0 % _start\n/);
    const one = spawnTool(["profile", "--live", "--top", "1", "--timeout", "3s", file]);
    assert.match(one.stderr, /^wasmscope: 100 % spin\n/);
    assert.match(spawnTool(["profile", "--live-port", "x", file]).stderr, /--live-port wants/);
  });
});
