import { Sink } from "../bytes/index.ts";
import { sectionId } from "../wasm/index.ts";

// V8 compiles a loop for the paths that it has seen. One that is first taken later throws the code away, and
// the loop is interpreted, profiled and compiled again: tens of milliseconds each time, which for a module of
// 8 MB came to half of all CPU time. So rewriting a large module begins with a small one in which there is
// everything.

/** Bodies enough for V8 to note what it sees in each function: not before it has run some hundred bytecodes. */
const bodies = 24;

const block = [0x02, 0x40];
const end = 0x0b;

/** Instructions in all forms that are frequent, without regard to types: the module is never run. */
const everything: readonly number[] = [
  // Locals, constants, arithmetic; numbers of one to five and ten bytes, with and without sign.
  [0x20, 0, 0x20, 0x81, 1, 0x22, 0x81, 0x81, 1, 0x21, 0x81, 0x81, 0x81, 1, 0x23, 0, 0x24, 0, 0x1a],
  [0x41, 0, 0x41, 0x7f, 0x41, 0x80, 1, 0x41, 0x80, 0x80, 0x7c, 0x41, 0x80, 0x80, 0x80, 4],
  [0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x41, 0xff, 0xff, 0xff, 0xff, 7, 0x6a, 0x45, 0x1b],
  [0x42, 0, 0x42, 0x80, 1, 0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
  [
    0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x42, 0x80, 0x80, 0x80, 0x80,
    0x10,
  ],
  [0x43, 0, 0, 0, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0xa0, 0x1c, 1, 0x7f],
  // Memory.
  [0x28, 2, 4, 0x28, 2, 0x84, 1, 0x36, 2, 0x84, 0x84, 1, 0x36, 2, 0x84, 0x84, 0x84, 1],
  [0x29, 3, 0x84, 0x84, 0x84, 0x84, 1, 0x28, 0x42, 0, 4, 0x3f, 0, 0x40, 0, 0x3f, 1, 0x40, 1],
  [0xfc, 0x0b, 0, 0xfc, 0x0a, 0, 0, 0xfc, 0x00, 0xfe, 0x10, 2, 4, 0xfe, 0x03, 0],
  [0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0x00, 4, 0x10, 0xfd, 0x6b],
  [0xfd, 0x15, 1, 0xfd, 0x54, 0, 4, 1, 0xfd, 0x81, 0x01],
  // References and garbage collection.
  [
    0xd0, 0x70, 0xd0, 0, 0xd1, 0xd2, 2, 0x25, 0, 0xfb, 0x02, 0, 0, 0xfb, 0x08, 0, 2, 0xfb, 0x14,
    0x6e,
  ],
  [...block, 0xd5, 0, 0xd6, 0, 0xfb, 0x18, 0, 0, 0x6e, 0x6f, end],
  // Calls that come back, that may leave, and of functions that nobody calls often.
  [0x10, 0, 0x10, 1, 0x10, 0x83, 0, 0x10, 0x84, 0x80, 0, 0x10, 0x85, 0x80, 0x80, 0],
  [0x10, 0x85, 0x80, 0x80, 0x80, 0, 0x11, 0, 0, 0x11, 1, 0, 0x14, 0],
  // Conditions.
  [
    0x04,
    0x40,
    0x41,
    1,
    0x04,
    0x7f,
    0x01,
    0x05,
    0x20,
    0,
    end,
    end,
    0x04,
    0x7c,
    0x0c,
    0,
    0x05,
    0x0f,
    end,
  ],
  [0x02, 0, 0x0d, 0, 0x0d, 1, end, 0x02, 0x63, 0x70, 0x02, 0x80, 1, 0x0c, 1, end, 0x0c, 0, end],
  [...block, ...block, ...block, 0x0e, 3, 0, 1, 2, 2, end, 0x0c, 0, end, 0x0e, 0, 0x80, 0, end],
  // Loops with and without calls, one in the other.
  [0x03, 0x40, 0x03, 0x40, 0x20, 0, 0x0d, 0, 0x04, 0x40, 0x01, end, 0x0d, 1, end, 0x0d, 0, end],
  [0x03, 0x40, 0x03, 0x40, 0x10, 1, 0x0d, 0, end, 0x10, 0, 0x04, 0x40, 0x0c, 1, end, end],
  [0x03, 0x40, 0x04, 0x40, 0x01, 0x05, 0x01, end, ...block, 0x0d, 0, 0x0d, 1, end, 0x0d, 0, end],
  // Exceptions, in both codings.
  [0x06, 0x40, 0x10, 1, 0x07, 0, 0x01, 0x19, 0x09, 0, end, 0x06, 0x40, 0x06, 0x40, 0x18, 0, end],
  [...block, 0x03, 0x40, 0x1f, 0x40, 4, 0, 0, 0, 1, 0, 1, 2, 0, 3, 1, 0x10, 1, end, end, end],
  [...block, 0x08, 0, end, ...block, 0x0a, end],
  // What can never be reached.
  [
    ...block,
    0x00,
    0x20,
    0,
    ...block,
    0x10,
    1,
    0x03,
    0x40,
    end,
    end,
    0x04,
    0x40,
    0x05,
    end,
    0xd2,
    2,
    end,
  ],
  [0x04, 0x40, 0x00, 0x05, 0x00, end, ...block, 0x12, 1, end, ...block, 0x0f, end],
].flat();

/** Builds a module that has all that a rewriter meets in large ones. */
export function rehearsalModule(): Uint8Array {
  const sink = new Sink(1 << 16);
  const section = (id: number, write: () => void): void => {
    sink.byte(id);
    sink.sized(write);
  };
  const put = (...bytes: readonly number[]): void => sink.bytes(Uint8Array.from(bytes));
  put(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  section(sectionId.type, () => put(2, 0x60, 0, 0, 0x60, 1, 0x7f, 0));
  section(sectionId.import, () => {
    put(2);
    for (const [name, type] of [
      ["fd_close", 0],
      ["proc_exit", 1],
    ] as const) {
      sink.name("wasi_snapshot_preview1");
      sink.name(name);
      put(0, type);
    }
  });
  section(sectionId.function, () => {
    sink.u32(bodies);
    for (let defined = 0; defined < bodies; defined++) sink.byte(defined & 1);
  });
  section(sectionId.table, () => put(1, 0x70, 0, 1));
  section(sectionId.memory, () => put(1, 0, 1));
  section(sectionId.global, () => put(2, 0x7f, 1, 0x41, 0, end, 0x70, 0, 0xd2, 2, end));
  section(sectionId.export, () => {
    sink.u32(2);
    sink.name("memory");
    put(2, 0);
    sink.name("run");
    put(0, 3);
  });
  section(sectionId.element, () => put(1, 0, 0x41, 0, end, 3, 2, 3, 0x84, 0));
  section(sectionId.dataCount, () => put(1));
  section(sectionId.code, () => {
    sink.u32(bodies);
    for (let defined = 0; defined < bodies; defined++)
      sink.sized(() => rehearsalBody(defined, put));
  });
  section(sectionId.data, () => put(1, 1, 2, 0, 0));
  return sink.take();
}

/** Large and small bodies, with locals and without, with and without calls. */
function rehearsalBody(defined: number, put: (...bytes: readonly number[]) => void): void {
  switch (defined & 7) {
    case 1:
      put(0);
      break;
    case 2:
      put(1, 2, 0x7f, 0x20, 0, 0x04, 0x40, 0x10, 2 + defined, 0x10, 2 + defined, end);
      break;
    case 3:
      put(0, 0x20, 0, 0x28, 2, 4, 0x10, 0x80 | (2 + (defined & 7)), 0, 0x0f);
      break;
    case 4:
      put(2, 0x90, 1, 0x7f, 1, 0x7e, 0x03, 0x40, 0x20, 0, 0x0d, 0, end);
      break;
    case 5:
      put(1, 1, 0x70, ...everything.slice(0, 60), 0x00);
      break;
    default:
      put(3, 1, 0x7f, 2, 0x7e, 1, 0x63, 0x70, ...everything);
  }
  put(end);
}
