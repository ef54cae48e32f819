/** How many samples were taken, out of how much time. */
export interface SampleCircumstances {
  readonly samples: number;
  readonly rateHz: number;
  readonly wallMs: number;
  /** CPU time of the guest's process, all threads, where it is known. */
  readonly cpuMs?: number;
}

/** Says in a sentence how many samples were taken, and what became of those that were not. */
export function sampleNote({ samples, rateHz, wallMs, cpuMs }: SampleCircumstances): string {
  const onCpuMs = Math.min(cpuMs ?? wallMs, wallMs);
  const percent = (part: number): string => `${Math.round(Math.max(part, 0) * 100)} %`;
  const lost = 1 - samples / ((onCpuMs / 1000) * rateHz);
  const off = 1 - onCpuMs / wallMs;
  const parts = [`${samples} samples in ${seconds(wallMs)}, ${rateHz} a second asked for`];
  if (off > 0.05) parts.push(`off the CPU for ${percent(off)} of the time`);
  if (lost > 0.05 && cpuMs === undefined) {
    parts.push(`${percent(lost)} of those expected are not there: lost, or off the CPU`);
  } else if (lost > 0.05) {
    parts.push(`${percent(lost)} of those expected on the CPU were not taken`);
  }
  return `${parts.join("; ")}.`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
