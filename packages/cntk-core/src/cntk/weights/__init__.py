"""The weights of a network as named arrays: in NumPy, and in files of safetensors and NumPy.

>>> import os, tempfile
>>> x = C.input_variable(2)
>>> z = C.layers.Dense(3, name="out")(x)
>>> list(C.weights.arrays(z))
['out.W', 'out.b']
>>> path = os.path.join(tempfile.mkdtemp(), "z.safetensors")
>>> C.weights.save(z, path)
>>> C.weights.load(z, path)
"""

from cntk.weights.files import load as load
from cntk.weights.files import read as read
from cntk.weights.files import save as save
from cntk.weights.names import arrays as arrays
from cntk.weights.names import named as named
from cntk.weights.values import assign as assign

__all__ = ["arrays", "assign", "load", "named", "read", "save"]
