"""Attention of a decoder to the frames of an encoder."""

from __future__ import annotations

import numpy as np

from cntk import ops
from cntk.axis import Axis
from cntk.default_options import default_options, default_override_or, get_default_override
from cntk.graph.function import Function
from cntk.initializer import glorot_uniform
from cntk.layers._recurrence.stabilizer import Stabilizer
from cntk.layers._recurrence.windows import PastValueWindow
from cntk.layers.dense import Dense
from cntk.layers.label import Label
from cntk.ops import sequence

_MASKED = -1e30  # a logit whose softmax is 0; -inf in float16
_PENALTY = 50  # what CNTK 2.7 takes off the logit of a frame that a window lacks


def AttentionModel(
    attention_dim: int,
    attention_span: int | None = None,
    attention_axis: int | None = None,
    init=default_override_or(glorot_uniform()),
    go_backwards: bool = default_override_or(False),
    enable_self_stabilization: bool = default_override_or(True),
    name: str = "",
) -> Function:
    """Return a layer (encoder state, decoder state) that gives, per decoder frame, what it attends.

    The result is the mean of the encoder's frames, weighted by a softmax over them of
    ``v tanh(W decoder + U encoder)``; the weights are named ``attention_weights``.

    Args:
        attention_dim: size of the hidden layer.
        attention_span: number of encoder frames to see, those at its end; default: all.
        attention_axis: static axis that the span lies along, such as -3; given with the span.
        init: initial value of the three weights ``W``.
        go_backwards: a span sees the frames at the beginning instead.
        enable_self_stabilization: scale what goes in and out of the layers by learned numbers.
        name: name of the result.

    Raises:
        ValueError: only one of ``attention_span`` and ``attention_axis`` is given, or the span is
            not positive; the encoder state is no sequence.

    Reference:
        Bahdanau, Cho, Bengio, "Neural machine translation by jointly learning to align and
        translate", ICLR 2015, arXiv:1409.0473; Vinyals et al., "Grammar as a foreign language",
        NIPS 2015, arXiv:1412.7449, section 2.1.

    >>> encoder = C.sequence.input_variable(4, sequence_axis=C.Axis('words'))
    >>> decoder = C.sequence.input_variable(3)
    >>> C.layers.AttentionModel(attention_dim=2)(encoder, decoder).shape
    (4,)
    """
    init = get_default_override(AttentionModel, init=init)
    go_backwards = get_default_override(AttentionModel, go_backwards=go_backwards)
    stabilized = get_default_override(
        AttentionModel, enable_self_stabilization=enable_self_stabilization
    )
    if attention_span is None and attention_axis is not None:
        raise ValueError("attention_span cannot be None when attention_axis is not None")
    if attention_span is not None and attention_axis is None:
        raise ValueError("attention_axis cannot be None when attention_span is not None")
    if attention_span is not None and attention_span <= 0:
        raise ValueError(f"attention_span must be a positive value, not {attention_span}")

    def projection(size):
        return Dense(size, init=init, input_rank=1, bias=False)

    with default_options(enable_self_stabilization=stabilized):
        project_encoder = Stabilizer() >> projection(attention_dim)
        project_decoder = Stabilizer() >> projection(attention_dim)
        project_hidden = Stabilizer() >> projection(1)
        stabilize = Stabilizer()

    def logits(frames, decoder):  # [frames, 1]
        seen = sequence.broadcast_as(project_encoder(frames), decoder)
        return project_hidden(ops.tanh(project_decoder(decoder) + seen))

    def weights(logits, axis):
        return Label("attention_weights")(ops.softmax(logits, axis=axis))

    def attend(encoder_hidden_state, decoder_hidden_state):
        frames, is_frame = sequence.unpack(encoder_hidden_state, padding_value=0).outputs
        behind = Axis.new_leading_axis()
        is_frame = ops.reshape(is_frame, (1,), behind, behind)  # [frames, 1]
        is_frame = sequence.broadcast_as(is_frame, decoder_hidden_state)
        scores = logits(frames, decoder_hidden_state)
        with np.errstate(over="ignore"):  # of float16: -inf will do
            scores = ops.element_select(is_frame, scores, _MASKED)
        attended = weights(scores, axis=0)
        seen = sequence.broadcast_as(frames, attended)
        mean = ops.reduce_sum(attended * seen, axis=0)  # [1, ...]
        return stabilize(ops.reshape(mean, (), 0, 1))

    def attend_window(h_enc, h_dec):
        window = PastValueWindow(attention_span, attention_axis, go_backwards)
        frames, is_frame = window(h_enc).outputs
        scores = logits(frames, h_dec)
        is_frame = sequence.broadcast_as(is_frame, h_dec)
        attended = weights(scores + (is_frame - 1) * _PENALTY, axis=attention_axis)
        seen = sequence.broadcast_as(frames, h_dec)
        return stabilize(ops.reduce_sum(seen * attended, axis=attention_axis))

    return Function(attend if attention_span is None else attend_window, name=name)
