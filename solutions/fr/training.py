# %% [markdown]
# # Brique 6 : l'entraînement avec TensorFlow
#
# **Après cette brique, vous saurez**
#
# - dire, étape par étape, ce que fait Keras quand vous lui dites `fit`, et écrire cette boucle
#   vous-même ;
# - calculer des gradients avec une bande, et écrire vous-même une couche et deux optimiseurs pour
#   des modèles Keras ;
# - empêcher un réseau d'apprendre par cœur ses données d'entraînement : abandon (*dropout*), arrêt
#   précoce ;
# - dire ce qui change entre l'entraînement et l'inférence, et pourquoi il faut dire au réseau
#   lequel des deux est en cours.
#
# **À savoir avant :** les briques 2 et 3 ; leurs fichiers servent dans les tests. **Durée :**
# environ trois heures.
#
# ## Que fait `fit` ?
#
# Dans les briques 1 à 3, vous avez écrit les gradients vous-même, formule par formule. Un framework
# comme TensorFlow les trouve pour vous : vous écrivez la perte, et il fait le chemin du retour.
# Tout le reste de l'entraînement, vous le connaissez déjà :
#
#     pour chaque époque :
#         mélanger les exemples, et les découper en lots
#         pour chaque lot :
#             prédiction                        le modèle, averti qu'il s'entraîne
#             perte                             à quel point se trompe-t-il ?
#             rétropropagation                  la bande
#             mise à jour                       l'optimiseur
#         regarder les données de validation    le modèle, averti qu'il ne s'entraîne pas
#
# Les *données de validation* sont des exemples dont le modèle n'apprend jamais : elles montrent ce
# qu'il vaut sur ce qu'il n'a pas vu.
#
# Cette brique construit chaque pièce à la main, puis refait le tout avec Keras, en quelques lignes.
#
# Ici, tous les tableaux sont en float32, le type dans lequel TensorFlow calcule si on ne lui dit
# rien d'autre, et les étiquettes sont des entiers (n,). Les résultats peuvent être des tableaux ou
# des tenseurs. Gardez les noms.
#
# **Commencez ici.** Importer TensorFlow prend quelques secondes, et un fichier où personne n'a
# encore rien écrit ne devrait pas vous les faire perdre. Quand vous commencez, mettez ces trois
# lignes à la place de la dernière ligne de la cellule ci-dessous :
#
#     import keras
#     import tensorflow as tf
#     Layer = keras.layers.Layer

# %%
import numpy as np

Layer = object  # keras.layers.Layer prendra cette place quand vous commencerez : voir plus haut

# %% tags=["solution"]
import keras
import tensorflow as tf

Layer = keras.layers.Layer

# %% [markdown]
# ## La bande
#
# Une `tf.Variable` est un tableau qui peut changer : un paramètre. Tant qu'une `tf.GradientTape`
# (une bande) est ouverte, elle note chaque opération où entre une variable. Ensuite, on la repasse
# à l'envers, et la règle de dérivation en chaîne donne le gradient du dernier nombre par rapport à
# chaque variable : c'est la rétropropagation, pour n'importe quelle formule.
#
# Un exemple avec des nombres. Avec w = 3, la perte w * w vaut 9, et sa pente 2 w vaut 6 :
#
#     w = tf.Variable(3.0)
#     with tf.GradientTape() as tape:
#         loss = w * w
#     tape.gradient(loss, [w])              # une liste d'un seul tenseur : 6.0
#
# Trois choses à savoir. Une bande ne se repasse qu'une fois, sauf si on la crée avec
# `persistent=True` : demandez tous les gradients en un seul appel. Quand la perte ne dépend pas
# d'une variable, la bande répond `None` ; ici, on veut des zéros, car la pente est alors 0. Et
# quand la perte ne prend que certaines lignes, avec `tf.gather`, la bande ne donne que ces lignes,
# sous forme de `tf.IndexedSlices` : les gradients des lignes, et leurs numéros.
# `tf.convert_to_tensor` en fait un tenseur de la forme de la variable :
#
#     w = tf.Variable([[1.0], [2.0], [3.0]])
#     with tf.GradientTape() as tape:
#         loss = tf.reduce_sum(tf.gather(w, [2]) ** 2)
#     [slices] = tape.gradient(loss, [w])   # de la ligne 2 seulement : 6.0
#     tf.convert_to_tensor(slices)          # [[0.0], [0.0], [6.0]]


