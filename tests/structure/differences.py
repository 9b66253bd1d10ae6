"""What is different between a graph of CNTK 2.7 and one built here, as readable lines."""

from __future__ import annotations

import math
import re

_UID = re.compile(r"([A-Z][A-Za-z]*)\d+(?=_Output_\d|\b)")


def differences(expected: dict, actual: dict) -> list[str]:
    """Return one line per difference between two descriptions; nothing if they are equal.

    Args:
        expected: a case of ``structure.json``.
        actual: what ``described`` returned.
    """
    theirs, ours = _operations(expected), _operations(actual)
    if theirs != ours:
        return [f"expected nodes {' '.join(theirs)}", f"  actual nodes {' '.join(ours)}"]
    lines = []
    for kind in ("leaves", "nodes"):
        if len(expected[kind]) != len(actual[kind]):
            return [f"{kind}: {len(expected[kind])} expected, {len(actual[kind])} here"]
        for number, (their, our) in enumerate(zip(expected[kind], actual[kind])):
            lines += _compared(f"{kind}[{number}]", their, our)
    lines += _compared("composite", expected["composite"], actual["composite"])
    for text in ("str", "repr"):
        their, our = without_numbers(expected[text]), without_numbers(actual[text])
        if their != our:
            lines += [f"{text} expected {their}", f"{text}   actual {our}"]
    return lines


def without_numbers(text: str) -> str:
    """Return a text without the numbers of uids: ``Plus22_Output_0`` is ``Plus_Output_0``."""
    return _UID.sub(r"\1", text)


def _operations(description: dict) -> list[str]:
    return [node["op"] for node in description["nodes"]]


def _compared(where: str, expected, actual) -> list[str]:
    """Compare dictionaries key by key, everything else as a whole."""
    if not isinstance(expected, dict) or not isinstance(actual, dict):
        return [] if _equal(expected, actual) else [f"{where}: expected {expected}, here {actual}"]
    if expected.get("kind") == "placeholder":
        expected, actual = _known_of_placeholder(expected), _known_of_placeholder(actual)
    lines = []
    for key in sorted({*expected, *actual} - {"uid"}):
        their, our = expected.get(key), actual.get(key)
        if key == "attributes":  # [type in a file, value as Python shows it]
            their, our = {k: v for k, (_, v) in (their or {}).items() if v is not None}, our or {}
        lines += _compared(f"{where}.{key}", their, our)
    return lines


def _known_of_placeholder(leaf: dict) -> dict:
    """Leave out what the original does not know of a placeholder, or prints as if it did."""
    return {key: value for key, value in leaf.items() if key not in ("sparse", "dtype")}


def _equal(expected, actual) -> bool:
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = expected.keys() == actual.keys()
        return keys and all(_equal(expected[key], actual[key]) for key in expected)
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return len(expected) == len(actual) and all(map(_equal, expected, actual))
    if isinstance(expected, float) and isinstance(actual, float):
        return math.isclose(expected, actual, rel_tol=1e-6, abs_tol=1e-7)
    if isinstance(expected, str) and isinstance(actual, tuple):
        return actual[-1] == expected  # AllStaticAxes: Python's access ends the original's process
    if isinstance(expected, str) and isinstance(actual, str):
        return without_numbers(expected) == without_numbers(actual)
    return type(expected) is type(actual) and expected == actual
