//! wasmi as a host, with its own WASI: `wasmi-host [--mode eager|lazy-translation|lazy] [--once JOB]`.

use engine_host::{End, Engine, Failure, Job, Kind, Streams, Value};
use wasmi::{CompilationMode, Config, Extern, Func, Instance, Linker, Module, Store, Val, ValType};
use wasmi_wasi::wasi_common::sync::{ambient_authority, file::File, Dir};
use wasmi_wasi::{WasiCtx, WasiCtxBuilder, WasiFile};

struct Wasmi(wasmi::Engine);

struct Running {
    store: Store<WasiCtx>,
    instance: Instance,
}

impl Engine for Wasmi {
    type Module = Module;
    type Instance = Running;

    fn version(&self) -> String {
        env!("WASMI_VERSION").to_string()
    }

    fn compile(&mut self, bytes: &[u8]) -> Result<Module, Failure> {
        Module::new(&self.0, bytes).map_err(Failure::refused)
    }

    fn instantiate(&mut self, module: &Module, job: &Job, streams: &Streams) -> Result<Running, Failure> {
        let mut store = Store::new(&self.0, system(job, streams)?);
        let mut linker = Linker::new(&self.0);
        wasmi_wasi::add_to_linker(&mut linker, |context| context).map_err(Failure::internal)?;
        let instance =
            linker.instantiate_and_start(&mut store, module).map_err(Failure::refused)?;
        Ok(Running { store, instance })
    }

    fn parameters(&self, running: &mut Running, name: &str) -> Option<Vec<Kind>> {
        let function = function(running, name)?;
        function.ty(&running.store).params().iter().map(kind_of).collect()
    }

    fn call(&self, running: &mut Running, name: &str, values: &[Value]) -> Result<Vec<Value>, End> {
        let target = function(running, name).expect("the function was found before");
        let values: Vec<Val> = values.iter().map(to_val).collect();
        let mut results: Vec<Val> =
            target.ty(&running.store).results().iter().map(|kind| Val::default_for_ty(*kind)).collect();
        match target.call(&mut running.store, &values, &mut results) {
            Ok(()) => Ok(results.iter().filter_map(from_val).collect()),
            Err(error) => Err(match error.i32_exit_status() {
                Some(code) => End::Exit { code },
                None => End::Trap { message: error.to_string() },
            }),
        }
    }
}

fn function(running: &Running, name: &str) -> Option<Func> {
    running.instance.get_export(&running.store, name).and_then(Extern::into_func)
}

fn system(job: &Job, streams: &Streams) -> Result<WasiCtx, Failure> {
    let mut builder = WasiCtxBuilder::new();
    builder.args(&job.args).map_err(Failure::internal)?;
    for (name, value) in &job.env {
        builder.env(name, value).map_err(Failure::internal)?;
    }
    for folder in &job.dirs {
        let opened = Dir::open_ambient_dir(&folder.host, ambient_authority())
            .map_err(|error| Failure::internal(format!("{}: {error}", folder.host)))?;
        builder.preopened_dir(opened, &folder.guest).map_err(Failure::internal)?;
    }
    let [stdin, stdout, stderr] = streams.copies()?.map(stream);
    builder.stdin(stdin).stdout(stdout).stderr(stderr);
    Ok(builder.build())
}

fn stream(fd: std::os::fd::OwnedFd) -> Box<dyn WasiFile> {
    Box::new(File::from_cap_std(cap_std::fs::File::from_std(std::fs::File::from(fd))))
}

fn kind_of(kind: &ValType) -> Option<Kind> {
    match kind {
        ValType::I32 => Some(Kind::I32),
        ValType::I64 => Some(Kind::I64),
        ValType::F32 => Some(Kind::F32),
        ValType::F64 => Some(Kind::F64),
        _ => None,
    }
}

fn to_val(value: &Value) -> Val {
    match *value {
        Value::I32(number) => Val::I32(number),
        Value::I64(number) => Val::I64(number),
        Value::F32(number) => Val::F32(number.into()),
        Value::F64(number) => Val::F64(number.into()),
    }
}

fn from_val(value: &Val) -> Option<Value> {
    match value {
        Val::I32(number) => Some(Value::I32(*number)),
        Val::I64(number) => Some(Value::I64(*number)),
        Val::F32(number) => Some(Value::F32((*number).into())),
        Val::F64(number) => Some(Value::F64((*number).into())),
        _ => None,
    }
}

fn main() {
    engine_host::serve(|| {
        let mut config = Config::default();
        config.compilation_mode(mode());
        Wasmi(wasmi::Engine::new(&config))
    })
}

fn mode() -> CompilationMode {
    let args: Vec<String> = std::env::args().collect();
    let named = args.iter().position(|arg| arg == "--mode").map(|at| args[at + 1].as_str());
    match named {
        Some("eager") => CompilationMode::Eager,
        Some("lazy") => CompilationMode::Lazy,
        // As wasmi's own program does when nothing is said.
        _ => CompilationMode::LazyTranslation,
    }
}
