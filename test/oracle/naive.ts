import { Sink } from "../../src/bytes/index.ts";
import type { FuncType, Module } from "../../src/wasm/index.ts";
import {
  decodeModule,
  InstructionReader,
  readLocals,
  renumbered,
  rewriteModule,
  valueType,
} from "../../src/wasm/index.ts";

/** Where the host functions of the naive count are imported from. */
const from = "naive";
/** A recursion of one function has this many nodes on a path, as `call-tree.ts` documents. */
const deepestRecursion = 64;

/** Instructions that count nothing: they only end or divide blocks. */
const silent: ReadonlySet<number> = new Set([0x05, 0x07, 0x0b, 0x18, 0x19]);
const tailCalls: ReadonlySet<number> = new Set([0x12, 0x13, 0x15]);

/** A node of the calling-context tree. */
export interface Context {
  readonly parent: Context | undefined;
  /** Function index; -1 for the root. */
  readonly funcIndex: number;
  readonly children: Map<number, Context>;
  calls: number;
  instructions: number;
}

interface Activation {
  readonly funcIndex: number;
  /** The context that it was called in: not its own's parent where a recursion is folded. */
  readonly caller: Context;
  readonly context: Context;
}

/**
 * Counts a module's work in the most simple-minded way: a call to the host in front of every instruction
 * and at each entry. It knows nothing of blocks or flow, and shares only the reader that finds where
 * instructions start and the rewriter that renumbers functions.
 */
export class Naive {
  readonly bytes: Uint8Array;
  readonly module: Module;
  /** How often the instruction at each offset of the file was executed. */
  readonly ticks: Map<number, number> = new Map();
  readonly calls: Map<number, number> = new Map();
  readonly instructions: Map<number, number> = new Map();
  readonly root: Context = {
    parent: undefined,
    funcIndex: -1,
    children: new Map(),
    calls: 0,
    instructions: 0,
  };

  #activations: Activation[] = [];
  /** The activation that ticked last: it is the one that runs, or that calls. */
  #current: Activation = { funcIndex: -1, caller: this.root, context: this.root };
  /** Whether its last instruction replaces it. */
  #leaving = false;
  readonly #tailCalls = new Set<number>();

  constructor(bytes: Uint8Array) {
    this.module = decodeModule(bytes);
    this.bytes = this.#rewrite();
  }

  /** What the rewritten module imports, beside its own imports. */
  get imports(): WebAssembly.Imports {
    return {
      [from]: {
        enter: (funcIndex: number): number => this.#enter(funcIndex),
        tick: (activation: number, offset: number): void => this.#tick(activation, offset),
      },
    };
  }

  /** Runs what the host calls in the module; what ran before goes on afterwards, however that ended. */
  around<T>(call: () => T): T {
    const current = this.#current;
    const leaving = this.#leaving;
    try {
      return call();
    } finally {
      this.#current = current;
      this.#leaving = leaving;
    }
  }

  #enter(funcIndex: number): number {
    const caller = this.#leaving ? this.#current.caller : this.#current.context;
    const context = child(caller, funcIndex);
    context.calls++;
    add(this.calls, funcIndex, 1);
    this.#current = { funcIndex, caller, context };
    this.#leaving = false;
    return this.#activations.push(this.#current) - 1;
  }

  #tick(activation: number, offset: number): void {
    this.#current = this.#activations[activation]!;
    this.#leaving = this.#tailCalls.has(offset);
    this.#current.context.instructions++;
    add(this.instructions, this.#current.funcIndex, 1);
    add(this.ticks, offset, 1);
  }

  #rewrite(): Uint8Array {
    const { module } = this;
    const { bytes, bodies, types, functions, importedFunctions } = module;
    const typeIndex = types.length;
    const added = {
      imports: [
        { module: from, name: "enter", typeIndex },
        { module: from, name: "tick", typeIndex: typeIndex + 1 },
      ],
    };
    const [enter, tick] = [importedFunctions, importedFunctions + 1];
    const reader = new InstructionReader(bytes);
    return rewriteModule(module, {
      ...added,
      additions: () => ({ types: [encodeType(1, 1), encodeType(2, 0)] }),
      body: (defined, sink) => {
        const index = importedFunctions + defined;
        const end = bodies.end[defined]!;
        const locals = readLocals(bytes, bodies.start[defined]!, end);
        const activation = (types[functions[index]!] as FuncType).paramCount + locals.count;
        sink.u32(locals.runs + 1);
        sink.bytes(bytes, locals.runsStart, locals.codeStart);
        sink.u32(1);
        sink.byte(valueType.i32);
        write(sink, 0x41, index, "signed");
        write(sink, 0x10, enter);
        write(sink, 0x21, activation);
        reader.reset(locals.codeStart, end);
        while (reader.position < end) {
          reader.next();
          if (!silent.has(reader.code)) {
            write(sink, 0x20, activation);
            write(sink, 0x41, reader.start, "signed");
            write(sink, 0x10, tick);
            if (tailCalls.has(reader.code)) this.#tailCalls.add(reader.start);
          }
          if (reader.code === 0x10 || reader.code === 0x12 || reader.code === 0xd2) {
            write(sink, reader.code, renumbered(module, added, reader.index));
          } else sink.bytes(bytes, reader.start, reader.position);
        }
        return true;
      },
    });
  }
}

function write(
  sink: Sink,
  code: number,
  value: number,
  form: "signed" | "unsigned" = "unsigned",
): void {
  sink.byte(code);
  if (form === "signed") sink.s32(value);
  else sink.u32(value);
}

function encodeType(params: number, results: number): Uint8Array {
  const sink = new Sink(16);
  sink.byte(0x60);
  sink.vector(new Uint8Array(params).fill(valueType.i32));
  sink.vector(new Uint8Array(results).fill(valueType.i32));
  return sink.take();
}

function add(counts: Map<number, number>, key: number, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

function child(parent: Context, funcIndex: number): Context {
  const known = parent.children.get(funcIndex);
  if (known !== undefined) return known;
  let depth = 0;
  let nearest: Context | undefined;
  for (let at: Context | undefined = parent; at !== undefined; at = at.parent) {
    if (at.funcIndex !== funcIndex) continue;
    nearest ??= at;
    depth++;
  }
  if (depth >= deepestRecursion) return nearest!;
  const made = { parent, funcIndex, children: new Map(), calls: 0, instructions: 0 };
  parent.children.set(funcIndex, made);
  return made;
}
