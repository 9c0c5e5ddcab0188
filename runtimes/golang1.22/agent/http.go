package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	fetchLimit  = 30 * time.Second
	largestCode = 64 << 20
)

var pauses = []time.Duration{100 * time.Millisecond, 400 * time.Millisecond}

// client goes straight to where it is told, and nowhere else.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

type source struct {
	URL     string `json:"url"`
	Content string `json:"content"`
	SHA256  string `json:"sha256"`
}

// fetch puts code into a folder of its own.
func (s source) fetch(ctx context.Context, directory, entry string) error {
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	code, err := s.read(ctx)
	if err == nil {
		sum := sha256.Sum256(code)
		if actual := hex.EncodeToString(sum[:]); actual != s.SHA256 {
			err = fmt.Errorf("its SHA-256 is %s, not %s", actual, s.SHA256)
		}
	}
	path := filepath.Join(directory, entry)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = os.WriteFile(path, code, 0o600)
	}
	if err != nil {
		return fmt.Errorf("can't fetch the code: %s", reason(err))
	}
	return nil
}

func (s source) read(ctx context.Context) ([]byte, error) {
	if s.URL == "" {
		return base64.StdEncoding.DecodeString(s.Content)
	}
	return download(ctx, s.URL)
}

// download tries again where the connection fails or the answer is 5xx: both may be of the moment.
func download(ctx context.Context, url string) ([]byte, error) {
	for attempt := 0; ; attempt++ {
		status, code, err := get(ctx, url, largestCode+1)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("the object store answered %d", status)
		}
		if len(code) > largestCode {
			return nil, errors.New("it has more than 64 MB")
		}
		if err == nil {
			return code, nil
		}
		if ctx.Err() != nil || attempt == len(pauses) || status != 0 && status < 500 {
			return nil, err
		}
		select {
		case <-time.After(pauses[attempt]):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// get reads `most` bytes of the answer. The status is 0 where there is none, or not all of it.
func get(ctx context.Context, url string, most int64) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return 0, nil, err
	}
	return answer.StatusCode, body, nil
}

// probe gets each URL and tells the answer's status, or why there was none.
func probe(urls []string, timeout time.Duration) map[string]any {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	results := map[string]any{}
	var lock sync.Mutex
	var all sync.WaitGroup
	for _, url := range urls {
		all.Add(1)
		go func(url string) {
			defer all.Done()
			status, _, err := get(ctx, url, 0)
			lock.Lock()
			defer lock.Unlock()
			if results[url] = status; err != nil {
				results[url] = reason(err)
			}
		}(url)
	}
	all.Wait()
	return results
}

// reason leaves out the URL, which is as good as a password.
func reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}
