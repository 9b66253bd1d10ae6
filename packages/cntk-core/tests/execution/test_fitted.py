"""Free axes that turn out not to fit."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

TWO, THREE = np.ones((4, 2), np.float32), np.ones((4, 3), np.float32)


def free(name: str):
    return C.input_variable(C.FreeDimension, needs_gradient=True, name=name)


def test_the_message_names_the_operation_the_sizes_and_the_inputs():
    a, b = free("a"), free("b")
    product = C.element_times(a, b)
    for run in (product.eval, product.grad):
        with pytest.raises(ValueError, match=r"'\[2\]', '\[3\]', which are not comp") as caught:
            run({a: TWO, b: THREE})
        text = str(caught.value)
        assert text.startswith("ElementTimes")
        assert "Input('b', [#], [*]) was given '[3]'" in text
        assert "test_fitted.py" in text


def test_weights_of_another_size_are_named():
    a = free("a")
    y = C.times(a, C.parameter(init=np.ones((3, 2), np.float32)))
    with pytest.raises(ValueError, match=r"Times.*'\[2\]', '\[3 x 2\]'"):
        y.eval({a: TWO})
    assert y.eval({a: THREE}).shape == (4, 2)


def test_a_misfit_leaves_the_function_usable():
    a, b = free("a"), free("b")
    total = a + b
    with pytest.raises(ValueError, match="not compatible"):
        total.eval({a: TWO, b: THREE})
    np.testing.assert_array_equal(total.eval({a: THREE, b: THREE}), 2 * THREE)


def test_errors_of_a_users_own_code_keep_their_text():
    class Refusing(C.ops.functions.UserFunction):
        def infer_outputs(self):
            return [C.output_variable((), np.float32, self.inputs[0].dynamic_axes)]

        def forward(self, argument, device=None, outputs_to_retain=None):
            raise ValueError("not today")

    a = free("a")
    with pytest.raises(RuntimeError, match="not today"):
        C.user_function(Refusing([a])).eval({a: TWO})
