# %% [markdown] lang="en"
# # The LSTM from scratch
#
# What happens inside of `keras.layers.LSTM`? In this notebook you write the cell in a few
# lines of NumPy, send gradients back through time by hand, and prove both right. Then you
# measure why plain recurrent networks forget, see what a single number, the bias of the
# forget gate, changes about that, and watch the gates of trained networks at work on a
# sentence and on a digit.
#
# You need to know what a matrix product and a derivative are. Everything runs on a laptop in
# about a minute, and nothing is downloaded.

# %% [markdown] lang="zh"
# # 从零实现 LSTM
#
# `keras.layers.LSTM` 里面究竟发生了什么？在这本笔记本里，你将用几行 NumPy 写出一个 LSTM 单元，
# 亲手让梯度沿时间反向传播，并验证前向、反向都算对了。接着，你会通过测量弄清普通循环网络为什么会遗
# 忘，看看仅仅一个数（遗忘门的偏置）能带来多大改变，最后观察训练好的网络在读一句话、
# 读一个手写数字时，各个门在做什么。
#
# 你只需要懂矩阵乘法和导数。全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。

# %%
# %matplotlib inline
from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import numpy as np
import tensorflow as tf

import lstm_toolkit as lt

keras.utils.set_random_seed(0)
BLUE, ORANGE, GREY = lt.plots.BLUE, lt.plots.ORANGE, lt.plots.GREY

# %% [markdown] lang="en"
# ## The equations
#
# An LSTM reads a sequence step by step. It carries two vectors from step to step: the *cell
# state* $c_t$, its memory, and the *hidden state* $h_t$, what it shows of the memory. At each
# step it looks at the input $x_t$ and at $h_{t-1}$, and computes four vectors:
#
# $$
# \begin{aligned}
# i_t &= \sigma(x_t W_i + h_{t-1} U_i + b_i) && \text{input gate: how much is written} \\
# f_t &= \sigma(x_t W_f + h_{t-1} U_f + b_f) && \text{forget gate: how much is kept} \\
# g_t &= \tanh(x_t W_g + h_{t-1} U_g + b_g) && \text{candidate: what could be written} \\
# o_t &= \sigma(x_t W_o + h_{t-1} U_o + b_o) && \text{output gate: how much is shown}
# \end{aligned}
# $$
#
# The sigmoid $\sigma$ gives numbers between 0 and 1, so a gate is a valve: 0 is shut, 1 is
# open. With $\odot$, the product element by element, memory and output are
#
# $$
# c_t = f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t).
# $$
#
# Read the first one slowly: *keep a part of the old, add a part of the new*. All else in
# this notebook follows from it. S. Hochreiter and J. Schmidhuber published the LSTM in 1997
# ([doi:10.1162/neco.1997.9.8.1735](https://doi.org/10.1162/neco.1997.9.8.1735)), without the
# forget gate; F. Gers, J. Schmidhuber and F. Cummins added it in 2000
# ([doi:10.1162/089976600300015015](https://doi.org/10.1162/089976600300015015)).
#
# ## Forward, in NumPy
#
# The four products are computed as one: the matrices stand side by side, in Keras's order
# $i, f, g, o$ (Keras calls the candidate *c*). For the way back we remember what each step
# used.

