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
# Everything runs on a laptop in about a minute, on scikit-learn's 1,797 small digits,
# and nothing is downloaded. The networks are tiny and are trained for 6 epochs only, so that
# many trials fit in: look at how things are done, not at the scores.

# %% [markdown] lang="zh"
# # 调参：让搜索来拧旋钮
#
# 多少个单元，几层，Dropout 多大，学习率多少？事先谁也不知道，换一份数据答案又不一
# 样。**超参数搜索**就是把各种设置试一遍，留下最好的。在这本笔记本里，你会写出一个设置空间，用
# [Keras Tuner](https://keras.io/keras_tuner/) 搜索它；学会看搜索留下的三张图；
# 追问搜到的结果里有多少是运气；最后把调好的网络和你手工设定的网络比一比。
#
# 全部代码在普通电脑上大约一分钟跑完，用的是 scikit-learn 的 1,797 张小数字图，
# 不需要下载任何东西。网络很小，每个只训练 6 轮（epoch），这样一分钟内才装得下好几次试验：
# 请看做法，别看分数。

# %%
import os
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import keras_tuner
import numpy as np

import lstm_toolkit as lt
from lstm_toolkit.settings.search_space import Range, parse_space
from lstm_toolkit.training.fitting import fit
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
# ## 三个集合，三种用途
#
# **训练集**决定权重。**验证集**决定其余一切：哪一轮最好，在这里还有哪组设置最好。**测试集**用来说明最终结果有多好，所以它不能参与任何决定。
#
# 为什么这么严格？设想有 100 个同样好的网络。在几百张图像上，它们的分数会因运气而有高低，
# 搜索就会选中运气最好的那个。用来挑选它的那个分数于是偏高，而且试得越多偏得越多。
# 换成没有参与挑选的图像，这份运气就没有了。所以：搜索用验证集，测试集只在最后看一次。

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
# 最后一行是比例的标准误。两组设置之间的差别如果只有这么大，就不足以说明谁更好。我们按验证集上的损失来搜索，它比准确率平滑：每一张图都会让它变化，而不只是那些恰好翻转了对错的图。
#
# ## 搜索空间
#
# 空间写明要试哪些设置，每个设置试哪些值。写法和命令行里一样，用文字就行：

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
# 学习率应该用对数刻度，因为重要的是倍数：从 0.001 到 0.002，和从 0.01 到 0.02 一样远。如果均匀抽取，十分之九的值都会落在 0.005 以上。
#
# 写错了，训练开始之前就会提示：

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
# 最后一条值得想一想。如果连随机种子也拿来搜索，搜到的就是对自己最有利的那种数据划分。凡是会改变**分数怎么量**的东西，都不能搜索。
#
# ### 一组具体的设置
#
# 调参器怎么用这个空间？它交出一个 `hp` 对象，`task.space` 向它逐项要值，返回的就是这个任务自己的设置，和你手工填写的是同一个 dataclass。搭建网络没有第二条路，所以调出来的网络和别的网络一样可以训练、导出、部署。

# %%
hp = keras_tuner.HyperParameters()
settings = digits.space(hp, by_hand, space)
print(type(settings).__name__, settings.units, settings.learning_rate, settings.dropout)
print(f"{digits.build(settings, data.states).count_params():,} parameters")

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
# 第二层的宽度是**有条件的**：有第二层时它才存在。调参器如果不知道这一点，就会从一个不起作用的值里“学到”东西。
#
# 还没有选值的时候，每个设置都取你手工设定的值。每次搜索的第一次试验用的正是这一组，
# 所以搜索的结果不会比你原来的更差。
#
# ## 随机搜索
#
# 最简单的调参器就是随机抽取。试验次数不多时，它很难被超过，而且比网格好得多：真正要紧的设置通常只有一两个，9 次试验的网格在每个设置上只试了三个值，9 次随机试验却试了九个（J. Bergstra 和 Y. Bengio，2012）。
#
# `tuner` 返回的是真正的 `keras_tuner.Tuner`。先只给它十秒钟，看看被打断的搜索会怎样。


# %%
def random_search():
    return tuner(digits, Path("random"), settings=by_hand, space=words, trials=6)


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
# ### 接着搜
#
# 一切都存在文件夹 `random` 里。再执行一次同样的调用，就会从断点继续：已完成的试验不会丢，
# 也不会重新训练，随机数也从断开的地方接着往下抽。哪怕在一次试验当中 `kill -9` 也没关系，
# 那次试验会从最后完成的一轮接着训练。命令行里对应的是 `--resume`，时间限制用 `--budget 30m`。
# （打印的各行按完成的先后从 1 数起，Keras Tuner 给试验命名则按开始的先后从 0 数起。）

# %%
search = random_search()
search.search()

# %% [markdown] lang="en"
# What the tuner knows now is asked as in any other project with Keras Tuner.

