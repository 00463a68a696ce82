"""Ink on paper, brought to the ground, contrast, polarity and framing of training images.

All of it runs inside the graph, on batches of images of any one size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_toolkit.features.looks import (
    INK,
    LEAST_INK,
    Looks,
    border,
    cut,
    extent,
    mass_middle,
    median,
    quantile,
)

if TYPE_CHECKING:
    import tensorflow as tf

_ROUNDS = 6
"""Fits of the paper's brightness, each without what the one before showed to be ink."""

_PAPER = 0.12
"""How far paper may be from its fitted brightness, in the range 0 to 1."""

_EDGE = 0.03
"""The same on the side of the ink, in the later fits."""

_AS_GOOD = 0.9
"""Share of the pixels of a fitted surface that even paper must explain to be preferred."""

_RIDGE = 0.02
"""Keeps the fit flat where ink leaves little paper to be seen."""

_FAINT, _FULL = 0.3, 0.85
"""Shares of the strongest ink: what is below the one is paper, above the other full ink."""

_LINES = 0.25
"""Share of a row or column that may be free of a ruled line."""

_WEAKER = 0.5
"""Share of the strongest ink that a ruled line has at most; a stroke may cross a whole frame."""

_CLUTTER, _CONTRARY = 0.06, 0.14
"""What may be left besides ink, in shares of the ink's strength: on the mean, and at most on the
other side of the paper's brightness."""

_NOISE = 4.0
"""Ink is above so many times the grain of the paper."""


