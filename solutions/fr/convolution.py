# %% [markdown]
# # Brique 4 : la couche de convolution
#
# **Après cette brique, vous saurez**
#
# - dire ce qu'une couche de convolution fait mieux qu'une couche dense sur des images, et à quoi
#   cela sert ;
# - l'écrire, à l'aller et au retour, avec des pas (*strides*) et une bordure (*padding*) ;
# - dire ce que le *max pooling* garde d'une carte, et ce qu'il perd ;
# - rendre un contour visible avec un filtre fait à la main.
#
# **À savoir avant :** la brique 2. **Durée :** deux à trois heures ; c'est la brique la plus
# longue, et vous pouvez faire une pause après chacune de ses parties.
#
# ## Une fenêtre qui glisse
#
# Comment traiter des images ? Jusqu'ici, chaque image était aplatie en une liste, et chaque neurone
# avait un poids pour chaque pixel. Cela marche pour de petits chiffres, mais c'est une étrange
# façon de regarder :
#
# - Elle **ignore le voisinage.** Mélangez tous les pixels, de la même façon dans chaque image : une
#   couche dense apprendra exactement aussi bien. Vous, vous ne pourriez plus lire un seul chiffre.
# - Elle demande **trop de poids.** Une photo en couleurs de 1000 x 1000 pixels contient 3 millions
#   de nombres ; pour elle, cent neurones auraient 300 millions de poids.
# - Elle **n'est pas équivariante par translation.** Un trait appris dans un coin doit être appris
#   de nouveau à chaque autre endroit, puisque ce sont d'autres poids qui y regardent.
#
# Une *couche de convolution* regarde l'image par une petite fenêtre, par exemple de 3 x 3 pixels,
# et la fait glisser sur l'image. À chaque endroit, elle pose la même question avec les mêmes poids,
# peu nombreux : « y a-t-il un contour ici ? » Les réponses forment une nouvelle image, une *carte
# de caractéristiques* (*feature map*) ; une couche à plusieurs *filtres* pose plusieurs questions
# et produit une carte pour chacune. Quand l'entrée se déplace d'un pixel, les réponses se déplacent
# avec elle.
#
# La disposition est celle de Keras, « channels last » (les canaux en dernier) : les images ont la
# forme (n, h, w, channels) et les noyaux la forme (kh, kw, channels, filters). Les règles des
# premières briques valent ici aussi : des entrées en float64 ou float32 ; NumPy seul en dehors de
# `keras_convolution` ; ne modifiez jamais un tableau que vous avez reçu ; gardez les noms.

# %%
import numpy as np

# %% [markdown]
# ## Des images avec un canal
#
# Maintenant, l'image garde ses lignes et ses colonnes. Une image en niveaux de gris a un canal ;
# une image en couleurs en aurait trois, et une carte de caractéristiques en a un par filtre.


# %%
def images_to_tensor(images):
    """Transforme des images en niveaux de gris en tenseurs de nombres entre 0 et 1, à un canal.

    Arguments :
        images : entiers de 0 à 255 (uint8), de forme (n, h, w).

    Renvoie :
        des flottants, les pixels divisés par 255, de forme (n, h, w, 1).

    >>> tensor = images_to_tensor(np.array([[[0, 51], [102, 255]]], dtype=np.uint8))
    >>> tensor.shape
    (1, 2, 2, 1)
    >>> tensor[0, :, :, 0]
    array([[0. , 0.2],
           [0.4, 1. ]])
    """
    ### BEGIN SOLUTION
    return images[..., np.newaxis] / 255.0
    ### END SOLUTION


