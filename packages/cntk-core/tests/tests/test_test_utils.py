from __future__ import annotations

import pytest

from cntk.device import cpu
from cntk.tests import test_utils
from cntk.tests.test_utils import set_device_from_pytest_env


@pytest.fixture
def chosen(monkeypatch):
    """The devices that were made the default."""
    devices = []
    monkeypatch.setattr(test_utils, "try_set_default_device", devices.append)
    return devices


def test_without_a_wish(monkeypatch, chosen):
    monkeypatch.delenv("TEST_DEVICE", raising=False)
    set_device_from_pytest_env()
    assert chosen == []


def test_cpu(monkeypatch, chosen):
    monkeypatch.setenv("TEST_DEVICE", "cpu")
    set_device_from_pytest_env()
    assert chosen == [cpu()]


def test_gpu(monkeypatch, chosen):
    monkeypatch.setattr(test_utils, "gpu", lambda number: f"gpu {number}")
    monkeypatch.setenv("TEST_DEVICE", "gpu")
    set_device_from_pytest_env()
    assert chosen == ["gpu 0"]


def test_anything_else_leaves_the_choice_as_it_is(monkeypatch, chosen):
    monkeypatch.setenv("TEST_DEVICE", "-1")
    set_device_from_pytest_env()
    assert chosen == []
