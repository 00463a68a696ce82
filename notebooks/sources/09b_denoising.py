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
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import median_filter
from scipy.signal import savgol_filter

import lstm_toolkit as lt
from lstm_toolkit.data.noise import add_noise
from lstm_toolkit.data.readers.signals.samples import RATE, sample_pulses

folder = Path(mkdtemp())
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
    folder / "run",
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
