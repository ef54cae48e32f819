// What Lua asks of the C library and WASI's has not; included before every file of a program that needs it.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

int system(const char *command);
char *tmpnam(char *name);
FILE *tmpfile(void);

// Without longjmp an error cannot unwind: it ends the program, as an uncaught one would.
#define LUAI_THROW(L, c) abort()
#define LUAI_TRY(L, c, a) \
  {                       \
    a                     \
  }
#define luai_jmpbuf int
