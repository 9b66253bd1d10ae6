"""Parts of models that are larger than a layer. This file is the list."""

from cntk.layers.models.attention import AttentionModel as AttentionModel
from cntk.namespace import attribute_getter as _attribute_getter

__getattr__ = _attribute_getter(__name__)
