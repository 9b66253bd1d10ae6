import cntk as C


def shown(function):
    return function.root_function.attributes


def test_static_axes_are_counted_from_the_last_and_others_go_by_name():
    x = C.input_variable((2, 3))
    assert shown(C.argmax(x, 0))["axis"] == ("ordered", "static", 1)
    assert shown(C.reduce_sum(x, C.Axis.default_batch_axis()))["axisVec"] == [
        ("unordered", "dynamic", "defaultBatchAxis")
    ]
    assert shown(C.reduce_sum(x))["axisVec"] == [("unordered", "static", "AllStaticAxes")]


def test_one_axis_and_several_go_under_other_keys():
    x = C.input_variable((2, 3))
    primitive = C.reduce_sum(x, 0).root_function.block_root.root_function.block_root
    assert "axisVec" in shown(primitive) and "axis" not in shown(primitive)
    assert "axis" in shown(C.argmax(x, 0)) and "axisVec" not in shown(C.argmax(x, 0))


def test_an_attribute_without_value_is_left_out():
    assert shown(C.squeeze(C.input_variable((1, 3)))) == {}


def test_writing_to_what_is_shown_changes_nothing():
    function = C.slice(C.input_variable((2, 3)), [0, 1], [0, 0], [1, 1])
    shown(function)["beginIndexVec"].append(7)
    assert shown(function)["beginIndexVec"] == [0, 0]


def test_a_composite_has_no_attributes_of_its_own():
    assert C.argmax(C.input_variable((2, 3)), 0).attributes == {}
