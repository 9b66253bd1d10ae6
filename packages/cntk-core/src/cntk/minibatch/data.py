"""MinibatchData: one stream's part of a minibatch."""

from __future__ import annotations

from cntk.errors import ArgumentError
from cntk.tensor import ArrayMixin
from cntk.value import Value


class MinibatchData(ArrayMixin):
    """The data of one stream for one minibatch; it can be fed to a Function directly.

    Args:
        value: the data.
        num_sequences: sequences in the minibatch.
        num_samples: samples in all sequences together.
        sweep_end: whether the minibatch holds the last sample of a sweep over the data.

    Raises:
        ValueError: ``value`` is not a Value.

    >>> from cntk.value import Value
    >>> MinibatchData(Value(np.ones((2, 3), np.float32)), 2, 2, False)
    MinibatchData(data=Value([2 x 3], CPU), samples=2, seqs=2)
    """

    def __init__(self, value, num_sequences, num_samples, sweep_end) -> None:
        if not isinstance(value, Value):
            raise ArgumentError(
                f"MinibatchData takes a Value, not {type(value).__name__}; "
                "try: MinibatchData(C.Value(array), ...)"
            )
        self.value = value
        self.number_of_sequences = int(num_sequences)
        self.number_of_samples = int(num_samples)
        self.sweep_end = bool(sweep_end)

    @property
    def num_sequences(self) -> int:
        """Sequences in the minibatch."""
        return self.number_of_sequences

    @property
    def num_samples(self) -> int:
        """Samples in all sequences together."""
        return self.number_of_samples

    @property
    def end_of_sweep(self) -> bool:
        """Whether the minibatch holds the last sample of a sweep over the data."""
        return self.sweep_end

    @property
    def data(self) -> Value:
        """The data as a Value."""
        return self.value

    @property
    def shape(self) -> tuple[int, ...]:
        """(sequences, longest length, *sample shape)."""
        return self.value.shape

    @property
    def mask(self):
        """(sequences, longest length): 2 = begin of a sequence, 1 = sample, 0 = gap.

        Raises:
            AttributeError: all sequences have the same length.
        """
        return self.value.mask

    @property
    def is_sparse(self) -> bool:
        """Whether the data are sparse."""
        return self.value.is_sparse

    def asarray(self):
        """Return the padded data as an array."""
        return self.value.asarray()

    def as_sequences(self, variable=None) -> list:
        """Return one array (CSR matrix for sparse data) for each sequence."""
        return self.value.as_sequences(variable)

    def as_string(self) -> str:
        """Return a description."""
        return (
            f"MinibatchData(data={self.value!r}, samples={self.num_samples}, "
            f"seqs={self.num_sequences})"
        )

    __repr__ = as_string

    def __len__(self) -> int:
        return self.number_of_sequences
