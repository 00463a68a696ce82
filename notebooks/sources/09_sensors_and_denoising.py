# %% [markdown] lang="en"
# # Sensors and denoising
#
# Sensors tell what people and machines do, if one listens to several channels at once. In this notebook
# you look at recordings of gestures, see how a careless split makes scores too good, train an LSTM that
# copes with lost values, break a sensor on purpose, and follow a stream step by step. Then you clean heartbeats of their noise.
#
# Everything runs on a laptop in about a minute; nothing is downloaded.

# %% [markdown] lang="zh"
# # 传感器与去噪
#
# 同时听多个通道，传感器就能告诉我们人和机器在做什么。在这本笔记本里，你会查看手势的录制数据，看到随意划分数据如何让分数虚高，
# 训练一个能应付缺失值的 LSTM，故意弄坏一个传感器，再一步一步地跟踪数据流。最后把心跳信号里的噪声去掉。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。

# %%
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import lstm_toolkit as lt
from lstm_toolkit.data.readers.sensors.sample import sample_recordings
from lstm_toolkit.metrics.window_statistics import window_statistics

folder = Path(mkdtemp())
recordings, channels = sample_recordings()
table = pd.concat(
    pd.DataFrame(each.values, columns=channels).assign(
        person=each.name, seconds=each.times, gesture=each.labels
    )
    for each in recordings
)
table.to_csv(folder / "gestures.csv", index=False)
print(table.iloc[::5000].round(2).to_string(index=False))

# %% [markdown] lang="en"
# ## A step a row
#
# Twelve people made five gestures with a sensor in the hand, which measures acceleration and turning in three
# directions each, 50 times a second. A row is a step; the label stands in every row. Now and then the second sensor loses its
# connection. The picture shows the first 20 seconds of one person; where the lower lines have gaps, values are missing.

# %% [markdown] lang="zh"
# ## 一行一步
#
# 十二个人手握传感器做了五种手势，传感器每秒 50 次测量三个方向的加速度和转动。每行是一步，每行都有标签。
# 第二个传感器有时会断线。下图是其中一个人的前 20 秒；下方曲线断开的地方就是缺失值。

# %%
first = recordings[0]
shown = slice(0, 1000)
figure, axes = plt.subplots(2, 1, figsize=(9, 3.6), sharex=True)
for part, name, axis in ((slice(0, 3), "acceleration", axes[0]), (slice(3, 6), "turning", axes[1])):
    axis.plot(first.times[shown], first.values[shown, part], linewidth=0.8)
    axis.set_ylabel(name)
begins = np.flatnonzero(first.labels[1:1000] != first.labels[:999]) + 1
for begin in (0, *begins):
    axes[0].annotate(
        first.labels[begin], (first.times[begin], 1.04), xycoords=("data", "axes fraction")
    )
axes[1].set_xlabel("seconds")
plt.show()

# %% [markdown] lang="en"
# ## Whom is the test about?
#
# Recordings are cut into windows, here of two seconds that overlap by half. The quickest test shuffles all windows. But neighbours
# share half of their steps, and each person has a habit of their own: the test then asks about people whom the model knows. Hold whole
# people apart, and the same simple model scores less. That is the number which counts if somebody new picks the sensor up.

# %% [markdown] lang="zh"
# ## 测试到底在测谁？
#
# 把录制数据切成窗口，这里每个窗口两秒，相邻窗口重叠一半。最省事的测试是把所有窗口打乱。可是相邻窗口有一半的步是相同的，
# 每个人又有自己的习惯：这样测的其实是模型已经认识的人。把整个人分开放到一边，同一个简单模型的分数就下降了。
# 如果以后是新的人拿起传感器，这个数字才算数。

# %%
source = lt.data.read_sensors(folder / "gestures.csv", window=100)
windows = np.asarray(source.rows.columns["values"])
labels, people = np.asarray(source.rows.labels), source.rows.meta["group"]
features = window_statistics(windows)
simple = make_pipeline(StandardScaler(), RidgeClassifier())
order = np.random.default_rng(0).permutation(len(labels))
shuffled = cross_val_score(simple, features[order], labels[order], cv=6)
numbers = np.unique(people, return_inverse=True)[1]
apart = [(numbers % 6 != part, numbers % 6 == part) for part in range(6)]
by_person = [
    simple.fit(features[train], labels[train]).score(features[test], labels[test])
    for train, test in apart
]
print(f"windows shuffled: {shuffled.mean():.3f}   people held apart: {np.mean(by_person):.3f}")

