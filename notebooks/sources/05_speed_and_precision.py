# %% [markdown] lang="en"
# # Speed and precision: where the time goes
#
# An LSTM reads one step after the other. That makes it slow in ways of its own, and most of
# the time that trainings lose is lost to a handful of causes. In this notebook you measure
# them, one by one, on your machine:
#
# 1. Python between the operations (`tf.function` against eager execution),
# 2. a graph that is made again and again (retracing),
# 3. padding that is computed for nothing (batches by length),
# 4. Keras's work between the steps (`steps_per_execution`),
# 5. the loop of the LSTM itself (the toolkit's loop, unrolling, XLA),
# 6. numbers of 16 bits (mixed precision),
# 7. and on a GPU: whether cuDNN is used, and why not.
#
# Everything runs in about a minute on two CPU cores, and nothing is downloaded. The notebook
# you see was run on such a machine **without a GPU**. Where GPUs are spoken of, the text says
# where the claim comes from and how you check it on yours.

# %% [markdown] lang="zh"
# # 速度与精度：时间花在哪里
#
# LSTM 只能一步接一步地读序列，因此，它慢有慢的原因。训练中浪费的时间，大多出自下面几个原因。
# 在这本笔记本里，你会在自己的机器上把它们逐个量出来：
#
# 1. 运算与运算之间的 Python 开销（`tf.function` 与即时执行之比），
# 2. 计算图被反复重建（重复追踪，retracing），
# 3. 白白计算的填充（按长度分批），
# 4. Keras 在训练步之间所做的工作（`steps_per_execution`），
# 5. LSTM 的循环本身（本工具包的循环、循环展开、XLA），
# 6. 16 位浮点数（混合精度），
# 7. 在 GPU 上：有没有用上 cuDNN，没用上又是为什么。
#
# 全部代码在两个 CPU 核上大约运行一分钟，不需要下载任何东西。你看到的输出来自一台**没有 GPU** 的机器。
# 凡是谈到 GPU 的地方，文中都会说明依据是什么，以及你怎样在自己的机器上验证。

# %%
import time
from pathlib import Path

from lstm_toolkit.system.runtime import dtype_policy, quiet_tensorflow

quiet_tensorflow()

import keras
import ml_dtypes
import numpy as np
import tensorflow as tf

import lstm_toolkit as lt
from lstm_toolkit.cli.doctor import as_text, examine

# %matplotlib inline
keras.utils.set_random_seed(0)
warned = []  # TensorFlow's warnings are kept here instead of being shown at once
tf.get_logger().addFilter(lambda record: warned.append(record.getMessage()))

# %% [markdown] lang="en"
# ## How to measure
#
# A single time says little. The machine does other things too, its clock goes up and down, and
# the first call is special. So, here and in your own measurements:
#
# * **The first call is told apart.** It builds the graph (*tracing*), fills caches and asks for
#   memory. It happens once, training steps happen thousands of times.
# * **The sides take turns**: A B A B …, never all of A and then all of B. What disturbs the
#   machine for a while then disturbs both.
# * **Ratios, not seconds.** In each turn the time of the first side is divided by that of the
#   other; the *median* of these ratios is kept. A second is another one on your machine, a
#   ratio much less so. Beside the median stands the range of the middle half of the turns: if
#   it includes 1, you have seen no difference.

# %% [markdown] lang="zh"
# ## 怎样测量
#
# 只测一次的时间说明不了什么：机器同时还在做别的事，时钟频率忽高忽低，而且第一次调用很特殊。
# 所以，无论在这里还是在你自己的测量中：
#
# * **第一次调用单独列出**：它要构建计算图（称为**追踪**，tracing）、填充缓存、申请内存。这只发生一次，而训练步要执行成千上万次。
# * **各方轮流跑**：A B A B……，而不是先跑完所有的 A 再跑 B。这样，机器一时受到的干扰会同时落在双方身上。
# * **看比值，不看秒数**：每个回合里都用第一方的时间除以另一方的时间，再取这些比值的**中位数**。秒数换一台机器就变了，比值则稳定得多。中位数旁边还列出中间一半回合的范围：如果这个范围包含
#   1，就等于没有测出差别。

# %%
found = {}  # what the bar chart at the end will show


def in_turn(sides, *, turns=9):
    """Runs each side once a turn; returns the first times, then the others, in seconds."""
    first, seconds = {}, {name: [] for name in sides}
    for turn in range(turns + 1):
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            passed = time.perf_counter() - start
            if turn == 0:
                first[name] = passed
            else:
                seconds[name].append(passed)
    return first, {name: np.array(own) for name, own in seconds.items()}


def tell(first, seconds):
    """Prints and keeps how many times as fast as the first side the others are."""
    base = next(iter(seconds))
    print(f"{'':<34}{'first call':>12}{'then, median':>14}{'times as fast':>15}{'middle half':>16}")
    for name, own in seconds.items():
        low, middle, high = np.quantile(seconds[base] / own, (0.25, 0.5, 0.75))
        line = f"{name:<34}{first[name]:>10.2f} s{1000 * np.median(own):>11.1f} ms"
        if name != base:
            found[name] = (low, middle, high)
            line += f"{middle:>15.2f}{f'{low:.2f} to {high:.2f}':>16}"
        print(line)


