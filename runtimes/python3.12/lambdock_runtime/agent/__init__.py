"""The agent: runs the versions of a function as processes forked from itself, as the daemon tells it."""
