"""Work of which one process fails; it imports little, so that the processes start quickly."""

import os
import signal
import time
from pathlib import Path

from radbank.errors import RadbankError


def fail(group, folder, how):
    """Fail in the second process, while the first waits for it."""
    Path(folder, f"{group.rank}.pid").write_text(str(os.getpid()))
    group.wait()
    if group.rank == 0:
        group.wait()
        time.sleep(60)
    elif how == "mistake":
        raise RadbankError("The second process found a mistake: correct it.")
    os.kill(os.getpid(), signal.SIGKILL)
