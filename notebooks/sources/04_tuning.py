# %% [markdown] lang="en"
# # Tuning: let a search set the dials
#
# How many units, how many layers, how much dropout, which learning rate? Nobody knows
# beforehand, and the answer is another one for other data. A **hyperparameter search** tries
# settings and keeps those that do best. In this notebook you write down a space of settings,
# search it with [Keras Tuner](https://keras.io/keras_tuner/), read the three figures that a
# search leaves, ask how much of what it found is luck, and compare the tuned network with the
# one you set by hand.
#
# Everything runs on a laptop in under three minutes, on scikit-learn's 1,797 small digits,
# and nothing is downloaded. The networks are tiny and are trained for 6 epochs only, so that
# many fit into these minutes: look at how things are done, not at the scores.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
import os
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import keras_tuner
import numpy as np

import lstm_toolkit as lt
from lstm_toolkit.fitting import fit
from lstm_toolkit.search_space import Range, parse_space
from lstm_toolkit.tuning import report, tuner

# %matplotlib inline
os.chdir(mkdtemp())  # all files below are written there

# %% [markdown] lang="en"
# ## Three splits, three purposes
#
# The *training* split sets the weights. The *validation* split sets everything else: which
# epoch was the best one, and here which settings. The *test* split says how good the result is,
# and for that it must have decided nothing.
#
# Why so strict? Take 100 networks that are all equally good. On a few hundred images they score
# differently by luck, and a search picks the luckiest. The score it was picked by is then too
# high, and the more you try, the more so. On images that had no say in the choice the luck is
# gone. So: search with the validation split, look at the test split once, at the end.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
digits = lt.get_task("digits")
by_hand = digits.settings(
    **digits.presets["plain"]
    | {"units": (24,), "learning_rate": 0.003, "epochs": 6, "validation_share": 0.2}
)
data = lt.prepare(digits, by_hand)
splits = data.splits
for name in ("train", "validation", "test"):
    print(f"{name:<11}{len(getattr(splits, name)):>6} images")
accuracy, images = 0.9, len(splits.validation)
print(
    f"an accuracy of {accuracy} on {images} images is sure to "
    f"±{np.sqrt(accuracy * (1 - accuracy) / images):.3f}"
)

# %% [markdown] lang="en"
# The last line is the standard error of a share. Differences of that size between two settings
# are no reason to prefer one. We search by the loss on the validation split, which is
# smoother than accuracy: it changes with every image, not only with those that tip over.
#
# ## The search space
#
# A space names settings and tells, for each, what to try. It is written in words, as on the
# command line:

# %% [markdown] lang="zh"
# ZH-TODO

# %%
words = {
    "units": "8..48/8",  # 8, 16, … 48, for each layer
    "units.layers": "1..2",  # how many layers
    "dropout": "0..0.5",
    "learning_rate": "0.0005..0.05:log",  # as many from 0.0005 to 0.005 as from there to 0.05
    "batch_size": "32,64,128",  # one of these
}
space = parse_space(digits.settings, words)
print(space["units"] == Range(8, 48, step=8), *space.items(), sep="\n")

# %% [markdown] lang="en"
# A learning rate belongs on a logarithmic scale, since what matters is the factor: from 0.001 to
# 0.002 is as far as from 0.01 to 0.02. Drawn evenly, nine tenths of all values would lie above 0.005.
#
# A mistake is told before anything is trained:

# %% [markdown] lang="zh"
# ZH-TODO

# %%
for wrong in ({"unit": "8..48"}, {"dropout": "0.5..0"}, {"seed": "0,1,2"}):
    try:
        parse_space(digits.settings, wrong)
    except lt.InputError as error:
        print(error)

