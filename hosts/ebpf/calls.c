// Calls WASI functions in loops and says how long they took by its own clock: the truth that what the kernel measures is
// compared with. `calls CALLS ROUNDS NAME...`, with one empty folder. Prints a line for each name, `time NAME ERRORS NS...`
// with the nanoseconds of each round of so many calls, and one for each function with how often it was called in all,
// `count NAME N`. Compiled ahead to calls.wasm (scripts/build-ebpf.mjs); no C library, so that all calls are seen here.
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;
typedef unsigned short u16;

// Each function is declared, counted and named by one line.
#define FUNCTIONS(F) \
  F(args_get, (void *a, void *b), (a, b)) \
  F(args_sizes_get, (void *a, void *b), (a, b)) \
  F(environ_sizes_get, (void *a, void *b), (a, b)) \
  F(clock_res_get, (u32 a, void *b), (a, b)) \
  F(clock_time_get, (u32 a, u64 b, void *c), (a, b, c)) \
  F(random_get, (void *a, u32 b), (a, b)) \
  F(sched_yield, (void), ()) \
  F(poll_oneoff, (const void *a, void *b, u32 c, void *d), (a, b, c, d)) \
  F(fd_close, (u32 a), (a)) \
  F(fd_fdstat_get, (u32 a, void *b), (a, b)) \
  F(fd_filestat_get, (u32 a, void *b), (a, b)) \
  F(fd_pread, (u32 a, const void *b, u32 c, u64 d, void *e), (a, b, c, d, e)) \
  F(fd_prestat_get, (u32 a, void *b), (a, b)) \
  F(fd_pwrite, (u32 a, const void *b, u32 c, u64 d, void *e), (a, b, c, d, e)) \
  F(fd_read, (u32 a, const void *b, u32 c, void *d), (a, b, c, d)) \
  F(fd_readdir, (u32 a, void *b, u32 c, u64 d, void *e), (a, b, c, d, e)) \
  F(fd_seek, (u32 a, u64 b, u32 c, void *d), (a, b, c, d)) \
  F(fd_tell, (u32 a, void *b), (a, b)) \
  F(fd_write, (u32 a, const void *b, u32 c, void *d), (a, b, c, d)) \
  F(path_filestat_get, (u32 a, u32 b, const char *c, u32 d, void *e), (a, b, c, d, e)) \
  F(path_open, (u32 a, u32 b, const char *c, u32 d, u32 e, u64 f, u64 g, u32 h, void *i), (a, b, c, d, e, f, g, h, i)) \
  F(path_unlink_file, (u32 a, const char *b, u32 c), (a, b, c))

enum {
#define NUMBER(name, parameters, arguments) number_##name,
  FUNCTIONS(NUMBER) functions
};
static const char *const names[] = {
#define NAME(name, parameters, arguments) #name,
    FUNCTIONS(NAME)};
