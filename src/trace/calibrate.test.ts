import assert from "node:assert/strict";
import { test } from "node:test";
import { calibrationFrom } from "./calibrate.ts";
import type { MeasuredCall } from "./calibrate.ts";
import { parseCalls } from "./calls-guest.ts";
import { correctFunction, correctTimes } from "./correct.ts";

const call = (
  name: string,
  trueNs: number,
  seenNs: number,
  syscallsPerCall: number,
): MeasuredCall => ({
  name,
  trueNs,
  seenNs,
  excessNs: seenNs - trueNs,
  costNs: seenNs - trueNs + 400,
  excessSpreadNs: 10,
  syscallsPerCall,
});

test("finds what calls and system calls cost, and how sure that is", () => {
  const calibration = calibrationFrom([
    call("clock_time_get", 60, 1560, 0),
    call("fd_prestat_get", 100, 1700, 0),
    call("environ_sizes_get", 40, 1440, 0),
    call("fd_write", 900, 3300, 1),
    call("fd_read", 800, 4500, 2),
  ]);
  assert.deepEqual(calibration, {
    perCallNs: 1500,
    perCallBandNs: 100,
    perSyscallNs: 1000,
    perSyscallBandNs: 100,
    perCallOutsideNs: 400,
  });
});

test("takes the usual where system calls wait for other threads", () => {
  const { perSyscallNs, perSyscallBandNs } = calibrationFrom([
    call("clock_time_get", 60, 560, 0),
    call("fd_write", 50_000, 48_000, 2),
  ]);
  assert.deepEqual([perSyscallNs, perSyscallBandNs], [300, 150]);
});

test("cannot go without a call that makes no system call", () => {
  assert.throws(() => calibrationFrom([call("fd_write", 900, 3300, 1)]), /cannot be calibrated/);
});

test("takes the cost from a function and from the run", () => {
  const calibration = calibrationFrom([
    call("clock_time_get", 0, 1000, 0),
    call("fd_write", 0, 1500, 1),
  ]);
  const syscalls = [{ name: "write", count: 10, timeNs: 9000, bytes: 10, errors: 0 }];
  const seen = { name: "fd_write", calls: 10, timeNs: 20_000, syscalls, helperSyscalls: [] };
  const corrected = correctFunction(seen, calibration);
  assert.deepEqual(corrected, { correctedNs: 5000, bandNs: 500 });
  const times = {
    totalNs: 70_000,
    startupNs: 10_000,
    guestNs: 30_000,
    wasiNs: 20_000,
    syscallNs: 9000,
    teardownNs: 10_000,
  };
  assert.deepEqual(correctTimes(times, [{ ...seen, ...corrected }], calibration), {
    totalNs: 51_000,
    startupNs: 10_000,
    guestNs: 26_000,
    wasiNs: 5000,
    syscallNs: 5000,
    teardownNs: 10_000,
  });
  // No time is less than none.
  assert.equal(correctFunction({ ...seen, timeNs: 9000 }, calibration).correctedNs, 0);
});

test("reads what the guest of calls prints", () => {
  const report = parseCalls(
    "time fd_write 0 1000 3000\nnoise\ncount fd_write 21\ncount clock_time_get 4\n",
    10,
  );
  assert.deepEqual(report.perCallNs.get("fd_write"), [100, 300]);
  assert.equal(report.errors.get("fd_write"), 0);
  assert.equal(report.counts.get("fd_write"), 21);
  assert.equal(report.counts.size, 2);
});
