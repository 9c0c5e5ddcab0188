"""Of this container's memory."""

import re

# cgroup v2, and v1.
_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


def count_out_of_memory():
    """How many processes of the container the kernel has ended for want of memory; 0 where it does not tell."""
    for file in _FILES:
        try:
            with open(file) as content:
                found = re.search(r"^oom_kill (\d+)$", content.read(), re.MULTILINE)
        except OSError:
            continue  # the other version's
        return int(found[1]) if found else 0
    return 0


def sacrifice():
    """Where memory runs out it is this process that ends, not the agent."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
    except OSError:
        pass  # not Linux
