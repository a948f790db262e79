"""Whether a process still runs: what a file says of one that is gone no longer counts."""

from __future__ import annotations

import os


def is_running(pid: int) -> bool:
    """Whether there is a process of this number, ours or somebody else's."""
    if pid <= 0:  # to the kernel, a whole group
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError) as error:  # not ours to signal, but there; or no number of a process
        return isinstance(error, PermissionError)
    return True
