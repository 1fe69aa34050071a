# %% [markdown]
# # Brique 7 : hiérarchies de caractéristiques
#
# **Après cette brique, vous saurez**
#
# - extraire d'un modèle Keras les cartes de caractéristiques de n'importe quelle couche ;
# - dire quelle étendue de l'image voit un élément d'une carte, et trouver les morceaux d'image qui
#   l'excitent le plus ;
# - montrer ce qu'une unité préférerait, et quels pixels d'une image plaident pour une étiquette.
#
# **À savoir avant :** les cinq premières briques, et ce que fait `tf.GradientTape` ; lisez « La
# bande » dans la brique 6. Aucun fichier d'une autre brique ne sert ici. **Durée :** environ deux
# heures.
#
# ## Qu'a-t-il appris ?
#
# Un réseau qui lit des chiffres, ce sont quelques milliers de nombres. Personne ne les a écrits, et
# personne ne sait les lire. La brique 5 les a présentés comme une *hiérarchie de
# caractéristiques* :
#
#     pixel > contour > texton > motif > partie > objet
#
# Ici, vous allez voir par vous-même. Six fonctions, dont chacune est une question posée à un réseau
# entraîné :
#
# | fonction | question |
# |---|---|
# | `feature_maps` | que dit cette couche de mon image ? |
# | `receptive_field` | quelle étendue de l'image voit un élément d'une carte ? |
# | `top_patches` | quels morceaux d'images réelles excitent le plus cette unité ? |
# | `preferred_input` | quelle image préférerait-elle à toutes les autres ? |
# | `saliency` | quels pixels changeraient le plus la réponse ? |
# | `occlusion` | de quelle partie de l'image le réseau ne peut-il pas se passer ? |
#
# Une *unité* est ici un filtre : c'est le pendant convolutif d'une unité de la brique 2. Elle donne
# une des cartes que la couche produit.
#
# Les modèles sont ici des modèles Keras, construits et entraînés, avec une entrée de forme
# (n, h, w, c), et ils ne sont pas à vous : regardez-les, et laissez-les tels quels. Les images sont
# des tableaux float32, les étiquettes des entiers à partir de 0. Importez Keras et TensorFlow dans
# les fonctions. Vous pouvez renvoyer des tableaux ou des tenseurs. Ne modifiez jamais un tableau
# que vous avez reçu ; gardez les noms.

# %%
import numpy as np

# %% [markdown]
# ## Les cartes de caractéristiques
#
# Un modèle Keras connaît chacune de ses couches par son nom, et chaque couche connaît sa sortie. Un
# modèle qui s'arrête là est un modèle comme un autre : `keras.Model(inputs, outputs)` le crée, et
# il *partage* les poids de celui d'où on l'a tiré. (Keras avertit parfois que « the structure of
# `inputs` doesn't match the expected structure » : il calcule pourtant ce qu'il faut.)
#
# La sortie d'une couche comprend son activation : après `Conv2D(8, 3, activation="relu")`, aucun
# élément n'est inférieur à 0.


# %%
def feature_maps(model, layer, x):
    """Ce qu'une couche donne pour ces images, sa propre activation comprise.

    Comme à l'inférence : une couche d'abandon (dropout), par exemple, ne fait rien.

    Arguments :
        model : un modèle Keras.
        layer : le nom d'une de ses couches, qui donne des cartes.
        x : images, flottants, de forme (n, h, w, c).

    Renvoie :
        les cartes, flottants, de forme (n, h', w', filters).

    Un filtre qui additionne quatre voisins et retire 3, avec ReLU, sur une image dont la dernière
    colonne vaut 0 :

    >>> import keras
    >>> image = keras.Input((3, 3, 1))
    >>> sums = keras.layers.Conv2D(1, 2, activation="relu", name="sums")
    >>> model = keras.Model(image, keras.layers.Flatten()(sums(image)))
    >>> sums.set_weights([np.ones((2, 2, 1, 1)), np.array([-3.0])])
    >>> x = np.array([[1, 1, 0], [1, 1, 0], [1, 1, 0]], np.float32).reshape(1, 3, 3, 1)
    >>> np.array(feature_maps(model, "sums", x)).tolist()
    [[[[1.0], [0.0]], [[1.0], [0.0]]]]
    """
    ### BEGIN SOLUTION
    import keras

    part = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return np.array(part(x, training=False))
    ### END SOLUTION


