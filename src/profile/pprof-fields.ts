// Field numbers of the pprof protobuf (package perftools.profiles, profile.proto), as far as they
// are written or read here.

/** Fields of the message Profile. */
export const PROFILE = {
  sampleType: 1,
  sample: 2,
  mapping: 3,
  location: 4,
  function: 5,
  stringTable: 6,
  comment: 13,
  defaultSampleType: 14,
} as const;

/** Fields of ValueType: both are indices in the string table. */
export const VALUE_TYPE = { type: 1, unit: 2 } as const;

/** Fields of Sample: the locations start at the leaf, the values follow the sample types. */
export const SAMPLE = { locationId: 1, value: 2 } as const;

/** Fields of Mapping. */
export const MAPPING = {
  id: 1,
  memoryLimit: 3,
  filename: 5,
  buildId: 6,
  hasFunctions: 7,
  hasFilenames: 8,
  hasLineNumbers: 9,
  hasInlineFrames: 10,
} as const;

/** Fields of Location: several lines are inlined functions, the caller last. */
export const LOCATION = { id: 1, mappingId: 2, address: 3, line: 4 } as const;

/** Fields of Line. */
export const LINE = { functionId: 1, line: 2 } as const;

/** Fields of Function. */
export const FUNCTION = { id: 1, name: 2, systemName: 3, filename: 4 } as const;
