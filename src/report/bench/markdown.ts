import type { BenchPage } from "./figure.ts";
import { plainTables } from "./plain.ts";
import type { PlainTable } from "./plain.ts";

/** Writes a page of measurements as Markdown: the same sections, with tables in place of drawings. */
export function writeBenchMarkdown(page: BenchPage): string {
  const { title, subtitle, facts, warnings, series } = page;
  const head = [
    `# ${title}`,
    `${subtitle}.`,
    facts.map(([name, value]) => `${name}: ${value}`).join("; "),
    ...warnings,
    series
      .map(({ name, title: what }) => `- \`${name}\`${what === undefined ? "" : ` ${what}`}`)
      .join("\n"),
    "Brackets: 95 % bootstrap intervals over blocks.",
  ];
  const body = plainTables(page).flatMap(({ section, tables }) => [
    `## ${section.title}`,
    ...section.text.map(escaped),
    ...tables.flatMap((table) => [`**${escaped(table.title)}**`, markdownTable(table)]),
    ...(section.repeat === undefined
      ? []
      : [["To repeat:", "", ...section.repeat.map((line) => `    ${line}`)].join("\n")]),
  ]);
  return `${[...head, ...body].filter((part) => part !== "").join("\n\n")}\n`;
}

function markdownTable({ columns, rows, isNumber }: PlainTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  const rule = isNumber.map((number) => (number ? "---:" : "---"));
  return [line(columns), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

const escaped = (text: string): string => text.replaceAll(/[|<*_]/g, String.raw`\$&`);
