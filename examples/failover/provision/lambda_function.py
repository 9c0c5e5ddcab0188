"""Moves traffic between a Lambda function and an ECS service when an alarm changes its state.

EventBridge hands every "CloudWatch Alarm State Change" of the function's ConcurrentExecutions to it. What it works on comes
from its environment: CLUSTER, SERVICE, LISTENER_ARN, FUNCTION_TARGET_GROUP_ARN, SERVICE_TARGET_GROUP_ARN, and TASKS, how many
to run while the alarm lasts (1).
"""

import os
import time

import boto3

ecs = boto3.client("ecs")
elb = boto3.client("elbv2")

# A task that has not started by then won't; the function's own time-out has to be longer.
PATIENCE_SECONDS = 120


def lambda_handler(event, context):
    state = event["detail"]["state"]["value"]
    before = event["detail"]["previousState"]["value"]
    print(f"{before} -> {state}")
    if state == "ALARM":
        scale(int(os.environ.get("TASKS", "1")))
        wait_for_a_running_task()
        weigh(function=0, service=1)
    elif state == "OK" and before != "OK":
        # In this order, so that no request meets a service without tasks.
        weigh(function=1, service=0)
        scale(0)
    return {"state": state}


def scale(tasks):
    ecs.update_service(cluster=os.environ["CLUSTER"], service=os.environ["SERVICE"], desiredCount=tasks)
    print(f"{tasks} tasks wanted")


def wait_for_a_running_task():
    end = time.monotonic() + PATIENCE_SECONDS
    while not a_container_runs():
        if time.monotonic() > end:
            raise TimeoutError(f"no task of {os.environ['SERVICE']} was running after {PATIENCE_SECONDS} s")
        time.sleep(1)
    print("a task is running")


def a_container_runs():
    cluster = os.environ["CLUSTER"]
    arns = ecs.list_tasks(cluster=cluster, serviceName=os.environ["SERVICE"])["taskArns"]
    if not arns:
        return False
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    return any(container.get("lastStatus") == "RUNNING" for task in tasks for container in task["containers"])


def weigh(function, service):
    groups = [
        {"TargetGroupArn": os.environ["FUNCTION_TARGET_GROUP_ARN"], "Weight": function},
        {"TargetGroupArn": os.environ["SERVICE_TARGET_GROUP_ARN"], "Weight": service},
    ]
    elb.modify_listener(
        ListenerArn=os.environ["LISTENER_ARN"],
        DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
    )
    print(f"weights: function {function}, service {service}")
