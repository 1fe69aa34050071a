"""Mistakes in cnn.py."""

from tests.replayed.mistake import one

MISTAKES = [
    one(
        "49",
        "cnn.start",
        "((h - 2) // 2) * ((w - 2) // 2) * 8",
        "(h // 2) * (w // 2) * 8",
        ("dense.kernel has the shape (", "expected ("),
        ("difference", "one too"),
    ),
    one(
        "51",
        "cnn.forward_small_images",
        "softmax(self.dense.forward(self.maps.reshape(len(x), -1)))",
        "self.dense.forward(self.maps.reshape(len(x), -1))",
        "softmax is missing",
    ),
]
