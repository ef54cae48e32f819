//! wasmer as a host: `wasmer-host [--compiler cranelift|singlepass] [--once JOB]`.

mod wasi;

use engine_host::{End, Engine, Failure, Job, Kind, Streams, Value};
use std::sync::{Arc, OnceLock};
use wasmer::sys::{CompilerConfig, Cranelift, EngineBuilder, Singlepass};
use wasmer::{
    imports, Function, FunctionEnv, FunctionEnvMut, FunctionType, Imports, Instance, Memory, Module,
    RuntimeError, Store, Type, Value as Val,
};

struct Wasmer(wasmer::Engine);

struct Running {
    store: Store,
    instance: Instance,
}

/// What the guest's imports work on.
struct System {
    guest: wasi::Guest,
    /// Known once there is an instance.
    memory: OnceLock<Memory>,
}

#[derive(Debug)]
struct Exit(i32);

impl std::fmt::Display for Exit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "exit {}", self.0)
    }
}

impl std::error::Error for Exit {}

impl Engine for Wasmer {
    type Module = Module;
    type Instance = Running;

    fn version(&self) -> String {
        env!("WASMER_VERSION").to_string()
    }

    fn compile(&mut self, bytes: &[u8]) -> Result<Module, Failure> {
        Module::from_binary(&self.0, bytes).map_err(Failure::refused)
    }

    fn store(&mut self, module: &Module) -> Result<Vec<u8>, Failure> {
        module.serialize().map(|bytes| bytes.to_vec()).map_err(Failure::unsupported)
    }

    fn load(&mut self, bytes: &[u8]) -> Result<Module, Failure> {
        // Artefacts are our own; what they begin with is compared all the same.
        unsafe { Module::deserialize(&self.0, bytes) }.map_err(Failure::refused)
    }

    fn instantiate(&mut self, module: &Module, job: &Job, streams: &Streams) -> Result<Running, Failure> {
        let mut store = Store::new(self.0.clone());
        let guest = wasi::Guest::new(job, streams)?;
        let system = FunctionEnv::new(&mut store, Arc::new(System { guest, memory: OnceLock::new() }));
        let imports = imports_of(&mut store, &system, module);
        let instance = Instance::new(&mut store, module, &imports).map_err(Failure::refused)?;
        if let Ok(memory) = instance.exports.get_memory("memory") {
            let _ = system.as_ref(&store).memory.set(memory.clone());
        }
        Ok(Running { store, instance })
    }

    fn parameters(&self, running: &mut Running, name: &str) -> Option<Vec<Kind>> {
        let function = running.instance.exports.get_function(name).ok()?;
        function.ty(&running.store).params().iter().map(kind_of).collect()
    }

    fn call(&self, running: &mut Running, name: &str, values: &[Value]) -> Result<Vec<Value>, End> {
        let Running { store, instance } = running;
        let target = instance.exports.get_function(name).expect("the function was found before");
        let values: Vec<Val> = values.iter().map(to_val).collect();
        let results = target.call(store, &values).map_err(end_of)?;
        Ok(results.iter().filter_map(from_val).collect())
    }
}

fn end_of(error: RuntimeError) -> End {
    match error.downcast::<Exit>() {
        Ok(Exit(code)) => End::Exit { code },
        Err(error) => End::Trap { message: error.message() },
    }
}

type Env = Arc<System>;

fn imports_of(store: &mut Store, system: &FunctionEnv<Env>, module: &Module) -> Imports {
    let mut imports = imports! {};
    let wanted: Vec<String> = module.imports().functions().map(|import| import.name().to_string()).collect();
    for (number, (name, parameters)) in wasi::functions().enumerate() {
        // Making all of them costs more than some guests run.
        if !wanted.iter().any(|one| one == name) {
            continue;
        }
        let types: Vec<Type> =
            parameters.chars().map(|one| if one == 'l' { Type::I64 } else { Type::I32 }).collect();
        let run = move |env: FunctionEnvMut<Env>, given: &[Val]| run_wasi(number, env, given);
        let function = Function::new_with_env(store, system, FunctionType::new(types, [Type::I32]), run);
        imports.define("wasi_snapshot_preview1", name, function);
    }
    let exit = |_: FunctionEnvMut<Env>, given: &[Val]| -> Result<Vec<Val>, RuntimeError> {
        Err(RuntimeError::user(Box::new(Exit(given[0].unwrap_i32()))))
    };
    let exits = Function::new_with_env(store, system, FunctionType::new([Type::I32], []), exit);
    imports.define("wasi_snapshot_preview1", "proc_exit", exits);
    imports
}

fn run_wasi(number: usize, env: FunctionEnvMut<Env>, given: &[Val]) -> Result<Vec<Val>, RuntimeError> {
    let system = env.data().clone();
    let memory = system.memory.get().ok_or_else(|| RuntimeError::new("the guest exports no memory"))?;
    let view = memory.view(&env);
    let mut words = [0u64; 9];
    for (word, value) in words.iter_mut().zip(given) {
        *word = match value {
            Val::I64(number) => *number as u64,
            other => other.unwrap_i32() as u32 as u64,
        };
    }
    let errno = system.guest.run(number, (view.data_ptr(), view.data_size()), &words);
    Ok(vec![Val::I32(errno as i32)])
}

fn kind_of(kind: &Type) -> Option<Kind> {
    match kind {
        Type::I32 => Some(Kind::I32),
        Type::I64 => Some(Kind::I64),
        Type::F32 => Some(Kind::F32),
        Type::F64 => Some(Kind::F64),
        _ => None,
    }
}

fn to_val(value: &Value) -> Val {
    match *value {
        Value::I32(number) => Val::I32(number),
        Value::I64(number) => Val::I64(number),
        Value::F32(number) => Val::F32(number),
        Value::F64(number) => Val::F64(number),
    }
}

fn from_val(value: &Val) -> Option<Value> {
    match value {
        Val::I32(number) => Some(Value::I32(*number)),
        Val::I64(number) => Some(Value::I64(*number)),
        Val::F32(number) => Some(Value::F32(*number)),
        Val::F64(number) => Some(Value::F64(*number)),
        _ => None,
    }
}

fn main() {
    engine_host::serve(|| {
        let args: Vec<String> = std::env::args().collect();
        let named = args.iter().position(|arg| arg == "--compiler").map(|at| args[at + 1].as_str());
        let compiler: Box<dyn CompilerConfig> = match named {
            Some("singlepass") => Box::new(Singlepass::default()),
            _ => Box::new(Cranelift::default()),
        };
        Wasmer(EngineBuilder::new(compiler).engine().into())
    })
}
