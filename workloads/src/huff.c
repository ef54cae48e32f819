// Compresses a text with LZ77 and a Huffman code, decompresses it and compares: hash chains, a heap, bits in and out.
// The format is our own: 286 + 30 code lengths of four bits, then the symbols. One block, window of 32 KiB.
#include "workload.h"

enum { WINDOW = 32768, MIN_MATCH = 3, MAX_MATCH = 258, HASHES = 4096, CHAIN = 32, MAX_BITS = 15 };
enum { LITERALS = 286, END = 256, DISTANCES = 30 };

// ---- Lengths and distances are coded as a symbol and some extra bits, as in the family of formats around zip.

static uint16_t length_base[29], distance_base[DISTANCES];
static uint8_t length_extra[29], distance_extra[DISTANCES];

NOINLINE static void make_tables(void) {
  int base = MIN_MATCH;
  for (int i = 0; i < 28; i++) {
    length_extra[i] = (uint8_t)(i < 8 ? 0 : (i - 4) / 4);
    length_base[i] = (uint16_t)base;
    base += 1 << length_extra[i];
  }
  length_base[28] = MAX_MATCH;
  base = 1;
  for (int i = 0; i < DISTANCES; i++) {
    distance_extra[i] = (uint8_t)(i < 4 ? 0 : (i - 2) / 2);
    distance_base[i] = (uint16_t)base;
    base += 1 << distance_extra[i];
  }
}

