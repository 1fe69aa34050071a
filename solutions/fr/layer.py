# %% [markdown]
# # Brique 2 : le perceptron simple couche
#
# **Après cette brique, vous saurez**
#
# - transformer des scores en probabilités sur plusieurs classes, et mesurer leur perte ;
# - écrire une couche qui garde ses propres gradients et rend le reste, pour qu'on puisse
#   l'empiler ;
# - dire où le 1/n d'une perte moyenne intervient, et où il n'intervient pas.
#
# **À savoir avant :** la brique 1, et le produit de deux matrices. **Durée :** environ 90 minutes.
#
# ## Une couche de neurones
#
# Un neurone répond à une question par oui ou par non. Pour dix chiffres, on place dix neurones côte
# à côte sur les mêmes entrées : c'est une **couche**. Chaque neurone a ses propres poids ; les
# poids forment donc maintenant un tableau, le `kernel`, avec une ligne par entrée et une colonne
# par neurone (*unité*). Le biais est une liste, avec un nombre par unité. Un seul produit de
# matrices calcule la sortie de tous les neurones pour tous les exemples :
#
# $$z = x W + b \qquad (n, units) = (n, n\_inputs) \, (n\_inputs, units) + (units,)$$
#
# Le modèle reste une fonction avec des paramètres, et il s'entraîne en cinq étapes, les mêmes que
# pour le neurone : lot, prédiction, perte, rétropropagation, mise à jour. Deux choses sont
# nouvelles : des probabilités sur plusieurs classes, et une couche *réutilisable*, qui connaît ses
# propres gradients et rend le reste à ce qui la précède. Toutes les briques suivantes sont des
# piles de telles couches. (Pour les statisticiens, une seule de ces couches, avec le softmax
# ci-dessous, est la *régression logistique multinomiale*.)
#
# Les règles de la brique 1 valent ici aussi : les exemples en premier ; des entrées en float64 ou
# float32, des étiquettes entières (n,) ; NumPy seul (Keras uniquement dans `keras_layer`) ; ne
# modifiez jamais un tableau que vous avez reçu ; seules `step`, `train_step` et `fit` changent les
# paramètres ; gardez les noms.

# %%
import numpy as np

# %% [markdown]
# ## Des étiquettes en vecteurs
#
# L'étiquette 3 est un nom, pas une quantité : 3 n'est pas « entre » 2 et 4. Chaque étiquette
# devient donc une ligne de zéros où un seul nombre, à la place de la classe, vaut un. Cette ligne
# se lit aussi comme une probabilité : « un 3, à coup sûr ».


