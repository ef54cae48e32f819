// WASI preview1 for engines that have none that we could use: wasm2c, wasmer without its own system, wasm3. For Linux.
//
// What a guest may reach are the folders that it is given. Paths are resolved by openat2 with RESOLVE_BENEATH, so that
// neither `..` nor a link leads out of them; a kernel without that call (before 5.6) answers ENOSYS, and so do we.
#pragma once
#include <stdint.h>

// All functions: name, and its parameters by `i` for 32 bits and `l` for 64. All but proc_exit give an error number.
#define WASI_FUNCTIONS(F) \
  F(args_get, ii) F(args_sizes_get, ii) F(environ_get, ii) F(environ_sizes_get, ii) F(clock_res_get, ii) \
  F(clock_time_get, ili) F(fd_advise, illi) F(fd_allocate, ill) F(fd_close, i) F(fd_datasync, i) \
  F(fd_fdstat_get, ii) F(fd_fdstat_set_flags, ii) F(fd_fdstat_set_rights, ill) F(fd_filestat_get, ii) \
  F(fd_filestat_set_size, il) F(fd_filestat_set_times, illi) F(fd_pread, iiili) F(fd_prestat_get, ii) \
  F(fd_prestat_dir_name, iii) F(fd_pwrite, iiili) F(fd_read, iiii) F(fd_readdir, iiili) F(fd_renumber, ii) \
  F(fd_seek, ilii) F(fd_sync, i) F(fd_tell, ii) F(fd_write, iiii) F(path_create_directory, iii) \
  F(path_filestat_get, iiiii) F(path_filestat_set_times, iiiilli) F(path_link, iiiiiii) F(path_open, iiiiillii) \
  F(path_readlink, iiiiii) F(path_remove_directory, iii) F(path_rename, iiiiii) F(path_symlink, iiiii) \
  F(path_unlink_file, iii) F(poll_oneoff, iiii) F(proc_raise, i) F(random_get, ii) F(sched_yield, ) \
  F(sock_accept, iii) F(sock_recv, iiiiii) F(sock_send, iiiii) F(sock_shutdown, ii)

// One guest's view of the system: arguments, environment, descriptors.
typedef struct wasi wasi;

// What is handed over must outlive the guest. Descriptors 0, 1 and 2 of the guest are the given ones, closed with it.
wasi *wasi_new(char *const *args, char *const *env, const int stdio[3]);

// Opens a folder for the guest. Gives 0, or the system's error number.
int wasi_add_folder(wasi *guest, const char *host, const char *name);

void wasi_free(wasi *guest);

// A call of one function: the guest's memory as it is now, and the arguments as they stand in the signature.
typedef struct {
  wasi *guest;
  uint8_t *memory;
  uint64_t size;
  const uint64_t *arg;
} wasi_call;

// Functions by number, in the order of the list above, for engines that link at run time.
typedef struct {
  const char *name, *parameters;
  uint32_t (*run)(const wasi_call *);
} wasi_function;
extern const wasi_function wasi_functions[];
extern const unsigned wasi_function_count;
// The number of such a function, or -1.
int wasi_find(const char *name);
// Runs one of them.
uint32_t wasi_run(int number, wasi *guest, uint8_t *memory, uint64_t size, const uint64_t *arg);
