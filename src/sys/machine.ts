import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";

/** What figures depend on and a reader cannot see in them. Names no machine. */
export interface MachineFacts {
  /** Sixteen hexadecimal digits that follow from the rest. */
  readonly machine: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly os: string;
  readonly arch: string;
  /** The hypervisor or container as far as it shows, or `none`. */
  readonly virtual: string;
  readonly node: string;
}

/** Describes this machine; the same machine gives the same key as long as its kernel and Node are the same. */
export function describeMachine(): MachineFacts {
  const processors = cpus();
  const facts = {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    kernel: `${platform()} ${release()}`,
    os: osName(),
    arch: arch(),
    virtual: virtualisation(),
    node: process.version,
  };
  const key = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
  return { machine: key, ...facts };
}

function osName(): string {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(read("/etc/os-release"))?.[1] ?? platform();
}

function virtualisation(): string {
  const vendor = read("/sys/class/dmi/id/sys_vendor").trim();
  const known = /QEMU|KVM|VMware|Xen|Microsoft|Google|Amazon|innotek/i.exec(vendor)?.[0];
  const hypervisor = /^flags.*\bhypervisor\b/m.test(read("/proc/cpuinfo"));
  const container = existsSync("/.dockerenv") || existsSync("/run/.containerenv");
  const parts = [known ?? (hypervisor ? "hypervisor" : ""), container ? "container" : ""];
  return parts.filter((part) => part !== "").join(", ") || "none";
}

/** Processor time of all processors since the machine's start, in ticks; undefined where nobody tells. */
export function processorTimes(): { readonly all: number; readonly steal: number } | undefined {
  const line = /^cpu +(.*)$/m.exec(read("/proc/stat"))?.[1];
  if (line === undefined) return undefined;
  // user nice system idle iowait irq softirq steal; the two of guests behind are in user and nice already.
  const fields = line.split(" ").slice(0, 8).map(Number);
  return { all: fields.reduce((sum, ticks) => sum + ticks, 0), steal: fields[7] ?? 0 };
}

/** Threads that run or want to at this moment, the asking one left out; undefined where nobody tells. */
export function runQueue(): number | undefined {
  const running = / (\d+)\/\d+ /.exec(read("/proc/loadavg"))?.[1];
  return running === undefined ? undefined : Math.max(0, Number(running) - 1);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
