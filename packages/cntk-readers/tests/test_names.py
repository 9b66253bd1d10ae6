"""The names of ``cntk.io``: what is here, what plugins bring, what comes later."""

from __future__ import annotations

import pytest

import cntk.io
from cntk.io import transforms
from cntk.io.later import LATER


@pytest.mark.parametrize("name", LATER["cntk.io"])
def test_a_later_deserializer_can_be_imported_but_not_used(name):
    factory = getattr(cntk.io, name)
    with pytest.raises(NotImplementedError, match=f"cntk.io.{name} is not in this release"):
        factory("file", streams={})


@pytest.mark.parametrize("name", LATER["cntk.io.transforms"])
def test_a_later_transform_can_be_imported_but_not_used(name):
    with pytest.raises(NotImplementedError, match="not in this release"):
        getattr(transforms, name)()


@pytest.mark.parametrize("module", [cntk.io, transforms])
def test_other_names_do_not_exist(module):
    with pytest.raises(AttributeError, match="has no attribute 'NoSuchThing'"):
        assert module.NoSuchThing


def test_a_plugin_can_bring_a_later_name(monkeypatch):
    monkeypatch.setattr("cntk.plugins.deserializers", lambda: {"CBFDeserializer": (dict, "other")})
    assert cntk.io.CBFDeserializer is dict


def test_the_package_offers_its_deserializers_by_the_hook():
    from cntk.io import _plugin

    assert _plugin.cntk_deserializers() == {"CTFDeserializer": cntk.io.CTFDeserializer}
    assert _plugin.cntk_deserializers.cntk_impl
