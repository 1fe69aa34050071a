"""Mistakes in Keras's twins."""

from tests.replayed.mistake import one

NEURON = (
    "return keras.Sequential([keras.Input((n_inputs,)), "
    'keras.layers.Dense(1, activation="sigmoid")])'
)
MISTAKES = [
    one(
        "28",
        "neuron.keras_twin",
        NEURON,
        'return keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])',
        ("has no weights yet", "how large its input is", "expecting 0 weights"),
        "think",
    ),
    one(
        "29",
        "layer.keras_twin",
        'Dense(n_classes, activation="softmax")',
        'Dense(n_classes, activation="sigmoid")',
        "The Keras model has a sigmoid",
    ),
    one(
        "47",
        "convolution.keras_twin",
        "keras.layers.Conv2D(filters, kernel_size, strides=strides, padding=padding)",
        "keras.layers.Dense(filters)",
        "has the shape (2, 7, 6, 3), expected (2, 5, 4, 3)",
    ),
    one(
        "50",
        "cnn.parameters_are_few",
        'layers.Dense(64, activation="relu")',
        'layers.Dense(640, activation="relu")',
        "parameters over the 100,000 allowed = ",
        "100,000 = no",
    ),
    one(
        "51b",
        "cnn.images_of_other_sizes",
        'layers.Dense(n_classes, activation="softmax")',
        "layers.Dense(n_classes)",
        "softmax at its end is missing",
    ),
    one(
        "K",
        "cnn.images_of_other_sizes",
        '"sparse_categorical_crossentropy"',
        '"categorical_crossentropy"',
        ("`sparse_` whole numbers", "same rank"),
        "think",
    ),
]
