/**
 * Profiles modules inside of their own hosts, in Node and in web pages. Nothing here, nor in what it imports, needs
 * Node.
 * @module
 */
export { interceptInstantiation } from "./intercept.ts";
export type { InstantiationScope, InterceptOptions } from "./intercept.ts";
export { profileModule, profileModuleSync } from "./profile-module.ts";
export type { ProfiledModule } from "./profiled-module.ts";
export type { EmbedMode, EmbedOptions } from "./twin.ts";
