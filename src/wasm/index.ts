/**
 * The codec: decoding, the opcode table, copying rewriter, component containers.
 * @module
 */
export { Cursor, DecodeError, Sink } from "../bytes/index.ts";
export { assembleBody, emit, emptyBlock, memoryFollows, valueType } from "./assemble.ts";
export type { Instruction, LocalRun } from "./assemble.ts";
export { placedInBody, readLocals } from "./bodies.ts";
export type { Locals } from "./bodies.ts";
export { readCalls } from "./calls.ts";
export type { Calls } from "./calls.ts";
export { coreModules, isComponent, rewriteCoreModules } from "./component.ts";
export { decodeModule, magic, placed } from "./decode.ts";
export { featuresOf } from "./features.ts";
export type { Feature } from "./features.ts";
export { readProducers } from "./producers.ts";
export { identity } from "./identity.ts";
export { InstructionReader, skipKind, skipKinds } from "./instruction-reader.ts";
export { customSections, externalKinds, findSection, sectionId, sectionNames } from "./module.ts";
export type { Bodies, Export, ExternalKind, Import, Module, Section } from "./module.ts";
export { readNames, readVariableNames } from "./names.ts";
export type { Names, VariableNames } from "./names.ts";
export { opcodeNamed, opcodeOf, opcodes } from "./opcodes.ts";
export type { ImmediateKind, Opcode } from "./opcodes.ts";
export { concatenate, newFunctionIndex, renumbered, rewriteModule } from "./rewrite.ts";
export type {
  FunctionReference,
  ModuleAdditions,
  ModuleChanges,
  NewExport,
  NewFunction,
  NewImport,
} from "./rewrite.ts";
export { readValueType, valueTypeNames } from "./types.ts";
export type { AggregateType, DefinedType, FuncType, GlobalType, Limits } from "./types.ts";
