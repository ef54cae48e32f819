// Unpacks a zip file and checks its CRC-32s: `inflate < ZIP` prints a line for each entry; `inflate NAME < ZIP` writes one
// entry to stdout. Formats: PKWARE's application note (central directory, methods 0 and 8), RFC 1951 (DEFLATE).
#include "../bare.h"

static uint32_t crc_table[256];

static void make_crc_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; bit++) c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
    crc_table[i] = c;
  }
}

NOINLINE static uint32_t crc32(const uint8_t *data, size_t size) {
  uint32_t c = 0xffffffffu;
  for (size_t i = 0; i < size; i++) c = crc_table[(c ^ data[i]) & 255] ^ c >> 8;
  return ~c;
}

// ---- Bits, lowest first

typedef struct {
  const uint8_t *at, *end;
  uint64_t bits;
  unsigned count;
} bit_source;

// Behind the end come zeros, but not many: what is read of them is noticed.
static inline void refill(bit_source *s) {
  while (s->count <= 48) {
    if (s->at < s->end) s->bits |= (uint64_t)*s->at << s->count;
    else if (s->at >= s->end + 8) fail("the packed data are cut off");
    s->at++, s->count += 8;
  }
}

static inline uint32_t take_bits(bit_source *s, unsigned count) {
  if (s->count < count) refill(s);
  uint32_t value = (uint32_t)(s->bits & (((uint64_t)1 << count) - 1));
  s->bits >>= count, s->count -= count;
  return value;
}

// ---- Huffman codes

enum { MOST_BITS = 15, FAST_BITS = 10, LITERALS = 288, DISTANCES = 32 };

typedef struct {
  // Symbol << 4 | length, by the next bits; 0 where a code is longer, or is none.
  uint16_t fast[1 << FAST_BITS];
  uint16_t count[MOST_BITS + 1], symbols[LITERALS];
} code;

NOINLINE static void make_code(code *c, const uint8_t *lengths, int symbols) {
  uint16_t offset[MOST_BITS + 2] = {0}, next[MOST_BITS + 2] = {0};
  memset(c->count, 0, sizeof c->count), memset(c->fast, 0, sizeof c->fast);
  for (int i = 0; i < symbols; i++) c->count[lengths[i]]++;
  c->count[0] = 0;
  int left = 1;
  for (int bits = 1; bits <= MOST_BITS; bits++) {
    left = 2 * left - c->count[bits];
    if (left < 0) fail("a code has too many symbols");
    offset[bits + 1] = (uint16_t)(offset[bits] + c->count[bits]);
    next[bits + 1] = (uint16_t)((next[bits] + c->count[bits]) << 1);
  }
  for (int i = 0; i < symbols; i++) {
    unsigned length = lengths[i];
    if (length == 0) continue;
    c->symbols[offset[length]++] = (uint16_t)i;
    unsigned value = next[length]++, reversed = 0;
    if (length > FAST_BITS) continue;
    for (unsigned bit = 0; bit < length; bit++) reversed |= (value >> bit & 1) << (length - 1 - bit);
    for (unsigned at = reversed; at < 1 << FAST_BITS; at += 1u << length) c->fast[at] = (uint16_t)(i << 4 | (int)length);
  }
}

// Codes of each length are consecutive, and follow on those that are shorter.
NOINLINE static int take_long_symbol(bit_source *s, const code *c) {
  int value = 0, first = 0, index = 0;
  for (int bits = 1; bits <= MOST_BITS; bits++) {
    value |= (int)take_bits(s, 1);
    int count = c->count[bits];
    if (value - first < count) return c->symbols[index + value - first];
    index += count, first = (first + count) << 1, value <<= 1;
  }
  fail("no such code");
}

static inline int take_symbol(bit_source *s, const code *c) {
  if (s->count < MOST_BITS) refill(s);
  unsigned entry = c->fast[s->bits & ((1 << FAST_BITS) - 1)];
  if (entry == 0) return take_long_symbol(s, c);
  s->bits >>= entry & 15, s->count -= entry & 15;
  return (int)(entry >> 4);
}

// ---- DEFLATE

typedef struct {
  uint8_t *start, *at, *end;
} output;

static code literals, distances;
static uint16_t length_base[29], distance_base[30];
static uint8_t length_extra[29], distance_extra[30];

static void make_bases(void) {
  unsigned base = 3;
  for (unsigned i = 0; i < 28; i++) {
    length_extra[i] = (uint8_t)(i < 8 ? 0 : (i - 4) / 4), length_base[i] = (uint16_t)base;
    base += 1u << length_extra[i];
  }
  length_base[28] = 258;
  base = 1;
  for (unsigned i = 0; i < 30; i++) {
    distance_extra[i] = (uint8_t)(i < 4 ? 0 : (i - 2) / 2), distance_base[i] = (uint16_t)base;
    base += 1u << distance_extra[i];
  }
}