# %%
def one_hot(labels, n_classes):
    """Transforme des étiquettes entières en lignes avec un seul 1.

    Arguments :
        labels : entiers de 0 à n_classes - 1, de forme (n,).
        n_classes : le nombre de classes (elles n'apparaissent pas forcément toutes dans `labels`).

    Renvoie :
        des flottants, de forme (n, n_classes).

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    ### BEGIN SOLUTION
    return np.eye(n_classes)[labels]
    ### END SOLUTION


# %% [markdown]
# ## Des scores aux probabilités
#
# La couche donne à chaque classe un score $z_j$. Le *softmax* rend ces scores positifs et fait en
# sorte que chaque ligne ait pour somme 1 :
#
# $$p_j = e^{z_j} / (e^{z_1} + ... + e^{z_k})$$
#
# Avec de grands scores, $e^{z}$ dépasse ce qu'un flottant peut contenir. Essayez sur papier : que
# devient $p$ quand on ajoute la même constante à tous les scores d'une ligne ? Vous verrez comment
# garder les exponentielles petites. Chaque ligne a besoin de sa propre constante ; une constante
# unique pour tout le tableau peut ruiner les lignes dont les scores sont bien plus bas qu'elle.


# %%
def softmax(z):
    """Le softmax de chaque ligne.

    Il est fini, et chaque ligne a pour somme 1, pour des scores de -10 000 à 10 000, quoi que
    contiennent les autres lignes.

    Arguments :
        z : scores, de forme (n, k).

    Renvoie :
        des probabilités, de forme (n, k).

    >>> softmax(np.array([[0.0, np.log(3.0)], [10000.0, 10000.0], [-10000.0, -10000.0]]))
    array([[0.25, 0.75],
           [0.5 , 0.5 ],
           [0.5 , 0.5 ]])
    """
    ### BEGIN SOLUTION
    e = np.exp(z - z.max(axis=1, keepdims=True))  # the largest exponent of each row is 0
    return e / e.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% [markdown]
# ## La perte pour plusieurs classes
#
# L'idée n'a pas changé : l'opposé du logarithme de la probabilité donnée à la bonne réponse. Avec
# des lignes *one-hot* $y$, elle s'écrit $L = -( y_1 \log p_1 + ... + y_k \log p_k )$.


# %%
def categorical_cross_entropy(y_true, y_pred):
    """L'entropie croisée catégorielle, en moyenne sur les exemples.

    Chaque prédiction est d'abord limitée à [1e-7, 1 - 1e-7] ; un exemple coûte ensuite
    -sum(y * log(p)) sur ses classes, avec le logarithme népérien.

    Arguments :
        y_true : lignes one-hot, de forme (n, k).
        y_pred : probabilités, de forme (n, k).

    Renvoie :
        un flottant.

    Ci-dessous, les bonnes réponses ont reçu les probabilités 0,5 et 0,25 ; la perte vaut donc
    (log 2 + log 4) / 2 = 1,5 log 2 :

    >>> y_true = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> y_pred = np.array([[0.5, 0.5], [0.75, 0.25]])
    >>> round(float(categorical_cross_entropy(y_true, y_pred)), 4)
    1.0397
    """
    ### BEGIN SOLUTION
    p = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return float(-np.mean(np.sum(y_true * np.log(p), axis=1)))
    ### END SOLUTION


# %% [markdown]
# ## Une couche que l'on peut empiler
#
# `forward` calcule la sortie. `backward` répond à la question de la rétropropagation, vue de
# l'intérieur d'une couche. Quelqu'un, derrière la couche, lui donne `d_out` : comment la perte
# change avec chaque élément de sa *sortie*. Par la règle de dérivation en chaîne, la couche trouve
# comment la perte change
#
# - avec chaque élément de son noyau et de son biais : ces gradients, elle les garde, dans
#   `d_kernel` et `d_bias` ;
# - avec chaque élément de son *entrée* : ce gradient, elle le renvoie, comme `d_x`, pour la couche
#   qui la précède.
#
# Pour trouver les formules, écrivez en entier un élément de $z = x W + b$ pour deux entrées et deux
# unités, et regardez quels éléments de $z$ un poids donné touche. Les formes vous guident : chaque
# gradient a la forme de l'objet auquel il appartient, et souvent un seul produit de matrices
# convient.
#
# La couche ne connaît pas la perte. Si la perte est une moyenne sur $n$ exemples, ce $1/n$ se
# trouve déjà dans `d_out`.
#
# **Le départ d'une couche.** Dans une pile de couches, ni les nombres à l'aller ni les gradients au
# retour ne devraient grandir ou rétrécir d'une couche à l'autre. L'aller demande des poids de
# variance $1 / n\_inputs$, le retour des poids de variance $1 / units$. La *règle de Glorot* se
# place entre les deux, avec $2 / (n\_inputs + units)$. Des nombres tirés uniformément entre
# $-limit$ et $limit$ ont pour variance $limit^2 / 3$, d'où $limit = \sqrt{6 / (n\_inputs + units)}$
# (Glorot et Bengio, *Understanding the difficulty of training deep feedforward neural networks*,
# 2010).


# %%
class Dense:
    """Une couche entièrement connectée : forward(x) = x . kernel + bias, sans activation.

    Attributs :
        kernel : les poids, de forme (n_inputs, units).
        bias : de forme (units,).
        d_kernel, d_bias : les gradients laissés par le dernier appel à `backward` ; mêmes formes.

    On peut à tout moment remplacer `kernel` et `bias`, de l'extérieur, par d'autres tableaux de
    même forme.
    """

    def __init__(self, n_inputs, units, seed=0):
        """Crée une couche qui n'a encore rien appris.

        `kernel` est tiré selon la règle de Glorot : uniformément entre -limit et limit, où
        limit = sqrt(6 / (n_inputs + units)). `bias` ne contient que des zéros.

        Arguments :
            n_inputs, units : entiers.
            seed : un entier. La même graine donne les mêmes poids, une autre graine en donne
                d'autres. L'état aléatoire global de NumPy reste intact.

        >>> dense = Dense(4, 2)
        >>> dense.kernel.shape, bool(np.abs(dense.kernel).max() <= 1.0)
        ((4, 2), True)
        >>> dense.bias
        array([0., 0.])
        """
        ### BEGIN SOLUTION
        rng = np.random.default_rng(seed)
        limit = np.sqrt(6 / (n_inputs + units))
        self.kernel = rng.uniform(-limit, limit, size=(n_inputs, units))
        self.bias = np.zeros(units)
        ### END SOLUTION

    def forward(self, x):
        """La sortie de toutes les unités pour tous les exemples.

        Retenez ce qui servira à `backward`.

        Arguments :
            x : flottants, de forme (n, n_inputs).

        Renvoie :
            des flottants, de forme (n, units).

        >>> dense = Dense(2, 2)
        >>> dense.kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> dense.bias = np.array([10.0, 20.0])
        >>> dense.forward(np.array([[1.0, 1.0]]))
        array([[14., 26.]])
        """
        ### BEGIN SOLUTION
        self.x = x
        return x @ self.kernel + self.bias
        ### END SOLUTION

    def backward(self, d_out):
        """Rétropropage à travers le dernier appel à `forward` ; aucun paramètre ne change.

        Laisse `d_kernel` et `d_bias`. Ils remplacent ceux d'un appel précédent (ils les écrasent,
        sans s'y ajouter), et aucun facteur 1/n propre à la couche n'y intervient.

        Arguments :
            d_out : le gradient de la perte par rapport à la sortie, de forme (n, units).

        Renvoie :
            d_x : le gradient par rapport à l'entrée, de forme (n, n_inputs).

        >>> dense = Dense(2, 2)
        >>> dense.kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> out = dense.forward(np.array([[5.0, 6.0]]))
        >>> dense.backward(np.array([[1.0, 0.0]]))
        array([[1., 3.]])
        >>> dense.d_kernel
        array([[5., 0.],
               [6., 0.]])
        >>> dense.d_bias
        array([1., 0.])
        """
        ### BEGIN SOLUTION
        self.d_kernel = self.x.T @ d_out
        self.d_bias = d_out.sum(axis=0)
        return d_out @ self.kernel.T
        ### END SOLUTION

    def step(self, learning_rate):
        """Met à jour : kernel et bias changent de -learning_rate fois leurs derniers gradients.

        >>> dense = Dense(1, 2)
        >>> dense.kernel = np.array([[1.0, 2.0]])
        >>> out = dense.forward(np.array([[3.0]]))
        >>> d_x = dense.backward(np.array([[1.0, 0.0]]))
        >>> dense.step(learning_rate=0.5)
        >>> dense.kernel
        array([[-0.5,  2. ]])
        >>> dense.bias
        array([-0.5,  0. ])
        """
        ### BEGIN SOLUTION
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias
        ### END SOLUTION


# %% [markdown]
# ## Le perceptron simple couche
#
# Une couche dense, puis le softmax. Pour l'entraîner, commencez la règle de dérivation en chaîne
# par la fin : comment la perte change-t-elle avec chaque score $z_j$ ? Comme pour le neurone,
# prenez le softmax et l'entropie croisée *ensemble* : écrivez
# $\log p_j = z_j - \log(e^{z_1} + ... + e^{z_k})$ et dérivez. Le résultat a exactement l'allure de
# celui du neurone. C'est ici, une fois pour toutes, que la moyenne sur les exemples apporte son
# $1/n$.
#
# Avec une seule couche, des poids aléatoires ne sont pas indispensables : chaque unité a sa propre
# classe, et des unités égales au départ diffèrent donc après le premier pas. Qu'elle parte de zéros
# ou de la règle de Glorot, la couche entraînée reconnaît 91 chiffres jamais vus sur 100. Mais à
# partir de la brique 3, des unités égales au départ sont un vrai piège.


# %%
class SingleLayerPerceptron:
    """Un softmax sur une couche dense.

    Attributs :
        dense : la couche, une Dense(n_inputs, n_classes).
    """

    def __init__(self, n_inputs, n_classes, seed=0):
        """Crée le modèle avec sa seule couche, `dense`, dont les poids dépendent de `seed`.

        >>> model = SingleLayerPerceptron(784, 10)
        >>> model.dense.kernel.shape
        (784, 10)
        """
        ### BEGIN SOLUTION
        self.dense = Dense(n_inputs, n_classes, seed)
        ### END SOLUTION

    def forward(self, x):
        """La probabilité de chaque classe pour chaque exemple.

        Arguments :
            x : flottants, de forme (n, n_inputs).

        Renvoie :
            des probabilités, de forme (n, n_classes).

        >>> model = SingleLayerPerceptron(1, 2)
        >>> model.dense.kernel = np.array([[0.0, np.log(3.0)]])
        >>> model.forward(np.array([[0.0], [1.0]]))
        array([[0.5 , 0.5 ],
               [0.25, 0.75]])
        """
        ### BEGIN SOLUTION
        self.probabilities = softmax(self.dense.forward(x))
        return self.probabilities
        ### END SOLUTION

    def backward(self, y_true):
        """Rétropropage l'entropie croisée moyenne du dernier `forward` ; aucun paramètre ne change.

        Laisse les gradients de la perte moyenne dans `dense.d_kernel` et `dense.d_bias`. À vous de
        choisir ce que la méthode renvoie. La limitation des probabilités dans la perte ne joue
        aucun rôle ici.

        Arguments :
            y_true : étiquettes entières, de forme (n,).

        >>> model = SingleLayerPerceptron(2, 2)
        >>> model.dense.kernel = np.zeros((2, 2))
        >>> p = model.forward(np.array([[2.0, 0.0], [0.0, 4.0]]))
        >>> d_x = model.backward(np.array([0, 0]))
        >>> model.dense.d_kernel
        array([[-0.5,  0.5],
               [-1. ,  1. ]])
        >>> model.dense.d_bias
        array([-0.5,  0.5])
        """
        ### BEGIN SOLUTION
        n, n_classes = self.probabilities.shape
        d_z = (self.probabilities - one_hot(y_true, n_classes)) / n
        return self.dense.backward(d_z)
        ### END SOLUTION

    def train_step(self, x, y_true, learning_rate):
        """Un pas de descente de gradient sur un lot : prédiction, perte, backward, mise à jour.

        Arguments :
            x : flottants, de forme (n, n_inputs).
            y_true : étiquettes entières, de forme (n,).
            learning_rate : un flottant.

        Renvoie :
            la perte moyenne de ce lot *avant* la mise à jour, un flottant.

        >>> model = SingleLayerPerceptron(2, 2)
        >>> model.dense.kernel = np.zeros((2, 2))
        >>> x = np.array([[2.0, 0.0], [0.0, 4.0]])
        >>> round(float(model.train_step(x, np.array([0, 0]), learning_rate=0.1)), 4)
        0.6931
        >>> model.dense.kernel
        array([[ 0.05, -0.05],
               [ 0.1 , -0.1 ]])
        """
        ### BEGIN SOLUTION
        probabilities = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, probabilities.shape[1]), probabilities)
        self.backward(y_true)
        self.dense.step(learning_rate)
        return loss
        ### END SOLUTION

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        """Entraîne : parcourt tous les exemples `epochs` fois, lot par lot, comme Neuron.fit.

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

        >>> model = SingleLayerPerceptron(2, 2)
        >>> model.dense.kernel = np.zeros((2, 2))
        >>> x = np.array([[2.0, 0.0], [0.0, 4.0]])
        >>> history = model.fit(x, np.array([0, 1]), epochs=5, batch_size=2, learning_rate=0.1)
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
        """L'inférence : la classe la plus probable de chaque exemple.

        Arguments :
            x : flottants, de forme (n, n_inputs).

        Renvoie :
            des étiquettes entières, de forme (n,).

        >>> model = SingleLayerPerceptron(1, 3)
        >>> model.dense.kernel = np.array([[1.0, 0.0, -1.0]])
        >>> model.predict(np.array([[5.0], [-5.0]]))
        array([0, 2])
        """
        ### BEGIN SOLUTION
        return self.forward(x).argmax(axis=1)
        ### END SOLUTION


