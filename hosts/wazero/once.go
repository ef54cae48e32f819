package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Exit codes of a run that did not exit by itself: of a trap, and of what could not run at all.
const (
	trapped = 134
	unable  = 125
)

// runOnce runs one job and gives the code to exit with. A job calls the module's file `module`.
func runOnce(interpreter bool, text string) int {
	var job struct {
		Module string `json:"module"`
	}
	asked := request{Stdin: "inherit", Stdout: "inherit", Stderr: "inherit"}
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		return fail(err)
	}
	// The rest of the job is a request to run, whose `module` is a number.
	rest := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &rest); err != nil {
		return fail(err)
	}
	delete(rest, "module")
	plain, _ := json.Marshal(rest)
	if err := json.Unmarshal(plain, &asked); err != nil {
		return fail(err)
	}
	ctx := context.Background()
	host, err := newHost(ctx, interpreter)
	if err != nil {
		return fail(err)
	}
	if _, err := host.load(ctx, &request{Path: job.Module}); err != nil {
		return fail(err)
	}
	asked.Module = host.last
	if asked.Invoke != nil {
		asked.Invoke.Calls = 1
	}
	result, err := host.run(ctx, &asked)
	if err != nil {
		return fail(err)
	}
	answer := result.(runAnswer)
	if len(answer.Values) > 0 {
		fmt.Println(strings.Join(answer.Values, " "))
	}
	switch answer.End.Kind {
	case "exit":
		return int(*answer.End.Code)
	case "trap":
		fmt.Fprintln(os.Stderr, "trap: "+answer.End.Message)
		return trapped
	}
	return 0
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "error: "+err.Error())
	return unable
}
