// fetch-code <function id> <file>: writes what lies behind the presigned URL in LAMBDOCK_CODE_URL to <file>.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	url := os.Getenv("LAMBDOCK_CODE_URL")
	if len(os.Args) != 3 || url == "" {
		fmt.Fprintln(os.Stderr, "usage: LAMBDOCK_CODE_URL=<presigned URL> fetch-code <function id> <file>")
		os.Exit(2)
	}
	if err := fetch(url, os.Args[2]); err != nil {
		fmt.Fprintf(os.Stderr, "can't fetch the code of %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func fetch(url, path string) error {
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the object store answered %s", answer.Status)
	}
	code, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(path, code, 0o644)
}
