// wasm3 0.5.0 as a program, with the command line of hosts/wasi/options.h. It exits with the guest's code, with 134 after a
// message when the guest traps, and with 125 for what cannot run.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../wasi/options.h"
#include "wasm3.h"

// As much as a native program's stack; wasm3's own program has 64 KiB, too few for deep recursion.
enum { STACK_BYTES = 8 << 20 };

static int exit_code;

static int fail(const char *what, const char *why) {
  fprintf(stderr, "error: %s: %s\n", what, why);
  return UNABLE;
}

static uint8_t *read_module(const char *path, uint32_t *size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  uint8_t *bytes = NULL;
  if (fseek(file, 0, SEEK_END) == 0) {
    long length = ftell(file);
    rewind(file);
    bytes = length < 0 ? NULL : malloc((size_t)length + 1);
    *size = (uint32_t)length;
    if (bytes != NULL && fread(bytes, 1, *size, file) != *size) free(bytes), bytes = NULL;
  }
  fclose(file);
  return bytes;
}

// Takes the names of functions away, among which wasm3 looks for exports too: a `_start` that is not the exported one
// would run. What is no module stays as it is, to be refused.
static uint32_t drop_custom_sections(uint8_t *bytes, uint32_t size) {
  uint32_t from = 8, to = 8;
  while (from < size) {
    uint32_t at = from + 1, content = 0;
    for (uint32_t shift = 0; at < size && shift < 35; shift += 7) {
      content |= (uint32_t)(bytes[at] & 0x7f) << shift;
      if (bytes[at++] < 0x80) break;
    }
    if (content > size - at) return size;
    uint32_t end = at + content;
    if (bytes[from] != 0) memmove(bytes + to, bytes + from, end - from), to += end - from;
    from = end;
  }
  return to;
}

// What each import is linked with.
typedef struct { wasi *guest; int number; size_t parameters; } import;

// Every slot has 64 bits: first the result's, then those of the arguments.
static const void *run_import(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  (void)memory;
  const import *called = context->userdata;
  uint32_t size = 0;
  uint8_t *bytes = m3_GetMemory(runtime, &size, 0);
  uint64_t given[9];
  memcpy(given, slots + 1, called->parameters * sizeof *given);
  *(uint32_t *)slots = wasi_run(called->number, called->guest, bytes, size, given);
  return m3Err_none;
}

static const void *run_exit(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  (void)runtime, (void)context, (void)memory;
  exit_code = (int)*(uint32_t *)slots;
  return m3Err_trapExit;
}

static M3Result link_wasi(IM3Module module, wasi *guest) {
  static const char space[] = "wasi_snapshot_preview1";
  import *imports = calloc(wasi_function_count, sizeof *imports);
  if (imports == NULL) return m3Err_mallocFailed;
  for (unsigned i = 0; i < wasi_function_count; i++) {
    const wasi_function *function = &wasi_functions[i];
    imports[i] = (import){guest, (int)i, strlen(function->parameters)};
    char signature[16] = "i(";
    for (const char *one = function->parameters; *one != 0; one++) strcat(signature, *one == 'l' ? "I" : "i");
    strcat(signature, ")");
    M3Result error = m3_LinkRawFunctionEx(module, space, function->name, signature, run_import, &imports[i]);
    if (error != m3Err_none && error != m3Err_functionLookupFailed) return error;
  }
  M3Result error = m3_LinkRawFunction(module, space, "proc_exit", "v(i)", run_exit);
  return error == m3Err_functionLookupFailed ? m3Err_none : error;
}

static M3Result print_results(IM3Function function) {
  enum { MOST = 16 };
  uint32_t count = m3_GetRetCount(function);
  uint64_t values[MOST];
  const void *pointers[MOST];
  if (count > MOST) return "more results than are known here";
  for (uint32_t i = 0; i < count; i++) pointers[i] = &values[i];
  M3Result error = m3_GetResults(function, count, pointers);
  for (uint32_t i = 0; i < count && error == m3Err_none; i++) {
    const char *end = i + 1 < count ? " " : "\n";
    switch (m3_GetRetType(function, i)) {
      case c_m3Type_i32: printf("%d%s", *(const int32_t *)pointers[i], end); break;
      case c_m3Type_i64: printf("%lld%s", *(const long long *)pointers[i], end); break;
      case c_m3Type_f32: printf("%.9g%s", (double)*(const float *)pointers[i], end); break;
      default: printf("%.17g%s", *(const double *)pointers[i], end);
    }
  }
  fflush(stdout);
  return error;
}

int main(int count, char **given) {
  (void)count;
  task asked = {0};
  wasi *guest = read_options(given, &asked);
  const char *path = asked.module;
  uint32_t size = 0;
  uint8_t *bytes = read_module(path, &size);
  if (bytes == NULL) return fail(path, "it cannot be read");
  size = drop_custom_sections(bytes, size);
  IM3Environment environment = m3_NewEnvironment();
  IM3Runtime runtime = m3_NewRuntime(environment, STACK_BYTES, NULL);
  IM3Module module;
  M3Result error = m3_ParseModule(environment, &module, bytes, size);
  if (error == m3Err_none) error = m3_LoadModule(runtime, module);
  if (error == m3Err_none) error = link_wasi(module, guest);
  IM3Function target;
  const char *name = asked.function == NULL ? "_start" : asked.function;
  if (error == m3Err_none) error = m3_FindFunction(&target, runtime, name);
  if (error != m3Err_none) return fail(path, error);
  error = asked.function == NULL ? m3_CallV(target) : m3_CallArgv(target, asked.count, (const char **)asked.arguments);
  if (error == m3Err_none && asked.function != NULL) error = print_results(target);
  if (error == m3Err_trapExit) return exit_code;
  if (error == m3Err_none) return 0;
  M3ErrorInfo info;
  m3_GetErrorInfo(runtime, &info);
  // What is compiled late is refused late.
  int trapped = strncmp(error, "[trap]", 6) == 0;
  fprintf(stderr, "%s: %s %s\n", trapped ? "trap" : "error", error, info.message);
  return trapped ? TRAPPED : UNABLE;
}