def compare(sides, *, turns=9):
    """Lets the sides take turns, and tells what came of it."""
    tell(*in_turn(sides, turns=turns))


def training_step(model):
    """Returns a function that trains a classifier on one batch, as Keras's `fit` does."""
    optimizer = keras.optimizers.Adam()
    if model.dtype_policy.name == "mixed_float16":  # see "Mixed precision" below
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(model.trainable_variables)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy()

    def step(inputs, targets):
        with tf.GradientTape() as tape:
            loss = cross_entropy(targets, model(inputs, training=True))
            scaled = optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    return step


# %% [markdown] lang="en"
# ## 1. Graph or eager
#
# Executed *eagerly*, each operation goes through Python: it looks up the kernel, makes objects,
# records gradients. An LSTM of 30 steps is hundreds of tiny operations, so Python takes nearly
# all of the time. `tf.function` runs the Python code once, records the operations as a
# *graph*, and from then on runs the graph without Python.

# %% [markdown] lang="zh"
# ## 1. 计算图还是即时执行
#
# **即时执行**（eager）时，每个运算都要经过 Python：查找内核、创建对象、记录梯度。一个 30 步的
# LSTM 由几百个小运算组成，所以时间几乎全花在 Python 上。`tf.function` 只运行一次 Python 代码，
# 把其中的运算记录成**计算图**，以后直接执行这张图，不再经过 Python。

# %%
rng = np.random.default_rng(0)
inputs = tf.constant(rng.normal(size=(32, 30, 8)), tf.float32)
targets = tf.constant(rng.integers(0, 3, 32))
small = lt.builders.lstm_classifier((30, 8), classes=3, units=(32,))
eager = training_step(small)
graph = tf.function(eager)
compare(
    {
        "eager": lambda: eager(inputs, targets),
        "tf.function": lambda: graph(inputs, targets),
    },
    turns=5,
)

# %% [markdown] lang="en"
# The first call of the graph is the slowest of all: it traces. After that it wins by a wide
# margin. Keras's `fit` makes a graph by itself. You lose it with `compile(run_eagerly=True)` (good
# for debugging, remember to take it out), with `tf.config.run_functions_eagerly(True)`, and in
# loops that you write yourself and forget to decorate.
#
# ## 2. Retracing: the graph that is never finished
#
# A graph is made for a *kind of input*: dtypes, shapes, and the **values** of Python arguments.
# Something of a new kind means tracing again. A function tells how often it was traced.

# %% [markdown] lang="zh"
# 计算图的第一次调用反而最慢，因为它在追踪；此后则遥遥领先。Keras 的 `fit` 会自动建图。
# 有三种情况会失去它：`compile(run_eagerly=True)`（调试时好用，但别忘了去掉），
# `tf.config.run_functions_eagerly(True)`，以及自己写训练循环却忘了加装饰器。
#
# ## 2. 重复追踪：永远建不完的图
#
# 一张图对应**一类输入**：数据类型、形状，以及 Python 参数的**取值**。来了新的一类，就得重新追踪。
# 函数自己知道被追踪过多少次。

# %%
reader = lt.builders.lstm_classifier((None, 8), classes=3, units=(16,))


def read(sequences):
    return reader(sequences, training=False)


any_length = tf.TensorSpec([None, None, 8], tf.float32)
ways = {
    "tf.function": tf.function(read),
    "reduce_retracing=True": tf.function(read, reduce_retracing=True),
    "input_signature": tf.function(read, input_signature=[any_length]),
}
for name, function in ways.items():
    counts, start = [], time.perf_counter()
    for length in (12, 17, 23, 31, 38, 44):
        function(tf.zeros([16, length, 8]))
        counts.append(function.experimental_get_tracing_count())
    passed = time.perf_counter() - start
    print(f"{name:<24}traced so far, after each length: {counts}   {passed:.1f} s")

# %% [markdown] lang="en"
# Six lengths, six graphs, each kept in memory for as long as the function lives. With an
# `input_signature` that says `None` for what varies, one graph serves all. `reduce_retracing=True`
# finds that out by itself at the second shape. Keras's `fit` uses it; even so, give it a
# `tf.data.Dataset` whose shapes are unknown from the start, as the toolkit's batches are.
#
# TensorFlow warns when a function is traced too often. You will meet this line:

# %% [markdown] lang="zh"
# 六种长度就有六张图，函数存在多久，它们就占多久的内存。若用 `input_signature` 把会变的维度写成 `None`，
# 一张图就够了。`reduce_retracing=True` 则在遇到第二种形状时自己放宽。Keras 的 `fit` 用的就是它；
# 即便如此，最好还是交给它一个从一开始形状就未知的 `tf.data.Dataset`，本工具包的批次正是这样。
#
# 函数被追踪得太频繁时，TensorFlow 会发出警告。你迟早会看到这样一行：

# %%
print(warned[-1][:150], "…")

# %% [markdown] lang="en"
# Shapes are one cause, plain Python numbers the other. Here a learning rate is passed as a
# Python number, then as a tensor:

