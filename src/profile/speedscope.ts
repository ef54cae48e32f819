import type { Profile, ValueType } from "./model.ts";
import { eachStack } from "./stacks.ts";
import { TextSink, utf8 } from "./text-sink.ts";

/** The schema by which speedscope knows its files. */
const SCHEMA = "https://www.speedscope.app/file-format-schema.json";

function unitName({ unit }: ValueType): string {
  return unit === "count" ? "none" : unit;
}

/** Writes a speedscope file: one sampled profile a value type, the primary one active. */
export function writeSpeedscope(profile: Profile): Uint8Array {
  const out = new TextSink();
  const head = { $schema: SCHEMA, name: profile.module.name };
  out.text(`${JSON.stringify(head).slice(0, -1)},\n`);
  out.text(`"activeProfileIndex":${profile.primary},\n"shared":{"frames":[`);
  profile.frames.forEach(({ name, file, line }, index) => {
    out.text(`${index === 0 ? "" : ","}\n${JSON.stringify({ name, file, line })}`);
  });
  out.text(`\n]},\n"profiles":[`);
  const pieces = profile.frames.map((_, index) => utf8(`${index},`));
  profile.valueTypes.forEach((type, column) => {
    if (column > 0) out.text(",");
    writeSampled(out, profile, type, pieces);
  });
  out.text("\n]}\n");
  return out.take();
}

function writeSampled(
  out: TextSink,
  profile: Profile,
  type: ValueType,
  pieces: readonly Uint8Array[],
): void {
  const values = profile.selfValues[profile.valueTypes.indexOf(type)]!;
  const weights: number[] = [];
  let sum = 0;
  const spelling = {
    pieces,
    leafFirst: false,
    wanted: (node: number) => values[node] !== 0,
    // The viewer reads the file into one string, which cannot be longer than half a gigabyte.
    limit: 2 ** 29 / profile.valueTypes.length,
  };
  // The viewer lists profiles by name only, so the module's name alone would tell none apart.
  const name = profile.module.name === "" ? type.name : `${profile.module.name}: ${type.name}`;
  out.text(`\n{"type":"sampled","name":${JSON.stringify(name)},"unit":"${unitName(type)}",`);
  out.text(`"samples":[`);
  eachStack(profile, spelling, (node, stack) => {
    out.text(weights.length === 0 ? "\n[" : ",\n[");
    out.bytes(stack.subarray(0, -1));
    out.text("]");
    weights.push(values[node]!);
    sum += values[node]!;
  });
  out.text(`\n],\n"weights":[`);
  weights.forEach((weight, index) => out.text(index === 0 ? `${weight}` : `,${weight}`));
  out.text(`],\n"startValue":0,"endValue":${sum}}`);
}
