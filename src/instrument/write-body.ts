import type { Sink } from "../bytes/index.ts";
import { readLocals } from "../wasm/index.ts";
import type { LocalRun, Module } from "../wasm/index.ts";
import type { FlowGraph } from "./flow-graph.ts";

/** What a pass inserts into a body, and where. */
export interface BodyChanges {
  /** Locals to append; the first has the index parameters + declared locals. */
  readonly locals?: readonly LocalRun[] | undefined;
  /** Writes what stands in front of a block's first instruction. */
  readonly atBlock?: (block: number, sink: Sink) => void;
  /**
   * Writes what stands in front of a site's instruction (or behind an `end` for a handler). Returns true
   * when it wrote a replacement for the instruction.
   */
  readonly atSite?: (site: number, sink: Sink) => boolean;
  /** Writes what stands behind a site's instruction. */
  readonly afterSite?: ((site: number, sink: Sink) => void) | undefined;
  /** Told where copied bytes come to lie: positions in the sink and in the original file. */
  readonly onCopy?: ((to: number, from: number, length: number) => void) | undefined;
}

/** Copies a body with insertions: `graph` holds it. */
export function writeBody(
  module: Module,
  defined: number,
  graph: FlowGraph,
  changes: BodyChanges,
  sink: Sink,
): void {
  const { bytes, bodies } = module;
  writeLocals(bytes, bodies.start[defined]!, graph.codeStart, changes.locals ?? [], sink);
  const { afterSite, onCopy } = changes;
  const { count, siteCount, offset, siteStart, siteEnd } = graph;
  let copied = graph.codeStart;
  const copyTo = (end: number): void => {
    if (end <= copied) return;
    onCopy?.(sink.length, copied, end - copied);
    sink.bytes(bytes, copied, end);
    copied = end;
  };
  let site = 0;
  let block = 0;
  while (block < count || site < siteCount) {
    // A site's instruction stands behind the start of a block at the same offset.
    if (block < count && (site === siteCount || offset[block]! <= siteStart[site]!)) {
      copyTo(offset[block]!);
      changes.atBlock?.(block, sink);
      block++;
      continue;
    }
    if (changes.atSite !== undefined) {
      copyTo(siteStart[site]!);
      const at = sink.length;
      if (changes.atSite(site, sink)) {
        copied = siteEnd[site]!;
        // What stands for an instruction comes from it: a trap inside is a trap there.
        onCopy?.(at, siteStart[site]!, sink.length - at);
      }
    }
    if (afterSite !== undefined) {
      copyTo(siteEnd[site]!);
      afterSite(site, sink);
    }
    site++;
  }
  copyTo(graph.codeEnd);
}

function writeLocals(
  bytes: Uint8Array,
  start: number,
  codeStart: number,
  added: readonly LocalRun[],
  sink: Sink,
): void {
  if (added.length === 0) {
    sink.bytes(bytes, start, codeStart);
    return;
  }
  const { runs, runsStart } = readLocals(bytes, start, codeStart);
  sink.u32(runs + added.length);
  sink.bytes(bytes, runsStart, codeStart);
  for (const [count, type] of added) {
    sink.u32(count);
    sink.byte(type);
  }
}
