import type { RecordLine, RecordSet } from "../bench/index.ts";
import { writeBenchHtml, writeBenchMarkdown } from "../report/index.ts";
import type { BenchPage } from "../report/index.ts";
import { writeOutput } from "../sys/index.ts";
import { tellOutputs } from "./outputs.ts";
import type { Io } from "./command.ts";

/** Sorts lines of records by what they are; each machine once. */
export function recordSet(lines: readonly RecordLine[]): RecordSet {
  const machines = lines.filter((line) => line.schema === "wasmscope-machine-1");
  return {
    records: lines.filter((line) => line.schema === "wasmscope-bench-1"),
    failures: lines.filter((line) => line.schema === "wasmscope-bench-failure-1"),
    findings: lines.filter((line) => line.schema === "wasmscope-finding-1"),
    machines: [...new Map(machines.map((line) => [line.machine, line])).values()],
  };
}

/** Writes a page as its name says: `.md` as Markdown, anything else as HTML. */
export function writePage(path: string, page: BenchPage, io: Io): void {
  const isMarkdown = /\.(?:md|markdown)$/i.test(path);
  const bytes = isMarkdown
    ? new TextEncoder().encode(writeBenchMarkdown(page))
    : writeBenchHtml(page);
  writeOutput(path, bytes);
  tellOutputs([path], io);
}
