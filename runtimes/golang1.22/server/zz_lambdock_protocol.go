package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"sync"
	"syscall"
)

var lambdockEvents = struct {
	sync.Mutex
	file *os.File
}{}

// lambdockWatchDaemon serves the command stream on stdin, and ends the process group when it ends.
func lambdockWatchDaemon() {
	syscall.CloseOnExec(3)
	lambdockEvents.file = os.NewFile(3, "events")
	lambdockDieWithParent()
	commands := lambdockTakeStdin()
	go func() {
		lambdockReadCommands(commands)
		syscall.Kill(-os.Getpid(), syscall.SIGKILL) // fails unless this process leads a group
		os.Exit(1)
	}()
}

func lambdockReadCommands(source io.Reader) {
	lines := bufio.NewReader(source)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var command struct {
			Command string `json:"command"`
		}
		// `load` has nothing to do here: the code is part of the binary.
		if json.Unmarshal(line, &command) == nil && command.Command == "ping" {
			lambdockEmit(map[string]any{"event": "pong"})
		}
	}
}

// lambdockTakeStdin moves the commands away from stdin, so that what user code starts can't read from them.
func lambdockTakeStdin() io.Reader {
	fd, err := syscall.Dup(0)
	if err != nil {
		return os.Stdin
	}
	syscall.CloseOnExec(fd)
	commands := os.NewFile(uintptr(fd), "commands")
	if nothing, err := os.Open(os.DevNull); err == nil {
		os.Stdin = nothing
	}
	return commands
}

func lambdockEmit(event map[string]any) {
	line, _ := json.Marshal(event)
	lambdockEvents.Lock()
	defer lambdockEvents.Unlock()
	lambdockEvents.file.Write(append(line, '\n'))
}
