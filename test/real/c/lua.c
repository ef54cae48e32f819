// Runs one Lua script with the standard libraries: `lua SCRIPT`.
#include <stdio.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

// What WASI's C library has not.
int system(const char *command) { return command ? -1 : 0; }
char *tmpnam(char *name) { return (void)name, (char *)0; }
FILE *tmpfile(void) { return (FILE *)0; }

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: lua SCRIPT\n"), 2;
  lua_State *state = luaL_newstate();
  luaL_openlibs(state);
  if (luaL_loadfile(state, argv[1]) != LUA_OK) {
    fprintf(stderr, "lua: %s\n", lua_tostring(state, -1));
    return 1;
  }
  lua_call(state, 0, 0);
  lua_close(state);
  return 0;
}
