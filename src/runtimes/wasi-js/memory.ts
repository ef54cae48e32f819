import { WasiError } from "./numbers.ts";

/** A guest's memory, as functions of the host read and write it. All offsets are the guest's. */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);

  /** Says which memory it is, once there is an instance. */
  bind(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  /** Gives bytes in place, valid until the guest runs again; throws `EFAULT` when they are not all there. */
  bytes(offset: number, size: number): Uint8Array<ArrayBuffer> {
    const start = this.#check(offset, size);
    return this.#bytes.subarray(start, start + size);
  }

  u32(offset: number): number {
    // First the check, which may renew the view.
    const start = this.#check(offset, 4);
    return this.#view.getUint32(start, true);
  }

  /** Fills a structure: `write` gets a view that begins at `offset`, whose bytes are zero. */
  put(offset: number, size: number, write: (view: DataView) => void): void {
    const start = this.#check(offset, size);
    this.#bytes.fill(0, start, start + size);
    write(new DataView(this.#bytes.buffer, start, size));
  }

  putU32(offset: number, value: number): void {
    const start = this.#check(offset, 4);
    this.#view.setUint32(start, value, true);
  }

  putU64(offset: number, value: bigint): void {
    const start = this.#check(offset, 8);
    this.#view.setBigUint64(start, value, true);
  }

  text(offset: number, size: number): string {
    return decoder.decode(this.bytes(offset, size));
  }

  #check(offset: number, size: number): number {
    // Growing takes the old buffer away.
    if (this.#bytes.byteLength === 0 || this.#bytes.buffer !== this.#memory?.buffer) this.#renew();
    const start = offset >>> 0;
    if (start + size > this.#bytes.byteLength) throw new WasiError("EFAULT");
    return start;
  }

  #renew(): void {
    if (this.#memory === undefined) throw new WasiError("EFAULT");
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#bytes.buffer);
  }
}

const decoder = new TextDecoder();
