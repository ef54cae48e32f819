// The host's functions that the code inside calls itself.

export declare function args_sizes_get(count: number, bytes: number): number;
export declare function args_get(pointers: number, content: number): number;
export declare function environ_sizes_get(count: number, bytes: number): number;
export declare function environ_get(pointers: number, content: number): number;
export declare function clock_time_get(clock: number, precision: bigint, answer: number): number;
export declare function fd_prestat_get(fd: number, answer: number): number;
export declare function fd_prestat_dir_name(fd: number, path: number, bytes: number): number;
export declare function path_open(
  fd: number,
  lookup: number,
  path: number,
  pathBytes: number,
  how: number,
  rights: bigint,
  inherited: bigint,
  flags: number,
  answer: number,
): number;
export declare function path_filestat_get(
  fd: number,
  lookup: number,
  path: number,
  pathBytes: number,
  answer: number,
): number;
export declare function path_rename(
  fd: number,
  path: number,
  pathBytes: number,
  toFd: number,
  to: number,
  toBytes: number,
): number;
export declare function path_unlink_file(fd: number, path: number, pathBytes: number): number;
export declare function fd_filestat_get(fd: number, answer: number): number;
export declare function fd_filestat_set_size(fd: number, size: bigint): number;
export declare function fd_fdstat_get(fd: number, answer: number): number;
export declare function fd_fdstat_set_flags(fd: number, flags: number): number;
export declare function fd_fdstat_set_rights(fd: number, rights: bigint, inherited: bigint): number;
export declare function fd_seek(fd: number, by: bigint, whence: number, answer: number): number;
export declare function fd_tell(fd: number, answer: number): number;
export declare function fd_read(fd: number, buffers: number, count: number, answer: number): number;
export declare function fd_write(
  fd: number,
  buffers: number,
  count: number,
  answer: number,
): number;
export declare function fd_close(fd: number): number;
export declare function fd_readdir(
  fd: number,
  buffer: number,
  bytes: number,
  cookie: bigint,
  answer: number,
): number;
export declare function sock_accept(fd: number, flags: number, answer: number): number;
export declare function poll_oneoff(
  subscriptions: number,
  events: number,
  count: number,
  answer: number,
): number;
export declare function proc_exit(code: number): void;
export declare function path_filestat_get(
  fd: number,
  lookup: number,
  path: number,
  pathBytes: number,
  answer: number,
): number;
export declare function path_rename(
  fd: number,
  path: number,
  pathBytes: number,
  toFd: number,
  to: number,
  toBytes: number,
): number;
export declare function path_unlink_file(fd: number, path: number, pathBytes: number): number;
export declare function clock_time_get(clock: number, precision: bigint, answer: number): number;