# %% [markdown] lang="zh"
# ## 公式
#
# LSTM 逐个时间步读取序列，并把两个向量从一步带到下一步：**细胞状态** $c_t$
# 是它的记忆，**隐藏状态** $h_t$ 是它从记忆中展示出来的部分。在每个时间步，它根据输入 $x_t$ 和
# $h_{t-1}$ 计算四个向量：
#
# $$
# \begin{aligned}
# i_t &= \sigma(x_t W_i + h_{t-1} U_i + b_i) && \text{输入门：写入多少} \\
# f_t &= \sigma(x_t W_f + h_{t-1} U_f + b_f) && \text{遗忘门：保留多少} \\
# g_t &= \tanh(x_t W_g + h_{t-1} U_g + b_g) && \text{候选值：可以写入的内容} \\
# o_t &= \sigma(x_t W_o + h_{t-1} U_o + b_o) && \text{输出门：展示多少}
# \end{aligned}
# $$
#
# Sigmoid 函数 $\sigma$ 的值在 0 和 1 之间，所以门就像一个阀门：0 表示关上，1 表示打开。
# 用 $\odot$ 表示逐元素相乘，记忆和输出就是
#
# $$
# c_t = f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t).
# $$
#
# 请慢慢读第一个式子：**旧的留一部分，新的加一部分**。后面的内容全都由它而来。LSTM 由
# S. Hochreiter 和 J. Schmidhuber 于 1997 年提出
# （[doi:10.1162/neco.1997.9.8.1735](https://doi.org/10.1162/neco.1997.9.8.1735)），
# 当时还没有遗忘门；2000 年，F. Gers、J. Schmidhuber 和 F. Cummins 补上了遗忘门
# （[doi:10.1162/089976600300015015](https://doi.org/10.1162/089976600300015015)）。
#
# ## 用 NumPy 写前向计算
#
# 四个矩阵乘法可以合成一个：把四个矩阵按 Keras 的顺序 $i, f, g, o$ 并排放在一起（Keras 把候选值
# 记作 *c*）。为了之后的反向传播，我们记下每一步用到的量。


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, w, u, b):
    """Reads x[batch, time, features]; returns all hidden states, and what each step used."""
    h = c = np.zeros((len(x), len(u)))
    hidden, steps = [], []
    for t in range(x.shape[1]):
        before = h, c
        i, f, g, o = np.split(x[:, t] @ w + h @ u + b, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c = f * c + i * g
        h = o * np.tanh(c)
        hidden.append(h)
        steps.append((*before, i, f, g, o, c))
    return np.stack(hidden, axis=1), steps


rng = np.random.default_rng(0)
batch, time, features, units = 2, 5, 3, 4
x = rng.normal(size=(batch, time, features))
w = rng.normal(0, 0.5, (features, 4 * units))
u = rng.normal(0, 0.5, (units, 4 * units))
b = rng.normal(0, 0.5, 4 * units)

hidden, steps = forward(x, w, u, b)
print("hidden states:", hidden.shape)
for t, (_, c_before, i, f, g, _, c) in enumerate(steps[:3]):
    kept, written = f[0, 0] * c_before[0, 0], i[0, 0] * g[0, 0]
    print(
        f"step {t}, unit 0: keeps {f[0, 0]:.2f} × {c_before[0, 0]:+.2f}, "
        f"writes {i[0, 0]:.2f} × {g[0, 0]:+.2f}: {kept:+.2f} {written:+.2f} = {c[0, 0]:+.2f}"
    )

# %% [markdown] lang="en"
# ## Backward through time
#
# Training asks how the loss $L$ changes with each weight. We walk the steps from the last to
# the first and carry two gradients: $\partial L/\partial h_t$ and $\partial L/\partial c_t$.
# The memory appears in the output of its step *and* in the memory of the next one, so two
# things add up:
#
# $$
# \frac{\partial L}{\partial c_t} =
# \frac{\partial L}{\partial h_t} \odot o_t \odot (1 - \tanh^2 c_t) +
# \frac{\partial L}{\partial c_{t+1}} \odot f_{t+1}
# $$
#
# The second term is the heart of the LSTM: on its way back from memory to memory, the
# gradient is multiplied by the forget gate and by nothing else, no matrix and no
# $\tanh'$. The rest is the chain rule, with $\sigma' = \sigma(1-\sigma)$ and
# $\tanh' = 1 - \tanh^2$.

# %% [markdown] lang="zh"
# ## 沿时间反向传播
#
# 训练要知道损失 $L$ 如何随每个权重变化。我们从最后一步走回第一步，一路带着两个梯度：
# $\partial L/\partial h_t$ 和 $\partial L/\partial c_t$。记忆既出现在本步的输出里，**也**出现在
# 下一步的记忆里，所以有两项相加：
#
# $$
# \frac{\partial L}{\partial c_t} =
# \frac{\partial L}{\partial h_t} \odot o_t \odot (1 - \tanh^2 c_t) +
# \frac{\partial L}{\partial c_{t+1}} \odot f_{t+1}
# $$
#
# 第二项是 LSTM 的核心：梯度从记忆传回前一步的记忆时，只乘以遗忘门，既不乘矩阵，也不乘
# $\tanh'$。其余的就是链式法则，用到 $\sigma' = \sigma(1-\sigma)$ 和 $\tanh' = 1 - \tanh^2$。


# %%
def backward(x, w, u, steps, gradient):
    """Takes dL/dh[batch, time, units] of all hidden states; returns dL/d(x, w, u, b)."""
    dx, dw, du, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(u), 0
    dh = dc = 0
    for t in reversed(range(x.shape[1])):
        h_before, c_before, i, f, g, o, c = steps[t]
        squashed = np.tanh(c)
        dh = dh + gradient[:, t]
        dc = dc + dh * o * (1 - squashed**2)
        dz = np.concatenate(
            [
                dc * g * i * (1 - i),
                dc * c_before * f * (1 - f),
                dc * i * (1 - g**2),
                dh * squashed * o * (1 - o),
            ],
            axis=1,
        )
        dx[:, t] = dz @ w.T
        dw += x[:, t].T @ dz
        du += h_before.T @ dz
        db += dz.sum(axis=0)
        dh, dc = dz @ u.T, dc * f
    return dx, dw, du, db


# %% [markdown] lang="en"
# ### Is it right? Ask the numbers
#
# A derivative is a limit: move one number by a little, and see how much the loss changes.
# That is slow, two forward passes a number, but it needs no calculus, so it cannot repeat a
# mistake of ours. The loss here is a weighted sum of all hidden states; the weights then are
# its gradient. We use 64-bit numbers: in 32 bits, rounding would drown the difference.

# %% [markdown] lang="zh"
# ### 算对了吗？让数值说话
#
# 导数是一个极限：把一个数稍微挪动一点，看损失变化多少。这样做很慢，每个数都要两次前向计算，
# 但它不需要推导，所以不会重复我们推导中的错误。这里的损失是全部隐藏状态的加权和，于是这些
# 权重就是它对隐藏状态的梯度。我们用 64 位浮点数：换成 32 位，舍入误差会把差值淹没。

# %%
weights = rng.normal(size=hidden.shape)


def loss():
    return (forward(x, w, u, b)[0] * weights).sum()


def numerical(array, step=1e-6):
    """Moves each number of the array in place, forth and back."""
    found = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + step
        above = loss()
        array[place] = kept - step
        found[place] = (above - loss()) / (2 * step)
        array[place] = kept
    return found


ours = dict(zip(("x", "w", "u", "b"), backward(x, w, u, steps, weights)))
for name, array in (("x", x), ("w", w), ("u", u), ("b", b)):
    checked = numerical(array)
    error = np.abs(ours[name] - checked).max() / np.abs(checked).max()
    print(f"dL/d{name}: {array.size:>3} numbers, largest relative error {error:.0e}")

# %% [markdown] lang="en"
# ### Is it Keras's?
#
# Now give a `keras.layers.LSTM` the same weights, and compare outputs and gradients. Keras
# computes in 32 bits, so about seven digits can agree.

# %% [markdown] lang="zh"
# ### 和 Keras 一样吗？
#
# 现在把同样的权重交给 `keras.layers.LSTM`，比较输出和梯度。Keras 用 32 位浮点数计算，
# 所以最多大约有七位数字一致。

# %%
layer = keras.layers.LSTM(units, return_sequences=True)
layer.build(x.shape)
layer.set_weights([w, u, b])
inputs = tf.constant(x, tf.float32)
with tf.GradientTape() as tape:
    tape.watch(inputs)
    outputs = layer(inputs)
    total = tf.reduce_sum(outputs * tf.constant(weights, tf.float32))
found = tape.gradient(total, [inputs, *(weight.value for weight in layer.trainable_weights)])

print(f"outputs: largest difference {np.abs(outputs - hidden).max():.0e}")
for (name, gradient), other in zip(ours.items(), found):
    difference = np.abs(gradient - other.numpy()).max()
    print(f"dL/d{name}:   largest difference {difference:.0e}")
    assert difference < 1e-5

# %% [markdown] lang="en"
# Forty lines of NumPy, and they are the real thing.
#
# ## Why plain networks forget
#
# A plain recurrent network has one line: $h_t = \tanh(x_t W + h_{t-1} U + b)$. On its way
# back, the gradient meets $U$ and $\tanh'$ *at every step*. A product of a hundred such
# factors shrinks to nothing or explodes, and a network cannot learn from what its
# gradient does not reach: Y. Bengio, P. Simard and P. Frasconi, 1994
# ([doi:10.1109/72.279181](https://doi.org/10.1109/72.279181)).
#
# Let us measure that on untrained Keras layers as they come. Sequences of random numbers
# have 100 steps; the loss is a weighted sum of the *last* hidden state; drawn is the norm
# of its gradient with respect to the input so many steps before the end, on a scale of
# powers of ten.

# %% [markdown] lang="zh"
# 四十来行 NumPy，就是货真价实的 LSTM。
#
# ## 普通循环网络为什么会遗忘
#
# 普通循环网络只有一个式子：$h_t = \tanh(x_t W + h_{t-1} U + b)$。梯度往回传时，**每一步**都要乘上
# $U$ 和 $\tanh'$。一百个这样的因子连乘，要么缩小到几乎为零，要么爆炸；梯度到不了的地方，
# 网络就学不到东西（Y. Bengio、P. Simard 和
# P. Frasconi，1994，[doi:10.1109/72.279181](https://doi.org/10.1109/72.279181)）。
#
# 我们用刚创建、未经训练的 Keras 层来测量。随机序列有 100 个时间步，损失是**最后一个**隐藏状态的加
# 权和。图中横轴是输入距末尾的步数，纵轴是损失对该输入的梯度范数，按 10 的幂次刻度。

# %%
rng = np.random.default_rng(1)
LENGTH, WIDTH = 100, 32
noise = tf.constant(rng.normal(size=(16, LENGTH, 8)), tf.float32)
mix = tf.constant(rng.normal(size=(16, WIDTH)), tf.float32)


def gradient_norms(layer, inputs=noise):
    """Returns the mean norm of the gradient for inputs 0, 1, … steps before the end."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        total = tf.reduce_sum(layer(inputs) * mix)
    norms = np.linalg.norm(tape.gradient(total, inputs), axis=2)
    return norms.mean(axis=0)[::-1]


def draw_norms(curves, colours):
    sheet = lt.plots.figure(5.2, 3.1)
    axes = lt.plots.plain(sheet.add_subplot())
    for (name, norms), colour in zip(curves.items(), colours):
        axes.semilogy(norms, color=colour, linewidth=2, label=name)
    axes.set(xlabel="steps before the end", ylabel="norm of the gradient")
    axes.legend(frameon=False, loc="lower left")
    return sheet


curves = {}
for kind in (keras.layers.SimpleRNN, keras.layers.GRU, keras.layers.LSTM):
    keras.utils.set_random_seed(0)
    curves[kind.__name__] = gradient_norms(kind(WIDTH))
for name, norms in curves.items():
    print(f"{name:<10} 10 steps before: {norms[10]:.0e}   99 steps before: {norms[99]:.0e}")
keras.utils.set_random_seed(0)
norms = gradient_norms(keras.layers.SimpleRNN(WIDTH), 0.1 * noise)
print(f"SimpleRNN, inputs a tenth as large, 99 steps before: {norms[99]:.0e}")
draw_norms(curves, (GREY, ORANGE, BLUE))

# %% [markdown] lang="en"
# The LSTM's gradient falls most slowly, the plain network's far faster. But look at the GRU,
# which has gates as well: untrained it forgets even faster than the plain network. So gates
# alone are no cure. They make a long memory *possible*; whether a network has it from the
# start depends on where its gates begin.
#
# And the last line printed is a warning against simple stories. Keras starts $U$ as an orthogonal
# matrix, which keeps lengths. With small inputs $\tanh' \approx 1$, and even the plain network
# loses much less. It is the inputs that drive it into the flat parts of $\tanh$.
#
# ## One number: the bias of the forget gate
#
# In an untrained LSTM the forget gate is about $\sigma(b_f)$. After 100 steps about
# $\sigma(b_f)^{100}$ of the memory is left, and of the gradient that returns through it:

# %% [markdown] lang="zh"
# LSTM 的梯度下降得最慢，普通网络快得多。但请看 GRU：它也有门，未经训练时却比普通网络忘得还快。
# 所以，光有门还不够。门让长期记忆成为**可能**；网络一开始有没有长期记忆，取决于它的门从哪里起步。
#
# 打印出的最后一行提醒我们，事情没有那么简单。Keras 把 $U$ 初始化为正交矩阵，它不改变向量的长度；
# 输入很小时 $\tanh' \approx 1$，就连普通网络，梯度也衰减得慢得多。是输入把它推进了 $\tanh$
# 的平坦区。
#
# ## 一个数：遗忘门的偏置
#
# 在未经训练的 LSTM 里，遗忘门大约等于 $\sigma(b_f)$。100 步之后，记忆大约只剩
# $\sigma(b_f)^{100}$，沿记忆传回的梯度也是如此：

# %%
for bias in (0, 1, 3):
    print(f"bias {bias}: gate {sigmoid(bias):.2f}, after 100 steps {sigmoid(bias) ** 100:.0e}")


# %% [markdown] lang="en"
# `unit_forget_bias=True`, Keras's default, starts $b_f$ at 1; `False` starts it at 0 like all
# other biases. R. Jozefowicz, W. Zaremba and I. Sutskever compared more than ten thousand
# recurrent architectures in 2015 (*An Empirical Exploration of Recurrent Network
# Architectures*, ICML) and recommend a forget bias of 1 for every LSTM. The same measurement
# as above, for three biases:

# %% [markdown] lang="zh"
# Keras 默认 `unit_forget_bias=True`，让 $b_f$ 从 1 开始；设为 `False`，它就和其他偏置一样从 0
# 开始。2015 年，R. Jozefowicz、W. Zaremba 和 I. Sutskever 比较了上万种循环结构
# （*An Empirical Exploration of Recurrent Network Architectures*，ICML），建议所有 LSTM 都把
# 遗忘门偏置设为 1。下面对三个偏置做与上面相同的测量：


# %%
def with_forget_bias(width, bias):
    """Returns an LSTM layer whose forget gates begin with that bias."""

    def start(shape, dtype=None):
        return keras.ops.repeat(keras.ops.convert_to_tensor([0.0, bias, 0.0, 0.0], dtype), width)

    return keras.layers.LSTM(width, unit_forget_bias=False, bias_initializer=start)


curves = {}
for bias in (0.0, 1.0, 3.0):
    keras.utils.set_random_seed(0)
    curves[f"forget bias {bias:.0f}"] = gradient_norms(with_forget_bias(WIDTH, bias))
for name, norms in curves.items():
    print(f"{name}   99 steps before: {norms[99]:.0e}")
draw_norms(curves, ("#a9c4e4", BLUE, "#17365f"))

# %% [markdown] lang="en"
# The two lower curves are nearly straight: a constant factor a step. They are less steep than the
# little table says, since inputs push the gates up and down, and the gradient also returns by way
# of the hidden state. With bias 0 the curve is close to that of the GRU above, for the same reason:
# Keras's GRU begins with biases of 0, and keeps about half at each step. With bias 3 the gradient
# no longer vanishes.
#
# ### Does it matter for learning?
#
# A small task of memory: the first step says *one* or *two*, then come 29 steps of noise, and
# after the last the network has to say which it was. Four networks of 16 units get the same
# training; accuracy 0.5 is guessing.

# %% [markdown] lang="zh"
# 下面两条曲线都接近直线：每一步乘一个大致不变的因子。它们没有上面那张小表说的那么陡，因为输入会把
# 门推高或压低，而且梯度还会经由隐藏状态传回来。偏置为 0 时，曲线和前面的 GRU 差不多，原因也相同：
# Keras 的 GRU 偏置从 0 开始，每一步大约只保留一半。偏置为 3 时，梯度不再消失。
#
# ### 这对学习有影响吗？
#
# 来看一个小小的记忆任务：第一个时间步给出“一”或“二”，随后是 29 步噪声，读完最后一步，网络要
# 回答当初是哪一个。四个网络都是 16 个单元，训练方式相同；准确率 0.5 相当于瞎猜。


# %%
def memory_task(count, seed, length=30):
    draw = np.random.default_rng(seed)
    sequences = draw.normal(size=(count, length, 4)).astype("float32")
    labels = draw.integers(0, 2, count)
    sequences[:, 0] = 0
    sequences[np.arange(count), 0, labels] = 3
    return sequences, labels


def learn(layer, seed=0):
    keras.utils.set_random_seed(seed)
    network = keras.Sequential(
        [keras.Input((30, 4)), layer, keras.layers.Dense(2, activation="softmax")]
    )
    lt.layers.speed_up(network)
    optimizer = keras.optimizers.Adam(0.01, clipnorm=1.0)
    loss = "sparse_categorical_crossentropy"
    network.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    data = {"validation_data": memory_task(500, seed=2), "batch_size": 64, "epochs": 6}
    return network.fit(*memory_task(2048, seed=1), **data, verbose=0).history["val_accuracy"]


learned = {"SimpleRNN": learn(keras.layers.SimpleRNN(16))}
for bias in (0.0, 1.0, 3.0):
    learned[f"LSTM, forget bias {bias:.0f}"] = learn(with_forget_bias(16, bias))

sheet = lt.plots.figure(5.2, 2.9)
axes = lt.plots.plain(sheet.add_subplot())
for (name, accuracy), colour in zip(learned.items(), (GREY, "#a9c4e4", BLUE, "#17365f")):
    print(f"{name:<20} accuracy after each epoch:", np.round(accuracy, 2))
    axes.plot(range(1, 7), accuracy, color=colour, linewidth=2, marker="o", label=name)
axes.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0.4, 1.05))
axes.legend(frameon=False, loc="center right")
sheet

# %% [markdown] lang="en"
# The darker the blue, the sooner the network sees the connection; with bias 0, six epochs were not
# enough. All LSTMs *can* hold the answer; the bias decides how soon the gradient tells them to.
# This is one task with one seed, made to need a memory: where recent steps matter most, a forget
# gate that begins wide open may not help. Bias 1 is a default, not a law, and one more thing to try
# when a network does not learn what lies far back.
#
# ## What the gates do on a sentence
#
# Now train a small LSTM on the sample reviews: 16 units, one direction, and an answer made
# of the last hidden state alone, so that everything has to go through the memory.

# %% [markdown] lang="zh"
# 蓝色越深，网络就越早发现首尾之间的联系；偏置为 0 时，六轮（epoch）还不够。所有 LSTM
# 都**能**记住答案；偏置决定梯度多快告诉它们该记住。这只是一个专门考验记忆的任务，
# 也只用了一个随机种子：如果任务主要取决于最近几步，一开始就敞开的遗忘门未必有帮助。偏置为 1
# 是默认值，不是定律；网络学不会很久以前的内容时，也不妨调一调它。
#
# ## 读一句话时，门在做什么
#
# 现在用自带的评论样例训练一个小 LSTM：16 个单元，单向，答案只取自最后一个隐藏状态，因此一切
# 信息都必须经过记忆。

# %%
sentiment = lt.get_task("sentiment")
settings = sentiment.settings(
    units=(16,),
    bidirectional=False,
    pooling="last",
    wide=False,
    naive_bayes=0.0,
    bigrams=0,
    embedding=32,
    spatial_dropout=0.2,
    dropout=0.2,
    learning_rate=0.005,
    epochs=4,
)
reviews = lt.prepare(sentiment, settings)
reader = lt.layers.speed_up(reviews.build())
batches = reviews.batches(reviews.splits.train, shuffled=True)
lt.compile_model(reader, sentiment, settings, steps=settings.epochs * len(batches))
history = reader.fit(
    batches.dataset(),
    epochs=settings.epochs,
    shuffle=False,
    verbose=0,
    callbacks=[lt.Position(batches)],
    validation_data=reviews.batches(reviews.splits.validation).dataset(),
).history
print("validation accuracy:", [round(accuracy, 3) for accuracy in history["val_accuracy"]])

# %% [markdown] lang="en"
# `lt.layer_gates` takes a layer and its inputs, and returns what our `forward` remembered: gates,
# candidate and states, each `[batch, time, units]`. For the layer from above they are the
# same numbers:

# %% [markdown] lang="zh"
# `lt.layer_gates` 接收一个层和它的输入，返回的正是我们在 `forward` 里记下的那些量：各个门、候选值
# 和状态，形状都是 `[batch, time, units]`。对上文的那个层来说，两边的数值相同：

# %%
seen = lt.layer_gates(layer, x)
recorded = [np.stack(part, axis=1) for part in zip(*steps)][2:]  # i, f, g, o, c
for name, part in zip(("input", "forget", "candidate", "output", "cell"), recorded):
    print(f"{name:<10}largest difference {np.abs(getattr(seen, name) - part).max():.0e}")

# %% [markdown] lang="en"
# `lt.gate_activations` does the same for a layer inside of a model: it runs the model as far as
# that layer first. `lt.gate_plots.gates` draws what came out. Time runs from left to right, a
# row is a unit; gates go from white (shut) to blue (open), states from orange (negative) to
# blue (positive). Units whose hidden state varies most stand on top.

# %% [markdown] lang="zh"
# `lt.gate_activations` 对模型里的某一层做同样的事：先把模型运行到那一层，
# 再记下这些量。`lt.gate_plots.gates` 把结果画出来：时间从左到右，每一行是一个单元；门从白色（关）
# 到蓝色（开），状态从橙色（负）到蓝色（正）。隐藏状态变化最大的单元排在最上面。


# %%
def read(text):
    """Shows the gates at every token, and prints what the network thinks after each."""
    words, _ = reviews.states["text"].tokens(tf.constant([text]))
    words = [word.decode() for word in words.to_list()[0]]
    tokens = sentiment.preprocess(tf.constant([text]), reviews.states)
    positive = reviews.states.target.names.index("positive")
    starts = (tokens[:, :stop] for stop in range(1, len(words) + 1))
    chances = [float(reader(start, training=False)[0, positive]) for start in starts]
    print("positive?", *(f"{word} {chance:.2f}" for word, chance in zip(words, chances)))
    return lt.gate_plots.gates(lt.gate_activations(reader, tokens), steps=words, units=8)


read("I loved the food, but the waiter was rude and the bill was wrong.")

# %%
read("菜很好吃，可是服务员的态度太差，再也不来了。")

# %% [markdown] lang="en"
# In both sentences praise comes first and blame after it. Follow the states: they take on colour
# with the praise, faintly in English and plainly in Chinese, where each character is a token. At
# the end all of them have the other sign in Chinese, and several have in English. Now look at the
# forget gate at *but*: it is clearly lighter in half of the units drawn, so what these remembered
# of the praise fades. In Chinese the two characters of 可是, *but*, do the same in several units
# each, and the states turn at 太差, *too bad*. The printed line shows the probability of *positive*
# after each token; it falls at *but*, before any blame was read.
#
# The gates never close altogether here; sentences are short, and few units have to do many
# things at once. And figures of two sentences are anecdotes. So count: over all reviews of
# the test split, at which tokens is the mean forget gate lowest, and at which highest?

# %% [markdown] lang="zh"
# 两句话都是先扬后抑。先顺着状态看：读到好话时，状态染上颜色，英文句子里较淡，
# 中文句子里很明显（每个汉字是一个词元）；到了句末，中文句子里的状态全都变了号，
# 英文句子里也有好几个。再看遗忘门在 *but* 这一列：图中有一半单元的颜色明显变浅，
# 其中对好话的记忆随之淡去。在中文里，“可是”的两个字各自让若干单元的遗忘门变浅，
# 而状态在“太差”处翻转。打印出来的那一行是读完每个词元之后“正面”（positive）的概率：读到 *but*
# 时，坏话还没出现，概率就已经下降。
#
# 这里的门从来没有完全关上：句子很短，而且单元少，每个单元要同时兼顾好几件事。再说，两句话的图
# 只能算个例。所以我们来统计：在测试集的全部评论上，遗忘门的平均值在哪些词元上最低，在哪些上最高？

# %%
texts = tf.constant(list(reviews.splits.test.inputs))
gates = lt.gate_activations(reader, sentiment.preprocess(texts, reviews.states))
opening = gates.forget.mean(axis=2)[gates.mask]
words = reviews.states["text"].tokens(texts)[0].flat_values.numpy()
names, places, counts = np.unique(words, return_inverse=True, return_counts=True)
means = np.bincount(places, weights=opening) / counts
often = np.flatnonzero(counts >= 15)
order = often[np.argsort(means[often])]
print(f"mean forget gate over {len(words):,} tokens: {opening.mean():.2f}")
for title, chosen in (("lowest ", order[:8]), ("highest", order[::-1][:8])):
    print(title, " ".join(f"{names[k].decode()} {means[k]:.2f}" for k in chosen))

# %% [markdown] lang="en"
# 但 and *but* are among the lowest, and nobody told the network: it learnt by itself to let go
# at such words. That pays where what follows them counts more than what came before; the
# sample reviews are often written so, as real ones are. Other tokens are harder to explain. A gate that is low
# shows *where* a network lets go, not *why*.
#
# ## What the gates do on a digit
#
# The same viewer works on anything that an LSTM reads. Here it reads scikit-learn's digits
# of 8×8 pixels row by row, from top to bottom.

# %% [markdown] lang="zh"
# “但”和 *but* 都在最低之列，而并没有人告诉过网络：它自己学会了在这类词上放手。
# 当转折之后的内容比之前更重要时，这样做是划算的；自带的评论常常这样写，真实评论也一样。
# 另一些词元就不容易解释了。门的值低，说明网络**在哪里**放手，却没有说明**为什么**。
#
# ## 读一个手写数字时，门在做什么
#
# 只要是 LSTM 读的东西，都可以用这个工具来看。这里它从上到下，逐行读取 scikit-learn 自带的 8×8
# 像素手写数字。

# %%
digits = lt.get_task("digits")
settings = digits.settings(
    units=(24,), epochs=25, batch_size=64, label_format="sparse", label_smoothing=0.0
)
images = lt.prepare(digits, settings)
viewer = lt.builders.lstm_classifier((None, 8), classes=10, units=(24,), dropout=0.2)
lt.layers.speed_up(viewer)
batches = images.batches(images.splits.train, shuffled=True)
lt.compile_model(viewer, digits, settings, steps=settings.epochs * len(batches))
viewer.fit(
    batches.dataset(),
    epochs=settings.epochs,
    shuffle=False,
    verbose=0,
    callbacks=[lt.Position(batches)],
)
test = images.splits.test
scores = lt.evaluate(images, viewer, test)
print("test accuracy:", round(scores["accuracy"], 3))

# %%
place = list(test.labels).index("3")
image = digits.preprocess(tf.constant(test.inputs[place : place + 1]), images.states)
starts = [viewer(image[:, :stop], training=False)[0] for stop in range(1, 9)]

sheet = lt.plots.figure(3.8, 2.7)
axes = sheet.add_subplot()
axes.imshow(image[0], cmap="gray_r")
guesses = [f"{images.states.target.names[np.argmax(p)]} ({np.max(p):.2f})" for p in starts]
axes.set_yticks(range(8), [f"row {row}" for row in range(8)])
axes.set_xticks([])
axes.secondary_yaxis("right").set_yticks(range(8), guesses)
axes.set_title("right: best guess after each row", fontsize=9)
sheet

# %%
gates = lt.gate_activations(viewer, image)
lt.gate_plots.gates(gates, steps=[f"row {row}" for row in range(8)], units=10)

# %% [markdown] lang="en"
# The guesses change while rows come in: an image half read could still become many digits. The
# gates tell two kinds of units apart. Where the forget gate is dark from left to right, a unit
# collects over many rows. The paler it is, the more a unit lets go at every row and tells only what
# it sees now. Over the whole test split the units differ on average, too. If a gate stays at $f$,
# half of a memory is gone after $\ln 0.5 / \ln f$ rows:

# %% [markdown] lang="zh"
# 随着一行行读入，猜测不断改变：只读了一半的图像，还可能是好几个数字。从门可以看出两类单元：
# 遗忘门一路都是深色的单元，会跨越许多行积累信息；遗忘门颜色越浅，单元每读一行就放手得越多，
# 越只反映眼前所见。在整个测试集上取平均，各单元之间同样有差别。如果门保持在 $f$，那么经过
# $\ln 0.5 / \ln f$ 行，记忆就只剩一半：

# %%
every = digits.preprocess(tf.constant(test.inputs), images.states)
kept = lt.gate_activations(viewer, every).forget.mean(axis=(0, 1))
order = np.argsort(kept)
for title, chosen in (("short memory", order[:4]), ("long memory", order[::-1][:4])):
    for unit in chosen:
        half = np.log(0.5) / np.log(kept[unit])
        print(f"{title:<12}  unit {unit:>2}: forget gate {kept[unit]:.2f}, half in {half:.1f} rows")

# %% [markdown] lang="en"
# ## Exercises
#
# ### 1. Count the numbers
#
# How many weights has an LSTM layer of $n$ units for inputs of $m$ features? A *peephole*
# lets each of the three gates see the cell state as well, by one weight a unit. How many
# more are these? Write a function, and check it against `count_params()` of
# `keras.layers.LSTM(64)` and `lt.layers.PeepholeLSTMCell(64)` for 32 features.

# %% [markdown] lang="zh"
# ## 练习
#
# ### 1. 数一数参数
#
# 一个有 $n$ 个单元的 LSTM 层，输入有 $m$ 个特征，共有多少个权重？**窥视孔**（peephole）让三个门也
# 各自看到细胞状态，每个单元每个门一个权重，这又多出多少？写一个函数，并针对 32 个特征，用
# `keras.layers.LSTM(64)` 和 `lt.layers.PeepholeLSTMCell(64)` 的 `count_params()` 验证。


# %% tags=["solution"]
def parameters(features, units, peepholes=False):
    four = 4 * (features * units + units * units + units)  # kernel, recurrent kernel, bias
    return four + (3 * units if peepholes else 0)


plain, peeping = keras.layers.LSTM(64), keras.layers.RNN(lt.layers.PeepholeLSTMCell(64))
for counted, peepholes in ((plain, False), (peeping, True)):
    counted.build((None, None, 32))
    print(parameters(32, 64, peepholes), "=", counted.count_params())

# %% [markdown] lang="en"
# ### 2. Shut the forget gate
#
# What is left of an LSTM whose forget gate is always 0? Put it into the equations first.
# Then set the forget bias to −20 with `with_forget_bias`, and compare the gradient norms
# with those for bias 1.

# %% [markdown] lang="zh"
# ### 2. 关上遗忘门
#
# 如果遗忘门始终为 0，LSTM 还剩下什么？先代入公式想一想。然后用 `with_forget_bias` 把遗忘门偏置
# 设为 −20，把梯度范数与偏置为 1 时比较。

# %% tags=["solution"]
# Of c = f·c + i·g only c = i·g is left: no memory besides the hidden state, which returns through
# the recurrent kernel at each step. That is a plain recurrent network, with valves.
for bias in (-20.0, 1.0):
    keras.utils.set_random_seed(0)
    norms = gradient_norms(with_forget_bias(WIDTH, bias))
    print(f"bias {bias:>3.0f}:", *(f"{k} steps {norms[k]:.0e}  " for k in (1, 5, 10, 20)))

# %% [markdown] lang="en"
# ### 3. Clip a gradient
#
# Gradients can explode too. Multiply the recurrent kernel of a `SimpleRNN` by 1.5, feed it
# very small numbers (so that $\tanh$ does not hold it back), and look at the norm of the
# gradient of that kernel for 5, 10, 20 and 30 steps. Then clip it as R. Pascanu, T. Mikolov
# and Y. Bengio propose ([arXiv:1211.5063](https://arxiv.org/abs/1211.5063)): where the norm is
# above 1, divide by it. What changes, and what does not?

# %% [markdown] lang="zh"
# ### 3. 裁剪梯度
#
# 梯度也会爆炸。把一个 `SimpleRNN` 的循环权重矩阵乘以 1.5，输入非常小的数（免得 $\tanh$ 把它压住），
# 看看时间步数为 5、10、20、30 时，该矩阵的梯度范数是多少。然后按照 R. Pascanu、T. Mikolov 和
# Y. Bengio 的方法（[arXiv:1211.5063](https://arxiv.org/abs/1211.5063)）裁剪：范数大于 1 时，就除以
# 范数。什么变了，什么没有变？

# %% tags=["solution"]
keras.utils.set_random_seed(0)
wild = keras.layers.SimpleRNN(WIDTH)
wild.build(noise.shape)
kernel = wild.cell.recurrent_kernel
kernel.assign(kernel * 1.5)  # what the inputs lose by 1e-6, the loss gets back below
for length in (5, 10, 20, 30):
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(wild(1e-6 * noise[:, :length]) * mix) * 1e6
    gradient = tape.gradient(total, kernel.value).numpy()
    clipped = gradient / max(1, np.linalg.norm(gradient))
    cosine = (gradient * clipped).sum() / np.linalg.norm(gradient) / np.linalg.norm(clipped)
    print(
        f"{length:>2} steps: norm {np.linalg.norm(gradient):>9.3g}, clipped "
        f"{np.linalg.norm(clipped):.2f}, cosine between the two {cosine:.3f}"
    )
# The norm changes and the direction does not: a step downhill stays one, it is only shorter.
# `clipnorm` of Keras's optimizers does this for each variable by itself, `global_clipnorm` for all
# together; clipping never makes a vanished gradient greater.

# %% [markdown] lang="en"
# ## What to try on your own data
#
# - Look into a run of yours: `model = lt.Run.open(Path("runs/mine")).model()`, then
#   `lt.gate_activations(model, inputs, layer="lstm_1")`; a wrong name is answered with the
#   nearest right one. For a `Bidirectional` layer choose `direction="backward"` to see the other
#   reader. Masked steps are left out of the figure.
# - Does your network ignore what lies far back? Draw `gradient_norms` for sequences as long
#   as yours, and try a greater forget bias before you add layers.
# - A unit whose gates never move does nothing that a constant could not do: fewer units may
#   be enough.
#
# Next: [01_digits](01_digits.ipynb), the whole way from pixels to a model that answers.

# %% [markdown] lang="zh"
# ## 在你自己的数据上试一试
#
# - 看看你自己训练的网络：`model = lt.Run.open(Path("runs/mine")).model()`，然后
#   `lt.gate_activations(model, inputs, layer="lstm_1")`；名字写错时，报错会给出最接近的名字。如果是
#   `Bidirectional` 层，可以用 `direction="backward"`
#   查看反方向的那一个。图中不包含被掩码的时间步。
# - 你的网络会忽略很久以前的内容吗？按你的序列长度画一画
#   `gradient_norms`，先试试更大的遗忘门偏置，再考虑加层。
# - 如果一个单元的门从来不动，它做的事用一个常数也能做到：也许更少的单元就够了。
#
# 下一本笔记本：[01_digits](01_digits.zh-CN.ipynb)，从像素到能给出答案的模型，走完全程。