# %% [markdown] lang="en"
# ## An LSTM over patches
#
# One command does all of it: it finds the columns, cuts windows when a batch is taken, holds people apart, scales each channel by the
# training people, and tells the network which values are missing. Four steps at a time are read as one token, so that the LSTM makes 25
# strides in place of 100. In training, stretches of each window are hidden as if they had been lost. Beside the LSTM stands a linear fit to
# a thousand random convolutions, at which training begins.

# %% [markdown] lang="zh"
# ## 在小段上运行的 LSTM
#
# 一条命令完成全部工作：找出各列，取批次时才切窗口，把人分开，用训练集里的人给每个通道定标，并告诉网络哪些值缺失。
# 每四步合成一个记号，于是 LSTM 只走 25 步，而不是 100 步。训练时还会随机遮住窗口里的一段，就像数据丢失了一样。
# LSTM 旁边还有一个线性拟合，它用的是一千个随机卷积的输出，训练从它开始。

# %%
run = lt.train(
    "sensors",
    {"window": 100, "units": (48,), "epochs": 15, "channel_mask": 0.2},
    folder / "run",
    data=folder / "gestures.csv",
)
scores = run.metrics["test"]
compared = {name: each["accuracy"] for name, each in scores["baselines"].items()}
for name, accuracy in {**compared, "network": scores["accuracy"]}.items():
    print(f"{name:<20} accuracy {accuracy:.3f}")

# %% [markdown] lang="en"
# The simplest methods stand beside it on the same people. Random kernels are a linear model of random convolutions alone
# (ROCKET): hard to beat, and quick. Two people are a small test: another seed can move each score by several points.
#
# ## A sensor breaks
#
# What happens if the second sensor is lost altogether? The model is told, as missing values are NaN. Compare its answers with those for
# a sensor that sticks at one value: nothing tells the model that it is broken, and answers get worse without a word.

# %% [markdown] lang="zh"
# 最简单的方法就在旁边，用的是同一批人。随机卷积核是用一千个随机卷积加一个线性模型（ROCKET）；它很快，也很难超越。
# 两个人的测试集很小：换一个种子，每个分数都可能变动几个百分点。
#
# ## 传感器坏了
#
# 如果第二个传感器完全失灵会怎样？缺失值是 NaN，模型知道它们缺失。再和卡在某个值上的传感器比较：
# 没有任何迹象告诉模型它坏了，回答就悄悄变差。

# %%
prepared = lt.prepare("sensors", {"window": 100}, data=folder / "gestures.csv")
model = lt.load(run)
test = prepared.splits.test
inputs, truth = np.asarray(test.columns["values"]), np.asarray(test.labels)
lost, stuck = inputs.copy(), inputs.copy()
lost[..., 3:] = np.nan
stuck[..., 3:] = 8.0
for name, values in {"whole": inputs, "lost": lost, "stuck": stuck}.items():
    answers = model.predict(list(values))
    right = np.mean([answer["label"] == label for answer, label in zip(answers, truth)])
    print(f"second sensor {name:<6} accuracy {right:.3f}")

# %% [markdown] lang="en"
# ## Step by step
#
# In use, steps come one at a time. The export's signature `stream` takes one, keeps the last hundred in a state that it hands back, and averages
# probabilities over time: `smoothing` is the share that stays of those before. The more of it, the steadier the answers, and the later.

# %% [markdown] lang="zh"
# ## 一步一步来
#
# 实际使用时，数据一步一步到来。导出模型的 `stream` 签名每次接收一步，把最近一百步放在状态里交还给你，并对概率做时间平均：
# `smoothing` 是保留之前概率的比例。保留得越多，回答越平稳，也越晚。

# %%
name = sorted(set(test.meta["group"].tolist()))[0]
steps = next(each for each in recordings if each.name == name)
signature = prepared.task.signatures(run.model(), run.states)["stream"]
step = signature.graph()
followed = {}
for smoothing in (0.0, 0.95):
    state = [tf.zeros([1, *spec.shape[1:]], spec.dtype) for spec in signature.state]
    told = []
    for values in steps.values[:1200]:
        answer = step(tf.constant(values[None]), tf.constant(smoothing), *state)
        state = [answer[spec.name] for spec in signature.state]
        told.append(answer["probabilities"].numpy()[0])
    followed[smoothing] = np.array(told)
names = run.states.target.names
figure, axes = plt.subplots(2, 1, figsize=(9, 3.6), sharex=True)
for axis, (smoothing, probabilities) in zip(axes, followed.items()):
    axis.stackplot(steps.times[:1200], probabilities.T, labels=names)
    axis.set_ylabel(f"smoothing {smoothing:g}")