# %% [markdown] lang="zh"
# 形状是原因之一，普通的 Python 数是另一个。下面先用 Python 数传学习率，再用张量传：

# %%
weights = tf.Variable(tf.ones([4]))


@tf.function
def descend(rate):
    weights.assign_sub(rate * weights)


for rate in (0.1, 0.05, 0.025, 0.0125):
    descend(rate)
print("graphs after four Python numbers:", descend.experimental_get_tracing_count())
before = descend.experimental_get_tracing_count()
for rate in (0.1, 0.05, 0.025, 0.0125):
    descend(tf.constant(rate))
print("more after four tensors:        ", descend.experimental_get_tracing_count() - before)

# %% [markdown] lang="en"
# ## 3. Batches by length
#
# A batch is a rectangle, so short sequences are padded. The mask keeps padding out of the *answer*,
# but not out of the *work*: an LSTM computes every padded step. How much is padded depends on who
# shares a batch. Here are 256 sequences with the lengths that texts have, many short ones and a few
# long ones, batched in three ways:
#
# * **one fixed length**: all padded to the longest of all,
# * **at random**: each batch padded to its own longest,
# * **by length**: batches of nearly equal lengths, in random order, as the toolkit's `Batches`
#   makes them.

# %% [markdown] lang="zh"
# ## 3. 按长度分批
#
# 一个批次是矩形，短序列必须填充。掩码能让填充不影响**答案**，却省不掉**计算**：填充的时间步，LSTM
# 照算不误。填充多少，取决于哪些序列分在同一批。下面是 256 个序列，长度分布和真实文本相仿：
# 短的多，长的少。用三种方式分批：
#
# * **统一长度**：全部填充到最长的那一个；
# * **随机分批**：每批只填充到本批最长；
# * **按长度分批**：长度相近的分在一批，批次的先后仍然随机（由本工具包的 `Batches` 完成）。

# %%
lengths = np.clip(rng.lognormal(3.0, 0.7, 256), 3, 100).astype(int)
ragged = tf.RaggedTensor.from_row_lengths(rng.integers(1, 500, lengths.sum()), lengths)
answers = rng.integers(0, 2, 256)
batches = lt.data.Batches(ragged, answers, batch_size=16, seed=0)
shuffled = np.array_split(rng.permutation(256), 16)
orders = {
    "one fixed length": (shuffled, lengths.max()),
    "batches at random": (shuffled, None),
    "batches by length": (batches.order(0), None),
}
sheet = lt.plots.figure(9, 2.6)
shared = None
for place, (name, (order, longest)) in enumerate(orders.items()):
    widths = np.array([longest or lengths[rows].max() for rows in order])
    real = np.array([lengths[rows].mean() for rows in order])
    shared = axes = lt.plots.plain(sheet.add_subplot(1, 3, place + 1, sharey=shared))
    axes.bar(range(16), widths, color="#d0d0d0", label="padding")
    axes.bar(range(16), real, color=lt.plots.BLUE, label="real steps")
    axes.set_title(f"{name}: {1 - real.sum() / widths.sum():.0%} padding", fontsize=10)
    axes.set_xlabel("batch")
sheet.axes[0].set_ylabel("mean steps of a row")
sheet.axes[2].legend(frameon=False)
sheet

# %% [markdown] lang="en"
# The blue part is what has to be computed, the grey part is waste. Now the times of an epoch,
# with one and the same compiled training step:

# %% [markdown] lang="zh"
# 蓝色是必须计算的部分，灰色都是浪费。下面用同一个编译好的训练步，比较训练一轮（epoch）的时间：

# %%
classifier = lt.builders.text_classifier(500, classes=2, embedding=16, units=(16,))
train = tf.function(
    training_step(classifier),
    input_signature=[tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int64)],
)


def epoch(order, longest):
    """Returns a function that trains on all batches of an order, padded beforehand."""
    fed = []
    for rows in order:
        width = None if longest is None else [None, longest]
        padded = tf.gather(ragged, rows).to_tensor(shape=width)
        fed.append((tf.cast(padded, tf.int32), tf.constant(answers[rows])))
    return lambda: [train(*batch) for batch in fed]


train(tf.ones([16, 9], tf.int32), tf.zeros([16], tf.int64))  # traces, before the clock runs
compare({name: epoch(*order) for name, order in orders.items()}, turns=4)
print("the toolkit says:", batches.padding())

# %% [markdown] lang="en"
# Batches by length cost next to nothing in the quality of a gradient as long as the batches stay in
# random order. Keep an eye on one thing: if length and class go together (all complaints are long),
# batches become one-sided. Sorting within pools of 50 batches, as the toolkit does, keeps some
# mixture.
#
# ## 4. `steps_per_execution`: less Keras between the steps
#
# After each step `fit` comes back to Python: it takes the results, calls callbacks, asks for the
# next batch. With `steps_per_execution=20` it runs 20 steps in one graph before it comes back.
# That helps where steps are so short that the way back and forth matters. So once with a
# network that is almost nothing, and once with one that has something to do:

