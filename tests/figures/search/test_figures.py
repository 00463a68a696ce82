from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from lstm_toolkit import plots
from lstm_toolkit.figures.search import effects, objective_over_time, parallel_coordinates
from lstm_toolkit.figures.search.axes import MISSING

DRAWINGS = (objective_over_time, parallel_coordinates, effects)
SETTINGS = ("rate", "layers", "second", "schedule", "both")


def table(count: int = 30) -> pd.DataFrame:
    """A search in which `rate` decides everything; trial 3 failed and the last still runs."""
    rng = np.random.default_rng(0)
    layers = rng.integers(1, 3, count)
    rate = 10 ** rng.uniform(-4, -1, count)
    trials = pd.DataFrame(
        {
            "trial": [f"{i:02}" for i in range(count)],
            "status": "COMPLETED",
            "score": 0.9 - 0.02 * (np.log10(rate) + 2) ** 2,
            "epochs": 5,
            "ended": 40.0 * np.arange(1, count + 1),
            "rate": rate,
            "layers": layers,
            "second": np.where(layers > 1, rng.choice([32.0, 64.0], count), np.nan),
            "schedule": rng.choice(["constant", "cosine"], count),
            "both": rng.integers(0, 2, count) == 1,
        }
    )
    if count > 5:
        trials.loc[3, ["status", "score"]] = ["FAILED", np.nan]
        trials.loc[count - 1, ["status", "score", "ended"]] = ["RUNNING", np.nan, np.nan]
    return trials


def draw(drawing: Any, trials: pd.DataFrame, **options: Any) -> Figure:
    usual: dict[str, Any] = {"settings": SETTINGS, "objective": "val_accuracy", "maximise": True}
    sheet = drawing(trials, **(usual | {"log": {"rate"}} | options))
    sheet.canvas.draw()
    return sheet


def line(axes: Axes, label: str) -> np.ndarray:
    return np.array(next(each for each in axes.lines if each.get_label() == label).get_xydata())


def legend(sheet: Figure) -> list[str]:
    return [text.get_text() for text in sheet.legends[0].get_texts()]


def uprights(sheet: Figure) -> list[list[str]]:
    """The labels of each axis of parallel coordinates, upwards, its name the last."""
    found: dict[int, list[tuple[float, str]]] = {}
    for text in sheet.axes[0].texts:
        x, y = text.get_position()
        found.setdefault(round(float(x)), []).append((float(y), text.get_text()))
    return [[text for _, text in sorted(found[place])] for place in sorted(found)]


def panels(sheet: Figure) -> dict[str, str]:
    titles = [axes.get_title().rpartition(": ") for axes in sheet.axes]
    return {name: share for name, _, share in titles}


def ticks(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_xticklabels()]


def test_the_best_so_far_only_rises() -> None:
    trials = table(5).assign(score=[0.5, 0.4, 0.7, 0.6, 0.8])
    sheet = draw(objective_over_time, trials, default="00")
    axes = sheet.axes[0]
    best = line(axes, "best so far")
    assert best[:, 1].tolist() == [0.5, 0.5, 0.7, 0.7, 0.8, 0.8]
    np.testing.assert_allclose(best[:, 0] * 60, [40, 80, 120, 160, 200, 200])
    assert axes.get_xlabel() == "minutes since the search began"
    assert axes.get_title() == "best val_accuracy 0.8: trial 04"
    assert line(axes, "default")[:, 1].tolist() == [0.5, 0.5]
    assert legend(sheet) == ["default", "best so far", "trial", "best"]


def test_the_best_loss_only_falls() -> None:
    trials = table(4).assign(score=[0.5, 0.4, 0.7, 0.3], ended=[10, 20, 30, 40])
    axes = draw(objective_over_time, trials, objective="val_loss", maximise=False).axes[0]
    assert line(axes, "best so far")[:, 1].tolist() == [0.5, 0.4, 0.4, 0.3, 0.3]
    assert line(axes, "best").tolist() == [[40, 0.3]]
    assert axes.get_xlabel() == "seconds since the search began"


def test_failed_trials_lie_at_the_bottom_and_running_ones_nowhere() -> None:
    sheet = draw(objective_over_time, table())
    np.testing.assert_allclose(line(sheet.axes[0], "failed"), [[40 * 4 / 60, 0.03]])
    assert len(line(sheet.axes[0], "trial")) == 28
    assert "failed" in legend(sheet)


