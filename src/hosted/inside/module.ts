import { func, global, noCode, segment, table } from "../layout.ts";
import { allocate } from "./arena.ts";
import {
  extendU,
  findHost,
  load32,
  load64,
  load8u,
  store32,
  store64,
  text,
  wrap,
} from "./machine.ts";
import {
  fail,
  moduleEnd,
  moduleStart,
  position,
  readByte,
  readCount,
  readEnd,
  readS32,
  readS64,
  readU32,
  setPosition,
  setReader,
  skipBytes,
} from "./reader.ts";
import {
  externref,
  funcref,
  readRefType,
  readTypeSection,
  readValueType,
  typeAt,
} from "./types.ts";

// What the sections say, as records in the arena. Imports come first in each list, as in the specification.

let functions = 0;
export let functionCount = 0;
let importedFunctions = 0;
let tables = 0;
export let tableCount = 0;
let globals = 0;
export let globalCount = 0;
let importedGlobals = 0;
export let hasMemory = false;
export let memoryMin = 0;
export let memoryMax = 0;
let elements = 0;
export let elementCount = 0;
let datas = 0;
export let dataCount = 0;
/** Index of the start function, or -1. */
export let startFunction = -1;

// Addresses of the content of sections that are read again, or 0.
let importSection = 0;
let functionSection = 0;
let tableSection = 0;
let globalSection = 0;
let exportSection = 0;
let elementSection = 0;
let dataSection = 0;
let definedFunctions = 0;

export function functionAt(index: number): number {
  if (index < 0 || index >= functionCount) fail(text("unknown function"));
  return functions + index * func.size;
}

export function tableAt(index: number): number {
  if (index < 0 || index >= tableCount) fail(text("unknown table"));
  return tables + index * table.recordSize;
}

export function globalAt(index: number): number {
  if (index < 0 || index >= globalCount) fail(text("unknown global"));
  return globals + index * global.size;
}

export function elementAt(index: number): number {
  if (index < 0 || index >= elementCount) fail(text("unknown elem segment"));
  return elements + index * segment.size;
}

export function dataAt(index: number): number {
  if (index < 0 || index >= dataCount) fail(text("unknown data segment"));
  return datas + index * segment.size;
}

let limitMin = 0;
let limitMax = 0;

function readLimits(most: number): void {
  const flags = readByte();
  if (flags > 1) fail(text("limits that are not supported (shared or 64 bits)"));
  limitMin = readU32();
  limitMax = flags === 1 ? readU32() : most;
}

function skipName(): void {
  skipBytes(readCount());
}

/** Reads the module's sections; what follows from several of them is done by `readImports` and `readDefined`. */
export function readSections(): void {
  if (moduleEnd - moduleStart < 8) fail(text("unexpected end"));
  if (load32(moduleStart, 0) !== 0x6d736100) fail(text("magic header not detected"));
  if (load32(moduleStart, 4) !== 1) fail(text("unknown binary version"));
  setPosition(moduleStart + 8);
  while (position < moduleEnd) {
    setReader(position, moduleEnd);
    const id = readByte();
    const size = readCount();
    const start = position;
    const end = start + size;
    setReader(start, end);
    switch (id) {
      case 0:
        break;
      case 1:
        readTypeSection();
        break;
      case 2:
        importSection = start;
        countImports();
        break;
      case 3:
        functionSection = start;
        definedFunctions = readCount();
        functionCount += definedFunctions;
        break;
      case 4:
        tableSection = start;
        tableCount += readCount();
        break;
      case 5:
        if (readCount() > 0) {
          if (hasMemory) fail(text("several memories are not supported"));
          readMemory();
        }
        break;
      case 6:
        globalSection = start;
        globalCount += readCount();
        break;
      case 7:
        exportSection = start;
        break;
      case 8:
        startFunction = readU32();
        break;
      case 9:
        elementSection = start;
        elementCount = readCount();
        break;
      case 10:
        makeFunctions();
        readBodies(end);
        break;
      case 11:
        dataSection = start;
        dataCount = readU32();
        break;
      case 12:
        dataCount = readU32();
        break;
      default:
        fail(text("a section that is not supported"));
    }
    setReader(end, moduleEnd);
  }
  makeFunctions();
}

function readMemory(): void {
  readLimits(65536);
  hasMemory = true;
  memoryMin = limitMin;
  memoryMax = limitMax;
}

function skipImport(kind: number): void {
  switch (kind) {
    case 0:
      readU32();
      break;
    case 1:
      readRefType();
      readLimits(-1);
      break;
    case 2:
      if (hasMemory) fail(text("several memories are not supported"));
      readMemory();
      break;
    case 3:
      readValueType();
      readByte();
      break;
    default:
      fail(text("an import that is not supported"));
  }
}

function countImports(): void {
  for (let left = readCount(); left > 0; left--) {
    skipName();
    skipName();
    const kind = readByte();
    if (kind === 0) importedFunctions++;
    if (kind === 1) tableCount++;
    if (kind === 3) importedGlobals++;
    skipImport(kind);
  }
  functionCount = importedFunctions;
  globalCount = importedGlobals;
}

