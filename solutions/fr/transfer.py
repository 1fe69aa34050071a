# %% [markdown]
# # Brique 8 : l'apprentissage par transfert
#
# **Après cette brique, vous saurez**
#
# - prendre ce qu'un réseau a appris pour une tâche, et vous en servir pour une autre ;
# - distinguer de nouvelles classes à partir d'une poignée d'exemples, sans aucun entraînement ;
# - geler un corps, entraîner une nouvelle tête posée dessus, puis ajuster les deux, dans le bon
#   ordre.
#
# **À savoir avant :** la brique 5, et ce que fait Keras quand vous lui dites `fit`. **Durée :**
# environ deux heures.
#
# ## Ce qui s'apprend une seule fois
#
# Les premières couches d'un réseau qui lit des chiffres cherchent des contours, des traits et des
# courbes. Rien en elles ne dit « 3 » : c'est tout à la fin que se décide ce que sont les classes.
# Si l'on a besoin d'*autres* classes, et que l'on en a peu d'exemples, on n'est donc pas obligé de
# partir de poids aléatoires. On coupe en deux un réseau entraîné :
#
#     image > | convolutions : le corps > caractéristiques | > tête > classes
#
# Le *corps* transforme une image en caractéristiques, et on le garde. La *tête* transforme les
# caractéristiques en classes. On la remplace. C'est l'*apprentissage par transfert* (*transfer
# learning*) : souvent, le corps a vu des millions d'images, et ceux qui s'en servent en ont une
# centaine.
#
# Le corps que vous recevez est petit, et il n'a vu que les chiffres 0, 1, 2, 3 et 4 : pas un seul
# 5, 6, 7, 8 ou 9. À partir de cent images étiquetées, vous lui apprenez ces cinq-là. Le dernier
# test donne les mêmes images à un réseau de même taille, qui part de poids aléatoires : le vôtre
# doit lire plus de chiffres que lui.
#
# Ici, tout se fait avec TensorFlow et Keras. Importez Keras dans les fonctions qui en ont besoin.
# Les images et les plongements (*embeddings*) sont des tableaux NumPy de float32, les étiquettes
# des entiers à partir de 0 ; ne modifiez jamais un tableau que vous avez reçu ; gardez les noms.

# %%
import numpy as np

# %% [markdown]
# ## Le corps
#
# Un modèle Keras construit à partir de couches se souvient de la façon dont ses tenseurs découlent
# les uns des autres. Il commence à `model.inputs`, et ce qui sort de la couche nommée "conv_2" est
# `model.get_layer("conv_2").output`. Un nouveau modèle entre deux de ces endroits ne coûte rien. Il
# n'a pas de poids à lui : il *partage* ceux de l'ancien. Si l'un des deux apprend, l'autre a appris
# aussi.


# %%
def body_of(model, layer):
    """La partie d'un réseau qui va de son entrée jusqu'à une couche.

    Arguments :
        model : un modèle Keras à une entrée, construit à partir de couches.
        layer : le nom d'une de ses couches, au premier niveau ; l'activation de cette couche est
            comprise.

    Renvoie :
        un modèle Keras avec la même entrée, et dont la sortie est celle de la couche. Il partage
        ses poids avec `model` : il n'y en a pas de copie.

    >>> import keras
    >>> model = keras.Sequential([
    ...     keras.Input((8, 8, 1)),
    ...     keras.layers.Conv2D(4, 3, activation="relu", name="conv"),
    ...     keras.layers.Flatten(),
    ...     keras.layers.Dense(2, activation="softmax"),
    ... ])
    >>> body = body_of(model, "conv")
    >>> body.output_shape
    (None, 6, 6, 4)
    >>> body.layers[-1] is model.get_layer("conv")
    True
    """
    ### BEGIN SOLUTION
    import keras

    return keras.Model(model.inputs, model.get_layer(layer).output)
    ### END SOLUTION


# %% [markdown]
# ## Les plongements (*embeddings*)
#
# Ce que le corps dit d'une image est une liste de nombres, et donc un point dans un espace à
# beaucoup de dimensions : c'est le *plongement* (*embedding*) de l'image. Un bon corps place près
# l'une de l'autre les images qui se ressemblent.
#
# Se servir d'un réseau, c'est de l'*inférence*, et certaines couches s'y comportent autrement. La
# normalisation par lot utilise la moyenne et la variance qu'elle a retenues, et n'y touche pas ;
# l'abandon (*dropout*) n'abandonne rien. Sinon, le plongement d'une image dépendrait des autres
# images qui l'accompagnent. Dans Keras, `model.predict(x)` et `model(x, training=False)` sont de
# l'inférence.


