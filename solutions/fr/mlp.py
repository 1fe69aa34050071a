# %% [markdown]
# # Brique 3 : le perceptron multicouche
#
# **Après cette brique, vous saurez**
#
# - dire pourquoi XOR demande une couche cachée, et quelque chose de non linéaire entre les
#   couches ;
# - faire remonter un gradient à travers une pile d'autant de couches que l'on veut ;
# - dire quels poids de départ choisir avant une ReLU, et pourquoi les unités cachées ne doivent pas
#   être égales au départ.
#
# **À savoir avant :** la brique 2 ; son fichier `layer.py` sert ici. **Durée :** environ 75
# minutes.
#
# ## Des caractéristiques de caractéristiques
#
# Une couche ne sait que pondérer ses entrées et les additionner. Certaines questions sont hors de
# sa portée, même si on l'entraîne très longtemps. La plus petite est XOR, « exactement l'une des
# deux » :
#
#     x_1  x_2   classe
#      0    0      0
#      0    1      1
#      1    0      1
#      1    1      0
#
# Aucune droite ne sépare les uns des zéros, et une couche ne trace que des droites. Placez une
# deuxième couche derrière la première, et la question devient facile : la première calcule des
# *caractéristiques* (*features*) de l'entrée (« combien d'entrées sont allumées ? », « le
# sont-elles toutes les deux ? »), la deuxième décide à partir de ces caractéristiques. Avec plus de
# couches, on obtient des caractéristiques de caractéristiques, et c'est cette hiérarchie qui est
# *profonde* dans l'apprentissage profond.
#
# Deux couches l'une derrière l'autre ne feraient encore qu'une seule couche, car le produit de deux
# matrices est encore une matrice. On place donc entre elles quelque chose de non linéaire. Le choix
# le plus simple est le plus connu, l'*unité linéaire rectifiée* (*rectified linear unit*, ReLU) :
#
# $$relu(z) = max(z, 0)$$
#
# Le modèle : Dense, ReLU, Dense, ReLU, ..., Dense, softmax. Il repose sur **votre propre**
# `layer.py`. Les règles des premières briques valent ici aussi : des entrées en float64 ou float32,
# des étiquettes entières (n,) ; NumPy seul en dehors de `keras_mlp` ; ne modifiez jamais un tableau
# que vous avez reçu ; gardez les noms.

# %%
import numpy as np

from layer import Dense, categorical_cross_entropy, one_hot, softmax

# %% [markdown]
# ## L'unité linéaire rectifiée, à l'aller et au retour
#
# À l'aller, la ReLU laisse passer ce qui est positif et arrête le reste. Au retour, elle fait de
# même avec les gradients : là où un petit changement de $z$ ne change rien à la sortie, aucun
# gradient ne passe. En $z = 0$ précisément, la pente n'est pas définie ; nous y choisissons 0,
# comme le font les frameworks.


# %%
def relu(z):
    """max(z, 0) pour chaque élément de z.

    Arguments :
        z : flottants, de forme quelconque.

    Renvoie :
        des flottants, de la même forme que z (un nouveau tableau ; z reste tel quel).

    >>> relu(np.array([[-2.0, 0.0, 3.0]]))
    array([[0., 0., 3.]])
    """
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