# %% [markdown] lang="zh"
# 只要批次之间的顺序仍是随机的，按长度分批对梯度的质量几乎没有影响。只需留意一点：
# 如果长度和类别相关（比如投诉都写得长），批次就会偏向某一类。本工具包只在每 50
# 个批次组成的池子里排序，因此还保留了一定的混合。
#
# ## 4. `steps_per_execution`：让 Keras 少插手
#
# 每走一步，`fit` 都要回到 Python：取结果、调用回调函数、要下一批数据。设成 `steps_per_execution=20`，
# 就会在一张图里连跑 20 步才回来一次。只有当每一步短到往返的开销占了大头时，这样做才有用。
# 所以下面测两次：一次用小到几乎没有计算量的网络，一次用真正要干活的网络。


# %%
def fitting(units, rows, *, batch_size, per_execution):
    """Returns a function that fits a new network of that many units for one epoch."""
    model = lt.builders.lstm_classifier((10, 8), classes=3, units=(units,))
    model.compile(
        "adam",
        "sparse_categorical_crossentropy",
        jit_compile=False,
        steps_per_execution=per_execution,
    )
    dataset = tf.data.Dataset.from_tensor_slices(
        (rng.normal(size=(rows, 10, 8)).astype(np.float32), rng.integers(0, 3, rows))
    )
    dataset = dataset.batch(batch_size).cache()
    return lambda: model.fit(dataset, shuffle=False, verbose=0)


compare(
    {
        "tiny, one step at a time": fitting(4, 240, batch_size=4, per_execution=1),
        "tiny, steps_per_execution=20": fitting(4, 240, batch_size=4, per_execution=20),
    },
    turns=9,
)
compare(
    {
        "larger, one step at a time": fitting(128, 2560, batch_size=128, per_execution=1),
        "larger, steps_per_execution=20": fitting(128, 2560, batch_size=128, per_execution=20),
    },
    turns=5,
)

# %% [markdown] lang="en"
# The more there is to compute in a step, the less is gained.
#
# The price: what callbacks do *after each batch* now happens after every 20. A backup inside an
# epoch or a progress bar becomes that much coarser. The toolkit's own trainings leave it at 1,
# because its backups can stop after any step.
#
# ## 5. The loop itself, on a CPU
#
# Four ways to run one LSTM layer with the same weights:
#
# * **Keras's loop**: in each step the input is multiplied with its weights, and the gradient of the
#   recurrent weights is added up step by step.
# * **The toolkit's loop** (`lt.layers.speed_up`): the input of *all* steps is multiplied at once, and
#   so is that gradient: few large products in place of many small ones. `compile_model` switches
#   it on by itself. It changes only training, only on CPUs; the model stays a plain Keras model.
# * **`unroll=True`**: no loop at all; the graph holds every step. It needs a known length, and
#   tracing takes longer the longer the sequence.
# * **XLA** (`jit_compile=True`): a compiler that joins small operations. It compiles *once for
#   each shape*, and that takes seconds.

# %% [markdown] lang="zh"
# 一步里要算的东西越多，得到的好处就越少。
#
# 代价是：回调函数原来**每批之后**做的事，现在每 20 批才做一次，一轮之内的备份和进度条都会随之变
# 粗。本工具包自己的训练保持为 1，因为它的备份要能停在任意一步之后。
#
# ## 5. CPU 上的循环本身
#
# 同一个 LSTM 层、同样的权重，有四种跑法：
#
# * **Keras 的循环**：每一步都单独做一次输入与权重的乘法，循环权重的梯度也是一步一步累加的。
# * **本工具包的循环**（`lt.layers.speed_up`）：**所有**时间步的输入一次乘完，上述梯度也一次算完，用少数几个大矩阵乘法代替许多小的。`compile_model`
#   会自动打开它。它只影响训练、只用于 CPU，模型仍是普通的 Keras 模型。
# * **`unroll=True`**：干脆没有循环，每个时间步都写进图里。长度必须已知，序列越长，追踪越慢。
# * **XLA**（`jit_compile=True`）：把小运算合并的编译器。**每种形状都要编译一次**，一次就是好几秒。

# %%
steps = 30
real = np.arange(steps) < rng.integers(steps // 2, steps + 1, 32)[:, None]
inputs = tf.constant(rng.normal(size=(32, steps, 64)) * real[..., None], tf.float32)
targets = tf.constant(rng.integers(0, 3, 32))


def network(units=64, **options):
    """Returns a masked LSTM under a softmax head; equal weights at each call."""
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((steps, 64)),
            keras.layers.Masking(),
            keras.layers.LSTM(units, **options),
            keras.layers.Dense(3, activation="softmax", dtype="float32"),
        ]
    )


functions = {
    "Keras's loop": tf.function(training_step(network())),
    "speed_up": tf.function(training_step(lt.layers.speed_up(network()))),
    "unroll=True": tf.function(training_step(network(unroll=True))),
    "XLA, one shape": tf.function(training_step(network()), jit_compile=True),
}
losses = {}


def once(name):
    losses.setdefault(name, []).append(float(functions[name](inputs, targets)))


