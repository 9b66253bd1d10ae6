"""The Cognitive Toolkit."""

import pkgutil

__path__ = pkgutil.extend_path(__path__, __name__)
__version__ = "2.7"
