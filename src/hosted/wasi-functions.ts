// WASI preview1, by how its arguments cross from the guest to the host: `i` and `I` as they are, `D` a descriptor, `P` a
// pointer, `V` a pointer to a list of buffers, whose length follows; `own` is answered by the code inside. Source: the
// preview1 witx files.

const table = `
args_get PP own
args_sizes_get PP own
clock_res_get iP
clock_time_get iIP own
environ_get PP own
environ_sizes_get PP own
fd_advise DIIi
fd_allocate DII
fd_close D own
fd_datasync D
fd_fdstat_get DP own
fd_fdstat_set_flags Di own
fd_fdstat_set_rights DII own
fd_filestat_get DP own
fd_filestat_set_size DI
fd_filestat_set_times DIIi
fd_pread DViIP
fd_prestat_dir_name DPi
fd_prestat_get DP own
fd_pwrite DViIP
fd_read DViP own
fd_readdir DPiIP own
fd_renumber Di own
fd_seek DIiP
fd_sync D
fd_tell DP
fd_write DViP own
path_create_directory DPi
path_filestat_get DiPiP own
path_filestat_set_times DiPiIIi
path_link DiPiDPi
path_open DiPiiIIiP own
path_readlink DPiPiP
path_remove_directory DPi
path_rename DPiDPi
path_symlink PiDPi
path_unlink_file DPi
poll_oneoff PPiP own
proc_exit i
proc_raise i
random_get Pi
sched_yield -
sock_accept DiP own
sock_recv DViiPP
sock_send DViiP
sock_shutdown Di
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
    const [name, params, own] = line.split(" ") as [string, string, string?];
    return {
      name,
      params: params === "-" ? "" : params,
      isOwn: own === "own",
      hasResult: name !== "proc_exit",
    };
  });