# %%
def gradients(loss, variables):
    """Le gradient d'une perte par rapport à chacune des variables.

    Arguments :
        loss : une fonction sans argument qui donne un tenseur scalaire. On peut l'appeler plusieurs
            fois.
        variables : une liste de `tf.Variable`.

    Renvoie :
        une liste de tenseurs, un par variable, dans leur ordre et de même forme qu'elles ; des
        zéros pour une variable dont la perte ne dépend pas.

    >>> w, b, other = tf.Variable([3.0, 1.0]), tf.Variable(2.0), tf.Variable([5.0])
    >>> for gradient in gradients(lambda: tf.reduce_sum(w * w) * b, [b, w, other]):
    ...     print(gradient.numpy())
    10.0
    [12.  4.]
    [0.]
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        value = loss()
    found = tape.gradient(value, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [tf.convert_to_tensor(gradient) for gradient in found]
    ### END SOLUTION


# %% [markdown]
# La perte de votre propre MLP peut s'écrire en tenseurs, avec les mêmes poids. La bande doit alors
# trouver exactement ce que trouve votre `backward` de la brique 3 : un des tests les compare.

# %% [markdown]
# ## Votre propre couche
#
# Une couche de Keras est une classe dérivée de `keras.layers.Layer`. En voici les parties :
#
# - `__init__` retient ce qu'on lui demande : `units`, `activation`. Transmettez `**kwargs` à
#   l'`__init__` de Keras : le nom de la couche s'y trouve.
# - `build(input_shape)` crée les paramètres, car c'est seulement là que l'on connaît le nombre
#   d'entrées, `input_shape[-1]`. `self.add_weight(shape=..., initializer=...)` en crée un, et Keras
#   le compte parmi les paramètres du modèle.
# - `call(x)` calcule : activation(x kernel + bias).
# - `get_config()` donne un dictionnaire avec ce qu'il faut à `__init__` pour refaire la même
#   couche : c'est ainsi qu'un modèle enregistré se reconstruit. Commencez par celui de Keras,
#   `super().get_config()`.
#
# Une activation peut être donnée par son nom, "relu", ou par une fonction ; dans les deux cas,
# `keras.activations.get` en fait une fonction, et `keras.activations.serialize` en refait un nom.
#
# Ce que vous savez de `Dense` dans la brique 2 vaut ici aussi : au départ, le noyau suit la loi
# uniforme de Glorot et le biais ne contient que des zéros ; avec les mêmes poids, les deux couches
# donnent la même chose.


# %%
class DenseLayer(Layer):
    """Une couche dense, écrite comme une couche de Keras : activation(x kernel + bias).

    Attributs :
        kernel : (n_inputs, units), uniforme selon Glorot au départ ; `bias` : (units,), des zéros.
            Tous deux sont créés dans `build`, avec `self.add_weight`.

    Un modèle qui la contient peut être enregistré, puis chargé par
    `keras.models.load_model(path, custom_objects={"DenseLayer": DenseLayer})`.
    """

    def __init__(self, units, activation=None, **kwargs):
        """Retient ce que la couche doit être ; il n'y a pas encore de paramètres.

        Arguments :
            units : un entier.
            activation : le nom d'une activation de Keras, comme "relu", ou la fonction, ou None
                pour l'identité, ce qu'est `keras.activations.get(None)`.
            kwargs : pour keras.layers.Layer, par exemple le nom de la couche.

        >>> layer = DenseLayer(3, activation="relu", name="hidden")
        >>> layer.name, len(layer.weights)
        ('hidden', 0)
        """
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        ### END SOLUTION

    def build(self, input_shape):
        """Crée `kernel` et `bias`. Keras l'appelle avant le premier `call`.

        Arguments :
            input_shape : celle de x, (n, n_inputs) ; n peut être None.

        >>> layer = DenseLayer(3)
        >>> layer.build((None, 4))
        >>> tuple(layer.kernel.shape), tuple(layer.bias.shape)
        ((4, 3), (3,))
        """
        ### BEGIN SOLUTION
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        ### END SOLUTION

    def call(self, x):
        """La sortie de la couche, (n, units), pour x (n, n_inputs).

        >>> layer = DenseLayer(2, activation="relu")
        >>> layer.build((None, 2))
        >>> _ = layer.kernel.assign([[1.0, -1.0], [1.0, -1.0]])
        >>> _ = layer.bias.assign([0.5, 0.5])
        >>> layer(tf.constant([[1.0, 2.0]])).numpy()
        array([[3.5, 0. ]], dtype=float32)
        """
        ### BEGIN SOLUTION
        return self.activation(tf.matmul(x, self.kernel) + self.bias)
        ### END SOLUTION

    def get_config(self):
        """Ce qu'il faut à `__init__` pour refaire cette couche, sous forme de dictionnaire.

        >>> config = DenseLayer(3, activation="relu").get_config()
        >>> config["units"], config["activation"]
        (3, 'relu')
        """
        ### BEGIN SOLUTION
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}
        ### END SOLUTION


# %% [markdown]
# ## Un optimiseur qui a de la mémoire : l'inertie (*momentum*)
#
# La descente de gradient oublie chaque pas dès qu'il est fait. Dans une vallée étroite, elle saute
# d'un versant à l'autre, et n'avance guère. L'inertie (*momentum*) donne à chaque paramètre une
# *vitesse* v, que le gradient g ne fait que pousser, comme une pente pousse une bille :
#
# $$v \leftarrow m \, v - \eta \cdot g, \qquad w \leftarrow w + v$$
#
# $\eta$ est le taux d'apprentissage. m, l'inertie, est la part qui reste de la vitesse du pas
# précédent. Ce qui va dans le même sens à chaque pas s'additionne ; ce qui va et vient s'annule. Et
# comme une bille, le paramètre dépasse le point le plus bas avant d'y revenir. Les vitesses partent
# de zéro.
#
# Avec un taux d'apprentissage de 0,1, m = 0,9 et un gradient qui vaut 1 à chaque pas : v vaut -0,1,
# puis -0,19, puis -0,271.
#
# Chaque variable a besoin de sa propre vitesse, de même forme qu'elle. Un optimiseur reçoit
# toujours les mêmes variables dans le même ordre ; une liste de vitesses, créée au premier appel,
# suffit donc.


# %%
class Momentum:
    """La descente de gradient avec inertie (momentum)."""

    def __init__(self, learning_rate, momentum=0.9):
        """Retient les deux nombres ; aucune variable n'est encore connue.

        >>> optimizer = Momentum(learning_rate=0.1)
        """
        ### BEGIN SOLUTION
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = None
        ### END SOLUTION

    def apply(self, gradients, variables):
        """Fait un pas : change chaque variable selon son gradient, et selon les pas précédents.

        `variable.assign(...)` donne de nouvelles valeurs à une variable.

        Arguments :
            gradients : une liste de tenseurs, un par variable.
            variables : une liste de `tf.Variable` ou de variables de Keras ; les mêmes à chaque
                appel.

        >>> w = tf.Variable([1.0])
        >>> optimizer = Momentum(learning_rate=0.1, momentum=0.9)
        >>> for _ in range(3):
        ...     optimizer.apply([tf.constant([1.0])], [w])
        ...     print(w.numpy().round(3))
        [0.9]
        [0.71]
        [0.439]
        """
        ### BEGIN SOLUTION
        if self.velocities is None:
            self.velocities = [tf.zeros(variable.shape) for variable in variables]
        self.velocities = [
            self.momentum * velocity - self.learning_rate * gradient
            for velocity, gradient in zip(self.velocities, gradients, strict=True)
        ]
        for variable, velocity in zip(variables, self.velocities, strict=True):
            variable.assign(variable + velocity)
        ### END SOLUTION


# %% [markdown]
# ## Une taille de pas pour chaque paramètre : Adam
#
# Certains paramètres ont de grands gradients, d'autres de minuscules, et un seul taux
# d'apprentissage doit convenir à tous. Adam mesure la taille habituelle des gradients de chaque
# paramètre, et divise par elle. Il tient à jour deux moyennes mobiles, élément par élément, qui
# partent de zéro :
#
# $$a \leftarrow \beta_1 a + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2$$
#
# Après le premier pas, a ne vaut que (1 - beta_1) g. C'est beaucoup trop peu, car la moyenne
# contient encore le zéro d'où elle est partie. Au pas t (1, 2, 3, ...), on corrige cela :
#
# $$\hat a = a / (1 - \beta_1^t), \qquad \hat s = s / (1 - \beta_2^t)$$
#
# $$w \leftarrow w - \eta \cdot \hat a / (\sqrt{\hat s} + \epsilon)$$
#
# Avec g = 0,5 au premier pas : a = 0,05 et s = 0,00025, soit 0,5 et 0,25 après correction ; le pas
# vaut donc $\eta$ * 0,5 / 0,5 : le taux d'apprentissage lui-même, et il en serait de même pour
# g = 0,001. Avec g = 0,1 au deuxième pas : a = 0,055 et s = 0,00025975, soit 0,289 et 0,130 après
# correction ; le pas vaut donc $\eta$ * 0,289 / 0,360 = 0,80 $\eta$ : les pas rétrécissent quand
# les gradients rétrécissent. Le petit epsilon évite seulement de diviser par zéro. Il se trouve
# hors de la racine.


# %%
class Adam:
    """Adam : des pas presque égaux pour tous les paramètres, quels que soient leurs gradients."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        """Retient les quatre nombres ; aucune variable n'est encore connue.

        >>> optimizer = Adam()
        """
        ### BEGIN SOLUTION
        self.learning_rate = learning_rate
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon = epsilon
        self.steps = 0
        self.means = self.squares = None
        ### END SOLUTION

    def apply(self, gradients, variables):
        """Fait un pas avec toutes les variables. Elles partagent toutes le numéro du pas, t.

        Arguments :
            gradients : une liste de tenseurs, un par variable.
            variables : une liste de `tf.Variable` ou de variables de Keras ; les mêmes à chaque
                appel.

        >>> w = tf.Variable([1.0, 1.0])
        >>> Adam(learning_rate=0.1).apply([tf.constant([0.5, -20.0])], [w])
        >>> w.numpy().round(4)
        array([0.9, 1.1], dtype=float32)
        """
        ### BEGIN SOLUTION
        if self.means is None:
            self.means = [tf.zeros(variable.shape) for variable in variables]
            self.squares = [tf.zeros(variable.shape) for variable in variables]
        self.steps += 1
        for i, (gradient, variable) in enumerate(zip(gradients, variables, strict=True)):
            self.means[i] = self.beta_1 * self.means[i] + (1 - self.beta_1) * gradient
            self.squares[i] = self.beta_2 * self.squares[i] + (1 - self.beta_2) * gradient**2
            mean = self.means[i] / (1 - self.beta_1**self.steps)
            square = self.squares[i] / (1 - self.beta_2**self.steps)
            step = self.learning_rate * mean / (tf.sqrt(square) + self.epsilon)
            variable.assign(variable - step)
        ### END SOLUTION


# %% [markdown]
# Lancez maintenant `bricks show training` (`%show training` dans un notebook) : vous y voyez vos
# deux optimiseurs et la simple descente de gradient faire la course dans une même vallée. Adam
# n'avance aussi vite dans les deux directions qu'au début, et l'inertie va trop loin avant de se
# stabiliser.

# %% [markdown]
# ## L'abandon (*dropout*)
#
# Un réseau qui a beaucoup de poids peut apprendre par cœur ses exemples d'entraînement. L'abandon
# (*dropout*) rend cela plus difficile : pendant l'entraînement, chaque élément de la sortie d'une
# couche est mis à 0 avec une certaine probabilité, le *taux* (*rate*), par un tirage propre à
# chaque élément. Aucune unité ne peut s'en remettre à une seule autre, car celle-ci peut manquer.
#
# Avec un taux de 0,25, il ne reste que trois éléments sur quatre, et ce qui suit recevrait moins
# que d'habitude. On divise donc ceux qui restent par 1 - rate : la somme est alors la même en
# moyenne. Si [1, 1, 1, 1] perd son deuxième élément, il devient [1.33, 0, 1.33, 1.33], dont la
# somme est de nouveau 4. C'est l'abandon *inversé* (*inverted dropout*), et grâce à lui, il n'y a
# rien du tout à faire à l'inférence, où aucun élément n'est abandonné : le résultat est x lui-même.


# %%
def dropout(x, rate, training, seed=0):
    """L'abandon inversé (inverted dropout).

    Arguments :
        x : tableau ou tenseur float32, (n, features).
        rate : la probabilité que chaque élément soit abandonné, 0 <= rate < 1.
        training : dit si le réseau s'entraîne ; sinon, c'est x lui-même qui est renvoyé.
        seed : un entier qui décide des éléments abandonnés ; l'état aléatoire global de NumPy reste
            intact.

    Renvoie :
        un tableau ou un tenseur, de même forme que x.

    >>> x = np.ones((2, 4), np.float32)
    >>> np.unique(dropout(x, 0.5, training=True, seed=1)).tolist()
    [0.0, 2.0]
    >>> np.unique(dropout(x, 0.5, training=False)).tolist()
    [1.0]
    """
    ### BEGIN SOLUTION
    if not training:
        return x
    kept = np.random.default_rng(seed).uniform(size=np.shape(x)) >= rate
    return x * (kept / (1 - rate)).astype(np.float32)
    ### END SOLUTION


# %% [markdown]
# ## La normalisation par lot (*batch normalisation*)
#
# La normalisation par lot met toutes les caractéristiques à la même échelle, autour de 0 et d'une
# taille voisine de 1. Pendant l'entraînement, elle soustrait à chaque caractéristique (chaque
# colonne) sa moyenne (*mean*) sur le lot, puis divise par la racine de sa variance sur le lot ;
# ensuite, deux paramètres appris, gamma et beta, choisissent l'échelle et le centre qui conviennent
# le mieux.
#
# $$y = \gamma \, (x - mean) / \sqrt{variance + \epsilon} + \beta$$
#
# La variance est la moyenne des carrés des écarts à la moyenne : on divise par n.
#
# À l'inférence, il n'y a parfois qu'un seul exemple, et sa réponse ne doit pas dépendre de ce qu'il
# y a d'autre dans le lot. L'entraînement tient donc à jour des moyennes *mobiles* (*moving*) de
# l'une et de l'autre, et l'inférence les prend à leur place :
#
# $$moving \leftarrow momentum \cdot moving + (1 - momentum) \cdot batch$$
#
# Avec une moyenne mobile de 0, une moyenne du lot de 10 et un momentum de 0,99, la moyenne mobile
# devient 0,1 : il reste presque tout de l'ancienne, car un seul lot dit peu de chose.


# %%
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    """La normalisation par lot, telle que la fait keras.layers.BatchNormalization.

    Arguments :
        x : tableau ou tenseur float32, (n, features).
        gamma, beta, moving_mean, moving_variance : (features,).
        training : dit si le réseau s'entraîne : alors, ce sont la moyenne et la variance du lot qui
            servent, et les moyennes mobiles bougent. Sinon, ce sont les moyennes mobiles qui
            servent, et elles restent telles quelles.
        momentum : la part qui reste des moyennes mobiles.
        epsilon : se trouve sous la racine, à côté de la variance.

    Renvoie :
        y (n, features), puis la moyenne mobile et la variance mobile après l'appel ; aucun argument
        n'est modifié.

    >>> x = np.array([[0.0], [2.0], [4.0]], np.float32)
    >>> one, zero = np.ones(1, np.float32), np.zeros(1, np.float32)
    >>> y, mean, variance = batch_norm(x, one, zero, zero, one, training=True, epsilon=0.0)
    >>> np.round(y, 4).ravel()
    array([-1.2247,  0.    ,  1.2247], dtype=float32)
    >>> np.round(mean, 4), np.round(variance, 4)
    (array([0.02], dtype=float32), array([1.0167], dtype=float32))
    >>> y, mean, variance = batch_norm(x, one, zero, zero, one, training=False, epsilon=0.0)
    >>> np.round(y, 4).ravel()
    array([0., 2., 4.], dtype=float32)
    """
    ### BEGIN SOLUTION
    mean, variance = moving_mean, moving_variance
    if training:
        mean, variance = tf.nn.moments(tf.convert_to_tensor(x), axes=[0])
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    y = gamma * (x - mean) / tf.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
    ### END SOLUTION


# %% [markdown]
# ## La boucle d'entraînement
#
# Maintenant, tout cela ensemble, pour n'importe quel modèle de Keras dont la sortie est une
# probabilité pour chaque classe. À chaque époque : mélange, lots, et pour chaque lot une prédiction
# sur la bande, la perte, les gradients de toutes les `model.trainable_variables`, et
# `optimizer.apply(gradients, variables)`. Les optimiseurs de Keras prennent les deux mêmes
# arguments que les vôtres. Pour des étiquettes entières, la perte est
# `keras.losses.sparse_categorical_crossentropy(y_true, p)` : un nombre pour chaque exemple, dont
# vous prenez la moyenne.
#
# **Dites au modèle s'il s'entraîne** : `model(x, training=True)` pour les lots dont il apprend,
# `model(x, training=False)` pour tout le reste. Son abandon et sa normalisation par lot ne font pas
# la même chose dans les deux cas.
#
# **L'historique.** "loss" et "accuracy" sont des moyennes sur les *exemples* de l'époque, comme
# chez Keras : un lot de 10 compte deux fois plus qu'un lot de 5. Les deux se mesurent sur chaque
# lot avant sa mise à jour. "val_loss" et "val_accuracy" se mesurent sur les données de validation,
# à la fin de l'époque ; le modèle n'apprend jamais de celles-ci.
#
# **L'arrêt précoce.** À un certain moment, la perte d'entraînement baisse encore, et la perte de
# validation ne baisse plus : à partir de là, le modèle apprend par cœur ses exemples
# d'entraînement. Avec `patience=3`, l'entraînement s'arrête après 3 époques de suite sans
# "val_loss" plus basse que la plus basse jusque-là. Et le modèle retrouve *tous* les poids de sa
# meilleure époque, ceux de `model.get_weights()` : les moyennes mobiles aussi.
#
# Un exemple : les pertes de validation sont 0,9 ; 0,7 ; 0,8 ; 0,6 ; 0,65 ; 0,7 ; 0,66. Avec une
# patience de 3, la boucle s'arrête ici, après 7 époques, et les poids sont ceux de la quatrième.


# %%
def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
    """Entraîne un modèle à la main : mélange, prédiction, perte, rétropropagation, mise à jour.

    La perte est l'entropie croisée pour des étiquettes entières, et rien d'autre : `model.losses`
    est ignoré.

    Arguments :
        model : un modèle Keras, dont la sortie (n, n_classes) donne des probabilités. Il apprend.
        x : tableau float32, un exemple par ligne. y_true : étiquettes entières, (n,).
        x_val, y_val : les données de validation.
        epochs, batch_size : entiers ; un dernier lot plus court est utilisé aussi.
        optimizer : n'importe quel objet avec apply(gradients, variables) : un des vôtres, ou de
            ceux de Keras.
        patience : un entier à partir de 1, ou None : alors, l'entraînement ne s'arrête jamais plus
            tôt, et les poids sont ceux de la dernière époque. Si elle est donnée, ce sont ceux de
            la meilleure époque, que l'entraînement ait été arrêté ou non.
        seed : un entier qui décide de tout ce qui est aléatoire : les mélanges, et l'abandon du
            modèle. Ici, il convient de fixer la graine globale : keras.utils.set_random_seed(seed).

    Renvoie :
        un dictionnaire de listes, un nombre par époque : "loss", "accuracy", "val_loss",
        "val_accuracy".

    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], np.float32)
    >>> y_true = np.array([0, 1, 1, 0])
    >>> keras.utils.set_random_seed(2)
    >>> inputs = keras.Input((2,))
    >>> hidden = keras.layers.Dense(16, activation="relu")(inputs)
    >>> model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(hidden))
    >>> history = train(model, x, y_true, x, y_true, 100, 4, keras.optimizers.Adam(0.05))
    >>> sorted(history), len(history["loss"]), history["val_accuracy"][-1]
    (['accuracy', 'loss', 'val_accuracy', 'val_loss'], 100, 1.0)
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)  # for dropout in the model
    history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
    best, best_weights, waited = np.inf, None, 0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        scores = _epoch(model, x[order], y_true[order], batch_size, optimizer)
        val_scores = _scores(model(x_val, training=False), y_val)
        for name, score in zip(history, (*scores, *val_scores), strict=True):
            history[name].append(float(score))
        if patience is None:
            continue
        waited += 1
        if history["val_loss"][-1] < best:
            best, best_weights, waited = history["val_loss"][-1], model.get_weights(), 0
        if waited == patience:
            break
    if best_weights is not None:
        model.set_weights(best_weights)
    return history
    ### END SOLUTION


