"""Sixty mistakes of students, written without a look at the checks: a blind test set.

Each replaces `old` (unique in <brick>.py of this folder) by `new`.
"""

MISTAKES = [
    # ------------------------------------------------------------------ neuron
    dict(id="n01", brick="neuron", function="images_to_vectors",
         cause="Reshapes to (h * w, n) and transposes, which mixes the pixels of different images.",
         old="""images.reshape(n, h * w).astype(np.float64) / 255.0""",
         new="""images.reshape(h * w, n).T.astype(np.float64) / 255.0"""),
    dict(id="n02", brick="neuron", function="sigmoid",
         cause="np.where computes both forms for every entry, so exp overflows and warns for large |z|.",
         old="""    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0 / (1.0 + e), e / (1.0 + e))""",
         new="""    return np.where(z >= 0, 1.0 / (1.0 + np.exp(-z)), np.exp(z) / (1.0 + np.exp(z)))"""),
    dict(id="n03", brick="neuron", function="binary_cross_entropy",
         cause="Clips only at the lower end, so a prediction of exactly 1 meets log(0) (nan or infinity).",
         old="""np.clip(np.asarray(y_pred, dtype=np.float64), 1e-7, 1.0 - 1e-7)""",
         new="""np.maximum(np.asarray(y_pred, dtype=np.float64), 1e-7)"""),
    dict(id="n04", brick="neuron", function="binary_cross_entropy",
         cause="Returns the sum over the samples instead of the mean.",
         old="""return float(np.mean(loss))""",
         new="""return float(np.sum(loss))"""),
    dict(id="n05", brick="neuron", function="Neuron.__init__",
         cause="Takes 1 / n_inputs as standard deviation; the square root is forgotten.",
         old="""1.0 / np.sqrt(n_inputs)""",
         new="""1.0 / n_inputs"""),
    dict(id="n06", brick="neuron", function="Neuron.__init__",
         cause="Seeds and uses NumPy's global random state instead of a generator of its own.",
         old="""        rng = np.random.default_rng(seed)
        self.kernel = rng.normal(0.0, 1.0 / np.sqrt(n_inputs), size=n_inputs)""",
         new="""        np.random.seed(seed)
        self.kernel = np.random.normal(0.0, 1.0 / np.sqrt(n_inputs), size=n_inputs)"""),
    dict(id="n07", brick="neuron", function="Neuron.gradients",
         cause="Multiplies the error by the sigmoid's derivative once more, as for a squared error.",
         old="""        error = self.forward(x) - y_true  # dL/dz of each sample""",
         new="""        p = self.forward(x)
        error = (p - y_true) * p * (1 - p)"""),
    dict(id="n08", brick="neuron", function="Neuron.gradients",
         cause="The bias's gradient is the sum of the errors, not the mean; only the kernel's is divided by n.",
         old="""d_bias = error.sum() / n""",
         new="""d_bias = error.sum()"""),
    dict(id="n09", brick="neuron", function="Neuron.train_step",
         cause="The bias's gradient is computed after the kernel has moved, not at the parameters before the step.",
         old="""        d_kernel, d_bias = self.gradients(x, y_true)
        self.kernel = self.kernel - learning_rate * d_kernel
        self.bias""",
         new="""        d_kernel, _ = self.gradients(x, y_true)
        self.kernel = self.kernel - learning_rate * d_kernel
        _, d_bias = self.gradients(x, y_true)
        self.bias"""),
    dict(id="n10", brick="neuron", function="Neuron.fit",
         cause="Shuffles samples and labels independently, so an image loses its label.",
         old="""            order = rng.permutation(n)
            losses = []
            for start in range(0, n, batch_size):
                batch = order[start:start + batch_size]
                loss = self.train_step(x[batch], y_true[batch], learning_rate)
""",
         new="""            x_mixed = rng.permutation(x)
            y_mixed = rng.permutation(y_true)
            losses = []
            for start in range(0, n, batch_size):
                end = start + batch_size
                loss = self.train_step(x_mixed[start:end], y_mixed[start:end], learning_rate)
"""),
    dict(id="n11", brick="neuron", function="Neuron.fit",
         cause="Leaves out the last batch when it is shorter than batch_size.",
         old="""            for start in range(0, n, batch_size):
                batch = order[start:start + batch_size]""",
         new="""            for i in range(n // batch_size):
                batch = order[i * batch_size:(i + 1) * batch_size]"""),
    dict(id="n12", brick="neuron", function="Neuron.predict",
         cause="Returns True and False instead of the integers 1 and 0.",
         old="""return (p > 0.5).astype(int)""",
         new="""return p > 0.5"""),

    # ------------------------------------------------------------------- layer
    dict(id="l01", brick="layer", function="one_hot",
         cause="Counts the classes that appear instead of using n_classes, so rows are too short if the last classes are missing.",
         old="""    n = len(labels)
    rows = np.zeros((n, n_classes))""",
         new="""    n = len(labels)
    n_classes = np.max(labels) + 1
    rows = np.zeros((n, n_classes))"""),
    dict(id="l02", brick="layer", function="softmax",
         cause="Takes off the maximum of the whole array, so rows far below it become 0 / 0.",
         old="""z - np.max(z, axis=1, keepdims=True)""",
         new="""z - np.max(z)"""),
    dict(id="l03", brick="layer", function="keras_layer",
         cause="Uses sigmoid as activation instead of softmax, so rows do not add up to 1.",
         old="""activation="softmax\"""",
         new="""activation="sigmoid\""""),
    dict(id="l04", brick="layer", function="categorical_cross_entropy",
         cause="Takes the mean over samples and classes instead of the sum over the classes, so the loss is k times too small.",
         old="""    per_sample = -np.sum(y_true * np.log(p), axis=1)
    return float(per_sample.mean())""",
         new="""    return float(-np.mean(y_true * np.log(p)))"""),
    dict(id="l05", brick="layer", function="Dense.__init__",
         cause="The limit uses n_inputs alone (He's rule), not n_inputs + units.",
         old="""np.sqrt(6.0 / (n_inputs + units))""",
         new="""np.sqrt(6.0 / n_inputs)"""),
    dict(id="l06", brick="layer", function="Dense.step",
         cause="Only the kernel is updated; the bias never moves.",
         old="""        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias
""",
         new="""        self.kernel = self.kernel - learning_rate * self.d_kernel
"""),
    dict(id="l07", brick="layer", function="Dense.backward",
         cause="Divides both gradients by the number of samples, though 1/n is already inside d_out.",
         old="""        self.d_kernel = self.x.T @ d_out
        self.d_bias = d_out.sum(axis=0)
""",
         new="""        n = d_out.shape[0]
        self.d_kernel = self.x.T @ d_out / n
        self.d_bias = d_out.sum(axis=0) / n
"""),
    dict(id="l08", brick="layer", function="Dense.backward",
         cause="Adds the new gradients to those of the earlier call instead of replacing them.",
         old="""        self.d_kernel = self.x.T @ d_out
        self.d_bias = d_out.sum(axis=0)
""",
         new="""        self.d_kernel += self.x.T @ d_out
        self.d_bias += d_out.sum(axis=0)
"""),
    dict(id="l09", brick="layer", function="Dense.backward",
         cause="The bias's gradient keeps a leading axis, (1, units), so it has not the shape of the bias.",
         old="""d_out.sum(axis=0)""",
         new="""d_out.sum(axis=0, keepdims=True)"""),
    dict(id="l10", brick="layer", function="SingleLayerPerceptron.backward",
         cause="Forgets the 1/n of the mean.",
         old="""        n = len(y_true)
        d_scores = (self.p - one_hot(y_true, self.n_classes)) / n""",
         new="""        d_scores = self.p - one_hot(y_true, self.n_classes)"""),
    dict(id="l11", brick="layer", function="SingleLayerPerceptron.train_step",
         cause="Computes the loss after the update instead of before it.",
         old="""        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, self.n_classes), p)
        self.backward(y_true)
        self.dense.step(learning_rate)
        return loss""",
         new="""        self.forward(x)
        self.backward(y_true)
        self.dense.step(learning_rate)
        return categorical_cross_entropy(one_hot(y_true, self.n_classes), self.forward(x))"""),
    dict(id="l12", brick="layer", function="SingleLayerPerceptron.fit",
         cause="Weighs each batch by its size: the mean over the samples instead of over the epoch's batches.",
         old="""                epoch_losses.append(self.train_step(x[idx], y_true[idx], learning_rate))
            history.append(sum(epoch_losses) / len(epoch_losses))""",
         new="""                loss = self.train_step(x[idx], y_true[idx], learning_rate)
                epoch_losses.append(loss * len(idx))
            history.append(sum(epoch_losses) / n)"""),

    # --------------------------------------------------------------------- mlp
    dict(id="m01", brick="mlp", function="relu",
         cause="Sets the negative entries of the given array to 0 in place: the argument changes.",
         old="""    return np.maximum(z, 0.0)""",
         new="""    z[z < 0] = 0
    return z"""),
    dict(id="m02", brick="mlp", function="relu_backward",
         cause="Lets the gradient through where z is exactly 0.",
         old="""return d_out * (z > 0)""",
         new="""return d_out * (z >= 0)"""),
    dict(id="m03", brick="mlp", function="relu_backward",
         cause="Writes the zeros into the caller's d_out.",
         old="""    return d_out * (z > 0)""",
         new="""    d_out[z <= 0] = 0.0
    return d_out"""),
    dict(id="m04", brick="mlp", function="MLP.__init__",
         cause="Gives every layer the same seed, so layers of one shape start equal.",
         old="""seed=int(children[i])""",
         new="""seed=seed"""),
    dict(id="m05", brick="mlp", function="MLP.__init__",
         cause="Seeds each layer with its number alone; the argument seed decides nothing.",
         old="""seed=int(children[i])""",
         new="""seed=i"""),
    dict(id="m06", brick="mlp", function="MLP.forward",
         cause="Applies ReLU to the scores of the last layer too, before the softmax.",
         old="""        scores = self.layers[-1].forward(a)""",
         new="""        scores = relu(self.layers[-1].forward(a))"""),
    dict(id="m07", brick="mlp", function="MLP.backward",
         cause="Walks the layers backwards but the remembered z forwards: wrong with two or more hidden layers.",
         old="""zip(reversed(self.layers[:-1]), reversed(self.zs))""",
         new="""zip(reversed(self.layers[:-1]), self.zs)"""),
    dict(id="m08", brick="mlp", function="MLP.backward",
         cause="Forgets ReLU on the way back; the gradient passes units that were off.",
         old="""        for layer, z in zip(reversed(self.layers[:-1]), reversed(self.zs)):
            d = relu_backward(d, z)
            d = layer.backward(d)""",
         new="""        for layer in reversed(self.layers[:-1]):
            d = layer.backward(d)"""),
    dict(id="m09", brick="mlp", function="MLP.backward",
         cause="Divides by n again behind the last layer, so earlier layers' gradients are n times too small.",
         old="""        d = self.layers[-1].backward(d)
""",
         new="""        d = self.layers[-1].backward(d) / n
"""),
    dict(id="m10", brick="mlp", function="MLP.train_step",
         cause="Steps before backward, so the update uses the gradients of the batch before.",
         old="""        self.backward(y_true)
        for layer in self.layers:
            layer.step(learning_rate)
""",
         new="""        for layer in self.layers:
            layer.step(learning_rate)
        self.backward(y_true)
"""),
    dict(id="m11", brick="mlp", function="MLP.fit",
         cause="Shuffles once before the loop; all epochs have the same order.",
         old="""        for _ in range(epochs):
            order = rng.permutation(n)
""",
         new="""        order = rng.permutation(n)
        for _ in range(epochs):
"""),
    dict(id="m12", brick="mlp", function="keras_mlp",
         cause="The hidden layers have no activation, so the model is only one linear layer.",
         old="""keras.layers.Dense(units, activation="relu")""",
         new="""keras.layers.Dense(units)"""),

    # ------------------------------------------------------------- convolution
    dict(id="c01", brick="convolution", function="images_to_tensor",
         cause="Puts the channel axis second, (n, 1, h, w), instead of last.",
         old="""images[:, :, :, np.newaxis] / 255.0""",
         new="""images[:, np.newaxis, :, :] / 255.0"""),
    dict(id="c02", brick="convolution", function="conv2d",
         cause="Flips the kernel: a mathematician's convolution instead of a cross-correlation.",
         old="""    out = cols.reshape(n * oh * ow, kh * kw * c) @ kernel.reshape(kh * kw * c, filters)""",
         new="""    flipped = kernel[::-1, ::-1, :, :]
    out = cols.reshape(n * oh * ow, kh * kw * c) @ flipped.reshape(kh * kw * c, filters)"""),
    dict(id="c03", brick="convolution", function="_pads",
         cause="Puts the odd row of padding above (and the odd column to the left) instead of below and to the right.",
         old="""before = total // 2""",
         new="""before = (total + 1) // 2"""),
    dict(id="c04", brick="convolution", function="_pads",
         cause="Pads k - 1 zeros whatever the strides, which shifts the windows for strides above 1.",
         old="""total = max((out - 1) * s + k - size, 0)""",
         new="""total = k - 1"""),
    dict(id="c05", brick="convolution", function="conv2d",
         cause="Uses the kernel's height for the width too: wrong when the kernel is not square.",
         old="""    ow, left, right = _pads(w, kw, strides, padding)
    xp = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    cols""",
         new="""    ow, left, right = _pads(w, kh, strides, padding)
    xp = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    cols"""),
    dict(id="c06", brick="convolution", function="Conv2D.backward",
         cause="Forgets to return d_x.",
         old="""            d_out, self.x, self.kernel, self.strides, self.padding)
        return d_x
""",
         new="""            d_out, self.x, self.kernel, self.strides, self.padding)
"""),
    dict(id="c07", brick="convolution", function="conv2d_backward",
         cause="Overwrites a pixel's gradient instead of adding up the contributions of all windows.",
         old="""            d_xp[:, rows, columns, :] += (""",
         new="""            d_xp[:, rows, columns, :] = ("""),
    dict(id="c08", brick="convolution", function="conv2d_backward",
         cause="Cuts the padding off at the wrong side: keeps the first h rows and w columns instead of starting at top and left.",
         old="""d_xp[:, top:top + h, left:left + w, :]""",
         new="""d_xp[:, :h, :w, :]"""),
    dict(id="c09", brick="convolution", function="edge_kernels",
         cause="Reshapes (2, 3, 3) to (3, 3, 1, 2) instead of moving the axis, which scrambles both filters.",
         old="""np.stack([sobel, sobel.T], axis=-1)[:, :, np.newaxis, :]""",
         new="""np.array([sobel, sobel.T]).reshape(3, 3, 1, 2)"""),
    dict(id="c10", brick="convolution", function="max_pool2d_backward",
         cause="Every pixel that equals the maximum gets the whole gradient, not the first alone.",
         old="""    winner = blocks.argmax(axis=4)[..., np.newaxis]
    d_blocks = np.zeros(blocks.shape)
    np.put_along_axis(d_blocks, winner, d_out[..., np.newaxis], axis=4)
""",
         new="""    mask = blocks == blocks.max(axis=4, keepdims=True)
    d_blocks = mask * d_out[..., np.newaxis]
"""),
    dict(id="c11", brick="convolution", function="max_pool2d",
         cause="Does not drop the left-over rows and columns: fails when a side is no multiple of pool_size.",
         old="""    blocks = x[:, :oh * p, :ow * p, :].reshape(n, oh, p, ow, p, c)
    return""",
         new="""    blocks = x.reshape(n, oh, p, ow, p, c)
    return"""),
    dict(id="c12", brick="convolution", function="Conv2D.forward",
         cause="Does not hand the layer's padding to conv2d, so \"same\" works as \"valid\".",
         old="""conv2d(x, self.kernel, self.bias, self.strides, self.padding)""",
         new="""conv2d(x, self.kernel, self.bias, self.strides)"""),

    # --------------------------------------------------------------------- cnn
    dict(id="k01", brick="cnn", function="CNN.__init__",
         cause="Divides the area by 4 instead of each side by 2: too many inputs for the dense layer when a map's side is odd.",
         old="""((h - 2) // 2) * ((w - 2) // 2) * 8""",
         new="""(h - 2) * (w - 2) // 4 * 8"""),
    dict(id="k02", brick="cnn", function="CNN.__init__",
         cause="The convolution has always one input channel, whatever input_shape says.",
         old="""Conv2D(channels, 8, kernel_size=3, seed=int(seeds[0]))""",
         new="""Conv2D(1, 8, kernel_size=3, seed=int(seeds[0]))"""),
    dict(id="k03", brick="cnn", function="CNN.__init__",
         cause="Forgets to hand a seed to the dense layer: its weights are the same for every seed.",
         old="""Dense(n_features, n_classes, seed=int(seeds[1]))""",
         new="""Dense(n_features, n_classes)"""),
    dict(id="k04", brick="cnn", function="CNN.forward",
         cause="Flattens channel by channel (as PyTorch does) instead of in C order of (rows, columns, filters).",
         old="""maps.reshape(len(x), -1)""",
         new="""maps.transpose(0, 3, 1, 2).reshape(len(x), -1)"""),
    dict(id="k05", brick="cnn", function="CNN.forward",
         cause="Leaves out ReLU between convolution and pooling.",
         old="""self.pool.forward(relu(self.z))""",
         new="""self.pool.forward(self.z)"""),
    dict(id="k06", brick="cnn", function="predict",
         cause="Takes the argmax over the images instead of over the classes.",
         old="""np.argmax(p, axis=-1)""",
         new="""np.argmax(p, axis=0)"""),
    dict(id="k07", brick="cnn", function="CNN.backward",
         cause="Swaps the arguments of relu_backward, so z flows back where the gradient is positive.",
         old="""relu_backward(d_a, self.z)""",
         new="""relu_backward(self.z, d_a)"""),
    dict(id="k08", brick="cnn", function="CNN.backward",
         cause="Truth minus prediction: all gradients have the wrong sign.",
         old="""(self.p - one_hot(y_true, self.n_classes)) / n""",
         new="""(one_hot(y_true, self.n_classes) - self.p) / n"""),
    dict(id="k09", brick="cnn", function="CNN.train_step",
         cause="Updates the dense layer alone; the convolution never learns.",
         old="""        self.conv.step(learning_rate)
        self.dense.step(learning_rate)
""",
         new="""        self.dense.step(learning_rate)
"""),
    dict(id="k10", brick="cnn", function="CNN.fit",
         cause="The loop ends before the last batch, be it short or full.",
         old="""range(0, len(x), batch_size)""",
         new="""range(0, len(x) - batch_size, batch_size)"""),
    dict(id="k11", brick="cnn", function="keras_cnn",
         cause="Compiled with the loss for one-hot labels instead of integer labels.",
         old="""loss="sparse_categorical_crossentropy\"""",
         new="""loss="categorical_crossentropy\""""),
    dict(id="k12", brick="cnn", function="train",
         cause="Seeds always with 0; the argument seed decides nothing.",
         old="""keras.utils.set_random_seed(seed)""",
         new="""keras.utils.set_random_seed(0)"""),
]
