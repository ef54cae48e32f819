import { HostError } from "../engine.ts";
import type { HostedEnd, RunRequest } from "../protocol.ts";
import { nowNs } from "../stopwatch.ts";
import type { Api } from "./api.ts";
import { sizes } from "./c-api.ts";
import { readValues, writeValues } from "./values.ts";

/** An exported function with what it is called with. */
export interface Call {
  /** Calls it, and says how it ended if not by returning. */
  run(): HostedEnd | undefined;
  /** Reads what it gave back, as text. */
  results(): string[];
}

/** Prepares calls of an exported function. Throws a `HostError` where there is none or the arguments do not fit. */
export function prepareCall(
  api: Api,
  context: unknown,
  instance: Buffer,
  { name, args }: Pick<NonNullable<RunRequest["invoke"]>, "name" | "args">,
): Call {
  const target = findFunction(api, context, instance, name);
  if (target === undefined) throw new HostError("refused", `no function ${name} is exported`);
  const { parameters, results } = typeOf(api, context, target);
  const given = writeValues(args, parameters, api.valueSize);
  const taken = Buffer.alloc(Math.max(results.length, 1) * api.valueSize);
  const trap = Buffer.alloc(sizes.pointer);
  const { wasmtime_func_call: call } = api.functions;
  const [count, resultCount] = [args.length, results.length];
  return {
    run: () =>
      api.messages.endOf(call(context, target, given, count, taken, resultCount, trap), trap),
    results: () => readValues(taken, resultCount, api.valueSize),
  };
}

/** Calls a function again and again, and gives the wall time of each call; ends with the first that does not return. */
export function callSteadily(call: Call, times: number): { ns: number[]; end?: HostedEnd } {
  const ns: number[] = [];
  for (let at = 0; at < times; at++) {
    const before = nowNs();
    const end = call.run();
    ns.push(nowNs() - before);
    if (end !== undefined) return { ns, end };
  }
  return { ns };
}

/** Finds an exported function, as a `wasmtime_func_t`. */
function findFunction(
  { functions }: Api,
  context: unknown,
  instance: Buffer,
  name: string,
): Buffer | undefined {
  const text = Buffer.from(name);
  const found = Buffer.alloc(sizes.extern);
  const { wasmtime_instance_export_get: exportOf } = functions;
  const there = exportOf(context, instance, text, text.length, found);
  // Kind 0 is a function.
  if (there !== true || found[0] !== 0) return undefined;
  return Buffer.from(found.subarray(sizes.externContent, sizes.externContent + sizes.func));
}

function typeOf(
  { functions: f, library }: Api,
  context: unknown,
  target: Buffer,
): { parameters: number[]; results: number[] } {
  const type = f.wasmtime_func_type(context, target);
  const kindsOf = (vector: unknown): number[] => {
    const head = library.bytesAt(vector as bigint, sizes.vector);
    const count = Number(head.readBigUInt64LE(0));
    if (count === 0) return [];
    const array = library.bytesAt(head.readBigUInt64LE(8), count * sizes.pointer);
    // A kind is one byte of what comes back.
    return Array.from({ length: count }, (_, at) => {
      const kind = f.wasm_valtype_kind(array.readBigUInt64LE(at * sizes.pointer)) as number;
      return kind & 0xff;
    });
  };
  const parameters = kindsOf(f.wasm_functype_params(type));
  const results = kindsOf(f.wasm_functype_results(type));
  f.wasm_functype_delete(type);
  return { parameters, results };
}
