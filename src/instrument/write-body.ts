import type { Sink } from "../bytes/index.ts";
import { readLocals } from "../wasm/index.ts";
import type { LocalRun, Module } from "../wasm/index.ts";
import type { FlowGraph } from "./flow-graph.ts";

/** What a pass inserts into a body, and where. */
export interface BodyChanges {
  /** Locals to append; the first has the index parameters + declared locals. */
  readonly locals?: readonly LocalRun[] | undefined;
  /** For each block 1 when `atBlock` writes something there: the others are not looked at. All when left out. */
  readonly blocks?: Uint8Array | undefined;
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
  const { afterSite, onCopy, blocks } = changes;
  const { count, siteCount, offset, siteStart, siteEnd } = graph;
  let copied = graph.codeStart;
  let site = 0;
  let block = 0;
  while (block < count || site < siteCount) {
    // A site's instruction stands behind the start of a block at the same offset.
    if (block < count && (site === siteCount || offset[block]! <= siteStart[site]!)) {
      if (changes.atBlock !== undefined && (blocks === undefined || blocks[block] === 1)) {
        copied = copy(bytes, copied, offset[block]!, sink, onCopy);
        changes.atBlock(block, sink);
      }
      block++;
      continue;
    }
    if (changes.atSite !== undefined) {
      copied = copy(bytes, copied, siteStart[site]!, sink, onCopy);
      const at = sink.length;
      if (changes.atSite(site, sink)) {
        copied = siteEnd[site]!;
        // What stands for an instruction comes from it: a trap inside is a trap there.
        onCopy?.(at, siteStart[site]!, sink.length - at);
      }
    }
    if (afterSite !== undefined) {
      copied = copy(bytes, copied, siteEnd[site]!, sink, onCopy);
      afterSite(site, sink);
    }
    site++;
  }
  copy(bytes, copied, graph.codeEnd, sink, onCopy);
}

/** Copies what was not copied yet up to `end`, and says how far that is. */
function copy(
  bytes: Uint8Array,
  copied: number,
  end: number,
  sink: Sink,
  onCopy: BodyChanges["onCopy"],
): number {
  if (end <= copied) return copied;
  if (onCopy !== undefined) onCopy(sink.length, copied, end - copied);
  sink.bytes(bytes, copied, end);
  return end;
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
