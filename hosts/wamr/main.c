// WAMR as a program, with the command line of hosts/wasi/options.h and WAMR's own WASI. It exits with the guest's code,
// with 134 after a message when the guest traps, and with 125 for what cannot run.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm_export.h"

// As much as a native program's stack; WAMR's own program has 64 KiB, too few for deep recursion.
enum { STACK_BYTES = 8 << 20 };
enum { TRAPPED = 134, UNABLE = 125 };
// More parameters or results than functions have that somebody calls by hand.
enum { MOST_VALUES = 32 };

// What stands on the command line.
typedef struct {
  const char *module, *function;
  const char **folders, **variables;
  uint32_t folder_count, variable_count;
  char **arguments;
  int argument_count;
} options;

static int fail(const char *what, const char *why) {
  fprintf(stderr, "error: %s: %s\n", what, why);
  return UNABLE;
}

// WAMR wants GUEST::HOST where our options have HOST::GUEST.
static char *turned(const char *pair) {
  const char *name = strstr(pair, "::");
  size_t host = name == NULL ? strlen(pair) : (size_t)(name - pair);
  const char *guest = name == NULL ? pair : name + 2;
  size_t size = strlen(guest) + host + 3;
  char *text = malloc(size);
  if (text != NULL) snprintf(text, size, "%s::%.*s", guest, (int)host, pair);
  return text;
}

static const char *read_options(int count, char **given, options *asked) {
  asked->folders = calloc((size_t)count, sizeof *asked->folders);
  asked->variables = calloc((size_t)count, sizeof *asked->variables);
  if (asked->folders == NULL || asked->variables == NULL) return "no memory";
  int at = 1;
  for (; at < count && strncmp(given[at], "--", 2) == 0; at += 2) {
    if (strcmp(given[at], "--") == 0) {
      at++;
      break;
    }
    if (at + 1 == count) return "an option wants a value";
    if (strcmp(given[at], "--dir") == 0) asked->folders[asked->folder_count++] = turned(given[at + 1]);
    else if (strcmp(given[at], "--env") == 0) asked->variables[asked->variable_count++] = given[at + 1];
    else if (strcmp(given[at], "--module") == 0) asked->module = given[at + 1];
    else if (strcmp(given[at], "--invoke") == 0) asked->function = given[at + 1];
    else return "there is no such option";
  }
  if (asked->module == NULL) return "--module is missing";
  if (at >= count) return "the guest's name is missing";
  asked->arguments = given + at;
  asked->argument_count = count - at;
  return NULL;
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

// Imports that are not there are found out when they are called; here they are refused, as elsewhere.
static const char *missing_import(wasm_module_t module) {
  static char text[256];
  int32_t count = wasm_runtime_get_import_count(module);
  for (int32_t i = 0; i < count; i++) {
    wasm_import_t import;
    wasm_runtime_get_import_type(module, i, &import);
    if (import.linked) continue;
    snprintf(text, sizeof text, "unknown import %s.%s", import.module_name, import.name);
    return text;
  }
  return NULL;
}

static const char *read_values(wasm_function_inst_t function, wasm_module_inst_t instance, char **given, uint32_t count,
                               wasm_val_t *values) {
  wasm_valkind_t kinds[MOST_VALUES];
  if (count > MOST_VALUES || wasm_func_get_param_count(function, instance) != count) {
    return "it has another number of parameters";
  }
  wasm_func_get_param_types(function, instance, kinds);
  for (uint32_t i = 0; i < count; i++) {
    values[i].kind = kinds[i];
    switch (kinds[i]) {
      case WASM_I32: values[i].of.i32 = (int32_t)strtoll(given[i], NULL, 0); break;
      case WASM_I64:
        values[i].of.i64 = given[i][0] == '-' ? strtoll(given[i], NULL, 0) : (int64_t)strtoull(given[i], NULL, 0);
        break;
      case WASM_F32: values[i].of.f32 = strtof(given[i], NULL); break;
      case WASM_F64: values[i].of.f64 = strtod(given[i], NULL); break;
      default: return "it takes what is no number";
    }
  }
  return NULL;
}

static void print_values(const wasm_val_t *values, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const char *end = i + 1 < count ? " " : "\n";
    switch (values[i].kind) {
      case WASM_I32: printf("%d%s", values[i].of.i32, end); break;
      case WASM_I64: printf("%lld%s", (long long)values[i].of.i64, end); break;
      case WASM_F32: printf("%.9g%s", (double)values[i].of.f32, end); break;
      case WASM_F64: printf("%.17g%s", values[i].of.f64, end); break;
      default: printf("?%s", end);
    }
  }
  fflush(stdout);
}

static int ended(wasm_module_inst_t instance) {
  const char *exception = wasm_runtime_get_exception(instance);
  if (exception == NULL || strstr(exception, "wasi proc exit") != NULL) {
    return (int)wasm_runtime_get_wasi_exit_code(instance);
  }
  fprintf(stderr, "trap: %s\n", exception);
  return TRAPPED;
}

static int run(wasm_module_inst_t instance, const options *asked) {
  const char *name = asked->function == NULL ? "_start" : asked->function;
  wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
  if (function == NULL) return fail(name, "no function of this name is exported");
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, STACK_BYTES);
  if (environment == NULL) return fail(name, "no memory for its stack");
  wasm_val_t given[MOST_VALUES], results[MOST_VALUES];
  uint32_t count = asked->function == NULL ? 0 : (uint32_t)asked->argument_count - 1;
  const char *wrong = read_values(function, instance, asked->arguments + 1, count, given);
  uint32_t result_count = wasm_func_get_result_count(function, instance);
  if (wrong == NULL && result_count > MOST_VALUES) wrong = "it has more results than are known here";
  if (wrong != NULL) return fail(name, wrong);
  bool returned = wasm_runtime_call_wasm_a(environment, function, result_count, results, count, given);
  if (returned && asked->function != NULL) print_values(results, result_count);
  return ended(instance);
}

int main(int count, char **given) {
  options asked = {0};
  const char *wrong = read_options(count, given, &asked);
  if (wrong != NULL) return fail(given[0], wrong);
  RuntimeInitArgs settings = {.mem_alloc_type = Alloc_With_System_Allocator};
  if (!wasm_runtime_full_init(&settings)) return fail("WAMR", "it does not start");
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
  uint32_t size = 0;
  uint8_t *bytes = read_module(asked.module, &size);
  if (bytes == NULL) return fail(asked.module, "it cannot be read");
  char words[256] = "";
  wasm_module_t module = wasm_runtime_load(bytes, size, words, sizeof words);
  if (module == NULL) return fail(asked.module, words);
  const char *lacking = missing_import(module);
  if (lacking != NULL) return fail(asked.module, lacking);
  // An invoked function has its own arguments behind the name.
  int arguments = asked.function == NULL ? asked.argument_count : 1;
  wasm_runtime_set_wasi_args(module, NULL, 0, asked.folders, asked.folder_count, asked.variables, asked.variable_count,
                             asked.arguments, arguments);
  wasm_module_inst_t instance = wasm_runtime_instantiate(module, STACK_BYTES, 0, words, sizeof words);
  if (instance == NULL) return fail(asked.module, words);
  return run(instance, &asked);
}