# %%
def relu_backward(d_out, z):
    """Le gradient de la perte par rapport à z, l'*entrée* de relu ; 0 là où z vaut exactement 0.

    Arguments :
        d_out : le gradient par rapport à relu(z), de la même forme que z.
        z : flottants, de forme quelconque.

    Renvoie :
        des flottants, de la même forme que z.

    >>> relu_backward(np.array([[10.0, 20.0, -30.0]]), np.array([[-2.0, 0.0, 3.0]]))
    array([[  0.,   0., -30.]])
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, d_out, 0.0)
    ### END SOLUTION


# %% [markdown]
# ## Le modèle
#
# `forward` parcourt les couches de la première à la dernière. `backward` les parcourt en sens
# inverse : elle part du gradient par rapport aux scores, que vous avez trouvé pour le perceptron
# simple couche, et chaque couche transforme le gradient de sa sortie en celui de son entrée. Ce
# parcours *est* la rétropropagation, et comme chaque couche connaît sa propre part, un réseau de
# dix couches ne demande pas plus de code qu'un réseau de deux.
#
# **Le départ des unités cachées.** Prenez deux unités cachées dont les poids sont égaux, ceux
# d'avant comme ceux d'après. Elles reçoivent des gradients égaux à chaque pas ; elles restent donc
# égales et ne comptent que pour une. Avec 32 unités de ce genre, `MLP([784, 32, 10])` reconnaît 11
# chiffres jamais vus sur 100 après l'entraînement du dernier test ; avec un départ aléatoire, il en
# reconnaît 93. (Quand seuls les poids d'avant sont égaux, ceux d'après, qui diffèrent, écartent les
# unités l'une de l'autre.)
#
# La ReLU arrête environ la moitié des nombres, et la règle de Glorot n'en tient pas compte : à
# travers dix couches ReLU de 256 unités, les nombres rétrécissent à 0,03 fois leur taille. La
# *règle de He* double la variance, qui devient $2 / n\_inputs$, pour que leur taille se conserve
# (He, Zhang, Ren et Sun, *Delving deep into rectifiers*, 2015). Avec une seule couche cachée,
# l'entraînement réussit aussi bien avec une règle qu'avec l'autre ; ce kit garde donc celle de
# Glorot, que Keras prend aussi, sauf si vous en demandez une autre.


# %%
class MLP:
    """Un perceptron multicouche : des couches Dense, ReLU entre elles, softmax à la fin.

    Attributs :
        layers : une liste de Dense, de la première à la dernière. On peut à tout moment remplacer
            leurs `kernel` et `bias`, de l'extérieur, par d'autres tableaux.
    """

    def __init__(self, sizes, seed=0):
        """Crée le modèle. MLP([784, 64, 10]) a deux couches : de 784 à 64, et de 64 à 10.

        `seed`, un entier, décide de tous les poids et laisse intact l'état aléatoire global de
        NumPy. Donnez à chaque Dense sa propre graine, pour que des couches de même forme ne partent
        pas des mêmes nombres aléatoires. (Des couches qui le font se distinguent vite ; des unités
        d'une même couche, égales au départ, peuvent le rester.)

        Arguments :
            sizes : une liste d'entiers : le nombre d'entrées, les unités de chaque couche cachée
                et, en dernier, le nombre de classes. [n_inputs, n_classes] est permis : aucune
                couche cachée.
            seed : un entier.

        >>> mlp = MLP([784, 64, 10])
        >>> [layer.kernel.shape for layer in mlp.layers]
        [(784, 64), (64, 10)]
        """
        ### BEGIN SOLUTION
        seeds = np.random.default_rng(seed).integers(2**31, size=len(sizes) - 1)
        self.layers = [
            Dense(n_inputs, units, seed=int(layer_seed))
            for n_inputs, units, layer_seed in zip(sizes[:-1], sizes[1:], seeds, strict=True)
        ]
        ### END SOLUTION

    def forward(self, x):
        """La probabilité de chaque classe pour chaque exemple.

        Retenez ce qui servira à `backward`.

        Arguments :
            x : flottants, de forme (n, n_inputs).

        Renvoie :
            des probabilités, de forme (n, n_classes).

        Avec les poids ci-dessous, les caractéristiques cachées de (1, 1) sont relu(2) et relu(-5) ;
        les deux scores sont donc 0 et 2 log 3, et les probabilités sont dans le rapport de 1 à 9 :

        >>> mlp = MLP([2, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, 1.0], [1.0, 1.0]])
        >>> mlp.layers[0].bias = np.array([0.0, -7.0])
        >>> mlp.layers[1].kernel = np.array([[0.0, np.log(3.0)], [100.0, 100.0]])
        >>> mlp.forward(np.array([[1.0, 1.0]]))
        array([[0.1, 0.9]])
        """
        ### BEGIN SOLUTION
        self.hidden_z = []  # what went into each ReLU
        for layer in self.layers[:-1]:
            z = layer.forward(x)
            self.hidden_z.append(z)
            x = relu(z)
        self.probabilities = softmax(self.layers[-1].forward(x))
        return self.probabilities
        ### END SOLUTION

    def backward(self, y_true):
        """Rétropropage l'entropie croisée moyenne du dernier `forward` ; aucun paramètre ne change.

        Laisse les gradients de la perte moyenne dans `d_kernel` et `d_bias` de chaque couche (le
        1/n de la moyenne intervient ici, une seule fois). À vous de choisir ce que la méthode
        renvoie.

        Arguments :
            y_true : étiquettes entières, de forme (n,).

        L'exemple ci-dessous a pour caractéristiques relu(2) et relu(-2), et les deux classes
        reçoivent 0,5 :

        >>> mlp = MLP([1, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, -1.0]])
        >>> mlp.layers[1].kernel = np.array([[3.0, 3.0], [5.0, 4.0]])
        >>> p = mlp.forward(np.array([[2.0]]))
        >>> d_x = mlp.backward(np.array([0]))
        >>> mlp.layers[1].d_kernel
        array([[-1.,  1.],
               [ 0.,  0.]])
        >>> mlp.layers[1].kernel = np.array([[3.0, 7.0], [5.0, 4.0]])
        >>> mlp.layers[1].bias = np.array([8.0, 0.0])
        >>> p = mlp.forward(np.array([[2.0]]))
        >>> d_x = mlp.backward(np.array([0]))
        >>> mlp.layers[0].d_kernel, mlp.layers[0].d_bias
        (array([[4., 0.]]), array([2., 0.]))
        """
        ### BEGIN SOLUTION
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - one_hot(y_true, n_classes)) / n
        d = self.layers[-1].backward(d)
        for layer, z in zip(self.layers[-2::-1], self.hidden_z[::-1], strict=True):
            d = layer.backward(relu_backward(d, z))
        return d
        ### END SOLUTION

    def train_step(self, x, y_true, learning_rate):
        """Un pas de descente de gradient sur un lot : prédiction, perte, backward, mise à jour.

        Tous les gradients sont ceux des paramètres d'avant le pas : d'abord `backward` en entier,
        puis le pas de chaque couche.

        Arguments :
            x : flottants, de forme (n, n_inputs).
            y_true : étiquettes entières, de forme (n,).
            learning_rate : un flottant.

        Renvoie :
            la perte moyenne de ce lot *avant* la mise à jour, un flottant.

        >>> mlp = MLP([1, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, -1.0]])
        >>> mlp.layers[1].kernel = np.array([[3.0, 3.0], [5.0, 4.0]])
        >>> round(float(mlp.train_step(np.array([[2.0]]), np.array([0]), learning_rate=0.5)), 4)
        0.6931
        >>> mlp.layers[1].kernel
        array([[3.5, 2.5],
               [5. , 4. ]])
        """
        ### BEGIN SOLUTION
        probabilities = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, probabilities.shape[1]), probabilities)
        self.backward(y_true)
        for layer in self.layers:
            layer.step(learning_rate)
        return loss
        ### END SOLUTION

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        """Entraîne : la même boucle que dans les deux premières briques.

        Chaque époque mélange de nouveau les exemples et fait un pas d'entraînement sur chaque lot
        de `batch_size` ; un dernier lot plus court est utilisé aussi, et chaque exemple sert donc
        exactement une fois par époque. Un nouvel appel à `fit` poursuit l'entraînement.

        Arguments :
            x : flottants, de forme (n, n_inputs).
            y_true : étiquettes entières, de forme (n,).
            epochs, batch_size : entiers.
            learning_rate : un flottant.
            seed : un entier qui décide de tous les mélanges ; l'état aléatoire global reste intact.

        Renvoie :
            une liste de flottants, un par époque : la moyenne, sur les lots de l'époque, de la
                perte avant chaque mise à jour.

        >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        >>> mlp = MLP([2, 16, 2])
        >>> history = mlp.fit(x, np.array([0, 1, 1, 0]), 1500, batch_size=4, learning_rate=0.3)
        >>> len(history), bool(history[-1] < 0.1 * history[0])
        (1500, True)
        >>> mlp.predict(x)
        array([0, 1, 1, 0])
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
        """L'inférence : la classe la plus probable de chaque exemple.

        Arguments :
            x : flottants, de forme (n, n_inputs).

        Renvoie :
            des étiquettes entières, de forme (n,).

        XOR avec des poids réglés à la main. La première caractéristique compte les entrées
        allumées, la seconde voit qu'elles le sont toutes les deux ; la classe 1 gagne quand
        (première - 2 * seconde) dépasse 0,5 :

        >>> mlp = MLP([2, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, 1.0], [1.0, 1.0]])
        >>> mlp.layers[0].bias = np.array([0.0, -1.0])
        >>> mlp.layers[1].kernel = np.array([[0.0, 1.0], [0.0, -2.0]])
        >>> mlp.layers[1].bias = np.array([0.5, 0.0])
        >>> mlp.predict(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
        array([0, 1, 1, 0])
        """
        ### BEGIN SOLUTION
        return self.forward(x).argmax(axis=1)
        ### END SOLUTION


