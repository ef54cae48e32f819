// What the kernel adds up while a runtime runs a WASI program: how long each WASI function takes, which system calls
// are made inside it, and when the process began and ended. Compiled ahead to wasi.bpf.o (scripts/build-ebpf.mjs) and
// loaded by program.ts, which finds maps by their symbols in the section `maps` and programs by their sections.
// No header of libbpf's: the few helpers are named by their numbers in <linux/bpf.h>.
#include <linux/bpf.h>

typedef __u64 u64;
typedef __u32 u32;
typedef __s64 s64;

#define section(name) __attribute__((section(name), used))
#define always_inline inline __attribute__((always_inline))

static void *(*lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static long (*update)(void *map, const void *key, const void *value, u64 flags) = (void *)BPF_FUNC_map_update_elem;
static long (*delete)(void *map, const void *key) = (void *)BPF_FUNC_map_delete_elem;
static u64 (*now)(void) = (void *)BPF_FUNC_ktime_get_ns;
static u64 (*pid_tgid)(void) = (void *)BPF_FUNC_get_current_pid_tgid;
static u64 (*attach_cookie)(void *ctx) = (void *)BPF_FUNC_get_attach_cookie;
static long (*read_kernel)(void *to, u32 size, const void *from) = (void *)BPF_FUNC_probe_read_kernel;
static long (*read_user)(void *to, u32 size, const void *from) = (void *)BPF_FUNC_probe_read_user;

struct map { u32 type, key, value, entries; };

// A process that is watched, by its id: the address of the word in which its guest says what function is in flight
// (0: none does) and what stands in its upper half, and whether goroutines tell flights apart. What is not in this map
// costs one look.
struct watched { u64 word; u32 goroutines, pattern; };
section("maps") struct map watched = { BPF_MAP_TYPE_HASH, 4, sizeof(struct watched), 4096 };

// A WASI function in flight. The key is the thread, or the goroutine (its g is in r14), which may change threads.
struct flight { u64 start, syscall_ns; u32 func, tid, syscalls, switches; };
section("maps") struct map flights = { BPF_MAP_TYPE_HASH, 8, sizeof(struct flight), 16384 };
// The function in flight on a thread, as the key of its flight.
section("maps") struct map flying = { BPF_MAP_TYPE_HASH, 4, 8, 16384 };
// The thread that entered a WASI function last, by process: system calls of its other threads stand beside it.
struct latest { u32 func, tid; };
section("maps") struct map latest = { BPF_MAP_TYPE_HASH, 4, sizeof(struct latest), 4096 };

// What stands for the function where the guest's word has moved away.
#define LOST 0xffffffff

// Per function: functions are numbered from 1, 0 is outside of all.
#define FUNCTIONS 64
#define BUCKETS 256
struct total { u64 calls, ns, syscall_ns, syscalls, switches, errors; u32 histogram[BUCKETS]; };
section("maps") struct map totals = { BPF_MAP_TYPE_PERCPU_ARRAY, 4, sizeof(struct total), FUNCTIONS };

// Per function, system call, and who made it.
struct syscall_key { u32 func, number, helper; };
struct syscall_total { u64 calls, ns, bytes, errors; };
section("maps") struct map syscalls = { BPF_MAP_TYPE_PERCPU_HASH, sizeof(struct syscall_key), sizeof(struct syscall_total), 8192 };
struct syscall_open { u64 start, flight; u32 number, func, helper, pad; };
section("maps") struct map open_syscalls = { BPF_MAP_TYPE_HASH, 4, sizeof(struct syscall_open), 16384 };

// Moments of a process: 1 exec, 2 its end, 3 the guest's start, 4 the guest's end, 5 the first WASI call, 6 the last.
struct mark_key { u32 process, mark; };
section("maps") struct map marks = { BPF_MAP_TYPE_HASH, sizeof(struct mark_key), 8, 16384 };
enum { MARK_EXEC = 1, MARK_EXIT, MARK_GUEST, MARK_GUEST_END, MARK_FIRST, MARK_LAST };

// Threads that ran while a function was in flight elsewhere: {function, thread} -> times it was switched to.
struct hop_key { u32 func, tid; };
section("maps") struct map hops = { BPF_MAP_TYPE_HASH, sizeof(struct hop_key), 8, 8192 };

// struct pt_regs of x86-64, as far as it is looked at.
struct registers { u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, orig_rax; };

static always_inline void mark(u32 process, u32 which, u64 time, u64 flags) {
  struct mark_key key = { process, which };
  update(&marks, &key, &time, flags);
}

// An attach cookie: the function's number; the bits above say how its flight is known and what the place means.
#define COOKIE_GOROUTINE (1ull << 32)
#define COOKIE_MARK (1ull << 33)

static always_inline u64 flight_key(struct registers *registers, u64 cookie, u64 id) {
  return cookie & COOKIE_GOROUTINE ? registers->r14 : id;
}

section("program/enter") int enter(struct registers *registers) {
  u64 id = pid_tgid(), cookie = attach_cookie(registers);
  u32 process = id >> 32, tid = id;
  if (!lookup(&watched, &process)) return 0;
  if (cookie & COOKIE_MARK) {
    mark(process, (u32)cookie, now(), BPF_NOEXIST);
    return 0;
  }
  u64 key = flight_key(registers, cookie, id);
  struct latest last = { (u32)cookie, tid };
  update(&latest, &process, &last, BPF_ANY);
  struct flight flight = { .func = (u32)cookie, .tid = tid };
  flight.start = now();
  mark(process, MARK_FIRST, flight.start, BPF_NOEXIST);
  update(&flying, &tid, &key, BPF_ANY);
  // The clock is read again: what stands above is none of the function's time.
  flight.start = now();
  update(&flights, &key, &flight, BPF_ANY);
  return 0;
}

// Buckets are a quarter of an octave wide: four times the logarithm and the two bits behind the first.
static always_inline u32 bucket_of(u64 ns) {
  if (ns < 4) return ns;
  u32 log = 0;
  u64 rest = ns;
#pragma unroll
  for (u32 shift = 32; shift > 0; shift >>= 1) {
    if (rest >> shift) {
      rest >>= shift;
      log += shift;
    }
  }
  u32 bucket = log * 4 + ((ns >> (log - 2)) & 3);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

section("program/leave") int leave(struct registers *registers) {
  u64 time = now();
  u64 id = pid_tgid(), cookie = attach_cookie(registers);
  u32 process = id >> 32;
  if (!lookup(&watched, &process)) return 0;
  if (cookie & COOKIE_MARK) {
    mark(process, (u32)cookie, time, BPF_ANY);
    return 0;
  }
  u64 key = flight_key(registers, cookie, id);
  struct flight *flight = lookup(&flights, &key);
  if (!flight) return 0;
  u32 func = flight->func, tid = flight->tid;
  struct total *total = lookup(&totals, &func);
  if (total) {
    u64 ns = time - flight->start;
    total->calls++;
    total->ns += ns;
    total->syscall_ns += flight->syscall_ns;
    total->syscalls += flight->syscalls;
    total->switches += flight->switches;
    // Go's errors are of 16 bits.
    u32 result = cookie & COOKIE_GOROUTINE ? registers->rax & 0xffff : registers->rax;
    if (result != 0) total->errors++;
    u32 bucket = bucket_of(ns);
    if (bucket < BUCKETS) total->histogram[bucket]++;
  }
  // The thread that entered: a goroutine may have left on another one.
  delete(&flying, &tid);
  struct latest *last = lookup(&latest, &process);
  if (last && last->tid == tid) last->func = 0;
  delete(&flights, &key);
  mark(process, MARK_LAST, time, BPF_ANY);
  return 0;
}

// What the uretprobe's own return makes since Linux 6.11: no system call of the program's.
static always_inline int is_probe(u64 number) { return number == 335 || number == 336; }

section("program/sys_enter") int sys_enter(struct bpf_raw_tracepoint_args *ctx) {
  u64 id = pid_tgid(), number = ctx->args[1];
  u32 process = id >> 32, tid = id;
  struct watched *watch = lookup(&watched, &process);
  if (!watch || is_probe(number)) return 0;
  struct syscall_open open = { .number = number };
  u64 key = id;
  // A goroutine may have changed threads since it entered: its g is still in the register.
  if (watch->goroutines) read_kernel(&key, 8, &((struct registers *)ctx->args[0])->r14);
  struct flight *flight = lookup(&flights, &key);
  if (flight) {
    open.func = flight->func;
    open.flight = key;
  } else if (watch->word) {
    u32 word[2] = {};
    read_user(word, 8, (const void *)watch->word);
    open.func = word[1] == watch->pattern ? word[0] : LOST;
    // Who is a helper is known when all is over: here stands the thread or goroutine.
    if (open.func) open.helper = key;
  } else {
    struct latest *last = lookup(&latest, &process);
    if (last && last->func) {
      open.func = last->func;
      open.helper = last->tid != tid;
    }
  }
  open.start = now();
  update(&open_syscalls, &tid, &open, BPF_ANY);
  return 0;
}

section("program/sys_exit") int sys_exit(struct bpf_raw_tracepoint_args *ctx) {
  u64 time = now();
  u64 id = pid_tgid();
  u32 process = id >> 32, tid = id;
  if (!lookup(&watched, &process)) return 0;
  struct syscall_open *open = lookup(&open_syscalls, &tid);
  if (!open) return 0;
  s64 result = ctx->args[1];
  u64 ns = time - open->start;
  struct syscall_key key = { open->func, open->number, open->helper };
  struct syscall_total *total = lookup(&syscalls, &key);
  if (!total) {
    struct syscall_total none = {};
    update(&syscalls, &key, &none, BPF_NOEXIST);
    total = lookup(&syscalls, &key);
  }
  if (total) {
    total->calls++;
    total->ns += ns;
    if (result < 0) total->errors++;
    else total->bytes += result;
  }
  if (open->flight) {
    struct flight *flight = lookup(&flights, &open->flight);
    if (flight) {
      flight->syscall_ns += ns;
      flight->syscalls++;
    }
  }
  // clone, fork, vfork, clone3: what they start is watched, too.
  if (result > 0 && (open->number == 56 || open->number == 57 || open->number == 58 || open->number == 435)) {
    u32 child = result;
    struct watched same = {};
    update(&watched, &child, &same, BPF_NOEXIST);
  }
  delete(&open_syscalls, &tid);
  return 0;
}

section("program/exec") int executed(void *ctx) {
  u32 process = pid_tgid() >> 32;
  if (lookup(&watched, &process)) mark(process, MARK_EXEC, now(), BPF_ANY);
  return 0;
}

section("program/exit") int exited(void *ctx) {
  u64 id = pid_tgid();
  u32 process = id >> 32, tid = id;
  if (!lookup(&watched, &process)) return 0;
  delete(&open_syscalls, &tid);
  delete(&flying, &tid);
  if (process == tid) mark(process, MARK_EXIT, now(), BPF_ANY);
  return 0;
}

section("program/switch") int switched(struct bpf_raw_tracepoint_args *ctx) {
  u64 id = pid_tgid();
  u32 process = id >> 32, tid = id;
  if (!lookup(&watched, &process)) return 0;
  u64 *key = lookup(&flying, &tid);
  if (key) {
    struct flight *flight = lookup(&flights, key);
    if (flight) flight->switches++;
    return 0;
  }
  struct latest *last = lookup(&latest, &process);
  if (!last || !last->func || last->tid == tid) return 0;
  struct hop_key hop = { last->func, tid };
  u64 *times = lookup(&hops, &hop);
  u64 one = 1;
  if (times) ++*times;
  else update(&hops, &hop, &one, BPF_ANY);
  return 0;
}

section("license") char terms[] = "GPL";
