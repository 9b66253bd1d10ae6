"""The networks of ``networks_cntk.py`` in PyTorch, eager, images in channels_last."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

LAST = torch.channels_last


def fcn5(batch: int = 256):
    net = nn.Sequential(
        nn.Linear(784, 4096), nn.Sigmoid(), nn.Linear(4096, 2048), nn.Sigmoid(),
        nn.Linear(2048, 1024), nn.Sigmoid(), nn.Linear(1024, 10),
    )  # fmt: skip
    return net, [(torch.rand(batch, 784), _labels(batch)) for _ in range(4)], 0.01


def alexnet(batch: int = 128):
    net = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.MaxPool2d(3, 2), nn.ReLU(),
        nn.Conv2d(32, 32, 5, padding=2), nn.MaxPool2d(3, 2), nn.ReLU(),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.AvgPool2d(3, 2),
        nn.Flatten(), nn.Linear(64 * 9, 10),
    )  # fmt: skip
    return net.to(memory_format=LAST), _images(batch), 0.001


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


def resnet20(batch: int = 32, blocks: int = 3):
    parts = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    inputs = 16
    for filters in (16, 32, 64):
        for block in range(blocks):
            parts.append(Basic(inputs, filters, 2 if filters > 16 and block == 0 else 1))
            inputs = filters
    parts += [nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10)]
    return nn.Sequential(*parts).to(memory_format=LAST), _images(batch), 0.01


def resnet56(batch: int = 32):
    return resnet20(batch, 9)


def tiny(batch: int = 25):
    data = [(torch.rand(batch, 2), torch.randint(0, 2, (batch,))) for _ in range(16)]
    return nn.Linear(2, 2), data, 0.1


def _labels(batch: int):
    return torch.randint(0, 10, (batch,))


def _images(batch: int):
    return [
        (torch.rand(batch, 3, 32, 32).contiguous(memory_format=LAST), _labels(batch))
        for _ in range(4)
    ]


class Tagger(nn.Module):
    """Scores of the tags of all words, padding among them: ``(words, tags)``."""

    def __init__(self, words: int, tags: int) -> None:
        super().__init__()
        self.embed, self.lstm = nn.Embedding(words, 150), nn.LSTM(150, 300)
        self.scores = nn.Linear(300, tags)

    def forward(self, words):
        return self.scores(self.lstm(self.embed(words))[0]).flatten(0, 1)


def tagger(sequences: int = 32, words: int = 943, tags: int = 129):
    def batch():
        lengths = torch.poisson(torch.full((sequences,), 11.0)).clamp(3, 45).long()
        size = (int(lengths.max()), sequences)
        is_padding = torch.arange(size[0])[:, None] >= lengths
        labels = torch.randint(0, tags, size).masked_fill(is_padding, -100)  # counts for nothing
        return torch.randint(0, words, size), labels.flatten()

    return Tagger(words, tags), [batch() for _ in range(8)], 0.1


WORKLOADS = {"fcn5": fcn5, "alexnet": alexnet, "resnet20": resnet20, "resnet56": resnet56,
             "tagger": tagger, "tiny": tiny}  # fmt: skip


def measure(name: str, steps: int) -> dict:
    """Return median milliseconds a step and MB of memory beyond the imports."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    net, data, lr = WORKLOADS[name]()
    optimizer = torch.optim.SGD(net.parameters(), lr, 0.9)

    def step(batch) -> float:
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        return loss.item()

    for i in range(3 if steps < 100 else 20):
        step(data[i % len(data)])
    times = []
    for i in range(steps):
        start = time.perf_counter()
        step(data[i % len(data)])
        times.append(time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"ms": 1e3 * sorted(times)[len(times) // 2], "MB": (after - before) / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", choices=sorted(WORKLOADS))
    parser.add_argument("--steps", type=int, default=0)
    given = parser.parse_args()
    steps = given.steps or (2000 if given.workload == "tiny" else 10)
    json.dump(measure(given.workload, steps), sys.stdout)


if __name__ == "__main__":
    main()