# %%
def embed(body, x):
    """Le plongement de chaque image, par inférence.

    Arguments :
        body : un modèle Keras, dont la sortie pour n images a la forme (n, d) ou (n, h, w, c).
        x : images, flottants dans [0, 1], de forme (n, height, width, channels).

    Renvoie :
        des flottants, de forme (n, d) : une ligne par image, aplatie dans l'ordre C (comme le font
        NumPy et Keras).

    Ici, le pooling garde le plus clair de chaque groupe de quatre pixels :

    >>> import keras
    >>> body = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.MaxPooling2D(2)])
    >>> x = np.zeros((3, 4, 4, 1), np.float32)
    >>> x[1, 0, 3] = 0.5
    >>> embed(body, x)
    array([[0. , 0. , 0. , 0. ],
           [0. , 0.5, 0. , 0. ],
           [0. , 0. , 0. , 0. ]], dtype=float32)
    """
    ### BEGIN SOLUTION
    return body.predict(x, verbose=0).reshape(len(x), -1)
    ### END SOLUTION


# %% [markdown]
# ## Les plus proches voisins : de nouvelles classes sans entraînement
#
# Si les images qui se ressemblent sont proches les unes des autres, alors une nouvelle classe ne
# demande aucun entraînement. Calculez une fois les plongements des images étiquetées. Pour une
# nouvelle image, la *requête*, cherchez lesquelles sont les plus proches, et faites-les voter.
# Proche s'entend au sens de la distance euclidienne entre deux plongements :
#
# $$d(a, b) = \sqrt{\sum_i (a_i - b_i)^2}$$
#
# Quatre images étiquetées, plongées en deux dimensions, et la requête (1, 1) :
#
#     plongement   étiquette   distance à (1, 1)
#       (1, 3)         0         2,00
#       (4, 1)         1         3,00
#       (3, 4)         1         3,61
#       (6, 6)         0         7,07
#
# Avec k = 1, la plus proche décide : étiquette 0. Avec k = 3, les voix sont 0, 1, 1 : étiquette 1.
# Avec k = 4, chaque étiquette a deux voix. Alors, parmi les images à égalité, la plus
# proche décide, et l'on retrouve l'étiquette 0.


# %%
def nearest(embeddings, labels, queries, k=3):
    """L'étiquette de chaque requête : la plus fréquente parmi ses k plus proches plongements.

    En cas d'égalité, on prend, parmi les étiquettes à égalité, celle du plus proche de ces
    plongements.

    Arguments :
        embeddings : flottants, de forme (n, d), ceux des images étiquetées.
        labels : leurs étiquettes, des entiers à partir de 0, de forme (n,).
        queries : flottants, de forme (m, d). L'une d'elles peut très bien être égale à un
            plongement.
        k : combien de voisins votent, de 1 à n. Il n'y a jamais deux distances égales.

    Renvoie :
        des étiquettes entières, de forme (m,).

    >>> embeddings = np.array([[1, 3], [4, 1], [3, 4], [6, 6]], np.float32)
    >>> labels = np.array([0, 1, 1, 0])
    >>> query = np.array([[1, 1]], np.float32)
    >>> [int(nearest(embeddings, labels, query, k)[0]) for k in (1, 3, 4)]
    [0, 1, 0]
    """
    ### BEGIN SOLUTION
    found = []
    for query in queries:
        squared = np.sum((embeddings - query) ** 2, axis=1)  # the root would not change the order
        near = labels[np.argsort(squared)[:k]]
        votes = np.bincount(near)
        most = votes[near] == votes.max()
        found.append(near[most][0])
    return np.array(found)
    ### END SOLUTION


# %% [markdown]
# ## Une nouvelle tête sur un corps gelé
#
# Les voisins donnent le même poids à toutes les caractéristiques. Une couche peut apprendre
# lesquelles comptent : c'est une nouvelle *tête*, une couche dense avec softmax posée sur le corps.
#
# Au début, les poids de la tête sont aléatoires, et les gradients qui en sortent le sont aussi.
# S'ils atteignaient le corps, ils abîmeraient ce qu'il sait. Le corps est donc *gelé* :
# `body.trainable = False` immobilise tous ses poids, quoi que l'on entraîne. Cela vaut aussi pour
# la moyenne et la variance de sa normalisation par lot. Aucun gradient ne les déplace : elles
# suivent les lots. Dans Keras, une normalisation par lot gelée fonctionne comme à l'inférence.
#
# On appelle un modèle Keras comme on appelle une couche : `body(images)`, où `images` est une
# `keras.Input` ou la sortie d'une autre couche, le place dans un modèle plus grand.
#
# `compile` note quels poids sont à entraîner. Gelez avant, pas après.


