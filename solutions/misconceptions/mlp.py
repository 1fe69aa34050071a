"""What goes wrong in mlp.py."""

from grader.misconception import misconception


@misconception(
    "The gradient passes ReLU as if it had let everything through.",
    "How does the loss change with an input that ReLU cut to zero?",
    idea="backpropagation",
)
def relu_mask_missing(mlp):
    mlp.relu_backward = lambda d_out, z: d_out
