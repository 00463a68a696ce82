# %% [markdown] lang="en"
# # Forecasting: what comes next, and how sure
#
# Values over time (load, sales, traffic) ask for two numbers at once: what comes next, and how
# far off it may be. In this notebook you make a series, see a plain LSTM do hardly better than "the
# same as yesterday" and worse than a line, find out why, and mend it in three steps. Then you ask for intervals, check that
# they hold what they promise, test from several points in time, and look at why a forecast of
# prices that looks perfect is worth nothing.
#
# Everything runs on a laptop in about a minute; nothing is downloaded.

# %% [markdown] lang="zh"
# # 预测：接下来会怎样，有多大把握
#
# 随时间变化的数值（用电负荷、销量、车流量）要同时回答两个问题：接下来是多少，可能差多少。在这本笔记本里，
# 你会造一条序列，看着一个普通的 LSTM 只比“和昨天一样”好一点点，还不如一条直线，弄清原因，再分三步把它修好。然后给出预测区间，
# 检验区间是否名副其实，从多个时间点做回测，最后看看为什么一条看起来完美的股价预测毫无价值。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。

# %%
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

import lstm_toolkit as lt
from lstm_toolkit.data.readers.series.samples import sample_values

folder = Path(mkdtemp())
values = sample_values(2400)
table = pd.DataFrame(
    {"ds": pd.date_range("2024-01-01", periods=len(values), freq="h"), "y": values.round(2)}
)
table.to_csv(folder / "load.csv", index=False)
figure, axes = plt.subplots(figsize=(8, 2.2))
axes.plot(table.ds[:336], table.y[:336], linewidth=1)
axes.set_ylabel("made load")
plt.show()

# %% [markdown] lang="en"
# ## A plain LSTM
#
# Four days go in, one day is to come out. The first thing that most people write is below: one
# number a step into an LSTM, a dense layer on its last state. The last fifth of the time is kept
# for the test; beside the network stand the value of 24 hours ago, which needs no training, and
# a linear fit from the 96 numbers to the 24.

# %% [markdown] lang="zh"
# ## 一个普通的 LSTM
#
# 输入四天，输出一天。多数人最先写出来的就是下面这样：每步一个数送进 LSTM，在最后的状态上接一个全连接层。
# 最后五分之一的时间留作测试；旁边放上“24 小时前的值”，它完全不用训练；再放上一个从 96 个数到 24 个数的线性拟合。

# %%
WINDOW, HORIZON = 96, 24
pieces = np.lib.stride_tricks.sliding_window_view(values, WINDOW + HORIZON)
cut = int(0.8 * len(pieces))
train, test = pieces[: cut - HORIZON], pieces[cut:]
mean, deviation = train.mean(), train.std()


def network(output: int = HORIZON) -> keras.Model:
    keras.utils.set_random_seed(0)
    steps = keras.Input((WINDOW, 1))
    summary = keras.layers.LSTM(32)(steps)
    return keras.Model(steps, keras.layers.Dense(output)(summary))


def fit(model: keras.Model, inputs: np.ndarray, targets: np.ndarray) -> None:
    model.compile(keras.optimizers.Adam(0.005), "mae")
    model.fit(inputs, targets, epochs=3, batch_size=64, verbose=0)


plain = network()
fit(plain, (train[:, :WINDOW, None] - mean) / deviation, (train[:, WINDOW:] - mean) / deviation)
foretold = plain.predict((test[:, :WINDOW, None] - mean) / deviation, verbose=0) * deviation + mean
day_ago = test[:, WINDOW - 24 : WINDOW]
truth = test[:, WINDOW:]
line = Ridge().fit(train[:, :WINDOW], train[:, WINDOW:]).predict(test[:, :WINDOW])
compared = {"plain LSTM": foretold, "24 hours ago": day_ago, "a linear fit": line}
for name, numbers in compared.items():
    print(f"{name:<14} mean absolute error {np.abs(numbers - truth).mean():.2f}")

