import numpy as np
import pytest

import cntk as C

IMAGE = np.random.default_rng(0).normal(size=(1, 2, 14, 17)).astype(np.float32)
FREE = C.FreeDimension


@pytest.mark.parametrize("free", [False, True])
def test_a_part_is_cut_and_its_gradient_put_back(free):
    x = C.input_variable((2, 14, 17), needs_gradient=True)
    like = C.input_variable((5, FREE, FREE) if free else (5, 3, 4))
    part = C.crop_manual(x, like, 2, 1)
    data = {x: IMAGE, like: np.zeros((1, 5, 3, 4), np.float32)}
    slope, value = part.grad(data, [x], outputs=[part.output])
    np.testing.assert_array_equal(value, IMAGE[:, :, 1:4, 2:6])
    assert slope.sum() == slope[:, :, 1:4, 2:6].sum() == 24


@pytest.mark.parametrize(
    "image, referent, offsets",
    [
        ((2, 6, 7), (2, 3, 4), (4, 0)),
        ((2, 6, 7), (2, 3, 4), (0, 4)),
        ((2, 6, 7), (2, 3, 4), (-1, 0)),
        ((2, 6, 7), (2, 3, 4), (0.5, 0)),
        ((6, 7), (2, 3, 4), (0, 0)),
        ((6,), (3,), (0, 0)),
    ],
)
def test_parts_that_do_not_fit_are_refused(image, referent, offsets):
    with pytest.raises(ValueError):
        C.crop_manual(C.input_variable(image), C.input_variable(referent), *offsets)


def pool(x, size, stride=1, **options):
    return C.pooling(x, C.AVG_POOLING, (size, size), stride, **options)


def conv(x, size, stride=1, pad=False):
    kernel = np.ones((2, 2, size, size), np.float32)
    return C.convolution(kernel, x, (stride, stride), auto_padding=[False, pad, pad])


def deconv(x, size, stride):
    kernel = np.ones((2, 2, size, size), np.float32)
    return C.convolution_transpose(kernel, x, (stride, stride), auto_padding=[False])


# the offsets are those that CNTK 2.7 finds
@pytest.mark.parametrize(
    "image, referent, offset",
    [
        (lambda x: x, lambda x: x, (0, 0)),
        (lambda x: x, lambda x: pool(x, 2), (0, 0)),
        (lambda x: x, lambda x: pool(x, 4), (1, 1)),
        (lambda x: x, lambda x: conv(x, 5), (2, 2)),
        (lambda x: x, lambda x: conv(x, 5, pad=True), (0, 0)),
        (lambda x: x, lambda x: conv(conv(x, 2), 2), (0, 0)),
        (lambda x: C.relu(x), lambda x: C.relu(conv(x, 3) + 1) * 2, (1, 1)),
        (lambda x: deconv(pool(x, 2, 2), 4, 2), lambda x: x, (1, 1)),
        (lambda x: deconv(conv(x, 3, 4, pad=True), 8, 4), lambda x: x, (3, 3)),
        (lambda x: deconv(conv(x, 3, 5, pad=True), 10, 5), lambda x: x, (3, 4)),
        (lambda x: conv(x, 3, 2, pad=True), lambda x: conv(x, 7, 2), (1, 1)),
        (lambda x: x, lambda x: C.crop_manual(conv(x, 3), C.parameter((2, 4, 4)), 1, 2), (3, 2)),
    ],
)
def test_the_place_follows_from_the_windows_on_the_way(image, referent, offset):
    x = C.input_variable((2, 14, 17))
    first, other = image(x), referent(x)
    cropped = C.crop_automatic(first, other)
    whole = C.combine([first]).eval({x: IMAGE})
    (row, column), (height, width) = offset, other.shape[-2:]
    expected = whole[:, :, row : row + height, column : column + width]
    np.testing.assert_array_equal(cropped.eval({x: IMAGE}), expected)


@pytest.mark.parametrize(
    "image, referent, reason",
    [
        (lambda x: pool(x, 2), lambda x: pool(x, 2, 2), "scale"),
        (lambda x: pool(x, 4), lambda x: x, "before"),
        (lambda x: pool(x, 2), lambda x: x, "small"),
        (lambda x: conv(x, 3) + pool(conv(x, 2), 2), lambda x: conv(x, 7), "paths"),
        (lambda x: x, lambda x: C.transpose(pool(x, 3), (0, 2, 1)), "not found"),
        (lambda x: x, lambda x: C.parameter((2, 3, 3)), "not found"),
    ],
)
def test_places_that_do_not_exist_are_refused(image, referent, reason):
    x = C.input_variable((2, 14, 17))
    with pytest.raises(RuntimeError, match=reason):
        C.crop_automatic(image(x), referent(x)).eval({x: IMAGE})


def test_sizes_may_be_free():
    x = C.input_variable((2, FREE, FREE))
    cropped = C.crop_automatic(x, pool(x, 3))
    for data in (IMAGE, IMAGE[..., :9]):
        np.testing.assert_array_equal(cropped.eval({x: data}), data[:, :, 1:-1, 1:-1])


def test_ancestors_say_what_lies_in_one_place():
    x, y = C.input_variable((2, 14, 17)), C.input_variable((2, 14, 17))
    data = {x: IMAGE, y: IMAGE}
    cropped = C.crop_automatic_with_ancestors(C.relu(x), pool(y, 3), x, y)
    np.testing.assert_array_equal(cropped.eval(data), IMAGE[:, :, 1:-1, 1:-1].clip(0))
    with pytest.raises(RuntimeError, match="does not depend"):
        C.crop_automatic_with_ancestors(x, pool(y, 3), y, x).eval(data)
