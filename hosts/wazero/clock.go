package main

import (
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// span is a stretch of time; the processor's time is that of the whole process, helper threads included.
type span struct {
	StartNs int64 `json:"startNs"`
	EndNs   int64 `json:"endNs"`
	CPUNs   int64 `json:"cpuNs"`
}

func timed(run func() error) (*span, error) {
	cpu, start := processNs(), monotonicNs()
	err := run()
	end := monotonicNs()
	return &span{start, end, processNs() - cpu}, err
}

func monotonicNs() int64 { return clockNs(unix.CLOCK_MONOTONIC) }

func processNs() int64 { return clockNs(unix.CLOCK_PROCESS_CPUTIME_ID) }

func clockNs(clock int32) int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(clock, &now); err != nil {
		panic(err)
	}
	return now.Nano()
}

func wazeroVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/tetratelabs/wazero" {
				return module.Version[1:]
			}
		}
	}
	return "unknown"
}
