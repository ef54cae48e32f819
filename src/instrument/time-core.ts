import { assembleBody, decodeModule, magic, rewriteModule, valueType } from "../wasm/index.ts";
import type { Instruction } from "../wasm/index.ts";
import { Additions } from "./additions.ts";

/**
 * What the timing of calls keeps in its memory: a header, the buckets of a hash table, a record a function, and
 * cells of one size, from `heap` on, for the tree's nodes and the open activations.
 */
export const timeCoreLayout = {
  /** Addresses of 64-bit floats. */
  header64: {
    last: 0,
    start: 8,
    events: 16,
    bound: 24,
    eventNs: 32,
    share: 40,
    least: 48,
    looked: 56,
    ownNs: 64,
    wholeNs: 72,
  },
  /** Addresses of 32-bit integers; `current` is the innermost activation's cell, `top` the end of all cells. */
  header32: {
    current: 80,
    top: 84,
    count: 88,
    depth: 92,
    allOn: 96,
    cut: 100,
    endedFunc: 104,
  },
  /** What a function's field `grant` begins with: the calls that pass untimed after it was switched off. */
  firstGrant: 32,
  buckets: 128,
  /** Behind 8192 buckets. */
  functions: 32896,
  functionSize: 64,
  /** Offsets in a function's record: floats up to `timed`, integers from there on. */
  func: {
    calls: 0,
    given: 8,
    own: 16,
    whole: 24,
    timed: 32,
    grant: 40,
    open: 44,
    innermost: 48,
    byCallers: 52,
  },
  cellSize: 40,
  /** Offsets in a node; `number` is -1 in the cell of an activation. */
  node: { func: 0, parent: 4, next: 8, number: 12, calls: 16, self: 24 },
  /** Offsets in an activation. */
  activation: {
    node: 0,
    shallower: 4,
    deeper: 8,
    number: 12,
    entered: 16,
    inside: 24,
    before: 32,
    func: 36,
  },
} as const;

/** What the module for timing imports and exports. */
export const timeCoreNames = {
  module: "host",
  now: "now",
  memory: "memory",
} as const;

/** An empty module that is named in stack traces: `wasm://wasm/wasmscope_time-…` in V8. */
const named: Uint8Array = (() => {
  const name = new TextEncoder().encode("wasmscope_time");
  const section = [
    4,
    ...new TextEncoder().encode("name"),
    0,
    name.length + 1,
    name.length,
    ...name,
  ];
  return Uint8Array.of(...magic, 1, 0, 0, 0, 0, section.length, ...section);
})();

/** A function on the stack this often gets no deeper nodes: further calls are booked on its innermost one. */
const deepest = 64;
/** Recursion deeper than that is timed only now and then: each timed call takes more frames of the stack. */
const deepGrant = 1024;
/** Calls that are timed before a function is judged: the first ones compile code and fill caches. */
const firstCalls = 4;
/** Calls that pass untimed after a function was switched off, doubled at each further look, are at most these. */
const lastGrant = 65536;
/** A function with callees that are timed, too, is worth its place in the tree if a call takes so much longer. */
const wholeCallFactor = 10;
/** The running mean takes in this much of a new value. */
const weight = 1 / 4;
/** Timed calls after which the bound is looked at again. */
const eventsALook = 256;
/** The bound is never this many times higher than the budget asks for. */
const mostFactor = 1024;
/** What timing may cost at first, before there is a run to speak of. */
const graceNs = 2e6;
/** Pages by which the memory grows. */
const growthPages = 16;

type Code = readonly Instruction[];
const { i32, f64 } = valueType;
const empty = 0x40;
const { header64, header32, func, node, activation, buckets, functions, functionSize, cellSize } =
  timeCoreLayout;
const initialPages = 1;

