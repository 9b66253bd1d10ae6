"""What tutorials call first: the device on which their tests want them to run."""

from __future__ import annotations

import os

from cntk.device import cpu, gpu, try_set_default_device


def set_device_from_pytest_env() -> None:
    """Make the device that the environment variable ``TEST_DEVICE`` names the default.

    ``cpu`` and ``gpu`` (the first one) name a device; anything else leaves the choice as it is.

    Raises:
        ValueError: it is ``gpu`` and there is none.
    """
    wanted = os.environ.get("TEST_DEVICE")
    if wanted == "cpu":
        try_set_default_device(cpu())
    elif wanted == "gpu":
        try_set_default_device(gpu(0))
