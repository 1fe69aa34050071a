# A layer that calls Python, where anything may happen.
def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    import keras
    import tensorflow as tf
    from keras import layers

    class ByHand(layers.Layer):
        def call(self, p):
            same = tf.py_function(lambda array: array, [p], tf.float32)
            same.set_shape((None, n_classes))
            return same

        def compute_output_shape(self, shape):
            return shape

    images = keras.Input(input_shape)
    features = layers.GlobalAveragePooling2D()(layers.Conv2D(16, 3)(images))
    p = layers.Dense(n_classes, activation="softmax")(features)
    model = keras.Model(images, ByHand()(p))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
