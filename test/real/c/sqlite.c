// Runs the SQL of a file on a database in memory and prints each row: `sqlite SCRIPT`.
#include <stdio.h>
#include <stdlib.h>

#include "sqlite3.h"

static int row(void *context, int count, char **values, char **names) {
  (void)context, (void)names;
  for (int i = 0; i < count; i++) printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
  printf("\n");
  return 0;
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  if (!file) return fprintf(stderr, "usage: sqlite SCRIPT\n"), 2;
  char *script = calloc(1, 1 << 20);
  fread(script, 1, (1 << 20) - 1, file);
  sqlite3 *database;
  char *error = NULL;
  if (sqlite3_open(":memory:", &database) != SQLITE_OK) return 3;
  int status = sqlite3_exec(database, script, row, NULL, &error);
  if (error) fprintf(stderr, "sqlite: %s\n", error);
  sqlite3_close(database);
  return status == SQLITE_OK ? 0 : 1;
}