# %% [markdown]
# ## Le champ réceptif
#
# Un élément de la première carte voit, en largeur, autant de pixels que son filtre en compte. Un
# élément de la deuxième carte voit quelques éléments de la première et, à travers eux, davantage de
# pixels. Couche après couche, le carré de pixels que voit un élément grandit : c'est son **champ
# réceptif**.
#
# Suivez une ligne de pixels. Avant toute couche, un élément *est* un pixel : il voit `size = 1` (la
# taille), et son voisin se trouve `step = 1` pixel plus loin (l'écart). Une couche de noyau $k$ et
# de pas (*strides*) $s$ rassemble $k$ voisins : le premier avec tout ce qu'il voit, et chacun des
# autres ajoute une fois l'écart. Et deux éléments voisins de sa sortie sont $s$ fois plus éloignés
# l'un de l'autre :
#
# $$\text{size} \leftarrow \text{size} + (k - 1) \cdot \text{step} \qquad
# \text{step} \leftarrow \text{step} \cdot s$$
#
# dans cet ordre, car la couche regarde les éléments qui la précèdent. Un pooling de 2 est une
# couche où $k = 2$ et $s = 2$. Un exemple :
#
# | couche | k | s | size | step |
# |---|---|---|---|---|
# | l'image elle-même | | | 1 | 1 |
# | convolution | 3 | 1 | 1 + 2 · 1 = 3 | 1 |
# | max pooling | 2 | 2 | 3 + 1 · 1 = 4 | 2 |
# | convolution | 3 | 1 | 4 + 2 · 2 = 8 | 2 |
# | max pooling | 2 | 2 | 8 + 1 · 2 = 10 | 4 |
# | convolution | 3 | 1 | 10 + 2 · 4 = 18 | 4 |
#
# Toutes les convolutions ont le même petit noyau de 3 x 3, et la dernière voit 18 x 18 pixels.


# %%
def receptive_field(layers):
    """La largeur, en pixels, du carré que voit un élément de la dernière carte, et l'écart.

    Arguments :
        layers : (kernel_size, strides) de chaque couche, à partir de l'entrée ; au moins une.

    Renvoie :
        (size, step) : la largeur du carré en pixels, et le nombre de pixels dont le carré se
        déplace d'un élément de la dernière carte au suivant. Deux entiers.

    >>> receptive_field([(3, 1)])
    (3, 1)
    >>> receptive_field([(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)])
    (18, 4)
    """
    ### BEGIN SOLUTION
    size, step = 1, 1
    for kernel_size, strides in layers:
        size += (kernel_size - 1) * step
        step *= strides
    return size, step
    ### END SOLUTION


# %% [markdown]
# ## Les morceaux qui excitent le plus une unité
#
# Voici la façon la plus simple d'apprendre à quoi sert une unité : montrez-lui beaucoup d'images,
# et gardez les morceaux auxquels elle a répondu le plus fort. L'élément (i, j) de sa carte a vu le
# carré qui commence au pixel (i · step, j · step), tant qu'aucune couche n'ajoute de bordure.
# L'élément le plus fort d'une carte ramène donc aux pixels qui l'ont produit :
#
#     élément (2, 3) de la carte, size 8, step 2   ->   lignes 4 à 11, colonnes 6 à 13
#
# Prenez l'élément le plus fort de *chaque* image, puis les images où il est le plus fort. Sinon,
# tous les morceaux pourraient venir d'une seule image, chacun à un pixel du suivant.


