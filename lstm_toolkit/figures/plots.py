"""Figures in one style, drawn without a display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.system.files import atomic_write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#3b6fb6", "#d9822b", "#8a8a8a"


def figure(width: float, height: float) -> Figure:
    """Begins a white figure of that many inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=120, layout="constrained", facecolor="white")


def plain(axes: Axes) -> Axes:
    """Leaves a light grid and the two spines that are read."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    return axes


def literal(names: Sequence[str]) -> list[str]:
    """Keeps matplotlib from reading formulas into names with dollar signs."""
    return [name.replace("$", r"\$") for name in names]


def tell_missing(axes: Axes, hint: str) -> None:
    """Writes under a figure which characters no font holds, see `fonts.legible`."""
    if hint:
        from lstm_toolkit.figures.fonts import legible

        axes.set_xlabel(legible([hint])[0][0], color=GREY, fontsize=7, wrap=True)


def save(figure: Figure, path: Path) -> None:
    """Writes a figure as PNG, atomically."""
    with atomic_write(path) as draft:
        figure.savefig(draft)


def learning_curves(rows: Sequence[dict[str, float]]) -> Figure:
    """Draws each score of training and validation over the epochs.

    Args:
        rows: One an epoch: `epoch`, and scores with and without `val_`.
    """
    from matplotlib.ticker import MaxNLocator

    names = [name for name in (rows[0] if rows else {}) if f"val_{name}" in rows[0]]
    sheet = figure(4.6 * max(1, len(names)), 3.4)
    epochs = [row["epoch"] for row in rows]
    for place, name in enumerate(names):
        axes = plain(sheet.add_subplot(1, len(names), place + 1))
        axes.plot(epochs, [row[name] for row in rows], color=GREY, label="training")
        axes.plot(epochs, [row[f"val_{name}"] for row in rows], color=BLUE, label="validation")
        axes.set(xlabel="epoch", title=name)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False)
    return sheet


def confusion_matrix(
    truth: NDArray[np.int32], probabilities: NDArray[np.float32], names: Sequence[str]
) -> Figure:
    """Draws how often each class (row) was given each label (column), in numbers.

    Args:
        truth: `int32[n]`.
        probabilities: `float32[n, classes]`.
        names: The classes.
    """
    from sklearn.metrics import ConfusionMatrixDisplay

    size = min(24.0, max(4.0, 0.55 * len(names) + 1.2))
    sheet = figure(size, size)
    axes = sheet.add_subplot()
    ConfusionMatrixDisplay.from_predictions(
        truth,
        probabilities.argmax(axis=1),
        labels=list(range(len(names))),
        display_labels=literal(names),
        cmap="Blues",
        colorbar=False,
        include_values=len(names) <= 40,  # more would not be legible
        xticks_rotation="horizontal" if max(map(len, names)) < 4 else "vertical",
        values_format="d",
        ax=axes,
    )
    axes.set(xlabel="answer", ylabel="truth")
    return sheet


def calibration(truth: NDArray[np.int32], probabilities: NDArray[np.float32]) -> Figure:
    """Draws how often answers are right against how sure the network is of them.

    Args:
        truth: `int32[n]`.
        probabilities: `float32[n, classes]`.
    """
    from lstm_toolkit.metrics.class_scores import calibration_error, reliability

    share, mean, accuracy = reliability(truth, probabilities)
    sheet = figure(4.2, 3.8)
    axes = plain(sheet.add_subplot())
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="as sure as right")
    axes.scatter(mean, accuracy, s=20 + 400 * share, color=BLUE, alpha=0.8)
    error = calibration_error(truth, probabilities)
    axes.set(
        xlabel="probability of the answer",
        ylabel="share of right answers",
        title=f"calibration error {error:.3f}",
        xlim=(0, 1.05),
        ylim=(-0.05, 1.05),
    )
    axes.legend(frameon=False)
    return sheet


def attention_map(
    weights: NDArray[np.float32], source: Sequence[str], target: Sequence[str]
) -> Figure:
    """Draws what each token of a translation looked at.

    Args:
        weights: `float32[time, source]`, each row adds up to 1; a row more than `target`
            is that of the end.
        source: Tokens that were read.
        target: Tokens that were written.
    """
    from lstm_toolkit.figures.fonts import legible

    tokens = [token.replace("\u2581", " ").strip() or "␣" for token in (*source, *target)]
    shown, fonts, hint = legible(literal(tokens))
    shown += ["end"] * (len(weights) - len(target))
    sheet = figure(1.6 + 0.42 * len(source), 1.3 + 0.36 * len(weights))
    axes = sheet.add_subplot()
    axes.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    style: dict[str, Any] = {"family": fonts, "fontsize": 11}
    axes.set_xticks(range(len(source)), shown[: len(source)], rotation=60, ha="left", **style)
    axes.set_yticks(range(len(weights)), shown[len(source) :], **style)
    tell_missing(axes, hint)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return sheet


def score_by_length(
    lengths: NDArray[np.int64],
    scores: NDArray[np.float64] | Mapping[str, NDArray[np.float64]],
    name: str,
) -> Figure:
    """Draws the mean score of sentences of similar length, and how many there are.

    Args:
        lengths: `int[n]`, tokens of each sentence.
        scores: `float[n]`, or those of up to three systems by their names.
        name: Of the score.

    Raises:
        ValueError: If there are more systems.
    """
    systems = scores if isinstance(scores, Mapping) else {name: scores}
    if len(systems) > 3:
        raise ValueError(f"scores must be of at most 3 systems. Received: {len(systems)}")
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, 9)).astype(int))
    places = np.searchsorted(edges[1:-1], lengths, side="left")
    groups = np.unique(places)
    sheet = figure(5.4, 3.6)
    axes = plain(sheet.add_subplot())
    chosen = [places == group for group in groups]
    width = 0.8 / len(systems)
    for place, (system, values) in enumerate(systems.items()):
        left = np.arange(len(groups)) + (place + 0.5) * width - 0.4
        means = [values[rows].mean() for rows in chosen]
        bars = axes.bar(left, means, width, color=(BLUE, ORANGE, GREY)[place], label=system)
    axes.bar_label(bars, [f"{int(rows.sum()):,}" for rows in chosen], color=GREY, fontsize=8)
    ends = [sorted({lengths[rows].min(), lengths[rows].max()}) for rows in chosen]
    names = ["–".join(map(str, pair)) for pair in ends]
    axes.set_xticks(range(len(groups)), names)
    if len(systems) > 1:
        sheet.legend(loc="outside lower center", ncols=3, frameon=False)
    axes.set(
        xlabel="tokens in the sentence", ylabel=name, title=f"{name} by length (numbers: sentences)"
    )
    return sheet


def worst_images(
    images: NDArray[Any],
    truth: NDArray[np.int32],
    probabilities: NDArray[np.float32],
    names: Sequence[str],
    *,
    most: int = 24,
) -> Figure:
    """Draws the images whose right label was thought least likely.

    Args:
        images: `[n, height, width]`.
        truth: `int32[n]`.
        probabilities: `float32[n, classes]`.
        names: The classes.
        most: How many at most; mistakes come before answers that were right.
    """
    names = literal(names)
    likely = probabilities[np.arange(len(truth)), truth]
    answers = probabilities.argmax(axis=1)
    rows = np.lexsort((likely, answers == truth))[:most]
    sheet = figure(9, 1.75 * -(-len(rows) // 8) + 0.4)
    mistakes = int((answers != truth).sum())
    sheet.suptitle(f"{mistakes} mistakes in {len(truth):,}: truth → answer (its probability)")
    for place, row in enumerate(rows):
        axes = sheet.add_subplot(-(-len(rows) // 8), 8, place + 1)
        axes.imshow(images[row], cmap="gray_r")
        axes.set_axis_off()
        axes.set_title(
            f"{names[truth[row]]} → {names[answers[row]]} ({probabilities[row].max():.2f})",
            fontsize=8,
            color="black" if answers[row] == truth[row] else ORANGE,
        )
    return sheet


def padding(batches: Mapping[str, NDArray[np.int64]]) -> Figure:
    """Draws batches side by side: what is a token, and what is only filled up.

    Args:
        batches: `int[rows]`, the tokens of each row of a batch, by its title.
    """
    sheet = figure(4.5 * len(batches), 3.2)
    for place, (title, lengths) in enumerate(batches.items()):
        real = np.arange(lengths.max()) < lengths[:, None]
        axes = sheet.add_subplot(1, len(batches), place + 1)
        axes.imshow(real, aspect="auto", cmap="Blues", vmax=1.5, interpolation="nearest")
        axes.set(title=f"{title}: {1 - real.mean():.0%} padding", xlabel="time step", ylabel="row")
    return sheet


def token_weights(tokens: Sequence[str], weights: NDArray[np.float32], title: str = "") -> Figure:
    """Draws how much each token speaks for an answer (upwards) or against it.

    Args:
        tokens: Those of one text.
        weights: `float32[n]`, as of `attribution.integrated_gradients`.
        title: The answer, say.
    """
    from lstm_toolkit.figures.fonts import legible

    shown, fonts, hint = legible(literal([*tokens, title]))
    sheet = figure(1.6 + 0.48 * len(tokens), 2.8)
    axes = plain(sheet.add_subplot())
    axes.bar(range(len(tokens)), weights, color=[BLUE if w > 0 else ORANGE for w in weights])
    style: dict[str, Any] = {"family": fonts, "fontsize": 11}
    axes.set_xticks(range(len(tokens)), shown[:-1], rotation=45, ha="right", **style)
    axes.set_title(shown[-1], **style)
    axes.set_ylabel("share of the probability")
    tell_missing(axes, hint)
    return sheet
