# %% [markdown]
# # Brique 5 : le réseau de neurones convolutif
#
# **Après cette brique, vous saurez**
#
# - construire un réseau convolutif avec vos propres couches, et l'entraîner ;
# - suivre la forme d'une image à travers un tel réseau, à l'aller et au retour ;
# - en concevoir un meilleur avec Keras, l'entraîner et l'utiliser, sans dépasser un nombre donné de
#   paramètres.
#
# **À savoir avant :** les briques 2, 3 et 4 ; leurs fichiers servent ici. **Durée :** environ deux
# heures.
#
# ## Une hiérarchie de caractéristiques
#
# Ici, toutes les briques se rejoignent. Un réseau convolutif voit une image comme une *hiérarchie
# de caractéristiques* : les pixels forment des contours, les contours forment des textures et des
# coins (des textons), ceux-ci forment des motifs, les motifs forment des parties, et les parties
# forment des objets.
#
#     pixel > contour > texton > motif > partie > objet
#
# Personne ne programme ces caractéristiques. Chaque couche en apprend certaines, qui aident la
# couche suivante, car la rétropropagation lui dit quel changement ferait baisser la perte. Les
# caractéristiques sont apprises, couche après couche : voilà ce qui distingue l'apprentissage
# profond des méthodes qui les reçoivent d'un expert.
#
# Ces six niveaux sont une image qui aide à réfléchir ; les vrais réseaux sont moins bien rangés. Le
# vôtre, ci-dessous, n'a qu'une seule convolution : elle mène des pixels aux contours, et la couche
# dense décide à partir de là.
#
# Vous écrivez d'abord un petit réseau à vous en NumPy, construit sur **vos propres** briques ; puis
# un meilleur avec Keras, que vous concevez comme il vous plaît.
#
# Les règles des premières briques valent ici aussi : des entrées float64 ou float32, des étiquettes
# entières (n,) ; NumPy seul dans la classe `CNN`, Keras importé uniquement dans les fonctions qui
# en ont besoin ; ne modifiez jamais un tableau que vous avez reçu ; gardez les noms.

# %%
import numpy as np

from convolution import Conv2D, MaxPool2D
from layer import Dense, categorical_cross_entropy, one_hot, softmax
from mlp import relu, relu_backward

# %% [markdown]
# ## Votre propre réseau
#
# Pour une image de 28 x 28 pixels à un canal :
#
#     entrée           (n, 28, 28, 1)
#     convolution      (n, 26, 26, 8)   8 filtres de 3 x 3, "valid", de pas 1
#     ReLU             (n, 26, 26, 8)
#     max pooling      (n, 13, 13, 8)   blocs de 2 x 2
#     aplatissement    (n, 1352)
#     couche dense     (n, 10)
#     softmax          (n, 10)
#
# Les filtres sont aléatoires au départ, comme les unités cachées d'un MLP. (Ici, des filtres égaux
# au départ ne le restent pas : la couche dense donne à chaque carte ses propres poids, donc leurs
# gradients diffèrent. Mais les huit commenceraient par une seule et même question.)
#
# La rétropropagation parcourt le même chemin à rebours. L'aplatissement n'a pas de paramètres non
# plus : son `backward` rend seulement au gradient sa forme d'avant.


