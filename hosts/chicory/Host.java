import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ValType;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * Chicory as a host: it keeps modules for wasmscope, which asks over standard input and output, one JSON object a line,
 * as src/runtimes/host/protocol.ts says. `--compiler` translates modules to bytecode instead of interpreting them;
 * `--once JOB` runs one module with this process's streams and exits as the guest does.
 */
final class Host {
  private static final int TRAPPED = 134;
  private static final int UNABLE = 125;

  /** A request that cannot be met, the host still being well. */
  private static final class Failure extends Exception {
    final String kind;

    Failure(String kind, String message) {
      super(message);
      this.kind = kind;
    }
  }

  /** A module and, with the compiler, what makes its bytecode run. */
  private static final class Loaded {
    final WasmModule module;
    final Function<Instance, Machine> machines;

    Loaded(WasmModule module, Function<Instance, Machine> machines) {
      this.module = module;
      this.machines = machines;
    }
  }

  private static final com.sun.management.OperatingSystemMXBean SYSTEM =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final boolean compiles;
  private final Map<Long, Loaded> modules = new HashMap<>();
  private long last;

  private Host(boolean compiles) {
    this.compiles = compiles;
  }

  public static void main(String[] args) throws Exception {
    long started = System.nanoTime();
    List<String> given = List.of(args);
    Host host = new Host(given.contains("--compiler"));
    int once = given.indexOf("--once");
    if (once >= 0) System.exit(host.once(given.get(once + 1)));
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    out.println(Json.write(object("ready", true, "version", given.get(given.indexOf("--version") + 1), "startedNs", started, "readyNs", System.nanoTime())));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> request = map(Json.parse(line));
      out.println(Json.write(host.answer(request)));
      if (request.get("do").equals("end")) break;
    }
    System.exit(0);
  }

  private Map<String, Object> answer(Map<String, Object> request) {
    try {
      switch ((String) request.get("do")) {
        case "load":
          return load(request);
        case "run":
          return run(request, modules.get(request.get("module")));
        case "unload":
          modules.remove(request.get("module"));
          return object("done", true);
        default:
          return object("done", true);
      }
    } catch (Failure failure) {
      return object("failed", failure.kind, "message", failure.getMessage());
    } catch (Exception error) {
      return object("failed", "internal", "message", String.valueOf(error));
    }
  }

  private Map<String, Object> load(Map<String, Object> request) throws Exception {
    if (!"wasm".equals(request.get("from")) || request.containsKey("storeTo")) {
      throw new Failure("unsupported", "Chicory stores no compiled modules here");
    }
    Map<String, Object> phases = new LinkedHashMap<>();
    byte[] bytes = timed(phases, "read", () -> Files.readAllBytes(Path.of((String) request.get("path"))));
    Loaded loaded = timed(phases, "compile", () -> compile(bytes));
    modules.put(++last, loaded);
    return object("module", last, "phases", phases);
  }

  private Loaded compile(byte[] bytes) throws Failure {
    try {
      WasmModule module = Parser.parse(bytes);
      return new Loaded(module, compiles ? MachineFactoryCompiler.compile(module) : null);
    } catch (RuntimeException error) {
      throw new Failure("refused", String.valueOf(error.getMessage()));
    }
  }

  private Map<String, Object> run(Map<String, Object> request, Loaded loaded) throws Exception {
    if (loaded == null) throw new Failure("internal", "there is no such module");
    Map<String, Object> phases = new LinkedHashMap<>();
    try (InputStream in = input(request.get("stdin"));
        OutputStream out = output(request.get("stdout"), FileDescriptor.out);
        OutputStream err = output(request.get("stderr"), FileDescriptor.err)) {
      WasiPreview1 wasi = WasiPreview1.builder().withOptions(options(request, in, out, err)).build();
      Instance instance = timed(phases, "instantiate", () -> instantiate(loaded, wasi));
      Map<String, Object> invoke = map(request.get("invoke"));
      Map<String, Object> ran = call(phases, instance, invoke);
      timed(phases, "teardown", () -> {
        wasi.close();
        return null;
      });
      // Finding the function and what its end means are work of the engine, too: phases lie end to end.
      map(phases.get("instantiate")).put("endNs", map(phases.get("firstCall")).get("startNs"));
      if (!(ran.get("steadyNs") instanceof List) || ((List<?>) ran.get("steadyNs")).isEmpty()) {
        map(phases.get("teardown")).put("startNs", map(phases.get("firstCall")).get("endNs"));
      }
      Map<String, Object> answer = object("phases", phases);
      answer.putAll(ran);
      return answer;
    }
  }

  private static WasiOptions options(Map<String, Object> request, InputStream in, OutputStream out, OutputStream err) {
    WasiOptions.Builder options = WasiOptions.builder().withStdin(in, false).withStdout(out, false).withStderr(err, false).withThrowOnExit0(true);
    List<String> args = new ArrayList<>();
    for (Object arg : (List<?>) request.get("args")) args.add((String) arg);
    options.withArguments(args);
    map(request.get("env")).forEach((name, value) -> options.withEnvironment(name, (String) value));
    for (Object dir : (List<?>) request.get("dirs")) {
      options.withDirectory((String) map(dir).get("guest"), Path.of((String) map(dir).get("host")));
    }
    return options.build();
  }

  private static Instance instantiate(Loaded loaded, WasiPreview1 wasi) throws Failure {
    try {
      ImportValues imports = ImportValues.builder().addFunction(wasi.toHostFunctions()).build();
      Instance.Builder builder = Instance.builder(loaded.module).withImportValues(imports).withStart(false);
      if (loaded.machines != null) builder.withMachineFactory(loaded.machines);
      return builder.build();
    } catch (RuntimeException error) {
      throw new Failure("refused", String.valueOf(error.getMessage()));
    }
  }

  private static Map<String, Object> call(Map<String, Object> phases, Instance instance, Map<String, Object> invoke) throws Exception {
    String name = invoke == null ? "_start" : (String) invoke.get("name");
    ExportFunction target;
    List<ValType> params;
    List<ValType> returns;
    try {
      target = instance.export(name);
      params = instance.exportType(name).params();
      returns = instance.exportType(name).returns();
    } catch (RuntimeException error) {
      throw new Failure("refused", "no function " + name + " is exported");
    }
    long[] values = invoke == null ? new long[0] : values(params, (List<?>) invoke.get("args"));
    List<Object> steady = new ArrayList<>();
    long[][] results = new long[1][];
    Map<String, Object> end;
    try {
      timed(phases, "firstCall", () -> results[0] = target.apply(values));
      long calls = invoke == null || invoke.get("calls") == null ? 1 : (Long) invoke.get("calls");
      for (long more = 1; more < calls; more++) {
        long before = System.nanoTime();
        results[0] = target.apply(values);
        steady.add(System.nanoTime() - before);
      }
      end = invoke == null ? object("kind", "exit", "code", 0) : object("kind", "returned");
    } catch (WasiExitException exit) {
      end = object("kind", "exit", "code", exit.exitCode());
    } catch (StackOverflowError error) {
      end = object("kind", "trap", "message", "call stack exhausted");
    } catch (RuntimeException error) {
      end = object("kind", "trap", "message", String.valueOf(error.getMessage()));
    }
    if (invoke == null) return object("end", end);
    List<Object> texts = new ArrayList<>();
    for (int i = 0; results[0] != null && i < returns.size(); i++) texts.add(spell(returns.get(i), results[0][i]));
    return object("end", end, "steadyNs", steady, "values", texts);
  }

  private static long[] values(List<ValType> types, List<?> texts) throws Failure {
    if (types.size() != texts.size()) throw new Failure("refused", "the function takes " + types.size() + " arguments");
    long[] values = new long[texts.size()];
    for (int i = 0; i < values.length; i++) {
      String text = (String) texts.get(i);
      ValType type = types.get(i);
      if (type.equals(ValType.F32)) values[i] = Float.floatToRawIntBits(Float.parseFloat(text));
      else if (type.equals(ValType.F64)) values[i] = Double.doubleToRawLongBits(Double.parseDouble(text));
      else values[i] = Long.parseLong(text);
    }
    return values;
  }

  private static String spell(ValType type, long bits) {
    if (type.equals(ValType.I32)) return String.valueOf((int) bits);
    if (type.equals(ValType.F32)) return String.valueOf(Float.intBitsToFloat((int) bits));
    if (type.equals(ValType.F64)) return String.valueOf(Double.longBitsToDouble(bits));
    return String.valueOf(bits);
  }

  private int once(String text) {
    try {
      Map<String, Object> job = map(Json.parse(text));
      Loaded loaded = compile(Files.readAllBytes(Path.of((String) job.get("module"))));
      for (String name : new String[] {"stdin", "stdout", "stderr"}) job.put(name, "inherit");
      Map<String, Object> ran = run(job, loaded);
      if (ran.get("values") instanceof List && !((List<?>) ran.get("values")).isEmpty()) {
        System.out.println(String.join(" ", ((List<?>) ran.get("values")).toArray(new String[0])));
      }
      Map<String, Object> end = map(ran.get("end"));
      if (end.get("kind").equals("exit")) return ((Number) end.get("code")).intValue();
      if (end.get("kind").equals("returned")) return 0;
      System.err.println("trap: " + end.get("message"));
      return TRAPPED;
    } catch (Exception error) {
      System.err.println("error: " + error.getMessage());
      return UNABLE;
    }
  }

  private static InputStream input(Object path) throws IOException {
    if ("inherit".equals(path)) return new FileInputStream(FileDescriptor.in);
    return path == null ? InputStream.nullInputStream() : new FileInputStream((String) path);
  }

  private static OutputStream output(Object path, FileDescriptor own) throws IOException {
    // Neither buffered nor closed with the guest: a trap is told there.
    if ("inherit".equals(path)) {
      return new FileOutputStream(own) {
        @Override
        public void close() {}
      };
    }
    return path == null ? OutputStream.nullOutputStream() : new FileOutputStream((String) path);
  }

  /** Notes when something ran; the processor's time is that of the whole JVM, its compilers included. */
  private static <T> T timed(Map<String, Object> phases, String name, Callable<T> run) throws Exception {
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    try {
      return run.call();
    } finally {
      long end = System.nanoTime();
      phases.put(name, object("startNs", start, "endNs", end, "cpuNs", SYSTEM.getProcessCpuTime() - cpu));
    }
  }

  private static Map<String, Object> object(Object... pairs) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) object.put((String) pairs[i], pairs[i + 1]);
    return object;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }
}
