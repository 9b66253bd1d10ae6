from __future__ import annotations

import threading

import pytest

from cntk.default_options import (
    default_options,
    default_options_for,
    default_override_or,
    get_default_override,
    get_global_option,
    is_default_override,
    set_global_option,
)


def activated(activation=default_override_or("none")):
    return get_default_override(activated, activation=activation)


class Layer:
    def __init__(self, size=default_override_or(1)):
        self.size = get_default_override(Layer, size=size)


def test_built_in_default_outside_any_scope():
    assert activated() == "none"


def test_an_argument_wins_over_the_scope():
    with default_options(activation="tanh"):
        assert activated("relu") == "relu"


def test_none_is_an_argument_and_a_default_like_any_other():
    with default_options(activation=None):
        assert activated() is None
    with default_options(activation="tanh"):
        assert activated(None) is None


def test_innermost_scope_wins():
    with default_options(activation="outer"):
        with default_options(activation="inner"):
            assert activated() == "inner"
        assert activated() == "outer"
    assert activated() == "none"


def test_scope_for_one_function_leaves_others_to_the_outer_scope():
    with default_options(activation="outer", size=3), default_options_for(Layer, size=5):
        assert activated() == "outer"
        assert Layer().size == 5


def test_general_scope_inside_a_specific_one_wins():
    with default_options_for(activated, activation="specific"), default_options(activation="all"):
        assert activated() == "all"


def test_scope_for_several_functions():
    with default_options_for([activated, Layer], activation="a", size=7):
        assert (activated(), Layer().size) == ("a", 7)


def test_unknown_names_have_no_effect():
    with default_options(no_such_option=1):
        assert activated() == "none"


def test_scope_ends_with_an_exception():
    with pytest.raises(KeyError), default_options(activation="tanh"):
        raise KeyError
    assert activated() == "none"


def test_a_scope_can_be_entered_again():
    scope = default_options(activation="again")
    with scope, scope:
        pass
    assert activated() == "none"
    with scope:
        assert activated() == "again"


def test_scopes_belong_to_their_thread():
    seen = []
    with default_options(activation="here"):
        thread = threading.Thread(target=lambda: seen.append(activated()))
        thread.start()
        thread.join()
    assert seen == ["none"]


def test_a_marked_default_given_as_argument_is_still_a_default():
    with default_options(activation="scope"):
        assert activated(default_override_or("mine")) == "scope"
    assert activated(default_override_or("mine")) == "mine"


def test_marking_twice_is_marking_once():
    twice = default_override_or(default_override_or(3))
    assert twice.value == 3
    assert is_default_override(twice) and not is_default_override(3)
    assert repr(twice) == "default(3)"


@pytest.mark.parametrize("name", ["_scope", "_outer"])
def test_reserved_names(name):
    with pytest.raises(ValueError, match="reserved"):
        default_options(**{name: 1})


def test_mistakes():
    with pytest.raises(TypeError, match="1 keyword argument but 2"):
        get_default_override(activated, a=1, b=2)
    with pytest.raises(TypeError, match="1 keyword argument but 0"):
        get_default_override(activated)
    with pytest.raises(TypeError, match=r"activated\(\) has no argument named 'size'"):
        get_default_override(activated, size=default_override_or(1))
    with pytest.raises(ValueError, match="function or class"):
        get_default_override("activated", activation=1)
    with pytest.raises(TypeError, match="functions and classes"):
        default_options_for([5], activation=1)


def test_global_options():
    assert get_global_option("test_global_options", 7) == 7
    set_global_option("test_global_options", 1)
    assert get_global_option("test_global_options", 7) == 1


def test_without_a_function_the_innermost_option_of_the_name_holds():
    def option():
        return get_default_override(None, activation=default_override_or("none"))

    assert option() == "none"
    with default_options(activation="relu"):
        assert option() == "relu"
        with default_options_for(Layer, activation="tanh"):
            assert option() == "tanh"
    assert get_default_override(None, activation="given") == "given"
