// What the code inside the host module has instead of a library: instructions, and functions that are generated.
// Addresses and numbers are 32 bits with a sign, bigints 64 bits.

export declare function load8u(address: number, offset: number): number;
export declare function load16u(address: number, offset: number): number;
export declare function load32(address: number, offset: number): number;
export declare function load64(address: number, offset: number): bigint;
export declare function store8(address: number, offset: number, value: number): void;
export declare function store16(address: number, offset: number, value: number): void;
export declare function store32(address: number, offset: number, value: number): void;
export declare function store64(address: number, offset: number, value: bigint): void;
/** Compares without signs, as all below whose names end in u. */
export declare function ltu(a: number, b: number): boolean;
export declare function gtu(a: number, b: number): boolean;
export declare function geu(a: number, b: number): boolean;
export declare function divideU(value: bigint, divisor: bigint): bigint;
export declare function wrap(value: bigint): number;
export declare function extendU(value: number): bigint;
/** Shifts without regard to the sign. */
export declare function shiftRight64(value: bigint, by: bigint): bigint;
export declare function memorySize(): number;
export declare function memoryGrow(pages: number): number;
export declare function copy(to: number, from: number, bytes: number): void;
export declare function fill(to: number, value: number, bytes: number): void;
/** Gives the address of a text: its length in 16 bits, then its UTF-8. */
export declare function text(content: string): number;

// The interpreter's state between two runs.
export declare function getPc(): number;
export declare function setPc(address: number): void;
export declare function getFp(): number;
export declare function setFp(address: number): void;
/** Branches and calls that are left until the interpreter looks up. */
export declare function getFuel(): number;
export declare function setFuel(count: number): void;
export declare function getFunc(): number;

// Traps of the engine's own, so that a guest's trap is what it would be without us.
export declare function trapUnreachable(): never;
export declare function trapMemory(): never;
export declare function trapTableIndex(): never;
export declare function trapNoFunction(): never;

/** The interpreter: returns one of `exits` or the number of an operation that is done outside of it. */
export declare function run(): number;
/** Does the vector instructions from `pc` on and returns where the first other one stands. */
export declare function runVectors(pc: number, fp: number): number;
/** Calls the host's function `id` with arguments from `slots` on, where its results go. */
export declare function callHost(id: number, slots: number): void;
/** Gives the host's function for an import of the module's `ordinal`th function, or -1. */
export declare function findHost(
  module: number,
  moduleBytes: number,
  name: number,
  nameBytes: number,
  ordinal: number,
): number;
/** Looks around where no fuel is left, and sets new one: here the guest's state can be taken. */
export declare function lookUp(): void;
/** Ends the program with a message about the module (an address and its bytes). */
export declare function refuse(message: number, bytes: number): never;
