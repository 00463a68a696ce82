# %% [markdown] lang="en"
# # Handwritten digits: an image read row by row
#
# An LSTM reads sequences. An image becomes one as soon as you read it like a page: the
# first row is the first time step, the second row the second, and so on. In this notebook
# you train such a reader, meet the shape errors that everyone makes once, look at the
# reader's mistakes, see what Dropout does, and end with a SavedModel that takes raw pixels
# and gives names.
#
# Everything runs on a laptop in about a minute, and nothing is downloaded.

# %% [markdown] lang="zh"
# # 手写数字：逐行读一张图
#
# LSTM 处理的是序列。一张图怎么会是序列？像读书一样一行一行地读就行：第一行像素是第一个时间步，
# 第二行是第二个，依此类推。在这本笔记本里，你会训练一个这样“读图”的网络，
# 见识一下人人都会犯一次的形状错误，看看它认错了哪些数字，弄清 Dropout 到底做了什么，最后导出一个
# SavedModel：输入原始像素，直接给出是哪个数字。
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
import tensorflow as tf

import lstm_toolkit as lt

keras.utils.set_random_seed(0)

# %% [markdown] lang="en"
# ## The data
#
# scikit-learn brings 1,797 digits of 8×8 pixels with values from 0 to 16. `prepare` reads
# them and splits them so that every class keeps its share. What the network has to know
# beforehand, the names of the classes and the scale of the pixels, is learnt from the
# *training* split alone.

# %% [markdown] lang="zh"
# ## 数据
#
# scikit-learn 自带 1,797 张 8×8 像素的手写数字，像素值从 0 到 16。`prepare` 负责读入并划分数据，划分时每个类别的比例保持不变。网络需要事先知道的东西（类别的名字、像素的取值范围）只从**训练集**里学，验证集和测试集不参与。

# %%
digits = lt.get_task("digits")
settings = digits.settings(
    units=(64, 64), epochs=25, batch_size=64, label_format="sparse", label_smoothing=0.0
)
data = lt.prepare(digits, settings)
print(data.note)
print({name: len(getattr(data.splits, name)) for name in ("train", "validation", "test")})
print(data.states)

# %%
figure, axes = plt.subplots(2, 8, figsize=(9, 2.6))
for axis, image, label in zip(axes.flat, data.splits.train.inputs, data.splits.train.labels):
    axis.imshow(image, cmap="gray_r")
    axis.set_title(label)
    axis.set_axis_off()
plt.show()

# %% [markdown] lang="en"
# ### Rows are time steps
#
# Here is the first image of the first batch as the network gets it: eight steps, each a
# vector of eight numbers between 0 and 1. Read it from top to bottom.

# %% [markdown] lang="zh"
# ### 一行就是一个时间步
#
# 下面是第一个批次里的第一张图，也就是网络真正看到的样子：八个时间步，每一步是一个八维向量，数值都在 0 到 1 之间。请从上往下读。

# %%
batches = data.batches(data.splits.train, shuffled=True)
inputs, targets = next(iter(batches.dataset()))
print("one batch:", inputs.shape, inputs.dtype.name, "with targets", targets.shape)
image = inputs[0].numpy()
figure, axis = plt.subplots(figsize=(4.2, 3.6))
axis.imshow(image, cmap="gray_r", vmax=1.6, aspect="auto")
for (step, column), value in np.ndenumerate(image):
    axis.text(column, step, f"{value:.2f}", ha="center", va="center", fontsize=7)
axis.hlines(np.arange(7) + 0.5, -0.5, 7.5, color=lt.plots.ORANGE, linewidth=2)
axis.set_yticks(range(8), [f"step {step}" for step in range(8)])
axis.set_xticks([])
axis.set_title(f"a {targets[0]}, step by step")
plt.show()

# %% [markdown] lang="en"
# ### What `return_sequences` does
#
# An LSTM updates its state at every step. `return_sequences=True` hands out the hidden
# state after *each* row; without it you get only the one after the *last* row. The
# computation is the same: below, both layers have the same weights.

# %% [markdown] lang="zh"
# ### `return_sequences` 做了什么
#
# LSTM 每走一步都会更新自己的状态。`return_sequences=True` 会把**每一行**之后的隐藏状态都交出来；不设它，就只交出读完**最后一行**之后的那一个。两者的计算完全一样：下面的两层用的是同一份权重。

# %%
last, every = keras.layers.LSTM(4), keras.layers.LSTM(4, return_sequences=True)
last.build(inputs.shape), every.build(inputs.shape)
every.set_weights(last.get_weights())
print("return_sequences=False:", last(inputs).shape)
print("return_sequences=True: ", every(inputs).shape)
print("its last step is the other's answer:", np.allclose(every(inputs)[:, -1], last(inputs)))

