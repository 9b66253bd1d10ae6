"""Segments read and write the arrays of each run, never those of a run before."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import cntk as C


def model():
    x = C.input_variable((4, 3))
    w, b = C.parameter((12, 5), init=C.normal(1, seed=3)), C.parameter(5, init=0.5)
    y = C.tanh(C.times(C.reshape(x, 12), w) + b)
    return x, w, b, y


def expected(data, w, b) -> np.ndarray:
    return np.tanh(data.reshape(len(data), 12) @ w.value + b.value)


def samples(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, 4, 3)).astype(np.float32)


def close(found, wanted) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_a_parameter_with_a_new_value():
    x, w, b, y = model()
    data = samples(3)
    for i in range(4):
        close(y.eval({x: data}), expected(data, w, b))
        w.value = np.full((12, 5), i / 10, np.float32)
        b.value = np.arange(5, dtype=np.float32) * i


def test_data_in_new_arrays_and_in_the_same_with_new_numbers():
    x, w, b, y = model()
    for seed in range(5):
        data = samples(3, seed)
        close(y.eval({x: data}), expected(data, w, b))
    for _ in range(3):
        data *= -0.5
        close(y.eval({x: data}), expected(data, w, b))


@pytest.mark.parametrize("order", ["F", "strided", "backwards"])
def test_data_that_lie_otherwise(order):
    x, w, b, y = model()
    for seed in range(3):
        plain = samples(4, seed)
        data = {
            "F": np.asfortranarray(plain),
            "strided": np.repeat(plain, 2, axis=2)[:, :, ::2],
            "backwards": plain[::-1].copy()[::-1],
        }[order]
        close(y.eval({x: data}), expected(plain, w, b))


def test_numbers_that_change_in_an_array_that_is_copied_each_time():
    x, w, b, y = model()
    wide = np.repeat(samples(4), 2, axis=2)
    data = wide[:, :, ::2]
    for _ in range(3):
        close(y.eval({x: data}), expected(data, w, b))
        wide *= -0.5


def test_results_of_a_run_stay_as_they_were():
    x, _, _, y = model()
    first = y.eval({x: samples(3, 1)})
    kept = first.copy()
    y.eval({x: samples(3, 2)})
    np.testing.assert_array_equal(first, kept)


def test_views_keep_what_they_show():
    x = C.input_variable((2, 6))
    y = C.exp(C.reshape(C.reshape(x, (3, 4)) * 2, 12))
    for rows in (2, 5, 2):
        data = np.random.default_rng(rows).normal(size=(rows, 2, 6)).astype(np.float32)
        close(y.eval({x: data}), np.exp(2 * data.reshape(rows, 12)))


def test_counts_of_rows_go_up_and_down():
    x, w, b, y = model()
    for rows in (3, 1, 200, 2, 64, 1, 65):
        data = samples(rows, rows)
        close(y.eval({x: data}), expected(data, w, b))


def test_a_trained_parameter_is_the_one_that_is_read():
    x, w, b, y = model()
    data = samples(6)
    loss = C.reduce_sum(C.square(y))
    trainer = C.Trainer(y, (loss, None), [C.sgd(y.parameters, C.learning_parameter_schedule(0.01))])
    for _ in range(3):
        before = w.value.copy()
        trainer.train_minibatch({x: data})
        assert np.abs(w.value - before).max() > 0
        close(y.eval({x: data}), expected(data, w, b))


def test_eight_threads_run_one_function_at_once():
    x, w, b, y = model()
    loss = C.reduce_sum(y)
    inputs = [samples(1 + i, i) for i in range(8)]
    wanted = [expected(data, w, b) for data in inputs]
    gradients = [loss.grad({x: data}, [w]) for data in inputs]
    wrong: list[int] = []

    def run(i: int) -> None:
        for _ in range(25):
            found = y.eval({x: inputs[i]})
            gradient = loss.grad({x: inputs[i]}, [w])
            if not (np.allclose(found, wanted[i], 1e-4, 1e-5)
                    and np.allclose(gradient, gradients[i], 1e-4, 1e-5)):  # fmt: skip
                wrong.append(i)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
