"""The fork server of kernels: the third-party stack is loaded once, for all kernels of a run or of JupyterLab.

    with KernelServer() as server:
        os.environ.update(server.environment())

Its kernels are asked for by ``provisioner``.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Final, Self

from jpresearch.batch.processes.fork_server import ForkServer, new_folder

ADDRESS_VARIABLE: Final = "JPRESEARCH_KERNEL_PARENT"
# The debugger that comes with a kernel would complain on the terminal of Python's built-in modules.
NO_COMPLAINT: Final = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
# Would make the server's imports depend on the notebook or terminal it was started from.
LEFT_OUT: Final = ("MPLBACKEND", "JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", ADDRESS_VARIABLE)
# What a user has set up for plots and sessions of their own does not reach a run.
STARTUP: Final = ("PYTHONSTARTUP",)
RC_FILE: Final = Path(sysconfig.get_paths()["purelib"], "matplotlib", "mpl-data", "matplotlibrc")
ISOLATED: Final = {"MATPLOTLIBRC": str(RC_FILE)}


class KernelServer(ForkServer):
    """The fork server of the kernels of one run or JupyterLab session, a context manager.

    Where forking is unsafe nothing is started, ``address`` is ``None``, and all kernels are ordinary ones.

    Parameters
    ----------
    around : folder for its sockets, as of ``ForkServer``.
    isolated : whether it is without what the user has set up for matplotlib, as kernels of a run are.
    """

    def __init__(self, around: Path | None = None, *, isolated: bool = False) -> None:
        super().__init__(Path(__file__).with_name("forked_kernel.py"), around)
        self._isolated = isolated

    def __enter__(self) -> Self:
        if unsafe() is None:
            left_out = (*LEFT_OUT, *STARTUP) if self._isolated else LEFT_OUT
            kept = {name: value for name, value in os.environ.items() if name not in left_out}
            self.start(kept | (ISOLATED if self._isolated else {}) | NO_COMPLAINT)
        return self

    def environment(self) -> dict[str, str]:
        """The variables by which the provisioner of a job finds this server."""
        return {} if self.address is None else {ADDRESS_VARIABLE: self.address}


def unsafe() -> str | None:
    """Why kernels must not be forked on this system, ``None`` where they may."""
    return None if sys.platform == "linux" else f"forking a preloaded Python is not safe on {sys.platform}"


def socket_folder() -> Path:
    """A new folder for sockets, in that of the server which the environment names, if any: it goes with it at last."""
    address = os.environ.get(ADDRESS_VARIABLE)
    around = Path(address).parent if address else None
    return new_folder(around if around is not None and around.is_dir() else None)
