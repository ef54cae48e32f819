"""The engine host for wasmtime 0.19 to 0.27, whose C API is another one, by the Python package in the wheel.

python3 wasmtime_old.py FOLDER VERSION TIER [--once JOB], with the folder in which the package is. It speaks the
protocol of src/runtimes/host/protocol.ts: one JSON object a line, an answer for each request, times in nanoseconds
of CLOCK_MONOTONIC.
"""

import time

STARTED_NS = time.monotonic_ns()

import ctypes
import json
import re
import sys

FOLDER, VERSION, TIER = sys.argv[1:4]
sys.path.insert(0, FOLDER)
import wasmtime  # noqa: E402


# Version 0.19 asks the processor for its features and asserts that there is no more to ask (CPUID leaf 7, EAX = 0),
# which newer processors do not fulfil: every program would end in a panic. What stands behind the assertion is right
# for them too, so its jump is replaced by nothing, in this process's copy of the code.
ASSERTION = bytes.fromhex("b80700000031c94889de0fa24887f385c0751c")
JUMP_BYTES = 2


def skip_stale_assertion():
    with open(wasmtime._ffi.filename, "rb") as file:
        at = file.read().find(ASSERTION)
    if at < 0:
        return
    with open("/proc/self/maps") as maps:
        for line in maps:
            span, access, offset, _, _, *name = line.split()
            start, end = (int(text, 16) for text in span.split("-"))
            offset = int(offset, 16)
            inside = offset <= at < offset + end - start
            if name and name[0] == wasmtime._ffi.filename and "x" in access and inside:
                patch(start + at - offset + len(ASSERTION) - JUMP_BYTES)
                return


def patch(address):
    page = address & ~0xFFF
    libc = ctypes.CDLL(None)
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    # Reading, writing and executing; two pages, since the jump may lie on both.
    if libc.mprotect(page, 0x2000, 7) == 0:
        ctypes.memset(address, 0x90, JUMP_BYTES)
        libc.mprotect(page, 0x2000, 5)


class Stopwatch:
    """A stretch of time that ends when it is asked for; `cpuNs` is of all threads."""

    def __init__(self):
        self.cpu = time.process_time_ns()
        self.start = time.monotonic_ns()

    def span(self):
        end = time.monotonic_ns()
        return {"startNs": self.start, "endNs": end, "cpuNs": time.process_time_ns() - self.cpu}


class Failure(Exception):
    def __init__(self, failed, message):
        super().__init__(message)
        self.failed = failed


class Host:
    def __init__(self):
        skip_stale_assertion()
        config = wasmtime.Config()
        config.strategy = "cranelift"
        config.cranelift_opt_level = "none" if TIER == "cranelift-none" else "speed"
        config.wasm_bulk_memory = True
        config.wasm_multi_value = True
        self.engine = wasmtime.Engine(config)
        self.modules = {}
        self.next = 0

    def load(self, request):
        path = request["path"]
        if request["from"] == "artefact":
            return self.load_artefact(path)
        watch = Stopwatch()
        with open(path, "rb") as file:
            content = file.read()
        phases = {"read": watch.span()}
        watch = Stopwatch()
        try:
            module = wasmtime.Module(self.engine, content)
        except wasmtime.WasmtimeError as error:
            raise Failure("refused", str(error))
        phases["compile"] = watch.span()
        if "storeTo" in request:
            if not hasattr(module, "serialize"):
                raise Failure("unsupported", "wasmtime %s stores no compiled modules" % VERSION)
            watch = Stopwatch()
            with open(request["storeTo"], "wb") as file:
                file.write(module.serialize())
            phases["store"] = watch.span()
        return self.keep(module, phases)

    def load_artefact(self, path):
        if not hasattr(wasmtime.Module, "deserialize"):
            raise Failure("unsupported", "wasmtime %s loads no compiled modules" % VERSION)
        watch = Stopwatch()
        with open(path, "rb") as file:
            content = file.read()
        phases = {"read": watch.span()}
        watch = Stopwatch()
        try:
            module = wasmtime.Module.deserialize(self.engine, content)
        except wasmtime.WasmtimeError as error:
            raise Failure("refused", str(error))
        phases["load"] = watch.span()
        return self.keep(module, phases)

    def keep(self, module, phases):
        index = self.next
        self.next += 1
        self.modules[index] = module
        return {"module": index, "phases": phases}

    def run(self, request):
        module = self.modules.get(request["module"])
        if module is None:
            raise Failure("internal", "no module %s" % request["module"])
        watch = Stopwatch()
        store = wasmtime.Store(self.engine)
        linker = wasmtime.Linker(store)
        config = wasi_config(request)
        wanted = {entry.module for entry in module.imports}
        name = "wasi_unstable" if "wasi_unstable" in wanted else "wasi_snapshot_preview1"
        wasi = wasmtime.WasiInstance(store, name, config)
        linker.define_wasi(wasi)
        try:
            instance = linker.instantiate(module)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise Failure("refused", str(error))
        phases = {"instantiate": watch.span()}
        answer = self.call(instance, request, phases)
        watch = Stopwatch()
        del instance, wasi, linker, store
        phases["teardown"] = watch.span()
        return answer

    def call(self, instance, request, phases):
        invoke = request.get("invoke")
        exports = instance.exports
        initialize = exports.get("_initialize")
        if invoke is not None and initialize is not None:
            initialize()
        name = "_start" if invoke is None else invoke["name"]
        function = exports.get(name)
        if not isinstance(function, wasmtime.Func):
            raise Failure("refused", "no function %s is exported" % name)
        values = [] if invoke is None else arguments(function, invoke["args"])
        steady = []
        result = None
        watch = Stopwatch()
        try:
            result = function(*values)
            phases["firstCall"] = watch.span()
            for _ in range(1, 1 if invoke is None else invoke["calls"]):
                before = time.monotonic_ns()
                function(*values)
                steady.append(time.monotonic_ns() - before)
            end = {"kind": "exit", "code": 0} if invoke is None else {"kind": "returned"}
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            phases.setdefault("firstCall", watch.span())
            end = end_of(error)
        answer = {"phases": phases, "end": end}
        if invoke is not None:
            answer["steadyNs"] = steady
            answer["values"] = texts(result)
        return answer