# %% [markdown]
# ## Regardez ce qu'il a appris
#
# Lancez maintenant `bricks show layer` (`%show layer` dans un notebook) : vous y voyez vos dix
# gabarits, et les chiffres qu'ils lisent mal. Les auriez-vous mal lus, vous aussi ? Avant tout
# entraînement, la perte devrait être proche de $\log 10$, le prix d'une réponse au hasard parmi
# dix : la première image montre la vôtre.

# %% [markdown]
# ## Le même modèle avec Keras


# %%
def keras_layer(n_inputs, n_classes):
    """Le même modèle avec Keras : une couche entièrement connectée, softmax compris.

    Importez Keras dans cette fonction. Le modèle prend (n, n_inputs) et n'a pas besoin d'être
    compilé. Il accepte set_weights([kernel, bias]) avec les formes (n_inputs, n_classes) et
    (n_classes,).

    Renvoie :
        un modèle Keras, construit, dont la sortie a la forme (n, n_classes).

    >>> model = keras_layer(4, 3)
    >>> model.output_shape
    (None, 3)
    >>> model.count_params()
    15
    """
    ### BEGIN SOLUTION
    import keras

    return keras.Sequential(
        [keras.Input((n_inputs,)), keras.layers.Dense(n_classes, activation="softmax")]
    )
    ### END SOLUTION
