package main

import (
	"encoding/json"
	"net/http"
	"net/url"
)

func handler(params url.Values, w *http.ResponseWriter) {
	body, _ := json.Marshal(map[string]any{"message": "Hello World", "params": params})
	(*w).Header().Set("Content-Type", "application/json")
	(*w).WriteHeader(200)
	(*w).Write(body)
}
