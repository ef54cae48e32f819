//! Hosts of engines that are libraries of Rust: they keep modules for wasmscope, which asks over standard input and
//! output, one JSON object a line, as `src/runtimes/host/protocol.ts` says. With `--once JOB` a host runs one module
//! with its own streams and exits as the guest does.

mod clock;
mod messages;
mod serve;
mod streams;
mod values;

pub use messages::{End, Failure, Folder, Job};
pub use serve::serve;
pub use streams::Streams;
pub use values::{parse, spell, Kind, Value};

/// An engine: what is the same for all modules.
pub trait Engine {
    /// A compiled module.
    type Module;
    /// A module at work, with all that is its own.
    type Instance;

    /// As the engine itself says it.
    fn version(&self) -> String;

    fn compile(&mut self, bytes: &[u8]) -> Result<Self::Module, Failure>;

    /// The compiled module as bytes, which `load` reads again.
    fn store(&mut self, _module: &Self::Module) -> Result<Vec<u8>, Failure> {
        Err(Failure::unsupported("this engine stores no compiled modules"))
    }

    fn load(&mut self, _bytes: &[u8]) -> Result<Self::Module, Failure> {
        Err(Failure::unsupported("this engine stores no compiled modules"))
    }

    /// Instantiates with WASI; the guest's standard streams are the given descriptors.
    fn instantiate(
        &mut self,
        module: &Self::Module,
        job: &Job,
        streams: &Streams,
    ) -> Result<Self::Instance, Failure>;

    /// The types of an exported function's parameters; nothing when there is no such function.
    fn parameters(&self, instance: &mut Self::Instance, name: &str) -> Option<Vec<Kind>>;

    /// Calls an exported function.
    fn call(&self, instance: &mut Self::Instance, name: &str, values: &[Value]) -> Result<Vec<Value>, End>;
}
