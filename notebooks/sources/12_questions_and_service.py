# %% [markdown] lang="en"
# # Questions and service: the best of many known answers, or none
#
# A desk that answers questions needs three things: to see that two texts ask the same, to know when it
# knows nothing, and to have its answers changed without being trained anew. In this notebook you hold
# questions against each other by the words they have in common, train an LSTM that does better, choose
# when not to answer, exchange the table of answers, let a network read stories, and join two models into
# one that a chat page asks.
#
# Everything runs on a laptop in about a minute, and nothing is downloaded. The questions are made from a few
# forms; a score on them says that the software works, and nothing about real customers.

# %% [markdown] lang="zh"
# # 问答与客服：从许多已知答案里挑最好的一个，或者不回答
#
# 回答问题的服务台需要三样本领：看出两段文字问的是同一件事；知道自己什么时候不知道；换答案时不用重新训练。
# 在这本笔记本里，你会先用共同的词来比较问题，再训练一个做得更好的 LSTM，决定什么时候不回答，换掉答案表，
# 让网络读故事，最后把两个模型合成一个，由聊天页面来提问。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。这些问题是用几种句式生成的：在它们上面得到的分数只能说明软件能正常工作，
# 不能说明它面对真实顾客有多好。

# %%
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import numpy as np
import tensorflow as tf

import lstm_toolkit as lt
from lstm_toolkit.layers import InBatchSoftmax

keras.utils.set_random_seed(0)
folder = Path(mkdtemp())

# %% [markdown] lang="en"
# ## The data
#
# Two columns: a question, and its answer. Questions with the same answer are ways to ask the same. Each answer is
# a row too (`kind` is `answer`), so that it is found by its own words.

# %% [markdown] lang="zh"
# ## 数据
#
# 两列：问题和答案。答案相同的问题，就是同一件事的不同问法。每个答案自己也是一行（`kind` 为 `answer`），这样用答案里的词也能找到它。

# %%
data = lt.prepare("questions", {"epochs": 6, "units": (64,)})
train, test = data.splits.train, data.splits.test
for row in (0, 1, len(train) - 1):
    print(train.meta["kind"][row], "|", train.columns["text"][row], "|", train.labels[row])

# %% [markdown] lang="en"
# ## All against all
#
# A batch is a small quiz. Each text is held against every known one of the batch, and those with the same answer
# should score highest: cross-entropy over the batch. With scores of zero, each of four texts, two of which have the same answer,
# has its share of the chances:

# %% [markdown] lang="zh"
# ## 一批之内，两两相比
#
# 一批数据就是一次小测验：每段文字都和这一批里的每个已知文本相比，答案相同的应该得分最高，也就是在这一批上算交叉熵。
# 如果所有得分都是零，四段文字里有两段答案相同，那么每段文字只能按份额分到概率：

# %%
answers = np.array([0, 0, 1, 2])
loss = InBatchSoftmax()
print("scores of zero:", round(float(loss(answers, np.zeros((4, 4)))), 3))
right = np.where(answers[:, None] == answers, 5.0, 0.0)
print("right ones higher:", round(float(loss(answers, right)), 3))

# %% [markdown] lang="en"
# ## Train
#
# Two cosines make a score: that of the vectors of a bidirectional LSTM, and that of words in common, each word with
# a weight that begins at its inverse document frequency and is learnt further. Words that no training text has are
# hashed, and count too.

# %% [markdown] lang="zh"
# ## 训练
#
# 得分由两个余弦组成：双向 LSTM 向量的余弦，和共同词语的余弦。每个词有一个权重，从逆文档频率开始，再继续学习。
# 训练文本里没有的词经过哈希，也算数。

# %%
run = lt.train("questions", data.settings, folder / "faq", prepared=data)
scores = run.metrics["test"]
print(f"right answers {scores['accuracy']:.3f}")
for name, method in scores["baselines"].items():
    print(f"{name} {method['accuracy']:.3f}")
factors = np.exp(run.model().get_layer("scores").logarithms.numpy())
print("factors of LSTM and words:", factors.round(1))

# %% [markdown] lang="en"
# On questions from so few forms, counting words does as well: the report of a training says so. On banking77, ten thousand real
# questions with 77 answers, tf-idf finds 72.7 % of the right answers, BM25 79.6 %, and this network 90.4 %.
#
# ## When not to answer
#
# Each validation question was also held against the table *without its own answer*, as if nobody had foreseen it.
# The limit divides the two best, and keeps 95 % of the right answers.

# %% [markdown] lang="zh"
# 问题只由这么几种句式生成，数词就够了：训练报告会如实说明。在 banking77 上（一万个真实问题，77 个答案），
# tf-idf 找对 72.7 %，BM25 找对 79.6 %，这个网络找对 90.4 %。
#
# ## 什么时候不回答
#
# 验证集的每个问题还会和*去掉它自己答案*的表再比一次，就像没有人料到会有这个问题。
# 界限取在最能分开这两种情况的地方，并且保留 95 % 的正确答案。

