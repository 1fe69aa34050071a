"""Pooling by the mean, trained in equal steps: right, and near the bar."""


def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model


def train(model, x, y_true, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    model.fit(x, y_true, epochs=8, batch_size=64, verbose=0)


def predict(model, x):
    return model.predict(x, verbose=0).argmax(axis=1)
