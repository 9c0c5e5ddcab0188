package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// command is what the daemon sends; each has some of these.
type command struct {
	Command  string          `json:"command"`
	Token    string          `json:"token"`
	Process  *string         `json:"process"`
	Revision json.RawMessage `json:"revision"`
	Load     struct {
		Directory  string `json:"directory"`
		Entry      string `json:"entry"`
		FunctionID string `json:"functionId"`
	} `json:"load"`
	Fetch   *source         `json:"fetch"`
	Grace   int64           `json:"grace"`
	Probe   json.RawMessage `json:"probe"`
	URLs    []string        `json:"urls"`
	Timeout int64           `json:"timeout"`
}

// process is a version of the code, from its start until it has ended and its folders are gone.
type process struct {
	id      string
	number  int // in the order of their starts
	start   command
	state   string
	port    int
	given   int // the port it may have, of a range
	server  *server
	abort   context.CancelFunc
	folder  string // of its binary
	fetched string // of its code, where that was fetched
}

// processes are the versions that run, by the id that the daemon gave them.
type processes struct {
	settings  settings
	loop      loop
	builder   builder
	emit      func(event any)
	started   map[string]*process
	freePorts []int // the one unused for longest comes first
	count     int
	closing   bool
	onEmpty   func()
}

type message = map[string]any

func (p *processes) handle(command command, reply func(event any)) {
	switch command.Command {
	case "hello":
		reply(message{"event": "hello", "protocol": 1, "processes": p.list()})
	case "ping":
		if command.Process == nil {
			reply(message{"event": "pong"})
		} else if found := p.started[*command.Process]; found != nil && found.server != nil {
			found.server.ping()
		}
	case "start":
		p.start(command)
	case "stop":
		p.stop(command)
	case "probe":
		go func() {
			results := probe(command.URLs, time.Duration(command.Timeout)*time.Millisecond)
			p.loop.do(func() { reply(message{"event": "probed", "probe": command.Probe, "results": results}) })
		}()
	}
}

// close ends everything, gently for a while.
func (p *processes) close(grace time.Duration, onEmpty func()) {
	p.closing = true
	p.onEmpty = onEmpty
	for _, one := range p.started {
		p.end(one, grace)
	}
	p.settle()
}

func (p *processes) settle() {
	if p.closing && len(p.started) == 0 {
		p.onEmpty()
		p.onEmpty = func() {}
	}
}

func (p *processes) list() []message {
	list := make([]*process, 0, len(p.started))
	for _, one := range p.started {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b *process) int { return a.number - b.number })
	told := []message{}
	for _, one := range list {
		told = append(told, message{"process": one.id, "functionId": one.start.Load.FunctionID,
			"revision": one.start.Revision, "port": one.port, "state": one.state})
	}
	return told
}

func (p *processes) start(command command) {
	if command.Process == nil {
		return
	}
	p.count++
	one := &process{id: *command.Process, number: p.count, start: command, state: "starting"}
	if p.closing {
		p.fail(one, "StartFailed", "the container is being stopped")
		return
	}
	if p.started[one.id] != nil {
		p.fail(one, "StartFailed", fmt.Sprintf("there is a process %s already", one.id))
		return
	}
	p.started[one.id] = one
	var ctx context.Context
	ctx, one.abort = context.WithCancel(context.Background())
	if p.settings.ports != nil {
		if len(p.freePorts) == 0 {
			p.fail(one, "StartFailed", "every port the container has is in use")
			p.forget(one, exit{})
			return
		}
		one.given, p.freePorts = p.freePorts[0], p.freePorts[1:]
	}
	if command.Fetch != nil {
		one.fetched = command.Load.Directory
	}
	one.folder = filepath.Join(os.TempDir(), one.id)
	before := countOutOfMemory()
	go func() {
		then := p.prepare(ctx, one)
		p.loop.do(func() {
			if one.state != "starting" {
				p.forget(one, exit{})
			} else if !then() {
				p.forget(one, exit{OOM: countOutOfMemory() > before}) // what the compiler needs counts as the function's
			}
		})
	}()
}

// prepare fetches and compiles, and returns what is to be done then in the loop, which tells whether it runs.
func (p *processes) prepare(ctx context.Context, one *process) (then func() bool) {
	failed := func(name string, err error) func() bool {
		return func() bool {
			p.fail(one, name, err.Error())
			return false
		}
	}
	load := one.start.Load
	if one.start.Fetch != nil {
		if err := one.start.Fetch.fetch(ctx, load.Directory, load.Entry); err != nil {
			return failed("FetchFailed", err)
		}
	}
	if err := os.MkdirAll(one.folder, 0o700); err != nil {
		return failed("StartFailed", err)
	}
	binary := filepath.Join(one.folder, "handler")
	ownModule := hasModule(load.Directory)
	if lines, err := p.builder.build(ctx, load.Directory, binary, ownModule); err != nil {
		return func() bool {
			p.tell(one.id, message{"event": "build-failed", "lines": lines, "ownModule": ownModule})
			return false
		}
	}
	return func() bool { return p.launch(one, binary) }
}

func (p *processes) launch(one *process, binary string) bool {
	command := exec.Command(binary)
	command.Dir = one.start.Load.Directory
	env := p.settings.env
	command.Env = append(env[:len(env):len(env)],
		"HOST="+p.settings.host, "PORT="+strconv.Itoa(one.given), "LAMBDOCK_PROTOCOL=1")
	server, err := startServer(p.loop, command,
		func(kind string, event message) { p.onEvent(one, kind, event) },
		func(exit exit) { p.forget(one, exit) })
	if err != nil {
		p.fail(one, "StartFailed", "can't start the server: "+err.Error())
		return false
	}
	one.server = server
	return true
}

func (p *processes) onEvent(one *process, kind string, event message) {
	one.port = one.server.port
	p.tell(one.id, event)
	switch kind {
	case "ready":
		if one.state == "starting" {
			one.state = "ready"
		}
	case "failed":
		p.end(one, 0)
	}
}

func (p *processes) stop(command command) {
	if command.Process == nil {
		return
	}
	if one := p.started[*command.Process]; one != nil {
		p.end(one, time.Duration(command.Grace)*time.Millisecond)
	} else {
		p.tellExit(*command.Process, exit{})
	}
}

// end stops a process, or what is done to start it.
func (p *processes) end(one *process, grace time.Duration) {
	one.state = "stopping"
	one.abort()
	if one.server != nil {
		one.server.stop(grace)
	}
}

// forget removes what is left of a process that has ended.
func (p *processes) forget(one *process, exit exit) {
	one.abort()
	delete(p.started, one.id)
	if one.given != 0 {
		p.freePorts = append(p.freePorts, one.given)
	}
	if one.folder != "" {
		os.RemoveAll(one.folder)
	}
	if one.fetched != "" && !p.isUsed(one.fetched) {
		os.RemoveAll(one.fetched)
	}
	p.tellExit(one.id, exit)
	p.settle()
}

func (p *processes) isUsed(directory string) bool {
	for _, other := range p.started {
		if other.fetched == directory {
			return true
		}
	}
	return false
}

func (p *processes) fail(one *process, name, text string) {
	p.tell(one.id, message{"event": "failed", "error": message{"kind": "setup", "name": name, "message": text}})
}

func (p *processes) tellExit(id string, exit exit) {
	p.tell(id, message{"event": "exited", "code": exit.Code, "signal": exit.Signal, "oom": exit.OOM})
}

func (p *processes) tell(id string, event message) {
	event["process"] = id
	p.emit(event)
}
