use serde::Serialize;

/// A stretch of time; the processor's time is that of the whole process, helper threads included.
#[derive(Serialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    pub(crate) start_ns: i64,
    pub(crate) end_ns: i64,
    cpu_ns: i64,
}

/// Runs something and says how long it took.
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, Span) {
    let (cpu, start_ns) = (process_ns(), monotonic_ns());
    let result = run();
    let end_ns = monotonic_ns();
    let cpu_ns = process_ns() - cpu;
    (result, Span { start_ns, end_ns, cpu_ns })
}

pub fn monotonic_ns() -> i64 {
    clock_ns(libc::CLOCK_MONOTONIC)
}

fn process_ns() -> i64 {
    clock_ns(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn clock_ns(clock: libc::clockid_t) -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // Both clocks are there on every system that this runs on.
    unsafe { libc::clock_gettime(clock, &mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}