# %%
def with_new_head(body, n_classes):
    """Un modèle pour d'autres classes : le corps, gelé, et une nouvelle tête par-dessus.

    Le modèle contient le corps lui-même, pas une copie. `body.trainable = False` le gèle (et donc
    aussi le modèle d'où on l'a tiré) : aucun entraînement du nouveau modèle ne fait bouger un seul
    de ses poids, statistiques de la normalisation par lot comprises. La tête, c'est vous qui la
    concevez. Elle apprend.

    Arguments :
        body : un modèle Keras dont la sortie est faite de cartes, (n, h, w, c).
        n_classes : combien de classes la tête distingue.

    Renvoie :
        un modèle Keras pour les images du corps, compilé pour des étiquettes *entières*, avec un
        softmax sur les classes à la fin.

    >>> import keras
    >>> body = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3)])
    >>> model = with_new_head(body, 3)
    >>> model.output_shape, body.trainable
    ((None, 3), False)
    >>> kernel, bias = body.get_weights()
    >>> history = model.fit(np.ones((6, 8, 8, 1)), np.array([0, 1, 2, 0, 1, 2]), verbose=0)
    >>> bool(np.all(body.get_weights()[0] == kernel))
    True
    """
    ### BEGIN SOLUTION
    import keras

    body.trainable = False
    images = keras.Input(body.input_shape[1:])
    maps = body(images, training=False)
    classes = keras.layers.Dense(n_classes, activation="softmax")
    model = keras.Model(images, classes(keras.layers.Flatten()(maps)))
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION


# %% [markdown]
# ## L'ajustement fin (*fine-tuning*)
#
# Le corps connaît les chiffres de 0 à 4. Une partie de ce qu'il fait pourrait servir encore mieux à
# ceux de 5 à 9. Une fois que la tête a appris, ses gradients ont un sens, et le corps peut
# apprendre lui aussi :
#
# 1. Entraînez la tête, avec le corps gelé. Ses pas peuvent être grands.
# 2. Mettez `body.trainable = True`, compilez de nouveau (Keras ne note qu'à ce moment-là ce qui est
#    à entraîner), et entraînez les deux à *petits* pas : avec un taux d'apprentissage cent fois
#    plus petit, par exemple.
#
# L'ordre compte, et la taille des pas aussi. Cent images peuvent apprendre un petit quelque chose
# au corps. À grands pas, elles lui font oublier ce que des milliers d'images lui avaient appris.
#
# `body.trainable = True` réveille aussi la normalisation par lot : dès lors, pendant
# l'entraînement, sa moyenne et sa variance suivent de nouveau les lots. Si vous ne le souhaitez
# pas, remettez `trainable = False` pour ces couches avant de compiler : elles restent alors telles
# quelles.


# %%
def fine_tune(model, body, x, y_true, seed=0):
    """Entraîne sur place un modèle au corps gelé : d'abord sa tête, puis le corps aussi.

    Les noyaux du corps bougent à petits pas. Si k est le vecteur de tous leurs éléments, on a à la
    fin norm(k_after - k_before) < 0.3 norm(k_before).

    Arguments :
        model : un modèle Keras compilé qui contient le `body` gelé et une nouvelle tête par-dessus,
            tel que with_new_head le renvoie. Il est modifié : il apprend. Vous pouvez le compiler
            de nouveau.
        body : le modèle Keras qui est son corps.
        x : images, flottants dans [0, 1], de forme (n, h, w, channels).
        y_true : étiquettes entières, de forme (n,).
        seed : un entier qui décide de tout ce qui est aléatoire dans l'entraînement. Ici, il
            convient de fixer la graine globale : keras.utils.set_random_seed(seed).

    Renvoie :
        ce que vous voulez ; le résultat, c'est le modèle entraîné.

    Des carrés clairs à gauche, ou clairs à droite :

    >>> import keras
    >>> body = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(4, 3)])
    >>> x = np.zeros((32, 6, 6, 1), np.float32)
    >>> x[:16, :, :3] = 1.0
    >>> x[16:, :, 3:] = 1.0
    >>> model = with_new_head(body, 2)
    >>> history = fine_tune(model, body, x, np.repeat([0, 1], 16))
    >>> model.predict(x, verbose=0).argmax(axis=1)[[0, 31]]
    array([0, 1])
    """
    ### BEGIN SOLUTION
    import keras

    def train(learning_rate, epochs):
        optimizer = keras.optimizers.Adam(learning_rate)
        model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(x, y_true, epochs=epochs, batch_size=16, verbose=0)

    keras.utils.set_random_seed(seed)
    train(learning_rate=0.01, epochs=20)
    body.trainable = True
    train(learning_rate=0.0001, epochs=10)
    ### END SOLUTION


# %% [markdown]
# ## Regardez ce qu'il sait
#
# Lancez `bricks show transfer` (`%show transfer` dans un notebook) : vous y voyez les chiffres de 5
# à 9 comme les voit le corps, qui n'en a jamais rencontré un seul ; les plus proches voisins de
# quelques-uns d'entre eux ; et combien d'images étiquetées il faut à un réseau qui part de rien
# pour atteindre ce que le transfert atteint avec peu.
#
# Où s'arrête le transfert ? Un corps ne peut transmettre que ce qu'il a appris. Les traits servent
# pour tous les chiffres. Pour des vêtements, ceux de Fashion-MNIST, ils servent peut-être moins ;
# si votre enseignant en indique les fichiers, la dernière image montre à quel point.
