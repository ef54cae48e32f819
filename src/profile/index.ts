/**
 * Profiles: the model, building and merging it, totals, and one writer and reader a file format.
 * Nothing here touches files, clocks or Node's own modules.
 *
 * @example
 * ```ts
 * import { flatProfile, formatOf } from "wasmscope/profile";
 *
 * const profile = flatProfile(
 *   {
 *     module: { name: "app.wasm", sha256: "" },
 *     mode: "calls",
 *     valueTypes: [{ name: "calls", unit: "count" }],
 *     primary: 0,
 *   },
 *   [{ frame: { name: "main", funcIndex: 0 }, values: [1] }],
 * );
 * const bytes = formatOf("app.folded")?.write(profile);
 * ```
 * @module
 */
export type { FlatRow, ProfileHead, RawTree } from "./builder.ts";
export { flatProfile, ProfileBuilder, treeProfile } from "./builder.ts";
export type { Change, FunctionChange, LineChange, ProfileDiff } from "./diff.ts";
export { changeOf, diffProfiles, isNoisy } from "./diff.ts";
export { writeDiffFolded } from "./diff-folded.ts";
export { writeDiffJson } from "./diff-json.ts";
export type { Excess, GrowthLimit } from "./diff-limits.ts";
export { findExcesses, namesOfNone, parseGrowthLimit } from "./diff-limits.ts";
export { writeDiffSvg } from "./diff-svg.ts";
export type { DiffTableStyle } from "./diff-table.ts";
export { formatDiff } from "./diff-table.ts";
export type { FirefoxSample, FirefoxThread } from "./firefox-read.ts";
export { readFirefoxThreads } from "./firefox-read.ts";
export type { Format, ReadResult } from "./formats.ts";
export { foldedName } from "./folded.ts";
export { formatOf, formats, readableFormats, readProfile } from "./formats.ts";
export type { LineTotal } from "./lines.ts";
export { lineTotals } from "./lines.ts";
export { linesOnTree } from "./lines-on-tree.ts";
export type { AnnotationOptions } from "./lines-text.ts";
export { formatLines } from "./lines-text.ts";
export type { PaceRow } from "./join.ts";
export { formatPaces, joinProfiles, pacesOf } from "./join.ts";
export { mergeProfiles } from "./merge.ts";
export type { BlockCount, Frame, Profile, ProfileMode, ValueType } from "./model.ts";
export { formatPercent, formatValue, groupDigits } from "./numbers.ts";
export type { PerfFrame, PerfSample } from "./perf-script.ts";
export { parsePerfFrame, parsePerfScript } from "./perf-script.ts";
export { editPprof } from "./pprof-edit.ts";
export { printable } from "./printable.ts";
export { ProfileError } from "./profile-error.ts";
export { shortName } from "./short-name.ts";
export type { BlockRow, Table, TableRow } from "./table.ts";
export { tableOf } from "./table.ts";
export type { TableStyle } from "./table-text.ts";
export { formatTable } from "./table-text.ts";
export type { V8Links } from "./v8-nodes.ts";
export { placeV8Node, v8Parents, v8SampleTimes } from "./v8-nodes.ts";
export type { FunctionTotal } from "./totals.ts";
export { functionTotals, hasStacks, subtreeValues, totalValues } from "./totals.ts";
