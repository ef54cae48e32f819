// The command line of our programs around engines in C:
//
//   PROGRAM [--module FILE] [--invoke FUNCTION] [--dir HOST::GUEST]... [--env NAME=VALUE]... [--] NAME [ARGUMENT...]
#pragma once
#include "wasi.h"

// Exit codes of a guest that did not exit by itself, and of one that could not run at all.
enum { TRAPPED = 134, UNABLE = 125 };

// What is asked of a program that runs any module: which, and which function (NULL: `_start`) with which arguments.
typedef struct {
  const char *module, *function;
  char **arguments;
  uint32_t count;
} task;

// Makes the guest's system, and says what was asked for where a program runs any module: `asked` is NULL for those that
// do not. Ends the process with a message for what makes no sense.
wasi *read_options(char **given, task *asked);
