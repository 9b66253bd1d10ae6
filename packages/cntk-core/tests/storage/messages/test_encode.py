"""What cannot be stored is refused, and the error says where it is."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.storage import Dictionary, SizeT, dictionary_bytes, files


@pytest.mark.parametrize(
    "value, error, text",
    [
        (1, TypeError, "int is no type of the format; wrap the number in SizeT or Int"),
        (1.0, TypeError, "float is no type of the format; wrap the number in Double or Float"),
        ((1,), TypeError, "tuple is no type of the format; make it a list, or a Shape"),
        (
            {1},
            TypeError,
            "set is no type of the format; from_python converts what scripts may save",
        ),
        (np.ones(1, np.int64), TypeError, "arrays of int64 cannot be stored"),
        (np.array(["a"]), TypeError, "arrays of <U1 cannot be stored"),
        ("\ud800", ValueError, "a text is no Unicode: surrogates not allowed"),
        ({1: None}, TypeError, "the key 1 is no text"),
    ],
)
def test_a_refusal_says_where_and_why(value, error, text):
    dictionary = Dictionary(inputs=[None, Dictionary(value=value)])
    with pytest.raises(error) as raised:
        dictionary_bytes(dictionary)
    assert str(raised.value).startswith("inputs[1].value")
    assert text in str(raised.value)


def test_what_stays_in_the_message_has_to_fit_into_it(monkeypatch):
    monkeypatch.setattr(files, "LARGE", 100)
    dictionary_bytes({"weights": np.ones(1000)}, large=0)
    with pytest.raises(ValueError, match="the dictionary needs .* the format ends at 2 GiB"):
        dictionary_bytes({"text": "x" * 100}, large=0)


def test_a_list_that_contains_itself_is_refused():
    endless = [SizeT(1)]
    endless.append(endless)
    with pytest.raises(ValueError, match="nested too deep"):
        dictionary_bytes({"k": endless})
