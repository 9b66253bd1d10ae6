"""The networks of ``cntk_inference.py`` in PyTorch, eager, channels_last, without gradients."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

LAST = torch.channels_last


def evaluation(net: nn.Module, batch: int, compiled: Callable) -> Callable:
    """Return a step that evaluates a network and has its result as a NumPy array."""
    net = compiled(net.eval().to(memory_format=LAST))
    x = torch.rand(batch, 3, 224, 224).contiguous(memory_format=LAST)

    def step(number: int):
        with torch.inference_mode():
            return net(x).numpy()

    return step


def vgg16() -> nn.Module:
    parts: list[nn.Module] = []
    inputs = 3
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            parts += [nn.Conv2d(inputs, filters, 3, padding=1), nn.ReLU(inplace=True)]
            inputs = filters
        parts.append(nn.MaxPool2d(2))
    parts.append(nn.Flatten())
    for inputs in (512 * 7 * 7, 4096):
        parts += [nn.Linear(inputs, 4096), nn.ReLU(inplace=True), nn.Dropout()]
    return nn.Sequential(*parts, nn.Linear(4096, 1000))


class Bottleneck(nn.Module):
    """Three convolutions and a shortcut."""

    def __init__(self, inputs: int, filters: int, stride: int, projects: bool) -> None:
        super().__init__()
        self.first = conv_bn(inputs, 1, filters)
        self.second = conv_bn(filters, 3, filters, stride)
        self.third = conv_bn(filters, 1, 4 * filters)
        self.shortcut = conv_bn(inputs, 1, 4 * filters, stride) if projects else nn.Identity()

    def forward(self, x):
        h = F.relu(self.first(x), inplace=True)
        h = F.relu(self.second(h), inplace=True)
        return F.relu(self.third(h) + self.shortcut(x), inplace=True)


def conv_bn(inputs: int, size: int, filters: int, stride: int = 1) -> nn.Module:
    convolution = nn.Conv2d(inputs, filters, size, stride, size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(filters))


def resnet50() -> nn.Module:
    parts = [conv_bn(3, 7, 64, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, count in enumerate((3, 4, 6, 3)):
        for block in range(count):
            filters = 64 * 2**stage
            parts.append(Bottleneck(inputs, filters, 2 if stage and not block else 1, not block))
            inputs = 4 * filters
    return nn.Sequential(*parts, nn.AvgPool2d(7), nn.Flatten(), nn.Linear(2048, 1000))


INFERENCE = {
    "vgg16_1": lambda compiled: evaluation(vgg16(), 1, compiled),
    "vgg16_16": lambda compiled: evaluation(vgg16(), 16, compiled),
    "resnet50_1": lambda compiled: evaluation(resnet50(), 1, compiled),
    "resnet50_16": lambda compiled: evaluation(resnet50(), 16, compiled),
}
