use crate::clock::{monotonic_ns, timed};
use crate::messages::*;
use crate::values::{parse, spell};
use crate::{Engine, Streams};
use std::collections::HashMap;
use std::io::{BufRead, Write};

/// Exit codes of a run that did not exit by itself: of a trap, and of what could not run at all.
const TRAPPED: i32 = 134;
const UNABLE: i32 = 125;

/// Is a host until it is asked to end, or runs one job. `make` makes the engine, which belongs to what starting costs.
pub fn serve<E: Engine>(make: impl FnOnce() -> E) -> ! {
    let started_ns = monotonic_ns();
    let engine = make();
    let mut host = Host { engine, modules: HashMap::new(), last: 0 };
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--once") {
        let code = host.once(&args[at + 1]).unwrap_or_else(|failure| {
            eprintln!("error: {}", failure.message);
            UNABLE
        });
        std::process::exit(code);
    }
    let version = host.engine.version();
    say(&Ready { ready: true, version, started_ns, ready_ns: monotonic_ns() });
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("the tool's requests are text");
        let request: Request = serde_json::from_str(&line).expect("the tool's requests are JSON");
        let ends = matches!(request, Request::End);
        say(&host.answer(request));
        if ends {
            break;
        }
    }
    std::process::exit(0);
}

fn say(answer: &impl serde::Serialize) {
    let mut line = serde_json::to_vec(answer).expect("answers are plain");
    line.push(b'\n');
    let mut out = std::io::stdout().lock();
    // Without a reader there is nobody to tell.
    if out.write_all(&line).and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}

struct Host<E: Engine> {
    engine: E,
    modules: HashMap<u64, E::Module>,
    last: u64,
}

impl<E: Engine> Host<E> {
    fn answer(&mut self, request: Request) -> Answer {
        let result = match request {
            Request::Load(load) => self.load(&load).map(Answer::Loaded),
            Request::Run(run) => self.run(&run).map(Answer::Ran),
            Request::Unload { module } => {
                self.modules.remove(&module);
                Ok(Answer::Done { done: true })
            }
            Request::End => Ok(Answer::Done { done: true }),
        };
        result.unwrap_or_else(Answer::Failed)
    }

    fn load(&mut self, load: &Load) -> Result<Loaded, Failure> {
        let (bytes, read) = timed(|| std::fs::read(&load.path));
        let bytes = bytes.map_err(|error| Failure::internal(format!("{}: {error}", load.path)))?;
        let mut phases = LoadPhases { read, compile: None, store: None, load: None };
        let module = if load.from == From::Artefact {
            let (module, span) = timed(|| self.engine.load(&bytes));
            phases.load = Some(span);
            module?
        } else {
            let (module, span) = timed(|| self.engine.compile(&bytes));
            phases.compile = Some(span);
            module?
        };
        if let Some(path) = &load.store_to {
            let (stored, span) = timed(|| {
                let artefact = self.engine.store(&module)?;
                std::fs::write(path, artefact)
                    .map_err(|error| Failure::internal(format!("{path}: {error}")))
            });
            stored?;
            phases.store = Some(span);
        }
        self.last += 1;
        self.modules.insert(self.last, module);
        Ok(Loaded { module: self.last, phases })
    }

    fn run(&mut self, run: &Run) -> Result<Ran, Failure> {
        let module = self
            .modules
            .get(&run.module)
            .ok_or_else(|| Failure::internal(format!("there is no module {}", run.module)))?;
        let streams = Streams::open(run)?;
        let engine = &mut self.engine;
        let (instance, mut instantiate) = timed(|| engine.instantiate(module, &run.job, &streams));
        let mut instance = instance?;
        let name = run.job.invoke.as_ref().map_or("_start", |invoke| &invoke.name);
        let kinds = engine
            .parameters(&mut instance, name)
            .ok_or_else(|| Failure::refused(format!("no function {name} is exported")))?;
        let values = parse(&kinds, run.job.invoke.as_ref().map_or(&[], |invoke| &invoke.args))?;
        if run.job.invoke.is_some() && engine.parameters(&mut instance, "_initialize").is_some() {
            if let Err(end) = engine.call(&mut instance, "_initialize", &[]) {
                let ((), none) = timed(|| ());
                let phases = RunPhases { instantiate, first_call: none, teardown: none };
                return Ok(Ran { phases, steady_ns: None, end, values: None });
            }
        }
        let (mut result, first_call) = timed(|| engine.call(&mut instance, name, &values));
        let mut steady_ns = Vec::new();
        for _ in 1..run.job.invoke.as_ref().map_or(1, |invoke| invoke.calls) {
            if result.is_err() {
                break;
            }
            let before = monotonic_ns();
            result = engine.call(&mut instance, name, &values);
            steady_ns.push(monotonic_ns() - before);
        }
        let ((), mut teardown) = timed(|| drop(instance));
        // Finding the function and what its end means are work of the engine, too: phases lie end to end.
        instantiate.end_ns = first_call.start_ns;
        if steady_ns.is_empty() {
            teardown.start_ns = first_call.end_ns;
        }
        let phases = RunPhases { instantiate, first_call, teardown };
        let invoked = run.job.invoke.is_some();
        Ok(match result {
            Err(end) => Ran { phases, steady_ns: None, end, values: None },
            // A program that returns from `_start` has exited with 0.
            Ok(_) if !invoked => Ran { phases, steady_ns: None, end: End::Exit { code: 0 }, values: None },
            Ok(results) => {
                let values = Some(results.iter().map(spell).collect());
                Ran { phases, steady_ns: Some(steady_ns), end: End::Returned, values }
            }
        })
    }

    fn once(&mut self, job: &str) -> Result<i32, Failure> {
        let Once { module: path, job } = serde_json::from_str(job).map_err(Failure::internal)?;
        let from = if path.ends_with(".wasm") { From::Wasm } else { From::Artefact };
        let module = self.load(&Load { path, from, store_to: None })?.module;
        let inherit = || Some("inherit".to_string());
        let ran = self.run(&Run { module, job, stdin: inherit(), stdout: inherit(), stderr: inherit() })?;
        if let Some(values) = ran.values.filter(|values| !values.is_empty()) {
            println!("{}", values.join(" "));
        }
        Ok(match ran.end {
            End::Exit { code } => code,
            End::Returned => 0,
            End::Trap { message } => {
                eprintln!("trap: {message}");
                TRAPPED
            }
        })
    }
}