static void fixed_codes(void) {
  uint8_t lengths[LITERALS];
  for (int i = 0; i < LITERALS; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  make_code(&literals, lengths, LITERALS);
  memset(lengths, 5, 30);
  make_code(&distances, lengths, 30);
}

static void own_codes(bit_source *s) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  int literal_count = (int)take_bits(s, 5) + 257, distance_count = (int)take_bits(s, 5) + 1, count = (int)take_bits(s, 4) + 4;
  uint8_t lengths[LITERALS + DISTANCES] = {0};
  for (int i = 0; i < count; i++) lengths[order[i]] = (uint8_t)take_bits(s, 3);
  make_code(&literals, lengths, 19);
  memset(lengths, 0, sizeof lengths);
  for (int at = 0, all = literal_count + distance_count; at < all;) {
    int symbol = take_symbol(s, &literals), times = 1;
    uint8_t length = (uint8_t)symbol;
    if (symbol == 16) {
      if (at == 0) fail("nothing to repeat");
      length = lengths[at - 1], times = 3 + (int)take_bits(s, 2);
    } else if (symbol > 16) {
      length = 0, times = symbol == 17 ? 3 + (int)take_bits(s, 3) : 11 + (int)take_bits(s, 7);
    }
    if (times > all - at) fail("too many code lengths");
    while (times-- > 0) lengths[at++] = length;
  }
  make_code(&literals, lengths, literal_count);
  make_code(&distances, lengths + literal_count, distance_count);
}

NOINLINE static void coded_block(bit_source *s, output *out) {
  for (;;) {
    int symbol = take_symbol(s, &literals);
    if (symbol < 256) {
      if (out->at == out->end) fail("more data than announced");
      *out->at++ = (uint8_t)symbol;
      continue;
    }
    if (symbol == 256) return;
    if (symbol > 285) fail("no such length");
    size_t length = length_base[symbol - 257] + take_bits(s, length_extra[symbol - 257]);
    int far = take_symbol(s, &distances);
    if (far > 29) fail("no such distance");
    size_t distance = distance_base[far] + take_bits(s, distance_extra[far]);
    if (distance > (size_t)(out->at - out->start) || length > (size_t)(out->end - out->at)) fail("a match is out of range");
    // Byte by byte, since a match may overlap what it makes.
    for (const uint8_t *from = out->at - distance; length > 0; length--) *out->at++ = *from++;
  }
}

static void stored_block(bit_source *s, output *out) {
  take_bits(s, s->count % 8);
  uint32_t length = take_bits(s, 16), inverse = take_bits(s, 16);
  if ((length ^ inverse) != 0xffff || length > (size_t)(out->end - out->at)) fail("a stored block has a wrong length");
  for (; length > 0; length--) *out->at++ = (uint8_t)take_bits(s, 8);
}

NOINLINE static void inflate(bit_source *s, output *out) {
  for (int last = 0; !last;) {
    last = (int)take_bits(s, 1);
    uint32_t kind = take_bits(s, 2);
    if (kind == 3) fail("no such kind of block");
    if (kind == 0) {
      stored_block(s, out);
      continue;
    }
    if (kind == 1) fixed_codes();
    else own_codes(s);
    coded_block(s, out);
  }
}

// ---- Zip

static uint32_t number_at(const uint8_t *at, int bytes) {
  uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; i--) value = value << 8 | at[i];
  return value;
}

static const uint8_t *part(const uint8_t *zip, size_t size, size_t offset, size_t length) {
  if (offset > size || length > size - offset) fail("the zip file is cut off");
  return zip + offset;
}

static size_t end_record(const uint8_t *zip, size_t size) {
  for (size_t at = size < 22 ? 0 : size - 21; at-- > 0;)
    if (number_at(zip + at, 4) == 0x06054b50) return at;
  fail("not a zip file");
}

static int run(int argc, char **argv) {
  size_t size;
  const uint8_t *zip = read_all(0, &size);
  make_crc_table(), make_bases();
  const uint8_t *end = zip + end_record(zip, size);
  size_t next = number_at(end + 16, 4);
  for (uint32_t entries = number_at(end + 10, 2); entries > 0; entries--) {
    const uint8_t *entry = part(zip, size, next, 46);
    if (number_at(entry, 4) != 0x02014b50) fail("the central directory is broken");
    uint32_t method = number_at(entry + 10, 2), crc = number_at(entry + 16, 4), packed = number_at(entry + 20, 4);
    uint32_t length = number_at(entry + 24, 4), name_length = number_at(entry + 28, 2), at = number_at(entry + 42, 4);
    const char *name = (const char *)part(zip, size, next + 46, name_length);
    next += 46 + name_length + number_at(entry + 30, 2) + number_at(entry + 32, 2);
    int wanted = argc > 1 && strlen(argv[1]) == name_length && memcmp(argv[1], name, name_length) == 0;
    if (argc > 1 && !wanted) continue;
    const uint8_t *local = part(zip, size, at, 30);
    const uint8_t *data = part(zip, size, at + 30 + number_at(local + 26, 2) + number_at(local + 28, 2), packed);
    uint8_t *unpacked = allocate(length);
    output out = {unpacked, unpacked, unpacked + length};
    if (method == 0 && packed == length) {
      memcpy(unpacked, data, length), out.at = out.end;
    } else if (method == 8) {
      bit_source source = {data, data + packed, 0, 0};
      inflate(&source, &out);
    } else {
      fail("a method that is neither 0 nor 8");
    }
    if (out.at != out.end) fail("less data than announced");
    if (crc32(unpacked, length) != crc) fail("the checksum is wrong");
    if (wanted) {
      write_all(1, unpacked, length);
      continue;
    }
    line l = {.length = 0};
    put_text(&l, "inflate ");
    for (uint32_t i = 0; i < name_length; i++) put_character(&l, name[i]);
    put_field(&l, "bytes", length), put_text(&l, " crc32="), put_hex(&l, crc, 8), end_line(&l, 1);
  }
  return 0;
}
