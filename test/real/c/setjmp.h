// WASI's C library refuses <setjmp.h>; Lua only needs it to exist (wasi-shim.h replaces its uses).
