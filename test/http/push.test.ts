import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, RequestListener } from "node:http";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import * as pprofFormat from "pprof-format";
import { PushError, pushProfile } from "../../src/collect/index.ts";
import type { PushOptions } from "../../src/collect/index.ts";
import { formatOf } from "../../src/profile/index.ts";
import { exits } from "../cli/guests.ts";
import { callTool, inFolder, spawnToolLater } from "../cli/run.ts";
import { samples } from "../formats/samples.ts";
import { listening } from "./listen.ts";

const tree = samples["tree"]!;

/** A request as a server like Pyroscope sees it. */
interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

async function receive(request: IncomingMessage): Promise<Received> {
  const { pathname, searchParams } = new URL(request.url!, "http://localhost");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method!,
    path: pathname,
    query: Object.fromEntries(searchParams),
    authorization: request.headers.authorization,
    type: request.headers["content-type"] ?? "",
    body: new Uint8Array(Buffer.concat(chunks)),
  };
}

/** Takes what is pushed. */
function taking(received: Received[]): RequestListener {
  return (request, response) => {
    void receive(request).then((one) => {
      received.push(one);
      return response.end();
    });
  };
}

/** Pushes to a server that takes it, and returns what it got. */
async function pushed(
  address: (url: string) => string,
  options: PushOptions = {},
): Promise<Received> {
  const received: Received[] = [];
  await listening(taking(received), (url) => pushProfile(tree, address(url), options));
  assert.equal(received.length, 1);
  return received[0]!;
}

/** Reads the form as the server does, and returns the profile in it and what the value types are said to be. */
async function formOf({ type, body }: Received): Promise<{
  profile: pprofFormat.Profile;
  types: Record<string, { units: string }>;
}> {
  const form = await new Response(body, { headers: { "content-type": type } }).formData();
  const file = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await (form.get(name) as Blob).arrayBuffer());
  const types = JSON.parse(new TextDecoder().decode(await file("sample_type_config"))) as Record<
    string,
    { units: string }
  >;
  return { profile: pprofFormat.Profile.decode(gunzipSync(await file("profile"))), types };
}

/** Returns the address of a server that is no more. */
function nobody(): Promise<string> {
  return listening(
    () => {},
    (url) => Promise.resolve(url),
  );
}

describe("push", () => {
  it("sends pprof that has all samples, under the module's name", async () => {
    const got = await pushed((url) => `${url}/`, { untilMs: 1_700_000_010_400, durationMs: 2500 });
    assert.deepEqual([got.method, got.path], ["POST", "/ingest"]);
    assert.deepEqual(got.query, {
      name: "app",
      from: "1700000007",
      until: "1700000011",
      format: "pprof",
      spyName: "wasmscope",
    });
    assert.equal(got.authorization, undefined);
    const { profile, types } = await formOf(got);
    const sums = [0, 1].map((column) =>
      profile.sample.reduce((sum, { value }) => sum + Number(value[column]), 0),
    );
    assert.deepEqual(sums, [86, 508]);
    const names = profile.sampleType.map(({ type }) => profile.stringTable.strings[Number(type)]!);
    assert.deepEqual(Object.keys(types), names);
    assert.equal(types["instructions"]!.units, "count");
  });

  it("sends folded stacks where the URL says so, and keeps what else it says", async () => {
    const got = await pushed(
      (url) => `${url}/base/ingest?format=folded&name=mine.cpu&sampleRate=1`,
      {
        labels: { env: "x" },
      },
    );
    assert.equal(got.path, "/base/ingest");
    assert.equal(got.query["name"], "mine.cpu");
    assert.equal(got.query["sampleRate"], "1");
    assert.equal(got.query["units"], "instructions");
    assert.deepEqual(got.body, new Uint8Array(formatOf("x.folded")!.write(tree)));
    // A run of no time is still one.
    assert.equal(Number(got.query["until"]) - Number(got.query["from"]), 1);
  });

  it("sends name, labels and authorization", async () => {
    const options = {
      name: "my app/é",
      labels: { env: "staging", region: "eu-1" },
      token: "secret",
    };
    const bearer = await pushed((url) => url, options);
    assert.equal(bearer.query["name"], "my_app/_{env=staging,region=eu-1}");
    assert.equal(bearer.authorization, "Bearer secret");
    const basic = await pushed((url) => url.replace("//", "//user:p%40ss@"), options);
    assert.equal(basic.authorization, `Basic ${btoa("user:p@ss")}`);
  });

  for (const [what, url, options, expected] of [
    ["no URL", "localhost", {}, /localhost: it is no URL/],
    ["another protocol", "ftp://localhost", {}, /only http: and https:/],
    ["an unknown format", "http://localhost?format=jfr", {}, /cannot push jfr: there are pprof/],
    ["a label's name", "http://localhost", { labels: { "a-b": "x" } }, /not a-b/],
    ["a label's value", "http://localhost", { labels: { a: "x,y=z" } }, /value of label a /],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(pushProfile(tree, url, options), (error) => {
        assert.ok(error instanceof PushError);
        assert.match(error.message, expected);
        return true;
      });
    });
  }

  it("reports that nobody is there, without the password", async () => {
    const url = await nobody();
    const error: unknown = await pushProfile(tree, url.replace("//", "//user:hidden@")).catch(
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof PushError);
    assert.equal(error.message, `cannot push to ${url}/ingest: connection refused`);
  });

  for (const [what, answer, expected] of [
    [
      "an error with a reason",
      (_: unknown, response) => response.writeHead(401).end("no credentials\n"),
      /\/ingest: 401 Unauthorized: no credentials$/,
    ],
    [
      "a redirection",
      (_: unknown, response) => response.writeHead(302, { location: "/login" }).end(),
      /302 Found: it has moved to \/login$/,
    ],
    ["a closed connection", ({ socket }) => socket.destroy(), /closed the connection$/],
    ["silence", () => {}, /no answer within 0.2 s$/],
  ] satisfies [string, RequestListener, RegExp][]) {
    it(`reports ${what}`, async () => {
      await listening(answer, (url) =>
        assert.rejects(
          pushProfile(tree, url, { timeoutMs: what === "silence" ? 200 : 30_000 }),
          expected,
        ),
      );
    });
  }

  it("is an option of convert and profile", async () => {
    await inFolder(async (folder) => {
      const received: Received[] = [];
      const [file, guest] = [join(folder, "in.folded"), join(folder, "guest.wasm")];
      writeFileSync(file, "main;work 30\nmain 12\n");
      writeFileSync(guest, exits(3));
      await listening(taking(received), async (url) => {
        const converted = await callTool("convert", file, "--push", url, "--label", "a=b");
        assert.deepEqual(converted, { code: 0, stdout: "", stderr: "" });
        const profiled = await spawnToolLater(["profile", guest, "--push", url], {
          WASMSCOPE_PUSH_TOKEN: "from-env",
        });
        assert.equal(profiled.code, 3, profiled.stderr);
      });
      assert.deepEqual(
        received.map(({ query, authorization }) => [query["name"], authorization]),
        [
          ["wasm{a=b}", undefined],
          ["guest", "Bearer from-env"],
        ],
      );
      const { profile } = await formOf(received[1]!);
      assert.ok(profile.sample.length > 1);
      const failed = await callTool("convert", file, "--push", await nobody());
      assert.equal(failed.code, 125);
      assert.match(failed.stderr, /^wasmscope: error: cannot push .*refused\n$/);
      const label = await callTool("convert", file, "--label", "a=b");
      assert.match(label.stderr, /--label is for --push/);
    });
  });
});
