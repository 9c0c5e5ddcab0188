"""Starts the agent, the main process of a container. See "In a container: the agent" in docs/runtime-protocol.md."""

from lambdock_runtime.agent.main import run_agent

if __name__ == "__main__":
    run_agent()
