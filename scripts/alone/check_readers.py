"""With cntk-readers, a text file becomes minibatches."""

from pathlib import Path

import numpy as np

from cntk.io import ArrowDeserializer, CTFDeserializer, MinibatchSource, StreamDef, StreamDefs

Path("train.ctf").write_text("|f 1 2 |l 0:1\n|f 3 4 |l 2:1\n|f 5 6 |l 1:1\n")
streams = StreamDefs(
    features=StreamDef(field="f", shape=2),
    labels=StreamDef(field="l", shape=3, is_sparse=True),
)
source = MinibatchSource(CTFDeserializer("train.ctf", streams), randomize=False, max_sweeps=1)

minibatch = source.next_minibatch(2)
features = minibatch[source.streams.features]
assert features.num_samples == 2 and not features.end_of_sweep
np.testing.assert_array_equal(np.squeeze(features.asarray()), [[1, 2], [3, 4]])
assert minibatch[source.streams.labels].num_samples == 2

assert source.next_minibatch(2)[source.streams.features].end_of_sweep
assert not source.next_minibatch(2)

try:
    ArrowDeserializer("train.parquet", streams)
except ImportError as error:
    assert "pip install cntk-readers[arrow]" in str(error)
else:
    raise SystemExit("tables are read without the extra that brings pyarrow")