first, seconds = in_turn({name: lambda name=name: once(name) for name in functions}, turns=13)
tell(first, seconds)
print("\nthe last loss:", {name: round(values[-1], 4) for name, values in losses.items()})
for name in ("unroll=True", "XLA, one shape"):
    longer = first[name] - first["Keras's loop"]
    saved = np.median(seconds["Keras's loop"] - seconds[name])
    worth = f"after {longer / saved:,.0f} steps" if saved > 0 else "never"
    print(f"{name} earns its slow start back {worth} of one shape")

# %% [markdown] lang="en"
# All four learn the same, so only the time differs. Read the first column too. Unrolling and XLA
# buy a faster step with a slow start, and the start comes again for each new shape, of which
# batches by length have many. The last two lines tell how many steps it takes to earn it back.
#
# Whether XLA's steps are faster at all depends on the sizes: with 28 steps, 128 units and batches of
# 64 nothing was gained when this notebook was written. Besides, on a GPU XLA rules out cuDNN, and
# it cannot compile `speed_up`. So the toolkit trains with `jit_compile=False`.
#
# ## 6. Mixed precision
#
# A number of 16 bits takes half the memory, and hardware that is made for it computes several times
# as many of them in a second. There are two kinds:

# %% [markdown] lang="zh"
# 四种跑法学到的东西一样，差别只在时间。别忘了看第一列：循环展开和 XLA 都是用缓慢的起步换取更快的
# 每一步；每遇到一种新形状，起步就要再来一次，而按长度分批恰恰有许多种形状。最后两行告诉你，
# 要跑多少步才能把起步的时间赚回来。
#
# XLA 的每一步是否真的更快，还要看规模：写这本笔记本时，换成 28 步、128 个单元、批大小 64，
# 它就没有任何优势了。此外，在 GPU 上 XLA 会排除 cuDNN，它也无法编译 `speed_up`。
# 所以本工具包训练时用 `jit_compile=False`。
#
# ## 6. 混合精度
#
# 16 位的数只占一半内存；在专门为它设计的硬件上，每秒能多算好几倍。16 位浮点数有两种：

# %%
print(f"{'':<10}{'bytes':>6}{'largest':>12}{'smallest normal':>18}{'next after 1':>15}")
for kind in (np.float32, np.float16, ml_dtypes.bfloat16):
    facts = ml_dtypes.finfo(kind)
    print(
        f"{np.dtype(kind).name:<10}{facts.bits // 8:>6}{float(facts.max):>12.3g}"
        f"{float(facts.smallest_normal):>18.2g}{1 + float(facts.eps):>15.7f}"
    )
print("1e-8 in float16:              ", float(tf.cast(1e-8, tf.float16)))
print("1e-8 × 32768 / 32768, likewise:", float(tf.cast(1e-8 * 32768, tf.float16)) / 32768)

# %% [markdown] lang="en"
# float16 has a narrow range: small gradients become 0. The remedy is **loss scaling**: multiply
# the loss by a large number, hence all gradients, and divide again before the weights change; the
# last line shows it. bfloat16 has the range of float32 and needs no scaling, but only two to three
# decimal digits.
#
# A Keras *policy* is *mixed*: weights stay in float32, computations take 16 bits. The builders
# keep the last softmax in float32, since small probabilities would be lost. If you write your own
# network, say `dtype="float32"` in the last layer.

# %% [markdown] lang="zh"
# float16 的范围很窄，小梯度会变成 0。补救办法是**损失缩放**（loss scaling）：把损失乘上一个大数，
# 于是所有梯度都变大，更新权重之前再除回来，最后一行演示的就是这个。
# bfloat16 的范围与 float32 相同，不需要缩放，但只有两到三位有效数字。
#
# Keras 的**策略**（policy）之所以叫**混合**，是因为权重仍用 float32 保存，计算才用 16
# 位。`lt.builders` 搭的网络让最后的 softmax 保持 float32，否则很小的概率会丢失。
# 如果你自己写网络，记得在最后一层写上 `dtype="float32"`。

# %%
functions = {}
for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
    with dtype_policy(policy):  # puts the old policy back at the end of the block
        model = network(units=192)
        model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
        lstm, head = model.layers[-2:]
        print(
            f"{policy:<15} weights {lstm.variable_dtype}, computes {lstm.compute_dtype}, "
            f"answers {head.compute_dtype}; compile gives {type(model.optimizer).__name__}"
        )
        functions[policy] = tf.function(training_step(model))
print("policy now:", keras.config.dtype_policy().name, end="\n\n")
compare(
    {name: lambda run=run: run(inputs, targets) for name, run in functions.items()},
    turns=5,
)
cpu = Path("/proc/cpuinfo")
flags = set(cpu.read_text().split()) if cpu.exists() else set()
names = {"avx512_bf16", "amx_bf16", "amx_fp16", "avx512_fp16"}
print("\nthis CPU computes 16 bits itself with:", sorted(names & flags) or "nothing of that kind")

