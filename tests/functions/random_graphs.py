"""Random graphs of operators and blocks, and what is told of each: leaves, values, copies, visits.

The numbers come from ``random.Random(seed).random()``, so CNTK 2.7 built the same graphs.
"""

from __future__ import annotations

import random

import numpy as np

import cntk as C

from .recording import without_numbers

DATA = {
    "x": np.array([[0.1, 0.2, 0.3], [1, -1, 0.5]], "f"),
    "y": np.array([[0.3, 0.1, -0.2], [2, 1, 0.25]], "f"),
}


class RandomGraph:
    """A graph of up to eleven nodes over two inputs; some nodes have names."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self.x, self.y = C.input_variable(3, name="x"), C.input_variable(3, name="y")
        self._vectors = [C.parameter(3, init=0.5 + i, name=f"p{i}") for i in range(3)]
        self._constants = [C.constant([1, 2, 3], name=f"c{i}") for i in range(2)]
        matrix = (np.arange(9).reshape(3, 3) * 0.1).astype("f")
        self._matrix = C.parameter((3, 3), init=matrix, name="W")
        self.nodes, self.named = [self.x, self.y], []
        for i in range(4 + self.draw(8)):
            first, second = self._pick(self.nodes), self._pick(self.nodes)
            kind = self.draw(9)
            name = f"n{i}" if self.draw(3) else ""
            node = self._node(kind, first, second, name)
            self.nodes.append(node)
            if name:
                self.named.append(node)
        both = self.draw(3) == 0
        self.root = C.combine([self.nodes[-1], self.nodes[-2]]) if both else self.nodes[-1]

    def draw(self, count):
        """Return a number below a count."""
        return int(self._random.random() * count)

    def _pick(self, items):
        return items[self.draw(len(items))]

    def _node(self, kind, a, b, name):
        if kind == 0:
            return C.plus(a, b, name=name)
        if kind == 1:
            return C.element_times(a, self._pick(self._vectors), name=name)
        if kind == 3:
            return C.times(a, self._matrix, name=name)
        if kind == 4:
            return C.minus(a, self._pick(self._constants), name=name)
        if kind == 5:
            inside = C.placeholder(name="q")
            body = C.sigmoid(C.plus(inside, self._pick(self._vectors), name="inner" + name))
            return C.as_block(body, [(inside, a)], "Blk", name)
        if kind == 6:
            left, right = C.placeholder(name="q"), C.placeholder(name="w")
            body = C.times(left, self._matrix) - right
            return C.as_block(body, [(right, b), (left, a)], "Two", name)
        if kind == 7:
            return C.alias(C.splice(a, b, axis=0)[0:3], name or "al")
        return (C.tanh if kind == 2 else C.abs)(a, name=name)


def told(seed):
    """Return what is told of a random graph: a text or a list of values for each question."""
    graph = RandomGraph(seed)
    root, method = graph.root, ["share", "clone", "freeze"][graph.draw(3)]
    copy, depth = root.clone(method), [0, 1, -1][graph.draw(3)]
    visited = C.logging.graph.depth_first_search(root, lambda node: True, depth)
    answers = {
        "leaves": leaves(root),
        "values": values(root),
        "copy": leaves(copy),
        "values of the copy": values(copy),
        "visits": " ".join(map(label, visited)),
    }
    if graph.named:
        part = graph.named[graph.draw(len(graph.named))]
        answers["from a part on"] = _answer(lambda: _from(graph, part, method))
        answers["up to a part"] = _answer(lambda: _up_to(graph, part, method))
    return answers


def _from(graph, part, method):
    return leaves(graph.root.clone(method, {part: C.input_variable(3, name="y")}))


def _up_to(graph, part, method):
    found = C.combine([part.owner]).clone(method, {graph.x: C.placeholder(name="k")})
    inputs = [C.input_variable(3, name="xy"[i % 2]) for i in range(len(found.arguments))]
    return f"{leaves(found)}; {leaves(found(*inputs) if inputs else found)}"


def _answer(question):
    try:
        return question()
    except Exception as error:
        return f"E {str(error).splitlines()[0][:60]}"


def label(variable):
    """Return the name, or the word of the uid."""
    return variable.name or without_numbers(variable.uid)


def leaves(function):
    """Return the names of the leaves of each kind, in order."""
    kinds = ("inputs", "parameters", "constants", "arguments", "outputs")
    return ", ".join(f"{kind}: {' '.join(map(label, getattr(function, kind)))}" for kind in kinds)


def values(function):
    """Return the values of the outputs on the data, flat."""
    found = function.eval({x: DATA[x.name] for x in function.arguments})
    results = [found[o] for o in function.outputs] if isinstance(found, dict) else [found]
    return np.concatenate([np.ravel(result) for result in results]).round(4).tolist()
