import { ewapaPage } from "../../src/bench/ewapa/page.ts";
import type { FailureRecord, FindingRecord, MachineRecord } from "../../src/bench/record.ts";
import { wasiRecords } from "../../src/bench/wasi/records.ts";
import { hpcc21Page } from "../../src/bench/hpcc21/page.ts";
import type { RecordSet } from "../../src/bench/pages/parts.ts";
import { recordsPage } from "../../src/bench/pages/records-page.ts";
import type { BenchPage } from "../../src/report/index.ts";
import { asInPaper, syntheticRecords } from "../bench/synthetic-paper.ts";
import { hostileNames } from "../formats/samples.ts";
import { observation, observedFunction } from "../wasi/observations.ts";

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

/** Records of four runtimes under loads that grow, with findings whose words are hostile. */
function recordSetOfWasi(): RecordSet {
  const arms = ["node@20.20.2", "wasmtime@50.0.1", "wazero@1.12.0", "native@12.2.0"];
  const common = { run: "r", time: "2026-01-01T00:00:00Z", machine: machine.machine };
  const records = [0, 1, 2, 3, 4, 5].flatMap((block) =>
    ["small-reads", "small-writes"].flatMap((module) =>
      [100, 200, 400].flatMap((size) =>
        arms.flatMap((arm, armIndex) => {
          const [runtime = ""] = arm.split("@");
          const calls = [observedFunction("fd_write", size), observedFunction("fd_read", size)];
          const seen = observation(runtime, calls, {
            startSteps: [{ name: "compile", ns: 9e6 + block }],
          });
          const about = { module, size: `${size}`, moduleSha256: "", block, family: "none" };
          return wasiRecords(seen, { ...common, ...about, arm, armIndex });
        }),
      ),
    ),
  );
  const findings = hostileNames.slice(0, 4).map((name): FindingRecord => {
    const what = { func: "fd_write", kind: "copies", evidence: name, cause: `${name} `.repeat(9) };
    const where = { arm: arms[0]!, runtime: "node", version: "20.20.2", module: "m", size: "1" };
    return { schema: "wasmscope-finding-1", ...common, ...where, ...what, factor: 2 };
  });
  return { records, failures: [], findings, machines: [machine] };
}

/** Pages with every kind of figure: the papers', that of any records, and that of WASI. */
export function benchPages(): Readonly<Record<string, BenchPage>> {
  const set = recordSetOfPaper();
  return {
    "the paper's page": hpcc21Page(set, "wasmscope reproduce hpcc21"),
    "a page of what was seen of WASI": recordsPage(recordSetOfWasi(), "wasmscope wasi"),
    "the page of the paper on WASI": ewapaPage(recordSetOfWasi(), "wasmscope reproduce ewapa"),
    "a page of records": recordsPage(set, "wasmscope report records.jsonl -o report.html"),
  };
}