# %% [markdown] lang="en"
# Where a CPU has no instructions for a kind of 16 bits (the last line tells which it has), numbers are
# converted back and forth, and steps get *slower* than in float32: here float16 shows it. With
# `amx_bf16` or `avx512_bf16` bfloat16 may be faster, but need not be; measure it with this cell.
# float16 has no advantage over it there, and needs loss scaling on top.
#
# **What to expect on a GPU.** None of this was run here. It is what
# [TensorFlow's guide to mixed precision](https://www.tensorflow.org/guide/mixed_precision) and
# Keras's source say:
#
# * float16 pays with tensor cores, that is with compute capability 7.0 or more (Volta and newer).
#   bfloat16 needs 8.0 (Ampere), says NVIDIA. The toolkit's `--precision auto` chooses `mixed_float16` from 7.0 on.
# * The gain comes with large matrices: batch size, `units` and features that are multiples of 8 and
#   not small. An LSTM of 64 units on batches of 32 will hardly gain.
# * Memory is halved for activations, not for weights or the optimizer's state.
# * `compile` adds loss scaling only if the policy is set *before* the network is built. In your own
#   training loop you do it yourself, as `training_step` above does.
#
# **How to check it.** Run this very cell on the GPU, with larger `units`. `lstm-toolkit doctor`
# tells the compute capability and what `auto` stands for. TensorFlow's profiler
# (`keras.callbacks.TensorBoard(..., profile_batch=(10, 20))`, with `tensorboard-plugin-profile`
# installed) shows which kernels ran and how many of them used tensor cores.
#
# ## 7. cuDNN: when, and when not
#
# On a GPU, NVIDIA's library cuDNN runs a whole LSTM layer as one kernel, and Keras takes it where it
# can. One wrong option, and it silently takes the loop instead. You need no GPU to find out: the
# toolkit checks the conditions that stand in Keras's source (version 3.15).

# %% [markdown] lang="zh"
# CPU 如果没有某种 16 位格式的运算指令（有哪些，见最后一行），就只能来回转换，结果比 float32 还**慢**：
# 这里的 float16 就是例子。有 `amx_bf16` 或 `avx512_bf16` 指令时，bfloat16 可能更快，但也不一定，
# 用这个单元格量一量就知道。至于 float16，在这样的 CPU 上并不比 bfloat16 强，还得另外做损失缩放。
#
# **在 GPU 上可以期待什么**：以下内容没有在这里跑过，依据是
# [TensorFlow 的混合精度指南](https://www.tensorflow.org/guide/mixed_precision)和 Keras 的源码：
#
# * float16 要靠张量核心（tensor core）才划算，即计算能力（compute capability）7.0 及以上（Volta
#   及更新的架构）；据 NVIDIA 的文档，bfloat16 需要 8.0（Ampere）。本工具包的 `--precision auto`
#   从 7.0 起选择 `mixed_float16`。
# * 收益来自大矩阵：批大小、`units` 和特征数最好是 8 的倍数，而且不能太小。批大小 32、64 个单元的
#   LSTM 几乎得不到好处。
# * 减半的是激活值占用的内存，权重和优化器状态并不减少。
# * 只有在构建网络**之前**设好策略，`compile`
#   才会加上损失缩放。自己写训练循环时要自己加，就像上面的 `training_step` 那样。
#
# **怎样验证**：在 GPU 上把 `units` 调大，原样运行这个单元格。`lstm-toolkit doctor`
# 会告诉你计算能力，以及 `auto` 代表哪种精度。TensorFlow 的性能分析器
# （`keras.callbacks.TensorBoard(..., profile_batch=(10, 20))`，需安装
# `tensorboard-plugin-profile`）会显示实际运行了哪些内核、其中有多少用上了张量核心。
#
# ## 7. cuDNN：什么时候用，什么时候不用
#
# 在 GPU 上，NVIDIA 的 cuDNN 库能把整个 LSTM 层作为一个内核来运行，Keras 只要能用就会用它。
# 但只要有一个选项不合适，它就会不声不响地退回普通循环。
# 检查这一点并不需要 GPU：本工具包会对照 Keras 源码（3.15 版）中的条件逐一核对。

# %%
layers = keras.layers
candidates = {
    "LSTM(8)": layers.LSTM(8),
    "LSTM(8, dropout=0.3)": layers.LSTM(8, dropout=0.3),
    "LSTM(8, go_backwards=True)": layers.LSTM(8, go_backwards=True),
    "Bidirectional(LSTM(8))": layers.Bidirectional(layers.LSTM(8)),
    "GRU(8)": layers.GRU(8),
    "LSTM(8, recurrent_dropout=0.2)": layers.LSTM(8, recurrent_dropout=0.2),
    "LSTM(8, activation='relu')": layers.LSTM(8, activation="relu"),
    "LSTM(8, recurrent_activation='relu')": layers.LSTM(8, recurrent_activation="relu"),
    "LSTM(8, use_bias=False)": layers.LSTM(8, use_bias=False),
    "LSTM(8, unroll=True)": layers.LSTM(8, unroll=True),
    "LSTM(8, use_cudnn=False)": layers.LSTM(8, use_cudnn=False),
    "GRU(8, reset_after=False)": layers.GRU(8, reset_after=False),
    "RNN(LayerNormLSTMCell(8))": layers.RNN(lt.layers.LayerNormLSTMCell(8)),
}
for name, layer in candidates.items():
    lines = lt.builders.cudnn_blockers(keras.Sequential([keras.Input((20, 4)), layer]))
    reasons = ", ".join(line.partition(": ")[2] for line in lines)
    print(f"{name:<38}{'no: ' + reasons if reasons else 'yes'}")