# %% [markdown] lang="zh"
# 要查看调参器目前的结果，方法和其他使用 Keras Tuner 的项目一样。

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
# ## 三张图
#
# 先看表格：一行一次试验，按完成的先后排列。`lstm-toolkit tune` 会把它写成 `trials.csv`，并画出下面三张图。

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
# **目标值随时间的变化**：每个点是一次试验，折线是到此为止的最好成绩，水平线是你手工设定的那一组
# （试验 0）。问问自己：折线还在下降吗？那么再多试几次可能有用。已经平了很久？
# 那么再试也没多大意思，除非空间本身选错了。

# %%
figures = search.figures()
figures["objective"]

# %% [markdown] lang="en"
# **Parallel coordinates.** Each trial is a line through its settings to its score, the darker
# the better, and here low is good. Follow the dark lines to the left: where they meet on an
# axis, that setting matters, and where they cross it anywhere, it does not. At "–" a setting did
# not exist. The orange line is the best, the broken one yours. If the best lines meet at the *end* of an axis, the space
# may end too early: widen it, as one should with the learning rate here.

# %% [markdown] lang="zh"
# **平行坐标图**：每条线是一次试验，穿过它的各个设置，最后到达它的分数；颜色越深越好，
# 而这里分数越低越好。顺着深色的线往左看：它们在哪根轴上聚到一处，哪个设置就要紧；
# 在哪根轴上到处都有，哪个设置就不要紧。“–”表示这个设置不存在。橙色线是最好的一组，
# 虚线是你的那一组。如果最好的几条线聚在某根轴的**尽头**，说明空间可能太窄：把它放宽，
# 这里的学习率就该这样做。

# %%
figures["parallel"]

# %% [markdown] lang="en"
# **Effects.** The score over each setting, those first that explain most. The number
# says which share of the ranks' variance the setting explains. Beware: with so few trials a
# share of 0.3 may be nothing but chance, and a setting with 0.00 may matter all the same, in
# company of another one or in the middle of its range.

# %% [markdown] lang="zh"
# **影响图**：分数随每个设置的变化，解释力最强的排在前面。图上的数字表示：各次试验名次的方差里，
# 有多大比例可以由这个设置解释。小心：试验这么少，0.3 也可能纯属偶然；而 0.00 的设置照样可能要紧，
# 比如要和别的设置配合才起作用，或者最佳值在范围的中间。

# %%
figures["effects"]

# %% [markdown] lang="en"
# With these digits the learning rate decides nearly alone. That is the usual result when trials
# are short: a network that learns too slowly has no chance in 6 epochs, however good it would be
# after 60. Remember that a search finds what is best *for the epochs it gave*.
#
# ## Hyperband: stop early what is bad early
#
# Some of the trials above never came near the best, and were trained to the end all the same.
# **Hyperband** (L. Li et al., [arXiv:1603.06560](https://arxiv.org/abs/1603.06560)) starts more
# trials, gives each few epochs, and only the best third go on, from where they were. Its first
# bracket here: 5 trials of 2 epochs, then the best 2 of them up to epoch 6.

# %% [markdown] lang="zh"
# 在这些数字图上，几乎全由学习率说了算。试验很短时，结果通常都是这样：学得太慢的网络，即使训练 60 轮后会非常好，在 6 轮之内也没有机会。请记住：搜索找到的，是**在给定的轮数下**最好的设置。
#
# ## Hyperband：差的早点停
#
# 上面有些试验从来没有接近过最好成绩，却照样训练到了最后。**Hyperband**（L. Li
# 等，[arXiv:1603.06560](https://arxiv.org/abs/1603.06560)）让更多的试验起步，每次只给几轮，
# 只有最好的三分之一从停下的地方接着训练。它在这里的第一组是：5 次试验各 2 轮，其中最好的 2
# 次继续到第 6 轮。

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
# 随机种子相同，所以最先的五组设置就是随机搜索最先试的那五组。无论试验是否被中途叫停，学习率都按同一条曲线下降，所以继续训练的试验最后得到的分数，必然和上面分毫不差。下面来核对一下，并数一数用了多少轮。

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
axes.set(xlabel="epochs of training spent", ylabel="val_loss", xlim=(0, 40))
axes.legend(frameon=False)
figure

# %% [markdown] lang="en"
# Which one won here says little, since both drew the same settings in the same order: had the best
# one come first, random search would have won. So ask instead what random search finds
# *on average* in as many epochs, over all ways to choose that many of its six trials.

# %% [markdown] lang="zh"
# 这次谁赢了，说明不了什么，因为两边按同样的顺序抽到了同样的设置：要是最好的那一组排在第一个，赢的就是随机搜索。不如换个问法：用同样多的轮数，随机搜索**平均**能找到多好的结果？从它的六次试验里选出相应的个数，把所有选法平均一下。


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
# The best of six scores may be a lucky one, even on the validation split. So train the default
# and the best again with three *new* seeds: other first weights, another order of the
# images, the same three splits.

