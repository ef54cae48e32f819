import { aligned, queryRecords } from "../../bench/index.ts";
import type { Answer } from "../../bench/index.ts";
import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";

/** Asks files of records in SQL. */
export const queryCommand: Command = {
  name: "query",
  summary: "Ask files of records in SQL, through DuckDB.",
  usage: "'SELECT …' FILE… [options]",
  manyOperands: true,
  options: [
    { name: "parquet", value: "FILE", help: "write the answer to a Parquet file, too" },
    { name: "json", help: "print the answer as JSON" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "Tables: records (arm, module, size, level, block, process, iteration, metric, unit, by, value, …), failures",
    "(arm, module, …, failed, message), findings (arm, func, kind, evidence, …) and machines. DuckDB comes with npm install @duckdb/node-api.",
    'The field by is a word of SQL: write via, or "by". docs/bench.md describes all fields.',
  ].join("\n"),
  examples: [
    [
      "medians",
      `wasmscope query "SELECT arm, level, median(value) FROM records WHERE metric = 'total' AND via = 'wall' GROUP BY ALL" records.jsonl`,
    ],
    [
      "all records for other tools",
      "wasmscope query 'FROM records' *.jsonl --parquet records.parquet",
    ],
  ],
  async run(parsed, io) {
    const [sql, ...files] = parsed.positionals;
    if (sql === undefined || files.length === 0) {
      throw new UsageError("query wants a question in SQL and files of records");
    }
    const answer = await queryRecords(sql, files, parsed.value("parquet"));
    io.stdout(parsed.flag("json") ? jsonOf(answer) : textOf(answer));
    return 0;
  },
};

function jsonOf({ columns, rows }: Answer): string {
  const objects = rows.map((row) => {
    return Object.fromEntries(columns.map((name, at) => [name, row[at]]));
  });
  return `${JSON.stringify(objects, null, 2)}\n`;
}

function textOf({ columns, rows }: Answer): string {
  const cells = rows.map((row) => row.map(cellOf));
  return `${aligned([columns, ...cells]).join("\n")}\n`;
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
