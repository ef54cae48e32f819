import { ewapaPage, hpcc21Page, readRecords, recordsPage } from "../../bench/index.ts";
import type { RecordLine } from "../../bench/index.ts";
import { readZipped } from "../../sys/index.ts";
import { recordSet, writePage } from "../bench-page.ts";
import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";
import { checkOutputs } from "../outputs.ts";

/** Makes a page of records. */
export const reportCommand: Command = {
  name: "report",
  summary: "Show records of measurements as a page of one file.",
  usage: "RECORDS… -o report.html",
  manyOperands: true,
  options: [
    {
      name: "output",
      short: "o",
      value: "FILE",
      multiple: true,
      help: "where the page goes: .html, or .md for Markdown",
    },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "RECORDS are what bench, wasi, and reproduce hpcc21 or ewapa write with their options for files (lines of JSON,",
    "maybe zipped); several are joined. Records of a paper's experiments give its figures and claims.",
  ].join("\n"),
  examples: [["a page to send around", "wasmscope report records.jsonl -o report.html"]],
  run(parsed, io) {
    const { positionals } = parsed;
    const outputs = parsed.values("output");
    if (positionals.length === 0) throw new UsageError("which records?");
    if (outputs.length === 0) throw new UsageError("where to? -o report.html");
    checkOutputs(outputs, positionals);
    const lines = positionals.flatMap((path): RecordLine[] =>
      readRecords(new TextDecoder().decode(readZipped(path)), path),
    );
    const set = recordSet(lines);
    if (set.records.length === 0) {
      throw new UsageError(`${positionals.join(", ")}: no measurement stands in there`);
    }
    const isOf = (paper: string): boolean =>
      set.records.every(({ run }) => run.startsWith(`${paper}-`));
    const command = `wasmscope report ${positionals.join(" ")} -o ${outputs.join(" -o ")}`;
    const pageOf = isOf("hpcc21") ? hpcc21Page : isOf("ewapa") ? ewapaPage : recordsPage;
    const page = pageOf(set, command);
    for (const output of outputs) writePage(output, page, io);
    return 0;
  },
};
