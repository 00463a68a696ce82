# %% [markdown] lang="en"
# # Speech
#
# A recording is a row of thousands of numbers, and no two recordings of a word are alike: people differ in pitch, in tempo, and in the length of their
# vocal tract. In this notebook you look at what a network hears, test it on people it has never heard, have it write down rows of words that
# nobody has aligned, and give it a stream.
#
# Everything runs on a laptop in about a minute; nothing is downloaded. The voices are made by a synthesizer of a few lines.

# %% [markdown] lang="zh"
# # 语音
#
# 一段录音是几千个数字排成的一行，而同一个词的两段录音从不相同：人的音高、语速、声道长短都不一样。
# 在这本笔记本里，你会看到网络听到的是什么，在它从没听过的人身上测试它，让它写出没有人对齐过的一串词，再把一段音频流交给它。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。声音由几行代码的合成器生成。

# %%
import io
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Audio, display

import lstm_toolkit as lt
from lstm_toolkit.data.readers.audio.made_speech import RATE, Speaker, save_made_speech
from lstm_toolkit.features.log_mel import log_mel
from lstm_toolkit.serving.sound_stream import answer_sound

folder = Path(mkdtemp())
rng = np.random.default_rng(4)
low, high = Speaker(0.9, 90, 1.0), Speaker(1.18, 200, 1.1)
spoken = {"a deep voice": low.says("seven", rng), "a child": high.says("seven", rng)}
for samples in spoken.values():
    display(Audio(samples, rate=RATE))

# %% [markdown] lang="en"
# ## What a network hears
#
# Samples tell little: shift them by one, and all are others. How loud bands of pitch are, every 10 milliseconds, tells much: bright bars are the
# resonances of the vocal tract, the formants, which move as the word is said. The bands are narrow below and wide above, as in the ear (mel scale).
# The child's formants lie higher: its vocal tract is shorter.

# %% [markdown] lang="zh"
# ## 网络听到什么
#
# 单个采样说明不了什么：错开一个，所有数字都变了。每 10 毫秒各个音高带有多响，才说明问题：亮的条纹是声道的共振，也就是共振峰，
# 说一个词时它们会移动。音高带下面窄、上面宽，和耳朵一样（梅尔刻度）。孩子的共振峰更高，因为声道更短。


# %%
def bands(samples: np.ndarray) -> np.ndarray:
    """Returns how loud 40 bands are in each frame."""
    lengths = tf.constant([len(samples)])
    rows = log_mel(
        tf.constant(samples[None]), lengths, rate=RATE, mels=40, lowest=60.0, highest=RATE / 2
    )
    return rows[0].numpy()


figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True)
for axis, (name, samples) in zip(axes, spoken.items(), strict=True):
    axis.imshow(bands(samples).T, origin="lower", aspect="auto", cmap="magma")
    axis.set(title=f"seven, {name}", xlabel="frame of 10 ms")
axes[0].set_ylabel("band of pitch")
plt.show()

# %% [markdown] lang="en"
# ## Whom is the test about?
#
# Twelve voices say ten digits. The splits hold voices apart: the test is about people whom the network has never heard, which is what a product meets.
# In training each recording is changed at random, as other voices and microphones would: slower or faster, with other formants, with gaps.

# %% [markdown] lang="zh"
# ## 测试测的是谁？
#
# 十二个声音说十个数字。划分时同一个声音只在一边：测试的是网络从没听过的人，产品遇到的正是这种情况。
# 训练时每段录音都会随机变化，仿佛换了人、换了麦克风：慢一点或快一点，共振峰移动，遮住一些地方。

# %%
few = {"epochs": 14, "filters": 8, "learning_rate": 0.006}
data = save_made_speech(folder / "digits.npz", "label", speakers=12, takes=3)
run = lt.train("speech", few, folder / "words", data=data)
scores = run.metrics["test"]
for name, each in {**scores["baselines"], "network": scores}.items():
    print(f"{name:<20} accuracy {each['accuracy']:.3f}")

# %% [markdown] lang="en"
# The made voices are easy, for a support vector machine as well; recordings of people are not. Two classes were learnt from recordings that nobody
# made: `silence` from noises, and `unknown` from words played backwards or put together from two. Ask for both. Any rate may come: the graph brings it to
# the network's. In so few epochs it is still unsure of a word played backwards; with the defaults of `train speech` it finds most of them.

# %% [markdown] lang="zh"
# 合成的声音很容易认，支持向量机也能认；真人的录音就不容易了。有两个类别是从没有人录过的声音里学来的：`silence` 来自各种噪声，
# `unknown` 来自倒放的词，或由两个词拼成的词。两者都问一问。采样率可以任意：计算图会换成网络所用的采样率。
# 轮数这么少，它对倒放的词还拿不准；用 `train speech` 的默认设置，大多能认出来。

