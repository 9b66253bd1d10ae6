"""The Cognitive Toolkit: the flat names that scripts use, ``import cntk as C``.

``names.py`` says where each name lives; its module is loaded at first use.
"""

import pkgutil
import sys
from typing import TYPE_CHECKING, Any

__path__ = pkgutil.extend_path(__path__, __name__)
__version__ = "2.7"  # of the interface; the distributions have versions of their own

# The function. Loading its module here keeps a later `import cntk.default_options` from binding the
# module in its place.
from cntk.default_options import default_options as default_options
from cntk.namespace import AbsentModules, available_names, lookup

sys.meta_path.append(AbsentModules)


def __getattr__(name: str) -> Any:
    return lookup(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *available_names()})


if TYPE_CHECKING:
    from cntk.axis import *  # noqa: F403
    from cntk.core import *  # noqa: F403
    from cntk.default_options import *  # noqa: F403
    from cntk.device import *  # noqa: F403
    from cntk.eval.evaluator import *  # noqa: F403
    from cntk.initializer import *  # noqa: F403
    from cntk.learners import *  # noqa: F403
    from cntk.losses import *  # noqa: F403
    from cntk.metrics import *  # noqa: F403
    from cntk.minibatch import *  # noqa: F403
    from cntk.ops import *  # noqa: F403
    from cntk.ops.functions import *  # noqa: F403
    from cntk.shape import *  # noqa: F403
    from cntk.train.trainer import *  # noqa: F403
    from cntk.variables import *  # noqa: F403
