/**
 * The edge to the operating system: files, compression, hashes.
 * @module
 */
export { gunzip, gzip, readInput, sha256, writeOutput } from "./files.ts";