# %% [markdown] lang="en"
# Why so little? Three reasons, each with its remedy:
#
# 1. **Level.** The series rises, so the test lies higher than anything in training. Subtract each
#    window's last value, and add it to the forecast: the network learns changes.
# 2. **Distance.** What matters most is 24 steps ago, and 48, and 72. An LSTM that reads 96 numbers one
#    by one has to carry them along. Let it read a day at a time: four steps of 24 numbers.
# 3. **Lines.** A linear fit of all 96 numbers is hard to beat where things repeat. Let the network begin
#    there, and learn what is left.

# %% [markdown] lang="zh"
# 为什么这么差？有三个原因，各有对策：
#
# 1. **水平。** 序列在上升，测试段比训练里见过的都高。把每个窗口的最后一个值减掉，预测完再加回来：网络学的是变化。
# 2. **距离。** 最重要的是 24 步之前、48 步之前、72 步之前的值。一个数一个数地读 96 步，LSTM 得一路记着它们。
#    让它一次读一天：4 步，每步 24 个数。
# 3. **线性。** 有规律重复的地方，用全部 96 个数做线性拟合就很难超越。让网络从线性拟合出发，只学剩下的部分。

# %% [markdown] lang="en"
# ## The toolkit's network
#
# `forecasting` does all three, in the graph, so that the export takes raw windows. It reads the
# table, finds the season, splits by time, and scores the simplest methods on the same windows.

# %% [markdown] lang="zh"
# ## 工具包的网络
#
# `forecasting` 把三件事都放进计算图里做，所以导出的模型直接接收原始窗口。它读表、找周期、按时间划分，
# 并在同样的窗口上给最简单的方法打分。

# %%
run = lt.train(
    "forecasting",
    {"window": WINDOW, "horizon": HORIZON, "units": (32,), "epochs": 8},
    folder / "run",
    data=folder / "load.csv",
)
scores = run.metrics["test"]
print(run.config["data"]["note"].replace(str(folder), "…"))
print(f"season found: {run.settings.season} steps")
for name, one in {**scores["baselines"], "LSTM beside a line": scores}.items():
    print(f"{name:<20} MAE {one['mae']:.2f}   MASE {one['mase']:.2f}")

# %% [markdown] lang="en"
# **MASE** divides the error by that of repeating the last season in the series' own past. It has no
# unit, so it can be averaged over series of any size, and 1 means "as good as yesterday".
#
# ## How sure
#
# The network gives nine quantiles a step, from q10 to q90. Of the values that follow, a tenth should
# lie below q10, a tenth above q90: 80 % between them. Trained quantiles are too narrow as a rule, since
# the network knows its training rows too well. So they are moved until they are right on the
# validation split. On the test split, which comes later still, we can check. With one short series
# the validation split holds few days, so do not expect 80 % to the point.

# %% [markdown] lang="zh"
# **MASE** 把误差除以“在序列自己的过去里重复上一个周期”的误差。它没有单位，大小不同的序列可以直接平均；
# 等于 1 就是“和昨天一样好”。
#
# ## 有多大把握
#
# 网络在每一步给出九个分位数，从 q10 到 q90。随后出现的值应该有十分之一低于 q10，十分之一高于 q90，
# 80% 落在中间。训练出来的分位数往往偏窄，因为网络对训练数据太熟了。所以要在验证集上把它们校正到准确为止，
# 再到更晚的测试集上检验。这里只有一条短序列，验证集没有几天，别指望恰好是 80%。

# %%
model = lt.load(folder / "run")
print(f"between q10 and q90: {scores['coverage']:.0%} of the test values")
print("factors:", [round(each, 2) for each in run.states.target.factors])
steps = np.arange(1, HORIZON + 1)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.6))
left.plot(steps, scores["by_step"]["mae"])
left.set_xlabel("steps ahead")
left.set_ylabel("mean absolute error")
right.plot(steps, scores["by_step"]["coverage"])
right.axhline(0.8, color="grey", linewidth=0.8)
right.set_ylim(0, 1)
right.set_xlabel("steps ahead")
right.set_ylabel("coverage")
plt.show()

# %% [markdown] lang="en"
# ## Foretell
#
# `predict` takes a table whose series end where the forecast is to begin. Here the last two days are
# held back, to look at them beside it.