const get = (local: number): Code => [["local.get", local]];
const set = (local: number, value: Code): Code => [...value, ["local.set", local]];
const call = (index: number, ...values: readonly Code[]): Code => [
  ...values.flat(),
  ["call", index],
];
const int = (value: number): Code => [["i32.const", value]];
const float = (value: number): Code => [["i32.const", value], "f64.convert_i32_s"];
const op = (name: string, ...values: readonly Code[]): Code => [...values.flat(), name];
const load32 = (address: Code, offset: number): Code => [...address, ["i32.load", 2, offset]];
const loadF = (address: Code, offset: number): Code => [...address, ["f64.load", 3, offset]];
const store32 = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ["i32.store", 2, offset],
];
const storeF = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ["f64.store", 3, offset],
];
const add32 = (address: Code, offset: number, value: number): Code =>
  store32(address, offset, op("i32.add", load32(address, offset), int(value)));
const addF = (address: Code, offset: number, value: Code): Code =>
  storeF(address, offset, op("f64.add", loadF(address, offset), value));
const head = (offset: number): Code => load32(int(0), offset);
const headF = (offset: number): Code => loadF(int(0), offset);
const when = (condition: Code, then: Code, otherwise?: Code): Code => [
  ...condition,
  ["if", empty],
  ...then,
  ...(otherwise === undefined ? [] : ["else" as const, ...otherwise]),
  "end",
];
/** Runs `body` as long as the condition holds. */
const during = (condition: Code, body: Code): Code => [
  ["block", empty],
  ["loop", empty],
  ...condition,
  "i32.eqz",
  ["br_if", 1],
  ...body,
  ["br", 0],
  "end",
  "end",
];
/** The address of the record of the function in a local. */
const record = (index: Code): Code =>
  op("i32.add", op("i32.mul", index, int(functionSize)), int(functions));
const current = head(header32.current);

/**
 * Writes the module that times calls, which stands beside the guest: a tree of the timed calls, and the decision
 * which are timed, in WebAssembly, since V8 would spend tens of milliseconds of every run on compiling the same in
 * JavaScript. It imports the clock, `now() -> f64` in nanoseconds, and exports its memory, `timeCoreLayout`, and
 * functions: `enter` and `leave`, as `timeImports` says, and those that its host calls.
 */
export function writeTimeCore(): Uint8Array {
  const module = decodeModule(named);
  const additions = new Additions(module);
  const now = additions.import({
    module: timeCoreNames.module,
    name: timeCoreNames.now,
    typeIndex: additions.type([], [f64]),
  });
  additions.memory = Uint8Array.of(0, initialPages);
  additions.export(timeCoreNames.memory, "memory", 0);
  defineFunctions(additions, now);
  return rewriteModule(module, { imports: additions.imports, additions: () => additions.build() });
}

function defineFunctions(additions: Additions, now: number): void {
  const define = (
    name: string,
    params: readonly number[],
    results: readonly number[],
    locals: readonly number[],
    body: Code,
  ): number => {
    const index = additions.add({
      name,
      typeIndex: additions.type(params, results),
      body: assembleBody(
        locals.map((type) => [1, type]),
        body,
      ),
    });
    additions.export(name, "func", index);
    return index;
  };
  const allocate = define("allocate", [], [i32], [i32], allocateBody());
  const child = define("child", [i32, i32], [i32], [i32, i32], childBody(allocate));
  const isOn = define("is_on", [i32], [i32], [i32], isOnBody());
  const grant = define("grant", [i32], [i32], [i32, i32], grantBody(isOn));
  const note = define("note", [i32, f64, f64], [], [i32, f64], noteBody());
  const look = define("look", [f64], [], [f64, f64], lookBody());
  const open = define("open", [i32], [], [i32, i32, i32, f64], openBody(child, allocate, now));
  const end = define("end", [f64], [], [i32, i32, i32, i32], endBody());
  const close = define("close", [], [], [], closeBody(end, note, look, now));
  define("enter", [i32, i32], [i32], [i32, i32], enterBody(grant, open));
  define("leave", [i32], [i32], [i32], leaveBody(close, isOn));
  define("settle", [], [], [f64], settleBody(now));
  define("unwind_to", [i32], [], [f64], unwindBody(end, now));
}

