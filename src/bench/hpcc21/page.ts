import type { BenchPage, PageSection } from "../../report/index.ts";
import { ArmOrder, factsOf, failureSection, runtimeSection, warningsOf } from "../pages/parts.ts";
import type { RecordSet } from "../pages/parts.ts";
import type { LedgerEntry } from "./claims/claim.ts";
import { classes } from "./classes.ts";
import { Evidence } from "./evidence.ts";
import { experiments } from "./experiments.ts";
import type { ExperimentName } from "./experiments.ts";
import { ledgerOf } from "./ledger.ts";
import {
  armFigures,
  fig5Figures,
  fig7Figures,
  fig8Figures,
  fig9Figures,
  nodefsFigures,
} from "./figures.ts";
import { nodefsName } from "./nodefs.ts";
import { laterSection, table1Section } from "./tables-section.ts";

/** Tells all that the records say of the paper: its claims, then its figures. */
export function hpcc21Page(set: RecordSet, command: string): BenchPage {
  const evidence = new Evidence(set.records);
  const order = orderOf(evidence);
  const ledger = ledgerOf(set.records);
  const sections: (PageSection | undefined)[] = [
    ledgerSection(ledger, command),
    ...experiments.map((experiment) => {
      const figures = figuresOf[experiment.name](evidence, order);
      const { name, title, paper, here } = experiment;
      return {
        id: name,
        title,
        short: title.replace(/:.*/, ""),
        text: [`The paper: ${paper}`, `Here: ${here}`, ...missing(figures.length, name)],
        figures,
        repeat: [`wasmscope reproduce hpcc21 ${name}`],
      };
    }),
    armSection(evidence),
    nodefsSection(evidence, order),
    table1Section(),
    laterSection(),
    runtimeSection(set, evidence.samples.arms),
    failureSection(set.failures),
  ];
  return {
    title: "Edge WebAssembly runtimes, measured again",
    subtitle:
      "The experiments of Wang, Wang, Wang and Hu, “Characterization and Implication of Edge WebAssembly Runtimes” (HPCC 2021), on this machine",
    facts: factsOf(set),
    warnings: warningsOf(set),
    series: order.series,
    sections: sections.filter((section) => section !== undefined),
  };
}

const figuresOf = {
  fig5: fig5Figures,
  fig7: fig7Figures,
  fig8: fig8Figures,
  fig9: fig9Figures,
} as const;

function missing(figures: number, name: ExperimentName): string[] {
  return figures > 0 ? [] : [`Not measured yet: five blocks of at least one runtime in ${name}.`];
}

/** The paper's runtimes first, in its order; then what else was measured. */
function orderOf({ samples }: Evidence): ArmOrder {
  const classOf = (arm: (typeof samples.arms)[number]): number => {
    const at = classes.findIndex((row) => row.matches(arm));
    return at < 0 ? classes.length : at;
  };
  const arms = samples.arms.toSorted((a, b) => classOf(a) - classOf(b));
  return new ArmOrder(arms, (arm) => {
    const row = classes[classOf(arm)];
    return row === undefined ? `${arm.family}, not in the paper` : `for ${row.paper}: ${row.why}`;
  });
}

function ledgerSection(entries: readonly LedgerEntry[], command: string): PageSection {
  return {
    id: "claims",
    short: "Claims",
    title: "What became of the paper's claims",
    text: [
      "A claim counts as reproduced only when the whole 95 % interval lies on its side. Where a runtime is dead or missing, another stands for it, as said above.",
    ],
    figures: [{ kind: "ledger", title: "Claims", caption: "", entries }],
    repeat: [command],
  };
}

function nodefsSection(evidence: Evidence, order: ArmOrder): PageSection {
  const figures = nodefsFigures(evidence, order);
  return {
    id: nodefsName,
    title: "Emscripten's files",
    short: "NODEFS",
    text: [
      "The paper: Emscripten's output under Node.js is named as slow at files.",
      "Here: the loads of the I/O suite that work on files, from one source, as whole processes: compiled for WASI and run by Node's own, and compiled by Emscripten with NODEFS for the same Node.",
      ...(figures.length > 0 ? [] : ["Not measured yet: five blocks of both."]),
    ],
    figures,
    repeat: [`wasmscope reproduce hpcc21 ${nodefsName}`],
  };
}

function armSection(evidence: Evidence): PageSection {
  const figures = armFigures(evidence);
  return {
    id: "arm",
    title: "III-C: ARM",
    short: "ARM",
    text: [
      "The paper: an ARM board (Jetson TX2), on which the gap between LLVM and Cranelift is smaller.",
      "Here: there is no ARM processor, so times are not testable. Cranelift compiles for AArch64 on any machine; the size of its code is compared.",
      ...(figures.length > 0
        ? []
        : ["Not measured: Wasmtime's compiler for another target was not there."]),
    ],
    figures,
    repeat: ["wasmscope reproduce hpcc21 arm"],
  };
}