# %% tags=["solution"]
def _pad(x, kernel_shape, strides, padding):
    """x entouré des zéros de "same", et combien de ces zéros sont au-dessus et à gauche."""
    if padding == "valid":
        return x, (0, 0)
    before, after = [], []
    for size, k in zip(x.shape[1:3], kernel_shape[:2], strict=True):
        out_size = -(-size // strides)  # rounded up
        total = max((out_size - 1) * strides + k - size, 0)
        before.append(total // 2)
        after.append(total - total // 2)
    rows, columns = zip(before, after, strict=True)
    return np.pad(x, ((0, 0), rows, columns, (0, 0))), tuple(before)


def _windows(padded, kernel_shape, strides):
    """Toutes les fenêtres sous le noyau, en une vue sans copie : (n, oh, ow, channels, kh, kw)."""
    view = np.lib.stride_tricks.sliding_window_view(padded, kernel_shape[:2], axis=(1, 2))
    return view[:, ::strides, ::strides]


# %% [markdown]
# ## Faire glisser la fenêtre, une étape à la fois
#
# Une seule fonction fait tout ce qui suit, et rien n'oblige à l'écrire d'un coup. Prenez les étapes
# une à une, et lancez les tests après chacune : ils viennent à peu près dans le même ordre.
#
# **Étape 1 : une dimension.** Prenez la ligne de nombres 1 2 3 4 5, et un noyau de deux poids,
# 1 et 10. Posez le noyau sur les deux premiers nombres, multipliez ce qui se superpose,
# additionnez : 1 + 20 = 21. Avancez d'une place : 2 + 30 = 32. Et ainsi de suite : 21 32 43 54.
# Avec $w$ nombres et un noyau de $kw$ poids, on obtient $w - kw + 1$ réponses, autant qu'il y a de
# places où le noyau tient.
#
# $$out[j] = \sum_v x[j + v] \, K[v]$$
#
# **Étape 2 : deux dimensions.** Maintenant, la fenêtre se déplace vers le bas aussi bien que vers
# la droite. Posez le noyau, de $kh$ x $kw$ poids, sur la fenêtre dont le coin supérieur gauche est
# à la ligne $i$, colonne $j$ ; de nouveau, multipliez ce qui se superpose, et additionnez le tout.
#
# $$out[i, j] = \sum_{u, v} x[i + u, j + v] \, K[u, v]$$
#
# (À proprement parler, c'est une *corrélation croisée* : la convolution des mathématiciens retourne
# d'abord le noyau. Les frameworks d'aujourd'hui ne le font pas ; l'un des premiers, Theano, le
# faisait.)
#
# **Étape 3 : les canaux, les filtres et le biais.** Une image à plusieurs canaux demande un noyau
# qui en a autant, et tous s'additionnent en une seule réponse. Chaque filtre $f$ a son propre noyau
# et un biais, et produit une carte.
#
# $$out[i, j, f] = b[f] + \sum_{u, v, c} x[i + u, j + v, c] \, K[u, v, c, f]$$
#
# **Étape 4 : les pas (*strides*).** La fenêtre avance de $s$ pixels à la fois, vers le bas comme
# vers la droite : la réponse $(i, j)$ vient de la fenêtre qui commence à la ligne $i s$, colonne
# $j s$.
#
# $$out[i, j, f] = b[f] + \sum_{u, v, c} x[i s + u, j s + v, c] \, K[u, v, c, f]$$
#
# Tant que la fenêtre reste à l'intérieur de l'image (c'est la bordure `"valid"`), il y a
# $oh = floor((h - kh) / s) + 1$ lignes de réponses ; de même pour les colonnes.
#
# **Étape 5 : "same".** Ici, on entoure d'abord l'image de zéros, autant qu'il en faut pour obtenir
# $oh = ceil(h / s)$ lignes de réponses : avec $s = 1$, autant que l'image a de lignes. Comptez
# d'abord combien de lignes de zéros cela demande en tout ; c'est la règle de TensorFlow :
#
# $$total = max((oh - 1) s + kh - h, 0)$$
#
# Répartissez-les ensuite : une moitié au-dessus, une moitié en dessous. Quand leur nombre est
# impair, la ligne de plus va **en dessous** (et la colonne de plus, à droite). La bordure n'est
# donc pas forcément la même des deux côtés : cinq nombres et un noyau de trois demandent un zéro à
# gauche et un à droite, mais un noyau de deux ne demande qu'un seul zéro, à droite. Et leur nombre
# dépend du pas et de la taille de l'image : six nombres, un noyau de trois et un pas de 2 ne
# demandent, eux aussi, qu'un seul zéro.
#
# **Quand tout est juste : est-ce assez rapide ?** Des boucles sur les images, les lignes, les
# colonnes et les filtres sont la façon la plus claire de commencer, et elles réussissent les tests
# de cette brique. Mais dans la brique 5, de telles boucles tournent 49 millions de fois à l'aller,
# et autant au retour : elles se heurtent à sa limite de temps. Ne bouclez alors que sur peu de
# choses, par exemple les quelques poids d'un noyau, ou les places ; et laissez un seul produit de
# tableaux traiter toutes les images à la fois. Les tests vous disent si c'est toujours juste.


# %%
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    """Calcule la corrélation croisée d'images avec un banc de filtres et ajoute le biais.

    Arguments :
        x : flottants, de forme (n, h, w, c).
        kernel : flottants, de forme (kh, kw, c, filters) ; kh et kw peuvent différer.
        bias : flottants, de forme (filters,).
        strides : un entier, le même pour les lignes et les colonnes.
        padding : "valid", ou "same" au sens de TensorFlow, comme expliqué ci-dessus.

    Renvoie :
        des flottants, de forme (n, oh, ow, filters).

    Une dimension : une image d'une seule ligne, 1 2 3 4 5, et un noyau de poids 1 et 10 :

    >>> row = np.arange(1.0, 6.0).reshape(1, 1, 5, 1)
    >>> kernel = np.array([1.0, 10.0]).reshape(1, 2, 1, 1)
    >>> conv2d(row, kernel, np.array([0.0])).ravel()
    array([21., 32., 43., 54.])

    Deux dimensions, et un biais de 0,5. Ce noyau ajoute 10 fois le pixel en bas à droite au pixel
    en haut à gauche :

    >>> x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)  # rows 1 2 3, 4 5 6, 7 8 9
    >>> kernel = np.array([[1.0, 0.0], [0.0, 10.0]]).reshape(2, 2, 1, 1)
    >>> conv2d(x, kernel, np.array([0.5]))[0, :, :, 0]
    array([[51.5, 62.5],
           [84.5, 95.5]])

    Trois canaux et cinq filtres ; chaque réponse additionne 2 x 2 pixels de trois canaux :

    >>> out = conv2d(np.ones((1, 4, 4, 3)), np.ones((2, 2, 3, 5)), np.zeros(5))
    >>> out.shape, out[0, 0, 0]
    ((1, 3, 3, 5), array([12., 12., 12., 12., 12.]))

    Les pas (strides) : sur quatre colonnes, les fenêtres commencent maintenant à la première et à
    la troisième.

    >>> wide = np.arange(1.0, 9.0).reshape(1, 2, 4, 1)  # rows 1 2 3 4, 5 6 7 8
    >>> conv2d(wide, kernel, np.array([0.0]), strides=2).ravel()
    array([61., 83.])

    "same" : une ligne de zéros en bas, une colonne de zéros à droite, et rien sur les autres côtés.

    >>> conv2d(x, kernel, np.array([0.0]), padding="same")[0, :, :, 0]
    array([[51., 62.,  3.],
           [84., 95.,  6.],
           [ 7.,  8.,  9.]])
    >>> conv2d(x, kernel, np.array([0.0]), strides=2, padding="same")[0, :, :, 0]
    array([[51.,  3.],
           [ 7.,  9.]])
    """
    ### BEGIN SOLUTION
    padded, _ = _pad(x, kernel.shape, strides, padding)
    windows = _windows(padded, kernel.shape, strides)
    return np.tensordot(windows, kernel, axes=((3, 4, 5), (2, 0, 1))) + bias
    ### END SOLUTION


# %% [markdown]
# ## Le retour à travers la fenêtre
#
# Regardez la formule de l'étape 4 et demandez-vous, pour chaque nombre : quelles sorties
# touche-t-il ?
#
# - Un biais touche toutes les places de sa carte de caractéristiques, dans chaque image.
# - Un poids `kernel[u, v, c, f]` touche lui aussi toutes les places de la carte f, multiplié chaque
#   fois par un autre pixel. Quel est ce pixel à la place (i, j) ?
# - Un pixel se trouve sous plusieurs fenêtres, et sous un autre poids dans chacune. Il reçoit une
#   contribution de chaque fenêtre qui le couvre ; les contributions s'additionnent.
#
# Ce qui tombe sur la bordure de zéros n'appartient à aucun pixel : on le coupe. Les pixels
# qu'aucune fenêtre ne couvre (cela arrive avec un pas supérieur à 1) reçoivent le gradient 0.


# %%
def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    """Les gradients de conv2d(x, kernel, bias, strides, padding), pour la dérivation en chaîne.

    Aucun facteur 1/n n'intervient ici : si la perte est une moyenne, d_out le contient déjà.

    Arguments :
        d_out : le gradient de la perte par rapport à la sortie, de forme (n, oh, ow, filters).
        x, kernel, strides, padding : tels qu'ils étaient à l'aller.

    Renvoie :
        (d_x, d_kernel, d_bias), chacun avec la forme de l'objet auquel il appartient.

    Avec des uns dans d_out, le gradient d'un poids est la somme des pixels qu'il a rencontrés, et
    le gradient d'un pixel est la somme des poids qu'il a rencontrés :

    >>> x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    >>> kernel = np.array([[1.0, 0.0], [0.0, 10.0]]).reshape(2, 2, 1, 1)
    >>> d_x, d_kernel, d_bias = conv2d_backward(np.ones((1, 2, 2, 1)), x, kernel)
    >>> d_x[0, :, :, 0]
    array([[ 1.,  1.,  0.],
           [ 1., 11., 10.],
           [ 0., 10., 10.]])
    >>> d_kernel[:, :, 0, 0]
    array([[12., 16.],
           [24., 28.]])
    >>> d_bias
    array([4.])
    """
    ### BEGIN SOLUTION
    padded, (top, left) = _pad(x, kernel.shape, strides, padding)
    windows = _windows(padded, kernel.shape, strides)
    d_kernel = np.tensordot(windows, d_out, axes=((0, 1, 2), (0, 1, 2)))  # (c, kh, kw, filters)
    d_kernel = d_kernel.transpose(1, 2, 0, 3)
    d_bias = d_out.sum(axis=(0, 1, 2))

    # Weight (u, v) met the pixels u, u + strides, ... by v, v + strides, ...: one for each output.
    d_padded = np.zeros(padded.shape, dtype=np.result_type(d_out, kernel))
    oh, ow = d_out.shape[1:3]
    for u in range(kernel.shape[0]):
        for v in range(kernel.shape[1]):
            rows = slice(u, u + strides * oh, strides)
            columns = slice(v, v + strides * ow, strides)
            d_padded[:, rows, columns] += d_out @ kernel[u, v].T
    h, w = x.shape[1:3]
    return d_padded[:, top : top + h, left : left + w], d_kernel, d_bias
    ### END SOLUTION


# %% [markdown]
# ## Le sous-échantillonnage (*pooling*)
#
# Une fois que l'on sait qu'il *y a* un contour, son pixel exact importe peu. Le *max pooling*
# découpe chaque carte en blocs, côte à côte, et garde le plus grand nombre de chacun. Les cartes
# rétrécissent, la couche suivante voit plus loin, et un décalage compte moins. Moins, ce qui ne
# veut pas dire peu : quand des chiffres se déplacent d'un pixel, ce qui change dans leurs cartes de
# contours (Sobel, puis ReLU) représente 0,78 de tout ce que les cartes contiennent ; après le
# pooling, c'est encore 0,49.
#
# Au retour, seul le pixel gagnant a eu son mot à dire dans la sortie ; le gradient va donc à lui
# seul. Si plusieurs pixels partagent le maximum, le premier d'entre eux dans l'ordre de lecture (de
# gauche à droite, puis vers le bas) le reçoit tout entier.


# %%
def max_pool2d(x, pool_size=2):
    """Le maximum de chaque bloc de pool_size x pool_size pixels, dans chaque canal.

    Le pas est égal à pool_size ; les blocs ne se chevauchent donc pas. Les lignes et les colonnes
    qui restent en bas et à droite sont laissées de côté.

    Arguments :
        x : flottants, de forme (n, h, w, c).
        pool_size : un entier.

    Renvoie :
        des flottants, de forme (n, floor(h / pool_size), floor(w / pool_size), c).

    >>> x = np.array([[1.0, 3.0, 2.0, 2.0, 9.0], [4.0, 0.0, 2.0, 2.0, 9.0]]).reshape(1, 2, 5, 1)
    >>> max_pool2d(x)[0, :, :, 0]
    array([[4., 2.]])
    """
    ### BEGIN SOLUTION
    n, h, w, c = x.shape
    oh, ow = h // pool_size, w // pool_size
    kept = x[:, : oh * pool_size, : ow * pool_size]
    return kept.reshape(n, oh, pool_size, ow, pool_size, c).max(axis=(2, 4))
    ### END SOLUTION


# %%
def max_pool2d_backward(d_out, x, pool_size=2):
    """Le gradient de max_pool2d(x, pool_size) par rapport à x.

    Dans chaque bloc, tout le gradient va au maximum, le premier dans l'ordre des lignes en cas
    d'égalité. Tous les autres pixels, y compris ceux des lignes et des colonnes laissées de côté,
    reçoivent 0.

    Arguments :
        d_out : le gradient par rapport à la sortie, de forme (n, oh, ow, c).
        x, pool_size : tels qu'ils étaient à l'aller.

    Renvoie :
        des flottants, de forme (n, h, w, c).

    >>> x = np.array([[1.0, 3.0, 2.0, 2.0, 9.0], [4.0, 0.0, 2.0, 2.0, 9.0]]).reshape(1, 2, 5, 1)
    >>> max_pool2d_backward(np.array([10.0, 20.0]).reshape(1, 1, 2, 1), x)[0, :, :, 0]
    array([[ 0.,  0., 20.,  0.,  0.],
           [10.,  0.,  0.,  0.,  0.]])
    """
    ### BEGIN SOLUTION
    out = max_pool2d(x, pool_size)
    oh, ow = out.shape[1:3]
    d_x = np.zeros(x.shape, dtype=d_out.dtype)
    no_winner_yet = np.ones(out.shape, dtype=bool)
    for u in range(pool_size):  # visit the pixels of all blocks together, in row order
        for v in range(pool_size):
            rows = slice(u, oh * pool_size, pool_size)
            columns = slice(v, ow * pool_size, pool_size)
            wins = no_winner_yet & (x[:, rows, columns] == out)
            d_x[:, rows, columns] = np.where(wins, d_out, 0.0)
            no_winner_yet &= ~wins
    return d_x
    ### END SOLUTION


# %% [markdown]
# ## Que voit un filtre ?
#
# Avant tout apprentissage, essayez deux filtres faits à la main, les noyaux de *Sobel*. L'un répond
# là où l'image devient plus claire vers le bas ; il trouve donc les contours horizontaux. L'autre
# est sa transposée et trouve les contours verticaux.
#
# Quand les deux sont écrits, lancez `bricks show convolution` (`%show convolution` dans un
# notebook) : vous y voyez ce que les pas et la bordure font d'un chiffre, jusqu'où le pooling peut
# le réduire sans qu'il devienne illisible, les cartes de caractéristiques des deux noyaux, et ce
# qui change, avant et après le pooling, quand le chiffre se déplace de deux pixels.
# `bricks show convolution --digit 7` (`%show convolution 7`) montre un autre chiffre.
#
# Quand vous aurez entraîné le réseau de la brique 5, regardez ses filtres. Des noyaux assez
# semblables y apparaissent d'eux-mêmes : sur les 32 filtres de quatre réseaux de ce genre, 0 était
# proche d'un noyau de Sobel (ou de son opposé) avant l'entraînement, et 12 après. (Proche veut
# dire : le cosinus de l'angle entre les deux, vus comme des listes de neuf nombres, dépasse 0,75.)


# %%
def edge_kernels():
    """Deux détecteurs de contours en un seul noyau pour conv2d : flottants, de forme (3, 3, 1, 2).

    Le filtre 0 est la matrice dont les lignes sont (-1, -2, -1), (0, 0, 0), (1, 2, 1) ; le filtre 1
    est la transposée du filtre 0.

    >>> edge_kernels()[:, :, 0, 0]
    array([[-1., -2., -1.],
           [ 0.,  0.,  0.],
           [ 1.,  2.,  1.]])
    >>> edge_kernels()[0, :, 0, 1]
    array([-1.,  0.,  1.])
    """
    ### BEGIN SOLUTION
    sobel = np.array([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]])
    return np.stack([sobel, sobel.T], axis=-1)[:, :, np.newaxis, :]
    ### END SOLUTION


# %% [markdown]
# ## Les couches
#
# Deux classes enveloppent les fonctions, pour qu'un réseau puisse les empiler comme il empile
# `Dense` : `forward` retient son entrée, `backward` s'en sert.


# %%
class Conv2D:
    """Une couche de convolution, sans activation. Elle a les mêmes méthodes que Dense.

    Attributs :
        kernel : les poids, de forme (kernel_size, kernel_size, channels, filters).
        bias : de forme (filters,).
        d_kernel, d_bias : les gradients laissés par le dernier appel à `backward` ; mêmes formes.

    On peut à tout moment remplacer `kernel` et `bias`, de l'extérieur, par d'autres tableaux de
    même forme.
    """

    def __init__(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        """Crée une couche qui n'a encore rien appris.

        `kernel` est tiré selon la règle de Glorot : uniformément entre -limit et limit, où
        limit = sqrt(6 / (fan_in + fan_out)), fan_in = kernel_size * kernel_size * channels et
        fan_out = kernel_size * kernel_size * filters. `bias` ne contient que des zéros.

        Arguments :
            channels, filters, kernel_size, strides : entiers.
            padding : "valid" ou "same".
            seed : un entier. La même graine donne les mêmes poids, une autre graine en donne
                d'autres. L'état aléatoire global de NumPy reste intact.

        Ici, limit = sqrt(6 / (18 + 36)) = 1/3 :

        >>> conv = Conv2D(channels=2, filters=4)
        >>> conv.kernel.shape, bool(np.abs(conv.kernel).max() <= 1 / 3)
        ((3, 3, 2, 4), True)
        >>> conv.bias
        array([0., 0., 0., 0.])
        """
        ### BEGIN SOLUTION
        rng = np.random.default_rng(seed)
        limit = np.sqrt(6 / (kernel_size * kernel_size * (channels + filters)))
        self.kernel = rng.uniform(-limit, limit, size=(kernel_size, kernel_size, channels, filters))
        self.bias = np.zeros(filters)
        self.strides = strides
        self.padding = padding
        ### END SOLUTION

    def forward(self, x):
        """conv2d de x avec les paramètres de la couche. Retenez ce qui servira à `backward`.

        Arguments :
            x : flottants, de forme (n, h, w, channels).

        Renvoie :
            des flottants, de forme (n, oh, ow, filters).

        >>> conv = Conv2D(channels=1, filters=2, kernel_size=2, padding="same")
        >>> conv.forward(np.ones((5, 6, 7, 1))).shape
        (5, 6, 7, 2)
        """
        ### BEGIN SOLUTION
        self.x = x
        return conv2d(x, self.kernel, self.bias, self.strides, self.padding)
        ### END SOLUTION

    def backward(self, d_out):
        """Rétropropage à travers le dernier appel à `forward` ; aucun paramètre ne change.

        Laisse `d_kernel` et `d_bias`. Ils remplacent ceux d'un appel précédent (ils les écrasent,
        sans s'y ajouter), et aucun facteur 1/n propre à la couche n'y intervient.

        Arguments :
            d_out : le gradient de la perte par rapport à la sortie, de forme (n, oh, ow, filters).

        Renvoie :
            d_x : le gradient par rapport à l'entrée, de forme (n, h, w, channels).

        >>> conv = Conv2D(channels=1, filters=1, kernel_size=1)
        >>> conv.kernel = np.full((1, 1, 1, 1), 3.0)
        >>> out = conv.forward(np.array([[5.0, 7.0]]).reshape(1, 1, 2, 1))
        >>> conv.backward(np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1)).ravel()
        array([3., 6.])
        >>> conv.d_kernel.ravel(), conv.d_bias
        (array([19.]), array([3.]))
        """
        ### BEGIN SOLUTION
        d_x, self.d_kernel, self.d_bias = conv2d_backward(
            d_out, self.x, self.kernel, self.strides, self.padding
        )
        return d_x
        ### END SOLUTION

    def step(self, learning_rate):
        """Met à jour : kernel et bias changent de -learning_rate fois leurs derniers gradients.

        >>> conv = Conv2D(channels=1, filters=1, kernel_size=1)
        >>> conv.kernel = np.full((1, 1, 1, 1), 3.0)
        >>> out = conv.forward(np.full((1, 1, 1, 1), 2.0))
        >>> d_x = conv.backward(np.full((1, 1, 1, 1), 1.0))
        >>> conv.step(learning_rate=0.5)
        >>> conv.kernel.ravel(), conv.bias
        (array([2.]), array([-0.5]))
        """
        ### BEGIN SOLUTION
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias
        ### END SOLUTION


# %%
class MaxPool2D:
    """Une couche de max pooling. Elle n'a pas de paramètres, donc rien à mettre à jour."""

    def __init__(self, pool_size=2):
        """Crée la couche ; `pool_size` est un entier, le côté d'un bloc.

        >>> MaxPool2D(3).forward(np.ones((1, 9, 10, 2))).shape
        (1, 3, 3, 2)
        """
        ### BEGIN SOLUTION
        self.pool_size = pool_size
        ### END SOLUTION

    def forward(self, x):
        """max_pool2d de x. Retenez ce qui servira à `backward`.

        Arguments :
            x : flottants, de forme (n, h, w, c).

        Renvoie :
            des flottants, de forme (n, floor(h / pool_size), floor(w / pool_size), c).

        >>> MaxPool2D().forward(np.array([[1.0, 3.0], [4.0, 0.0]]).reshape(1, 2, 2, 1)).ravel()
        array([4.])
        """
        ### BEGIN SOLUTION
        self.x = x
        return max_pool2d(x, self.pool_size)
        ### END SOLUTION

    def backward(self, d_out):
        """Rétropropage à travers le dernier appel à `forward`.

        Arguments :
            d_out : le gradient par rapport à la sortie, de forme (n, oh, ow, c).

        Renvoie :
            le gradient par rapport à l'entrée, de forme (n, h, w, c).

        >>> pool = MaxPool2D()
        >>> out = pool.forward(np.array([[1.0, 3.0], [4.0, 0.0]]).reshape(1, 2, 2, 1))
        >>> pool.backward(np.full((1, 1, 1, 1), 10.0))[0, :, :, 0]
        array([[ 0.,  0.],
               [10.,  0.]])
        """
        ### BEGIN SOLUTION
        return max_pool2d_backward(d_out, self.x, self.pool_size)
        ### END SOLUTION


# %% [markdown]
# ## La même couche avec Keras


# %%
def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
    """La même couche avec Keras : une keras.layers.Conv2D, sans activation.

    Importez Keras dans cette fonction. Keras construit les poids de la couche quand elle rencontre
    une entrée pour la première fois ; ensuite, elle accepte set_weights([kernel, bias]) avec les
    formes de Conv2D.

    Renvoie :
        une keras.layers.Conv2D.

    >>> layer = keras_convolution(4, kernel_size=5, strides=2, padding="same")
    >>> layer.build((None, 28, 28, 1))
    >>> [weight.shape for weight in layer.get_weights()]
    [(5, 5, 1, 4), (4,)]
    """
    ### BEGIN SOLUTION
    import keras

    return keras.layers.Conv2D(filters, kernel_size, strides=strides, padding=padding)
    ### END SOLUTION
