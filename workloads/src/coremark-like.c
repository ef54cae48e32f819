// Four small jobs of an embedded program in turn: a linked list (find, reverse, merge sort), integer matrices, a state
// machine that reads numbers, and a CRC-16 over all results. Written from the public description of what CoreMark
// measures; it shares no code with it and its score means nothing beside CoreMark's.
#include "workload.h"

// ---- CRC-16 (polynomial 0x8005 reflected), bit by bit, as small chips do it.

NOINLINE static uint16_t crc_byte(uint16_t crc, uint8_t byte) {
  crc ^= byte;
  for (int bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1);
  return crc;
}

static uint16_t crc_half(uint16_t crc, uint16_t value) {
  return crc_byte(crc_byte(crc, (uint8_t)value), (uint8_t)(value >> 8));
}

static uint16_t crc_word(uint16_t crc, uint32_t value) {
  return crc_half(crc_half(crc, (uint16_t)value), (uint16_t)(value >> 16));
}

// ---- Linked list: nodes lie in an array and are linked in a shuffled order.

#define NODES 128

typedef struct node {
  struct node *next;
  int16_t value;
  int16_t position;
} node;

typedef int (*compare)(const node *, const node *);

static int by_value(const node *a, const node *b) { return a->value - b->value; }
static int by_position(const node *a, const node *b) { return a->position - b->position; }

NOINLINE static node *list_make(node *pool, uint32_t seed) {
  uint32_t state = seed;
  node *head = NULL;
  for (int i = 0; i < NODES; i++) {
    // 37 is prime to the number of nodes, so every node is taken once.
    node *n = &pool[i * 37 % NODES];
    n->value = (int16_t)(next_random(&state) & 0x3ff);
    n->position = (int16_t)(NODES - 1 - i);
    n->next = head;
    head = n;
  }
  return head;
}

NOINLINE static const node *list_find(const node *head, int16_t value) {
  while (head != NULL && head->value != value) head = head->next;
  return head;
}

NOINLINE static node *list_reverse(node *head) {
  node *result = NULL;
  while (head != NULL) {
    node *next = head->next;
    head->next = result;
    result = head;
    head = next;
  }
  return result;
}

NOINLINE static node *list_merge(node *a, node *b, compare less) {
  node first, *tail = &first;
  while (a != NULL && b != NULL) {
    node **smaller = less(a, b) <= 0 ? &a : &b;
    tail->next = *smaller;
    tail = *smaller;
    *smaller = (*smaller)->next;
  }
  tail->next = a != NULL ? a : b;
  return first.next;
}

NOINLINE static node *list_sort(node *head, compare less) {
  if (head == NULL || head->next == NULL) return head;
  node *slow = head, *fast = head->next;
  while (fast != NULL && fast->next != NULL) {
    slow = slow->next;
    fast = fast->next->next;
  }
  node *second = slow->next;
  slow->next = NULL;
  return list_merge(list_sort(head, less), list_sort(second, less), less);
}

NOINLINE static uint16_t list_job(uint32_t seed, uint16_t crc) {
  static node pool[NODES];
  node *head = list_make(pool, seed);
  for (int16_t value = 0; value < 40; value++) {
    const node *found = list_find(head, (int16_t)(value * 19));
    crc = crc_half(crc, found != NULL ? (uint16_t)found->position : 0xffff);
    if (value % 8 == 0) head = list_reverse(head);
  }
  head = list_sort(head, by_value);
  for (const node *n = head; n != NULL; n = n->next) crc = crc_half(crc, (uint16_t)n->value);
  head = list_sort(head, by_position);
  return crc_half(crc, (uint16_t)(head->value + head->next->value));
}

// ---- Matrices of 16-bit numbers with 32-bit results.

#define SIDE 12

typedef int16_t matrix[SIDE][SIDE];
typedef int32_t product[SIDE][SIDE];

NOINLINE static void matrix_add_constant(matrix a, int16_t constant) {
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) a[i][j] = (int16_t)(a[i][j] + constant);
}

NOINLINE static void matrix_times_constant(product out, matrix a, int16_t constant) {
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) out[i][j] = (int32_t)a[i][j] * constant;
}

NOINLINE static void matrix_times_vector(int32_t out[SIDE], matrix a, const int16_t vector[SIDE]) {
  for (int i = 0; i < SIDE; i++) {
    out[i] = 0;
    for (int j = 0; j < SIDE; j++) out[i] += (int32_t)a[i][j] * vector[j];
  }
}

NOINLINE static void matrix_times_matrix(product out, matrix a, matrix b) {
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      int32_t sum = 0;
      for (int k = 0; k < SIDE; k++) sum += (int32_t)a[i][k] * b[k][j];
      out[i][j] = sum;
    }
}

