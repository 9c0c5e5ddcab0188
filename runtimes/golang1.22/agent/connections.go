package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net"
	"time"
)

const (
	helloWithin = 5 * time.Second
	longestLine = 64 << 20
	// Nobody without the token makes the agent keep more than this.
	longestHello = 4096
	// Strangers who have not said hello; the function itself can connect, too.
	mostStrangers = 16
	// A daemon that does not read for so long is taken for gone.
	writeWithin = 5 * time.Second
)

// connections is where the daemon connects. One connection at a time counts: the newest that knew the token.
type connections struct {
	settings   settings
	loop       loop
	handle     func(command command, reply func(event any))
	onOrphaned func()

	listener    net.Listener
	current     net.Conn
	strangers   []net.Conn
	closing     bool
	stopWaiting func()
}

func (c *connections) listen() {
	listener, err := net.Listen("tcp", net.JoinHostPort(c.settings.host, c.settings.port))
	if err != nil {
		fail("%v", err)
	}
	c.listener = listener
	c.waitForDaemon()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				if c.isClosing() {
					return
				}
				time.Sleep(10 * time.Millisecond) // too many open files, for now
				continue
			}
			go c.serve(conn)
		}
	}()
}

// send writes an event. Those that nobody listens to are not kept: the next hello tells what has become of each process.
func (c *connections) send(event any) {
	if c.current != nil {
		write(c.current, event)
	}
}

// close takes no further connections; the daemon's stays, to hear how its processes end.
func (c *connections) close() {
	c.closing = true
	c.stopWaiting()
	c.listener.Close()
	for _, stranger := range c.strangers {
		stranger.Close()
	}
}

func (c *connections) isClosing() (closing bool) {
	c.loop.do(func() { closing = c.closing })
	return closing
}

func (c *connections) serve(conn net.Conn) {
	conn.SetReadDeadline(time.Now().Add(helloWithin))
	c.loop.do(func() {
		c.strangers = append(c.strangers, conn)
		if len(c.strangers) > mostStrangers {
			c.strangers[0].Close()
			c.strangers = c.strangers[1:]
		}
	})
	trusted, refused := false, false
	longest := func() int {
		if trusted {
			return longestLine
		}
		return longestHello
	}
	readLines(conn, longest, func(line []byte) (more bool) {
		var command command
		if json.Unmarshal(line, &command) != nil {
			return false
		}
		c.loop.do(func() {
			if !trusted {
				trusted = c.welcome(conn, command)
				refused = !trusted
			}
			more = trusted && conn == c.current // replaced, perhaps, while its lines were read
			if more {
				c.handle(command, func(event any) { write(conn, event) })
			}
		})
		return more
	})
	if refused {
		// Closed with something unread, the connection would be reset and the refusal lost.
		conn.(*net.TCPConn).CloseWrite()
		io.CopyN(io.Discard, conn, longestHello)
	}
	conn.Close()
	c.loop.do(func() {
		c.forget(conn)
		if conn == c.current {
			c.waitForDaemon()
		}
	})
}

// welcome makes this the daemon's connection if the first line is a hello with the right token.
func (c *connections) welcome(conn net.Conn, command command) bool {
	if command.Command != "hello" || !sameText(command.Token, c.settings.token) {
		write(conn, map[string]any{"event": "refused"})
		return false
	}
	c.stopWaiting()
	c.forget(conn)
	conn.SetReadDeadline(time.Time{})
	if c.current != nil {
		c.current.Close()
	}
	c.current = conn
	return true
}

func (c *connections) forget(conn net.Conn) {
	for index, stranger := range c.strangers {
		if stranger == conn {
			c.strangers = append(c.strangers[:index:index], c.strangers[index+1:]...)
			return
		}
	}
}

func (c *connections) waitForDaemon() {
	c.current = nil
	c.stopWaiting = func() {}
	if c.settings.orphanAfter > 0 && !c.closing {
		c.stopWaiting = c.loop.after(c.settings.orphanAfter, func() { c.onOrphaned() })
	}
}

func write(conn net.Conn, event any) {
	line, _ := json.Marshal(event)
	conn.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := conn.Write(append(line, '\n')); err != nil {
		conn.Close()
	}
}

// sameText takes a time that does not tell how much of it is right.
func sameText(a, b string) bool {
	one, other := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(one[:], other[:]) == 1
}
