"""Writing CNTK's text format."""

from __future__ import annotations

import numpy as np

from cntk.errors import ArgumentError


def sequence_to_cntk_text_format(seq_idx, alias_tensor_map) -> str:
    """Return one sequence as lines of CNTK's text format, without the last newline.

    Args:
        seq_idx: id of the sequence.
        alias_tensor_map: for each alias an array (first axis: time), or a list of one dictionary
            ``{index: value}`` for each time step (sparse).

    Raises:
        ValueError: data of another kind, or no data.

    >>> print(sequence_to_cntk_text_format(7, {"B": [{3: 1}], "A": np.array([[1, 2], [3, 4]])}))
    7	|A 1 2 |B 3:1
    7	|A 3 4
    """
    if not alias_tensor_map:
        raise ArgumentError("sequence_to_cntk_text_format: no data; give {alias: array}")
    columns = {
        alias: _samples(alias, alias_tensor_map[alias]) for alias in sorted(alias_tensor_map)
    }
    lines = []
    for step in range(max(map(len, columns.values()))):
        inputs = [f"|{alias} {own[step]}" for alias, own in columns.items() if step < len(own)]
        lines.append(f"{seq_idx:d}\t" + " ".join(inputs))
    return "\n".join(lines)


def _samples(alias: str, data) -> list[str]:
    """Return the text of each sample."""
    if isinstance(data, np.ndarray) and data.ndim:
        return [" ".join(map(_number, np.ravel(sample))) for sample in data]
    if isinstance(data, list):
        if all(isinstance(sample, dict) for sample in data):
            return [" ".join(f"{i}:{_number(each[i])}" for i in sorted(each)) for each in data]
        return _samples(alias, np.asarray(data))
    raise ArgumentError(
        "expected a tensor (dense) or list of dicts (sparse), "
        f'but got "{type(data).__name__}" for alias {alias!r}'
    )


def _number(value) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if not np.isfinite(value):
        raise ArgumentError(f"sequence_to_cntk_text_format: the text format has no {value}")
    return str(value)