# %% tags=["solution"]
def _epoch(model, x, y_true, batch_size, optimizer):
    """Fait un pas sur chaque lot ; perte et exactitude d'avant, en moyenne sur les exemples."""
    sums = np.zeros(2)
    for start in range(0, len(x), batch_size):
        batch = slice(start, start + batch_size)
        with tf.GradientTape() as tape:
            loss, accuracy = _scores(model(x[batch], training=True), y_true[batch])
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        sums += np.array([loss, accuracy]) * len(y_true[batch])
    return sums / len(x)


def _scores(p, y_true):
    """L'entropie croisée moyenne et l'exactitude de probabilités, sous forme de tenseurs."""
    losses = keras.losses.sparse_categorical_crossentropy(y_true, p)
    right = tf.argmax(p, axis=1) == tf.convert_to_tensor(y_true, tf.int64)
    return tf.reduce_mean(losses), tf.reduce_mean(tf.cast(right, tf.float32))


# %% [markdown]
# Relancez `bricks show training` : vous y voyez des courbes avec et sans abandon, pour peu de
# chiffres et pour beaucoup. Où aide-t-il, et où ne fait-il que gêner ?

# %% [markdown]
# ## La même chose avec Keras
#
# Keras a déjà tout cela : `keras.layers.Dropout`, des optimiseurs, `fit` avec `validation_data` et
# des *callbacks* comme `keras.callbacks.EarlyStopping`. Vous savez maintenant ce que chacun d'eux
# fait, et quelle question lui poser : cette couche agit-elle à l'inférence ? Quel nombre ce
# *callback* regarde-t-il, et de quelle époque viennent les poids que le modèle a à la fin ?


