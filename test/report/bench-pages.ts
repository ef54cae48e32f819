import type { FailureRecord, MachineRecord } from "../../src/bench/record.ts";
import { hpcc21Page } from "../../src/bench/hpcc21/page.ts";
import type { RecordSet } from "../../src/bench/pages/parts.ts";
import { recordsPage } from "../../src/bench/pages/records-page.ts";
import type { BenchPage } from "../../src/report/index.ts";
import { asInPaper, syntheticRecords } from "../bench/synthetic-paper.ts";
import { hostileNames } from "../formats/samples.ts";

const machine: MachineRecord = {
  schema: "wasmscope-machine-1",
  machine: "0123456789abcdef",
  cpu: "Example(R) Processor",
  cores: 2,
  memoryBytes: 2 ** 34,
  kernel: "6.1",
  os: "Linux",
  arch: "x64",
  virtual: "hypervisor",
  node: "v20.0.0",
};

/** Records that behave as the paper says, with a failure whose words are hostile. */
export function recordSetOfPaper(): RecordSet {
  const records = syntheticRecords(asInPaper, { blocks: 6, noise: 0.05 });
  const { metric: _m, unit: _u, by: _b, value: _v, schema: _s, ...circumstances } = records[0]!;
  const failure: FailureRecord = {
    ...circumstances,
    schema: "wasmscope-bench-failure-1",
    failed: "refused",
    message: `</script><!-- ${hostileNames.join("")}`,
  };
  return { records, failures: [failure], findings: [], machines: [machine] };
}

/** A page with every kind of figure: the paper's, and that of any records. */
export function benchPages(): Readonly<Record<string, BenchPage>> {
  const set = recordSetOfPaper();
  return {
    "the paper's page": hpcc21Page(set, "wasmscope reproduce hpcc21"),
    "a page of records": recordsPage(set, "wasmscope report records.jsonl -o report.html"),
  };
}
