package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

const prefix = "LAMBDOCK_AGENT_"

type settings struct {
	token, host, port string
	// ports are all that processes may have; nil: any port there is.
	ports       []int
	orphanAfter time.Duration
	grace       time.Duration
	// env is what is left for functions.
	env []string
}

func readSettings() settings {
	own := func(name, fallback string) string {
		if value := os.Getenv(prefix + name); value != "" {
			return value
		}
		return fallback
	}
	number := func(name, fallback string) time.Duration {
		value, err := strconv.Atoi(own(name, fallback))
		if err != nil {
			fail("%s%s is not a number", prefix, name)
		}
		return time.Duration(value)
	}
	s := settings{
		token: own("TOKEN", ""), host: own("HOST", "0.0.0.0"), port: own("PORT", "8079"),
		ports:       readRange(own("PORTS", "")),
		orphanAfter: number("ORPHAN_SECONDS", "600") * time.Second,
		grace:       number("GRACE_MS", "2000") * time.Millisecond,
	}
	if s.token == "" {
		fail("%sTOKEN is not set: without it nobody may talk to this agent", prefix)
	}
	for _, one := range os.Environ() {
		if !strings.HasPrefix(one, prefix) {
			s.env = append(s.env, one)
		}
	}
	return s
}

// readRange reads `8080-8083`.
func readRange(text string) (ports []int) {
	if text == "" {
		return nil
	}
	low, high, found := strings.Cut(text, "-")
	if !found {
		high = low
	}
	first, err := strconv.Atoi(low)
	last, err2 := strconv.Atoi(high)
	if err != nil || err2 != nil || first > last {
		fail("%sPORTS is not a range of ports", prefix)
	}
	for port := first; port <= last; port++ {
		ports = append(ports, port)
	}
	return ports
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(2)
}