# %%
class CNN:
    """Convolution, ReLU, max pooling, aplatissement, couche dense, softmax.

    Attributs :
        conv : un Conv2D de 8 filtres de 3 x 3 ("valid", de pas 1).
        pool : un MaxPool2D à blocs de 2 x 2.
        dense : un Dense, qui va des cartes aplaties aux classes.

    On peut à tout moment remplacer `kernel` et `bias` de `conv` et de `dense`, de l'extérieur, par
    d'autres tableaux.
    """

    def __init__(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        """Crée le réseau, avec les couches `conv`, `pool` et `dense`.

        Arguments :
            input_shape : (h, w, channels) d'une image. Les tailles impaires conviennent, et
                plusieurs canaux aussi.
            n_classes : un entier.
            seed : un entier qui décide de tous les poids ; l'état aléatoire global de NumPy reste
                intact.

        >>> cnn = CNN()
        >>> cnn.conv.kernel.shape, cnn.dense.kernel.shape
        ((3, 3, 1, 8), (1352, 10))
        """
        ### BEGIN SOLUTION
        h, w, channels = input_shape
        conv_seed, dense_seed = np.random.default_rng(seed).integers(2**31, size=2)
        self.conv = Conv2D(channels, 8, 3, seed=int(conv_seed))
        self.pool = MaxPool2D(2)
        n_features = ((h - 2) // 2) * ((w - 2) // 2) * 8
        self.dense = Dense(n_features, n_classes, seed=int(dense_seed))
        ### END SOLUTION

    def forward(self, x):
        """La probabilité de chaque classe pour chaque image. Retenez ce qui servira à `backward`.

        Les cartes sont aplaties dans l'ordre C, celui que NumPy suit d'habitude : ligne par ligne,
        dans chaque ligne place par place, et à chaque place filtre par filtre. (Flatten, dans
        Keras, fait de même.)

        Arguments :
            x : flottants, de forme (n, h, w, channels).

        Renvoie :
            des probabilités, de forme (n, n_classes).

        Un réseau dont la couche dense ne sait rien donne la même probabilité à chaque classe :

        >>> cnn = CNN(input_shape=(6, 7, 3), n_classes=4)
        >>> cnn.dense.kernel = np.zeros((32, 4))
        >>> cnn.forward(np.ones((2, 6, 7, 3)))
        array([[0.25, 0.25, 0.25, 0.25],
               [0.25, 0.25, 0.25, 0.25]])
        """
        ### BEGIN SOLUTION
        self.z = self.conv.forward(x)
        self.maps = self.pool.forward(relu(self.z))
        self.probabilities = softmax(self.dense.forward(self.maps.reshape(len(x), -1)))
        return self.probabilities
        ### END SOLUTION

    def backward(self, y_true):
        """Rétropropage l'entropie croisée moyenne du dernier `forward` ; aucun paramètre ne change.

        Laisse les gradients de la perte moyenne dans `d_kernel` et `d_bias` de `conv` et de `dense`
        (le 1/n de la moyenne intervient ici, une seule fois). À vous de choisir ce que la méthode
        renvoie.

        Arguments :
            y_true : étiquettes entières, de forme (n,).

        Ci-dessous, chaque filtre répond 9 partout ; chacune des 8 caractéristiques vaut donc 9, et
        les deux classes reçoivent 0,5 :

        >>> cnn = CNN(input_shape=(4, 4, 1), n_classes=2)
        >>> cnn.conv.kernel = np.ones((3, 3, 1, 8))
        >>> cnn.dense.kernel = np.zeros((8, 2))
        >>> p = cnn.forward(np.ones((1, 4, 4, 1)))
        >>> d_x = cnn.backward(np.array([0]))
        >>> cnn.dense.d_kernel[0], cnn.dense.d_bias
        (array([-4.5,  4.5]), array([-0.5,  0.5]))
        """
        ### BEGIN SOLUTION
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - one_hot(y_true, n_classes)) / n
        d = self.dense.backward(d).reshape(self.maps.shape)
        d = self.pool.backward(d)
        return self.conv.backward(relu_backward(d, self.z))
        ### END SOLUTION

    def train_step(self, x, y_true, learning_rate):
        """Un pas de descente de gradient sur un lot : prédiction, perte, backward, mise à jour.

        Tous les gradients sont ceux des paramètres d'avant le pas.

        Arguments :
            x : flottants, de forme (n, h, w, channels).
            y_true : étiquettes entières, de forme (n,).
            learning_rate : un flottant.

        Renvoie :
            la perte moyenne de ce lot *avant* la mise à jour, un flottant.

        >>> cnn = CNN(input_shape=(4, 4, 1), n_classes=2)
        >>> cnn.conv.kernel = np.ones((3, 3, 1, 8))
        >>> cnn.dense.kernel = np.zeros((8, 2))
        >>> loss = cnn.train_step(np.ones((1, 4, 4, 1)), np.array([0]), learning_rate=0.1)
        >>> round(float(loss), 4)
        0.6931
        >>> cnn.dense.kernel[0], cnn.dense.bias
        (array([ 0.45, -0.45]), array([ 0.05, -0.05]))
        """
        ### BEGIN SOLUTION
        probabilities = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, probabilities.shape[1]), probabilities)
        self.backward(y_true)
        self.conv.step(learning_rate)
        self.dense.step(learning_rate)
        return loss
        ### END SOLUTION

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        """Entraîne le réseau : la même boucle que dans les briques précédentes.

        Chaque époque mélange de nouveau les exemples et fait un pas d'entraînement sur chaque lot
        de `batch_size` ; un dernier lot plus court est utilisé aussi, et chaque exemple sert donc
        exactement une fois par époque. Un nouvel appel à `fit` poursuit l'entraînement.

        Arguments :
            x : flottants, de forme (n, h, w, channels).
            y_true : étiquettes entières, de forme (n,).
            epochs, batch_size : entiers.
            learning_rate : un flottant.
            seed : un entier qui décide de tous les mélanges ; l'état aléatoire global reste intact.

        Renvoie :
            une liste de flottants, un par époque : la moyenne, sur les lots de l'époque, de la
            perte avant chaque mise à jour.

        Deux images, une sombre et une claire, sont vite distinguées :

        >>> x = np.stack([np.zeros((6, 6, 1)), np.ones((6, 6, 1))])
        >>> cnn = CNN(input_shape=(6, 6, 1), n_classes=2)
        >>> history = cnn.fit(x, np.array([0, 1]), epochs=50, batch_size=2, learning_rate=0.1)
        >>> len(history), bool(history[-1] < history[0])
        (50, True)
        >>> cnn.predict(x)
        array([0, 1])
        """
        ### BEGIN SOLUTION
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            losses = []
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                losses.append(self.train_step(x[batch], y_true[batch], learning_rate))
            history.append(float(np.mean(losses)))
        return history
        ### END SOLUTION

    def predict(self, x):
        """L'inférence : la classe la plus probable de chaque image.

        Arguments :
            x : flottants, de forme (n, h, w, channels).

        Renvoie :
            des étiquettes entières, de forme (n,).

        >>> cnn = CNN(input_shape=(6, 6, 1), n_classes=3)
        >>> cnn.dense.kernel = np.zeros((32, 3))
        >>> cnn.dense.bias = np.array([1.0, 3.0, 2.0])
        >>> cnn.predict(np.ones((2, 6, 6, 1)))
        array([1, 1])
        """
        ### BEGIN SOLUTION
        return self.forward(x).argmax(axis=1)
        ### END SOLUTION