# %%
def top_patches(model, layer, unit, images, k, size, step):
    """Les morceaux de ces images auxquels une unité répond le plus fort, par ordre décroissant.

    Au plus un par image. Aucune couche du modèle n'ajoute de bordure.

    Arguments :
        model : un modèle Keras.
        layer : le nom d'une couche qui donne des cartes.
        unit : un entier : lequel de ses filtres.
        images : flottants, de forme (n, h, w, c).
        k : combien de morceaux ; au plus n.
        size, step : ceux du champ réceptif de la couche.

    Renvoie :
        (patches, places) : les morceaux des images, de forme (k, size, size, c), et où ils se
        trouvent, des entiers de forme (k, 3) : l'image, puis la ligne et la colonne, dans cette
        image, du premier pixel du morceau.

    Une unité qui additionne quatre voisins, et deux images avec une tache claire chacune. Dans
    chaque image, l'élément le plus fort est celui de la seule fenêtre qui contient à la fois la
    tache et sa voisine plus pâle :

    >>> import keras
    >>> image = keras.Input((4, 5, 1))
    >>> sums = keras.layers.Conv2D(1, 2, use_bias=False, name="sums")
    >>> model = keras.Model(image, sums(image))
    >>> sums.set_weights([np.ones((2, 2, 1, 1))])
    >>> images = np.zeros((2, 4, 5, 1), np.float32)
    >>> images[0, 1, 2], images[0, 2, 3] = 3, 1
    >>> images[1, 3, 4], images[1, 2, 3] = 6, 2
    >>> patches, places = top_patches(model, "sums", 0, images, k=2, size=2, step=1)
    >>> np.array(places).tolist()
    [[1, 2, 3], [0, 1, 2]]
    >>> np.array(patches)[0, :, :, 0].tolist()
    [[2.0, 0.0], [0.0, 6.0]]
    """
    ### BEGIN SOLUTION
    maps = np.array(feature_maps(model, layer, images))[..., unit]
    entries = maps.reshape(len(maps), -1)
    strongest = np.argsort(-entries.max(axis=1))[:k]
    rows, columns = np.divmod(entries[strongest].argmax(axis=1), maps.shape[2])
    places = np.stack([strongest, rows * step, columns * step], axis=1)
    patches = np.stack([images[i, r : r + size, c : c + size] for i, r, c in places])
    return patches, places
    ### END SOLUTION


# %% [markdown]
# ## L'entrée qu'une unité préférerait
#
# Les images réelles contiennent bien des choses dont une unité ne se soucie pas. Interrogez donc
# l'unité elle-même : partez d'un bruit, et changez l'*image* pour que l'unité réponde plus fort.
# C'est l'entraînement à l'envers. Dans l'entraînement, le gradient de la perte disait comment
# changer les poids, et l'image ne bougeait pas ; ici, le gradient de l'activation dit comment
# changer l'image, et les poids ne bougent pas. Une image n'est pas une `tf.Variable` : signalez-la
# à la bande par `tape.watch(x)`, où `x` est un tenseur. Et cette fois, on monte :
#
# $$g = \frac{\partial\, a}{\partial x} \qquad
# x \leftarrow \text{clip}\left(x + \eta\, \frac{g}{\text{rms}(g)},\, 0,\, 1\right)$$
#
# où $a$ est la moyenne de la carte de l'unité et $\eta$ la taille du pas. Le gradient est
# *normalisé*, ici par sa moyenne quadratique (rms) : dans la moyenne d'une grande carte, un pixel
# compte pour peu, dans celle d'une petite carte, pour beaucoup, et aucune taille de pas ne
# conviendrait aux deux. Le diviser par sa plus grande valeur absolue, ou ne garder que son signe,
# convient tout aussi bien. S'il est nul partout, l'image reste telle quelle : évitez de diviser par
# zéro, par exemple en ajoutant un petit nombre à la moyenne quadratique. Ensuite, l'image est
# *limitée* (*clip*) : les pixels restent entre 0 et 1.
#
# Un exemple : pour $g = (3, -4)$, la moyenne quadratique est $\sqrt{(9 + 16) / 2} = 3.54$, et $g$
# devient donc (0,85 ; -1,13). Avec $\eta = 0.1$, les pixels (0,5 ; 0,5) deviennent (0,585 ; 0,387).


