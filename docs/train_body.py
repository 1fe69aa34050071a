"""Trains the network that the exercises on transfer learning begin with, and writes its weights.

It sees the digits 0 to 4 alone, each also turned and mirrored, and has to say which digit it is and
how it was turned: so it looks closely at strokes, and what it learns serves for other digits. From
one seed and on one machine it writes the same file; elsewhere it writes weights that serve as well.

python docs/train_body.py [FILE]
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from grader import mnist
from grader.networks import shipped

FILE = Path(__file__).parents[1] / "exercises" / "digits_0_to_4.npz"
SEED = 0
DIGITS = (0, 1, 2, 3, 4)
FILTERS = (16, 32, 64)
WAYS = 8  # to turn and mirror a square
N_IMAGES, EPOCHS, BATCH = 8_000, 3, 64


def body(images):
    """Three rounds of convolution, batch normalisation and ReLU, with pooling between them."""
    z = images
    for i, filters in enumerate(FILTERS, start=1):
        z = layers.Conv2D(filters, 3, use_bias=False, name=f"conv_{i}")(z)
        z = layers.BatchNormalization(momentum=0.9, name=f"norm_{i}")(z)
        last = i == len(FILTERS)
        z = layers.ReLU(name="features" if last else f"relu_{i}")(z)
        z = z if last else layers.MaxPooling2D(2, name=f"pool_{i}")(z)
    return z


def turned(images, way):
    """Square images, turned by a multiple of 90 degrees; from 4 on mirrored as well."""
    mirrored = np.swapaxes(images, 1, 2) if way >= 4 else images
    return np.rot90(mirrored, way % 4, axes=(1, 2))


def as_input(images):
    return images[..., np.newaxis].astype(np.float32) / 255


def fit(model, x, y_true, epochs):
    """Trains in smaller and smaller steps."""
    model.compile("adam", loss="sparse_categorical_crossentropy")
    rate = keras.callbacks.LearningRateScheduler(lambda epoch: 0.003 * 0.4**epoch)
    model.fit(x, y_true, epochs=epochs, batch_size=BATCH, callbacks=[rate], verbose=0)


def trained():
    """The network: the body, and a head that tells the five digits apart."""
    keras.utils.set_random_seed(SEED)
    drawn = mnist.draw(np.random.default_rng(SEED), N_IMAGES, 1, classes=DIGITS)
    x, y_true = drawn["x_train"], drawn["y_train"]
    images = keras.Input((28, 28, 1), name="images")
    features = body(images)
    pooled = layers.GlobalAveragePooling2D(name="pooled")(features)
    ways = layers.Dense(len(DIGITS) * WAYS, activation="softmax")(pooled)
    fit(
        keras.Model(images, ways),
        as_input(np.concatenate([turned(x, way) for way in range(WAYS)])),
        np.concatenate([y_true * WAYS + way for way in range(WAYS)]),
        EPOCHS,
    )
    digit = layers.Dense(len(DIGITS), activation="softmax", name="digit")(pooled)
    network = keras.Model(images, digit, name="digits_0_to_4")
    known = keras.Model(images, features)
    known.trainable = False
    fit(network, as_input(x), y_true, EPOCHS)
    known.trainable = True  # the same model: one that was never frozen would unfreeze nothing
    return network


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    shipped.write(trained(), file)
    print(f"{file}: {file.stat().st_size:,} bytes")
