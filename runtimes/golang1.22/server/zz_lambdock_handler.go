package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// lambdockAdapt accepts the platform's handler and Go's own.
func lambdockAdapt(candidate any) (http.HandlerFunc, error) {
	switch handler := candidate.(type) {
	case func(url.Values, *http.ResponseWriter):
		return func(w http.ResponseWriter, r *http.Request) { handler(lambdockParams(r), &w) }, nil
	case func(http.ResponseWriter, *http.Request):
		return handler, nil
	case http.HandlerFunc:
		return handler, nil
	}
	return nil, fmt.Errorf(
		"handler is a %T: write func handler(params url.Values, w *http.ResponseWriter) or func handler(w http.ResponseWriter, r *http.Request)",
		candidate)
}

// lambdockParams are the query's, and a posted form's before them.
func lambdockParams(r *http.Request) url.Values {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return r.URL.Query()
	}
	if err := r.ParseForm(); err != nil {
		return r.URL.Query()
	}
	return r.Form
}

// lambdockRecover turns a panic into an answer and a log entry with the user's own frames.
func lambdockRecover(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		writer := &lambdockWriter{ResponseWriter: w}
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			failure := lambdockDescribe(cause)
			fmt.Fprintln(os.Stderr, failure.Stack)
			if writer.started {
				panic(http.ErrAbortHandler) // a cut answer tells the client that it is not whole
			}
			for name := range w.Header() {
				w.Header().Del(name)
			}
			body, _ := json.Marshal(map[string]string{"error": failure.oneLine(), "stack": failure.Stack})
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusInternalServerError)
			w.Write(body)
		}()
		serve(writer, r)
	}
}

// lambdockWriter remembers whether anything was sent, and passes on what net/http's own writer can do besides.
type lambdockWriter struct {
	http.ResponseWriter
	started bool
}

func (w *lambdockWriter) WriteHeader(status int) {
	w.started = w.started || status >= 200
	w.ResponseWriter.WriteHeader(status)
}

func (w *lambdockWriter) Write(data []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(data)
}

func (w *lambdockWriter) ReadFrom(source io.Reader) (int64, error) {
	w.started = true
	return io.Copy(w.ResponseWriter, source)
}

func (w *lambdockWriter) Flush() {
	w.started = true
	w.ResponseWriter.(http.Flusher).Flush()
}

func (w *lambdockWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.started = true
	return w.ResponseWriter.(http.Hijacker).Hijack()
}

func (w *lambdockWriter) Unwrap() http.ResponseWriter {
	return w.ResponseWriter
}
