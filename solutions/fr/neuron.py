# %% [markdown]
# # Brique 1 : le neurone
#
# **Après cette brique, vous saurez**
#
# - dire ce que sont un modèle, ses paramètres et sa perte ;
# - trouver les gradients d'une perte par la règle de dérivation en chaîne, et écrire la boucle
#   d'entraînement ;
# - distinguer l'entraînement de l'inférence ;
# - dire ce qu'un seul neurone apprend (AND, un 3 face à un 8) et ce qu'il ne peut pas apprendre
#   (XOR).
#
# **À savoir avant :** les fonctions et les classes de Python, les tableaux de NumPy et leurs
# formes, et ce qu'est une dérivée. **Durée :** environ 90 minutes.
#
# ## Le modèle
#
# L'apprentissage automatique part d'un **modèle** : une fonction qui va des entrées vers les
# sorties et qui a des *paramètres*. Si les paramètres sont bien choisis, la fonction fait quelque
# chose d'utile. Apprendre, c'est les choisir.
#
# Le plus petit modèle de l'apprentissage profond est un neurone seul, le *perceptron*. Il prend les
# nombres d'un exemple, $x = (x_1, ..., x_d)$, pondère chacun d'eux, ajoute un biais, et ramène la
# somme à une probabilité :
#
# $$z = w_1 x_1 + ... + w_d x_d + b \qquad p = \sigma(z) = 1 / (1 + e^{-z})$$
#
# Les poids $w$ (ici `kernel`) et le biais $b$ (`bias`) sont ses paramètres. On lit $p$ comme la
# réponse à la question « quelle est la probabilité de la classe 1 ? ». Avec deux chiffres, par
# exemple 3 pour la classe 0 et 8 pour la classe 1, un seul neurone reconnaît déjà 96 images jamais
# vues sur 100.
#
# (Le premier perceptron, celui de Rosenblatt en 1958, répondait par un oui ou un non tranché. Les
# statisticiens connaissent la version douce ci-dessus, avec la sigmoïde, sous un autre nom : la
# *régression logistique*.)
#
# Vous allez écrire l'entrée, le modèle, la perte, les gradients et la boucle d'entraînement. Rien,
# dans les briques suivantes, n'est d'une autre nature. Quelques règles valent partout :
#
# - Les exemples viennent en premier : `x` a la forme (n, n_inputs), un exemple par ligne. Les
#   entrées sont des float64 ou des float32, les étiquettes des entiers de forme (n,). Vous pouvez
#   calculer dans l'un ou l'autre de ces types de flottants.
# - Utilisez NumPy seul, sauf dans la fonction qui demande Keras ; importez Keras *à l'intérieur* de
#   cette fonction.
# - Ne modifiez jamais un tableau que vous avez reçu. Seules `train_step` et `fit` changent les
#   paramètres.
# - Gardez les noms des fonctions, des paramètres et des attributs. Vos propres fonctions
#   auxiliaires sont les bienvenues.
#
# Les lignes `>>>` de chaque docstring sont de petits exemples que vous pouvez vérifier à la main.

# %%
import numpy as np

# %% [markdown]
# ## Les données : des chiffres manuscrits
#
# `mnist.digits(1000, seed=0)` vous en donne 1 000 à tout moment : des images de 28 x 28 pixels
# gris, de 0 à 255, et leurs étiquettes. Regardez-en deux avant de continuer.
#
# La ligne `if __name__ == "__main__":` tient vos propres essais à l'écart des tests. Le code placé
# sous cette ligne s'exécute dans un notebook, ou avec `python exercises/neuron.py`, et ne coûte
# aucun point : entraînez, affichez, essayez, ici ou à la fin de n'importe quelle brique.

