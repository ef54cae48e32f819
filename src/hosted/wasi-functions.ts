// WASI preview1, by how its arguments cross from the guest to the host: `i` and `I` as they are, `P` a pointer, `V` a
// pointer to a list of buffers, whose length follows. Source: the preview1 witx files.

const table = `
args_get own
args_sizes_get own
clock_res_get iP
clock_time_get iIP
environ_get own
environ_sizes_get PP
fd_advise iIIi
fd_allocate iII
fd_close i
fd_datasync i
fd_fdstat_get iP
fd_fdstat_set_flags ii
fd_fdstat_set_rights iII
fd_filestat_get iP
fd_filestat_set_size iI
fd_filestat_set_times iIIi
fd_pread iViIP
fd_prestat_dir_name iPi
fd_prestat_get iP
fd_pwrite iViIP
fd_read iViP
fd_readdir iPiIP
fd_renumber ii
fd_seek iIiP
fd_sync i
fd_tell iP
fd_write iViP
path_create_directory iPi
path_filestat_get iiPiP
path_filestat_set_times iiPiIIi
path_link iiPiiPi
path_open iiPiiIIiP
path_readlink iPiPiP
path_remove_directory iPi
path_rename iPiiPi
path_symlink PiiPi
path_unlink_file iPi
poll_oneoff PPiP
proc_exit i
proc_raise i
random_get Pi
sched_yield -
sock_accept iiP
sock_recv iViiPP
sock_send iViiP
sock_shutdown ii
`;

/** A function of WASI preview1. */
export interface WasiFunction {
  readonly name: string;
  /** The letters of its parameters. */
  readonly params: string;
  /** Whether the runtime answers in the host's place. */
  readonly isOwn: boolean;
  /** All but `proc_exit` give an error number. */
  readonly hasResult: boolean;
}

/** All functions, by the numbers that `callHost` knows them by. */
export const wasiFunctions: readonly WasiFunction[] = table
  .trim()
  .split("\n")
  .map((line) => {
    const [name, params] = line.split(" ") as [string, string];
    const isOwn = params === "own";
    return {
      name,
      params: params === "-" ? "" : isOwn ? "PP" : params,
      isOwn,
      hasResult: name !== "proc_exit",
    };
  });
