package main

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/tetratelabs/wazero/experimental/sys"
	"golang.org/x/sys/unix"
)

// faults are what is done in place of a file's functions. `early-wake` is none of files.
var faults = map[string]func(*file){
	"":              func(*file) {},
	"early-wake":    func(*file) {},
	"extra-syscall": func(f *file) { f.write = f.writeAndLook },
	"copy":          func(f *file) { f.write = f.writeByWayOfFile },
	"thread-hop":    func(f *file) { f.write = f.writeElsewhere },
	"sleep":         func(f *file) { f.write = f.writeLater },
	"tiny-reads":    func(f *file) { f.read = f.readInPieces },
	"flush":         func(f *file) { f.write = f.writeAndFlush },
	"quadratic-listing": func(f *file) {
		f.list = f.listFromTheBeginning
	},
}

// faulty is a file system whose files have a fault.
type faulty struct {
	sys.FS
	change func(*file)
}

func withFault(files sys.FS, name string) (sys.FS, error) {
	change, there := faults[name]
	if !there {
		return nil, fmt.Errorf("no fault is called %s", name)
	}
	return faulty{files, change}, nil
}

func (f faulty) OpenFile(path string, flag sys.Oflag, mode fs.FileMode) (sys.File, sys.Errno) {
	opened, errno := f.FS.OpenFile(path, flag, mode)
	if errno != 0 {
		return nil, errno
	}
	made := &file{File: opened, files: f.FS, path: path}
	made.write, made.read, made.list = opened.Write, opened.Read, opened.Readdir
	f.change(made)
	return made, 0
}

type file struct {
	sys.File
	files sys.FS
	path  string
	write func([]byte) (int, sys.Errno)
	read  func([]byte) (int, sys.Errno)
	list  func(int) ([]sys.Dirent, sys.Errno)
	// listed is how many entries were given so far.
	listed int
}

func (f *file) Write(from []byte) (int, sys.Errno)      { return f.write(from) }
func (f *file) Read(to []byte) (int, sys.Errno)         { return f.read(to) }
func (f *file) Readdir(n int) ([]sys.Dirent, sys.Errno) { return f.list(n) }

func (f *file) Seek(offset int64, whence int) (int64, sys.Errno) {
	if offset == 0 && whence == 0 {
		f.listed = 0
	}
	return f.File.Seek(offset, whence)
}

func (f *file) writeAndLook(from []byte) (int, sys.Errno) {
	if _, errno := f.File.Stat(); errno != 0 {
		return 0, errno
	}
	return f.File.Write(from)
}

var aside = once(func() *os.File {
	made, err := os.CreateTemp("", "wazero-faults-")
	if err != nil {
		panic(err)
	}
	os.Remove(made.Name())
	return made
})

func (f *file) writeByWayOfFile(from []byte) (int, sys.Errno) {
	copied := make([]byte, len(from))
	if _, err := aside().WriteAt(from, 0); err != nil {
		return 0, sys.EIO
	}
	if _, err := aside().ReadAt(copied, 0); err != nil {
		return 0, sys.EIO
	}
	return f.File.Write(copied)
}

type job struct {
	do   func()
	done chan struct{}
}

// elsewhere is a thread that does what it is handed.
var elsewhere = once(func() chan job {
	jobs := make(chan job)
	go func() {
		runtime.LockOSThread()
		for next := range jobs {
			next.do()
			close(next.done)
		}
	}()
	return jobs
})

func (f *file) writeElsewhere(from []byte) (n int, errno sys.Errno) {
	next := job{func() { n, errno = f.File.Write(from) }, make(chan struct{})}
	elsewhere() <- next
	<-next.done
	return n, errno
}

func (f *file) writeLater(from []byte) (int, sys.Errno) {
	unix.Nanosleep(&unix.Timespec{Nsec: 20_000}, nil)
	return f.File.Write(from)
}

func (f *file) readInPieces(to []byte) (int, sys.Errno) {
	const piece = 1024
	for done := 0; ; {
		n, errno := f.File.Read(to[done:min(done+piece, len(to))])
		done += n
		if errno != 0 || n == 0 || done == len(to) {
			return done, errno
		}
	}
}

func (f *file) writeAndFlush(from []byte) (int, sys.Errno) {
	n, errno := f.File.Write(from)
	if errno == 0 {
		errno = f.File.Datasync()
	}
	return n, errno
}

// listFromTheBeginning opens the folder again and goes over all that was given before.
func (f *file) listFromTheBeginning(n int) ([]sys.Dirent, sys.Errno) {
	again, errno := f.files.OpenFile(f.path, sys.O_RDONLY|sys.O_DIRECTORY, 0)
	if errno != 0 {
		return nil, errno
	}
	defer again.Close()
	if f.listed > 0 {
		if _, errno := again.Readdir(f.listed); errno != 0 {
			return nil, errno
		}
	}
	next, errno := again.Readdir(n)
	f.listed += len(next)
	return next, errno
}

// once gives a function that makes something when it is first asked for.
func once[T any](make func() T) func() T {
	var made *T
	return func() T {
		if made == nil {
			one := make()
			made = &one
		}
		return *made
	}
}
