// Command wazero-host keeps wazero, modules and instances for wasmscope, which asks it over standard input and output:
// one JSON object a line, as src/runtimes/host/protocol.ts says. `-interpreter` chooses the other of its two engines.
// With `-once JOB` it runs one module with its own streams and exits as the guest does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
)

var startedNs = monotonicNs()

// request is any of the protocol's requests: what one kind does not have stays empty.
type request struct {
	Do      string            `json:"do"`
	Path    string            `json:"path"`
	From    string            `json:"from"`
	StoreTo string            `json:"storeTo"`
	Module  int               `json:"module"`
	Args    []string          `json:"args"`
	Env     map[string]string `json:"env"`
	Dirs    []struct {
		Host  string `json:"host"`
		Guest string `json:"guest"`
	} `json:"dirs"`
	Stdin  string      `json:"stdin"`
	Stdout string      `json:"stdout"`
	Stderr string      `json:"stderr"`
	Invoke *invocation `json:"invoke"`
}

type invocation struct {
	Name  string   `json:"name"`
	Args  []string `json:"args"`
	Calls int      `json:"calls"`
}

type ready struct {
	Ready     bool   `json:"ready"`
	Version   string `json:"version"`
	StartedNs int64  `json:"startedNs"`
	ReadyNs   int64  `json:"readyNs"`
}

// failure answers a request that could not be met; the host is well.
type failure struct {
	Failed  string `json:"failed"`
	Message string `json:"message"`
}

func (f *failure) Error() string { return f.Message }

type done struct {
	Done bool `json:"done"`
}

func main() {
	interpreter := flag.Bool("interpreter", false, "interpret instead of compiling")
	once := flag.String("once", "", "run this job, a JSON object, and end")
	flag.Parse()
	if *once != "" {
		os.Exit(runOnce(*interpreter, *once))
	}
	if err := serve(*interpreter, os.Stdin, os.Stdout); err != nil {
		os.Stderr.WriteString("wazero-host: " + err.Error() + "\n")
		os.Exit(1)
	}
}

func serve(interpreter bool, in io.Reader, out io.Writer) error {
	ctx := context.Background()
	host, err := newHost(ctx, interpreter)
	if err != nil {
		return err
	}
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	if err := answers.Encode(ready{true, wazeroVersion(), startedNs, monotonicNs()}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	// Environments may be long.
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return err
		}
		if err := answers.Encode(host.answer(ctx, &asked)); err != nil {
			return err
		}
		if asked.Do == "end" {
			return nil
		}
	}
	return lines.Err()
}

func (h *host) answer(ctx context.Context, asked *request) any {
	result, err := h.do(ctx, asked)
	var failed *failure
	switch {
	case errors.As(err, &failed):
		return failed
	case err != nil:
		return &failure{"internal", err.Error()}
	}
	return result
}

func (h *host) do(ctx context.Context, asked *request) (any, error) {
	switch asked.Do {
	case "load":
		return h.load(ctx, asked)
	case "run":
		return h.run(ctx, asked)
	case "unload":
		return done{true}, h.unload(ctx, asked.Module)
	case "end":
		return done{true}, nil
	}
	return nil, &failure{"unsupported", "no request is called " + asked.Do}
}
