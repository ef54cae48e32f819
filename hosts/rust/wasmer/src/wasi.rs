//! Our WASI in C (`hosts/wasi`): wasmer's own comes with a whole operating system around it, hours to build.

use engine_host::{Failure, Job, Streams};
use std::ffi::{c_char, c_int, c_uint, c_void, CStr, CString};
use std::os::fd::IntoRawFd;

#[repr(C)]
struct Function {
    name: *const c_char,
    parameters: *const c_char,
    run: *const c_void,
}

extern "C" {
    static wasi_functions: [Function; 0];
    static wasi_function_count: c_uint;
    fn wasi_new(args: *const *const c_char, env: *const *const c_char, stdio: *const c_int) -> *mut c_void;
    fn wasi_add_folder(guest: *mut c_void, host: *const c_char, name: *const c_char) -> c_int;
    fn wasi_free(guest: *mut c_void);
    fn wasi_run(number: c_int, guest: *mut c_void, memory: *mut u8, size: u64, arg: *const u64) -> u32;
}

/// All functions, by their numbers: the name, and the parameters with `i` for 32 bits and `l` for 64.
pub fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    let text = |pointer| unsafe { CStr::from_ptr(pointer) }.to_str().expect("names are ASCII");
    (0..unsafe { wasi_function_count } as usize).map(move |number| {
        let row = unsafe { &*(&raw const wasi_functions).cast::<Function>().add(number) };
        (text(row.name), text(row.parameters))
    })
}

/// One guest's view of the system.
pub struct Guest {
    guest: *mut c_void,
    // What the guest's structure points to.
    _texts: Vec<CString>,
    _args: Vec<*const c_char>,
    _env: Vec<*const c_char>,
}

// It is used by the one thread that runs the guest.
unsafe impl Send for Guest {}
unsafe impl Sync for Guest {}

impl Guest {
    pub fn new(job: &Job, streams: &Streams) -> Result<Self, Failure> {
        let mut texts = Vec::new();
        let mut keep = |text: String| -> Result<*const c_char, Failure> {
            let owned = CString::new(text).map_err(Failure::internal)?;
            let pointer = owned.as_ptr();
            texts.push(owned);
            Ok(pointer)
        };
        let mut args = job.args.iter().map(|arg| keep(arg.clone())).collect::<Result<Vec<_>, _>>()?;
        args.push(std::ptr::null());
        let variables = job.env.iter().map(|(name, value)| format!("{name}={value}"));
        let mut env = variables.map(&mut keep).collect::<Result<Vec<_>, _>>()?;
        env.push(std::ptr::null());
        let stdio = streams.copies()?.map(|fd| fd.into_raw_fd());
        let guest = unsafe { wasi_new(args.as_ptr(), env.as_ptr(), stdio.as_ptr()) };
        for folder in &job.dirs {
            let (host, name) = (keep(folder.host.clone())?, keep(folder.guest.clone())?);
            let error = unsafe { wasi_add_folder(guest, host, name) };
            if error != 0 {
                let why = std::io::Error::from_raw_os_error(error);
                return Err(Failure::internal(format!("{}: {why}", folder.host)));
            }
        }
        Ok(Guest { guest, _texts: texts, _args: args, _env: env })
    }

    /// Runs a function on the guest's memory; gives WASI's number of an error.
    pub fn run(&self, number: usize, memory: (*mut u8, u64), values: &[u64]) -> u32 {
        unsafe { wasi_run(number as c_int, self.guest, memory.0, memory.1, values.as_ptr()) }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        unsafe { wasi_free(self.guest) }
    }
}