# %%
def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
    """Une image qui excite fortement une unité, par montée de gradient sur son activation moyenne.

    Chaque pas ajoute à l'image `step_size` fois le gradient normalisé et limite ses pixels à
    [0, 1]. Normalisé veut dire : le gradient divisé par sa moyenne quadratique, ou par sa plus
    grande valeur absolue, ou son signe. Le modèle reste tel quel : ses poids, et lesquels d'entre
    eux sont entraînables.

    Arguments :
        model : un modèle Keras.
        layer : le nom d'une couche qui donne des cartes.
        unit : un entier : lequel de ses filtres.
        steps : combien de pas.
        step_size : la longueur de chacun.
        seed : un entier qui décide de l'image de bruit dont on part ; à vous de choisir quel bruit.
            L'état aléatoire global de NumPy reste intact.

    Renvoie :
        une image, flottants dans [0, 1], de forme (h, w, c), celle de l'entrée du modèle.

    Une unité qui aime le pixel gauche d'une paire et n'aime pas le droit :

    >>> import keras
    >>> image = keras.Input((2, 4, 1))
    >>> pairs = keras.layers.Conv2D(1, (1, 2), strides=(1, 2), name="pairs")
    >>> model = keras.Model(image, pairs(image))
    >>> pairs.set_weights([np.array([[[[1.0]], [[-1.0]]]]), np.zeros(1)])
    >>> np.array(preferred_input(model, "pairs", 0, steps=20))[:, :, 0].tolist()
    [[1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]]
    """
    ### BEGIN SOLUTION
    import keras
    import tensorflow as tf

    part = keras.Model(model.inputs[0], model.get_layer(layer).output)
    start = np.random.default_rng(seed).uniform(0.4, 0.6, size=(1, *model.input_shape[1:]))
    x = tf.constant(start, tf.float32)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            activation = tf.reduce_mean(part(x, training=False)[..., unit])
        gradient = tape.gradient(activation, x)
        gradient /= tf.sqrt(tf.reduce_mean(gradient**2)) + 1e-8
        x = tf.clip_by_value(x + step_size * gradient, 0.0, 1.0)
    return x[0].numpy()
    ### END SOLUTION


# %% [markdown]
# ## La saillance : quels pixels changeraient le plus la réponse ?
#
# Prenons maintenant une image et une réponse. Le gradient de la log-probabilité de l'étiquette dit,
# pour chaque pixel, de combien la conviction du réseau changerait si ce pixel changeait un peu. Sa
# *grandeur* est la **saillance** (*saliency*) du pixel : qu'il faille l'éclaircir ou l'assombrir,
# ce pixel compte. Dans une image à plusieurs canaux, un pixel compte autant que celui de ses canaux
# qui compte le plus.
#
# $$s_{ij} = \max_c \left| \frac{\partial \log p_{\text{label}}}{\partial x_{ijc}} \right|$$
#
# Le logarithme a sa raison d'être. Quand le réseau ne donne presque aucune probabilité à
# l'étiquette, $p$ ne bouge guère, quoi que vous fassiez ; $\log p$, lui, bouge encore. Quand il est
# tout à fait sûr de l'étiquette, les deux gradients sont proches de 0. Et l'étiquette n'est pas
# forcément la réponse du réseau : demandez ce qui plaide pour un 4 dans une image où il lit un 9.
#
# Revoici la bande : `tape.watch(x)`, comme plus haut. Chaque ligne des probabilités a sa propre
# étiquette : `tf.gather(probabilities, labels, axis=1, batch_dims=1)` prend un élément de chaque
# ligne. On l'obtient aussi en multipliant les probabilités par `tf.one_hot(labels, n_classes)`,
# puis en sommant chaque ligne.


