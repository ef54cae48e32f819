// Parses a JSON document into a tree, prints it again and compares: branches, recursion and many small allocations.
// The document is made first, by a printer that draws its values at random.
#include "workload.h"

// ---- Text that grows.

typedef struct {
  char *bytes;
  size_t length, capacity;
} text;

NOINLINE static void text_reserve(text *t, size_t more) {
  if (t->length + more <= t->capacity) return;
  t->capacity = (t->length + more) * 2;
  t->bytes = realloc(t->bytes, t->capacity);
  if (t->bytes == NULL) abort();
}

static void text_char(text *t, char c) {
  text_reserve(t, 1);
  t->bytes[t->length++] = c;
}

static void text_append(text *t, const char *bytes, size_t length) {
  text_reserve(t, length);
  memcpy(t->bytes + t->length, bytes, length);
  t->length += length;
}

static void text_word(text *t, const char *word) { text_append(t, word, strlen(word)); }

NOINLINE static void text_integer(text *t, int64_t value) {
  char digits[20];
  int at = sizeof digits;
  uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) text_char(t, '-');
  text_append(t, digits + at, sizeof digits - (size_t)at);
}

// ---- The tree.

typedef enum { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_INTEGER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } kind;

typedef struct value value;
struct value {
  kind kind;
  int64_t integer;
  char *string; // without a terminating zero
  size_t length;
  char *key; // when it is a member of an object
  size_t key_length;
  value *first, *next; // children, and the next of the same parent
};

static value *new_value(kind kind) {
  value *v = calloc(1, sizeof *v);
  if (v == NULL) abort();
  v->kind = kind;
  return v;
}

NOINLINE static void free_value(value *v) {
  for (value *child = v->first, *next; child != NULL; child = next) {
    next = child->next;
    free_value(child);
  }
  free(v->string);
  free(v->key);
  free(v);
}

// ---- The parser: one function a rule; stops the program at the first error.

typedef struct {
  const char *at, *end;
} parser;

_Noreturn static void bad(const char *what) {
  fprintf(stderr, "json: expected %s\n", what);
  exit(1);
}

NOINLINE static void skip_space(parser *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r')) p->at++;
}

static int take(parser *p, char c) {
  if (p->at == p->end || *p->at != c) return 0;
  p->at++;
  return 1;
}

NOINLINE static unsigned parse_hex4(parser *p) {
  unsigned code = 0;
  if (p->end - p->at < 4) bad("four hexadecimal digits");
  for (int i = 0; i < 4; i++) {
    char c = *p->at++;
    if (c >= '0' && c <= '9') code = code * 16 + (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f') code = code * 16 + (unsigned)(c - 'a' + 10);
    else bad("four hexadecimal digits");
  }
  return code;
}

NOINLINE static char *parse_string(parser *p, size_t *length) {
  text out = {NULL, 0, 0};
  text_reserve(&out, 8);
  while (!take(p, '"')) {
    if (p->at == p->end) bad("the end of a string");
    char c = *p->at++;
    if (c != '\\') {
      text_char(&out, c);
      continue;
    }
    if (p->at == p->end) bad("an escape");
    switch (*p->at++) {
    case '"': text_char(&out, '"'); break;
    case '\\': text_char(&out, '\\'); break;
    case 'n': text_char(&out, '\n'); break;
    case 't': text_char(&out, '\t'); break;
    case 'u': text_char(&out, (char)parse_hex4(p)); break; // the document has control characters only
    default: bad("an escape");
    }
  }
  *length = out.length;
  return out.bytes;
}

NOINLINE static int64_t parse_integer(parser *p) {
  int negative = take(p, '-');
  int64_t value = 0;
  if (p->at == p->end || *p->at < '0' || *p->at > '9') bad("a value");
  while (p->at < p->end && *p->at >= '0' && *p->at <= '9') value = value * 10 + (*p->at++ - '0');
  return negative ? -value : value;
}

static value *parse_value(parser *p);

NOINLINE static value *parse_word(parser *p, const char *word, kind kind) {
  size_t length = strlen(word);
  if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0) bad(word);
  p->at += length;
  return new_value(kind);
}

NOINLINE static value *parse_members(parser *p, kind kind, char close) {
  value *parent = new_value(kind), **tail = &parent->first;
  skip_space(p);
  if (take(p, close)) return parent;
  do {
    char *key = NULL;
    size_t key_length = 0;
    skip_space(p);
    if (kind == JSON_OBJECT) {
      if (!take(p, '"')) bad("a name");
      key = parse_string(p, &key_length);
      skip_space(p);
      if (!take(p, ':')) bad("a colon");
    }
    value *child = parse_value(p);
    child->key = key;
    child->key_length = key_length;
    *tail = child;
    tail = &child->next;
    skip_space(p);
  } while (take(p, ','));
  if (!take(p, close)) bad("a comma or the end of an array or object");
  return parent;
}

