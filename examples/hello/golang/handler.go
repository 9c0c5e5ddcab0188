package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

const greeting = "Hello"

// handler is called for every request. Change the greeting, save, and ask again.
func handler(params url.Values, w *http.ResponseWriter) {
	name := params.Get("name")
	if name == "" {
		name = "world"
	}
	(*w).Header().Set("Content-Type", "application/json")
	json.NewEncoder(*w).Encode(map[string]string{
		"message": fmt.Sprintf("%s, %s!", greeting, name),
		"from":    "Go",
	})
}
