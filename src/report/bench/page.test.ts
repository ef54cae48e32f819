import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { benchPages } from "../../../test/report/bench-pages.ts";
import { root } from "../../../test/root.ts";
import { writeBenchMarkdown } from "./markdown.ts";
import { writeBenchHtml } from "./page.ts";
import type { BenchPage } from "./figure.ts";

const pages = benchPages();
const htmlOf = (page: BenchPage): string => new TextDecoder().decode(writeBenchHtml(page));

describe("pages of measurements", () => {
  for (const [name, page] of Object.entries(pages)) {
    it(`has the same bytes each time, and every part: ${name}`, () => {
      const html = htmlOf(page);
      assert.equal(htmlOf(page), html);
      for (const { id, title } of page.sections) {
        assert.ok(html.includes(`id="${id}"`) && html.includes(`href="#${id}"`), title);
      }
      const figures = page.sections.flatMap((section) => section.figures);
      assert.equal(html.match(/<figure /g)!.length, figures.length);
      const drawn = figures.filter(({ kind }) => kind !== "table" && kind !== "ledger");
      assert.equal(html.match(/Numbers as a table/g)!.length, drawn.length);
    });

    it(`allows the browser its own script and style, and nothing else: ${name}`, () => {
      const html = htmlOf(page);
      const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
      for (const element of ["script", "style"]) {
        const [, body] = new RegExp(`<${element}>(.*?)</${element}>`, "s").exec(html)!;
        const hash = createHash("sha256").update(body!).digest("base64");
        assert.ok(policy!.includes(`${element}-src 'sha256-${hash}'`), element);
      }
      assert.match(policy!, /^default-src 'none';/);
      assert.doesNotMatch(html, /(?:src|href)="?(?!data:)[^"]*\/\//);
      assert.doesNotMatch(html, / style="/);
    });

    it(`ends no element early, and spells no number wrongly: ${name}`, () => {
      const html = htmlOf(page);
      assert.equal(html.match(/<\/?(?:script|style)/g)!.length, 4);
      assert.ok(!html.includes("<!--"));
      assert.doesNotMatch(html, /NaN|undefined|Infinity|\[object/);
    });

    it(`says the same in Markdown: ${name}`, () => {
      const text = writeBenchMarkdown(page);
      for (const { title } of page.sections) assert.ok(text.includes(`## ${title}`), title);
      const rows = text.split("\n").filter((line) => line.startsWith("|"));
      assert.ok(rows.length > 20);
      assert.doesNotMatch(text, /NaN|undefined|Infinity/);
    });
  }
});

describe("colours", () => {
  const css = readFileSync(join(root, "web/bench.css"), "utf8");
  const [light, dark] = [...css.matchAll(/:root \{(.*?)\}/gs)].map(([, rules]) => colours(rules!));

  for (const [name, scheme] of Object.entries({ light, dark: { ...light, ...dark } })) {
    it(`can be told from the page, and text read: ${name}`, () => {
      const of = (key: string): string => scheme![key]!;
      for (const key of ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"]) {
        assert.ok(contrast(of(key), of("raised")) >= 4, `${key}: names stand in it, too`);
      }
      for (const back of ["page", "raised", "track"]) {
        assert.ok(contrast(of("text"), of(back)) >= 7, `text on ${back}`);
        assert.ok(contrast(of("quiet"), of(back)) >= 4.5, `quiet on ${back}`);
      }
      for (const key of ["yes", "no", "open"]) {
        assert.ok(contrast(of(key), of(`${key}-soft`)) >= 4.5, key);
      }
    });
  }
});

function colours(rules: string): Record<string, string> {
  const found = rules.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g);
  return Object.fromEntries([...found].map(([, name, colour]) => [name, colour]));
}

/** The contrast of WCAG 2. */
function contrast(one: string, other: string): number {
  const [more, less] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (more! + 0.05) / (less! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