def test_a_score_that_is_no_number_counts_as_failed() -> None:
    trials = table(5).assign(score=[0.5, np.inf, 0.7, np.nan, 0.8])
    axes = draw(objective_over_time, trials).axes[0]
    assert len(line(axes, "failed")) == 2
    assert line(axes, "best so far")[-1, 1] == 0.8


@pytest.mark.parametrize("maximise", [True, False])
def test_far_worse_scores_do_not_press_the_others_together(maximise: bool) -> None:
    scores = np.array([0.90, 0.91, 0.92, 0.93, 0.1])
    trials = table(5).assign(score=scores if maximise else 1 - scores)
    axes = draw(objective_over_time, trials, maximise=maximise).axes[0]
    assert len(line(axes, "trial")) == 4
    edge = line(axes, "far worse, not to scale")[0, 1]
    low, high = axes.get_ylim()
    assert low < edge < high
    assert high - low < 0.06
    assert not [tick for tick in axes.get_yticks() if abs(tick - edge) < 0.001]
    labels = uprights(draw(parallel_coordinates, trials, maximise=maximise))[-1]
    assert labels[0 if maximise else -2] == "far worse"


def test_the_default_stays_to_scale() -> None:
    trials = table(5).assign(score=[0.1, 0.91, 0.92, 0.93, 0.90])
    axes = draw(objective_over_time, trials, default="00").axes[0]
    assert len(line(axes, "trial")) == 5


