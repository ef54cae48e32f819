import assert from "node:assert/strict";
import { existsSync, fstatSync, readdirSync, writeSync } from "node:fs";
import { test } from "node:test";
import { CannotRun } from "../../runtimes/index.ts";
import type { Observation } from "../observation.ts";
import { parseLoads } from "./load.ts";
import type { LoadJob } from "./observe-load.ts";
import { sweepLoads } from "./sweep.ts";

const observation: Observation = {
  runtime: "made-up",
  version: "1",
  tier: "none",
  way: "timed",
  exitCode: 0,
  functions: [],
  outside: [],
  notes: [],
};

test("runs every load at every size on all subjects, each in a folder of its own", async () => {
  const folders: string[] = [];
  const streams: string[] = [];
  const observe = (job: LoadJob): Promise<Observation> => {
    const { host } = job.dirs[0]!;
    assert.deepEqual(readdirSync(host), []);
    folders.push(host);
    writeSync(job.stdout, "lines");
    streams.push(
      `${job.args.slice(1).join(" ")}: ${fstatSync(job.stdin).size} bytes, ${fstatSync(job.stdout).isFIFO() ? "pipe" : "file"}`,
    );
    return Promise.resolve(observation);
  };
  const choices = ["sleeps:1,2", "copy:3", "pipe-lines:4"].flatMap(parseLoads);
  const subjects = [
    { name: "one", observe },
    { name: "unable", observe: () => Promise.reject(new CannotRun("it has no such function")) },
    {
      name: "failing",
      observe: ({ stderr }: LoadJob) => {
        writeSync(stderr, "first\nthe reason\n");
        return Promise.resolve({ ...observation, exitCode: 3 });
      },
    },
  ];
  const { observations, failures } = await sweepLoads(choices, subjects);
  assert.deepEqual(
    observations.map(({ load, size, sleepNs }) => [load, size, sleepNs]),
    [
      ["sleeps", 1, 2_000_000],
      ["sleeps", 2, 2_000_000],
      ["copy", 3, undefined],
      ["pipe-lines", 4, undefined],
    ],
  );
  assert.deepEqual(streams, [
    "sleeps 1 2000: 0 bytes, file",
    "sleeps 2 2000: 0 bytes, file",
    "copy 1024: 3072 bytes, file",
    "lines 4: 0 bytes, pipe",
  ]);
  assert.deepEqual(
    failures.slice(0, 2).map(({ subject, load, size, why }) => [subject, load, size, why]),
    [
      ["unable", "sleeps", 1, "it has no such function"],
      ["failing", "sleeps", 1, "sleeps ended by exit code 3: the reason"],
    ],
  );
  assert.equal(failures.length, 8);
  assert.ok(folders.every((folder) => !existsSync(folder)));
});