# %% [markdown]
# ## Regardez ce qu'il a appris
#
# Lancez maintenant `bricks show mlp` (`%show mlp` dans un notebook) : vous y voyez où deux unités
# cachées placent les quatre points de XOR, et quels chiffres partagent une unité cachée.
#
# Un réseau qui s'améliore sur ses chiffres d'entraînement, mais pas sur les autres, est en
# **surapprentissage** (*overfitting*). Comparez les courbes pour 500 chiffres et pour 10 000 :
# qu'est-ce qui comble l'écart ?

# %% [markdown]
# ## Le même modèle avec Keras


# %%
def keras_mlp(sizes):
    """Le même modèle avec Keras, pour les mêmes `sizes` que MLP.

    Importez Keras dans cette fonction. Les activations sont dans le modèle : ReLU dans chaque
    couche cachée, softmax dans la dernière. Il prend (n, sizes[0]) et n'a pas besoin d'être
    compilé. Il accepte set_weights([kernel, bias, kernel, bias, ...]), de la première couche à la
    dernière, avec les formes de MLP.

    Renvoie :
        un modèle Keras, construit, dont la sortie a la forme (n, sizes[-1]).

    >>> model = keras_mlp([4, 5, 3])
    >>> model.output_shape
    (None, 3)
    >>> model.count_params()
    43
    """
    ### BEGIN SOLUTION
    import keras

    model = keras.Sequential([keras.Input((sizes[0],))])
    for units in sizes[1:-1]:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(sizes[-1], activation="softmax"))
    return model
    ### END SOLUTION
