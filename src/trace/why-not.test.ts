import assert from "node:assert/strict";
import { test } from "node:test";
import { whyNotEbpf } from "./why-not.ts";
import type { KernelFacts } from "./why-not.ts";

const files: Readonly<Record<string, string>> = {
  "/proc/self/status": "Name:\tnode\nCapEff:\t000001ffffffffff\n",
  "/proc/self/uid_map": "         0          0 4294967295\n",
  "/sys/devices/system/cpu/possible": "0-1\n",
  "/sys/bus/event_source/devices": "",
  "/sys/bus/event_source/devices/uprobe": "",
};

function machine(
  changes: Partial<Omit<KernelFacts, "read" | "exists" | "link">> = {},
  changed: Readonly<Record<string, string | undefined>> = {},
  namespace = "pid:[4026531836]",
): KernelFacts {
  const all: Readonly<Record<string, string | undefined>> = { ...files, ...changed };
  return {
    platform: "linux",
    arch: "x64",
    release: "6.12.1-generic",
    uid: 0,
    hasKoffi: true,
    ...changes,
    read: (path) => all[path],
    exists: (path) => all[path] !== undefined,
    link: () => namespace,
  };
}

const capabilities = (hex: string): Readonly<Record<string, string>> => ({
  "/proc/self/status": `CapEff:\t${hex}\n`,
});

test("the kernel can be asked", () => {
  assert.equal(whyNotEbpf(machine()), undefined);
  assert.equal(whyNotEbpf(machine({ release: "6.6.0" })), undefined);
  assert.equal(whyNotEbpf(machine({ release: "10.0" })), undefined);
  // CAP_BPF and CAP_PERFMON without root.
  assert.equal(whyNotEbpf(machine({ uid: 1000 }, capabilities("000000c000000000"))), undefined);
  // tracefs is not needed, and integrity is no confidentiality.
  const lockdown = { "/sys/kernel/security/lockdown": "none [integrity] confidentiality\n" };
  assert.equal(whyNotEbpf(machine({}, lockdown)), undefined);
});

const cases: readonly (readonly [what: string, facts: KernelFacts, why: RegExp])[] = [
  ["another system", machine({ platform: "darwin" }), /Linux's, and this is darwin/],
  ["another processor", machine({ arch: "arm64" }), /not on arm64/],
  ["an old kernel", machine({ release: "6.5.9" }), /6\.5\.9 has no uprobe_multi/],
  ["no root", machine({ uid: 1000 }, capabilities("0")), /needs root.*sudo/],
  ["CAP_BPF alone", machine({ uid: 1000 }, capabilities("0000008000000000")), /CAP_PERFMON/],
  ["a container's root", machine({}, capabilities("00000000a80425fb")), /container.*--privileged/],
  ["a rootless container", machine({}, { "/proc/self/uid_map": "0 1000 1\n" }), /user namespace/],
  ["other process numbers", machine({}, {}, "pid:[4026532201]"), /--pid=host/],
  [
    "lockdown",
    machine({}, { "/sys/kernel/security/lockdown": "none integrity [confidentiality]\n" }),
    /locked down/,
  ],
  [
    "no uprobes",
    machine({}, { "/sys/bus/event_source/devices/uprobe": undefined }),
    /without uprobes/,
  ],
  ["no /sys", machine({}, { "/sys/devices/system/cpu/possible": undefined }), /\/sys is not/],
  ["no /proc", machine({}, { "/proc/self/status": undefined }), /\/proc is not/],
  ["no koffi", machine({ hasKoffi: false }), /npm install koffi/],
];

for (const [what, facts, why] of cases) {
  test(`names ${what}`, () => assert.match(whyNotEbpf(facts) ?? "", why));
}
