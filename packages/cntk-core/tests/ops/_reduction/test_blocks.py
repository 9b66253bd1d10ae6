import cntk as C


def body_of(function):
    return function.root_function.block_root.root_function


def test_a_reduction_is_two_blocks_around_a_primitive():
    x = C.input_variable((2, 3))
    outer = C.reduce_sum(x, axis=0, name="total")
    middle = body_of(outer)
    inner = body_of(middle)
    shown = [outer.root_function, middle, inner]
    assert [f.op_name for f in shown] == ["ReduceElements", "MultiAxisReduce", "ReduceElements"]
    assert [f.name for f in shown] == ["total", "", "_static_axes_subop"]
    assert outer.root_function.attributes["axisVec"] == [("ordered", "static", -1)]
    assert inner.attributes == {
        "reductionOpName": "Sum",
        "axisVec": [("ordered", "static", 1)],
        "reductionKeepDimensions": True,
    }


def test_static_axes_are_reduced_before_the_batch():
    batch = C.Axis.default_batch_axis()
    reduced = C.reduce_max(C.input_variable((2, 3)), axis=[batch, 0])
    last = body_of(body_of(reduced))
    assert last.name == "_batch_axes_subop"
    assert last.inputs[0].owner.name == "_static_axes_subop"


def test_all_static_axes_go_in_one_primitive_without_keeping_them():
    primitive = body_of(C.reduce_sum(C.input_variable((2, 3))))
    assert primitive.is_primitive and not primitive.is_block
    assert primitive.attributes["reductionKeepDimensions"] is False