// Products of bit fields: shifts and masks between the multiplications.
NOINLINE static void matrix_times_matrix_bits(product out, matrix a, matrix b) {
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      int32_t sum = 0;
      for (int k = 0; k < SIDE; k++) {
        int32_t p = (int32_t)a[i][k] * b[k][j];
        sum += ((p >> 2) & 0xf) * ((p >> 5) & 0x7f);
      }
      out[i][j] = sum;
    }
}

// Adds up the cells, with a penalty whenever the running sum passes a limit.
NOINLINE static int32_t matrix_sum(product m, int32_t limit) {
  int32_t result = 0, running = 0, last = 0;
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      running += m[i][j];
      if (running > limit) {
        result += 10;
        running = 0;
      } else {
        result += m[i][j] > last;
      }
      last = m[i][j];
    }
  return result;
}

NOINLINE static uint16_t matrix_job(uint32_t seed, uint16_t crc) {
  static matrix a, b;
  static product c;
  uint32_t state = seed;
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      a[i][j] = (int16_t)(next_random(&state) & 0xff);
      b[i][j] = (int16_t)(next_random(&state) & 0x7f);
    }
  int16_t constant = (int16_t)(seed & 0x1f);
  matrix_add_constant(a, constant);
  matrix_times_constant(c, a, constant);
  crc = crc_word(crc, (uint32_t)matrix_sum(c, 5000));
  int32_t vector[SIDE];
  matrix_times_vector(vector, a, b[0]);
  for (int i = 0; i < SIDE; i++) crc = crc_word(crc, (uint32_t)vector[i]);
  matrix_times_matrix(c, a, b);
  crc = crc_word(crc, (uint32_t)matrix_sum(c, 500000));
  matrix_times_matrix_bits(c, a, b);
  return crc_word(crc, (uint32_t)matrix_sum(c, 3000));
}

// ---- State machine: tells what kind of number each comma-separated field is.

typedef enum { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, SCIENTIFIC, INVALID, STATES } state;

static int is_digit(char c) { return c >= '0' && c <= '9'; }

NOINLINE static state next_state(state now, char c) {
  switch (now) {
  case START: return is_digit(c) ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID;
  case SIGN: return is_digit(c) ? INTEGER : c == '.' ? POINT : INVALID;
  case INTEGER: return is_digit(c) ? INTEGER : c == '.' ? POINT : c == 'e' || c == 'E' ? EXPONENT : INVALID;
  case POINT:
  case FRACTION: return is_digit(c) ? FRACTION : c == 'e' || c == 'E' ? EXPONENT : INVALID;
  case EXPONENT: return is_digit(c) ? SCIENTIFIC : c == '+' || c == '-' ? EXPONENT_SIGN : INVALID;
  case EXPONENT_SIGN:
  case SCIENTIFIC: return is_digit(c) ? SCIENTIFIC : INVALID;
  default: return INVALID;
  }
}

// Reads one field and returns the text behind its comma; counts every step from state to state.
NOINLINE static const char *read_field(const char *text, state *final, uint32_t steps[STATES]) {
  state now = START;
  for (; *text != '\0' && *text != ','; text++) {
    state then = next_state(now, *text);
    if (then != now) steps[then]++;
    now = then;
  }
  *final = now;
  return *text == ',' ? text + 1 : text;
}

NOINLINE static uint16_t state_job(uint32_t seed, uint16_t crc) {
  static const char *fields[] = {"5012", "1234", "-874", "+122", "35.54400", ".1234500", "-110.700", "+0.64400",
                                 "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^"};
  static char text[512];
  uint32_t random = seed, steps[STATES] = {0}, finals[STATES] = {0};
  char *end = text;
  while (end + 10 < text + sizeof text) {
    const char *field = fields[next_random(&random) % 16];
    size_t length = strlen(field);
    memcpy(end, field, length);
    end += length;
    *end++ = ',';
  }
  *end = '\0';
  for (int pass = 0; pass < 2; pass++) {
    state final;
    for (const char *at = text; *at != '\0'; finals[final]++) at = read_field(at, &final, steps);
    // The second pass reads a damaged text.
    for (char *at = text; at < end; at += 7) *at = *at == ',' ? ',' : (char)(*at ^ 0x15);
  }
  for (int i = 0; i < STATES; i++) crc = crc_word(crc_word(crc, steps[i]), finals[i]);
  return crc;
}

int main(int argc, char **argv) {
  int iterations = argument(argc, argv, 1, 10000);
  uint16_t list = 0, matrices = 0, states = 0;
  for (int i = 0; i < iterations; i++) {
    uint32_t seed = (uint32_t)i * 2654435761u | 1u;
    list = list_job(seed, list);
    matrices = matrix_job(seed, matrices);
    states = state_job(seed, states);
  }
  uint16_t all = crc_half(crc_half(crc_half(0, list), matrices), states);
  printf("coremark-like iterations=%d list=%04x matrix=%04x state=%04x all=%04x\n", iterations, list, matrices, states, all);
}
