"""The names of ``cntk.io``: what is here, what plugins bring, what comes later."""

from __future__ import annotations

import pytest

import cntk.io
from cntk.io import transforms
from cntk.names import LATER


@pytest.mark.parametrize("name", LATER["cntk.io"].split())
def test_a_later_deserializer_says_so(name):
    with pytest.raises(AttributeError, match=f"cntk.io.{name} of CNTK 2.7 is not in this release"):
        getattr(cntk.io, name)


def test_it_says_why():
    with pytest.raises(AttributeError, match="described nowhere; HTKMLFDeserializer reads label"):
        assert cntk.io.HTKMLFBinaryDeserializer


def test_importing_a_later_deserializer_says_so():
    with pytest.raises(ImportError, match="LatticeDeserializer of CNTK 2.7 is not in this release"):
        from cntk.io import LatticeDeserializer  # noqa: F401


@pytest.mark.parametrize("module", [cntk.io, transforms])
def test_other_names_do_not_exist(module):
    with pytest.raises(AttributeError, match="has no attribute 'NoSuchThing'"):
        assert module.NoSuchThing


def test_a_plugin_can_bring_a_later_name(monkeypatch):
    monkeypatch.setattr(
        "cntk.plugins.deserializers", lambda: {"LatticeDeserializer": (dict, "other")}
    )
    assert cntk.io.LatticeDeserializer is dict


def test_the_package_offers_its_deserializers_by_the_hook():
    from cntk.io import _plugin

    offered = _plugin.cntk_deserializers()
    assert {name: getattr(cntk.io, name) for name in offered} == offered
    assert {
        "CBFDeserializer",
        "CTFDeserializer",
        "ImageDeserializer",
        "Base64ImageDeserializer",
    } <= set(offered)
    assert _plugin.cntk_deserializers.cntk_impl