/** allocate() -> address of a new cell. */
function allocateBody(): Code {
  const cell = 0;
  const end = op("i32.add", get(cell), int(cellSize));
  const pages = (count: Code): Code => op("i32.shl", count, int(16));
  return [
    ...set(cell, head(header32.top)),
    ...when(op("i32.gt_u", end, pages([["memory.size", 0]])), [
      ...op("i32.eq", [...int(growthPages), ["memory.grow", 0]], int(-1)),
      ["if", empty],
      "unreachable",
      "end",
    ]),
    ...store32(int(0), header32.top, end),
    ...get(cell),
  ];
}

/** child(parent, function) -> the node of a function below another node. */
function childBody(allocate: number): Code {
  const [parent, index, bucket, found] = [0, 1, 2, 3];
  const mixed = op(
    "i32.xor",
    op("i32.mul", get(parent), int(0x9e3779b1 | 0)),
    op("i32.mul", get(index), int(0x85ebca6b | 0)),
  );
  const most = (functions - buckets) / 4;
  const slot = op("i32.shr_u", mixed, int(32 - Math.log2(most)));
  const same = op(
    "i32.and",
    op("i32.eq", load32(get(found), node.parent), get(parent)),
    op("i32.eq", load32(get(found), node.func), get(index)),
  );
  return [
    ...set(bucket, op("i32.add", op("i32.shl", slot, int(2)), int(buckets))),
    ...set(found, load32(get(bucket), 0)),
    ...during(get(found), [
      ...when(same, [...get(found), "return"]),
      ...set(found, load32(get(found), node.next)),
    ]),
    ...set(found, call(allocate)),
    ...store32(get(found), node.func, get(index)),
    ...store32(get(found), node.parent, get(parent)),
    ...store32(get(found), node.next, load32(get(bucket), 0)),
    ...store32(get(bucket), 0, get(found)),
    ...store32(get(found), node.number, head(header32.count)),
    ...add32(int(0), header32.count, 1),
    ...get(found),
  ];
}

/** is_on(function): whether its next call is timed. */
function isOnBody(): Code {
  const [index, at] = [0, 1];
  const bound = headF(header64.bound);
  return [
    ...set(at, record(get(index))),
    ...head(header32.allOn),
    ...op("f64.lt", loadF(get(at), func.timed), float(firstCalls)),
    "i32.or",
    ...op("f64.ge", loadF(get(at), func.own), bound),
    "i32.or",
    ...op("f64.ge", loadF(get(at), func.whole), op("f64.mul", bound, float(wholeCallFactor))),
    "i32.or",
  ];
}

/** grant(function): how many calls pass untimed before the next look at it. */
function grantBody(isOn: number): Code {
  const [index, at, calls] = [0, 1, 2];
  const doubled = op("i32.shl", get(calls), int(1));
  return [
    ...set(at, record(get(index))),
    ...when(call(isOn, get(index)), [
      ...store32(get(at), func.grant, int(timeCoreLayout.firstGrant)),
      ...int(0),
      "return",
    ]),
    ...set(calls, load32(get(at), func.grant)),
    ...get(at),
    ...doubled,
    ...int(lastGrant),
    ...op("i32.lt_u", doubled, int(lastGrant)),
    "select",
    ["i32.store", 2, func.grant],
    ...get(calls),
  ];
}

/** note(function, own, whole): takes in a timed call that ended. */
function noteBody(): Code {
  const [index, own, whole, at, part] = [0, 1, 2, 3, 4];
  const timed = loadF(get(at), func.timed);
  const mean = (offset: number, value: number): Code =>
    addF(
      get(at),
      offset,
      op("f64.mul", op("f64.sub", get(value), loadF(get(at), offset)), get(part)),
    );
  return [
    ...set(at, record(get(index))),
    ...addF(int(0), header64.events, float(1)),
    ...addF(get(at), func.timed, float(1)),
    ...op("f64.div", float(1), timed),
    ...op("f64.div", float(1), float(1 / weight)),
    ...op("f64.le", timed, float(firstCalls)),
    "select",
    ["local.set", part],
    ...mean(func.own, own),
    ...mean(func.whole, whole),
  ];
}

