import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What a figure depends on and a reader cannot see in it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly v8: string;
  /** Processes that wanted a core, averaged over the minute before the measurement (0 on Windows). */
  readonly loadBefore: number;
}

/** Describes this machine without naming it. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}