# %% [markdown] lang="en"
# ### The shape errors that everyone makes
#
# **Too few steps.** A second LSTM wants a sequence to read. If the first one gave only its
# last state, there is no time axis left, and Keras says so at once (`ndim=3` means batch,
# time, features).
#
# **Too many steps.** If the *last* LSTM keeps the time axis, the head gives ten
# probabilities *a row*. Keras builds that network without a word. The error comes only in
# `fit`, when the loss compares `(batch, 8, 10)` with one label an image.

# %% [markdown] lang="zh"
# ### 人人都会犯一次的形状错误
#
# **时间轴丢早了**：第二个 LSTM 要读的也是序列。如果第一个只交出最后的状态，时间轴就没了，Keras
# 会马上报错（`ndim=3` 指批次、时间、特征这三个轴）。
#
# **时间轴忘了丢**：如果**最后**一个 LSTM 还留着时间轴，输出层就会给**每一行**都算出十个概率。
# 这样的网络 Keras 照样能搭起来，一声不吭；要等到 `fit` 时，损失函数拿 `(batch, 8, 10)`
# 去和每张图一个的标签比较，才会出错。

# %%
too_few = [keras.layers.LSTM(64), keras.layers.LSTM(64)]
try:
    keras.Sequential([keras.Input((8, 8)), *too_few])
except ValueError as error:
    print("too few:", error)

