"""ResNet-20 for images of 32x32: three stacks of three basic blocks, composed with ``>>``.

He et al., 2015, arXiv:1512.03385, section 4.2. A training session drives it, with checkpoints,
cross validation and a test.
"""

import os
import tempfile

import numpy as np

import cntk as C
from cntk.layers import (
    AveragePooling,
    BatchNormalization,
    Convolution2D,
    Dense,
    ResNetBlock,
    Sequential,
)

IMAGE, CLASSES = (3, 32, 32), 10
FEATURES = "pool"
IN_DOUBLE = True
WIDTH = 8  # 16 in the paper
SIZE = 8  # of a minibatch


def normalize(name=""):
    return BatchNormalization(map_rank=1, normalization_time_constant=4096, name=name)


def convolve(channels, strides=1, size=3):
    return Convolution2D((size, size), channels, strides=strides) >> normalize()


def basic(channels):
    inner = convolve(channels) >> C.relu >> convolve(channels)
    return Sequential([ResNetBlock(inner), C.relu])


def basic_half(channels):
    """Return a block that halves the image: its shortcut is a convolution too."""
    straight = convolve(channels, strides=2) >> C.relu >> convolve(channels)
    return Sequential([(straight, convolve(channels, strides=2, size=1)), C.plus, C.relu])


def create_resnet20():
    with C.layers.default_options(activation=None, pad=True, bias=False):
        return Sequential([
            convolve(WIDTH), C.relu,
            [basic(WIDTH), basic(WIDTH), basic(WIDTH)],
            [basic_half(2 * WIDTH), basic(2 * WIDTH), basic(2 * WIDTH)],
            [basic_half(4 * WIDTH), basic(4 * WIDTH), basic(4 * WIDTH)],
            AveragePooling((8, 8), pad=False, name="pool"),
            Dense(CLASSES, bias=True, name="scores"),
        ])  # fmt: skip


class Writer(C.logging.ProgressPrinter):
    """Keep loss and metric of each minibatch."""

    def __init__(self):
        super().__init__(freq=1, log_to_file=os.devnull)
        self.updates = []

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric):
        count = samples[1] - samples[0]
        self.updates.append([
            (pair[1] - pair[0]) / count for pair in (aggregate_loss, aggregate_metric)
        ])  # fmt: skip


def data(samples, seed, dtype):
    random = np.random.RandomState(seed)
    images = random.uniform(size=(samples,) + IMAGE).astype(dtype)
    return images, np.eye(CLASSES, dtype=dtype)[random.randint(CLASSES, size=samples)]


def create(dtype=np.float32):
    with C.default_options(dtype=dtype):
        x = C.input_variable(IMAGE, name="image")
        y = C.input_variable(CLASSES, name="label")
        z = create_resnet20()(x)
    loss, error = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
    rate = C.learning_parameter_schedule([0.005, 0.002], minibatch_size=SIZE, epoch_size=5 * SIZE)
    learner = C.momentum_sgd(
        z.parameters, rate, C.momentum_schedule(0.9), l2_regularization_weight=0.0001
    )
    images, _ = data(3, 22, dtype)

    def source(samples, seed):
        images, labels = data(samples, seed, dtype)
        arrays = {"image": images, "label": labels}
        return C.io.MinibatchSourceFromData(arrays, max_samples=samples)

    def train(steps):
        writer, validated = Writer(), []
        trainer = C.Trainer(z, (loss, error), [learner], [writer])

        def note(index, average_error, samples, minibatches):
            validated.append([average_error, samples])
            return True

        train_source, cv_source, test_source = (
            source(steps * SIZE, 20),
            source(20, 21),
            source(9, 23),
        )
        inputs = {x: "image", y: "label"}
        cv, test = [
            {variable: s.streams[name] for variable, name in inputs.items()}
            for s in (cv_source, test_source)
        ]
        with tempfile.TemporaryDirectory() as folder:
            C.training_session(
                trainer=trainer,
                mb_source=train_source,
                mb_size=SIZE,
                model_inputs_to_streams={v: train_source.streams[n] for v, n in inputs.items()},
                max_samples=steps * SIZE,
                progress_frequency=SIZE,
                checkpoint_config=C.CheckpointConfig(os.path.join(folder, "resnet20"), SIZE),
                cv_config=C.CrossValidationConfig(
                    cv_source, 4 * SIZE, SIZE, callback=note, model_inputs_to_streams=cv
                ),
                test_config=C.TestConfig(test_source, SIZE, test),
            ).train()
        return writer.updates + validated

    return {"resnet20": z}, train, {"image": images}
