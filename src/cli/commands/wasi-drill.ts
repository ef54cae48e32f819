import { CannotRun } from "../../runtimes/index.ts";
import { demangle } from "../../symbols/index.ts";
import { drill, KernelRefusal } from "../../trace/index.ts";
import type { Drill, Finding } from "../../trace/index.ts";
import type { RuntimeChoice } from "../runtime-choice.ts";
import { wrapped } from "./wasi-columns.ts";

/** Each drill-down runs the load once more, or several times. */
const mostDrilled = 3;
const shownStacks = 2;
const shownFrames = 8;

/** Samples the stacks behind the findings with the largest factors, and sets them as paragraphs. */
export async function drillText(
  findings: readonly Finding[],
  choices: readonly RuntimeChoice[],
  width: number,
): Promise<string> {
  const sorted = findings.toSorted((a, b) => b.factor - a.factor);
  const drilled = sorted.flatMap((finding) => {
    const choice = choices.find(
      ({ runtime, found, tier }) =>
        runtime.name === finding.runtime &&
        found.version === finding.version &&
        tier.name === finding.tier,
    );
    return choice === undefined || finding.function.startsWith("(") ? [] : [{ finding, choice }];
  });
  const paragraphs: string[] = [];
  for (const { finding, choice } of drilled.slice(0, mostDrilled)) {
    const { runtime, version, function: name, kind } = finding;
    const title = `\nStacks behind ${runtime} ${version} ${name}: ${kind}`;
    const lines = await drill(finding, choice, shownStacks).then(
      (found) => linesOf(found, width),
      (error: unknown) => {
        if (!(error instanceof CannotRun || error instanceof KernelRefusal)) throw error;
        return [`  ${error.message}`];
      },
    );
    paragraphs.push([title, ...lines, ""].join("\n"));
  }
  return paragraphs.join("");
}

function linesOf({ of, samples, stacks }: Drill, width: number): string[] {
  return stacks.flatMap((stack) => {
    const share = Math.round((100 * stack.samples) / Math.max(1, samples));
    const frames = stack.frames.slice(0, shownFrames).map(demangle);
    return [
      `  ${share} % of ${of}:`,
      // What a name of Rust's stands for is long: its first line says most.
      ...frames.flatMap((frame) => wrapped(frame, width, "    ").slice(0, 1)),
    ];
  });
}
