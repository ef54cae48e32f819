#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *why) {
  fprintf(stderr, "error: %s%s%s\n", what, *why == 0 ? "" : ": ", why);
  exit(UNABLE);
}

static void add_folder(wasi *guest, char *pair) {
  char *name = strstr(pair, "::");
  if (name != NULL) *name = 0, name += 2;
  int error = wasi_add_folder(guest, pair, name == NULL ? pair : name);
  if (error != 0) fail(pair, strerror(error));
}

wasi *read_options(char **given, task *asked) {
  size_t count = 0, folders = 0, variables = 0;
  while (given[count] != NULL) count++;
  // It stays as long as the guest.
  char **environment = calloc(count + 1, sizeof *environment), **folder = calloc(count + 1, sizeof *folder);
  if (environment == NULL || folder == NULL) fail("no memory", "");
  char **at = given + 1;
  for (; *at != NULL && strncmp(*at, "--", 2) == 0; at += 2) {
    if (strcmp(*at, "--") == 0) {
      at++;
      break;
    }
    if (at[1] == NULL) fail(*at, "it wants a value");
    if (strcmp(*at, "--dir") == 0) folder[folders++] = at[1];
    else if (strcmp(*at, "--env") == 0) environment[variables++] = at[1];
    else if (strcmp(*at, "--module") == 0 && asked != NULL) asked->module = at[1];
    else if (strcmp(*at, "--invoke") == 0 && asked != NULL) asked->function = at[1];
    else fail(*at, "there is no such option");
  }
  if (*at == NULL) fail("the guest's name is missing", "");
  if (asked != NULL) {
    if (asked->module == NULL) fail("--module is missing", "");
    asked->arguments = at + 1;
    asked->count = (uint32_t)(given + count - asked->arguments);
  }
  wasi *guest = wasi_new(at, environment, (int[]){0, 1, 2});
  if (guest == NULL) fail("no memory", "");
  for (size_t i = 0; i < folders; i++) add_folder(guest, folder[i]);
  free(folder);
  return guest;
}
