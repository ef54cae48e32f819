import assert from "node:assert/strict";
import { test } from "node:test";
import { whyNot } from "./why-not.ts";
import type { KernelFacts } from "./why-not.ts";

const able: KernelFacts = {
  platform: "linux",
  arch: "x64",
  release: "6.18.44-cloud",
  capabilities: 1n << 21n,
  isRoot: true,
  hasOwnUsers: false,
  hasOwnProcessIds: false,
  hasUprobes: true,
  hasSys: true,
  lockdown: "none",
  hasKoffi: true,
};

const cases: readonly (readonly [Partial<KernelFacts>, RegExp])[] = [
  [{ platform: "darwin" }, /Linux's/],
  [{ arch: "arm64" }, /x86-64/],
  [{ capabilities: 0n }, /root has no CAP_BPF and CAP_PERFMON here: a container/],
  [{ capabilities: 1n << 38n }, /root has no CAP_BPF here/],
  [{ capabilities: 1n << 39n, isRoot: false }, /needs root \(CAP_PERFMON\): run it with sudo/],
  [{ capabilities: undefined, isRoot: false }, /sudo/],
  [{ hasOwnUsers: true }, /user namespace/],
  [{ lockdown: "confidentiality" }, /locked down/],
  [{ release: "6.5.0-generic" }, /Linux 6\.5\.0-generic; .* came with 6\.6/],
  [{ release: "5.15.1" }, /came with 6\.6/],
  [{ hasUprobes: false }, /no uprobes/],
  [{ hasSys: false }, /\/sys is not mounted/],
  [{ hasOwnProcessIds: true }, /process ids of its own/],
  [{ hasKoffi: false }, /npm install koffi/],
];

test("says which part is missing", () => {
  assert.equal(whyNot(able), undefined);
  for (const [lacking, said] of cases) assert.match(whyNot({ ...able, ...lacking }) ?? "", said);
});

test("is content with the two capabilities, and with what it cannot find out", () => {
  const two = (1n << 38n) | (1n << 39n);
  assert.equal(whyNot({ ...able, capabilities: two, isRoot: false }), undefined);
  assert.equal(whyNot({ ...able, capabilities: undefined }), undefined);
  assert.equal(whyNot({ ...able, release: "7.0" }), undefined);
  assert.equal(whyNot({ ...able, lockdown: "integrity" }), undefined);
});
