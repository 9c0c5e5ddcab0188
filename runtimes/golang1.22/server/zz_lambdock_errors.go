package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// lambdockFailure is an error as the runtime protocol tells it.
type lambdockFailure struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Stack   string `json:"stack"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
}

func (f lambdockFailure) oneLine() string {
	text := f.Name + ": " + f.Message
	if f.File == "" {
		return text
	}
	return fmt.Sprintf("%s (%s:%d)", text, f.File, f.Line)
}

// lambdockDescribe must be called while the panic's frames are on the stack: from the deferred function.
func lambdockDescribe(cause any) lambdockFailure {
	failure := lambdockFailure{Name: "panic", Message: fmt.Sprint(cause)}
	directory, _ := os.Getwd()
	var stack strings.Builder
	fmt.Fprintf(&stack, "panic: %s", failure.Message)
	for _, frame := range lambdockUserFrames() {
		fmt.Fprintf(&stack, "\n    at %s (%s:%d)", frame.Function, frame.File, frame.Line)
		short, err := filepath.Rel(directory, frame.File)
		if failure.File == "" && err == nil && !strings.HasPrefix(short, "..") {
			failure.File, failure.Line = short, frame.Line
		}
	}
	failure.Stack = stack.String()
	return failure
}

// lambdockUserFrames are those between the panic and the runtime's own code.
func lambdockUserFrames() []runtime.Frame {
	pcs := make([]uintptr, 100)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var user []runtime.Frame
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			user = nil // what ran after the panic
		case strings.HasPrefix(frame.Function, "runtime."):
		case strings.Contains(filepath.Base(frame.File), "zz_lambdock_"):
			if len(user) > 0 {
				return user
			}
		default:
			user = append(user, frame)
		}
		if !more {
			return user
		}
	}
}

// lambdockFail ends a process that can't serve.
func lambdockFail(protocol bool, err error) {
	fmt.Fprintln(os.Stderr, err)
	if protocol {
		failure := lambdockFailure{Name: "HandlerMissing", Message: err.Error(), Stack: err.Error(), File: "handler.go"}
		lambdockEmit(map[string]any{"event": "failed", "error": failure})
	}
	os.Exit(1)
}