# %% [markdown] lang="en"
# The last one is worth a thought. If the seed were searched, the search would find the luckiest
# split of the data. Whatever changes *how a score is measured* cannot be searched.
#
# ### One configuration
#
# What does the tuner do with the space? It hands over an object `hp`, and `task.space` asks
# it for a value of each setting. What comes back is the task's own settings, the same
# dataclass that you fill in by hand. There is no second way to build a network, so a tuned
# one can be trained, exported and served like any other.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
hp = keras_tuner.HyperParameters()
settings = digits.space(hp, by_hand, space)
print(type(settings).__name__, settings.units, settings.learning_rate, settings.dropout)
print(f"{digits.build(settings, data.assets).count_params():,} parameters")

deep = keras_tuner.HyperParameters()
deep.Fixed("units.layers", 2)  # as if a tuner had chosen it
print("with two layers:", digits.space(deep, by_hand, space).units)
for each in hp.space:
    only = [f"only where {needed.name} is {needed.values[0]}" for needed in each.conditions]
    print(f"{each.name:<15}", type(each).__name__, *only)

# %% [markdown] lang="en"
# The width of the second layer is *conditional*: it exists only where a second layer does. A
# tuner that does not know this would learn from a value that had no effect.
#
# As long as nothing is chosen, every setting has the value you set by hand. The first trial of
# each search is exactly that, so a search does not end with less than you had.
#
# ## A random search
#
# The simplest tuner draws values at random. It is hard to beat when trials can be few, and far
# better than a grid: usually one or two settings matter, and while a grid of 9 trials tries three
# values of each, 9 random trials try nine (J. Bergstra and Y. Bengio, 2012).
#
# `tuner` returns a real `keras_tuner.Tuner`. We give it ten seconds at first, to see
# what happens to a search that is cut off.

# %% [markdown] lang="zh"
# ZH-TODO


# %%
def random_search():
    return tuner(digits, Path("random"), settings=by_hand, space=words, trials=7)


search = random_search()
print(isinstance(search, keras_tuner.Tuner))
search.oracle.deadline = time.monotonic() + 10
search.search()
print("trials done:", len(search.oracle.end_order))

# %% [markdown] lang="en"
# ### Going on
#
# Everything is in the folder `random`. The same call again goes on from there: no finished trial
# is lost or trained again, and the random numbers go on where they stood. Even a `kill -9`
# in the middle of a trial does no harm; that trial goes on from its last epoch. On the
# command line this is `--resume`, and `--budget 30m` sets the time. (The lines count trials
# as they end, from 1; Keras Tuner names them in the order of their beginning, from 0.)

# %% [markdown] lang="zh"
# ZH-TODO

# %%
search = random_search()
search.search()

# %% [markdown] lang="en"
# What the tuner knows now is asked as in any other project with Keras Tuner.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
search.results_summary(2)
best = search.get_best_hyperparameters()[0]
print("\nthe best, as settings:", digits.space(best, by_hand, space).units)
print(search.get_best_models()[0].count_params(), "parameters, trained, with its best weights")

# %% [markdown] lang="en"
# ## Three figures
#
# As a table, one row a trial, in the order in which they ended. `lstm-toolkit tune` writes it
# as `trials.csv` and draws the three figures that follow.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
trials = search.trials()
names = ["trial", "score", "units.1", "units.2", "dropout", "learning_rate", "batch_size"]
trials[names].round(4)

# %% [markdown] lang="en"
# **Objective over time.** Each point is a trial, the line is the best so far, the level line
# is what you set by hand (trial 0). Ask: is the line still falling? Then more trials may help. Has
# it been level for a long time? Then they will bring little, unless the space is the
# wrong one.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
figures = search.figures()
figures["objective"]

# %% [markdown] lang="en"
# **Parallel coordinates.** Each trial is a line through its settings to its score, the darker
# the better, and here low is good. Follow the dark lines to the left: where they meet on an
# axis, that setting matters, and where they cross it anywhere, it does not. At "–" a setting did
# not exist. The broken line is yours. If the best lines meet at the *end* of an axis, the space
# may end too early: widen it, as one should with the learning rate here.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
figures["parallel"]

# %% [markdown] lang="en"
# **Effects.** The score over each setting, those first that explain most. The number
# says which share of the ranks' variance the setting explains. Beware: with so few trials a
# share of 0.3 may be nothing but chance, and a setting with 0.00 may matter all the same, in
# company of another one or in the middle of its range.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
figures["effects"]

