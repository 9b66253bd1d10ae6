"""Steps whose operands have free axes: only a run shows whether they fit each other."""

from __future__ import annotations

from cntk.errors import CNTKError, ShapeError, describe
from cntk.execution.symbols import Step
from cntk.execution.watch import Launch
from cntk.shape import is_static, shape_text


def fitted(step: Step, inputs: list[int], launch: Launch) -> Launch:
    """Return the launch of a step; with free axes, one that says which operands do not fit.

    Args:
        step: what is launched.
        inputs: slots of the step's operands.
        launch: what computes it.
    """
    if all(is_static(operand.shape) for operand in step.operands):
        return launch
    # equal graphs share plans: the operation is the same in all of them, its uid is not
    name = step.purpose.node.op_name if step.purpose else step.operator.name

    def run(slots):
        try:
            launch(slots)
        except CNTKError:
            raise
        except ValueError:
            raise _misfit(name, step, [slots[slot] for slot in inputs]) from None

    return run


def _misfit(name: str, step: Step, arrays: list) -> CNTKError:
    shapes = [
        tuple(array.shape)[1 if operand.has_rows else 0 :]
        for operand, array in zip(step.operands, arrays)
        if hasattr(array, "shape")
    ]
    found = ", ".join(f"'{shape_text(shape)}'" for shape in shapes)
    return ShapeError(
        describe(
            f"{name}: with the data given, operands have the static shapes {found}, which are not "
            "compatible.",
            hint="data whose free axes have the sizes that the other operands have",
        )
    )
