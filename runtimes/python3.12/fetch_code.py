#!/usr/bin/env python3
"""fetch-code <function id> <file>: writes what lies behind the presigned URL in LAMBDOCK_CODE_URL to <file>."""

import os
import sys
import urllib.request

url = os.environ.get("LAMBDOCK_CODE_URL")
if len(sys.argv) != 3 or not url:
    sys.exit("usage: LAMBDOCK_CODE_URL=<presigned URL> fetch-code <function id> <file>")
try:
    with urllib.request.urlopen(url, timeout=30) as answer, open(sys.argv[2], "wb") as file:
        file.write(answer.read())
except OSError as error:
    sys.exit(f"can't fetch the code of {sys.argv[1]}: {error}")
