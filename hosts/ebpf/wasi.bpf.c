// What the kernel adds up while a runtime runs a WASI program: how long each WASI function takes, which system calls
// are made inside it, and when the process began and ended. Compiled ahead to wasi.bpf.o (scripts/build-ebpf.mjs) and
// loaded by object.ts, which finds maps by their symbols in the section `maps` and programs by their sections.
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

// A process that is watched, by its id. What is not in this map costs one look, and all that changes with each call is
// here, so that a call costs as few looks as can be.
struct watched {
  // The address of the word in which the guest says what function is in flight (0: it does not).
  u64 word;
  // Whether goroutines tell flights apart; whether it is the process that was asked for, and not a child.
  u32 goroutines, root;
  // The function that was entered last, and by which thread: system calls of other threads stand beside it.
  u32 func, tid;
  // WASI functions in flight, and activations of the guest.
  u32 inside, depth;
  // Whether the guest's clock goes; whether its first instruction was seen; whether it has asked to exit; what stands in
  // the upper half of the word.
  u32 running, exact, over, pattern;
  // Moments: of the last exec, of the end, of the guest's begin and end, of the first and the last WASI call, and of
  // the first thing after that which only a runtime does whose guest has ended.
  u64 exec, exit, begin, end, first, last, after;
  // The guest's time outside of WASI, since when its clock goes, and the time between its activations.
  u64 since, guest_ns, gap_ns;
};
section("maps") struct map watched = { BPF_MAP_TYPE_HASH, 4, sizeof(struct watched), 512 };

// A WASI function in flight, by its thread or goroutine (its g is in r14), which may change threads. Entries stay, with
// func 0, for the next call: that costs less than to delete them.
struct flight {
  u64 start, syscall_ns;
  // The stack where it was entered; `nested` counts probed functions that it has called and that have not returned.
  u64 stack;
  u32 func, tid, syscalls, switches, nested, pad;
};
section("maps") struct map flights = { BPF_MAP_TYPE_HASH, 8, sizeof(struct flight), 4096 };
// The goroutine that entered a WASI function on a thread, as the key of its flight.
section("maps") struct map flying = { BPF_MAP_TYPE_HASH, 4, 8, 4096 };

// What stands for the function where the guest's word has moved away.
#define LOST 0xffffffff

// Per function: functions are numbered from 1, 0 is outside of all.
#define FUNCTIONS 64
#define BUCKETS 256
struct total { u64 calls, ns, syscall_ns, syscalls, switches, errors, sums[BUCKETS]; u32 histogram[BUCKETS]; };
section("maps") struct map totals = { BPF_MAP_TYPE_PERCPU_ARRAY, 4, sizeof(struct total), FUNCTIONS };

// Per function, system call, and who made it.
struct syscall_key { u32 func, number, helper; };
struct syscall_total { u64 calls, ns, bytes, errors; };
section("maps") struct map syscalls = { BPF_MAP_TYPE_PERCPU_HASH, sizeof(struct syscall_key), sizeof(struct syscall_total), 2048 };
// The system call that a thread is in; `start` 0: none.
struct syscall_open { u64 start, flight; u32 number, func, helper, pad; };
section("maps") struct map open_syscalls = { BPF_MAP_TYPE_HASH, 4, sizeof(struct syscall_open), 4096 };

// When a process first came to a step of its start (numbers from FIRST_STEP on).
struct step_key { u32 process, step; };
section("maps") struct map steps = { BPF_MAP_TYPE_HASH, sizeof(struct step_key), 8, 64 };

// Threads that ran while a function was in flight elsewhere: {function, thread} -> times it was switched from.
struct hop_key { u32 func, tid; };
section("maps") struct map hops = { BPF_MAP_TYPE_HASH, sizeof(struct hop_key), 8, 2048 };

// Where a task of the kernel's keeps its process id (0: not known).
section("maps") struct map task_tgid = { BPF_MAP_TYPE_ARRAY, 4, 4, 1 };

// struct pt_regs of x86-64.
struct registers {
  u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, orig_rax, rip, cs, flags, rsp, ss;
};

// An attach cookie: a function's number or a mark in the lower half. The bits above say how its flight is known and what
// the place means.
#define COOKIE_GOROUTINE (1ull << 32)
#define COOKIE_MARK (1ull << 33)
#define COOKIE_EXIT (1ull << 34)
enum { MARK_GUEST = 1, MARK_BEGIN, MARK_EXACT, MARK_END, MARK_AFTER, FIRST_STEP = 16 };
// What lies further away on the stack is another stack.
#define DEEPEST (1 << 18)

static always_inline void begin_guest(struct watched *watch, u64 time) {
  if (watch->begin == 0) watch->begin = time;
  else if (watch->end != 0) watch->gap_ns += time - watch->end;
  watch->end = 0;
  watch->since = time;
  watch->running = watch->inside == 0;
}