# %%
wrong = keras.Sequential(
    [
        keras.Input((8, 8)),
        keras.layers.LSTM(64, return_sequences=True),
        keras.layers.LSTM(64, return_sequences=True),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
print("too many:", wrong.output_shape)
wrong.compile("adam", "sparse_categorical_crossentropy")
try:
    wrong.fit(inputs, targets, verbose=0)
except Exception as error:
    print(type(error).__name__, "-", str(error).splitlines()[-1][:150])

# %% [markdown] lang="en"
# ## The network
#
# Two LSTM layers, each reading the rows downwards and upwards, with Dropout after each. The
# first hands a vector for every row to the second; the second hands on only what it knows
# in the end. In training, images are moved by up to a pixel first (`shift`), and
# `interpolation="nearest"` moves them by whole pixels, which keeps them sharp. Builders
# return plain Keras models, so all you know of Keras still holds.

# %% [markdown] lang="zh"
# ## 网络
#
# 两层 LSTM，每层都从上往下、再从下往上各读一遍（双向），每层之后接 Dropout。
# 第一层把每一行的向量都交给第二层，第二层只交出最后的结果。训练时，图像会先随机平移最多一个像素
# （`shift`），而且只按整像素移动（`interpolation="nearest"`），这样不会变模糊。`lt.builders`
# 返回的就是普通的 Keras 模型，你会的 Keras 用法全都适用。

# %%
keras.utils.set_random_seed(0)
model = lt.builders.lstm_classifier(
    (8, 8),
    classes=10,
    units=(64, 64),
    bidirectional=True,
    dropout=0.3,
    shift=0.125,
    interpolation="nearest",
)
for layer in model.layers:
    print(f"{layer.name:<20}{layer.output.shape!s:<20}{layer.count_params():>8,} parameters")

# %% [markdown] lang="en"
# ## Training
#
# `compile_model` takes optimizer, schedule and clipping from the settings. Keras repeats
# one shuffled order in every epoch; `Position` tells the batches which epoch it is, so that
# each gets an order of its own.

# %% [markdown] lang="zh"
# ## 训练
#
# `compile_model` 按设置配好优化器、学习率调度和梯度裁剪。Keras 会在每一轮（epoch）
# 重复同一个打乱后的顺序；`Position` 告诉数据现在是第几轮，于是每一轮都有自己的顺序。


# %%
def train(network):
    """Trains a network, and returns the scores of each epoch."""
    lt.compile_model(network, digits, settings, steps=settings.epochs * len(batches))
    scores = network.fit(
        batches.dataset(),
        epochs=settings.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[lt.Position(batches)],
        validation_data=data.batches(data.splits.validation).dataset(),
    ).history
    return [{"epoch": i + 1} | {k: v[i] for k, v in scores.items()} for i in range(settings.epochs)]


history = train(model)
lt.plots.learning_curves(history)

# %% [markdown] lang="en"
# For the first third of the way training looks *worse* than validation. That is no mistake:
# training images are moved and lose part of each layer's outputs to Dropout, validation
# images are left alone.
#
# ## Scores and mistakes
#
# Now the test split, which had no say in anything so far.

# %% [markdown] lang="zh"
# 在训练的前三分之一里，训练集的成绩反而**不如**验证集。这不是出了错：训练图像被平移过，
# 每层的输出还被 Dropout 丢掉一部分，而验证图像原封不动。
#
# ## 成绩与错误
#
# 现在轮到测试集。到此为止，它没有参与过任何决定。

# %%
scores = lt.evaluate(data, model, data.splits.test)
print(digits.report(scores))

# %%
truth = data.states.target.encode(data.splits.test.labels)
outputs = model.predict(data.batches(data.splits.test).dataset(), verbose=0)
lt.plots.worst_images(data.splits.test.inputs, truth, outputs, data.states.target.names, most=8)

# %% [markdown] lang="en"
# An orange title is a mistake (a black one would be right, but unsure). Would you have read
# them right? At 8×8 pixels many strokes run together or are missing, and over some of these
# a person would hesitate too.
#
# ## Dropout on and off
#
# Dropout and moved images both make the network see something slightly different in every
# epoch. What if both are off?

# %% [markdown] lang="zh"
# 橙色标题是认错的（黑色标题则是认对了但把握不大的）。换成你，能全认对吗？只有 8×8 个像素，很多笔画不是连在一起就是缺了一截，其中有几个，人看了也会犹豫。
#
# ## Dropout 开与关
#
# Dropout 和随机平移有一个共同点：让网络每一轮看到的东西都略有不同。两样都关掉会怎样？

# %%
keras.utils.set_random_seed(0)
plain = lt.builders.lstm_classifier(
    (8, 8), classes=10, units=(64, 64), bidirectional=True, dropout=0.0
)
without = train(plain)
for name, rows in (("on", history), ("off", without)):
    accuracy, held_out = rows[-1]["accuracy"], rows[-1]["val_accuracy"]
    print(
        f"{name:<5}training {accuracy:.3f}  validation {held_out:.3f}  {accuracy - held_out:+.3f}"
    )
lt.plots.learning_curves(without)

# %% [markdown] lang="en"
# Now training overtakes validation after a few epochs, and stays ahead: accuracy goes to 1 and the
# loss to 0, since the network has learnt its own images by heart. That is called **overfitting**,
# and the last column is the gap that shows it. With both on, the gap is nearly gone: what training
# says of the network then holds for other images too. Which of the two reads new images better,
# these 180 validation images cannot tell: a share of that many is sure only to about ±0.02. And two
# things were changed at once: train with only one of them to find out which did it.
#
# ## A SavedModel that answers
#
# The export takes raw pixels, 0 to 1 or 0 to 255 or as here 0 to 16, scales them inside the
# graph, and gives names. Before its folder appeared, it was loaded in a second process that
# imports nothing but TensorFlow, and had to give the same answers.

# %% [markdown] lang="zh"
# 这回没过几轮，训练集就超过了验证集，而且一直领先：准确率趋近 1，损失趋近 0，
# 因为网络把自己的图像背下来了。这就是**过拟合**，最后一列就是暴露它的差距。两样都开着时，
# 差距几乎没有了：训练时看到的成绩，换了别的图像也作数。至于哪个网络认新图像更准，这 180
# 张验证图像还分辨不出来：这么多图像上的准确率，误差就有约 ±0.02。另外，这里一次改了两样，
# 究竟是哪一样起的作用，只开其中一样再训练一次就知道了。
#
# ## 能直接回答的 SavedModel
#
# 导出的模型接收原始像素，0 到 1、0 到 255，或者像这里的 0 到 16 都行；缩放在计算图内部完成，输出的是类别名。导出的文件夹出现之前，已经在另一个只导入 TensorFlow 的进程里加载过一次，答案一致才算通过。

# %%
path, difference = lt.export_model(
    digits, model, data.states, data.splits.test.inputs[:64], Path(mkdtemp()) / "digits"
)
print("version", path.name, "- differs from the Keras model by at most", f"{difference:.0e}")
recognise = tf.saved_model.load(path).signatures["serving_default"]
answers = recognise(images=tf.constant(data.splits.test.inputs[:5], tf.float32))
for name, values in sorted(answers.items()):
    print(f"{name:<14}{values.dtype.name:<9}{values.shape}")
print("read:", [label.decode() for label in answers["label"].numpy()])
print("true:", data.splits.test.labels[:5].tolist())

# %% [markdown] lang="en"
# ## Exercise 1: count the parameters
#
# An LSTM layer with *u* units reads vectors of *d* features. It has four parts, three gates
# and a candidate, and each multiplies the input by a matrix, the hidden state by another,
# and adds a bias. Write down the number of parameters, and check it against the table of
# layers above. Mind that the layers are bidirectional.

# %% [markdown] lang="zh"
# ## 练习 1：数一数参数
#
# 一个有 *u* 个单元的 LSTM 层，每步读入 *d* 维的向量。它由四部分组成：三个门加一个候选值。每一部分都有一个乘输入的矩阵、一个乘隐藏状态的矩阵，再加一个偏置。请写出参数个数的公式，并和上面那张各层的表核对。注意：这些层是双向的。


# %% tags=["solution"]
def lstm_parameters(features, units):
    return 4 * (units * features + units * units + units)


for name, features in (("bidirectional_1", 8), ("bidirectional_2", 2 * 64)):
    print(name, 2 * lstm_parameters(features, 64), model.get_layer(name).count_params())

# %% [markdown] lang="en"
# The second layer reads the outputs of both directions of the first, so its *d* is 128.
# The number of steps appears nowhere: the same weights are used at every step, and an image
# of 100 rows would need no more of them.
#
# ## Exercise 2: mend the network
#
# The network `wrong` gives `(None, 8, 10)`. Find two ways to make it `(None, 10)`. And for
# which task would its shape be right?

# %% [markdown] lang="zh"
# 第二层读的是第一层两个方向的输出，所以它的 *d* 是 128。公式里没有时间步数：
# 每一步用的都是同一份权重，图像就算有 100 行，也不需要更多参数。
#
# ## 练习 2：把网络改对
#
# 上面的 `wrong` 输出 `(None, 8, 10)`。请找出两种办法，让它输出 `(None, 10)`。另外想一想：什么样的任务正好需要它原来的形状？

# %% tags=["solution"]
LSTM, Dense = keras.layers.LSTM, keras.layers.Dense
first, head = LSTM(64, return_sequences=True), Dense(10, activation="softmax")
only_last = [first, LSTM(64), head]
mean = [first, LSTM(64, return_sequences=True), keras.layers.GlobalAveragePooling1D(), head]
for name, layers in (("only the last state", only_last), ("mean over the rows", mean)):
    print(f"{name:<20}", keras.Sequential([keras.Input((8, 8)), *layers]).output_shape)
print("An answer a step is right where every step has a label, such as the class of each word.")

# %% [markdown] lang="en"
# ## Exercise 3: ask the same thing again
#
# Ask the trained network for the first test image three times with `training=True` and three
# times with `training=False`. Then ask `plain`. Which answers change, and why must the
# export use `training=False`?

# %% [markdown] lang="zh"
# ## 练习 3：同一个问题问三遍
#
# 拿测试集的第一张图去问训练好的网络：`training=True` 问三遍，`training=False` 问三遍；再用 `plain` 试同样的事。哪些答案会变？为什么导出的模型必须用 `training=False`？

# %% tags=["solution"]
one = digits.preprocess(data.splits.test.inputs[:1], data.states)
right = truth[0]
for name, network in (("on", model), ("off", plain)):
    for training in (True, False):
        said = [float(network(one, training=training)[0, right]) for _ in range(3)]
        print(f"{name:<4} training={training!s:<6}", *(f"{value:.4f}" for value in said))

# %% [markdown] lang="en"
# Each number is the probability of the right digit. With `training=True`, Dropout draws
# other outputs to drop each time and the image is moved another way, so the answer of
# `model` changes; `plain` has nothing that could be drawn. An application must say the same
# thing twice. `fit` and `predict` choose the right mode
# themselves; if you call a model yourself, choose it.
#
# ## What to try on your own data
#
# `lt.prepare(digits, settings, Path("mine"))` takes `mnist.npz`, the four MNIST IDX files, a
# CSV with a label and one column a pixel, or a folder of images with one sub-folder a
# class. From the command line:
#
# ```bash
# lstm-toolkit train digits --data mine --out runs/mine
# lstm-toolkit export runs/mine models/mine
# ```
#
# For images of 28×28 begin with `--set preset=mnist`. Anything that has an order can be read
# in the same way: columns instead of rows, or the samples of a sensor.
#
# The next notebook reads words instead of rows: [02_sentiment](02_sentiment.ipynb).

# %% [markdown] lang="zh"
# 每个数字都是正确类别的概率。`training=True` 时，Dropout 每次随机丢掉的输出不同，
# 图像平移的方向也不同，所以 `model` 的答案会变；`plain` 里没有随机的东西，答案不变。
# 而实际使用时，同一个问题必须得到同一个回答。`fit` 和 `predict` 会自己选对模式；
# 如果你直接调用模型，就要自己写清楚。
#
# ## 在你自己的数据上试一试
#
# `lt.prepare(digits, settings, Path("mine"))` 可以读 `mnist.npz`、MNIST 的四个 IDX 文件、
# 一列标签加每个像素一列的 CSV，或者每个类别一个子文件夹的图像目录。用命令行就是：
#
# ```bash
# lstm-toolkit train digits --data mine --out runs/mine
# lstm-toolkit export runs/mine models/mine
# ```
#
# 如果图像是 28×28，可以从 `--set preset=mnist` 开始。凡是有先后顺序的东西都能这样读：
# 按列而不是按行，或者传感器的一串采样值。
#
# 下一本笔记本读的不再是一行行像素，而是一个个词：[02_sentiment](02_sentiment.zh-CN.ipynb)。
