import os
import sys

from . import errors, loading, logs, paths, snapshots, standby
from .api import RuntimeApi
from .connection import ConnectionLost
from .loop import Loop


def main():
    """Loads the function that the environment names and handles its invocations until the Runtime API goes away."""
    if os.environ.get("LAMBDOCK_STANDBY") == "1":
        standby.wait_for_assignment()
    descriptor = os.environ.get("LAMBDOCK_EVENTS_FD")
    settings = take_settings()
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"], None if descriptor is None else int(descriptor))
    log = logs.install(settings)
    try:
        run(api, log)
    except ConnectionLost:
        # Nobody is left to tell anything.
        log.flush()
        os._exit(0)


def run(api, log):
    try:
        handler = loading.load_handler(os.environ.get("_HANDLER", ""))
        snapshots.run_hooks()
    except Exception as error:
        report_init_error(api, log, error)
        sys.exit(1)
    Loop(api, log, handler).run()


def report_init_error(api, log, error):
    described = errors.describe(error, "")
    logs.warn_of_unhandled()
    log.error(described)
    loading.advise(error)
    api.fail_init(described)


def take_settings():
    """Reads what is meant for the runtime, and takes from the environment what user code does not find there on AWS."""
    env = os.environ
    task_root = env.get("LAMBDA_TASK_ROOT", os.getcwd())
    paths.show_task_root_as(task_root, env.get("LAMBDOCK_SHOWN_TASK_ROOT"))
    paths.set_up(task_root, env.get("LAMBDOCK_PYTHON_SDK"))
    settings = logs.Settings(
        json=env.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON",
        level=env.get("AWS_LAMBDA_LOG_LEVEL"),
        descriptor=env.pop("_LAMBDA_TELEMETRY_LOG_FD", None),
    )
    for name in [name for name in env if name.startswith("LAMBDOCK_")]:
        del env[name]
    return settings
