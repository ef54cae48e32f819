/**
 * Reading and writing bytes: cursor, growable sink, LEB128.
 * @module
 */
export { Cursor } from "./cursor.ts";
export { DecodeError } from "./decode-error.ts";
export { Sink } from "./sink.ts";
