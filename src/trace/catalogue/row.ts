/** Where a runtime's WASI functions are: a row of data, found by what its symbols look like. */
export interface CatalogueRow {
  /** As in the table of runtimes. */
  readonly runtime: string;
  /** Of what this row is, where a runtime has several: versions, ways of building. For people. */
  readonly of?: string;
  /**
   * What symbols of WASI functions match, as they stand in the file; the first group is the function's name. All that
   * one of these finds counts: they are copies, of which a guest calls one or another.
   */
  readonly functions: readonly RegExp[];
  /** The same, where `functions` finds nothing of a function: what is around it, or inside. */
  readonly otherwise?: readonly RegExp[];
  /**
   * How that name is spelled: as WASI does (`fd_write`), as Go does (`fdWrite`), or as the number of a closure in
   * Rust's mangling (`s4_`), which are numbered as the functions stand in WASI's definition.
   */
  readonly spelling: "wasi" | "camel" | "closure";
  /** A function that files of other versions have, of which this row would say something wrong. */
  readonly unless?: RegExp;
  /** Where the functions are told apart by the order in which they are linked, not by names of their own. */
  readonly linked?: Linking;
  /**
   * What may stand in for a function that begins with what the kernel must step over: the only one of these names that
   * it calls, and that no other calls.
   */
  readonly inside?: RegExp;
  /** What the symbol matches that is called when the guest is about to begin. */
  readonly guest?: RegExp;
  /**
   * The function around all of them in whose middle their returns are seen, and goroutines tell calls apart: the
   * kernel must not catch returns itself where stacks are moved, as Go does. It does where this is absent.
   */
  readonly goReturns?: RegExp;
  /** Whether guests of the time before preview1 call other functions, which this row does not find. */
  readonly onlyPreview1?: true;
  /** Whether what the functions return is an errno; otherwise errors are not counted here. */
  readonly returnsErrno: boolean;
}

/** How a runtime links its host functions, by names of functions. */
export interface Linking {
  /** The function that links all of them. */
  readonly by: RegExp;
  /** What it calls for that. */
  readonly through: RegExp;
  /** What is made for each of them, and called for it by the guest. */
  readonly each: RegExp;
}

/** Names of WASI preview1's functions, in the order of its definition, by which wiggle's closures are numbered. */
export const wasiNames: readonly string[] = `
  args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get fd_advise fd_allocate
  fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get
  fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_get fd_prestat_dir_name fd_pwrite fd_read
  fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write path_create_directory path_filestat_get
  path_filestat_set_times path_link path_open path_readlink path_remove_directory path_rename path_symlink
  path_unlink_file poll_oneoff proc_exit proc_raise sched_yield random_get sock_accept sock_recv sock_send
  sock_shutdown
`
  .trim()
  .split(/\s+/);

/** A pattern of all those names. */
export const wasiName = "(?:args|clock|environ|fd|path|poll|proc|random|sched|sock)_[a-z_]+";
