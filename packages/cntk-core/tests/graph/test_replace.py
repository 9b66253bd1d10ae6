from __future__ import annotations

import numpy as np
import pytest

import cntk as C

x = C.input_variable(3, name="x")


def test_the_only_placeholder():
    f = C.placeholder(name="p") * 2
    assert f.shape == (-2,)
    assert f.replace_placeholder(x) is f
    assert (f.shape, f.arguments, f.placeholders) == ((3,), (x,), ())
    assert f.eval([[1, 2, 3]]).tolist() == [[2, 4, 6]]


def test_some_placeholders():
    a, b = C.placeholder(name="a"), C.placeholder(name="b")
    f = a + b
    f.replace_placeholders({a: x})
    assert [v.name for v in f.arguments] == ["x", "b"]
    f.replace_placeholders({b: x * 2})
    assert f.eval([[1, 2, 3]]).tolist() == [[3, 6, 9]]


def test_by_other_placeholders():
    a, b = C.placeholder(name="a"), C.placeholder(name="b")
    f = a - b
    f.replace_placeholders({a: b, b: a})
    assert [v.name for v in f.arguments] == ["b", "a"]


def test_by_a_number():
    a, b = C.placeholder(name="a"), C.placeholder(name="b")
    f = a + b
    f.replace_placeholders({a: x, b: 5})
    assert f.eval([[1, 2, 3]]).tolist() == [[6, 7, 8]]


def test_nothing():
    f = C.placeholder(name="a") + 1
    assert len(f.replace_placeholders({}).placeholders) == 1


def test_inside_of_blocks_types_follow():
    inside, outside = C.placeholder(), C.placeholder(name="outside")
    f = C.as_block(C.reduce_sum(inside, axis=0), [(inside, outside)], "Total", "")
    f.replace_placeholder(x)
    assert (f.shape, f.root_function.block_root.shape) == ((1,), (1,))


def test_what_others_listed_before_is_up_to_date():
    p = C.placeholder(name="p")
    inner = C.tanh(p)
    outer = inner * 2
    assert outer.placeholders == (p,)
    outer.replace_placeholder(x)
    assert inner.arguments == outer.arguments == (x,)
    assert inner.shape == (3,)


def test_outputs_of_a_combination():
    p = C.placeholder(name="p")
    f = C.combine([p, p * 2])
    f.replace_placeholder(x)
    assert f.outputs[0] is x


def test_a_loop_through_a_delay():
    p = C.placeholder(name="p")
    s = C.sequence.input_variable(1, name="s")
    f = C.sequence.past_value(p) + s
    f.replace_placeholders({p: f.output})
    assert (f.placeholders, f.arguments, f.shape) == ((), (s,), (1,))
    assert f.eval([np.ones((3, 1), "f")])[0].tolist() == [[1], [2], [3]]


class TestLoopsWithoutDelay:
    """They can be built, looked at, copied and saved; they cannot be computed."""

    @pytest.fixture
    def loop(self):
        p = C.placeholder(name="p")
        f = C.tanh(p * C.parameter(3, init=1, name="w") + x)
        return f.replace_placeholders({p: f.output})

    def test_looking(self, loop):
        assert [v.name for v in loop.inputs] == ["w", "x"]
        assert str(loop) == "Composite(x: Tensor[3]) -> Tensor[3]"
        assert repr(loop).startswith("Composite(Tanh): Input('x', [#], [3]) -> Output(")
        assert loop.find_by_name("w", -1).name == "w"
        assert loop.find_by_name("nothing", -1) is None

    @pytest.mark.parametrize("method", ["share", "clone", "freeze"])
    def test_copying(self, loop, method):
        copy = loop.clone(method)
        assert copy.root_function.inputs[0].owner.inputs[0].owner.inputs[0] is copy.output

    def test_files(self, loop, tmp_path):
        loop.save(tmp_path / "loop.model")
        assert C.load_model(tmp_path / "loop.model").shape == (3,)

    @pytest.mark.parametrize(
        "run",
        [
            lambda f: f.eval([[1, 2, 3]]),
            lambda f: f.grad([[1, 2, 3]], f.parameters),
            lambda f: f.forward([[1, 2, 3]], keep_for_backward=[f.output]),
        ],
        ids=["eval", "grad", "forward"],
    )
    def test_computing(self, loop, run):
        with pytest.raises(RuntimeError, match="cycle without delay"):
            run(loop)


@pytest.mark.parametrize(
    "make, error, why",
    [
        (lambda: C.relu(x).replace_placeholder(x), ValueError, "has 0 placeholders ''"),
        (
            lambda: (C.placeholder(name="a") + C.placeholder(name="b")).replace_placeholder(x),
            ValueError,
            "has 2 placeholders 'Placeholder.'a'.*Placeholder.'b'",
        ),
        (
            lambda: C.relu(C.placeholder()).replace_placeholders({x: x}),
            ValueError,
            "Placeholder 'Input.'x'.* specified for replacement not found in the Function",
        ),
        (
            lambda: C.relu(x).replace_placeholders({C.placeholder(name="q"): x}),
            ValueError,
            "not found in the Function",
        ),
        (
            lambda: C.relu(C.placeholder()).replace_placeholders(x),
            TypeError,
            "must be a dictionary",
        ),
    ],
)
def test_refusals(make, error, why):
    with pytest.raises(error, match=why):
        make()