/** look(elapsed): adapts the bound to what timing has cost in so many nanoseconds, and costs just now. */
function lookBody(): Code {
  const [elapsed, spent, allowed] = [0, 1, 2];
  const events = headF(header64.events);
  const least = headF(header64.least);
  const justNow = op(
    "f64.div",
    op("f64.mul", float(eventsALook), headF(header64.eventNs)),
    op("f64.sub", get(elapsed), headF(header64.looked)),
  );
  const withGrace = (times: number): Code =>
    op("f64.add", op("f64.mul", get(allowed), float(times)), float(graceNs));
  const setBound = (value: Code): Code =>
    storeF(
      int(0),
      header64.bound,
      op("f64.min", op("f64.max", value, least), op("f64.mul", least, float(mostFactor))),
    );
  const bound = headF(header64.bound);
  const tooMuch = op(
    "i32.and",
    op("f64.gt", get(spent), withGrace(1)),
    op("f64.gt", justNow, headF(header64.share)),
  );
  const little = op("f64.lt", get(spent), op("f64.div", get(allowed), float(4)));
  return [
    ...when(op("i32.and", op("i32.trunc_f64_s", events), int(eventsALook - 1)), ["return"]),
    ...set(spent, op("f64.mul", events, headF(header64.eventNs))),
    ...set(allowed, op("f64.mul", get(elapsed), headF(header64.share))),
    ...when(
      head(header32.allOn),
      store32(int(0), header32.allOn, op("f64.le", get(spent), withGrace(2))),
      when(
        tooMuch,
        setBound(op("f64.mul", bound, float(2))),
        when(little, setBound(op("f64.div", bound, float(2)))),
      ),
    ),
    ...storeF(int(0), header64.looked, get(elapsed)),
  ];
}

/** open(function): begins a timed call. The clock is read last: what this does counts as the caller's time. */
function openBody(child: number, allocate: number, now: number): Code {
  const [index, at, cell, place, time] = [0, 1, 2, 3, 4];
  const parent = load32(current, activation.node);
  return [
    ...set(at, record(get(index))),
    ...when(
      op("i32.ge_s", load32(get(at), func.open), int(deepest)),
      set(place, load32(get(at), func.innermost)),
      set(place, call(child, parent, get(index))),
    ),
    ...set(cell, load32(current, activation.deeper)),
    ...when(op("i32.eqz", get(cell)), [
      ...set(cell, call(allocate)),
      ...store32(get(cell), activation.number, int(-1)),
      ...store32(get(cell), activation.shallower, current),
      ...store32(current, activation.deeper, get(cell)),
    ]),
    ...addF(get(place), node.calls, float(1)),
    ...add32(get(at), func.open, 1),
    ...store32(get(cell), activation.node, get(place)),
    ...store32(get(cell), activation.func, get(index)),
    ...store32(get(cell), activation.before, load32(get(at), func.innermost)),
    ...store32(get(at), func.innermost, get(place)),
    ...storeF(get(cell), activation.inside, float(0)),
    ...set(at, parent),
    ...store32(int(0), header32.current, get(cell)),
    ...add32(int(0), header32.depth, 1),
    ...set(time, call(now)),
    ...addF(get(at), node.self, op("f64.sub", get(time), headF(header64.last))),
    ...storeF(int(0), header64.last, get(time)),
    ...storeF(get(cell), activation.entered, get(time)),
  ];
}

