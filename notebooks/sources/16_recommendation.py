# %% [markdown] lang="en"
# # Recommendation: what comes next in a session
#
# Somebody clicks on a few things in a shop. What will they look at next? Nobody has to log in for that: the
# session alone tells a lot. In this notebook you score four simple methods first, among them one that is very hard
# to beat; then you train an LSTM over the items of sessions, see what a gate knows about things that people
# come back to, blend the network with sessions that were alike, and end with a SavedModel that takes strings.
#
# Everything runs on a laptop in about a minute, and nothing is downloaded. The sessions are made; a score on them says
# that the software works, and nothing about a real shop.

# %% [markdown] lang="zh"
# # 推荐：一次会话里接下来会点什么
#
# 有人在网店里点了几样东西，接下来会看什么？不需要登录：这次会话本身就说明了很多。在这本笔记本里，你先给四种简单方法打分，
# 其中一种很难超过；然后训练一个读取会话中商品的 LSTM，看看一个门控怎样知道人们会回头看哪样东西，
# 把网络和相似的会话混合起来，最后导出一个直接接收字符串的 SavedModel。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。会话是生成的：在它们上面得到的分数只能说明软件能正常工作，不能说明真实的网店。

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
from lstm_toolkit.metrics.simple_recommendations import METHODS, scored

# %matplotlib inline
keras.utils.set_random_seed(0)
folder = Path(mkdtemp())

# %% [markdown] lang="en"
# ## The data
#
# A session is a row: its items between spaces, and the one that came last as what is to be foretold. Sessions are in the order of their
# times, and the split is by time: the latest are the test. To learn from what comes later would be to look into the future.

# %% [markdown] lang="zh"
# ## 数据
#
# 一行是一次会话：商品之间用空格隔开，最后一个商品是要预测的。会话按时间排列，也按时间划分：最晚的是测试集。
# 如果从后来的会话里学习，就等于偷看未来。

# %%
data = lt.prepare("recommendation", {"epochs": 8, "learning_rate": 0.005})
train, test = data.splits.train, data.splits.test
print(data.note)
for session, last in zip(train.columns["session"][:4], train.targets["next"], strict=False):
    print(session, "->", last)
print([len(part) for part in data.splits.parts.values()])

# %% [markdown] lang="en"
# ## Simple methods first
#
# For every beginning of every test session we look where the item that came next stands in a method's list. `recall_at_20` is how
# often it is among the first 20, `mrr_at_20` the mean of one divided by its rank.
#
# - *popularity*: what is clicked most, whatever the session;
# - *Markov chain*: what most often came directly after the newest item;
# - *item-kNN*: what stands in the same sessions as the newest item;
# - *V-SKNN*: what stands in whole sessions that are like this one.

# %% [markdown] lang="zh"
# ## 先看简单方法
#
# 对每次测试会话的每一个开头，我们看真正的下一个商品排在第几位。`recall_at_20` 是它出现在前 20 名的比例，`mrr_at_20` 是名次倒数的平均值。
#
# - *popularity*：不管会话是什么，推荐点击最多的；
# - *Markov chain*：推荐最常紧跟在最新商品之后的；
# - *item-kNN*：推荐和最新商品出现在同一次会话里的；
# - *V-SKNN*：推荐整体上与这次会话相似的那些会话里的商品。

# %%
items = data.states.target.items
sides = [list(data.task.target.numbers(part, items)) for part in (train, test)]
simple = {name: scored(name, *sides, len(items.vocabulary)) for name in METHODS}
for name, scores in simple.items():
    print(f"{name:14s} recall {scores['recall_at_20']:.3f}   mrr {scores['mrr_at_20']:.3f}")

# %% [markdown] lang="en"
# V-SKNN finds the right kind of things, but it looks at a session as a set: it does not know whether somebody goes up or down in
# price. That is in the order of the clicks, and orders are what an LSTM reads.
#
# ## Train
#
# Each item is a vector. Behind each click the LSTM's outputs become a vector, too, and its cosines with the vectors of all items tell how likely each
# comes next. The loss is taken at every click, so a session of six teaches five times.

# %% [markdown] lang="zh"
# V-SKNN 能找到合适的商品种类，但它把会话看成集合：不知道这个人是往贵的看还是往便宜的看。这藏在点击的顺序里，而 LSTM 读的正是顺序。
#
# ## 训练
#
# 每个商品是一个向量。每次点击之后，LSTM 的输出也变成一个向量，它与所有商品向量的余弦说明每个商品接下来出现的可能性。
# 损失在每次点击处计算，所以六次点击的会话能教五次。