# %%
model = lt.load(run)
for asked in ("how can I pay for the lamp?", "is there a guarantee?", "who won the match?"):
    answer = model.predict([asked])[0]
    print(f"{asked}  ->  {answer['answer']}  ({answer['probability']:.2f})")
print(f"refused if the answer is not in the table: {scores['unknown_refused']:.2f}")

# %% [markdown] lang="en"
# ## Another table, the same network
#
# Known texts are read once and kept as vectors. So a table can be exchanged without training, in `predict` and in an export.

# %% [markdown] lang="zh"
# ## 换一张表，网络不变
#
# 已知文本只读一次，存成向量。所以换表不用训练：`predict` 和导出时都可以换。

# %%
other = folder / "other.csv"
other.write_text("question,answer\nwhere can I park,Behind the shop.\nis there a cafe,No.\n")
print(model.predict(["where do I park?"], faq=str(other))[0]["candidates"][0])

# %% [markdown] lang="en"
# ## Stories
#
# A question about a story cannot be answered by its words alone: *where is the rope?* asks who took it, and where she went.
# The network looks at the sentences several times. Each look weighs all of them; the data tell which sentences support an answer.

# %% [markdown] lang="zh"
# ## 故事
#
# 针对故事的问题，光看问题里的词答不出来：“绳子在哪里？”要先问谁拿走了它，再问她去了哪里。
# 网络会多次查看各个句子，每次给所有句子分配权重；数据里写明了哪些句子支持答案。

# %%
stories = lt.train("stories", {"epochs": 5, "units": 32, "hops": 2}, folder / "stories")
told = "Ines took the rope. Akiko went to the stable. Ines ran to the tower. Where is the rope?"
answer = lt.load(stories).predict([told])[0]
print(f"accuracy {stories.metrics['test']['accuracy']:.2f},", answer["label"], answer["support"])

# %% [markdown] lang="en"
# ## One model for a desk
#
# `intents` sorts texts into what people want, or into none of it. Joined with the answers, one call says all, and `fallback` tells
# when a person should take over. Here is a small chat page over it.

# %% [markdown] lang="zh"
# ## 服务台用的一个模型
#
# `intents` 判断人们想要什么，或者都不是。把它和答案合在一起，一次调用就得到全部结果，`fallback` 表示该由人来接手。
# 下面是一个小小的聊天页面。

# %%
from IPython.display import HTML

from lstm_toolkit.serving.desk import export_desk

intents = lt.train("intents", {"epochs": 5, "units": (32,), "bigrams": 0}, folder / "intents")
path, _ = export_desk([intents, run], folder / "desk")
desk = tf.saved_model.load(str(path)).signatures["serving_default"]

lines = []
for asked in ("hi, where is my invoice?", "do you wrap gifts?", "sing a song please"):
    said = {name: value.numpy()[0] for name, value in desk(text=tf.constant([asked])).items()}
    reply = "A colleague will answer you." if said["fallback"] else said["answer"].decode()
    reply = reply or f"I see: {said['intent'].decode()}. A colleague knows more."
    lines.append(f"<p><b>You</b> {asked}</p><p style='margin-left:3em'><b>Desk</b> {reply}</p>")
HTML("".join(lines))

# %% [markdown] lang="en"
# ## Exercises
#
# Count, without a network, how many of the test questions share most words with a known question of the right answer.

# %% [markdown] lang="zh"
# ## 练习
#
# 不用网络，数一数测试集里有多少问题，和它共同词最多的已知问题恰好有正确的答案。


# %% tags=["solution"]
def words(text):
    return set(text.lower().replace("?", " ").replace(",", " ").split())


def jaccard(one, other):
    return len(words(one) & words(other)) / len(words(one) | words(other))


known = list(zip(train.columns["text"], train.labels, strict=True))
nearest = [max(known, key=lambda pair: jaccard(text, pair[0]))[1] for text in test.columns["text"]]
print(round(float(np.mean(np.array(nearest) == test.labels)), 3))

# %% [markdown] lang="en"
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train questions --data faq.csv --out runs/faq
# lstm-toolkit predict runs/faq "where do I park?"
# lstm-toolkit export runs/faq models/faq --faq faq.csv
# ```
#
# Such a model writes nothing: each answer is a row of your table. [My own questions](../docs/my-own-questions.md) says more.

# %% [markdown] lang="zh"
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train questions --data faq.csv --out runs/faq
# lstm-toolkit predict runs/faq "where do I park?"
# lstm-toolkit export runs/faq models/faq --faq faq.csv
# ```
#
# 这样的模型什么也不会自己写：每个答案都是你表里的一行。更多内容见[我自己的问答](../docs/my-own-questions.md)。
