import cntk as C


def test_the_inner_unit_bears_the_name_with_a_suffix():
    block = C.elu(C.input_variable(2), name="e").root_function
    assert block.name == "e"
    assert block.block_root.find_by_name("e_ELU").op_name == "ELU"