def test_parallel_coordinates_have_an_axis_a_setting_and_one_of_scores() -> None:
    sheet = draw(parallel_coordinates, table(), default="00")
    axes = uprights(sheet)
    assert [labels[-1] for labels in axes] == [*SETTINGS, "val_accuracy"]
    assert axes[0][:-1] == ["0.0002", "0.0005", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05"]
    assert axes[1][:-1] == ["1", "2"]
    assert axes[2][:-1] == ["–", "32", "64"]
    assert axes[3][:-1] == ["constant", "cosine"]
    assert axes[4][:-1] == ["False", "True"]
    assert axes[5][0] == "failed"


def test_parallel_coordinates_have_a_line_a_trial_the_best_on_top() -> None:
    trials = table()
    lines = draw(parallel_coordinates, trials, default="00").axes[0].lines
    assert len(lines) == 29  # all but the one that runs
    best = trials.loc[trials["score"].idxmax()]
    assert lines[-1].get_label() == f"best: {best['score']:.4g}, trial {best['trial']}"
    assert lines[-1].get_color() == plots.ORANGE
    heights = np.array([np.asarray(each.get_ydata(), float) for each in lines])
    assert heights[-1, -1] == 1
    assert (np.diff(heights[1:, -1]) >= 0).all()
    rates = np.log(trials["rate"][:-1])  # the one that runs has no place
    height = (np.log(best["rate"]) - rates.min()) / (rates.max() - rates.min())
    assert heights[-1, 0] == pytest.approx(height)
    assert lines[0].get_label() == "failed"
    assert heights[0, -1] == MISSING
    single = (heights[:, 1] < 0.1).sum()
    assert (heights[:, 2] < MISSING + 0.03).sum() == single == (trials["layers"][:-1] == 1).sum()


def test_better_lines_are_darker() -> None:
    lines = draw(parallel_coordinates, table()).axes[0].lines
    colours = [to_hex(each.get_color()) for each in lines if "darker" in str(each.get_label())]
    light = [sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in colours]
    assert light == sorted(light, reverse=True)
    assert light[0] > light[-1] + 200


def test_what_decides_comes_first() -> None:
    sheet = draw(effects, table())
    shares = panels(sheet)
    assert len(sheet.axes) == len(SETTINGS)
    assert next(iter(shares)) == "rate"
    assert float(shares["rate"]) > 0.6
    assert all(float(share) < 0.15 for name, share in shares.items() if name != "rate")
    assert "random forests on held-out trials" in sheet.get_suptitle()


def test_few_trials_are_measured_one_setting_at_a_time() -> None:
    trials = table(5).assign(score=[0.1, 0.2, 0.3, 0.4, 0.5], layers=[1, 2, 3, 4, 5], rate=0.1)
    sheet = draw(effects, trials, settings=("rate", "layers"))
    assert panels(sheet) == {"layers": "1.00", "rate": "–"}
    assert "5 trials tell little" in sheet.get_suptitle()


def test_panels_have_values_as_ticks_and_medians_of_strips() -> None:
    trials = table(6).assign(
        score=[0.1, 0.2, 0.4, 0.5, 0.7, 0.9],
        status="COMPLETED",
        ended=1.0,
        name=["a", "a", "a", "b", "b", "b"],
        width=[64, 64, 64, 512, np.nan, np.nan],
    )
    sheet = draw(effects, trials, settings=("name", "width"))
    assert list(panels(sheet)) == ["name", "width"]
    assert [ticks(axes) for axes in sheet.axes] == [["a", "b"], ["–", "64", "512"]]
    medians = [each for each in sheet.axes[0].collections if each.get_label() == "median"]
    heights = [each.get_paths()[0].vertices[0][1] for each in medians]  # type: ignore[index]
    assert heights == [0.2, 0.7]
    places = line(sheet.axes[0], "trial")[:, 0]
    assert (abs(places - [0, 0, 0, 1, 1, 1]) < 0.1).all()
    assert len({*places}) == 6


def test_medians_know_how_far_far_worse_is() -> None:
    scores = [0.9, 0.91, 0.92, 0.93, 0.9, 0.0, 0.1, 0.1]
    trials = table(8).assign(score=scores, status="COMPLETED", ended=1.0, name=[*"aaaaabbb"])
    axes = draw(effects, trials, settings=("name",)).axes[0]
    medians = [each for each in axes.collections if each.get_label() == "median"]
    edge = line(axes, "far worse, not to scale")[0, 1]
    assert medians[1].get_paths()[0].vertices[0][1] == edge  # type: ignore[index]


def test_logarithmic_settings_lie_where_their_logarithms_do() -> None:
    trials = table(4).assign(rate=[1e-4, 1e-3, 1e-1, 1e-2], score=[0.1, 0.2, 0.3, 0.4])
    axes = draw(effects, trials, settings=("rate",)).axes[0]
    np.testing.assert_allclose(line(axes, "trial")[:, 0], [0, 1 / 3, 1, 2 / 3])
    assert ticks(axes) == ["0.0001", "0.001", "0.01", "0.1"]


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize(
    ("status", "text"),
    [("FAILED", "no trial has completed, 4 failed"), ("RUNNING", "no trial has completed")],
)
def test_without_a_score_figures_say_so(drawing: Any, status: str, text: str) -> None:
    trials = table(4).assign(status=status, score=np.nan)
    assert [each.get_text() for each in draw(drawing, trials).axes[0].texts] == [text]
    empty = draw(drawing, trials.iloc[:0])
    assert [each.get_text() for each in empty.axes[0].texts] == ["no trial has completed"]


@pytest.mark.parametrize("drawing", DRAWINGS[1:])
def test_without_settings_figures_say_so(drawing: Any) -> None:
    sheet = draw(drawing, table(4), settings=())
    assert [text.get_text() for text in sheet.axes[0].texts] == ["no setting was searched"]


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_trials_are_enough_to_draw(drawing: Any, count: int) -> None:
    trials = table(count).assign(gone=None, same=1, **{"$odd_$": "$x_$"})
    sheet = draw(drawing, trials, settings=(*SETTINGS, "gone", "same", "$odd_$"), default="00")
    best = f"{trials['score'].max():.4g}"
    shown = [sheet.axes[0].get_title(), *legend(sheet)]
    assert any(best in text for text in shown) or drawing is effects
    if drawing is effects:
        assert len(sheet.axes) == 8


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize("count", [1, 100])
def test_everything_written_lies_inside_the_figure(drawing: Any, count: int) -> None:
    trials = table(count)
    names = [f"a_rather_long_name_of_setting_{i}" for i in range(7)]
    trials = trials.assign(
        **{name: [f"kind_number_{i % 9}" for i in range(count)] for name in names}
    )
    for settings in (SETTINGS[:2], (*SETTINGS, *names)):
        sheet = draw(drawing, trials, settings=settings) if drawing is not effects else None
        sheet = sheet or draw(effects, trials[:9], settings=settings)  # no forest: it takes long
        box = sheet.get_tightbbox()
        width, height = sheet.get_size_inches()
        assert box.x0 > -0.02
        assert box.y0 > -0.02
        assert box.x1 < width + 0.02
        assert box.y1 < height + 0.02


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_labels_of_ticks_do_not_touch(drawing: Any) -> None:
    for axes in draw(drawing, table()).axes:
        level = [label for label in axes.get_xticklabels() if not label.get_rotation()]
        boxes = [each.get_window_extent() for each in [*level, *axes.texts]]
        for place, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(ValueError) as error:
        draw(effects, table(2)[["trial", "status", "score", "ended", "rate"]], settings=["rat"])
    assert str(error.value) == (
        "trials must have the columns ['epochs', 'rat']. "
        "Received: ['trial', 'status', 'score', 'ended', 'rate']"
    )
