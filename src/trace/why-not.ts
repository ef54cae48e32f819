import { createRequire } from "node:module";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { release } from "node:os";

/** What is asked of a machine to know whether its kernel can be asked: the machine itself, or one made up. */
export interface KernelFacts {
  readonly platform: string;
  readonly arch: string;
  /** As `uname -r` prints it. */
  readonly release: string;
  readonly uid: number | undefined;
  /** Reads a small file; undefined where there is none. */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  /** Where a symbolic link points; undefined where there is none. */
  readonly link: (path: string) => string | undefined;
  readonly hasKoffi: boolean;
}

/** `uprobe_multi` links came with it. */
const oldest = [6, 6] as const;
/** Bits of /proc/self/status's `CapEff`. */
const capability = { admin: 21, perfmon: 38, bpf: 39 } as const;
/** What a process's first namespace of process numbers is called (`PROC_PID_INIT_INO`). */
const firstPidNamespace = "pid:[4026531836]";

/** Each says what stands in the way, the first one that does is what the user is told. */
const obstacles: readonly ((facts: KernelFacts) => string | undefined)[] = [
  ({ platform }) => (platform === "linux" ? undefined : `eBPF is Linux's, and this is ${platform}`),
  ({ arch }) =>
    arch === "x64" ? undefined : `eBPF is used on x86-64 only, so far, not on ${arch}`,
  ({ release: text }) =>
    isOld(text) ? `Linux ${text} has no uprobe_multi links, which came with 6.6` : undefined,
  unprivileged,
  otherNamespace,
  locked,
  withoutUprobes,
  ({ hasKoffi }) =>
    hasKoffi ? undefined : "koffi, which calls bpf(2), is not there; type: npm install koffi",
];

/**
 * Says why the kernel cannot be asked here, with what mends it; undefined when it can be tried. Of tracefs nothing is
 * needed. What only the attempt shows, such as a filter of system calls, is a `KernelRefusal` there.
 */
export function whyNotEbpf(facts: KernelFacts = thisMachine()): string | undefined {
  for (const obstacle of obstacles) {
    const why = obstacle(facts);
    if (why !== undefined) return why;
  }
  return undefined;
}

function isOld(text: string): boolean {
  const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(major) < oldest[0] || (Number(major) === oldest[0] && Number(minor) < oldest[1]);
}

function unprivileged({ uid, read }: KernelFacts): string | undefined {
  const hex = /^CapEff:\s*([0-9a-f]+)/m.exec(read("/proc/self/status") ?? "")?.[1];
  if (hex === undefined) return "/proc is not mounted here: it says what this process may do";
  const has = (bit: number): boolean => ((BigInt(`0x${hex}`) >> BigInt(bit)) & 1n) === 1n;
  const may = has(capability.admin) || (has(capability.bpf) && has(capability.perfmon));
  // Root of a user namespace has all of them, and the kernel heeds none.
  const isMapped = !/^\s*0\s+0\s+4294967295\s*$/.test(
    read("/proc/self/uid_map") ?? "0 0 4294967295",
  );
  if (may && !isMapped) return undefined;
  if (may)
    return "this is root of a user namespace only (a rootless container?), not the machine's";
  if (uid === 0) {
    return "root may not use eBPF here, CAP_BPF and CAP_PERFMON are taken from it (a container? run it with --privileged --pid=host)";
  }
  return "eBPF needs root, or CAP_BPF and CAP_PERFMON: run it with sudo";
}

/** Programs in the kernel see the machine's own process numbers. */
function otherNamespace({ link }: KernelFacts): string | undefined {
  const namespace = link("/proc/self/ns/pid");
  if (namespace === undefined || namespace === firstPidNamespace) return undefined;
  return "processes have other numbers here than the kernel knows them by (a container? run it with --pid=host)";
}

function locked({ read }: KernelFacts): string | undefined {
  const mode = read("/sys/kernel/security/lockdown");
  if (mode?.includes("[confidentiality]") !== true) return undefined;
  return "the kernel is locked down for confidentiality, which keeps eBPF from reading anything";
}

function withoutUprobes({ exists }: KernelFacts): string | undefined {
  if (!exists("/sys/devices/system/cpu/possible")) return "/sys is not mounted here";
  // Where there is no perf at all, the attempt shows it.
  const devices = "/sys/bus/event_source/devices";
  if (!exists(devices) || exists(`${devices}/uprobe`)) return undefined;
  return "this kernel was built without uprobes (CONFIG_UPROBE_EVENTS)";
}

function thisMachine(): KernelFacts {
  return {
    platform: process.platform,
    arch: process.arch,
    release: release(),
    uid: process.getuid?.(),
    read: (path) => orUndefined(() => readFileSync(path, "utf8")),
    exists: existsSync,
    link: (path) => orUndefined(() => readlinkSync(path)),
    hasKoffi: orUndefined(() => createRequire(import.meta.url).resolve("koffi")) !== undefined,
  };
}

function orUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
