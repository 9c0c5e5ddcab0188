package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	// Runtime servers keep an error's message and stack well below it; what is longer was written by user code.
	longestEvent = 1 << 20
	// How long an ended process's last events may take, where something it left behind holds the pipe open.
	lastEvents = 200 * time.Millisecond
	// A process that hangs is not told more than this, so that its pipe never fills up.
	mostUnanswered = 100
)

// exit is how a process ended. Code and signal are null where it never ran.
type exit struct {
	Code   *int
	Signal *string
	OOM    bool
}

// server is one runtime server, spoken to in the runtime protocol.
type server struct {
	loop    loop
	command *exec.Cmd
	// port is what it listens on; 0 until it says so.
	port          int
	stdin, events *os.File
	unanswered    int
	loaded, erred bool
	// asked: it was sent SIGTERM. killed: the SIGKILL is ours.
	asked, killed bool
	stopKilling   func()
}

// startServer calls onEvent and onExit from the loop.
func startServer(loop loop, command *exec.Cmd, onEvent func(string, map[string]any), onExit func(exit)) (*server, error) {
	s := &server{loop: loop, command: command, stopKilling: func() {}}
	commands, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	events, out, err := os.Pipe()
	if err != nil {
		commands.Close()
		stdin.Close()
		return nil, err
	}
	s.stdin, s.events = stdin, events
	command.Stdin, command.Stdout, command.Stderr = commands, os.Stdout, os.Stderr
	command.ExtraFiles = []*os.File{out} // fd 3
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	before := countOutOfMemory()
	err = command.Start()
	commands.Close()
	out.Close()
	if err != nil {
		stdin.Close()
		events.Close()
		return nil, err
	}
	sacrifice(command.Process.Pid)
	told := make(chan struct{})
	go func() {
		defer close(told)
		longest := func() int { return longestEvent }
		readLines(events, longest, func(line []byte) bool {
			event := map[string]any{}
			if json.Unmarshal(line, &event) == nil {
				loop.do(func() {
					if kind := s.allowed(event); kind != "" {
						onEvent(kind, event)
					}
				})
			}
			return true
		})
	}()
	go func() {
		command.Wait()
		s.signalGroup() // what it started ends with it
		select {
		case <-told:
		case <-time.After(lastEvents):
		}
		events.Close()
		stdin.Close()
		loop.do(func() {
			s.stopKilling()
			onExit(s.describe(before))
		})
	}()
	return s, nil
}

func (s *server) ping() {
	if s.unanswered < mostUnanswered {
		s.unanswered++
		fmt.Fprintln(s.stdin, `{"command":"ping"}`)
	}
}

// stop sends SIGTERM, and after a while SIGKILL; may be repeated with another grace.
func (s *server) stop(grace time.Duration) {
	s.stopKilling()
	if grace <= 0 {
		s.kill()
		return
	}
	if !s.asked {
		s.asked = true
		s.command.Process.Signal(syscall.SIGTERM)
	}
	s.stopKilling = s.loop.after(grace, s.kill)
}

func (s *server) kill() {
	s.killed = true
	s.signalGroup()
}

func (s *server) signalGroup() {
	syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL) // fails when it has ended already, which is what we want
}

// allowed returns the kind of an event. User code can write to the file, too: only what the protocol allows, and as
// often as it does, is passed on.
func (s *server) allowed(event map[string]any) string {
	kind, _ := event["event"].(string)
	good := false
	switch kind {
	case "listening":
		port, _ := event["port"].(float64)
		if good = s.port == 0 && port > 0; good {
			s.port = int(port)
		}
	case "ready", "failed":
		good = !s.loaded
		s.loaded = true
	case "error":
		good = !s.erred
		s.erred = true
	case "pong":
		if good = s.unanswered > 0; good {
			s.unanswered--
		}
	}
	if !good {
		return ""
	}
	return kind
}

func (s *server) describe(before int) exit {
	status := s.command.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() {
		code := status.ExitStatus()
		return exit{Code: &code}
	}
	name := signalName(status.Signal())
	oom := status.Signal() == syscall.SIGKILL && !s.killed && countOutOfMemory() > before
	return exit{Signal: &name, OOM: oom}
}

func signalName(number syscall.Signal) string {
	for name, one := range map[string]syscall.Signal{
		"SIGHUP": syscall.SIGHUP, "SIGINT": syscall.SIGINT, "SIGQUIT": syscall.SIGQUIT, "SIGILL": syscall.SIGILL,
		"SIGTRAP": syscall.SIGTRAP, "SIGABRT": syscall.SIGABRT, "SIGBUS": syscall.SIGBUS, "SIGFPE": syscall.SIGFPE,
		"SIGKILL": syscall.SIGKILL, "SIGSEGV": syscall.SIGSEGV, "SIGPIPE": syscall.SIGPIPE, "SIGALRM": syscall.SIGALRM,
		"SIGTERM": syscall.SIGTERM, "SIGUSR1": syscall.SIGUSR1, "SIGUSR2": syscall.SIGUSR2, "SIGSYS": syscall.SIGSYS,
	} {
		if one == number {
			return name
		}
	}
	return fmt.Sprintf("SIG%d", int(number))
}
