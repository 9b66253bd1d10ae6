"""Tables as CNTK 2.7 prints them; the expected text is its own, but for uids."""

from __future__ import annotations

import cntk as C
from cntk.debugging import dump_function, dump_signature
from cntk.debugging.dump import _letters


def test_a_block_and_what_is_inside(capsys):
    x, inside = C.input_variable(2, name="x"), C.placeholder(name="x")
    weights, bias = C.parameter((2, 3), name="W"), C.parameter(3, name="b")
    body = C.plus(C.times(inside, weights), bias)
    dump_function(C.as_block(body, [(inside, x)], "Dense", "out"))
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "out: Dense(x: Tensor[2]) -> Tensor[3]",
        f"  Dense                {'out':<30} (W:(2, 3), b:(3,), x:[b*](2,)) -> (out:[b*](3,))",
        f"  Input                {'x ' + x.uid:<31} [b*](2,)",
        f"  Plus                 {'a':<30} (c:[b*](3,), b:(3,)) -> (b:[b*](3,))",
        f"  Times                {'d':<30} (x:[b*](2,), W:(2, 3)) -> (c:[b*](3,))",
        f"  Parameter            {'W':<31} (2, 3)",
        f"  Parameter            {'b':<31} (3,)",
    ]


def test_sequence_axes_are_explained(capsys):
    dump_function(C.relu(C.sequence.input_variable(1, name="s")))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  Axis defaultDynamicAxis == n*"
    assert "[b*,n*](1,)" in lines[2]


def test_a_tag_stands_in_front(capsys):
    dump_signature(C.relu(C.input_variable(1, name="x")), "model")
    assert capsys.readouterr().out == "model: ReLU(x: Tensor[1]) -> Tensor[1]\n"


def test_letters_are_numbers_in_base_26():
    assert [_letters(n) for n in (0, 25, 26, 27, 52)] == ["a", "z", "ba", "bb", "ca"]