// The records must be there when bodies are read, and when there are none.
function makeFunctions(): void {
  if (functions !== 0) return;
  const back = position;
  const backEnd = readEnd;
  functions = allocate(functionCount * func.size);
  if (functionSection !== 0) {
    setReader(functionSection, moduleEnd);
    readCount();
    for (let index = 0; index < definedFunctions; index++) {
      makeFunction(importedFunctions + index, typeAt(readU32()));
    }
  }
  setReader(back, backEnd);
}

function makeFunction(index: number, type: number): number {
  const record = functionAt(index);
  store32(record, func.code, noCode);
  store32(record, func.typeId, type);
  store32(record, func.index, index);
  return record;
}

function readBodies(end: number): void {
  if (readCount() !== definedFunctions) fail(text("function and code section disagree"));
  for (let index = 0; index < definedFunctions; index++) {
    const record = functionAt(importedFunctions + index);
    const size = readCount();
    store32(record, func.bodyStart, position);
    skipBytes(size);
    store32(record, func.bodyEnd, position);
  }
  if (position !== end) fail(text("section size mismatch"));
}

function makeTable(index: number, type: number): void {
  const record = tables + index * table.recordSize;
  if (limitMin < 0 || limitMin > 10000000) fail(text("a table that is too large"));
  store32(record, table.elements, allocate(limitMin << 2));
  store32(record, table.size, limitMin);
  store32(record, table.capacity, limitMin);
  store32(record, table.max, limitMax);
  store32(record, table.type, type);
}

function makeGlobal(index: number): number {
  const record = globals + index * global.size;
  store32(record, global.type, readValueType());
  store32(record, global.mutable, readByte());
  return record;
}

/** Makes records of what is imported; functions are looked up at the host. */
export function readImports(): void {
  tables = allocate(tableCount * table.recordSize);
  globals = allocate(globalCount * global.size);
  if (importSection === 0) return;
  let functionIndex = 0;
  let tableIndex = 0;
  let globalIndex = 0;
  setReader(importSection, moduleEnd);
  for (let left = readCount(); left > 0; left--) {
    const moduleBytes = readCount();
    const module = position;
    skipBytes(moduleBytes);
    const nameBytes = readCount();
    const name = position;
    skipBytes(nameBytes);
    const kind = readByte();
    if (kind === 0) {
      const record = makeFunction(functionIndex, typeAt(readU32()));
      const host = findHost(module, moduleBytes, name, nameBytes, functionIndex);
      if (host < 0) {
        setPosition(module);
        fail(text("an imported function that this host does not have"));
      }
      store32(record, func.isHost, 1);
      store32(record, func.hostId, host);
      functionIndex++;
    } else if (kind === 1) {
      const type = readRefType();
      readLimits(-1);
      makeTable(tableIndex, type);
      tableIndex++;
    } else if (kind === 3) {
      makeGlobal(globalIndex);
      globalIndex++;
    } else readLimits(65536);
  }
}

/** Value of the last constant expression: the second half is a vector's. */
let constantLow = 0n;
let constantHigh = 0n;
let constantType = 0;
// Constant expressions are short: their values are kept in a small stack of the arena's.
let constantStack = 0;
const constantDepth = 64;

function readConstant(): void {
  if (constantStack === 0) constantStack = allocate(constantDepth * 8);
  let depth = 0;
  for (;;) {
    const code = readByte();
    if (code === 0x0b) break;
    if (depth >= constantDepth) fail(text("a constant expression that is too deep"));
    const at = constantStack + depth * 8;
    switch (code) {
      case 0x41:
        store64Low(at, extendConstant(readS32()), 0x7f);
        depth++;
        break;
      case 0x42:
        store64Low(at, readS64(), 0x7e);
        depth++;
        break;
      case 0x43:
        skipBytes(4);
        store64Low(at, extendConstant(load32(position - 4, 0)), 0x7d);
        depth++;
        break;
      case 0x44:
        skipBytes(8);
        store64Low(at, load64(position - 8, 0), 0x7c);
        depth++;
        break;
      case 0x23: {
        const record = globalAt(readU32());
        store64Low(at, load64(record, global.value), load32(record, global.type));
        constantHigh = load64(record, global.value + 8);
        depth++;
        break;
      }
      case 0xd0: {
        const type = readS32() & 0x7f;
        if (type !== funcref && type !== externref) fail(text("a type that is not supported"));
        store64Low(at, 0n, type);
        depth++;
        break;
      }
      case 0xd2:
        store64Low(at, extendConstant(functionAt(readU32())), funcref);
        depth++;
        break;
      case 0xfd:
        if (readU32() !== 12) fail(text("constant expression required"));
        skipBytes(16);
        store64Low(at, load64(position - 16, 0), 0x7b);
        constantHigh = load64(position - 8, 0);
        depth++;
        break;
      case 0x6a:
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        if (depth < 2) fail(text("type mismatch"));
        depth--;
        calculate(code, at - 16);
        break;
      default:
        fail(text("constant expression required"));
    }
  }
  if (depth !== 1) fail(text("type mismatch"));
  constantLow = load64(constantStack, 0);
}