# %%
if __name__ == "__main__":
    from grader import mnist

    x, y = mnist.digits(2, seed=0)
    print("labels:", y)
    for row in np.hstack(x)[::2]:
        print("".join(" .:*#"[pixel // 52] for pixel in row))

# %% [markdown]
# ## D'une image à une liste de nombres
#
# Un neurone ne connaît ni lignes ni colonnes : pour chaque exemple, il veut une seule liste de
# nombres, toute plate, et il apprend plus facilement quand ces nombres sont petits.


# %%
def images_to_vectors(images):
    """Transforme des images en niveaux de gris en vecteurs de nombres entre 0 et 1.

    Chaque image est lue ligne par ligne, de gauche à droite, et chaque pixel est divisé par 255.

    Arguments :
        images : entiers de 0 à 255 (uint8), de forme (n, h, w).

    Renvoie :
        des flottants, de forme (n, h * w).

    >>> images = np.array([[[0, 51], [102, 255]]], dtype=np.uint8)
    >>> images_to_vectors(images)
    array([[0. , 0.2, 0.4, 1. ]])
    """
    ### BEGIN SOLUTION
    return images.reshape(len(images), -1) / 255.0
    ### END SOLUTION


# %% [markdown]
# ## La sortie du modèle : une probabilité
#
# La sigmoïde $\sigma(z) = 1 / (1 + e^{-z})$ transforme n'importe quel nombre en un nombre entre 0
# et 1. Elle vaut 0,5 en $z = 0$ ; elle est proche de 1 quand $z$ est grand, et proche de 0 quand
# $z$ est très négatif.
#
# L'ordinateur ajoute une difficulté : $e^{1000}$ est trop grand pour un flottant. Une identité
# utile est $\sigma(z) = e^{z} / (1 + e^{z})$. Pour quels $z$ chacune des deux formes est-elle
# sûre ?


# %%
def sigmoid(z):
    """La sigmoïde, 1 / (1 + exp(-z)), de chaque élément de z.

    Le résultat est fini et aucun avertissement n'apparaît (avec les réglages d'erreur par défaut de
    NumPy) pour tout z de -10 000 à 10 000.

    Arguments :
        z : flottants, de forme quelconque.

    Renvoie :
        des flottants entre 0 et 1, de la même forme que z.

    >>> sigmoid(np.array([0.0, np.log(3.0), -10000.0, 10000.0]))
    array([0.5 , 0.75, 0.  , 1.  ])
    """
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(z))  # never above 1, so it cannot overflow
    return np.where(z >= 0, 1.0, e) / (1.0 + e)
    ### END SOLUTION


# %% [markdown]
# ## La perte : à quel point le modèle se trompe-t-il ?
#
# Pour améliorer un modèle, il nous faut un nombre qui dit à quel point il se trompe. Pour une
# probabilité $p$ et une vraie étiquette $y$ (0 ou 1), ce nombre est l'*entropie croisée binaire* :
#
# $$L = -( y \log p + (1 - y) \log(1 - p) )$$
#
# L'un des deux termes est toujours nul : la perte est l'opposé du logarithme de la probabilité que
# le modèle a donnée à la bonne réponse. Être sûr et avoir raison ne coûte rien, être sûr et se
# tromper coûte cher. Une probabilité d'exactement 0 aurait un coût infini ; on limite donc d'abord
# $p$ à $[10^{-7}, 1 - 10^{-7}]$.


# %%
def binary_cross_entropy(y_true, y_pred):
    """L'entropie croisée binaire, en moyenne sur les exemples.

    Chaque prédiction p est d'abord limitée à [1e-7, 1 - 1e-7] ; un exemple coûte ensuite
    -(y log(p) + (1 - y) log(1 - p)), avec le logarithme népérien.

    Arguments :
        y_true : étiquettes, 0 ou 1, de forme (n,).
        y_pred : probabilités de la classe 1, de forme (n,).

    Renvoie :
        un flottant.

    Ci-dessous, les bonnes réponses ont reçu les probabilités 0,5 et 0,25 ; la perte vaut donc
    (log 2 + log 4) / 2 = 1,5 log 2 :

    >>> loss = binary_cross_entropy(np.array([1, 0]), np.array([0.5, 0.75]))
    >>> round(float(loss), 4)
    1.0397
    """
    ### BEGIN SOLUTION
    p = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return float(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))
    ### END SOLUTION


# %% [markdown]
# ## Le neurone et sa boucle d'entraînement
#
# **L'entraînement** répète cinq petites étapes :
#
# 1. prendre un *lot* (*batch*) d'exemples ;
# 2. *prédire* : calculer $p$ pour chacun d'eux ;
# 3. calculer la *perte* ;
# 4. *rétropropager* : comment la perte change-t-elle quand chaque paramètre change un peu ? C'est
#    le *gradient* de ce paramètre ;
# 5. *mettre à jour* : déplacer chaque paramètre d'un petit pas dans le sens opposé à son gradient,
#    nouveau = ancien - learning_rate * gradient.
#
# Quand tous les exemples ont servi, une *époque* (*epoch*) est finie, et l'on recommence dans un
# autre ordre.
#
# Pour l'étape 4, suivez un seul exemple avec la règle de dérivation en chaîne : $L$ dépend de $p$,
# $p$ de $z$, et $z$ de $w$ et de $b$. Il vous faut $\sigma'(z) = \sigma(z) (1 - \sigma(z))$.
# Multipliez d'abord $dL/dp$ par $dp/dz$ sur papier : presque tout se simplifie, et ce qui reste est
# court et agréable à calculer. Demandez-vous ensuite ce que valent $dz/dw_i$ et $dz/db$, et
# n'oubliez pas que la perte est une *moyenne* sur $n$ exemples.
#
# **L'inférence** vient après l'entraînement : les paramètres ne bougent plus, et le modèle prédit.
#
# **Le départ d'un neurone.** Ses poids sont des nombres aléatoires, d'autant plus petits que ses
# entrées sont nombreuses : une somme de $d$ termes aléatoires croît comme $\sqrt{d}$, et des poids
# d'écart-type $1 / \sqrt{d}$ compensent cette croissance. La sigmoïde part ainsi de l'endroit où sa
# pente est forte, et le neurone apprend vite (LeCun, Bottou, Orr et Müller, *Efficient BackProp*,
# 1998). Avec des poids d'écart-type 1, au contraire, un neurone qui reçoit 784 pixels serait sûr de
# sa réponse à plus de 99 % pour 65 images sur 100, avant d'avoir appris quoi que ce soit.


# %%
class Neuron:
    """Un perceptron binaire : p = sigmoid(x . kernel + bias).

    Attributs (on peut remplacer l'un et l'autre de l'extérieur, à tout moment, par des valeurs de
    même forme) :
        kernel : les poids, de forme (n_inputs,).
        bias : un flottant.
    """

    def __init__(self, n_inputs, seed=0):
        """Crée un neurone qui n'a encore rien appris.

        `kernel` est tiré d'une loi normale de moyenne 0 et d'écart-type 1 / sqrt(n_inputs) ; `bias`
        vaut 0.0.

        Arguments :
            n_inputs : le nombre de valeurs qui décrivent un exemple.
            seed : un entier. La même graine donne les mêmes poids, une autre graine en donne
                d'autres. Créez votre propre générateur, np.random.default_rng(seed), et ne touchez
                pas à l'état aléatoire global de NumPy (np.random.seed, np.random.normal ...).

        >>> neuron = Neuron(784, seed=3)
        >>> neuron.kernel.shape, neuron.bias
        ((784,), 0.0)
        """
        ### BEGIN SOLUTION
        rng = np.random.default_rng(seed)
        self.kernel = rng.normal(scale=1 / np.sqrt(n_inputs), size=n_inputs)
        self.bias = 0.0
        ### END SOLUTION

    def forward(self, x):
        """La probabilité de la classe 1 pour chaque exemple.

        Arguments :
            x : flottants, de forme (n, n_inputs).

        Renvoie :
            des flottants entre 0 et 1, de forme (n,).

        >>> neuron = Neuron(2)
        >>> neuron.kernel, neuron.bias = np.array([1.0, -2.0]), 3.0
        >>> neuron.forward(np.array([[1.0, 2.0], [10000.0, 0.0]]))
        array([0.5, 1. ])
        """
        ### BEGIN SOLUTION
        return sigmoid(x @ self.kernel + self.bias)
        ### END SOLUTION

    def gradients(self, x, y_true):
        """Les gradients de l'entropie croisée binaire moyenne ; aucun paramètre ne change.

        La limitation de p dans la perte ne joue aucun rôle ici : établissez le gradient de la perte
        sans elle.

        Arguments :
            x : flottants, de forme (n, n_inputs).
            y_true : étiquettes, 0 ou 1, de forme (n,).

        Renvoie :
            (d_kernel, d_bias) : un tableau de forme (n_inputs,), et un flottant.

        >>> neuron = Neuron(2)
        >>> neuron.kernel = np.zeros(2)
        >>> x = np.array([[2.0, 0.0], [0.0, 4.0]])
        >>> d_kernel, d_bias = neuron.gradients(x, np.array([1, 1]))
        >>> d_kernel
        array([-0.5, -1. ])
        >>> float(d_bias)
        -0.5
        """
        ### BEGIN SOLUTION
        d_z = (self.forward(x) - y_true) / len(x)
        return x.T @ d_z, d_z.sum()
        ### END SOLUTION

    def train_step(self, x, y_true, learning_rate):
        """Un pas de descente de gradient sur un lot.

        Chaque paramètre se déplace de -learning_rate fois son gradient ; les deux gradients sont
        ceux des paramètres d'avant le pas.

        Arguments :
            x : flottants, de forme (n, n_inputs).
            y_true : étiquettes, 0 ou 1, de forme (n,).
            learning_rate : un flottant.

        Renvoie :
            la perte de ce lot *avant* la mise à jour, un flottant.

        >>> neuron = Neuron(2)
        >>> neuron.kernel = np.zeros(2)
        >>> x = np.array([[2.0, 0.0], [0.0, 4.0]])
        >>> round(float(neuron.train_step(x, np.array([1, 1]), learning_rate=0.1)), 4)
        0.6931
        >>> neuron.kernel
        array([0.05, 0.1 ])
        >>> round(float(neuron.bias), 4)
        0.05
        """
        ### BEGIN SOLUTION
        loss = binary_cross_entropy(y_true, self.forward(x))
        d_kernel, d_bias = self.gradients(x, y_true)
        self.kernel = self.kernel - learning_rate * d_kernel
        self.bias = self.bias - learning_rate * d_bias
        return loss
        ### END SOLUTION

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        """Entraîne : parcourt tous les exemples `epochs` fois, un lot après l'autre.

        Chaque époque mélange de nouveau les exemples (chaque image garde son étiquette), les
        découpe en lots de `batch_size`, et fait un pas d'entraînement sur chaque lot. Le dernier
        lot peut être plus court ; on l'utilise aussi, et chaque exemple sert donc exactement une
        fois par époque. L'entraînement part des paramètres actuels : un nouvel appel à `fit` le
        poursuit.

        Arguments :
            x : flottants, de forme (n, n_inputs).
            y_true : étiquettes, 0 ou 1, de forme (n,).
            epochs, batch_size : entiers.
            learning_rate : un flottant.
            seed : un entier qui décide de tous les mélanges, comme dans `__init__`.

        Renvoie :
            une liste de flottants, un par époque : la moyenne, sur les lots de l'époque, de la
                perte avant chaque mise à jour.

        >>> neuron = Neuron(2)
        >>> neuron.kernel = np.zeros(2)
        >>> x = np.array([[2.0, 0.0], [0.0, 4.0]])
        >>> history = neuron.fit(x, np.array([1, 1]), epochs=5, batch_size=2, learning_rate=0.1)
        >>> len(history), round(float(history[0]), 4), bool(history[4] < history[0])
        (5, 0.6931, True)
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
        """L'inférence : la classe 1 là où sa probabilité dépasse 0,5, la classe 0 ailleurs.

        Arguments :
            x : flottants, de forme (n, n_inputs).

        Renvoie :
            des entiers, 0 ou 1, de forme (n,).

        >>> neuron = Neuron(1)
        >>> neuron.kernel = np.array([1.0])
        >>> neuron.predict(np.array([[2.0], [-1.0], [0.0]]))
        array([1, 0, 0])
        """
        ### BEGIN SOLUTION
        return (self.forward(x) > 0.5).astype(int)
        ### END SOLUTION


# %% [markdown]
# ## Regardez ce qu'il a appris
#
# Lancez maintenant `bricks show neuron` (`%show neuron` dans un notebook) : vous y trouvez le 3
# sous la forme de la liste de nombres que reçoit votre neurone, vos 784 poids deviennent une image
# des endroits où un 8 diffère d'un 3, et vous voyez quelles tables de vérité une seule droite peut
# séparer.

# %% [markdown]
# ## Le même neurone avec Keras
#
# Keras offre tout cela prêt à l'emploi. Avec les mêmes poids, votre neurone et celui-ci donnent les
# mêmes probabilités : une belle façon de vous convaincre qu'un framework n'a rien de magique.
#
# Une chose se compte autrement. Votre historique est la simple moyenne sur les lots d'une époque :
# un dernier lot plus court y compte donc autant qu'un lot complet. Dans l'historique du `fit` de
# Keras, chaque lot compte selon son nombre d'exemples : c'est la moyenne sur les exemples. Quand
# tous les lots ont la même taille, les deux moyennes sont égales.


# %%
def keras_neuron(n_inputs):
    """Le même modèle avec Keras : une unité entièrement connectée, sigmoïde comprise.

    Importez Keras dans cette fonction. Le modèle prend (n, n_inputs) et n'a pas besoin d'être
    compilé. Il accepte set_weights([kernel, bias]) avec les formes (n_inputs, 1) et (1,).

    Renvoie :
        un modèle Keras, construit, dont la sortie a la forme (n, 1).

    >>> model = keras_neuron(3)
    >>> model.output_shape
    (None, 1)
    >>> model.count_params()
    4
    """
    ### BEGIN SOLUTION
    import keras

    return keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(1, activation="sigmoid")])
    ### END SOLUTION
