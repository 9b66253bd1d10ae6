import pytest

from cntk.debugging.summary_text import with_prefix


@pytest.mark.parametrize(
    "value, expected",
    [
        (0, "0"),
        (999, "999"),
        (999.6, "1 k"),
        (1000, "1 k"),
        (12_345, "12.3 k"),
        (999_600, "1 M"),
        (2.5e9, "2.5 G"),
        (3e18, "3e+03 P"),
        (None, "?"),
    ],
)
def test_numbers_have_three_digits(value, expected):
    assert with_prefix(value) == expected


def test_units():
    assert (with_prefix(12, "B"), with_prefix(1200, "B")) == ("12 B", "1.2 kB")