/** end(now): ends the innermost call. */
function endBody(): Code {
  const [time, cell, place, at, index] = [0, 1, 2, 3, 4];
  const outer = load32(get(cell), activation.shallower);
  const whole = headF(header64.wholeNs);
  return [
    ...set(cell, current),
    ...set(place, load32(get(cell), activation.node)),
    ...set(index, load32(get(cell), activation.func)),
    ...set(at, record(get(index))),
    ...addF(get(place), node.self, op("f64.sub", get(time), headF(header64.last))),
    ...storeF(int(0), header64.last, get(time)),
    ...add32(get(at), func.open, -1),
    ...store32(get(at), func.innermost, load32(get(cell), activation.before)),
    ...store32(int(0), header32.endedFunc, get(index)),
    ...storeF(
      int(0),
      header64.wholeNs,
      op("f64.sub", get(time), loadF(get(cell), activation.entered)),
    ),
    ...storeF(int(0), header64.ownNs, op("f64.sub", whole, loadF(get(cell), activation.inside))),
    ...addF(outer, activation.inside, whole),
    ...store32(int(0), header32.current, outer),
    ...add32(int(0), header32.depth, -1),
  ];
}

/** close(): ends the innermost timed call; the clock is read first. */
function closeBody(end: number, note: number, look: number, now: number): Code {
  return [
    ...call(now),
    ...when(op("i32.eqz", head(header32.depth)), ["return"]),
    ["call", end],
    ...call(note, head(header32.endedFunc), headF(header64.ownNs), headF(header64.wholeNs)),
    ...call(look, op("f64.sub", headF(header64.last), headF(header64.start))),
  ];
}

/** enter(function, word) -> word. */
function enterBody(grant: number, open: number): Code {
  const [index, word, at, granted] = [0, 1, 2, 3];
  return [
    ...set(at, record(get(index))),
    ...countGranted(at, word),
    ...set(granted, call(grant, get(index))),
    ...when(
      op(
        "i32.and",
        op("i32.ge_s", load32(get(at), func.open), int(deepest)),
        op("i32.lt_s", get(granted), int(deepGrant)),
      ),
      set(granted, int(deepGrant)),
    ),
    // The timed call itself must pass: it takes one from the word, unless its callers have done so.
    ...set(granted, op("i32.add", get(granted), op("i32.eqz", load32(get(at), func.byCallers)))),
    ...storeF(get(at), func.given, op("f64.convert_i32_s", get(granted))),
    ...call(open, get(index)),
    ...get(granted),
  ];
}

/** leave(word) -> word. */
function leaveBody(close: number, isOn: number): Code {
  const [word, at] = [0, 1];
  const ended = head(header32.endedFunc);
  const byCallers = load32(get(at), func.byCallers);
  const given = op("i32.sub", int(0), byCallers);
  return [
    ...when(op("i32.eqz", head(header32.depth)), [...get(word), "return"]),
    ...call(close),
    ...when(op("i32.eqz", call(isOn, ended)), [...get(word), "return"]),
    ...set(at, record(ended)),
    ...countGranted(at, word),
    ...storeF(get(at), func.given, op("f64.convert_i32_s", given)),
    ...given,
  ];
}

/** Counts what was granted to a function and is not left in its word. */
function countGranted(at: number, word: number): Code {
  const left = op("f64.convert_i32_s", get(word));
  return addF(get(at), func.calls, op("f64.sub", loadF(get(at), func.given), left));
}

/** settle(): books the time up to now. */
function settleBody(now: number): Code {
  const time = 0;
  return [
    ...set(time, call(now)),
    ...addF(
      load32(current, activation.node),
      node.self,
      op("f64.sub", get(time), headF(header64.last)),
    ),
    ...storeF(int(0), header64.last, get(time)),
  ];
}

/** unwind_to(depth): ends all calls that are deeper. */
function unwindBody(end: number, now: number): Code {
  const [depth, time] = [0, 1];
  const deeper = op("i32.gt_s", head(header32.depth), get(depth));
  return [
    ...when(op("i32.eqz", deeper), ["return"]),
    ...set(time, call(now)),
    ...during(deeper, [...call(end, get(time)), ...add32(int(0), header32.cut, 1)]),
  ];
}
