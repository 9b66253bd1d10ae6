"""Which numbers a transform draws."""

from __future__ import annotations

from cntk.io.transforms import color, crop, flip, mean, scale
from cntk.io.transforms.transform import stream_numbers

from ..image_files import draw

CROP, SCALE = crop("randomside", side_ratio=0.5), scale(4, 4, 3)


def test_the_nth_of_a_kind_draws_the_same_in_every_list():
    features = stream_numbers([color(0.1), CROP, SCALE, flip(), mean(1), CROP])
    labels = stream_numbers([CROP, flip(), SCALE, CROP])
    assert [features[1], features[3], features[2], features[5]] == labels
    assert len(set(features)) == len(features)


def test_draws_depend_on_seed_sweep_sample_and_stream():
    base = draw(5, stream=2).numbers(8)
    assert base == draw(5, stream=2).numbers(64)[:8]
    others = [draw(6, 2), draw(5, 3), draw(5, 2, seed=1), draw(5, 2, sweep=1)]
    drawn = [base] + [other.numbers(8) for other in others]
    assert len({number for numbers in drawn for number in numbers}) == 5 * 8
    assert all(0 <= number < 1 for numbers in drawn for number in numbers)


def test_negative_seeds_are_seeds():
    assert draw(seed=-1).numbers(2) != draw(seed=1).numbers(2)
