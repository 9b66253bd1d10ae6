"""Devices: where memory lies and kernels run."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from cntk.errors import ArgumentError


class DeviceKind(IntEnum):
    """Kind of a device.

    >>> C.device.cpu().type() == DeviceKind.CPU
    True
    """

    CPU = 0
    GPU = 1


class DeviceDescriptor:
    """A device. Obtain one from :func:`cpu`, :func:`gpu` or :func:`all_devices`.

    >>> cpu().type() == DeviceKind.CPU, cpu().id()
    (True, 0)
    """

    def __init__(self, kind: DeviceKind, number: int, title: str) -> None:
        self._kind, self._number, self._title = kind, number, title

    def id(self) -> int:
        """Return the device number."""
        return self._number

    def type(self) -> DeviceKind:
        """Return the kind of the device."""
        return self._kind

    def is_locked(self) -> bool:
        """Return whether another process has locked the device; the CPU never is."""
        return False

    def properties(self) -> object:
        """Return the properties of a GPU.

        Raises:
            ValueError: the device is not a GPU.
        """
        raise ArgumentError(f"device '{self}' is not a GPU; the CPU has no GPU properties")

    def as_string(self) -> str:
        """Return what it prints as."""
        return self._title

    @staticmethod
    def cpu_device() -> DeviceDescriptor:
        """As :func:`cpu`."""
        return cpu()

    @staticmethod
    def gpu_device(device_id: int) -> DeviceDescriptor:
        """As :func:`gpu`."""
        return gpu(device_id)

    @staticmethod
    def all_devices() -> tuple[DeviceDescriptor, ...]:
        """As :func:`all_devices`."""
        return all_devices()

    @staticmethod
    def use_default_device() -> DeviceDescriptor:
        """As :func:`use_default_device`."""
        return use_default_device()

    @staticmethod
    def try_set_default_device(
        new_default_device: DeviceDescriptor, acquire_device_lock: bool = False
    ) -> bool:
        """As :func:`try_set_default_device`."""
        return try_set_default_device(new_default_device, acquire_device_lock)

    @staticmethod
    def set_excluded_devices(excluded_devices: Sequence[DeviceDescriptor]) -> None:
        """As :func:`set_excluded_devices`."""
        set_excluded_devices(excluded_devices)

    @staticmethod
    def get_gpu_properties(device: DeviceDescriptor) -> object:
        """As :func:`get_gpu_properties`."""
        return get_gpu_properties(device)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DeviceDescriptor):
            return False
        return (self._kind, self._number) == (other._kind, other._number)

    def __hash__(self) -> int:
        return hash((self._kind, self._number))

    def __str__(self) -> str:
        return self._title

    def __repr__(self) -> str:
        return self._title


_CPU = DeviceDescriptor(DeviceKind.CPU, 0, "CPU")
_default = _CPU
_frozen = False
_excluded: set[DeviceDescriptor] = set()


def cpu() -> DeviceDescriptor:
    """Return the CPU.

    >>> cpu()
    CPU
    """
    return _CPU


def gpu(device_id: int) -> DeviceDescriptor:
    """Return a GPU.

    Args:
        device_id: number of the GPU.

    Raises:
        ValueError: no such GPU, or no package that brings GPUs is installed.
    """
    for device in all_devices():
        if device.type() == DeviceKind.GPU and device.id() == device_id:
            return device
    raise ArgumentError(
        f"Specified GPU device id ({device_id}) is invalid. "
        "No such GPU is known; GPUs come with the package cntk-cuda: pip install cntk-cuda"
    )


def all_devices() -> tuple[DeviceDescriptor, ...]:
    """Return all devices of this machine, GPUs first.

    >>> all_devices()[-1] == C.device.cpu()
    True
    """
    from cntk.plugins import devices

    return (*devices(), _CPU)


def use_default_device() -> DeviceDescriptor:
    """Return the default device and freeze the choice.

    >>> use_default_device() == C.device.cpu()
    True
    """
    global _frozen
    _frozen = True
    return _default


def try_set_default_device(
    new_default_device: DeviceDescriptor, acquire_device_lock: bool = False
) -> bool:
    """Make a device the default; return False when the default is already in use.

    Args:
        new_default_device: the device.
        acquire_device_lock: lock a GPU for this process; nothing to do on the CPU.
    """
    global _default
    if new_default_device in _excluded:
        return False
    if _frozen and new_default_device != _default:
        return False
    _default = new_default_device
    return True


def set_excluded_devices(excluded_devices: Sequence[DeviceDescriptor]) -> None:
    """Name the devices that must not become the default.

    Args:
        excluded_devices: the devices; they replace those that were named before.
    """
    _excluded.clear()
    _excluded.update(excluded_devices)


def get_gpu_properties(device: DeviceDescriptor) -> object:
    """Return the properties of a GPU.

    Args:
        device: the GPU.

    Raises:
        ValueError: the device is not a GPU.
    """
    return device.properties()