# %%
run = lt.train("recommendation", data.settings, folder / "run", prepared=data)
scores = run.metrics["test"]
print(f"network        recall {scores['recall_at_20']:.3f}   mrr {scores['mrr_at_20']:.3f}")
print(f"share of the neighbours: {scores['blend']}")

# %% [markdown] lang="en"
# The share of V-SKNN in the answers is chosen on the validation split: the network alone would be a share of 0. In the figure, how
# often the right item is among the first 1, 5, 10 and 20.

# %% [markdown] lang="zh"
# V-SKNN 在答案里占多少，是在验证集上选出来的：占 0 就是只用网络。下图是正确的商品出现在前 1、5、10、20 名的比例。

# %%
cutoffs = (1, 5, 10, 20)
for name, found in {**simple, "LSTM": scores}.items():
    plt.plot(cutoffs, [found[f"recall_at_{n}"] for n in cutoffs], marker="o", label=name)
plt.xticks(cutoffs)
plt.xlabel("items in the list")
plt.ylabel("recall")
plt.legend()
plt.show()

# %% [markdown] lang="en"
# ## Things that people come back to
#
# The layer `own_items` has a gate: how likely is it that the next item was there before? If so, attention over the clicks so far tells
# which one. Watch the gate in a session.

# %% [markdown] lang="zh"
# ## 人们会回头看的东西
#
# `own_items` 层有一个门：下一个商品是之前出现过的，可能性有多大？如果是，就由对之前点击的注意力说明是哪一个。来看一次会话里的门。

# %%
from lstm_toolkit.builders.recommenders import RecommenderLayers

session = "camera-10 camera-11 camera-strap camera-12 camera-11"
numbers = tf.constant([[items.numbers[item] for item in session.split()]])
layers = RecommenderLayers.of(run.model())
again, attention = layers.own.ways(layers.states(numbers), numbers)
for place, item in enumerate(session.split()):
    weights = np.round(attention[0, place, : place + 1].numpy(), 2)
    print(f"{item:14s} comes back: {tf.sigmoid(again)[0, place]:.2f}   which: {weights}")

# %% [markdown] lang="en"
# ## Ask it
#
# A new session needs no training. What the model does not know is left out and counted. `leave_out_seen` recommends nothing
# that was clicked already.

# %% [markdown] lang="zh"
# ## 提问
#
# 新的会话不需要训练。模型不认识的商品会被略去，并且计数。`leave_out_seen` 表示不推荐已经点过的商品。

# %%
model = lt.load(run)
up, down = "lamp-10 lamp-11 lamp-12", "lamp-12 lamp-11 lamp-10 something-new"
for answer in model.predict([up, down], k=3, leave_out_seen=True):
    print(answer["recommendations"], "unknown:", answer["unknown_items"])

# %% [markdown] lang="en"
# The same three lamps in two orders: other things come next.
#
# ## Take it elsewhere
#
# The export holds the network, the names of items and the neighbours, and needs TensorFlow alone. `stream` takes one click at a time and
# gives back what it has to be given next time.

# %% [markdown] lang="zh"
# 同样的三盏灯，顺序不同，接下来的商品也不同。
#
# ## 带到别处
#
# 导出的模型包含网络、商品名称和相似会话，只需要 TensorFlow。`stream` 每次接收一次点击，并返回下次要交给它的内容。

# %%
path, difference = lt.export(run, folder / "model")
stream = tf.saved_model.load(str(path)).signatures["stream"]
recent = tf.zeros([1, items.max_clicks], tf.int32)
for click in up.split():
    said = stream(
        session=tf.constant([click]),
        k=tf.constant(2),
        leave_out_seen=tf.constant(True),
        recent=recent,
    )
    recent = said["recent"]
    print(click, "->", [item.decode() for item in said["items"].numpy()[0]])

# %% [markdown] lang="en"
# ## Exercises
#
# 1. How much do the neighbours help? Train with `neighbours=0` and compare `mrr_at_20`.

# %% [markdown] lang="zh"
# ## 练习
#
# 1. 相似会话有多大帮助？用 `neighbours=0` 训练，比较 `mrr_at_20`。

# %% tags=["solution"]
chosen = {"epochs": 3, "neighbours": 0, "baselines": False}
alone = lt.train("recommendation", chosen, folder / "alone")
print(f"{alone.metrics['test']['mrr_at_20']:.3f}")

# %% [markdown] lang="en"
# 2. What does the model recommend where it knows no item at all, and how does it say so?

# %% [markdown] lang="zh"
# 2. 如果一个商品都不认识，模型会推荐什么，又怎样说明？

# %% tags=["solution"]
answer = model.predict(["nothing-known"], k=3)[0]
print(answer["recommendations"], answer["remarks"])
