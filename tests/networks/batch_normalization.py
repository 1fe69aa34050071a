# Keras's defaults: after few steps the moving means are still far behind.
def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input(input_shape), layers.RandomTranslation(0.05, 0.05)])
    for filters in (16, 32):
        model.add(layers.Conv2D(filters, 3, strides=2, use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(n_classes, activation="softmax"))
    return model


def train(model, x, y_true, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    model.fit(x, y_true, epochs=4, batch_size=64, verbose=0)


_without_loss = keras_cnn


def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    model = _without_loss(input_shape, n_classes)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