def wasi_config(request):
    config = wasmtime.WasiConfig()
    config.argv = request["args"]
    config.env = list(request["env"].items())
    for stream in ("stdin", "stdout", "stderr"):
        path = request.get(stream)
        if path == "inherit":
            getattr(config, "inherit_" + stream)()
        # Without a file there is nothing to read and what is written is lost; 0.19 refuses /dev/null.
        elif path is not None:
            setattr(config, stream + "_file", path)
    for entry in request["dirs"]:
        config.preopen_dir(entry["host"], entry["guest"])
    return config


def arguments(function, given):
    types = [str(entry) for entry in function.type.params]
    if len(types) != len(given):
        raise Failure("refused", "the function takes %d arguments, not %d" % (len(types), len(given)))
    return [int(text) if kind[0] == "i" else float(text) for kind, text in zip(types, given)]


def texts(result):
    if result is None:
        return []
    return [text(value) for value in (result if isinstance(result, list) else [result])]


def text(value):
    """Writes a number as JavaScript does: 3 for 3.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


def end_of(error):
    if isinstance(error, wasmtime.ExitTrap):
        return {"kind": "exit", "code": error.code}
    message = str(error)
    trap = re.search("wasm trap: (.*)", message)
    return {"kind": "trap", "message": trap.group(1) if trap else message.split("\n")[0]}


def answer(host, request):
    try:
        if request["do"] == "load":
            return host.load(request)
        if request["do"] == "run":
            return host.run(request)
        if request["do"] == "unload":
            host.modules.pop(request["module"], None)
        return {"done": True}
    except Failure as failure:
        return {"failed": failure.failed, "message": str(failure)}
    except Exception as error:
        return {"failed": "internal", "message": "%s: %s" % (type(error).__name__, error)}


def once(job):
    request = dict(job, stdin="inherit", stdout="inherit", stderr="inherit")
    if "invoke" in job:
        request["invoke"] = dict(job["invoke"], calls=1)
    try:
        host = Host()
        loaded = host.load({"path": job["module"], "from": job.get("from", "wasm")})
        ran = host.run(dict(request, module=loaded["module"]))
    except Failure as failure:
        sys.stderr.write("error: %s\n" % failure)
        return 125
    if ran.get("values"):
        print(" ".join(ran["values"]), flush=True)
    end = ran["end"]
    if end["kind"] == "trap":
        sys.stderr.write("trap: %s\n" % end["message"])
        return 134
    return end.get("code", 0)


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def serve():
    host = Host()
    ready_ns = time.monotonic_ns()
    say({"ready": True, "version": VERSION, "startedNs": STARTED_NS, "readyNs": ready_ns})
    for line in sys.stdin:
        request = json.loads(line)
        say(answer(host, request))
        if request["do"] == "end":
            break


if "--once" in sys.argv:
    sys.exit(once(json.loads(sys.argv[sys.argv.index("--once") + 1])))
serve()