# %% [markdown] lang="zh"
# ## 预测
#
# `predict` 接收一张表，表里的序列在哪里结束，预测就从哪里开始。这里留出最后两天，好拿来对照。

# %%
known = table.iloc[:-48]
known.to_csv(folder / "now.csv", index=False)
(answer,) = model.predict([folder / "now.csv"])
what_followed = table.y.to_numpy()[-48 : -48 + HORIZON]
figure, axes = plt.subplots(figsize=(8, 2.6))
axes.plot(np.arange(-72, 0), known.y[-72:], color="grey", linewidth=1)
axes.fill_between(range(HORIZON), answer["q10"], answer["q90"], alpha=0.3, color="tab:orange")
axes.plot(answer["forecast"], color="tab:orange", label="forecast")
axes.plot(what_followed, color="tab:blue", label="what followed")
axes.legend(frameon=False)
plt.show()

# %% [markdown] lang="en"
# ## Exercise 1: a price that is foretold perfectly
#
# Make a random walk of 1,000 prices. Foretell each price by the one before it. Give the correlation of
# forecast and truth, and how often the *direction* of the change is right, if you guess that tomorrow
# goes the way today went.

# %% [markdown] lang="zh"
# ## 练习 1：完美预测的股价
#
# 造一条 1,000 个价格的随机游走。用前一个价格预测后一个。算出预测与真实值的相关系数；再算一算，如果总猜“明天和今天同方向”，
# 涨跌方向猜对的比例是多少。

# %% tags=["solution"]
rng = np.random.default_rng(0)
prices = 100 + rng.normal(size=1000).cumsum()
print(f"correlation of price and forecast: {np.corrcoef(prices[1:], prices[:-1])[0, 1]:.3f}")
changes = np.sign(np.diff(prices))
print(f"directions that are right: {(changes[1:] == changes[:-1]).mean():.3f}")

# %% [markdown] lang="en"
# A correlation of nearly 1, and a coin toss. That is why `--set preset=direction` scores directions, and
# why an RMSE of prices says nothing.
#
# ## Exercise 2: is one test enough?
#
# Test the same network from five points in time, a day apart, all later than what it was trained on
# (`backtest=5`). How far are the five errors apart?

# %% [markdown] lang="zh"
# 相关系数接近 1，方向却和抛硬币一样。所以 `--set preset=direction` 评的是方向，而价格的 RMSE 说明不了任何问题。
#
# ## 练习 2：只测一次够吗？
#
# 让同一个网络从五个时间点出发做测试，每个相隔一天，全都晚于训练数据（`backtest=5`）。五个误差相差多少？

# %% tags=["solution"]
again = lt.train(
    "forecasting",
    {"window": WINDOW, "horizon": HORIZON, "units": (32,), "epochs": 8, "backtest": 5},
    folder / "backtest",
    data=folder / "load.csv",
)
rows = pd.read_csv(folder / "backtest" / "test_answers.csv")
print("absolute errors:", rows.absolute_error.round(2).tolist())

# %% [markdown] lang="en"
# One day's error can be twice that of another. A single origin, as many papers have it, is one draw.
#
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train forecasting --data sales.csv --set horizon=14 --out runs/sales
# lstm-toolkit predict runs/sales now.csv --out forecast.csv
# lstm-toolkit export runs/sales models/sales
# ```
#
# Tables may be long (`unique_id, ds, y`) or wide, with gaps, and with columns of what is known beforehand. The
# guide [my own series](../docs/my-own-series.md) tells more.

# %% [markdown] lang="zh"
# 有的日子误差可以是另一天的两倍。许多论文只用一个起点，那只是抽了一次签。
#
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train forecasting --data sales.csv --set horizon=14 --out runs/sales
# lstm-toolkit predict runs/sales now.csv --out forecast.csv
# lstm-toolkit export runs/sales models/sales
# ```
#
# 表可以是长表（`unique_id, ds, y`）或宽表，可以有缺口，也可以带上事先已知的列。详见指南
# [my own series](../docs/my-own-series.md)。