# %%
path, difference = lt.export(run, folder / "model")
serve = tf.saved_model.load(path).signatures["serving_default"]
word = high.says("three", rng)
asked = {
    "three": (word, RATE),
    "three, at 16 kHz": (np.repeat(word, 2), 2 * RATE),
    "three, backwards": (word[::-1], RATE),
    "a room": (rng.normal(0, 0.01, RATE // 2), RATE),
}
for name, (samples, rate) in asked.items():
    whole = tf.constant((np.clip(samples, -1, 1) * 32767).astype(np.int16)[None])
    answer = serve(audio=whole, length=tf.constant([len(samples)]), rate=tf.constant([rate]))
    print(f"{name:<18} {answer['label'][0].numpy().decode():<8} {answer['probability'][0]:.2f}")

# %% [markdown] lang="en"
# ## Words that nobody aligned
#
# In a row of words people do not pause between each two. Cutting at pauses and asking for each piece then fails. Connectionist temporal
# classification (CTC) needs no cuts: at each step the network gives a token or a blank, and the loss adds up all ways to align what was said.
# Look at the baseline `segmented_svm`, which cuts first, and at the word error rate of the network beside it.

# %% [markdown] lang="zh"
# ## 没有人对齐过的词
#
# 一串词里，人不会在每两个词之间都停顿。先按停顿切开、再逐段识别，就会出错。连接时序分类（CTC）不需要切分：
# 每一步网络给出一个词元或空白，损失把所有对齐方式加在一起。看看先切分的基线 `segmented_svm`，再看旁边网络的词错误率。

# %%
rows = save_made_speech(
    folder / "rows.npz", "transcript", speakers=10, takes=8, words=("one", "two", "three", "six")
)
gentle = {"speed": 0.1, "tract": 0.1, "hidden_bands": 4, "hidden_frames": 3}
small = {"epochs": 9, "units": (64,), "filters": 8, "batch_size": 8, "dropout": 0.1}
said = lt.train(
    "transcription", {**small, **gentle, "learning_rate": 0.006}, folder / "said", data=rows
)
scores = said.metrics["test"]
for name, each in {**scores["baselines"], "network": scores}.items():
    print(f"{name:<15} word error {each['word_error']:5.1f} %")

# %% [markdown] lang="en"
# Tokens come with times, those of the likeliest alignment: a network trained so hears a word at its clearest moment, not from its beginning to its end.
#
# ## A stream
#
# `predict RUN -` reads samples as a microphone gives them, and answers each stretch of speech as soon as quiet has followed it. Here are three words with
# pauses, as bytes.

# %% [markdown] lang="zh"
# 词元带有时间，取自最可能的对齐：这样训练的网络在一个词最清楚的那一刻听到它，而不是从头到尾。
#
# ## 音频流
#
# `predict RUN -` 像麦克风那样一点一点读入采样，一段话后面安静下来，就立刻回答这一段。下面是三个词，中间有停顿，以字节给出。

# %%
parts = []
for digit in ("three", "one", "six"):
    parts += [rng.normal(0, 0.001, RATE // 2), low.says(digit, rng)]
samples = np.concatenate([*parts, rng.normal(0, 0.001, RATE // 2)])
stdin = io.BytesIO((samples * 32767).astype("<i2").tobytes())
model = lt.load(said)
for row, answer in answer_sound(model, stdin, model.task.options(), print):
    print(row.name, answer["transcript"], [each["token"] for each in answer["tokens"]])

# %% [markdown] lang="en"
# ## Exercise: how loud may a room be?
#
# Add noise to the word, louder and louder, and ask the export. From when on does it answer something else, and what?
# (`train speech` with `noise=0.5` learns from recordings half of which are noisy.)

# %% [markdown] lang="zh"
# ## 练习：房间可以多吵？
#
# 给这个词加上越来越响的噪声，再问导出的模型。从多响开始它答错，答的是什么？（用 `noise=0.5` 训练 `speech`，一半的训练录音会带噪声。）

# %% tags=["solution"]
for level in (0.0, 0.01, 0.05, 0.2, 1.0):
    loud = word + rng.normal(0, level, len(word))
    whole = tf.constant((np.clip(loud / np.abs(loud).max(), -1, 1) * 32767).astype(np.int16)[None])
    answer = serve(audio=whole, length=tf.constant([len(loud)]), rate=tf.constant([RATE]))
    print(f"{level:<5} {answer['label'][0].numpy().decode():<8} {answer['probability'][0]:.2f}")
