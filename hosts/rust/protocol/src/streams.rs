use crate::messages::{Failure, Run};
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// The guest's standard streams: descriptors of this process, closed when they are dropped.
pub struct Streams([OwnedFd; 3]);

impl Streams {
    /// Opens the files of a request: nothing stands for an empty input and output that is thrown away, `inherit` for
    /// this process's own stream.
    pub(crate) fn open(run: &Run) -> Result<Self, Failure> {
        let output = libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC;
        Ok(Streams([
            open(&run.stdin, libc::O_RDONLY, 0)?,
            open(&run.stdout, output, 1)?,
            open(&run.stderr, output, 2)?,
        ]))
    }

    pub fn raw(&self) -> [RawFd; 3] {
        [self.0[0].as_raw_fd(), self.0[1].as_raw_fd(), self.0[2].as_raw_fd()]
    }

    /// Hands the three over.
    pub fn copies(&self) -> Result<[OwnedFd; 3], Failure> {
        let copy = |index: usize| self.0[index].try_clone().map_err(Failure::internal);
        Ok([copy(0)?, copy(1)?, copy(2)?])
    }
}

fn open(path: &Option<String>, flags: i32, own: RawFd) -> Result<OwnedFd, Failure> {
    let path = path.as_deref().unwrap_or("/dev/null");
    let name = CString::new(path).map_err(Failure::internal)?;
    let fd = unsafe {
        match path {
            "inherit" => libc::fcntl(own, libc::F_DUPFD_CLOEXEC, 3),
            _ => libc::open(name.as_ptr(), flags | libc::O_CLOEXEC, 0o666),
        }
    };
    if fd < 0 {
        return Err(Failure::internal(format!("{path}: {}", std::io::Error::last_os_error())));
    }
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