function store64Low(at: number, value: bigint, type: number): void {
  store64(at, 0, value);
  constantType = type;
}

function extendConstant(value: number): bigint {
  return extendU(value);
}

// The opcodes are those of i32, then of i64, in the same order: add, sub, mul.
function calculate(code: number, at: number): void {
  const a = load64(at, 0);
  const b = load64(at, 8);
  const operation = code >= 0x7c ? code - 0x7c : code - 0x6a;
  let result = a * b;
  if (operation === 0) result = a + b;
  if (operation === 1) result = a - b;
  store64(at, 0, result);
}

function constantOf(type: number): void {
  readConstant();
  if (constantType !== type) fail(text("type mismatch"));
}

/** Gives the value of a constant expression of type i32. */
function readOffset(): number {
  constantOf(0x7f);
  return wrap(constantLow);
}

/** Makes records of what is defined, with initial values; imported globals must have theirs. */
export function readDefined(): void {
  if (tableSection !== 0) {
    setReader(tableSection, moduleEnd);
    let index = tableCount - readCount();
    for (; index < tableCount; index++) {
      if (load8u(position, 0) === 0x40) fail(text("tables with initial values are not supported"));
      const type = readRefType();
      readLimits(-1);
      makeTable(index, type);
    }
  }
  if (globalSection !== 0) {
    setReader(globalSection, moduleEnd);
    readCount();
    for (let index = importedGlobals; index < globalCount; index++) {
      const record = makeGlobal(index);
      constantOf(load32(record, global.type));
      store64(record, global.value, constantLow);
      store64(record, global.value + 8, constantHigh);
    }
  }
  elements = allocate(elementCount * segment.size);
  datas = allocate(dataCount * segment.size);
  if (elementSection !== 0) readElements();
  if (dataSection !== 0) readDatas();
}

// Where active segments go is evaluated when they are put there: `segment.start` is the offset's expression then.
function readElements(): void {
  setReader(elementSection, moduleEnd);
  readCount();
  for (let index = 0; index < elementCount; index++) {
    const record = elements + index * segment.size;
    const form = readU32();
    if (form < 0 || form > 7) fail(text("malformed elements segment"));
    const kind = (form & 1) === 0 ? 0 : (form & 2) === 0 ? 1 : 2;
    let tableIndex = 0;
    let offset = 0;
    if (kind === 0) {
      if ((form & 2) !== 0) tableIndex = readU32();
      offset = readOffset();
    }
    let type = funcref;
    if ((form & 3) !== 0) {
      if ((form & 4) !== 0) type = readRefType();
      else if (readByte() !== 0) fail(text("malformed element kind"));
    }
    const count = readCount();
    const list = allocate(count << 2);
    for (let item = 0; item < count; item++) {
      let value = 0;
      if ((form & 4) === 0) value = functionAt(readU32());
      else {
        constantOf(type);
        value = wrap(constantLow);
      }
      store32(list + (item << 2), 0, value);
    }
    store32(record, segment.start, list);
    store32(record, segment.length, kind === 2 ? 0 : count);
    if (kind === 0 && load32(tableAt(tableIndex), table.type) !== type) fail(text("type mismatch"));
    store32(record, segment.kind, kind);
    store32(record, segment.type, type);
    store32(record, segment.target, tableIndex);
    store32(record, segment.offset, offset);
  }
}

function readDatas(): void {
  setReader(dataSection, moduleEnd);
  if (readU32() !== dataCount) fail(text("data count and data section disagree"));
  for (let index = 0; index < dataCount; index++) {
    const record = datas + index * segment.size;
    const form = readU32();
    if (form < 0 || form > 2) fail(text("malformed data segment"));
    if (form === 2 && readU32() !== 0) fail(text("several memories are not supported"));
    if (form !== 1) {
      if (!hasMemory) fail(text("unknown memory"));
      store32(record, segment.offset, readOffset());
    }
    const bytes = readCount();
    store32(record, segment.start, position);
    store32(record, segment.length, bytes);
    store32(record, segment.kind, form === 1 ? 1 : 0);
    skipBytes(bytes);
  }
}

/** Finds an exported function by its name; gives its index, or -1. */
export function findExport(name: number, nameBytes: number): number {
  if (exportSection === 0) return -1;
  setReader(exportSection, moduleEnd);
  for (let left = readCount(); left > 0; left--) {
    const bytes = readCount();
    const here = position;
    skipBytes(bytes);
    const kind = readByte();
    const index = readU32();
    if (kind === 0 && sameBytes(here, bytes, name, nameBytes)) return index;
  }
  return -1;
}

export function sameBytes(a: number, aBytes: number, b: number, bBytes: number): boolean {
  if (aBytes !== bBytes) return false;
  for (let index = 0; index < aBytes; index++) {
    if (load8u(a + index, 0) !== load8u(b + index, 0)) return false;
  }
  return true;
}
