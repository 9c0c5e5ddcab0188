"""Runs one Lambda function: the `bootstrap` of an execution environment for Python (docs/lambda-runtimes.md)."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# What handlers import never comes from this folder.
sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != HERE]
sys.path.insert(0, HERE)
from lambdock_lambda import main  # noqa: E402

sys.path.remove(HERE)

if __name__ == "__main__":
    main.main()
