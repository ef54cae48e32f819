import { assemble, type Bytes, funcType, leb, name, section, sleb, types } from "./assemble.ts";

const printTypes: Record<string, readonly number[]> = {
  print: [],
  print_i32: [types.i32],
  print_i64: [types.i64],
  print_f32: [types.f32],
  print_f64: [types.f64],
  print_i32_f32: [types.i32, types.f32],
  print_f64_f64: [types.f64, types.f64],
};

/**
 * Builds the host module that the suite's scripts import, fresh for each script; what is printed goes to `log`.
 * It is itself a WebAssembly module, because a JavaScript function would link with any type.
 */
export function makeSpectest(log: (line: string) => void): Record<string, WebAssembly.ExportValue> {
  const printers = Object.fromEntries(
    Object.keys(printTypes).map((print) => [
      print,
      (...values: unknown[]) => log(`${print} ${values.map(String).join(" ")}`),
    ]),
  );
  const exports = { ...instantiate(spectestModule(), { "": printers }) };
  for (const bytes of [sharedMemoryModule, table64Module]) {
    if (WebAssembly.validate(bytes)) Object.assign(exports, instantiate(bytes, {}));
  }
  return exports;
}

function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  imports: WebAssembly.Imports,
): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
}

function spectestModule(): Uint8Array<ArrayBuffer> {
  const names = Object.keys(printTypes);
  return assemble(
    section(
      1,
      Object.values(printTypes).map((params) => funcType(params, [])),
    ),
    section(
      2,
      names.map((print, index) => [name(""), name(print), 0x00, index]),
    ),
    section(4, [[types.funcref, 0x01, 10, 20]]),
    section(5, [[0x01, 1, 2]]),
    section(6, [
      [types.i32, 0, 0x41, sleb(666), 0x0b],
      [types.i64, 0, 0x42, sleb(666), 0x0b],
      [types.f32, 0, 0x43, [...new Uint8Array(Float32Array.of(666.6).buffer)], 0x0b],
      [types.f64, 0, 0x44, [...new Uint8Array(Float64Array.of(666.6).buffer)], 0x0b],
    ]),
    section(7, [
      ...names.map((print, index): Bytes => [name(print), 0x00, leb(index)]),
      [name("table"), 0x01, 0],
      [name("memory"), 0x02, 0],
      ...["i32", "i64", "f32", "f64"].map((type, index): Bytes => [
        name(`global_${type}`),
        0x03,
        index,
      ]),
    ]),
  );
}

const sharedMemoryModule = assemble(
  section(5, [[0x03, 1, 2]]),
  section(7, [[name("shared_memory"), 0x02, 0]]),
);

const table64Module = assemble(
  section(4, [[types.funcref, 0x05, 10, 20]]),
  section(7, [[name("table64"), 0x01, 0]]),
);