# %% [markdown] lang="en"
# Two more conditions depend on the data, and no check before training can see them:
#
# * **Padding must stand on the right.** A mask with padding on the left or in the middle is an error
#   under cuDNN, not a slow way.
# * **No row may be padding alone.** The toolkit reads an empty text as one unknown token for that
#   reason.
#
# And one trap: `use_cudnn` is not saved with a layer. Whoever loads a model gets `"auto"` again.

# %% [markdown] lang="zh"
# 还有两个条件取决于数据，训练之前无从检查：
#
# * **填充必须在右边**：填充在左边或中间的掩码，在 cuDNN 下不是变慢，而是直接报错。
# * **任何一行都不能全是填充**：正因如此，本工具包把空文本读作一个未知词元。
#
# 另外有个陷阱：`use_cudnn` 不会随层保存。模型重新加载后，又变回 `"auto"`。

# %%
without = layers.LSTM(8, use_cudnn=False)
print("in get_config:", "use_cudnn" in without.get_config())
print("after loading:", layers.LSTM.from_config(without.get_config()).use_cudnn)

# %% [markdown] lang="en"
# What did *really* run? Look into the graph: a layer on cuDNN is one operation called `CudnnRNNV3`, a
# loop is a `While`. This works on any machine, for any function that you have traced.

# %% [markdown] lang="zh"
# **实际**跑的到底是什么？看看计算图就知道：用 cuDNN 的层是一个名叫 `CudnnRNNV3` 的运算，循环则是
# `While`。这个办法在任何机器上、对任何追踪过的函数都管用。


# %%
def recurrent_operations(function):
    """Returns the kinds of operations in a traced graph that run recurrent layers."""
    kinds = {operation.type for operation in function.graph.get_operations()}
    return sorted(kind for kind in kinds if "CudnnRNN" in kind or "While" in kind)


traced = ways["input_signature"].get_concrete_function()
print(recurrent_operations(traced), "with GPUs:", tf.config.list_physical_devices("GPU"))

# %% [markdown] lang="en"
# `lstm-toolkit doctor digits` puts all of this together for a task, and `lstm-toolkit doctor
# runs/mine` for one of your runs. Here is what it says on this machine:

# %% [markdown] lang="zh"
# `lstm-toolkit doctor digits` 会针对一个任务给出上述全部信息，`lstm-toolkit doctor runs/mine`
# 则针对你的某次训练。它对这台机器的诊断如下：

# %%
print(as_text(examine(None, "digits", {"recurrent_dropout": "0.1"})))

# %% [markdown] lang="en"
# ## All ratios
#
# Each bar says how many times as fast a step (or an epoch) became against the first side of its
# table. Right of 1 is faster (blue), left of 1 slower (orange). The black lines span the middle
# half of the turns. The scale is logarithmic.

# %% [markdown] lang="zh"
# ## 全部比值
#
# 每根横条表示：一步（或一轮训练）的速度是各自表中第一方的多少倍。1 的右边是变快（蓝色），
# 左边是变慢（橙色）。黑线是中间一半回合的范围。横轴是对数刻度。

# %%
low, middle, high = np.array(list(found.values())).T
sheet = lt.plots.figure(7.5, 0.34 * len(found) + 1)
axes = lt.plots.plain(sheet.add_subplot())
colours = [lt.plots.BLUE if ratio >= 1 else lt.plots.ORANGE for ratio in middle]
axes.barh(list(found), middle - 1, left=1, color=colours, xerr=(middle - low, high - middle))
axes.set_xscale("log")
ticks = [tick for tick in (0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64) if tick < 1.2 * high.max()]
ticks = [tick for tick in ticks if tick > low.min() / 2.2]
axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
axes.minorticks_off()
axes.axvline(1, color="black", linewidth=1)
axes.invert_yaxis()
axes.set_xlabel("times as fast")
sheet

# %% [markdown] lang="en"
# So the order in which to look for lost time: first the graph (is something eager, is something
# traced again and again?), then padding, on a GPU cuDNN, and only then the rest.
#
# ## Exercise 1: batch size and padding
#
# How does the share of padding change if a batch holds 8, 32 or 128 sequences, at random and by
# length? First guess, then let `Batches.padding()` tell you.

# %% [markdown] lang="zh"
# 因此，找回时间的顺序应该是：先看计算图（有没有即时执行的部分，有没有反复追踪），再看填充，
# 在 GPU 上看 cuDNN，最后才轮到其他。
#
# ## 练习 1：批大小与填充
#
# 如果一批有 8、32 或 128 个序列，随机分批和按长度分批时，填充的比例各会怎样变化？先猜一猜，再让
# `Batches.padding()` 告诉你。

# %% tags=["solution"]
for size in (8, 32, 128):
    told = lt.data.Batches(ragged, answers, batch_size=size, seed=0).padding()
    print(f"{size:>4} a batch: {told}")
