// The table of functions, what a guest is given, clocks, random numbers, waiting.
#include "inside.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/random.h>

const wasi_function wasi_functions[] = {
#define ROW(name, parameters) {#name, #parameters, w_##name},
    WASI_FUNCTIONS(ROW)
#undef ROW
};
const unsigned wasi_function_count = sizeof wasi_functions / sizeof *wasi_functions;

int wasi_find(const char *name) {
  for (unsigned i = 0; i < wasi_function_count; i++)
    if (strcmp(wasi_functions[i].name, name) == 0) return (int)i;
  return -1;
}

uint32_t wasi_run(int number, wasi *guest, uint8_t *memory, uint64_t size, const uint64_t *arg) {
  return wasi_functions[number].run(&(wasi_call){guest, memory, size, arg});
}

wasi *wasi_new(char *const *args, char *const *env, const int stdio[3]) {
  wasi *guest = calloc(1, sizeof *guest);
  if (guest == NULL) return NULL;
  guest->args = args, guest->env = env;
  for (int i = 0; i < 3; i++) add_descriptor(guest, (descriptor){.fd = stdio[i], .rights = ALL_RIGHTS});
  return guest;
}

int wasi_add_folder(wasi *guest, const char *host, const char *name) {
  int fd = open(host, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  add_descriptor(guest, (descriptor){.fd = fd, .name = name, .rights = ALL_RIGHTS, .inheriting = ALL_RIGHTS});
  return 0;
}

void wasi_free(wasi *guest) {
  for (uint32_t i = 0; i < guest->count; i++)
    if (guest->table[i].fd >= 0) close_descriptor(&guest->table[i]);
  free(guest->table);
  free(guest);
}

int add_descriptor(wasi *guest, descriptor new) {
  uint32_t number = 0;
  while (number < guest->count && guest->table[number].fd >= 0) number++;
  if (number == guest->count) {
    uint32_t count = guest->count + 8 + guest->count / 2;
    descriptor *table = realloc(guest->table, count * sizeof *table);
    if (table == NULL) return -1;
    for (uint32_t i = guest->count; i < count; i++) table[i] = (descriptor){.fd = -1};
    guest->table = table, guest->count = count;
  }
  guest->table[number] = new;
  return (int)number;
}

void close_descriptor(descriptor *closing) {
  if (closing->entries != NULL) closedir(closing->entries);
  close(closing->fd);
  *closing = (descriptor){.fd = -1};
}

// ---- Arguments and environment: pointers, then the texts one behind the other.

static uint32_t put_sizes(const wasi_call *call, char *const *texts) {
  uint32_t count = 0, bytes = 0;
  for (; texts[count] != NULL; count++) bytes += (uint32_t)strlen(texts[count]) + 1;
  uint32_t error = put32(call, ARG32(0), count);
  return error ? error : put32(call, ARG32(1), bytes);
}

static uint32_t put_texts(const wasi_call *call, char *const *texts) {
  uint32_t pointer = ARG32(0), to = ARG32(1);
  for (; *texts != NULL; texts++, pointer += 4) {
    uint32_t size = (uint32_t)strlen(*texts) + 1;
    if (put32(call, pointer, to) || put(call, to, *texts, size)) return ERR_FAULT;
    to += size;
  }
  return ERR_NONE;
}

uint32_t w_args_sizes_get(const wasi_call *call) { return put_sizes(call, call->guest->args); }
uint32_t w_args_get(const wasi_call *call) { return put_texts(call, call->guest->args); }
uint32_t w_environ_sizes_get(const wasi_call *call) { return put_sizes(call, call->guest->env); }
uint32_t w_environ_get(const wasi_call *call) { return put_texts(call, call->guest->env); }

// ---- Clocks: WASI numbers the four as Linux numbers its first four.

uint32_t w_clock_res_get(const wasi_call *call) {
  struct timespec time;
  if (ARG32(0) > 3) return ERR_INVAL;
  if (clock_getres((clockid_t)ARG32(0), &time) < 0) return wasi_errno(errno);
  return put64(call, ARG32(1), nanoseconds(time));
}

uint32_t w_clock_time_get(const wasi_call *call) {
  struct timespec time;
  if (ARG32(0) > 3) return ERR_INVAL;
  if (clock_gettime((clockid_t)ARG32(0), &time) < 0) return wasi_errno(errno);
  return put64(call, ARG32(2), nanoseconds(time));
}

uint32_t w_random_get(const wasi_call *call) {
  uint8_t *to = bytes_at(call, ARG32(0), ARG32(1));
  if (to == NULL) return ERR_FAULT;
  for (uint32_t done = 0; done < ARG32(1);) {
    ssize_t got = getrandom(to + done, ARG32(1) - done, 0);
    if (got < 0 && errno != EINTR) return wasi_errno(errno);
    if (got > 0) done += (uint32_t)got;
  }
  return ERR_NONE;
}

uint32_t w_sched_yield(const wasi_call *call) {
  (void)call;
  return result(sched_yield());
}

uint32_t w_proc_raise(const wasi_call *call) {
  (void)call;
  return ERR_NOTSUP;
}

// ---- Sockets: a guest is given none, so that no descriptor is one.

static uint32_t no_socket(const wasi_call *call) { return descriptor_at(call, ARG32(0)) == NULL ? ERR_BADF : ERR_NOTSOCK; }
uint32_t w_sock_accept(const wasi_call *call) { return no_socket(call); }
uint32_t w_sock_recv(const wasi_call *call) { return no_socket(call); }
uint32_t w_sock_send(const wasi_call *call) { return no_socket(call); }
uint32_t w_sock_shutdown(const wasi_call *call) { return no_socket(call); }

// ---- Waiting.

typedef struct {
  uint64_t userdata;
  uint8_t kind, pad[7];
  uint32_t id, pad2;  // a clock or a descriptor
  uint64_t timeout, precision;
  uint16_t flags;
  uint8_t pad3[6];
} subscription;

typedef struct {
  uint64_t userdata;
  uint16_t error;
  uint8_t kind, pad[5];
  uint64_t bytes;
  uint16_t flags;
  uint8_t pad2[6];
} event;

_Static_assert(sizeof(subscription) == 48 && sizeof(event) == 32, "as WASI lays them out");
enum { CLOCK = 0, FD_READ = 1, FD_WRITE = 2, ABSOLUTE = 1, HANGUP = 1 };

// Nanoseconds from now until a clock's subscription is due.
static uint64_t due_in(const subscription *wanted) {
  struct timespec now;
  if (!(wanted->flags & ABSOLUTE)) return wanted->timeout;
  clock_gettime((clockid_t)wanted->id, &now);
  return wanted->timeout > nanoseconds(now) ? wanted->timeout - nanoseconds(now) : 0;
}

static event fd_event(const subscription *wanted, const struct pollfd *polled) {
  event happened = {.userdata = wanted->userdata, .kind = wanted->kind};
  int readable = 0;
  if (polled->revents & POLLNVAL) happened.error = ERR_BADF;
  else if (polled->revents & POLLERR) happened.error = ERR_IO;
  if (wanted->kind == FD_READ && ioctl(polled->fd, FIONREAD, &readable) == 0) happened.bytes = (uint64_t)readable;
  if (wanted->kind == FD_WRITE) happened.bytes = 65536;
  if (polled->revents & POLLHUP) happened.flags = HANGUP;
  return happened;
}

uint32_t w_poll_oneoff(const wasi_call *call) {
  uint32_t count = ARG32(2), events = 0;
  if (count == 0) return ERR_INVAL;
  uint8_t *in = bytes_at(call, ARG32(0), (uint64_t)count * sizeof(subscription));
  uint8_t *out = bytes_at(call, ARG32(1), (uint64_t)count * sizeof(event));
  if (in == NULL || out == NULL) return ERR_FAULT;
  struct pollfd *polled = calloc(count, sizeof *polled);
  subscription *wanted = malloc(count * sizeof *wanted);
  if (polled == NULL || wanted == NULL) return free(polled), free(wanted), wasi_errno(ENOMEM);
  memcpy(wanted, in, count * sizeof *wanted);
  uint64_t soonest = UINT64_MAX;
  for (uint32_t i = 0; i < count; i++) {
    polled[i].fd = -1;
    if (wanted[i].kind == CLOCK) {
      uint64_t due = wanted[i].id > 3 ? 0 : due_in(&wanted[i]);
      if (due < soonest) soonest = due;
    } else {
      descriptor *file = descriptor_at(call, wanted[i].id);
      if (file == NULL) soonest = 0;
      else polled[i] = (struct pollfd){file->fd, wanted[i].kind == FD_READ ? POLLIN : POLLOUT, 0};
    }
  }
  struct timespec wait = {(time_t)(soonest / 1000000000u), (long)(soonest % 1000000000u)};
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  int ready = ppoll(polled, count, soonest == UINT64_MAX ? NULL : &wait, NULL);
  uint32_t error = result(ready);
  clock_gettime(CLOCK_MONOTONIC, &after);
  uint64_t waited = nanoseconds(after) - nanoseconds(before);
  for (uint32_t i = 0; i < count && !error; i++) {
    event happened = {.userdata = wanted[i].userdata, .kind = wanted[i].kind};
    if (wanted[i].kind == CLOCK) {
      if (wanted[i].id > 3) happened.error = ERR_INVAL;
      // An absolute one is asked again; a relative one has been waited for.
      else if (wanted[i].flags & ABSOLUTE ? due_in(&wanted[i]) > 0 : wanted[i].timeout > waited) continue;
    } else if (polled[i].fd < 0) {
      happened.error = ERR_BADF;
    } else {
      if (polled[i].revents == 0) continue;
      happened = fd_event(&wanted[i], &polled[i]);
    }
    memcpy(out + events++ * sizeof happened, &happened, sizeof happened);
  }
  free(polled), free(wanted);
  return error ? error : put32(call, ARG32(3), events);
}

// ---- Errors.

uint32_t wasi_errno(int system) {
  static const uint8_t numbers[] = {
      [E2BIG] = 1, [EACCES] = 2, [EAGAIN] = 6, [EBADF] = 8, [EBUSY] = 10, [EDEADLK] = 16, [EDOM] = 18,
      [EDQUOT] = 19, [EEXIST] = 20, [EFAULT] = 21, [EFBIG] = 22, [EILSEQ] = 25, [EINTR] = 27, [EINVAL] = 28,
      [EIO] = 29, [EISDIR] = 31, [ELOOP] = 32, [EMFILE] = 33, [EMLINK] = 34, [ENAMETOOLONG] = 37, [ENFILE] = 41,
      [ENODEV] = 43, [ENOENT] = 44, [ENOEXEC] = 45, [ENOLCK] = 46, [ENOMEM] = 48, [ENOSPC] = 51, [ENOSYS] = 52,
      [ENOTDIR] = 54, [ENOTEMPTY] = 55, [ENOTSOCK] = 57, [EOPNOTSUPP] = 58, [ENOTTY] = 59, [ENXIO] = 60,
      [EOVERFLOW] = 61, [EPERM] = 63, [EPIPE] = 64, [ERANGE] = 68, [EROFS] = 69, [ESPIPE] = 70, [ESRCH] = 71,
      [ESTALE] = 72, [ETIMEDOUT] = 73, [ETXTBSY] = 74,
      // RESOLVE_BENEATH says so of a path that leads out.
      [EXDEV] = 76};
  uint8_t number = system >= 0 && system < (int)sizeof numbers ? numbers[system] : 0;
  return number != 0 ? number : ERR_IO;
}