static always_inline void stop_clock(struct watched *watch, u64 time) {
  if (watch->running) watch->guest_ns += time - watch->since;
  watch->running = 0;
}

static always_inline void end_guest(struct watched *watch, u64 time) {
  stop_clock(watch, time);
  if (!watch->over) watch->end = time;
}

static always_inline void pass_mark(struct watched *watch, u32 process, u32 which, u64 time, int entered) {
  if (which == MARK_GUEST) {
    // A function in which the guest runs, and maybe in that once more.
    if (entered) {
      if (watch->depth++ == 0) begin_guest(watch, time);
    } else if (watch->depth > 0 && --watch->depth == 0) {
      end_guest(watch, time);
    }
  } else if (which == MARK_BEGIN) {
    if (watch->depth == 0) begin_guest(watch, time);
    watch->depth = 1;
  } else if (which == MARK_EXACT) {
    if (watch->begin != 0 && watch->first == 0 && !watch->exact) {
      watch->begin = watch->since = time;
      watch->after = 0;
      watch->exact = 1;
    }
  } else if (which == MARK_END) {
    if (watch->depth != 0) end_guest(watch, time);
    watch->depth = 0;
  } else if (which == MARK_AFTER) {
    if (watch->begin != 0 && watch->inside == 0 && watch->after == 0) watch->after = time;
  } else {
    struct step_key key = { process, which };
    update(&steps, &key, &time, BPF_NOEXIST);
  }
}

static always_inline u64 flight_key(struct registers *registers, u64 cookie, u64 id) {
  return cookie & COOKIE_GOROUTINE ? registers->r14 : id;
}

static always_inline struct flight *flight_of(u64 key) {
  struct flight *flight = lookup(&flights, &key);
  if (flight) return flight;
  struct flight none = {};
  update(&flights, &key, &none, BPF_NOEXIST);
  return lookup(&flights, &key);
}

section("program/enter") int enter(struct registers *registers) {
  u64 time = now();
  u64 id = pid_tgid(), cookie = attach_cookie(registers);
  u32 process = id >> 32, tid = id, func = cookie;
  struct watched *watch = lookup(&watched, &process);
  if (!watch) return 0;
  if (cookie & COOKIE_MARK) {
    pass_mark(watch, process, func, time, 1);
    return 0;
  }
  u64 key = flight_key(registers, cookie, id);
  struct flight *flight = flight_of(key);
  if (!flight) return 0;
  // A function that another one calls, deeper on the same stack: its time is in the other's.
  if (flight->func && flight->stack - registers->rsp - 1 < DEEPEST) {
    // In Go, only the outer one's return is seen.
    if (!(cookie & COOKIE_GOROUTINE)) flight->nested++;
    return 0;
  }
  // What was not seen to return is still counted as inside.
  if (!flight->func && watch->inside++ == 0) stop_clock(watch, time);
  if (watch->begin == 0) watch->begin = time;
  if (watch->first == 0) watch->first = time;
  watch->after = 0;
  watch->func = func;
  watch->tid = tid;
  if (cookie & COOKIE_GOROUTINE) update(&flying, &tid, &key, BPF_ANY);
  if (cookie & COOKIE_EXIT) {
    watch->end = time;
    watch->over = 1;
  }
  flight->func = func;
  flight->tid = tid;
  flight->stack = registers->rsp;
  flight->syscall_ns = flight->syscalls = flight->switches = flight->nested = 0;
  flight->start = time;
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
  u32 process = id >> 32, returned = cookie;
  struct watched *watch = lookup(&watched, &process);
  if (!watch) return 0;
  if (cookie & COOKIE_MARK) {
    pass_mark(watch, process, returned, time, 0);
    return 0;
  }
  u64 key = flight_key(registers, cookie, id);
  struct flight *flight = lookup(&flights, &key);
  if (!flight || !flight->func) return 0;
  if (flight->nested) {
    flight->nested--;
    return 0;
  }
  u32 func = flight->func, tid = flight->tid;
  if (returned && returned != func) return 0;
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
    if (bucket < BUCKETS) {
      total->histogram[bucket]++;
      total->sums[bucket] += ns;
    }
  }
  flight->func = 0;
  // The thread that entered: a goroutine may have left on another one.
  if (cookie & COOKIE_GOROUTINE) delete(&flying, &tid);
  if (watch->tid == tid) watch->func = 0;
  watch->last = time;
  if (watch->over) watch->end = time;
  if (watch->inside > 0 && --watch->inside == 0) {
    watch->since = time;
    watch->running = !watch->over && watch->end == 0;
  }
  return 0;
}

// What the uretprobe's own return makes since Linux 6.11: no system call of the program's.
static always_inline int is_probe(u64 number) { return number == 335 || number == 336; }