# %% [markdown] lang="en"
# With these digits the learning rate decides nearly alone. That is the usual result when trials
# are short: a network that learns too slowly has no chance in 6 epochs, however good it would be
# after 60. Remember that a search finds what is best *for the epochs it gave*.
#
# ## Hyperband: stop early what is bad early
#
# Some of the trials above never came near the best, and were trained to the end all the same. **Hyperband** (L. Li et al., [arXiv:1603.06560](https://arxiv.org/abs/1603.06560))
# starts more trials, gives each few epochs, and only the best third go on, from where they
# were. Its first bracket here: 5 trials of 2 epochs, then the best 2 of them up to epoch 6.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
hyperband = tuner(
    digits, Path("hyperband"), settings=by_hand, space=words, algorithm="hyperband", trials=7
)
hyperband.search()

# %% [markdown] lang="en"
# The seed is the same, so the first five settings are those that the random search began with.
# The learning rate falls by the same schedule whether a trial is stopped or not, so a trial that
# went on must end with the very score it has above. Let us see that, and count the epochs.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
halved = hyperband.trials()
tried = [hyperband.oracle.trials[name].hyperparameters.values for name in halved.trial]
begun = [values["tuner/initial_epoch"] for values in tried]
halved["spent"] = halved.epochs - begun
same = ["units.1", "units.2", "dropout", "learning_rate", "batch_size"]
both = halved.merge(trials[["trial", "score", *same]], on=same, suffixes=("", " in random"))
names = ["trial", "epochs", "spent", "score", "trial in random", "score in random"]
print(both[names].to_string(index=False))
print("epochs spent:", int(halved.spent.sum()))

# %%
figure = lt.plots.figure(6.4, 3.4)
axes = lt.plots.plain(figure.add_subplot())
for name, spent, scores, colour in (
    ("random", trials.epochs, trials.score, lt.plots.BLUE),
    ("hyperband", halved.spent, halved.score, lt.plots.ORANGE),
):
    label = f"{name}, best so far"
    axes.step(spent.cumsum(), scores.cummin(), where="post", color=colour, label=label)
    axes.plot(spent.cumsum(), scores, ".", color=colour)
axes.set(xlabel="epochs of training spent", ylabel="val_loss", xlim=(0, 50))
axes.legend(frameon=False)
figure

# %% [markdown] lang="en"
# Which one won here says little, since both drew the same settings in the same order: had the best
# one come first, random search would have won. So ask instead what random search finds
# *on average* in as many epochs, over all ways to choose that many of its seven trials.

# %% [markdown] lang="zh"
# ZH-TODO


# %%
def best_of(scores, n):
    return np.array([min(some) for some in combinations(scores, n)])


