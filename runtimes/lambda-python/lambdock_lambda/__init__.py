"""lambdock's Lambda runtime for Python 3.9 and later. Its modules are loaded before user code and never found by it."""
