import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { release } from "node:os";

/** What decides whether the kernel can be asked here. */
export interface KernelFacts {
  readonly platform: string;
  readonly arch: string;
  /** As `uname -r` says it. */
  readonly release: string;
  /** This process's capabilities, a bit each; undefined where /proc does not say. */
  readonly capabilities: bigint | undefined;
  readonly isRoot: boolean;
  /** Whether users here are others outside, as in rootless containers: the kernel heeds no capability of theirs. */
  readonly hasOwnUsers: boolean;
  /** Whether process ids here are those that the kernel's programs see. */
  readonly hasOwnProcessIds: boolean;
  readonly hasUprobes: boolean;
  readonly hasSys: boolean;
  /** What of the kernel is locked down: `none`, `integrity`, `confidentiality`. */
  readonly lockdown: string;
  readonly hasKoffi: boolean;
}

/** Bits of <linux/capability.h>. */
const capability = { SYS_ADMIN: 21n, PERFMON: 38n, BPF: 39n } as const;
/** The first Linux in which one link watches many places (`uprobe_multi`). */
const firstLinux: readonly [major: number, minor: number] = [6, 6];
/** The first namespace of process ids (PROC_PID_INIT_INO). */
const firstProcessIds = "pid:[4026531836]";

/** Says why the kernel cannot be asked here, with what mends it; undefined when it can be tried. */
export function whyNotEbpf(): string | undefined {
  return process.platform === "linux" ? whyNot(factsHere()) : "eBPF is Linux's";
}

/** Says the same of any machine. */
export function whyNot(facts: KernelFacts): string | undefined {
  if (facts.platform !== "linux") return "eBPF is Linux's";
  if (facts.arch !== "x64") return "eBPF is used on x86-64 only, so far";
  if (facts.hasOwnUsers) {
    return "this is root of a user namespace only (a rootless container?), not the machine's";
  }
  const lacking = lackingCapability(facts);
  if (lacking !== undefined) return lacking;
  if (facts.lockdown === "confidentiality") {
    return "the kernel is locked down (confidentiality), which forbids eBPF to read anything";
  }
  const [major = 0, minor = 0] = facts.release.split(".").map((part) => Number.parseInt(part, 10));
  if (major < firstLinux[0] || (major === firstLinux[0] && minor < firstLinux[1])) {
    return `this is Linux ${facts.release}; watching many places by one link came with ${firstLinux.join(".")}`;
  }
  if (!facts.hasUprobes) return "this kernel has no uprobes (CONFIG_UPROBE_EVENTS)";
  if (!facts.hasSys) return "/sys is not mounted here";
  if (facts.hasOwnProcessIds) {
    return "this is a container with process ids of its own, which are not the kernel's; start it with --pid=host";
  }
  if (!facts.hasKoffi) {
    return "koffi, which calls bpf(2), is not there; type: npm install koffi";
  }
  return undefined;
}

/** Linux takes CAP_SYS_ADMIN for both of the others. */
function lackingCapability({ capabilities, isRoot }: KernelFacts): string | undefined {
  const has = (bit: bigint): boolean =>
    capabilities === undefined ? isRoot : ((capabilities >> bit) & 1n) === 1n;
  if (has(capability.SYS_ADMIN)) return undefined;
  const lacking = (["BPF", "PERFMON"] as const).filter((name) => !has(capability[name]));
  if (lacking.length === 0) return undefined;
  const names = lacking.map((name) => `CAP_${name}`).join(" and ");
  return isRoot
    ? `root has no ${names} here: a container; start it with --privileged`
    : `eBPF needs root (${names}): run it with sudo`;
}

function factsHere(): KernelFacts {
  return {
    platform: process.platform,
    arch: process.arch,
    release: release(),
    capabilities: capabilitiesHere(),
    isRoot: process.getuid?.() === 0,
    hasOwnUsers: !/^(?:\s*0\s+0\s+4294967295\s*)?$/.test(
      textOf(() => readFileSync("/proc/self/uid_map", "utf8")),
    ),
    hasOwnProcessIds: ![firstProcessIds, ""].includes(
      textOf(() => readlinkSync("/proc/self/ns/pid")),
    ),
    hasUprobes: existsSync("/sys/bus/event_source/devices/uprobe"),
    hasSys: existsSync("/sys/devices/system/cpu/possible"),
    lockdown:
      /\[(\w+)\]/.exec(textOf(() => readFileSync("/sys/kernel/security/lockdown", "utf8")))?.[1] ??
      "none",
    hasKoffi: hasKoffi(),
  };
}

function capabilitiesHere(): bigint | undefined {
  const status = textOf(() => readFileSync("/proc/self/status", "utf8"));
  const [, digits] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}

function hasKoffi(): boolean {
  try {
    createRequire(import.meta.url).resolve("koffi");
    return true;
  } catch {
    return false;
  }
}

function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
