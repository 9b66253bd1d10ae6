"""Paint a picture in the style of another: the image is the only parameter, the network is frozen.

Gatys et al., 2015, arXiv:1508.06576. Content is compared by the features of a layer, style by the
products of the features of several, over all places (Gram matrices).
"""

import numpy as np

import cntk as C
from cntk.layers import Convolution2D, For, MaxPooling, Sequential

SIDE = 16
FEATURES = None
IN_DOUBLE = True
STYLE_LAYERS = ["relu1", "relu2", "relu3"]
CONTENT_LAYER = "relu3"


def create_features():
    """Return a network for images; its weights stand for those that others have trained."""
    with C.layers.default_options(pad=True, activation=C.relu):
        network = Sequential([
            For(range(3), lambda i: [
                Convolution2D((3, 3), 6 * (i + 1), name=f"relu{i + 1}"),
                MaxPooling((2, 2), strides=2, name=f"pool{i + 1}"),
            ]),
        ])(C.input_variable((3, SIDE, SIDE), name="image"))  # fmt: skip
    random = np.random.RandomState(19)
    for name in STYLE_LAYERS:
        layer = network.find_by_name(name)
        for scale, weights in ((0.3, layer.W), (0.1, layer.b)):
            weights.value = (scale * random.randn(*weights.shape)).astype(weights.dtype)
    return network


def gram(features):
    flat = C.reshape(features, (features.shape[0], -1))
    return C.times_transpose(flat, flat) / features.shape[1] ** 2


def total_variation(image):
    along = [image[:, 1:, :] - image[:, :-1, :], image[:, :, 1:] - image[:, :, :-1]]
    return sum(C.reduce_sum(C.square(difference)) for difference in along)


def create_loss(image, content, style):
    """Return the loss of an image against two constants."""
    network = create_features()
    layers = C.combine([network.find_by_name(name) for name in STYLE_LAYERS])
    # the same frozen network reads all three
    frozen = layers.clone(C.CloneMethod.freeze, {network.arguments[0]: C.placeholder(name="image")})
    assert not frozen.parameters and len(frozen.constants) >= 6

    painted = dict(zip(STYLE_LAYERS, frozen(image).outputs))
    wanted_content = frozen(content).outputs[STYLE_LAYERS.index(CONTENT_LAYER)]
    wanted_style = dict(zip(STYLE_LAYERS, frozen(style).outputs))
    content_loss = C.reduce_mean(C.square(painted[CONTENT_LAYER] - wanted_content))
    style_loss = sum(
        C.reduce_mean(C.square(gram(painted[name]) - gram(wanted_style[name])))
        for name in STYLE_LAYERS
    )
    return content_loss + 10 * style_loss + 0.01 * total_variation(image), style_loss


def create(dtype=np.float32):
    rows, columns = np.mgrid[:SIDE, :SIDE] / float(SIDE)
    photo = np.stack([rows, columns, rows * columns])[None].astype(dtype)
    paint = (0.5 + 0.5 * np.sin(20 * np.stack([rows, columns, rows + columns])))[None]
    with C.default_options(dtype=dtype):
        pixels = C.parameter((3, SIDE, SIDE), init=C.uniform(1), dtype=dtype, name="pixels")
        content = C.input_variable((3, SIDE, SIDE), name="content")
        style = C.input_variable((3, SIDE, SIDE), name="style")
        image = pixels + 0 * content  # with a batch axis: the network works on samples
        loss, style_loss = create_loss(image, content, style)
    learner = C.adam([pixels], C.learning_parameter_schedule(0.02), C.momentum_schedule(0.9))
    trainer = C.Trainer(image, (loss, style_loss), [learner])
    data = {content: photo, style: paint.astype(dtype)}

    def train(steps):
        for _ in range(steps):
            trainer.train_minibatch(data)
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )

    names = {variable.name: array for variable, array in data.items()}
    return {"style_transfer": loss}, train, names