n = int(halved.spent.sum() // 6)
lucky = best_of(trials.score, n)
print(
    f"{n} random trials, {n * 6} epochs: the best is {lucky.mean():.3f} on average, "
    f"from {lucky.min():.3f} to {lucky.max():.3f}"
)
print(f"hyperband, {int(halved.spent.sum())} epochs: {halved.score.min():.3f}")

# %% [markdown] lang="en"
# Hyperband pays where the first epochs tell the end, as they do if the learning rate matters most.
# It can be wrong where they do not: much dropout and small learning rates start slowly and end
# well. And the time is saved only where epochs are what costs. Here each trial takes
# longer to set up than to train; with your data it will be the other way round.
#
# ## How much of it is luck?
#
# The best of seven scores may be a lucky one, even on the validation split. So train the default
# and the best again with three *new* seeds: other first weights, another order of the
# images, the same three splits.

# %% [markdown] lang="zh"
# ZH-TODO


# %%
def again(settings, seeds=(1, 2, 3)):
    """Returns the lowest validation loss and the network of each seed."""
    found = []
    for seed in seeds:
        seeded = replace(data, settings=replace(settings, seed=seed))
        model, progress = fit(seeded, Path(mkdtemp()))
        found.append((min(row["val_loss"] for row in progress.rows), model))
    return found


tuned = digits.space(best, by_hand, space)
results = {"by hand": again(by_hand), "tuned": again(tuned)}
searched = {"by hand": trials.score[0], "tuned": trials.score.min()}
for name, found in results.items():
    losses = np.array([loss for loss, _ in found])
    print(
        f"{name:<8} in the search {searched[name]:.3f}, again {np.round(losses, 3)}, "
        f"mean {losses.mean():.3f}, spread {np.ptp(losses):.3f}"
    )


# %%
def spread(results, searched):
    figure = lt.plots.figure(6.4, 0.7 + 0.6 * len(results))
    axes = lt.plots.plain(figure.add_subplot())
    for place, (name, found) in enumerate(results.items()):
        axes.plot([loss for loss, _ in found], [place] * len(found), "o", color=lt.plots.BLUE)
        if name in searched:
            axes.plot(searched[name], place, "o", mfc="none", color=lt.plots.ORANGE)
    axes.set_yticks(range(len(results)), list(results))
    axes.set(xlabel="val_loss (filled: new seeds; open: in the search)", xlim=(0, None))
    axes.set_ylim(len(results) - 0.5, -0.5)
    return figure


spread(results, searched)

# %% [markdown] lang="en"
# Read the figure like this: the distance between two rows, against the width of a row. Rows
# that lie far apart are different settings; rows that overlap may be the same luck twice. Three
# seeds are few, but far better than one, and a difference worth reporting is one that they
# all show. Here the distance is many times the width, so luck had little part in it, and
# the open point of the tuned settings is no better than the filled ones. That is not the
# rule: where the first five trials differ by less than a row is wide, the best of
# them owes its place to its seed.
#
# ### The test split, once

# %% [markdown] lang="zh"
# ZH-TODO


# %%
def arrays(examples):
    pixels = digits.preprocess(examples.inputs, data.assets)
    return np.asarray(pixels), digits.targets(examples, by_hand, data.assets)


x, y = arrays(splits.test)
for name, found in results.items():
    rights = [np.asarray(model(x, training=False)).argmax(axis=1) == y for _, model in found]
    scores = np.mean(rights, axis=1)
    print(f"{name:<8} accuracy {np.round(scores, 3)}, mean {scores.mean():.3f}")

# %% [markdown] lang="en"
# That was the look at the test split. If you go back now and search on because these numbers
# could be better, the test split has become a second validation split.
#
# ## Your own HyperModel
#
# You need none of this to use the builders in a search of your own: what they return are plain
# Keras models, and Keras Tuner's own classes take them.

# %% [markdown] lang="zh"
# ZH-TODO


# %%
class Mine(keras_tuner.HyperModel):
    def build(self, hp):
        keras.utils.set_random_seed(0)
        model = lt.builders.lstm_classifier(
            (8, 8),
            classes=10,
            units=(hp.Int("units", 16, 48, step=16),),
            dropout=hp.Float("dropout", 0, 0.5),
        )
        rate = hp.Float("learning_rate", 0.002, 0.05, sampling="log")
        model.compile(
            keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        return model

    def fit(self, hp, model, *args, **kwargs):
        return model.fit(*args, batch_size=hp.Choice("batch_size", [32, 64]), **kwargs)


mine = keras_tuner.RandomSearch(Mine(), "val_accuracy", max_trials=2, seed=1, directory="mine")
x, y = arrays(splits.train)
mine.search(x, y, epochs=2, validation_data=arrays(splits.validation), verbose=0)
print(mine.get_best_hyperparameters()[0].values)

# %% [markdown] lang="en"
# ## Exercise 1: how many trials?
#
# The trials of a random search do not depend on each other, so seven of them can tell you what
# three would have found. What is the best of 1, 2, 3 and 5 trials on average? When is
# one more trial no longer worth its time?
#
# <details><summary>Solution</summary>
#
# Run the next cell. The mean best of *n* trials always falls, fast at first, then slowly.
# There is no number that is always right: it depends on how much of the space is good.
# If a share *p* of it is good enough, *n* random trials find one of those with probability
# 1 − (1 − p)ⁿ, whatever the number of settings. For the best tenth that is 52 % with
# 7 trials and 88 % with 20.
# </details>

# %% [markdown] lang="zh"
# ZH-TODO

# %%
for n in (1, 2, 3, 5, 7):
    found = best_of(trials.score, n)
    print(f"{n} trials: {found.mean():.3f} on average, {1 - 0.9**n:.0%} find one of the best tenth")

# %% [markdown] lang="en"
# ## Exercise 2: what did it?
#
# The tuned settings differ from yours in five places at once. Take your own and change the
# learning rate alone to the tuned one. How much of the gain is that?
#
# <details><summary>Solution</summary>
#
# `replace(by_hand, learning_rate=…)` makes the settings; `again` and `spread` do the rest. Compare
# the new row with the other two: here the learning rate is all of the gain, and with it your own
# units and dropout do no worse than those of the search. Such a check is worth its minutes: what
# turns out not to matter can be left as it was, or set to what is fastest. (The open point is
# missing, as the search has not tried these settings.)
# </details>

# %% [markdown] lang="zh"
# ZH-TODO

# %%
results["by hand, tuned\nlearning rate"] = again(
    replace(by_hand, learning_rate=tuned.learning_rate)
)
print("by hand:", by_hand.units, by_hand.dropout, by_hand.batch_size, by_hand.learning_rate)
print(
    "tuned:  ",
    tuned.units,
    round(tuned.dropout, 3),
    tuned.batch_size,
    round(tuned.learning_rate, 4),
)
spread(results, searched)

# %% [markdown] lang="en"
# ## Exercise 3: how large is a grid?
#
# `algorithm="grid"` tries every combination. How many are there of `units=16,32`,
# `units.layers=1..2` and `dropout=0,0.3`? Count by hand first, and mind the width that exists
# only in a second layer.
#
# <details><summary>Solution</summary>
#
# With one layer there are 2 widths, with two layers 2 × 2; each with 2 values of dropout. That
# makes (2 + 4) × 2 = 12. The tuner's oracle chooses the trials, and can be asked without
# training any.
# </details>

# %% [markdown] lang="zh"
# ZH-TODO

# %%
fixed = {"learning_rate": by_hand.learning_rate, "batch_size": by_hand.batch_size}
grid = tuner(
    digits,
    Path("grid"),
    settings=by_hand,
    algorithm="grid",
    fixed=fixed,
    space={"units": "16,32", "units.layers": "1..2", "dropout": "0,0.3"},
)
count = 0
while (trial := grid.oracle.create_trial(f"worker {count}")).status == "RUNNING":
    count += 1
    print(f"{count:>3}  {report.shown(trial.hyperparameters.values)}")

# %% [markdown] lang="en"
# ## What to try on your own data
#
# ```bash
# lstm-toolkit tune digits --data my_images --trials 30 --budget 2h --out tuning/mine
# lstm-toolkit tune digits --data my_images --trials 30 --budget 2h --out tuning/mine --resume
# lstm-toolkit export tuning/mine/best models/mine
# ```
#
# - `lstm-toolkit tune digits --help` tells what is searched where you say nothing; `--search
#   units=32..256` widens it, `--set dropout=0.3` takes a setting out.
# - Begin with 20 random trials and look at the figures. Fix what does not matter, narrow what
#   does, widen where the best lie at an end, and search again with a new folder.
# - Give trials the epochs that you will train with in the end, or use `--tuner hyperband`, which
#   gives them to those that earn them.
# - Train the winner and your default with three seeds before you believe in a difference.
# - Search texts and translations in the same way: `tune sentiment`, `tune translation`.
#
# [docs/tuning.md](../docs/tuning.md) is the guide: all tuners, several workers and machines, and
# what is promised when a search is cut off.

# %% [markdown] lang="zh"
# ZH-TODO
