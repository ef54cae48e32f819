// Collatz sequences without a C library: small enough that every line's cost can be followed by hand, with
// functions that the compiler inlines into `longest`, and a trap on line 27 for `divide 1 0`.

static inline unsigned step(unsigned n) {
  if (n % 2 == 0)
    return n / 2;
  return 3 * n + 1;
}

static inline unsigned length(unsigned n) {
  unsigned steps = 0;
  while (n != 1) {
    n = step(n);
    steps++;
  }
  return steps;
}

__attribute__((noinline)) static unsigned longest(unsigned limit) {
  unsigned best = 1;
  for (unsigned n = 1; n <= limit; n++)
    if (length(n) > length(best))
      best = n;
  return best;
}

__attribute__((export_name("divide"))) int divide(int a, int b) { return a / b; }

__attribute__((export_name("longest"))) unsigned exported(unsigned limit) { return longest(limit); }

__attribute__((export_name("_start"))) void start(void) {
  volatile unsigned result = longest(1000);
  (void)result;
}
