import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { wideTree } from "../../test/formats/realistic.ts";
import { head, hostileNames, samples } from "../../test/formats/samples.ts";
import type { Profile } from "../profile/index.ts";
import { formatOf, subtreeValues, treeProfile } from "../profile/index.ts";
import { reportData, writeHtml } from "./html.ts";
import { outputFormats } from "./index.ts";
import { unpack } from "./packed.ts";
import type { ReportData } from "./report-data.ts";
import { treeColumns } from "./tree-columns.ts";

function textOf(profile: Profile): string {
  return new TextDecoder().decode(writeHtml(profile));
}

function dataIn(html: string): ReportData {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)!;
  return JSON.parse(json!) as ReportData;
}

describe("html", () => {
  it("is found by its ending, and does not take others'", () => {
    assert.equal(formatOf("a/B.HTML", outputFormats)?.name, "html");
    assert.equal(formatOf("x.speedscope.json", outputFormats)?.name, "speedscope");
    assert.equal(formatOf("x.html"), undefined);
  });

  for (const [name, profile] of Object.entries(samples)) {
    it(`has the same bytes each time, and all data: ${name}`, () => {
      const html = textOf(profile);
      assert.equal(textOf(profile), html);
      assert.deepEqual(dataIn(html), reportData(profile));
    });
  }

  it("allows the browser its own script and style, and nothing else", () => {
    const html = textOf(samples["tree"]!);
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
    for (const element of ["script", "style"]) {
      const [, body] = new RegExp(`<${element}>(.*?)</${element}>`, "s").exec(html)!;
      const hash = createHash("sha256").update(body!).digest("base64");
      assert.ok(policy!.includes(`${element}-src 'sha256-${hash}'`), element);
    }
    assert.match(policy!, /^default-src 'none';/);
    assert.doesNotMatch(
      html.replaceAll("http://www.w3.org/2000/svg", ""),
      /(?:src|href)="?(?!data:)[^"]*\/\//,
    );
  });

  it("ends no element early", () => {
    const bad = `</script></style></title><!--<script> ${hostileNames.join("")}`;
    const html = textOf(
      treeProfile(head({ module: { name: bad, sha256: bad }, notes: [bad] }), {
        frames: [{ name: bad, mangledName: bad, file: bad, line: 1 }],
        parents: [-1],
        nodeFrames: [0],
        selfValues: [[1], [1]],
      }),
    );
    assert.equal(html.match(/<\/?script/g)!.length, 4);
    assert.equal(html.match(/<\/?(?:style|title)/g)!.length, 4);
    assert.ok(!html.includes("<!--"));
    assert.equal(dataIn(html).notes.length, 1);
  });

  it("keeps the most expensive nodes of a large tree, and all of its sum", () => {
    const profile = wideTree(20_000);
    const functions = Int32Array.from(profile.frames, (_, frame) => frame);
    const rest = profile.frames.length;
    const { tree, kept } = treeColumns(profile, functions, rest, 500);
    assert.equal(kept, 500);
    assert.ok(tree.nodes > 500 && tree.nodes <= 1001);
    const sums = tree.self.map((column) => unpack(column, tree.nodes).reduce((a, b) => a + b));
    const wanted = profile.selfValues.map((column) => column.reduce((a, b) => a + b));
    assert.deepEqual(sums, wanted);
    const smallest = subtreeValues(profile, 1).toSorted().at(-500)!;
    assert.ok(smallest > 0);
    const shown = unpack(tree.functions, tree.nodes);
    assert.equal(shown.filter((func) => func !== rest).length, 500);
  });

  it("keeps parents where all nodes are worth the same", () => {
    const nodes = new Int32Array(1000);
    const chain = treeProfile(head(), {
      frames: [{ name: "down" }],
      parents: nodes.map((_, node) => node - 1),
      nodeFrames: nodes,
      selfValues: [nodes, nodes.map((_, node) => Number(node === 999))],
    });
    const { tree, kept } = treeColumns(chain, new Int32Array(1), 1, 10);
    assert.deepEqual([kept, tree.nodes], [10, 11]);
    assert.deepEqual([...unpack(tree.self[1]!, 11)], [...Array<number>(10).fill(0), 1]);
  });

  it("says what was left out, and stays small", () => {
    const data = reportData(wideTree(305_000));
    assert.match(data.notes.join(), /300,000 most expensive of \d+,\d+ contexts/);
    assert.ok(textOf(wideTree(100_000)).length < 2 * 2 ** 20);
  });
});