# %% [markdown] lang="zh"
# 如果开头几轮就能看出结局，Hyperband 很划算，学习率最要紧时就是如此。看不出时它会看走眼：Dropout 大、学习率小的网络起步慢，最后却可能很好。另外，只有当时间主要花在训练轮数上，才真省得下时间。这里每次试验的准备比训练还久，换成你的数据，多半正好相反。
#
# ## 有多少是运气？
#
# 六个分数里最好的那个，即使是在验证集上，也可能是碰巧。所以把默认设置和最好的设置各用三
# 个**新的**随机种子重新训练：初始权重不同，图像顺序不同，三个集合的划分不变。


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
figure = lt.plots.figure(6.4, 1.9)
axes = lt.plots.plain(figure.add_subplot())
for place, (name, found) in enumerate(results.items()):
    axes.plot([loss for loss, _ in found], [place] * len(found), "o", color=lt.plots.BLUE)
    axes.plot(searched[name], place, "o", mfc="none", color=lt.plots.ORANGE)
axes.set_yticks(range(len(results)), list(results))
axes.set(xlabel="val_loss (filled: new seeds; open: in the search)", xlim=(0, None))
axes.set_ylim(len(results) - 0.5, -0.5)
figure

# %% [markdown] lang="en"
# Read the figure like this: the distance between two rows, against the width of a row. Rows
# that lie far apart tell of settings that differ; rows that overlap may differ by luck alone. Three
# seeds are few, but far better than one, and a difference worth reporting is one that they
# all show. Here the distance is many times the width, so luck had little part in it, and
# the open point of the tuned settings is no better than the filled ones. That is not the
# rule: where the first five trials differ by less than a row is wide, the best of
# them owes its place to its seed.
#
# ### The test split, once

# %% [markdown] lang="zh"
# 这张图这样看：拿两行之间的距离，和一行自己的宽度比。相距很远，说明两组设置真有差别；互相重叠，就可能只是运气好坏之分。三个种子不算多，但远比一个好；值得写进报告的差别，是每个种子上都看得到的差别。这里的距离是行宽的好多倍，运气没起多大作用，而且调好的设置那个空心点并不比实心点更好。但情况并不总是这样：如果前几名之间的差别还不到一行的宽度，第一名就是靠种子得来的。
#
# ### 测试集，只看一次


# %%
def arrays(rows):
    pixels = digits.preprocess(rows.inputs, data.states)
    return np.asarray(pixels), data.encoded_targets(rows).rows


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
# 测试集就看到这里。如果你因为这些数字还不够好又回头继续搜索，测试集就成了第二个验证集。
#
# ## 自己写 HyperModel
#
# 就算完全不用上面这些，你也可以在自己的搜索里使用 `lt.builders`：它们返回普通的 Keras 模型，可以直接交给 Keras Tuner 自带的类。


# %%
class Mine(keras_tuner.HyperModel):
    def build(self, hp):
        keras.utils.set_random_seed(0)
        units, dropout = hp.Int("units", 16, 48, step=16), hp.Float("dropout", 0, 0.5)
        model = lt.builders.lstm_classifier((8, 8), classes=10, units=(units,), dropout=dropout)
        adam = keras.optimizers.Adam(hp.Float("learning_rate", 0.002, 0.05, sampling="log"))
        model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
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
# The trials of a random search do not depend on each other, so six of them can tell you what
# three would have found. What is the best of 1, 2, 3 and 5 trials on average? When is
# one more trial no longer worth its time?

# %% [markdown] lang="zh"
# ## 练习 1：试多少次才够？
#
# 随机搜索的各次试验互不相干，所以从六次试验里就能看出，只试三次会找到什么。1、2、3、5 次试验的最好成绩平均是多少？从什么时候起，再多试一次就不值得了？

# %% tags=["solution"]
for n in (1, 2, 3, 5, 6, 20):
    found = f"{best_of(trials.score, n).mean():.3f}" if n <= len(trials) else "  ?  "
    print(f"{n:>2} trials: {found} on average, {1 - 0.9**n:.0%} find one of the best tenth")

# %% [markdown] lang="en"
# The more trials, the lower the mean of the best loss: it falls fast at first, then slowly. There is no number
# that is always right: it depends on how much of the space is good. If a share $p$ of it is good
# enough, $n$ random trials find one of those with probability $1-(1-p)^n$, whatever the number
# of settings. The printed percentages are those for the best tenth, $p=0.1$.
#
# ## Exercise 2: what did it?
#
# The tuned settings differ from yours in several places at once. Take your own and change the
# learning rate alone to the tuned one. How much of the gain is that? Compare for a seed that all
# three have had, seed 1.