# %%
def keras_mlp_with_dropout(sizes, rate):
    """Le MLP de la brique 3 avec Keras, et un abandon (dropout) après chaque couche cachée.

    Chaque couche cachée a une ReLU, puis un abandon de ce taux ; la dernière couche a un softmax,
    et pas d'abandon. Le modèle est compilé avec une perte pour des étiquettes entières, et un
    optimiseur de votre choix. Il accepte set_weights([kernel, bias, kernel, bias, ...]), de la
    première couche à la dernière.

    Arguments :
        sizes : le nombre d'entrées, le nombre d'unités de chaque couche cachée, et le nombre de
            classes.
        rate : un flottant, 0 <= rate < 1.

    Renvoie :
        un modèle Keras compilé, dont la sortie a la forme (n, sizes[-1]).

    >>> model = keras_mlp_with_dropout([4, 5, 3], rate=0.5)
    >>> model.output_shape, [tuple(weights.shape) for weights in model.get_weights()]
    ((None, 3), [(4, 5), (5,), (5, 3), (3,)])
    """
    ### BEGIN SOLUTION
    n_inputs, *hidden, n_classes = sizes
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu"))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION


# %%
def keras_train(model, x, y_true, x_val, y_val, seed=0):
    """Entraîne sur place un modèle Keras compilé, par `fit` avec arrêt précoce.

    C'est vous qui choisissez le nombre d'époques, la taille des lots et la patience, dans la limite
    de temps de l'exercice. L'arrêt précoce regarde la perte de validation, et rétablit les poids de
    la meilleure époque.

    Arguments :
        model : un modèle Keras compilé pour des étiquettes entières. Il apprend.
        x : tableau float32, un exemple par ligne. y_true : étiquettes entières, (n,).
        x_val, y_val : les données de validation, dont le modèle n'apprend pas.
        seed : un entier qui décide de tout ce qui est aléatoire :
            keras.utils.set_random_seed(seed).

    Renvoie :
        ce que vous voulez ; le résultat, c'est le modèle entraîné.

    >>> x = np.eye(4, dtype=np.float32).repeat(20, axis=0)
    >>> y_true = np.array([0, 1, 2, 0]).repeat(20)
    >>> keras.utils.set_random_seed(1)
    >>> model = keras_mlp_with_dropout([4, 16, 3], rate=0.2)
    >>> before = model.evaluate(x, y_true, verbose=0)[0]
    >>> history = keras_train(model, x, y_true, x, y_true)
    >>> model.evaluate(x, y_true, verbose=0)[0] < before
    True
    """
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(seed)
    stopping = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    return model.fit(
        x,
        y_true,
        batch_size=32,
        epochs=30,
        validation_data=(x_val, y_val),
        callbacks=[stopping],
        verbose=0,
    )
    ### END SOLUTION
