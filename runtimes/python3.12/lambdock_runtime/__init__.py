"""The Python runtime: a small HTTP/1.1 server around one Flask view. See docs/runtime-protocol.md."""