def bring(images: tf.Tensor, looks: Looks, height: int, width: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Draws what is inked in images as training images show it.

    The brightness of the paper is fitted and taken away, ruled lines with it; ink is what is
    darker or lighter, whichever stands out; the box around it gets the size and the place it
    has in training images.

    Args:
        images: `float32[batch, h, w]` in 0 to 1, of either polarity.
        looks: Of the training images.
        height: Rows of their frame.
        width: Columns of it.

    Returns:
        `float32[batch, height, width]`, ink light on a ground of 0, zeros without any ink; and
        `bool[batch]`, whether that is all there was: little besides ink and paper.
    """
    import tensorflow as tf

    ink, strength, clean, shaded = _inked(images)
    whole = framed(ink, height, width)
    soft = smoothed(ink)
    mask = soft > INK * tf.reduce_max(soft, axis=(1, 2), keepdims=True)
    (top, bottom) = extent(tf.reduce_any(mask, axis=2))
    (left, right) = extent(tf.reduce_any(mask, axis=1))
    scale = looks.size * min(height, width) / tf.maximum(bottom - top, right - left)
    if looks.by_mass:
        middle = mass_middle(tf.where(mask, ink, 0.0))
    else:
        middle = (top + bottom) / 2, (left + right) / 2
    places = looks.middle[0] * height, looks.middle[1] * width
    rows = resampling(tf.shape(images)[1], height, middle[0], places[0], scale)
    columns = resampling(tf.shape(images)[2], width, middle[1], places[1], scale)
    drawn = tf.einsum("bih,bhw,bjw->bij", rows, ink, columns)
    peak = tf.reduce_max(drawn, axis=(1, 2), keepdims=True)
    drawn = tf.minimum(drawn * looks.peak / tf.maximum(peak, 0.2), 1.0)
    # Of another size, ink that is not as dense as in training was enlarged; its box tells more.
    same = tuple(images.shape[1:]) == (height, width)
    fits = looks.placed(whole) if same else looks.alike(whole)
    drawn = tf.where(fits[:, None, None], whole, drawn)
    # Where its shades alone make a frame of training images, ink is not told from paper by force.
    shades = framed(shaded, height, width)
    shades *= looks.peak / tf.maximum(tf.reduce_max(shades, axis=(1, 2), keepdims=True), 1e-6)
    as_shaded = looks.roughly_alike(shades)
    drawn = tf.where(as_shaded[:, None, None], shades, drawn)
    inked = strength > LEAST_INK
    clean = (clean & (cut(ink) <= looks.cut)) | as_shaded
    return tf.where(inked[:, None, None], drawn, 0.0), inked & clean


def framed(images: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """Resizes whole images `float32[batch, h, w]` to a frame; the same pixels if they fit.

    Those of another shape get margins of 0.
    """
    import tensorflow as tf

    sides = [tf.cast(tf.shape(images)[axis], tf.float32) for axis in (1, 2)]
    scale = tf.minimum(height / sides[0], width / sides[1]) + tf.zeros_like(images[:, 0, 0])
    half = tf.zeros_like(scale)
    rows = resampling(sides[0], height, half + sides[0] / 2, height / 2, scale)
    columns = resampling(sides[1], width, half + sides[1] / 2, width / 2, scale)
    return tf.einsum("bih,bhw,bjw->bij", rows, images, columns)


def _inked(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns ink from 0 to 1, how far it stands out, whether there is little else, and shades.

    Shades are all that departs from the paper on the side of the ink.
    """
    import tensorflow as tf

    apart = images - paper(images)
    light, dark = tf.nn.relu(apart), tf.nn.relu(-apart)
    darker = tf.reduce_sum(dark**3, axis=(1, 2)) > tf.reduce_sum(light**3, axis=(1, 2))
    shades = tf.where(darker[:, None, None], dark, light)
    ink = _without_lines(_without_lines(shades), columns=True)
    strength = tf.reduce_max(smoothed(ink), axis=(1, 2))
    flat = tf.reshape(tf.abs(apart), [tf.shape(images)[0], -1])
    grain = 1.4826 * median(flat)
    faint = tf.maximum(_FAINT * strength, tf.minimum(_NOISE * grain, 0.6 * strength))
    full = tf.maximum(_FULL * strength, faint + 1e-6)
    ink = (ink - faint[:, None, None]) / (full - faint)[:, None, None]
    contrary = smoothed(tf.where(darker[:, None, None], light, dark))
    inked = _around(tf.cast(ink > 0.0, tf.float32)) > 0.5
    clutter = tf.reduce_mean(tf.where(inked, 0.0, tf.abs(apart)), axis=(1, 2))
    clean = clutter < _CLUTTER * strength
    clean &= tf.reduce_max(contrary, axis=(1, 2)) < _CONTRARY * strength
    return tf.clip_by_value(ink, 0.0, 1.0), strength, clean, shades


def _around(mask: tf.Tensor) -> tf.Tensor:
    """Returns the greatest of each pixel and its neighbours, where ink blends into paper."""
    import tensorflow as tf

    return tf.nn.max_pool2d(mask[..., None], 3, 1, "SAME")[..., 0]


def _without_lines(ink: tf.Tensor, *, columns: bool = False) -> tf.Tensor:
    """Takes away what runs through a whole row or column, and is weaker than the ink."""
    import tensorflow as tf

    strongest = tf.reduce_max(ink, axis=(1, 2))[:, None]
    profile = quantile(tf.transpose(ink, [0, 2, 1]) if columns else ink, _LINES)
    lines = profile - _wide(profile)
    lines = tf.where(lines < _WEAKER * strongest, lines, 0.0)
    return tf.nn.relu(ink - (lines[:, None, :] if columns else lines[:, :, None]))


def _wide(profile: tf.Tensor) -> tf.Tensor:
    """Returns a profile `float32[batch, side]` without thin peaks; all of it if it is short."""
    import tensorflow as tf

    def opened(pixels: int) -> tf.Tensor:
        lowest = -tf.nn.max_pool1d(-profile[..., None], pixels, 1, "SAME")
        return tf.nn.max_pool1d(lowest, pixels, 1, "SAME")[..., 0]

    side = tf.shape(profile)[1]
    return tf.where(side >= 96, opened(7), tf.where(side >= 24, opened(3), profile))


def paper(images: tf.Tensor) -> tf.Tensor:
    """Returns the brightness of the paper at each pixel: even, or a surface of second degree."""
    import tensorflow as tf

    height, width = tf.shape(images)[1], tf.shape(images)[2]
    terms = _terms(height, width)
    flat = tf.reshape(images, [-1, height * width])
    level = median(border(images))[:, None] + tf.zeros_like(flat)
    pixels = tf.cast(height * width, tf.float32)
    ridge = _RIDGE * pixels * tf.linalg.diag(tf.constant([0.01, 1.0, 1.0, 1.0, 1.0, 1.0]))
    inkwards = tf.sign(tf.reduce_sum((flat - level) ** 3, axis=1, keepdims=True))
    for round_ in range(_ROUNDS):
        apart = flat - level
        # Where ink blends into paper it must not draw the surface down to itself.
        strict = (apart * inkwards > 0) & (round_ >= _ROUNDS // 2)
        weights = tf.exp(-0.5 * (apart / tf.where(strict, _EDGE, _PAPER)) ** 2)
        weighted = weights[:, None] * terms
        left = tf.einsum("bip,jp->bij", weighted, terms) + ridge
        start = tf.reduce_sum(weights * flat, axis=1) / (tf.reduce_sum(weights, axis=1) + 1e-6)
        right = tf.einsum("bip,bp->bi", weighted, flat - start[:, None])
        found = tf.linalg.solve(left, right[:, :, None])[:, :, 0]
        level = start[:, None] + tf.einsum("bi,ip->bp", found, terms)
    even = median(border(images))[:, None]

    def explained(surface: tf.Tensor) -> tf.Tensor:
        close = tf.cast(tf.abs(flat - surface) < _EDGE, tf.float32)
        return tf.reduce_mean(close, axis=1, keepdims=True)

    simple = explained(even) >= _AS_GOOD * explained(level)
    return tf.reshape(tf.where(simple, even, level), tf.shape(images))


def _terms(height: tf.Tensor, width: tf.Tensor) -> tf.Tensor:
    """Returns 1, x, y, x², xy, y² of each pixel, `float32[6, pixels]`, sides from -1 to 1."""
    import tensorflow as tf

    y, x = tf.meshgrid(tf.linspace(-1.0, 1.0, height), tf.linspace(-1.0, 1.0, width), indexing="ij")
    y, x = tf.reshape(y, [-1]), tf.reshape(x, [-1])
    return tf.stack([tf.ones_like(x), x, y, x * x, x * y, y * y])


def smoothed(images: tf.Tensor) -> tf.Tensor:
    """Returns means of 3×3 pixels, of fewer at the edges, from 24 pixels a side."""
    import tensorflow as tf

    def mean(values: tf.Tensor) -> tf.Tensor:
        return tf.nn.avg_pool2d(values[..., None], 3, 1, "SAME")[..., 0]

    large = tf.minimum(tf.shape(images)[1], tf.shape(images)[2]) >= 24
    return tf.where(large, mean(images), images)


def resampling(
    pixels: tf.Tensor, side: int, middle: tf.Tensor, place: float, scale: tf.Tensor
) -> tf.Tensor:
    """Returns weights `float32[batch, side, pixels]` that bring one axis to a frame.

    Each pixel of the frame is the mean of what it covers; where it covers less than a pixel of
    the image, between two of them. Outside of the image is 0.

    Args:
        pixels: Of the image along the axis.
        side: Of the frame.
        middle: What comes to `place`, in pixels, `float32[batch]`.
        place: In the frame.
        scale: Pixels of the frame that one of the image takes, `float32[batch]`.
    """
    import tensorflow as tf

    step = 1.0 / scale[:, None]
    centres = middle[:, None] + (tf.range(side, dtype=tf.float32) + 0.5 - place) * step
    sources = tf.range(tf.cast(pixels, tf.float32)) + 0.5
    covered = tf.maximum(step, 1.0)[:, :, None]
    apart = tf.abs(sources - centres[:, :, None])
    return tf.clip_by_value((covered + 1.0) / 2 - apart, 0.0, 1.0) / covered
