/**
 * Measures runtimes in randomised blocks, and reads the records back: tables, comparisons, self-tests.
 *
 * ```ts
 * import { findArms, runBench, summarise, tasksOf } from "wasmscope/bench";
 * import { runtimes } from "wasmscope/runtimes";
 * const { arms } = await findArms(["node", "node:liftoff"], runtimes);
 * const tasks = tasksOf("polybench-gemm", { size: "mini", args: [], env: {}, dirs: [] });
 * const records = [];
 * await runBench({
 *   tasks, arms, levels: ["cold", "warm"], limits: { timeoutMs: 60_000 },
 *   budgetMs: 30_000, precision: 0.02, onRecord: (record) => records.push(record),
 * });
 * console.log(summarise(records.filter((record) => record.schema !== "wasmscope-machine-1")));
 * ```
 *
 * @module
 */
export { findArms } from "./arm.ts";
export { hasValgrind } from "./cachegrind.ts";
export type { AbsentArm, Arm } from "./arm.ts";
export { compareFiles } from "./compare.ts";
export type { Change, CompareOptions, RecordsChange } from "./compare.ts";
export { measureCrossCode } from "./cross-code.ts";
export type { CrossCodeOptions } from "./cross-code.ts";
export { loadManifest } from "./manifest.ts";
export type {
  Group,
  SizeName,
  WorkloadInput,
  WorkloadManifest,
  WorkloadRow,
  WorkloadSize,
} from "./manifest.ts";
export { mainMetric, metrics } from "./metrics.ts";
export type { Metric } from "./metrics.ts";
export type { Limits } from "./process.ts";
export { QueryError, queryRecords } from "./query.ts";
export type { Answer } from "./query.ts";
export { readRecords, RecordError } from "./read-records.ts";
export type { RecordLine } from "./read-records.ts";
export type { BenchRecord, FailureRecord, FindingRecord, MachineRecord } from "./record.ts";
export { runBench } from "./run-bench.ts";
export type { BenchOptions, BenchRun, Progress, Refuses, TaskEnd } from "./run-bench.ts";
export { blockValues, cleaned, pairsOf } from "./select.ts";
export type { Cleaned, Selector } from "./select.ts";
export { falseDifferences, powerOf } from "./self-test.ts";
export type { Pairs, ResampleOptions } from "./self-test.ts";
export { summarise } from "./summary.ts";
export type { ArmSummary, Comparison, Line, Summary, SummaryOptions } from "./summary.ts";
export { aligned, bytesText, ratioText, summaryText, timeText, verdict } from "./summary-text.ts";
export { suites, tasksOf, UnknownTask } from "./task.ts";
export type { Task, TaskOptions } from "./task.ts";
export { emscripten } from "./emscripten.ts";
export { experiments } from "./hpcc21/experiments.ts";
export type { Experiment, ExperimentName, Load, Scale } from "./hpcc21/experiments.ts";
export { defaultSelectors } from "./hpcc21/classes.ts";
export { hpcc21Page } from "./hpcc21/page.ts";
export { measureNodefs, nodefsName, nodefsScales } from "./hpcc21/nodefs.ts";
export type { NodefsOptions } from "./hpcc21/nodefs.ts";
export { claims, ledgerOf } from "./hpcc21/ledger.ts";
export type { Claim, Finding, LedgerEntry, Verdict } from "./hpcc21/claims/claim.ts";
export { reproduce } from "./hpcc21/run.ts";
export type { ReproduceOptions, ReproduceProgress, Unfinished } from "./hpcc21/run.ts";
export { recordsPage } from "./pages/records-page.ts";
export type { RecordSet } from "./pages/parts.ts";
export { findingRecord, wasiRecords } from "./wasi/records.ts";
export type { FoundFact, WasiCircumstances } from "./wasi/records.ts";
export { ewapaLedger } from "./ewapa/claims.ts";
export { ewapaLoads, scales } from "./ewapa/loads.ts";
export type { EwapaLoad, EwapaScale } from "./ewapa/loads.ts";
export { ewapaPage } from "./ewapa/page.ts";
export { runEwapa } from "./ewapa/run.ts";
export type { EwapaArm, EwapaOptions, EwapaProgress } from "./ewapa/run.ts";