# %% [markdown]
# ## Regardez ce qu'il a appris
#
# Lancez maintenant `bricks show cnn` (`%show cnn` dans un notebook) : vous y voyez vos filtres
# avant et après l'entraînement, le chemin d'un chiffre à travers le réseau, et la couche, le MLP et
# le CNN face aux mêmes chiffres. Une fois `train` et `predict` écrits, plus bas, relancez la
# commande : vous y verrez ce que votre réseau avec Keras lit mal. Et vous, l'auriez-vous bien lu ?

# %% [markdown]
# ## Un meilleur réseau avec Keras
#
# Ici, vous êtes libre : plusieurs convolutions, plus de filtres, tout ce que vous voulez essayer.
# Ce qui se passe entre la première et la dernière couche, c'est vous qui le concevez. D'habitude,
# on enchaîne deux ou trois fois convolution et sous-échantillonnage (*pooling*), avec de plus en
# plus de filtres à mesure que les cartes rétrécissent : c'est la hiérarchie de caractéristiques,
# écrite sous forme de code.


# %%
def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    """Un réseau convolutif avec Keras, compilé et prêt à être entraîné.

    Importez Keras dans cette fonction. Le réseau

    - contient de la convolution et du sous-échantillonnage, de n'importe quelle sorte ;
    - se termine par un softmax sur les classes ;
    - a au plus 100 000 paramètres pour les arguments par défaut ;
    - fonctionne pour toute image d'au moins 16 pixels dans chaque sens, à un ou plusieurs canaux ;
    - est compilé avec une perte pour des étiquettes *entières*, et un optimiseur de votre choix.

    Ne fixez aucune graine ici.

    Arguments :
        input_shape : (h, w, channels) d'une image.
        n_classes : un entier.

    Renvoie :
        un modèle Keras compilé, dont la sortie a la forme (n, n_classes).

    >>> model = keras_cnn(input_shape=(16, 20, 3), n_classes=4)
    >>> model.output_shape
    (None, 4)
    >>> keras_cnn().count_params() <= 100_000
    True
    """
    ### BEGIN SOLUTION
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION


