// The command line of our programs around engines in C:
//
//   PROGRAM [--module FILE] [--dir HOST::GUEST]... [--env NAME=VALUE]... [--] NAME [ARGUMENT...]
#pragma once
#include "wasi.h"

// Exit codes of a guest that did not exit by itself, and of one that could not run at all.
enum { TRAPPED = 134, UNABLE = 125 };

// Makes the guest's system, and says which module was asked for where a program runs any: `module` is NULL for those
// that do not. Ends the process with a message for what makes no sense.
wasi *read_options(char **given, const char **module);
