/**
 * The whole library; each part is also there on its own, as `wasmscope/wasm`, `wasmscope/profile`, …
 * @module
 */
export * from "./collect/index.ts";
export * from "./instrument/index.ts";
export * from "./profile/index.ts";
export * from "./report/index.ts";
export * from "./wasm/index.ts";
