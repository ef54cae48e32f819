// Command wazero-faults runs a WASI program on wazero with faults that can be switched on, for tests of what finds
// them: `wazero-faults [-fault NAME] -mount HOST:GUEST MODULE [ARG...]`. It is in no package and installs nowhere.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental/sysfs"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

func main() {
	fault := flag.String("fault", "", "the fault that is on")
	mount := flag.String("mount", "", "HOST:GUEST")
	flag.Parse()
	code, err := run(*fault, *mount, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		code = 125
	}
	os.Exit(code)
}

func run(fault, mount string, args []string) (int, error) {
	ctx := context.Background()
	bytes, err := os.ReadFile(args[0])
	if err != nil {
		return 0, err
	}
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer runtime.Close(ctx)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		return 0, err
	}
	host, guest, _ := strings.Cut(mount, ":")
	files, err := withFault(sysfs.DirFS(host), fault)
	if err != nil {
		return 0, err
	}
	folders := wazero.NewFSConfig().(sysfs.FSConfig).WithSysFSMount(files, guest)
	config := wazero.NewModuleConfig().WithArgs(append([]string{"io"}, args[1:]...)...).
		WithStdin(os.Stdin).WithStdout(os.Stdout).WithStderr(os.Stderr).WithFSConfig(folders).
		WithSysWalltime().WithSysNanotime().WithSysNanosleep().WithRandSource(rand.Reader)
	if fault == "early-wake" {
		// It spins: on a busy machine sleeps of any length are long.
		config = config.WithNanosleep(func(ns int64) {
			for end := time.Now().Add(time.Duration(ns * 6 / 10)); time.Now().Before(end); {
			}
		})
	}
	_, err = runtime.InstantiateWithConfig(ctx, bytes, config)
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		return int(exit.ExitCode()), nil
	}
	return 0, err
}
