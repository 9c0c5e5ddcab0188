// lambdock-agent [folder of the server's sources]: the main process of a container of Go functions.
// See "In a container: the agent" in docs/runtime-protocol.md.
package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

const serverFolder = "/opt/lambdock/server"

// What does not even end by SIGKILL puts off the end of the container by no more than this.
const lastResort = time.Second

func main() {
	settings := readSettings()
	sources := serverFolder
	if len(os.Args) > 1 {
		sources = os.Args[1]
	}
	// All state belongs to the goroutine that runs what comes out of here.
	mailbox := make(chan func())
	loop := loop(mailbox)
	done := make(chan struct{})
	connections := &connections{settings: settings, loop: loop}
	processes := &processes{settings: settings, loop: loop, builder: builder{sources: sources, env: settings.env},
		emit: connections.send, started: map[string]*process{}, freePorts: settings.ports, onEmpty: func() {}}
	connections.handle = processes.handle
	end := func() {
		connections.close()
		processes.close(settings.grace, func() { close(done) })
		time.AfterFunc(settings.grace+lastResort, func() { os.Exit(0) })
	}
	connections.onOrphaned = end
	connections.listen()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	for ending := false; ; {
		select {
		case run := <-mailbox:
			run()
		case <-signals:
			if !ending {
				ending = true
				end()
			}
		case <-done:
			return
		}
	}
}

// loop runs functions one after the other, so that what they share needs no locks.
type loop chan<- func()

// do must not be called from within the loop.
func (l loop) do(run func()) {
	done := make(chan struct{})
	l <- func() {
		defer close(done)
		run()
	}
	<-done
}

// after returns a function that takes it back.
func (l loop) after(delay time.Duration, run func()) (cancel func()) {
	cancelled := false
	timer := time.AfterFunc(delay, func() {
		l.do(func() {
			if !cancelled {
				run()
			}
		})
	})
	return func() {
		cancelled = true
		timer.Stop()
	}
}