# The more sequences share a batch at random, the longer is the longest of them. By length the
# share is smaller, but it grows too: 256 sequences are few for such large batches.

# %% [markdown] lang="en"
# There are only 256 sequences here, too few to fill large batches with nearly equal lengths: two
# batches of 128 are the shorter half and the longer half, and the longer half is padded to the
# longest of all. With more data the share by length stays small.
#
# ## Exercise 2: a function that never stops tracing
#
# This one scores the first `count` steps of a sequence. Each new `count` makes a new graph. Mend it
# without changing what it computes, and prove it with the tracing count.

# %% [markdown] lang="zh"
# 这里总共只有 256 个序列，批次一大，就找不到那么多长度相近的序列：分成两批、每批 128 个，
# 就是较短的一半和较长的一半，较长的一半都要填充到全体最长。数据更多时，按长度分批的填充比例会一直
# 很小。
#
# ## 练习 2：停不下来的追踪
#
# 下面的函数对序列的前 `count` 步求分。每个新的 `count` 都会产生一张新图。
# 请在不改变计算结果的前提下修好它，并用追踪次数证明。


# %%
@tf.function
def score(sequence, count):
    return tf.reduce_sum(sequence[:count])


sequence = tf.range(10.0)
print([float(score(sequence, count)) for count in (2, 4, 6)])
print("traced", score.experimental_get_tracing_count(), "times")


# %% tags=["solution"]
@tf.function(input_signature=[tf.TensorSpec([None]), tf.TensorSpec([], tf.int32)])
def mended(sequence, count):
    return tf.reduce_sum(sequence[:count])


print([float(mended(sequence, count)) for count in (2, 4, 6)])
print("traced", mended.experimental_get_tracing_count(), "time")
# With a signature Python numbers are made tensors on the way in. Without one, write
# score(sequence, tf.constant(count)).

# %% [markdown] lang="en"
# ## Exercise 3: back onto cuDNN
#
# A colleague's network trains slowly on a GPU. Which two layers are to blame, and what do you
# change so that the network is regularised all the same?

# %% [markdown] lang="zh"
# ## 练习 3：回到 cuDNN
#
# 同事的网络在 GPU 上训练很慢。问题出在哪两层？怎样修改，才能既用上 cuDNN，又保留正则化？

# %%
slow = keras.Sequential(
    [
        keras.Input((None, 16)),
        layers.Bidirectional(layers.LSTM(32, return_sequences=True, recurrent_dropout=0.3)),
        layers.LSTM(32, return_sequences=True),
        layers.LSTM(32, recurrent_activation="hard_sigmoid"),
        layers.Dense(2, activation="softmax"),
    ]
)

# %% tags=["solution"]
print(*lt.builders.cudnn_blockers(slow), sep="\n")
mended_network = keras.Sequential(
    [
        keras.Input((None, 16)),
        layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
        layers.Dropout(0.3),  # between the layers instead of inside the loop
        layers.LSTM(32, return_sequences=True),
        layers.LSTM(32),
        layers.Dense(2, activation="softmax"),
    ]
)
print("after the change:", lt.builders.cudnn_blockers(mended_network) or "nothing in the way")

# %% [markdown] lang="en"
# ## What to try on your own data
#
# 1. `lstm-toolkit doctor sentiment --set NAME=VALUE` with your settings, before you train; on a GPU
#    machine look at the lines on precision and cuDNN first.
# 2. `lstm-toolkit train … ` says how much padding is left and what keeps cuDNN away. If a few very
#    long texts set the pace, lower `max_tokens`.
# 3. On a GPU compare `--precision float32` with `mixed_float16`, for one epoch each, in turn and
#    twice. Compare the scores too, not only the times.
# 4. In your own training loop print `experimental_get_tracing_count()` at the end of the first
#    epochs. It must not grow any more.
# 5. Measure with `in_turn` from this notebook before you believe any advice on speed, this one
#    included.
#
# Next: [06_export_and_serve](06_export_and_serve.ipynb) measures how fast one answer is.

# %% [markdown] lang="zh"
# ## 在你自己的数据上试一试
#
# 1. 训练之前，先用你的设置运行 `lstm-toolkit doctor sentiment --set NAME=VALUE`；在有 GPU
#    的机器上，先看精度和 cuDNN 那几行。
# 2. `lstm-toolkit train …` 会告诉你还剩多少填充、是什么挡住了
#    cuDNN。如果是少数特别长的文本拖慢了速度，就调小 `max_tokens`。
# 3. 在 GPU 上比较 `--precision float32` 和
#    `mixed_float16`：各训练一轮，轮流跑两遍。不要只比时间，还要比分数。
# 4. 自己写训练循环时，在最初几轮结束后打印 `experimental_get_tracing_count()`，它不应该再增长。
# 5. 任何关于速度的建议（包括这里的）都先用这本笔记本的 `in_turn` 量过再信。
#
# 下一本笔记本 [06_export_and_serve](06_export_and_serve.zh-CN.ipynb) 将测量得到一个答案需要多久。