# %% [markdown]
# ## L'entraînement, puis l'inférence
#
# La boucle que vous avez écrite quatre fois, c'est le `model.fit` de Keras : lot, prédiction,
# perte, rétropropagation, mise à jour. (Une seule différence : son historique est la moyenne sur
# les exemples, et le vôtre la moyenne sur les lots, comme le dit la brique 1. Les deux diffèrent
# quand le dernier lot est plus court.)
#
# À vous de choisir combien d'exemples contient un lot, et combien d'époques valent l'attente. Une
# bonne habitude : commencez par de grands pas, puis faites-en de plus en plus petits vers la fin,
# pour que les paramètres se stabilisent. (Keras a pour cela des *callbacks* et des *schedules*.)
#
# L'entraînement ne voit que les images d'entraînement. Ce qui compte, c'est l'*inférence* sur des
# images que le réseau n'a jamais vues. Avec 10 000 chiffres d'entraînement, un réseau de cette
# taille peut lire 97 chiffres jamais vus sur 100, et même mieux, après moins d'une minute
# d'entraînement.


# %%
def train(model, x, y_true, seed=0):
    """Entraîne sur place un modèle Keras compilé.

    C'est vous qui choisissez le nombre d'époques et la taille des lots, dans la limite de temps de
    l'exercice.

    Arguments :
        model : un modèle Keras compilé, tel que keras_cnn le renvoie. Il est modifié : il apprend.
        x : images, flottants dans [0, 1], de forme (n, h, w, channels).
        y_true : étiquettes entières, de forme (n,).
        seed : un entier qui décide de tout ce qui est aléatoire dans l'entraînement, comme les
            mélanges. Là où Keras entraîne, il convient de fixer la graine globale :
            keras.utils.set_random_seed(seed).

    Renvoie :
        ce que vous voulez ; le résultat, c'est le modèle entraîné.

    Des carrés clairs à gauche, ou clairs à droite :

    >>> x = np.zeros((64, 16, 16, 1))
    >>> x[:32, :, :8] = 1.0
    >>> x[32:, :, 8:] = 1.0
    >>> y_true = np.repeat([0, 1], 32)
    >>> model = keras_cnn(input_shape=(16, 16, 1), n_classes=2)
    >>> history = train(model, x, y_true)
    >>> predict(model, x[[0, 63]])
    array([0, 1])
    """
    ### BEGIN SOLUTION
    import keras

    def falling_rate(epoch):
        return 0.003 * 0.6**epoch

    keras.utils.set_random_seed(seed)
    return model.fit(
        x,
        y_true,
        epochs=6,
        batch_size=64,
        callbacks=[keras.callbacks.LearningRateScheduler(falling_rate)],
        verbose=0,
    )
    ### END SOLUTION


# %%
def predict(model, x):
    """L'inférence avec un modèle Keras : la classe la plus probable de chaque image.

    Arguments :
        model : un modèle Keras dont la sortie est une probabilité pour chaque classe.
        x : images, flottants dans [0, 1], de forme (n, h, w, channels).

    Renvoie :
        des étiquettes entières, de forme (n,).

    >>> model = keras_cnn(input_shape=(16, 16, 1), n_classes=3)
    >>> labels = predict(model, np.zeros((5, 16, 16, 1)))
    >>> labels.shape, labels.dtype.kind
    ((5,), 'i')
    """
    ### BEGIN SOLUTION
    return model.predict(x, batch_size=256, verbose=0).argmax(axis=1)
    ### END SOLUTION
