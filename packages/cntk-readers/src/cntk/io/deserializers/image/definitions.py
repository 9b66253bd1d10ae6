"""What definitions of streams of images and labels say, and the labels themselves."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.deserializers.image.streams import ImageStream
from cntk.io.deserializers.image.unreadable import Unreadable, shown
from cntk.io.transforms.transform import Transform
from cntk.sparse import SparseRows


def image_stream(
    reader: str, name: str, column: str, definition, is_grey: bool, is_label: bool
) -> ImageStream:
    """Return what a definition says of a stream of images.

    Args:
        reader: deserializer, for messages.
        name: name of the stream.
        column: where its images are.
        definition: what :func:`cntk.io.StreamDef` returned.
        is_grey: whether colours become their luma.
        is_label: whether pixels are classes, of which the definition tells the number.

    Raises:
        ValueError: the definition is not complete.
    """
    transforms = tuple(definition.get("transforms") or ())
    for each in transforms:
        if not isinstance(each, Transform):
            raise ArgumentError(
                f"{reader}: stream '{name}' has a transform {each!r}; "
                "try: those of cntk.io.transforms"
            )
    classes = 0
    if is_label:
        classes = num_classes(reader, name, definition)
        wrong = [type(each).__name__ for each in transforms if not each.is_geometric]
        if wrong or classes > 256:
            raise ArgumentError(
                f"{reader}: stream '{name}' has label images of {classes} classes (up to "
                f"256), which only geometric transforms leave intact: not {', '.join(wrong)}"
            )
    return ImageStream(name, column, transforms, is_grey and not classes, classes)


def num_classes(reader: str, name: str, definition) -> int:
    """Return the number of classes in a definition.

    Raises:
        ValueError: there is none.
    """
    classes = definition.get("dim")
    if isinstance(classes, (tuple, list)) and len(classes) == 1:
        (classes,) = classes
    if isinstance(classes, bool) or not isinstance(classes, Integral) or classes < 1:
        raise ArgumentError(
            f"{reader}: stream '{name}' needs shape=..., the number of classes, got {classes!r}"
        )
    return int(classes)


def label_of(text: object, classes: int) -> int:
    """Return the class that a text says.

    Raises:
        Unreadable: it is none.
    """
    try:
        label = int(str(text))
    except ValueError:
        raise Unreadable("a label, which is a whole number", shown(str(text))) from None
    if not 0 <= label < classes:
        raise Unreadable(f"a label from 0 to {classes - 1} (shape={classes})", str(label))
    return label


def one_hot(labels: list[int], classes: int) -> SparseRows:
    """Return labels as sparse rows."""
    count = len(labels)
    return SparseRows(np.ones(count, np.float32), labels, np.arange(count + 1), classes)