NOINLINE static value *parse_value(parser *p) {
  skip_space(p);
  if (p->at == p->end) bad("a value");
  switch (*p->at) {
  case 'n': return parse_word(p, "null", JSON_NULL);
  case 'f': return parse_word(p, "false", JSON_FALSE);
  case 't': return parse_word(p, "true", JSON_TRUE);
  case '[': p->at++; return parse_members(p, JSON_ARRAY, ']');
  case '{': p->at++; return parse_members(p, JSON_OBJECT, '}');
  case '"': {
    value *v = new_value(JSON_STRING);
    p->at++;
    v->string = parse_string(p, &v->length);
    return v;
  }
  default: {
    value *v = new_value(JSON_INTEGER);
    v->integer = parse_integer(p);
    return v;
  }
  }
}

// ---- The printer.

NOINLINE static void print_string(text *out, const char *string, size_t length) {
  text_char(out, '"');
  for (size_t i = 0; i < length; i++) {
    char c = string[i];
    if (c == '"' || c == '\\') {
      text_char(out, '\\');
      text_char(out, c);
    } else if (c == '\n') {
      text_word(out, "\\n");
    } else if (c == '\t') {
      text_word(out, "\\t");
    } else if ((unsigned char)c < ' ') {
      text_word(out, "\\u00");
      text_char(out, "0123456789abcdef"[c >> 4]);
      text_char(out, "0123456789abcdef"[c & 15]);
    } else {
      text_char(out, c);
    }
  }
  text_char(out, '"');
}

NOINLINE static void print_value(text *out, const value *v) {
  switch (v->kind) {
  case JSON_NULL: text_word(out, "null"); break;
  case JSON_FALSE: text_word(out, "false"); break;
  case JSON_TRUE: text_word(out, "true"); break;
  case JSON_INTEGER: text_integer(out, v->integer); break;
  case JSON_STRING: print_string(out, v->string, v->length); break;
  case JSON_ARRAY:
  case JSON_OBJECT:
    text_char(out, v->kind == JSON_ARRAY ? '[' : '{');
    for (const value *child = v->first; child != NULL; child = child->next) {
      if (child != v->first) text_char(out, ',');
      if (v->kind == JSON_OBJECT) {
        print_string(out, child->key, child->key_length);
        text_char(out, ':');
      }
      print_value(out, child);
    }
    text_char(out, v->kind == JSON_ARRAY ? ']' : '}');
  }
}

// ---- The document.

NOINLINE static void make_string(text *out, uint32_t *random) {
  char letters[24];
  size_t length = 1 + next_random(random) % sizeof letters;
  for (size_t i = 0; i < length; i++) {
    uint32_t r = next_random(random);
    letters[i] = (char)(r % 16 == 0 ? "\"\\\n\t\x01"[r / 16 % 5] : 'a' + r / 16 % 26);
  }
  print_string(out, letters, length);
}

NOINLINE static void make_value(text *out, uint32_t *random, int depth) {
  uint32_t choice = next_random(random) % (depth > 0 ? 8 : 5);
  if (choice == 0) text_word(out, next_random(random) % 2 ? "true" : "null");
  else if (choice <= 2) text_integer(out, (int32_t)next_random(random));
  else if (choice <= 4) make_string(out, random);
  else {
    int is_array = choice == 5;
    uint32_t count = next_random(random) % 12;
    text_char(out, is_array ? '[' : '{');
    for (uint32_t i = 0; i < count; i++) {
      if (i > 0) text_char(out, ',');
      if (!is_array) {
        make_string(out, random);
        text_char(out, ':');
      }
      make_value(out, random, depth - 1);
    }
    text_char(out, is_array ? ']' : '}');
  }
}

NOINLINE static void make_document(text *out, int records) {
  uint32_t random = 42;
  text_char(out, '[');
  for (int i = 0; i < records; i++) {
    if (i > 0) text_char(out, ',');
    make_value(out, &random, 6);
  }
  text_char(out, ']');
}

NOINLINE static void round_trip(const text *document, text *out) {
  parser p = {document->bytes, document->bytes + document->length};
  value *root = parse_value(&p);
  out->length = 0;
  print_value(out, root);
  free_value(root);
}

int main(int argc, char **argv) {
  int records = argument(argc, argv, 1, 1000), repetitions = argument(argc, argv, 2, 10);
  text document = {NULL, 0, 0}, out = {NULL, 0, 0};
  make_document(&document, records);
  for (int r = 0; r < repetitions; r++) {
    round_trip(&document, &out);
    if (out.length != document.length || memcmp(out.bytes, document.bytes, out.length) != 0) {
      fprintf(stderr, "json: the printed document differs from the parsed one\n");
      return 1;
    }
  }
  uint64_t hash = fnv1a(FNV_START, out.bytes, out.length);
  printf("json records=%d repetitions=%d bytes=%zu checksum=%016llx\n", records, repetitions, out.length,
         (unsigned long long)hash);
}
