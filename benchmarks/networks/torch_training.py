"""The networks of ``cntk_training.py`` in PyTorch, eager, images in channels_last."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

LAST = torch.channels_last
random = np.random.RandomState(7)


def training(
    net: nn.Module,
    data: list,
    lr: float = 0.01,
    momentum: float = 0.9,
    loss_of: Callable = F.cross_entropy,
) -> Callable:
    """Return what makes a step, given what compiles networks."""

    def make(compiled: Callable) -> Callable:
        optimizer = torch.optim.SGD(net.parameters(), lr, momentum)
        model = compiled(net)

        def step(number: int) -> float:
            x, y = data[number % len(data)]
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
            return loss.item()

        return step

    return make


def fcn5(batch: int = 256) -> Callable:
    net = nn.Sequential(
        nn.Linear(784, 4096), nn.Sigmoid(), nn.Linear(4096, 2048), nn.Sigmoid(),
        nn.Linear(2048, 1024), nn.Sigmoid(), nn.Linear(1024, 10),
    )  # fmt: skip
    return training(net, [(torch.rand(batch, 784), labels(10, batch)) for _ in range(4)])


def alexnet(batch: int = 128) -> Callable:
    net = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.MaxPool2d(3, 2), nn.ReLU(),
        nn.Conv2d(32, 32, 5, padding=2), nn.MaxPool2d(3, 2), nn.ReLU(),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.AvgPool2d(3, 2),
        nn.Flatten(), nn.Linear(64 * 9, 10),
    )  # fmt: skip
    return training(net.to(memory_format=LAST), images(batch), 0.001)


class Basic(nn.Module):
    """Two convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
        )  # fmt: skip

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(h)) + self.shortcut(x))


def resnet20(batch: int = 32, blocks: int = 3) -> Callable:
    parts = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    inputs = 16
    for filters in (16, 32, 64):
        for block in range(blocks):
            parts.append(Basic(inputs, filters, 2 if filters > 16 and block == 0 else 1))
            inputs = filters
    parts += [nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10)]
    return training(nn.Sequential(*parts).to(memory_format=LAST), images(batch))


def resnet56(batch: int = 32) -> Callable:
    return resnet20(batch, 9)


def loss_of_words(z, y):
    return F.cross_entropy(z.flatten(0, 1), y.flatten())


class Tagging(nn.Module):
    """A class per word, by layers of LSTM."""

    def __init__(self, words: int, embedding: int, width: int, classes: int, layers: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, embedding)
        self.lstm = nn.LSTM(embedding, width, layers)
        self.dense = nn.Linear(width, classes)

    def forward(self, x):
        return self.dense(self.lstm(self.embedding(x))[0])


def lstm(sequences: int = 32, length: int = 32, words: int = 10000, width: int = 256) -> Callable:
    shape = (length, sequences)
    data = [(labels(words, *shape), labels(words, *shape)) for _ in range(4)]
    return training(Tagging(words, width, width, words, 2), data, 0.1, 0.0, loss_of_words)


def tagger(sequences: int = 32, words: int = 943, classes: int = 129) -> Callable:
    def minibatch():
        lengths = np.clip(random.poisson(11, sequences), 3, 45)
        longest = int(lengths.max())
        there = torch.arange(longest)[:, None] < torch.tensor(lengths)[None]
        wanted = labels(classes, longest, sequences).masked_fill(~there, -100)
        return labels(words, longest, sequences), wanted

    net, data = Tagging(words, 150, 300, classes, 1), [minibatch() for _ in range(8)]
    return training(net, data, 0.1, 0.9, loss_of_words)


def tiny(batch: int = 25) -> Callable:
    data = [(torch.rand(batch, 2), labels(2, batch)) for _ in range(16)]
    return training(nn.Linear(2, 2), data, 0.1)


def labels(classes: int, *shape: int):
    return torch.randint(0, classes, shape)


def images(batch: int):
    return [
        (torch.rand(batch, 3, 32, 32).contiguous(memory_format=LAST), labels(10, batch))
        for _ in range(4)
    ]


TRAINING = {
    make.__name__: lambda compiled, make=make: make()(compiled)
    for make in (fcn5, alexnet, resnet20, resnet56, lstm, tagger, tiny)
}