axes[0].legend(ncol=5, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
axes[1].set_xlabel("seconds")
plt.show()

# %% [markdown] lang="en"
# ## Exercise 1: how long must one look?
#
# Shorter windows answer sooner. Score the simple model, with people held apart, on windows of 25, 50, 100 and 200 steps.

# %% [markdown] lang="zh"
# ## 练习 1：要看多久？
#
# 窗口越短，回答越快。把人分开，用 25、50、100 和 200 步的窗口分别给那个简单模型打分。

# %% tags=["solution"]
for length in (25, 50, 100, 200):
    rows = lt.data.read_sensors(folder / "gestures.csv", window=length).rows
    seen = window_statistics(rows.columns["values"])
    known, who = np.asarray(rows.labels), np.unique(rows.meta["group"], return_inverse=True)[1]
    parts = [
        simple.fit(seen[who % 6 != part], known[who % 6 != part]).score(
            seen[who % 6 == part], known[who % 6 == part]
        )
        for part in range(6)
    ]
    print(f"{length:>3} steps, {length / 50:.1f} s: {np.mean(parts):.3f}")

# %% [markdown] lang="en"
# Longer windows hold more of a gesture, but more of them hold two. Which length is best depends on how long things last.
#
# ## What to try on your own recordings
#
# ```bash
# lstm-toolkit train sensors --data activities.csv --set window=100 --out runs/activities
# lstm-toolkit predict runs/activities --data new.csv --out answers.csv
# ```
#
# The guide [my own sensors](../docs/my-own-sensors.md) tells which columns and forms are read.

# %% [markdown] lang="zh"
# 窗口越长，包含的手势越完整，但同时包含两种手势的窗口也越多。多长最好，取决于事情持续多久。
#
# ## 在你自己的录制数据上试一试
#
# ```bash
# lstm-toolkit train sensors --data activities.csv --set window=100 --out runs/activities
# lstm-toolkit predict runs/activities --data new.csv --out answers.csv
# ```
#
# 指南 [my own sensors](../docs/my-own-sensors.md) 说明了能读取哪些列和格式。

# %% [markdown] lang="en"
# ## Cleaning: the signal under the noise
#
# The second half of this notebook turns the question round. Nobody asks what a window *is*; you want the window itself,
# without its noise. You make heartbeats, see what filters can do and what they cannot, train one network for
# all kinds of noise, and then let it run on samples as they come.

# %% [markdown] lang="zh"
# ## 去噪：噪声下面的信号
#
# 笔记本的后半部分换一个问题：不问这一段*是什么*，而是要这一段本身，去掉噪声。你会造一串心跳，看看滤波器能做到什么、做不到什么，
# 训练一个能应付各种噪声的网络，最后让它在样本到来的同时就工作。

# %%
from scipy.ndimage import median_filter
from scipy.signal import savgol_filter

from lstm_toolkit.data.noise import add_noise
from lstm_toolkit.data.readers.signals.samples import RATE, sample_pulses

beats = sample_pulses(120, seed=3)
np.savez(folder / "beats.npz", clean=beats, fs=RATE)
later = beats[-3000:]


def noisy(kind: str, level: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return add_noise(kind, later, level, float(later.std()), rng, RATE)


def snr(cleaned: np.ndarray) -> float:
    return float(10 * np.log10(later.var() / np.mean((later - cleaned) ** 2)))


kinds = ("white", "hum", "impulses", "mixed")
figure, axes = plt.subplots(len(kinds), 1, figsize=(8, 5), sharex=True)
for place, kind in zip(axes, kinds, strict=True):
    place.plot(noisy(kind, 5)[:400], color="grey", linewidth=0.7)
    place.plot(later[:400], linewidth=1)
    place.set_ylabel(kind)
plt.show()

# %% [markdown] lang="en"
# **SNR**, the signal-to-noise ratio, is the power of the signal over that of what is wrong with it, in decibels: 0 dB means as much noise as
# signal, 10 dB a tenth of it. All four above have 5 dB, and look nothing alike.
#
# ### Each filter knows one kind
#
# A Savitzky-Golay filter fits short curves, a median takes the middle one of its neighbours.

# %% [markdown] lang="zh"
# **SNR**（信噪比）是信号的功率与误差的功率之比，用分贝表示：0 dB 表示噪声和信号一样强，10 dB 表示噪声是信号的十分之一。
# 上面四条都是 5 dB，看起来却完全不同。
#
# ### 每种滤波器只懂一种噪声
#
# Savitzky-Golay 滤波器拟合短曲线，中值滤波取邻近样本中间的那个。

# %%
filters = {
    "Savitzky-Golay, 11": lambda signal: savgol_filter(signal, 11, 3),
    "median of 5": lambda signal: median_filter(signal, 5),
}
print(f"{'SNR in dB':<20}", *(f"{kind:>9}" for kind in kinds))
print(f"{'as it came':<20}", *(f"{snr(noisy(kind, 5)):9.1f}" for kind in kinds))
for name, apply in filters.items():
    print(f"{name:<20}", *(f"{snr(apply(noisy(kind, 5))):9.1f}" for kind in kinds))

# %% [markdown] lang="en"
# The median is splendid at impulses and poor at white noise. A filter does the same everywhere; it cannot know that a
# sharp peak belongs to the heart here and to the noise there.
#
# ### One network
#
# `denoising` takes the clean signal and makes noise while it trains, new in every epoch. It reads segments of four
# samples by LSTM layers in both directions. Each sample that comes out is a gated sum: the sample itself, the median around it, and what
# the network puts in their place. The loss is the error's power *in dB*: with plain squares, the rows with most noise
# would decide, and a signal that is nearly clean would come out worse.

# %% [markdown] lang="zh"
# 中值滤波对脉冲噪声效果极好，对白噪声却很差。滤波器在每个地方做同样的事；它不会知道这里的尖峰属于心跳，那里的尖峰属于噪声。
#
# ### 一个网络
#
# `denoising` 拿到干净的信号，在训练时自己加噪声，每一轮都是新的。它用双向 LSTM 每次读四个样本。输出的每个样本是一个带门的和：
# 样本本身、它周围的中值，再加上网络自己补上的部分。损失是误差功率的*分贝数*：如果用普通的平方误差，噪声最强的样本说了算，
# 本来就很干净的信号反而会变差。

# %%
run = lt.train(
    "denoising",
    {"window": 256, "units": (32, 32), "epochs": 25, "stride": 32, "noise": kinds},
    folder / "clean",
    data=folder / "beats.npz",
)
model = lt.load(run)


def clean(signal: np.ndarray) -> np.ndarray:
    (answer,) = model.predict([signal[:, None]])
    return np.array(answer["clean"])


print(f"{'SNR in dB':<20}", *(f"{kind:>9}" for kind in kinds))
print(f"{'the network':<20}", *(f"{snr(clean(noisy(kind, 5))):9.1f}" for kind in kinds))

# %%
given = noisy("mixed", 5)
figure, axes = plt.subplots(figsize=(8, 2.6))
axes.plot(given[:500], color="grey", linewidth=0.6, label="before")
axes.plot(later[:500], color="tab:blue", label="truth")
axes.plot(clean(given)[:500], color="tab:orange", linewidth=1, label="after")
axes.legend(frameon=False, ncols=3)
plt.show()

# %% [markdown] lang="en"
# ### As samples come
#
# A network that reads backwards has to wait for what follows. A monitor cannot. With `causal` each sample is answered
# when at most `delay` more are there. What does that cost?

# %% [markdown] lang="zh"
# ### 样本到来的同时
#
# 倒着读的网络必须等后面的样本，监护仪却等不起。设了 `causal`，每个样本最多再等 `delay` 个样本就给出答案。代价有多大？

# %%
live = lt.train(
    "denoising",
    {
        **{"window": 256, "units": (32, 32), "epochs": 12, "stride": 32, "noise": kinds},
        **{"causal": True, "delay": 20},
    },
    folder / "live",
    data=folder / "beats.npz",
)
causal = lt.load(live)
(answer,) = causal.predict([given[:, None]])
print(f"waits for {answer['delay']} samples, {1000 * answer['delay'] / RATE:.0f} ms")
print(f"mixed noise: {snr(np.array(answer['clean'])):.1f} dB, both ways {snr(clean(given)):.1f} dB")

# %% [markdown] lang="en"
# `lstm-toolkit predict RUN -` does that with lines on standard input, and the export has a signature `stream`.
#
# ### Exercise: another unit
#
# Somebody gives the same heartbeats in microvolts with an offset of 300. Must the network be trained again?

# %% [markdown] lang="zh"
# `lstm-toolkit predict RUN -` 对标准输入逐行这样做，导出的模型有一个签名 `stream`。
#
# ### 练习：换个单位
#
# 有人给你同样的心跳，单位是微伏，还带 300 的偏移。网络要重新训练吗？

# %% tags=["solution"]
other = clean(1000 * given + 300)
print(f"{snr((other - 300) / 1000):.1f} dB, as before {snr(clean(given)):.1f} dB")

# %% [markdown] lang="en"
# No: level and scale of each window are reckoned in the graph. The guide [clean a signal](../docs/clean-a-signal.md) tells how to
# bring your own table or arrays, with pairs or without.

# %% [markdown] lang="zh"
# 不用：每个窗口的水平和尺度都在计算图里算。指南 [clean a signal](../docs/clean-a-signal.md) 说明怎样带上你自己的表格或数组，
# 有没有成对数据都行。
