/** Changes a file as a broken or hostile producer might; the same numbers give the same change. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let result = bytes;
  for (let left = 1 + (random() % 3); left > 0 && result.length > 0; left--) {
    result = changes[random() % changes.length]!(result, random);
  }
  return result;
}

type Change = (bytes: Uint8Array, random: () => number) => Uint8Array;

const at = (bytes: Uint8Array, random: () => number): number => random() % bytes.length;

/** Numbers at which counts, indices and lengths go wrong. */
const edges = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xff, 0xfb, 0xfc, 0xfd, 0xfe];

function spliced(
  bytes: Uint8Array,
  start: number,
  count: number,
  put: readonly number[],
): Uint8Array {
  const result = new Uint8Array(bytes.length - count + put.length);
  result.set(bytes.subarray(0, start));
  result.set(put, start);
  result.set(bytes.subarray(start + count), start + put.length);
  return result;
}

const changes: readonly Change[] = [
  function flipBit(bytes, random) {
    const result = bytes.slice();
    const place = at(bytes, random);
    result[place]! ^= 1 << (random() % 8);
    return result;
  },
  function setByte(bytes, random) {
    const result = bytes.slice();
    const place = at(bytes, random);
    result[place] = edges[random() % edges.length]!;
    return result;
  },
  function cut(bytes, random) {
    return bytes.slice(0, at(bytes, random));
  },
  function remove(bytes, random) {
    const start = at(bytes, random);
    return spliced(bytes, start, Math.min(1 + (random() % 8), bytes.length - start), []);
  },
  function repeat(bytes, random) {
    const start = at(bytes, random);
    const piece = bytes.subarray(start, start + 1 + (random() % 16));
    return spliced(bytes, start, 0, [...piece]);
  },
  function stretch(bytes, random) {
    // Where this was the last byte of a number, it becomes one of the same value in more bytes.
    const place = at(bytes, random);
    const more = random() % 5;
    return spliced(bytes, place, 1, [bytes[place]! | 0x80, ...Array<number>(more).fill(0x80), 0]);
  },
  function huge(bytes, random) {
    // Counts and lengths of up to 2^32 - 1.
    return spliced(bytes, at(bytes, random), 1, [0xff, 0xff, 0xff, 0xff, 0x0f]);
  },
  function splice(bytes, random) {
    const [from, to] = [at(bytes, random), at(bytes, random)];
    return spliced(bytes, to, 0, [...bytes.subarray(from, from + (random() % 64))]);
  },
];

/**
 * Writes the sizes of all sections (and the counts behind them) in five bytes: the same module in another form, as
 * linkers leave it.
 */
export function stretchSections(bytes: Uint8Array): Uint8Array {
  const result: number[] = [...bytes.subarray(0, 8)];
  for (let position = 8; position < bytes.length;) {
    const id = bytes[position++]!;
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++]!;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    result.push(
      id,
      ...Array.from({ length: 5 }, (_, nth) =>
        nth === 4 ? Math.floor(size / 2 ** 28) : (Math.floor(size / 2 ** (7 * nth)) & 0x7f) | 0x80,
      ),
    );
    for (const byte of bytes.subarray(position, position + size)) result.push(byte);
    position += size;
  }
  return Uint8Array.from(result);
}
