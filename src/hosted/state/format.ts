// Numbers of the state's format that the code inside the host module and the reader outside share. docs/state-format.md
// describes it.

/** The format's version; a file of a newer one is refused. */
export const stateVersion = 1;
/** The first eight bytes of a state: "wsc", a byte that is no ASCII, and line ends that a text mode would change. */
export const stateMagic: Readonly<Record<"low" | "high", number>> = {
  low: 0xff63_7377 | 0,
  high: 0x0a1a_0a0d,
};
/** Bytes of the file's header: the magic number, the version, what kind it is. */
export const stateHeaderBytes = 16;
/** Kinds of states. */
export const stateKinds = { full: 0, delta: 1 } as const;

const tag = (text: string): number =>
  new DataView(new TextEncoder().encode(text).buffer).getInt32(0, true);

type TagName =
  | "module"
  | "base"
  | "position"
  | "argument"
  | "environment"
  | "globals"
  | "table"
  | "dropped"
  | "frames"
  | "memorySize"
  | "memory"
  | "descriptors"
  | "clocks"
  | "stamps"
  | "end";

/**
 * Chunks by their four letters. What begins with a small letter tells of circumstances (clocks, when files were
 * changed): it differs from run to run, and a reader that does not know it goes on.
 */
export const stateTags: Readonly<Record<TagName, number>> = {
  module: tag("MODL"),
  base: tag("BASE"),
  position: tag("POSN"),
  argument: tag("ARGS"),
  environment: tag("ENVI"),
  globals: tag("GLOB"),
  table: tag("TABL"),
  dropped: tag("DROP"),
  frames: tag("FRAM"),
  memorySize: tag("MEMS"),
  memory: tag("MEMO"),
  descriptors: tag("DESC"),
  clocks: tag("cloc"),
  stamps: tag("stam"),
  end: tag("END "),
};

/** Bytes of a chunk around its content: tag, length, stored length; its checksum behind. */
export const chunkAround = { before: 12, after: 4 } as const;
/** The longest content of a chunk, before it is compressed. */
export const mostChunkBytes = 0x2_0000;

/** Exponent of the bytes of a page of a state; the specification's pages are 16 of them. */
export const statePageLog2 = 12;

/** Bits in front of a page's number. */
export const pageForm = { data: 0, zero: 1 } as const;

/** Kinds of descriptors. */
export const descriptorKinds = { stream: 0, preopen: 1, file: 2, directory: 3 } as const;

/** Which function was called from outside: the start function, or `_start`. */
export const statePhases = { start: 0, main: 1 } as const;
