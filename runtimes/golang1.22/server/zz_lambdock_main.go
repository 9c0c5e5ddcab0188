// The Go runtime: compiled together with the user's handler, as if these files lay beside it.
// Every name starts with `lambdock`, so that it can't meet one of the user's.
package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

const lambdockDefaultPort = "8080"

func main() {
	protocol := os.Getenv("LAMBDOCK_PROTOCOL") == "1"
	if protocol {
		lambdockWatchDaemon()
	}
	listener, err := net.Listen("tcp", lambdockAddress(protocol))
	if err != nil {
		lambdockFail(protocol, err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	os.Setenv("PORT", strconv.Itoa(port))
	if protocol {
		lambdockEmit(map[string]any{"event": "listening", "port": port})
	}
	serve, err := lambdockAdapt(handler)
	if err != nil {
		lambdockFail(protocol, err)
	}
	server := &http.Server{Handler: lambdockRecover(serve)}
	drained := make(chan struct{})
	go lambdockStopOnTerm(server, drained)
	if protocol {
		lambdockEmit(map[string]any{"event": "ready"})
	}
	if err := server.Serve(listener); err != http.ErrServerClosed {
		lambdockFail(protocol, err)
	}
	<-drained
}

func lambdockAddress(protocol bool) string {
	host, port := os.Getenv("HOST"), os.Getenv("PORT")
	if host == "" {
		host = "127.0.0.1"
	}
	if port == "" {
		port = lambdockDefaultPort
		if protocol {
			port = "0"
		}
	}
	return net.JoinHostPort(host, port)
}

// lambdockStopOnTerm lets requests under way end before the process does.
func lambdockStopOnTerm(server *http.Server, drained chan<- struct{}) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	server.Shutdown(context.Background())
	close(drained)
}
