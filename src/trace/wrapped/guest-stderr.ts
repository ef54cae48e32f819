import { writeSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { DumpFilter } from "../../collect/exact/dump-filter.ts";
import { frameMark } from "../../instrument/index.ts";

/** What a guest writes when it waits. */
const call = `${frameMark}!`;

/** Takes what wrappers write out of a guest's standard error, a pipe; the rest goes where the guest's is to go. */
export class GuestStderr {
  readonly #filter: DumpFilter;
  /** Resolves when the guest says that it waits. */
  readonly called: Promise<void>;
  readonly #closed: Promise<unknown>;

  /** @param descriptor Where the rest goes. */
  constructor({ stderr }: ChildProcess, descriptor: number) {
    const filter = (this.#filter = new DumpFilter((bytes) => passTo(descriptor, bytes)));
    this.called = new Promise((resolve) => {
      stderr!.on("data", (chunk: Buffer) => {
        filter.write(chunk);
        if (chunk.includes(call)) resolve();
      });
    });
    this.#closed = new Promise((resolve) => {
      stderr!.once("close", resolve);
    });
  }

  /** Waits until all was taken that was written, and gives what the wrappers wrote. */
  async text(): Promise<string> {
    await this.#closed;
    this.#filter.end();
    return this.#filter.text;
  }
}

function passTo(descriptor: number, bytes: Uint8Array): void {
  // This process's own may be a pipe that is full, for which Node has a queue.
  if (descriptor === process.stderr.fd) process.stderr.write(bytes);
  else for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