NOINLINE static int symbol_of(const uint16_t *bases, int count, int value) {
  int low = 0, high = count - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (bases[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

// ---- LZ77: a text as literals (distance 0) and matches.

typedef struct {
  uint16_t length; // or the literal
  uint16_t distance;
} token;

NOINLINE static int match_length(const uint8_t *a, const uint8_t *b, int limit) {
  int length = 0;
  while (length < limit && a[length] == b[length]) length++;
  return length;
}

static unsigned hash3(const uint8_t *p) { return ((p[0] * 506832829u) ^ (p[1] * 40503u << 4) ^ (p[2] * 2654435761u)) >> 20; }

NOINLINE static int find_tokens(const uint8_t *data, int size, token *tokens) {
  static int head[HASHES], previous[WINDOW];
  int count = 0;
  for (int i = 0; i < HASHES; i++) head[i] = -1;
  for (int at = 0; at < size;) {
    int best = 0, best_at = 0, limit = size - at < MAX_MATCH ? size - at : MAX_MATCH;
    if (limit >= MIN_MATCH) {
      int tries = CHAIN;
      for (int from = head[hash3(data + at)]; from >= 0 && at - from < WINDOW && tries-- > 0;) {
        if (best == 0 || data[from + best] == data[at + best]) {
          int length = match_length(data + from, data + at, limit);
          if (length > best) best = length, best_at = from;
          if (best == limit) break;
        }
        int older = previous[from % WINDOW];
        // A slot that was used again points forward.
        from = older < from ? older : -1;
      }
    }
    int step = best >= MIN_MATCH ? best : 1;
    if (step == 1) tokens[count++] = (token){data[at], 0};
    else tokens[count++] = (token){(uint16_t)best, (uint16_t)(at - best_at)};
    for (int end = at + step; at < end; at++) {
      if (size - at < MIN_MATCH) continue;
      unsigned hash = hash3(data + at);
      previous[at % WINDOW] = head[hash];
      head[hash] = at;
    }
  }
  return count;
}

// ---- Huffman codes: lengths from a heap of weights, then the canonical code.

typedef struct {
  uint32_t weight;
  int16_t parent;
} tree_node;

NOINLINE static void sift_down(const tree_node *nodes, int16_t *heap, int size, int at) {
  for (;;) {
    int smallest = at, child = 2 * at + 1;
    for (int i = child; i < child + 2 && i < size; i++)
      if (nodes[heap[i]].weight < nodes[heap[smallest]].weight) smallest = i;
    if (smallest == at) return;
    int16_t swap = heap[at];
    heap[at] = heap[smallest];
    heap[smallest] = swap;
    at = smallest;
  }
}

static int16_t pop(const tree_node *nodes, int16_t *heap, int *size) {
  int16_t top = heap[0];
  heap[0] = heap[--*size];
  sift_down(nodes, heap, *size, 0);
  return top;
}

NOINLINE static void code_lengths(const uint32_t *counts, int symbols, uint8_t *lengths) {
  static tree_node nodes[2 * LITERALS];
  static int16_t heap[LITERALS];
  // Halving all weights flattens the tree until its deepest leaf fits.
  for (int shift = 0;; shift++) {
    int size = 0, used = symbols, longest = 0;
    memset(lengths, 0, (size_t)symbols);
    for (int i = 0; i < symbols; i++) {
      if (counts[i] == 0) continue;
      nodes[i] = (tree_node){(counts[i] >> shift) + 1, -1};
      heap[size++] = (int16_t)i;
    }
    if (size == 0) return;
    if (size == 1) {
      lengths[heap[0]] = 1;
      return;
    }
    for (int i = size / 2 - 1; i >= 0; i--) sift_down(nodes, heap, size, i);
    while (size > 1) {
      int16_t a = pop(nodes, heap, &size), b = heap[0];
      nodes[used] = (tree_node){nodes[a].weight + nodes[b].weight, -1};
      nodes[a].parent = nodes[b].parent = (int16_t)used;
      heap[0] = (int16_t)used++;
      sift_down(nodes, heap, size, 0);
    }
    for (int i = 0; i < symbols; i++) {
      if (counts[i] == 0) continue;
      for (int at = i; nodes[at].parent >= 0; at = nodes[at].parent) lengths[i]++;
      if (lengths[i] > longest) longest = lengths[i];
    }
    if (longest <= MAX_BITS) return;
  }
}

NOINLINE static void canonical_codes(const uint8_t *lengths, int symbols, uint16_t *codes) {
  uint16_t next[MAX_BITS + 2] = {0};
  for (int i = 0; i < symbols; i++) next[lengths[i] + 1]++;
  next[1] = 0;
  for (int bits = 1; bits <= MAX_BITS; bits++) next[bits + 1] = (uint16_t)((next[bits] + next[bits + 1]) << 1);
  // Now next[bits] is twice the first code of that length.
  for (int i = 0; i < symbols; i++)
    if (lengths[i] > 0) codes[i] = (uint16_t)(next[lengths[i]]++);
}

// ---- Bits, highest first.

typedef struct {
  uint8_t *at;
  uint32_t bits;
  int count;
} bit_writer;

NOINLINE static void put_bits(bit_writer *w, uint32_t value, int count) {
  w->bits = w->bits << count | value;
  for (w->count += count; w->count >= 8;) {
    w->count -= 8;
    *w->at++ = (uint8_t)(w->bits >> w->count);
  }
}

typedef struct {
  const uint8_t *at;
  uint32_t bits;
  int count;
} bit_reader;

NOINLINE static uint32_t get_bits(bit_reader *r, int count) {
  for (; r->count < count; r->count += 8) r->bits = r->bits << 8 | *r->at++;
  r->count -= count;
  return r->bits >> r->count & ((1u << count) - 1);
}

// ---- The two directions.

NOINLINE static size_t compress(const uint8_t *data, int size, token *tokens, uint8_t *out) {
  uint32_t literals[LITERALS] = {0}, distances[DISTANCES] = {0};
  uint8_t literal_lengths[LITERALS], distance_lengths[DISTANCES];
  uint16_t literal_codes[LITERALS], distance_codes[DISTANCES];
  int count = find_tokens(data, size, tokens);
  literals[END] = 1;
  for (int i = 0; i < count; i++) {
    if (tokens[i].distance == 0) {
      literals[tokens[i].length]++;
    } else {
      literals[END + 1 + symbol_of(length_base, 29, tokens[i].length)]++;
      distances[symbol_of(distance_base, DISTANCES, tokens[i].distance)]++;
    }
  }
  code_lengths(literals, LITERALS, literal_lengths);
  code_lengths(distances, DISTANCES, distance_lengths);
  canonical_codes(literal_lengths, LITERALS, literal_codes);
  canonical_codes(distance_lengths, DISTANCES, distance_codes);
  bit_writer w = {out, 0, 0};
  for (int i = 0; i < LITERALS; i++) put_bits(&w, literal_lengths[i], 4);
  for (int i = 0; i < DISTANCES; i++) put_bits(&w, distance_lengths[i], 4);
  for (int i = 0; i < count; i++) {
    token t = tokens[i];
    if (t.distance == 0) {
      put_bits(&w, literal_codes[t.length], literal_lengths[t.length]);
      continue;
    }
    int l = symbol_of(length_base, 29, t.length), d = symbol_of(distance_base, DISTANCES, t.distance);
    put_bits(&w, literal_codes[END + 1 + l], literal_lengths[END + 1 + l]);
    put_bits(&w, (uint32_t)(t.length - length_base[l]), length_extra[l]);
    put_bits(&w, distance_codes[d], distance_lengths[d]);
    put_bits(&w, (uint32_t)(t.distance - distance_base[d]), distance_extra[d]);
  }
  put_bits(&w, literal_codes[END], literal_lengths[END]);
  put_bits(&w, 0, 7);
  return (size_t)(w.at - out);
}

typedef struct {
  uint16_t count[MAX_BITS + 1];
  uint16_t symbols[LITERALS];
} decoder;

NOINLINE static void make_decoder(decoder *d, const uint8_t *lengths, int symbols) {
  uint16_t offset[MAX_BITS + 2] = {0};
  memset(d->count, 0, sizeof d->count);
  for (int i = 0; i < symbols; i++) d->count[lengths[i]]++;
  d->count[0] = 0;
  for (int bits = 1; bits <= MAX_BITS; bits++) offset[bits + 1] = (uint16_t)(offset[bits] + d->count[bits]);
  for (int i = 0; i < symbols; i++)
    if (lengths[i] > 0) d->symbols[offset[lengths[i]]++] = (uint16_t)i;
}

// Reads bit by bit: codes of each length are consecutive, and follow on those that are shorter.
NOINLINE static int decode_symbol(bit_reader *r, const decoder *d) {
  int code = 0, first = 0, index = 0;
  for (int bits = 1; bits <= MAX_BITS; bits++) {
    code |= (int)get_bits(r, 1);
    int count = d->count[bits];
    if (code - first < count) return d->symbols[index + code - first];
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  fprintf(stderr, "huff: no such code\n");
  exit(1);
}

NOINLINE static size_t decompress(const uint8_t *in, uint8_t *out) {
  uint8_t literal_lengths[LITERALS], distance_lengths[DISTANCES];
  decoder literals, distances;
  bit_reader r = {in, 0, 0};
  for (int i = 0; i < LITERALS; i++) literal_lengths[i] = (uint8_t)get_bits(&r, 4);
  for (int i = 0; i < DISTANCES; i++) distance_lengths[i] = (uint8_t)get_bits(&r, 4);
  make_decoder(&literals, literal_lengths, LITERALS);
  make_decoder(&distances, distance_lengths, DISTANCES);
  uint8_t *at = out;
  for (;;) {
    int symbol = decode_symbol(&r, &literals);
    if (symbol == END) return (size_t)(at - out);
    if (symbol < END) {
      *at++ = (uint8_t)symbol;
      continue;
    }
    int l = symbol - END - 1, length = length_base[l] + (int)get_bits(&r, length_extra[l]);
    int d = decode_symbol(&r, &distances), distance = distance_base[d] + (int)get_bits(&r, distance_extra[d]);
    // Byte by byte, since a match may overlap what it makes.
    for (const uint8_t *from = at - distance; length > 0; length--) *at++ = *from++;
  }
}

// ---- A text of words in which some are far more frequent than others.

NOINLINE static void make_text(uint8_t *data, int size) {
  uint32_t random = 7;
  static char words[256][12];
  for (int i = 0; i < 256; i++) {
    int length = 2 + (int)(next_random(&random) % 9);
    for (int j = 0; j < length; j++) words[i][j] = (char)('a' + next_random(&random) % 26);
  }
  for (int at = 0; at < size;) {
    uint32_t r = next_random(&random);
    const char *word = words[(r & 0xff) * (r >> 8 & 0xff) >> 8];
    for (const char *c = word; *c != '\0' && at < size; c++) data[at++] = (uint8_t)*c;
    if (at < size) data[at++] = r >> 16 & 0xf ? ' ' : '\n';
  }
}

int main(int argc, char **argv) {
  int size = argument(argc, argv, 1, 200000), repetitions = argument(argc, argv, 2, 10);
  uint8_t *data = malloc((size_t)size), *packed = malloc((size_t)size * 2 + 1024), *unpacked = malloc((size_t)size);
  token *tokens = malloc(sizeof(token) * (size_t)size);
  if (data == NULL || packed == NULL || unpacked == NULL || tokens == NULL) return 1;
  make_tables();
  make_text(data, size);
  size_t packed_size = 0;
  for (int r = 0; r < repetitions; r++) {
    packed_size = compress(data, size, tokens, packed);
    size_t unpacked_size = decompress(packed, unpacked);
    if (unpacked_size != (size_t)size || memcmp(data, unpacked, unpacked_size) != 0) {
      fprintf(stderr, "huff: what came out is not what went in\n");
      return 1;
    }
  }
  uint64_t hash = fnv1a(FNV_START, packed, packed_size);
  printf("huff bytes=%d repetitions=%d packed=%zu checksum=%016llx\n", size, repetitions, packed_size, (unsigned long long)hash);
}
