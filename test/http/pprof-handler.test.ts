import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import * as pprofFormat from "pprof-format";
import { pprofHandler } from "../../src/collect/index.ts";
import type { ProfileSource } from "../../src/collect/index.ts";
import { findProgram } from "../formats/browser.ts";
import { samples } from "../formats/samples.ts";
import { missing } from "../skip.ts";
import { listening } from "./listen.ts";

const go = findProgram(["go", "go.exe"]);
const tree = samples["tree"]!;

/** A source that notes for how long it was asked. */
function noting(asked: number[]): ProfileSource {
  return {
    profile: (seconds) => {
      asked.push(seconds);
      return Promise.resolve(tree);
    },
  };
}

describe("/debug/pprof", () => {
  it("answers with a profile as Go does", async () => {
    const asked: number[] = [];
    await listening(pprofHandler(noting(asked)), async (url) => {
      const response = await fetch(`${url}/debug/pprof/profile?seconds=3`);
      assert.equal(response.status, 200);
      assert.deepEqual(
        ["content-type", "content-disposition", "content-encoding"].map((name) =>
          response.headers.get(name),
        ),
        ["application/octet-stream", 'attachment; filename="profile"', null],
      );
      const file = pprofFormat.Profile.decode(gunzipSync(await response.arrayBuffer()));
      assert.equal(
        file.sample.reduce((sum, { value }) => sum + Number(value[1]), 0),
        508,
      );
      for (const query of ["", "?seconds=0", "?seconds=-1", "?seconds=x", "?seconds=0.5"]) {
        await (await fetch(`${url}/debug/pprof/profile${query}`)).arrayBuffer();
      }
    });
    assert.deepEqual(asked, [3, 30, 30, 30, 30, 0.5]);
  });

  it("has an index, also below a router, and nothing else", async () => {
    await listening(pprofHandler(noting([])), async (url) => {
      for (const [path, status, text] of [
        ["/debug/pprof/", 200, /href="profile\?seconds=10"/],
        ["/inner/debug/pprof/", 200, /href="profile/],
        ["/", 200, /href="profile/],
        ["/profile?seconds=1", 200, /./s],
        ["/debug/pprof/heap", 404, /^Unknown profile\n$/],
        ["/debug/pprof", 404, /Unknown/],
        ["/x/profile", 404, /Unknown/],
      ] as const) {
        const response = await fetch(url + path);
        assert.equal(response.status, status, path);
        assert.match(await response.text(), text, path);
      }
      const post = await fetch(`${url}/debug/pprof/profile`, { method: "POST" });
      assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
      const head = await fetch(`${url}/debug/pprof/profile`, { method: "HEAD" });
      assert.equal(head.status, 200);
    });
  });

  it("collects one profile at a time, and says what went wrong", async () => {
    let release = (): void => {};
    const source: ProfileSource = {
      profile: async (seconds) => {
        if (seconds === 1) throw new Error("the guest has ended");
        await new Promise<void>((resolve) => (release = resolve));
        return tree;
      },
    };
    await listening(pprofHandler(source), async (url) => {
      const broken = await fetch(`${url}/debug/pprof/profile?seconds=1`);
      assert.deepEqual([broken.status, broken.headers.get("x-go-pprof")], [500, "1"]);
      assert.equal(await broken.text(), "Could not collect: the guest has ended\n");
      const first = fetch(`${url}/debug/pprof/profile?seconds=2`);
      await wait(50);
      const second = await fetch(`${url}/debug/pprof/profile?seconds=1`);
      assert.match(await second.text(), /collected already/);
      release();
      assert.equal((await first).status, 200);
    });
  });

  it("tells the source when nobody waits any more", async () => {
    const gone = later();
    const source: ProfileSource = {
      profile: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            gone.resolve();
            resolve(tree);
          });
        }),
    };
    await listening(pprofHandler(source), async (url) => {
      const abort = new AbortController();
      const asked = fetch(`${url}/debug/pprof/profile`, { signal: abort.signal });
      await wait(50);
      abort.abort();
      await assert.rejects(asked);
      await gone.promise;
    });
  });

  it(
    "is read by go tool pprof",
    go === undefined ? missing("no go: apt-get install golang-go") : {},
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "wasmscope-pprof-"));
      const env = { ...process.env, PPROF_TMPDIR: folder, GOTOOLCHAIN: "local" };
      try {
        await listening(pprofHandler(noting([])), async (url) => {
          const target = `${url}/debug/pprof/profile?seconds=1`;
          const { stdout } = await promisify(execFile)(go!, ["tool", "pprof", "-top", target], {
            env,
          });
          assert.match(stdout, /Type: instructions/);
          assert.match(stdout, /400 78.74% .* parse$/m);
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

/** A promise and what resolves it. */
function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