static u32 counts[functions];
#define DECLARE(name, parameters, arguments) \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) u32 wasi_##name parameters; \
  static inline u32 name parameters { return counts[number_##name]++, wasi_##name arguments; }
FUNCTIONS(DECLARE)

// ---- What the calls are given

struct buffer { void *bytes; u32 length; };
static const char file_name[] = "wasmscope-calls";
enum { NAME_LENGTH = sizeof file_name - 1, FOLDER = 3, CHUNK = 65536 };
static u8 chunk[CHUNK], answer[256];
static u32 reading, writing, done;
static const struct buffer one_byte = { chunk, 1 };
// A relative timer of no time at all on the monotonic clock.
static const u64 no_sleep[6] = { 0, 0, 1, 0, 0, 0 };

static u32 nothing(void) { return 0; }
static u32 call_args_sizes_get(void) { return args_sizes_get(answer, answer + 8); }
static u32 call_environ_sizes_get(void) { return environ_sizes_get(answer, answer + 8); }
static u32 call_clock_res_get(void) { return clock_res_get(1, answer); }
static u32 call_clock_time_get(void) { return clock_time_get(1, 1, answer); }
static u32 call_random_get(void) { return random_get(answer, 8); }
static u32 call_sched_yield(void) { return sched_yield(); }
static u32 call_poll_oneoff(void) { return poll_oneoff(no_sleep, answer, 1, &done); }
static u32 call_fd_fdstat_get(void) { return fd_fdstat_get(writing, answer); }
static u32 call_fd_filestat_get(void) { return fd_filestat_get(writing, answer); }
static u32 call_fd_pread(void) { return fd_pread(reading, &one_byte, 1, 0, &done); }
static u32 call_fd_prestat_get(void) { return fd_prestat_get(FOLDER, answer); }
static u32 call_fd_pwrite(void) { return fd_pwrite(writing, &one_byte, 1, 0, &done); }
static u32 call_fd_read(void) { return fd_read(reading, &one_byte, 1, &done); }
static u32 call_fd_readdir(void) { return fd_readdir(FOLDER, chunk, 256, 0, &done); }
static u32 call_fd_seek(void) { return fd_seek(writing, 0, 0, answer); }
static u32 call_fd_tell(void) { return fd_tell(writing, answer); }
static u32 call_fd_write(void) { return fd_write(writing, &one_byte, 1, &done); }
static u32 call_path_filestat_get(void) { return path_filestat_get(FOLDER, 1, file_name, NAME_LENGTH, answer); }

// Rights to read, seek, tell and write, and to ask for and set sizes.
static u32 open(u32 flags, u32 *fd) {
  const u64 rights = 2 | 4 | 32 | 64 | 1 << 21 | 1 << 22;
  return path_open(FOLDER, 1, file_name, NAME_LENGTH, flags, rights, 0, 0, fd);
}

// Two functions a call: their times are told apart by nobody but the kernel.
static u32 call_path_open(void) {
  u32 fd = 0, error = open(0, &fd);
  return error ? error : fd_close(fd);
}

static const struct { const char *name; u32 (*call)(void); } calls[] = {
    { "nothing", nothing },
#define ROW(name) { #name, call_##name },
    ROW(args_sizes_get) ROW(environ_sizes_get) ROW(clock_res_get) ROW(clock_time_get) ROW(random_get) ROW(sched_yield)
    ROW(poll_oneoff) ROW(fd_fdstat_get) ROW(fd_filestat_get) ROW(fd_pread) ROW(fd_prestat_get) ROW(fd_pwrite)
    ROW(fd_read) ROW(fd_readdir) ROW(fd_seek) ROW(fd_tell) ROW(fd_write) ROW(path_filestat_get) ROW(path_open)
};

// ---- Text

static char text[1 << 18];
static u32 length;
static void put(const char *from) {
  while (*from && length < sizeof text) text[length++] = *from++;
}
static void put_number(u64 value) {
  char digits[21];
  u32 at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + value % 10);
  while (value /= 10);
  put(" "), put(digits + at);
}

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static u32 number(const char *digits) {
  u32 value = 0;
  while (*digits) value = value * 10 + (u32)(*digits++ - '0');
  return value;
}

// ---- The loops

static u64 now(void) {
  u64 time = 0;
  clock_time_get(1, 1, &time);
  return time;
}

static void time_calls(u32 times, u32 rounds, const char *name, u32 (*call)(void)) {
  static u64 ns[1024];
  if (rounds > 1024) rounds = 1024;
  u64 errors = 0;
  for (u32 round = 0; round < rounds; round++) {
    // From the beginning: what is behind the end is another case.
    fd_seek(reading, 0, 0, answer);
    fd_seek(writing, 0, 0, answer);
    u64 start = now();
    for (u32 i = 0; i < times; i++) errors += call() != 0;
    ns[round] = now() - start;
  }
  put("time "), put(name), put_number(errors);
  for (u32 round = 0; round < rounds; round++) put_number(ns[round]);
  put("\n");
}

static void print(void) {
  for (u32 i = 0; i < functions; i++) {
    // This one is still to come.
    put("count "), put(names[i]), put_number(counts[i] + (i == number_fd_write)), put("\n");
  }
  struct buffer rest = { text, length };
  while (rest.length > 0 && wasi_fd_write(1, &rest, 1, &done) == 0 && done > 0) {
    rest.bytes = (char *)rest.bytes + done, rest.length -= done;
  }
}

__attribute__((export_name("_start"))) void _start(void) {
  static char arguments[4096];
  static char *argument[256];
  u32 count = 0, size = 0;
  if (args_sizes_get(&count, &size) != 0 || count < 3 || count > 256 || size > sizeof arguments) __builtin_trap();
  args_get(argument, arguments);
  u32 times = number(argument[1]), rounds = number(argument[2]);
  // Created and cut to nothing.
  if (open(1 | 8, &writing) != 0 || open(0, &reading) != 0) __builtin_trap();
  struct buffer whole = { chunk, CHUNK };
  for (u32 left = times; left > 0; left = left > CHUNK ? left - CHUNK : 0) fd_write(writing, &whole, 1, &done);
  for (u32 i = 3; i < count; i++) {
    for (u32 row = 0; row < sizeof calls / sizeof calls[0]; row++) {
      if (same(argument[i], calls[row].name)) time_calls(times, rounds, calls[row].name, calls[row].call);
    }
  }
  fd_close(reading), fd_close(writing);
  path_unlink_file(FOLDER, file_name, NAME_LENGTH);
  print();
}
