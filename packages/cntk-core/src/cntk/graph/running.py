"""What Functions compute: values, gradients, training."""

from __future__ import annotations

from cntk.upward import module


class Running:
    """The part of a Function that runs it; the work is done in ``cntk.execution`` and ``train``."""

    def eval(self, arguments=None, outputs=None, device=None, as_numpy=True):
        """Return the outputs for given data, in inference mode.

        Args:
            arguments: {variable or name: data}, or the data of the only argument.
            outputs: variables to compute; default: all outputs.
            device: where to compute; default: the default device.
            as_numpy: return NumPy arrays; False returns Values.
        """
        return module("cntk.execution.session").evaluate(self, arguments, outputs, as_numpy)

    def forward(self, arguments, outputs=None, keep_for_backward=None, device=None, as_numpy=True):
        """Return (state, {output: value}); with ``keep_for_backward`` in training mode.

        Args:
            arguments: as for :meth:`eval`.
            outputs: variables to compute; default: all outputs.
            keep_for_backward: outputs that :meth:`backward` will start from.
            device: where to compute.
            as_numpy: return NumPy arrays; False returns Values.
        """
        return module("cntk.execution.backward").forward(
            self, arguments, outputs, keep_for_backward, as_numpy
        )

    def backward(self, state, root_gradients, variables, as_numpy=True) -> dict:
        """Return {variable: gradient} for gradients given at the outputs.

        Args:
            state: what :meth:`forward` returned.
            root_gradients: {output: gradient}.
            variables: inputs and parameters to return gradients for.
            as_numpy: return NumPy arrays, and SciPy's CSR matrix for a parameter in which sparse
                data look up rows; False returns Values.

        Raises:
            ValueError: no state was kept.
            RuntimeError: the Function has been run since.
        """
        return module("cntk.execution.backward").backward(
            self, state, root_gradients, variables, as_numpy
        )

    def grad(self, at, wrt=None, outputs=None, device=None, as_numpy=True, grad_root=None):
        """Return the gradient of the sum of the output.

        Args:
            at: data, as for :meth:`eval`.
            wrt: variables; default: all arguments with ``needs_gradient``. One gives an array,
                several a dict.
            outputs: variables to return as well; the result is then (gradients, outputs).
            device: where to compute.
            as_numpy: return NumPy arrays, and SciPy's CSR matrix for a parameter in which sparse
                data look up rows; False returns Values.
            grad_root: the output to start from, for a Function with several.
        """
        return module("cntk.execution.session").grad(self, at, wrt, outputs, as_numpy, grad_root)

    def train(
        self, minibatch_source, minibatch_size=32, streams=None, model_inputs_to_streams=None,
        parameter_learners=(), callbacks=(), progress_frequency=None, max_epochs=None,
        epoch_size=None, max_samples=None,
    ):  # fmt: skip
        """Train this criterion and return a Record of losses; see ``cntk.train``."""
        return module("cntk.train.function").train(
            self, minibatch_source, minibatch_size, streams, model_inputs_to_streams,
            parameter_learners, callbacks, progress_frequency, max_epochs, epoch_size, max_samples,
        )  # fmt: skip

    def test(
        self, minibatch_source, minibatch_size=32, streams=None, model_inputs_to_streams=None,
        callbacks=None,
    ):  # fmt: skip
        """Return a Record with the metric over a whole source; see ``cntk.train``."""
        return module("cntk.train.function").test(
            self, minibatch_source, minibatch_size, streams, model_inputs_to_streams, callbacks
        )

    def print_node_timing(self) -> None:
        """Print how long its nodes took while ``C.debugging.set_node_timing`` was on."""
        module("cntk.execution.timing").print_node_timing(self)
