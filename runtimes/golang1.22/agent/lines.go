package main

import (
	"bufio"
	"bytes"
	"io"
)

// readLines calls `take` with each line, until it returns false or there are no more. A line of more than `longest`
// bytes is left out; `take` is called once with nil for it. A line is only good until `take` returns.
func readLines(source io.Reader, longest func() int, take func(line []byte) bool) {
	reader := bufio.NewReader(source)
	var line []byte
	size := 0
	for {
		part, err := reader.ReadSlice('\n')
		fitted := size <= longest()
		size += len(part)
		if size <= longest() {
			line = append(line, part...)
		} else if line = nil; fitted && !take(nil) {
			return
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && !take(trimmed) {
			return
		}
		line, size = nil, 0
	}
}
