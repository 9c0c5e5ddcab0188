package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const longestOutput = 256 << 10

// builder compiles a function's folder together with the runtime's server. The server's files are laid over the
// folder: nothing is written there.
type builder struct {
	sources string
	env     []string
}

// build returns what `go build` wrote; err is nil when that is a binary.
func (b builder) build(ctx context.Context, directory, target string, ownModule bool) (lines []string, err error) {
	overlay := filepath.Join(filepath.Dir(target), "overlay.json")
	if err := b.writeOverlay(overlay, directory, ownModule); err != nil {
		return nil, err
	}
	// Without the symbol table linking takes a third less time; stacks keep files and lines.
	tool := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-overlay", overlay, "-o", target, ".")
	tool.Dir = directory
	tool.Env = append(b.env[:len(b.env):len(b.env)], "GOTOOLCHAIN=local")
	if !ownModule {
		tool.Env = append(tool.Env, "GOWORK=off") // a workspace further up knows nothing of the module we lay over
	}
	tool.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	tool.Cancel = func() error { return syscall.Kill(-tool.Process.Pid, syscall.SIGKILL) }
	var output limited
	tool.Stdout, tool.Stderr = &output, &output
	if err = tool.Start(); err == nil {
		sacrifice(tool.Process.Pid)
		err = tool.Wait()
	}
	if lines = output.lines(); err != nil && len(lines) == 0 {
		lines = []string{"can't run go build: " + err.Error()}
	}
	return lines, err
}

// writeOverlay lists the server's files, and a go.mod where the user has none.
func (b builder) writeOverlay(path, directory string, ownModule bool) error {
	sources, err := filepath.Glob(filepath.Join(b.sources, "*.go"))
	if err != nil {
		return err
	}
	replace := map[string]string{}
	for _, source := range sources {
		replace[filepath.Join(directory, filepath.Base(source))] = source
	}
	if !ownModule {
		replace[filepath.Join(directory, "go.mod")] = filepath.Join(b.sources, "go.mod.template")
	}
	content, _ := json.Marshal(map[string]any{"Replace": replace})
	return os.WriteFile(path, content, 0o600)
}

// hasModule tells whether the folder or one above it has a go.mod.
func hasModule(directory string) bool {
	if _, err := os.Stat(filepath.Join(directory, "go.mod")); err == nil {
		return true
	}
	parent := filepath.Dir(directory)
	return parent != directory && hasModule(parent)
}

// limited keeps the beginning of what is written to it.
type limited struct{ bytes.Buffer }

func (l *limited) Write(data []byte) (int, error) {
	l.Buffer.Write(data[:min(len(data), longestOutput-l.Len())])
	return len(data), nil
}

func (l *limited) lines() []string {
	text := strings.TrimRight(l.String(), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
