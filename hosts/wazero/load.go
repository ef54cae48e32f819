package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

type host struct {
	interpreter bool
	// common runs all modules that neither come from a folder of compiled code nor go to one.
	common wazero.Runtime
	loaded map[int]*loaded
	last   int
}

type loaded struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	bytes    string
}

type loadedAnswer struct {
	Module int        `json:"module"`
	Phases loadPhases `json:"phases"`
}

type loadPhases struct {
	Read    *span `json:"read"`
	Compile *span `json:"compile,omitempty"`
	Store   *span `json:"store,omitempty"`
	Load    *span `json:"load,omitempty"`
}

func newHost(ctx context.Context, interpreter bool) (*host, error) {
	h := &host{interpreter: interpreter, loaded: map[int]*loaded{}}
	common, err := h.newRuntime(ctx, "")
	h.common = common
	return h, err
}

// newRuntime makes a runtime with WASI, which keeps compiled code in a folder if there is one.
func (h *host) newRuntime(ctx context.Context, folder string) (wazero.Runtime, error) {
	config := wazero.NewRuntimeConfigCompiler()
	if h.interpreter {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	if folder != "" {
		cache, err := wazero.NewCompilationCacheWithDir(folder)
		if err != nil {
			return nil, err
		}
		config = config.WithCompilationCache(cache)
	}
	made := wazero.NewRuntimeWithConfig(ctx, config)
	_, err := wasi_snapshot_preview1.Instantiate(ctx, made)
	return made, err
}

// codeFolder is where an artefact's code lies: wazero finds it by a hash of the module, so that what we call an
// artefact is a copy of the module beside this folder.
func codeFolder(artefact string) string { return artefact + ".code" }

func (h *host) load(ctx context.Context, asked *request) (any, error) {
	if asked.From == "artefact" {
		return h.loadStored(ctx, asked)
	}
	if asked.StoreTo != "" && h.interpreter {
		return nil, &failure{"unsupported", "the interpreter has no code to store"}
	}
	var phases loadPhases
	var bytes []byte
	var err error
	if phases.Read, err = timed(func() error { bytes, err = os.ReadFile(asked.Path); return err }); err != nil {
		return nil, err
	}
	module := &loaded{bytes: string(bytes)}
	if module.runtime, err = h.runtimeFor(ctx, module.bytes, asked.StoreTo); err != nil {
		return nil, err
	}
	// With a folder this writes the code too: wazero does not do the two apart.
	phases.Compile, err = timed(func() error { return module.compile(ctx, bytes) })
	if err != nil {
		return nil, h.refused(ctx, module, err)
	}
	if asked.StoreTo != "" {
		if phases.Store, err = timed(func() error { return os.WriteFile(asked.StoreTo, bytes, 0o666) }); err != nil {
			return nil, err
		}
	}
	return loadedAnswer{h.keep(module), phases}, nil
}

func (h *host) loadStored(ctx context.Context, asked *request) (any, error) {
	var phases loadPhases
	var bytes []byte
	var err error
	if phases.Read, err = timed(func() error { bytes, err = os.ReadFile(asked.Path); return err }); err != nil {
		return nil, err
	}
	module := &loaded{bytes: string(bytes)}
	// The runtime belongs to the folder, so it is made here, and counts.
	phases.Load, err = timed(func() error {
		if module.runtime, err = h.newRuntime(ctx, codeFolder(asked.Path)); err != nil {
			return err
		}
		return module.compile(ctx, bytes)
	})
	if err != nil {
		return nil, h.refused(ctx, module, err)
	}
	return loadedAnswer{h.keep(module), phases}, nil
}

// runtimeFor gives a module a runtime that does not know it yet: it would not compile it again.
func (h *host) runtimeFor(ctx context.Context, bytes, storeTo string) (wazero.Runtime, error) {
	if storeTo != "" {
		return h.newRuntime(ctx, codeFolder(storeTo))
	}
	for _, other := range h.loaded {
		if other.bytes == bytes && other.runtime == h.common {
			return h.newRuntime(ctx, "")
		}
	}
	return h.common, nil
}

func (m *loaded) compile(ctx context.Context, bytes []byte) (err error) {
	m.compiled, err = m.runtime.CompileModule(ctx, bytes)
	return err
}

func (h *host) keep(module *loaded) int {
	h.last++
	h.loaded[h.last] = module
	return h.last
}

func (h *host) refused(ctx context.Context, module *loaded, err error) error {
	if module.runtime != nil && module.runtime != h.common {
		module.runtime.Close(ctx)
	}
	return &failure{"refused", err.Error()}
}

func (h *host) unload(ctx context.Context, id int) error {
	module, there := h.loaded[id]
	if !there {
		return fmt.Errorf("there is no module %d", id)
	}
	delete(h.loaded, id)
	if module.runtime != h.common {
		return module.runtime.Close(ctx)
	}
	return module.compiled.Close(ctx)
}