# %%
def saliency(model, x, labels):
    """À quel point chaque pixel compte pour l'étiquette : la grandeur du gradient de log p.

    Chaque image est traitée pour elle-même : son résultat ne dépend pas des autres.

    Arguments :
        model : un modèle Keras dont la sortie est une probabilité pour chaque classe, de forme
            (n, n_classes).
        x : images, flottants, de forme (n, h, w, c).
        labels : entiers, un par image, de forme (n,) : la classe sur laquelle porte la question.

    Renvoie :
        des flottants, 0 ou plus, de forme (n, h, w) : le plus grand sur les canaux.

    Deux pixels, deux classes. Le score de la classe 0 est 3 fois le premier pixel, celui de la
    classe 1 est 0 ; ici, les deux sont égaux, donc p vaut 0,5, et log p de la classe 0 croît de
    3 (1 - 0,5) :

    >>> import keras
    >>> image = keras.Input((1, 2, 1))
    >>> dense = keras.layers.Dense(2, activation="softmax")
    >>> model = keras.Model(image, dense(keras.layers.Flatten()(image)))
    >>> dense.set_weights([np.array([[3.0, 0.0], [0.0, 0.0]]), np.zeros(2)])
    >>> np.array(saliency(model, np.zeros((1, 1, 2, 1), np.float32), np.array([0]))).tolist()
    [[[1.5, 0.0]]]
    """
    ### BEGIN SOLUTION
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        probabilities = model(x, training=False)
        log_probability = tf.math.log(tf.gather(probabilities, labels, axis=1, batch_dims=1))
    gradient = tape.gradient(log_probability, x)
    return tf.reduce_max(tf.abs(gradient), axis=-1).numpy()
    ### END SOLUTION


# %% [markdown]
# ## L'occlusion : de quoi le réseau ne peut-il pas se passer ?
#
# Un gradient parle de petits changements. Voici une question plus simple : couvrez un carré de
# l'image, et lisez la probabilité de l'étiquette. Déplacez le carré d'un pixel, et recommencez. Là
# où la probabilité chute, le carré couvrait ce sur quoi repose la réponse.
#
# Un carré de `size` pixels tient dans h lignes à h - size + 1 places, à partir de la ligne 0 : le
# résultat a la forme (h - size + 1, w - size + 1). Pour 28 x 28 pixels et un carré de 7, cela fait
# 22 x 22 questions, et un seul appel au modèle peut répondre à toutes, en un lot.


# %%
def occlusion(model, x, label, size=7, value=0.0):
    """La probabilité de l'étiquette avec un carré de l'image couvert, à chaque place du carré.

    Arguments :
        model : un modèle Keras dont la sortie est une probabilité pour chaque classe.
        x : une image, flottants, de forme (h, w, c). Elle reste telle quelle.
        label : un entier : la classe sur laquelle porte la question.
        size : la largeur du carré, en pixels.
        value : ce que valent les pixels couverts, dans tous les canaux. 0, c'est le papier : un tel
            carré efface l'encre.

    Renvoie :
        des probabilités, de forme (h - size + 1, w - size + 1) : l'élément (i, j) est celle de
        l'image où le carré couvre les lignes à partir de i et les colonnes à partir de j.

    Trois pixels sur une ligne. La classe 1 a pour score le pixel du milieu, 2, et la classe 0 a 0 :

    >>> import keras
    >>> image = keras.Input((1, 3, 1))
    >>> dense = keras.layers.Dense(2, activation="softmax")
    >>> model = keras.Model(image, dense(keras.layers.Flatten()(image)))
    >>> dense.set_weights([np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), np.zeros(2)])
    >>> x = np.array([1, 2, 3], np.float32).reshape(1, 3, 1)
    >>> np.array(occlusion(model, x, 1, size=1), float).round(2).tolist()
    [[0.88, 0.5, 0.88]]
    """
    ### BEGIN SOLUTION
    n_rows, n_columns = x.shape[0] - size + 1, x.shape[1] - size + 1
    covered = np.repeat(x[np.newaxis], n_rows * n_columns, axis=0)
    for image, (row, column) in zip(covered, np.ndindex(n_rows, n_columns), strict=True):
        image[row : row + size, column : column + size] = value
    probabilities = np.array(model(covered, training=False))
    return probabilities[:, label].reshape(n_rows, n_columns)
    ### END SOLUTION


# %% [markdown]
# ## Regardez la hiérarchie
#
# Lancez maintenant `bricks show features` (`%show features` dans un notebook). La commande entraîne
# pendant quelques secondes un petit réseau de cinq convolutions et lui pose vos six questions :
# comment les champs réceptifs grandissent, de 3 pixels jusqu'aux 28 de l'image, ce qui excite les
# unités de chaque couche, ce qu'elles préféreraient, et sur quoi repose la réponse pour un chiffre.
# Est-ce la hiérarchie de la brique 5 ? Les vrais réseaux sont moins bien rangés que les six mots ;
# regardez où le vôtre leur donne raison, et où il leur donne tort.