# %% [markdown] lang="zh"
# 试验次数 *n* 越大，最好成绩（这里是损失）的平均值越低，先降得快，后降得慢。没有一个放之四海而皆准的次数，要看空间里有多大一部分是好的。如果足够好的部分占比例 $p$，那么 $n$ 次随机试验至少碰到一次的概率是 $1-(1-p)^n$，和设置有多少个无关。打印出的百分数就是 $p=0.1$ 的情形，即碰到最好的十分之一。
#
# ## 练习 2：功劳归谁？
#
# 调好的设置和你的设置有好几处不同。请在你自己的设置里只把学习率换成调好的值。这样得到了全部改进中的多少？用三者都训练过的种子 1 来比较。

# %% tags=["solution"]
mixed = replace(by_hand, learning_rate=tuned.learning_rate)
results["rate alone"] = again(mixed, seeds=(1,))
for name, each in (("by hand", by_hand), ("tuned", tuned), ("rate alone", mixed)):
    print(
        f"{name:<11}val_loss {results[name][0][0]:.3f}  units={each.units} "
        f"dropout={each.dropout:.2f} learning_rate={each.learning_rate:.4f}"
    )

# %% [markdown] lang="en"
# Here the learning rate is all of the gain: with it, your own units and dropout do no worse
# than those of the search. Such a check is worth its minutes. What turns out not to matter can be
# left as it was, or set to what is fastest.
#
# ## Exercise 3: how large is a grid?
#
# `algorithm="grid"` tries every combination. How many are there of `units=16,32`,
# `units.layers=1..2` and `dropout=0,0.3`? Count by hand first, and mind the width that exists
# only in a second layer.

# %% [markdown] lang="zh"
# 在这里，改进全部来自学习率：换上它，你自己的单元数和 Dropout 并不比搜到的差。这样的核对值得花几分钟。不要紧的设置可以保持原样，或者改成跑得最快的值。
#
# ## 练习 3：网格有多大？
#
# `algorithm="grid"` 会试遍所有组合。`units=16,32`、`units.layers=1..2`、`dropout=0,0.3` 一共有多少种？先自己数一数，注意第二层的宽度只有在有第二层时才存在。

# %% tags=["solution"]
fixed = {"learning_rate": by_hand.learning_rate, "batch_size": by_hand.batch_size}
small = {"units": "16,32", "units.layers": "1..2", "dropout": "0,0.3"}
grid = tuner(digits, Path("grid"), settings=by_hand, algorithm="grid", space=small, fixed=fixed)
count = 0
while (trial := grid.oracle.create_trial(f"worker {count}")).status == "RUNNING":
    count += 1
    print(f"{count:>3}  {report.shown(trial.hyperparameters.values)}")

# %% [markdown] lang="en"
# With one layer there are 2 widths, with two layers 2 × 2; each with 2 values of dropout. That
# makes (2 + 4) × 2 = 12. The tuner's oracle chooses the trials, and can be asked without
# training any. With a third value of each setting it would be 117: that is why grids are for
# two or three settings that you know to matter.
#
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
#
# The next notebook measures where the time goes:
# [05_speed_and_precision](05_speed_and_precision.ipynb).

# %% [markdown] lang="zh"
# 一层时有 2 种宽度，两层时有 2 × 2 种，每种再配 2 个 Dropout 值，一共 (2 + 4) × 2 = 12 种。试验由调参器的 oracle 挑选，不用训练也可以直接问它。每个设置要是都再多一个值，就会变成 117 种：所以网格只适合两三个你确知要紧的设置。
#
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit tune digits --data my_images --trials 30 --budget 2h --out tuning/mine
# lstm-toolkit tune digits --data my_images --trials 30 --budget 2h --out tuning/mine --resume
# lstm-toolkit export tuning/mine/best models/mine
# ```
#
# - `lstm-toolkit tune digits --help` 会告诉你默认搜索哪些设置；`--search units=32..256` 放宽范围，`--set dropout=0.3` 把一个设置固定下来。
# - 先做 20 次随机试验，看看图。不要紧的固定下来，要紧的收窄范围，最好的值落在尽头的就放宽，然后换一个新文件夹再搜一次。
# - 试验的轮数要和最终训练的轮数一样，或者用 `--tuner hyperband`，让值得多训练的试验多训练几轮。
# - 在相信差别之前，把优胜者和默认设置各用三个种子训练一遍。
# - 文本和翻译的搜索也一样：`tune sentiment`、`tune translation`。
#
# 完整的指南见 [docs/tuning.md](../docs/tuning.md)（英文）：所有的调参器、多个进程和多台机器，
# 以及搜索被打断时保证什么。
#
# 下一本笔记本测量训练的时间花在哪
# 里：[05_speed_and_precision](05_speed_and_precision.zh-CN.ipynb)。
