package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

type runAnswer struct {
	Phases   runPhases `json:"phases"`
	SteadyNs []int64   `json:"steadyNs,omitempty"`
	End      end       `json:"end"`
	Values   []string  `json:"values,omitempty"`
}

type runPhases struct {
	Instantiate *span `json:"instantiate"`
	FirstCall   *span `json:"firstCall"`
	Teardown    *span `json:"teardown"`
}

type end struct {
	Kind    string  `json:"kind"`
	Code    *uint32 `json:"code,omitempty"`
	Message string  `json:"message,omitempty"`
}

func (h *host) run(ctx context.Context, asked *request) (any, error) {
	module, there := h.loaded[asked.Module]
	if !there {
		return nil, fmt.Errorf("there is no module %d", asked.Module)
	}
	streams, err := openStreams(asked)
	defer streams.close()
	if err != nil {
		return nil, err
	}
	var answer runAnswer
	var instance api.Module
	answer.Phases.Instantiate, err = timed(func() error {
		instance, err = instantiate(ctx, module, asked, streams)
		return err
	})
	if err != nil {
		return nil, &failure{"refused", err.Error()}
	}
	err = answer.call(ctx, instance, asked)
	closing, closeErr := timed(func() error { return instance.Close(ctx) })
	answer.Phases.Teardown = closing
	// Finding the function and what its end means are work of the engine, too: phases lie end to end.
	answer.Phases.Instantiate.EndNs = answer.Phases.FirstCall.StartNs
	if len(answer.SteadyNs) == 0 {
		closing.StartNs = answer.Phases.FirstCall.EndNs
	}
	return answer, errors.Join(err, closeErr)
}

func instantiate(ctx context.Context, module *loaded, asked *request, streams *streams) (api.Module, error) {
	folders := wazero.NewFSConfig()
	for _, dir := range asked.Dirs {
		folders = folders.WithDirMount(dir.Host, dir.Guest)
	}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions().WithArgs(asked.Args...).
		WithStdin(streams.in).WithStdout(streams.out).WithStderr(streams.err).WithFSConfig(folders).
		WithSysWalltime().WithSysNanotime().WithSysNanosleep().WithRandSource(rand.Reader)
	for name, value := range asked.Env {
		config = config.WithEnv(name, value)
	}
	return module.runtime.InstantiateModule(ctx, module.compiled, config)
}

// call runs `_start`, or the function that is asked for as often as it is, and notes times, end and results.
func (a *runAnswer) call(ctx context.Context, instance api.Module, asked *request) error {
	name, calls := "_start", 1
	if asked.Invoke != nil {
		name, calls = asked.Invoke.Name, asked.Invoke.Calls
	}
	target := instance.ExportedFunction(name)
	if target == nil {
		a.Phases.FirstCall, _ = timed(func() error { return nil })
		return &failure{"refused", "the module exports no function " + name}
	}
	var params []uint64
	if asked.Invoke != nil {
		var err error
		if params, err = readParams(target.Definition(), asked.Invoke.Args); err != nil {
			return &failure{"refused", err.Error()}
		}
		if initialize := instance.ExportedFunction("_initialize"); initialize != nil {
			if _, err := initialize.Call(ctx); err != nil {
				a.End = endOf(err)
				a.Phases.FirstCall, _ = timed(func() error { return nil })
				return nil
			}
		}
	}
	var results []uint64
	var err error
	a.Phases.FirstCall, err = timed(func() error { results, err = target.Call(ctx, params...); return err })
	for more := 1; more < calls && err == nil; more++ {
		start := monotonicNs()
		results, err = target.Call(ctx, params...)
		a.SteadyNs = append(a.SteadyNs, monotonicNs()-start)
	}
	a.End = endOf(err)
	if err == nil && asked.Invoke == nil {
		// A program that returns from `_start` has exited with 0.
		a.End = end{Kind: "exit", Code: new(uint32)}
	}
	for i, result := range results {
		a.Values = append(a.Values, spell(target.Definition().ResultTypes()[i], result))
	}
	return nil
}

func endOf(err error) end {
	var exit *sys.ExitError
	switch {
	case err == nil:
		return end{Kind: "returned"}
	case errors.As(err, &exit):
		code := exit.ExitCode()
		return end{Kind: "exit", Code: &code}
	}
	// The rest is the guest's stack.
	first, _, _ := strings.Cut(err.Error(), "\n")
	return end{Kind: "trap", Message: strings.TrimPrefix(first, "wasm error: ")}
}

func readParams(function api.FunctionDefinition, args []string) ([]uint64, error) {
	types := function.ParamTypes()
	if len(types) != len(args) {
		return nil, fmt.Errorf("%s takes %d arguments, not %d", function.ExportNames()[0], len(types), len(args))
	}
	params := make([]uint64, len(types))
	for i, kind := range types {
		value, err := readValue(kind, args[i])
		if err != nil {
			return nil, err
		}
		params[i] = value
	}
	return params, nil
}

func readValue(kind api.ValueType, text string) (uint64, error) {
	switch kind {
	case api.ValueTypeI32:
		value, err := strconv.ParseInt(text, 0, 33)
		return api.EncodeI32(int32(value)), err
	case api.ValueTypeI64:
		value, err := strconv.ParseInt(text, 0, 64)
		return api.EncodeI64(value), err
	case api.ValueTypeF32:
		value, err := strconv.ParseFloat(text, 32)
		return api.EncodeF32(float32(value)), err
	case api.ValueTypeF64:
		value, err := strconv.ParseFloat(text, 64)
		return api.EncodeF64(value), err
	}
	return 0, errors.New("only numbers can be handed over")
}

func spell(kind api.ValueType, bits uint64) string {
	switch kind {
	case api.ValueTypeI32:
		return strconv.FormatInt(int64(api.DecodeI32(bits)), 10)
	case api.ValueTypeF32:
		return strconv.FormatFloat(float64(api.DecodeF32(bits)), 'g', -1, 32)
	case api.ValueTypeF64:
		return strconv.FormatFloat(api.DecodeF64(bits), 'g', -1, 64)
	}
	return strconv.FormatInt(int64(bits), 10)
}

// streams are the guest's standard streams: files, nothing, or (`inherit`) those of this process.
type streams struct {
	in, out, err *os.File
	opened       []*os.File
}

func openStreams(asked *request) (*streams, error) {
	s := &streams{}
	var failed error
	open := func(path string, own *os.File, flags int) *os.File {
		switch path {
		case "":
			path = os.DevNull
		case "inherit":
			return own
		}
		file, err := os.OpenFile(path, flags, 0o666)
		failed = errors.Join(failed, err)
		s.opened = append(s.opened, file)
		return file
	}
	s.in = open(asked.Stdin, os.Stdin, os.O_RDONLY)
	s.out = open(asked.Stdout, os.Stdout, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	s.err = open(asked.Stderr, os.Stderr, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	return s, failed
}

func (s *streams) close() {
	for _, file := range s.opened {
		file.Close()
	}
}