section("program/sys_enter") int sys_enter(struct bpf_raw_tracepoint_args *ctx) {
  u64 id = pid_tgid(), number = ctx->args[1];
  u32 process = id >> 32, tid = id;
  struct watched *watch = lookup(&watched, &process);
  if (!watch || is_probe(number)) return 0;
  struct syscall_open *open = lookup(&open_syscalls, &tid);
  if (!open) {
    struct syscall_open none = {};
    update(&open_syscalls, &tid, &none, BPF_NOEXIST);
    open = lookup(&open_syscalls, &tid);
    if (!open) return 0;
  }
  open->number = number;
  open->func = open->helper = 0;
  open->flight = 0;
  u64 key = id;
  // A goroutine may have changed threads since it entered: its g is still in the register.
  if (watch->goroutines) read_kernel(&key, 8, &((struct registers *)ctx->args[0])->r14);
  struct flight *flight = lookup(&flights, &key);
  if (flight && flight->func) {
    open->func = flight->func;
    open->flight = key;
  } else if (watch->word) {
    u32 word[2] = {};
    read_user(word, 8, (const void *)watch->word);
    open->func = word[1] == watch->pattern ? word[0] : LOST;
    // Who is a helper is known when all is over: here stands the thread or goroutine.
    if (open->func) open->helper = key;
  } else if (watch->func) {
    open->func = watch->func;
    open->helper = watch->tid != tid;
  }
  open->start = now();
  return 0;
}

// Watches a process that a watched one has started.
static always_inline void watch_child(u32 child) {
  struct watched none = {};
  update(&watched, &child, &none, BPF_NOEXIST);
}

section("program/sys_exit") int sys_exit(struct bpf_raw_tracepoint_args *ctx) {
  u64 time = now();
  u64 id = pid_tgid();
  u32 process = id >> 32, tid = id, zero = 0;
  if (!lookup(&watched, &process)) return 0;
  struct syscall_open *open = lookup(&open_syscalls, &tid);
  // What a probe's own return makes has no beginning.
  if (!open || open->start == 0) return 0;
  s64 result = ctx->args[1];
  u64 ns = time - open->start;
  open->start = 0;
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
    u64 flight_key = open->flight;
    struct flight *flight = lookup(&flights, &flight_key);
    if (flight && flight->func == key.func) {
      flight->syscall_ns += ns;
      flight->syscalls++;
    }
  }
  // clone, fork, vfork, clone3, where the kernel's own record of what they start cannot be read.
  if (result > 0 && (key.number == 56 || key.number == 57 || key.number == 58 || key.number == 435)) {
    u32 *offset = lookup(&task_tgid, &zero);
    if (offset && *offset == 0) watch_child(result);
  }
  return 0;
}

section("program/fork") int forked(struct bpf_raw_tracepoint_args *ctx) {
  u32 process = pid_tgid() >> 32, child = 0, zero = 0;
  if (!lookup(&watched, &process)) return 0;
  u32 *offset = lookup(&task_tgid, &zero);
  if (!offset || *offset == 0) return 0;
  read_kernel(&child, 4, (const void *)(ctx->args[1] + *offset));
  // Otherwise it is a thread.
  if (child != 0 && child != process) watch_child(child);
  return 0;
}

section("program/exec") int executed(void *ctx) {
  u32 process = pid_tgid() >> 32;
  struct watched *watch = lookup(&watched, &process);
  if (watch) watch->exec = now();
  return 0;
}

section("program/exit") int exited(void *ctx) {
  u64 time = now(), id = pid_tgid();
  u32 process = id >> 32, tid = id;
  struct watched *watch = lookup(&watched, &process);
  if (!watch) return 0;
  delete(&open_syscalls, &tid);
  delete(&flying, &tid);
  // The last thread's is the process's.
  watch->exit = time;
  if (process == tid && !watch->root) delete(&watched, &process);
  return 0;
}

section("program/switch") int switched(struct bpf_raw_tracepoint_args *ctx) {
  u64 id = pid_tgid();
  u32 process = id >> 32, tid = id;
  struct watched *watch = lookup(&watched, &process);
  // Most often none is in flight.
  if (!watch || watch->func == 0) return 0;
  u64 key = id;
  if (watch->goroutines) {
    u64 *flown = lookup(&flying, &tid);
    key = flown ? *flown : 0;
  }
  struct flight *flight = lookup(&flights, &key);
  if (flight && flight->func) {
    flight->switches++;
    return 0;
  }
  if (watch->tid == tid) return 0;
  struct hop_key hop = { watch->func, tid };
  u64 *times = lookup(&hops, &hop);
  u64 one = 1;
  if (times) ++*times;
  else update(&hops, &hop, &one, BPF_ANY);
  return 0;
}

section("license") char terms[] = "GPL";
