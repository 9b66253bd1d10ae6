"""log_number_of_parameters: what CNTK 2.7 prints for models of these shapes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cntk.logging import log_number_of_parameters


@pytest.mark.parametrize(
    "shapes, number",
    [
        ([(4, 2), (2,), (4,), (4,), (3, 4), (4,)], "34"),
        ([()], "1"),
        ([], "0"),
        ([(1000, 1000, 3)], "3000000"),
        ([(-1, 4), (4,)], "so far unspecified number of"),
    ],
)
def test_numbers_and_shapes(shapes, number, capsys):
    model = SimpleNamespace(parameters=[SimpleNamespace(shape=shape) for shape in shapes])
    first = f"Training {number} parameters in {len(shapes)} parameter tensors.\n"
    log_number_of_parameters(model)
    assert capsys.readouterr().out == first
    log_number_of_parameters(model, trace_level=1)
    assert capsys.readouterr().out == first + "\n" + "".join(f"\t{shape}\n" for shape in shapes)
