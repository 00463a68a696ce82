# %% [markdown] lang="en"
# # Tagging: a tag for each token, and all of them together
#
# Who, where, which firm? A tagger reads a sentence and gives every token a tag. The tags of
# neighbours depend on each other: nothing can be *inside* of a name that has not begun. In this
# notebook you score what a table of words can do, see why the best tags one by one may be
# nonsense, train an LSTM under a conditional random field (CRF), ask how sure it is, let it find the
# words of Chinese, and end with a SavedModel that takes raw strings.
#
# Everything runs on a laptop in about a minute, and nothing is downloaded. The 900 sentences are made
# from a few forms; a score on them says that the software works, and nothing about real text.

# %% [markdown] lang="zh"
# # 序列标注：给每个词元一个标签，而且所有标签一起决定
#
# 谁？在哪里？哪家公司？标注模型读一个句子，给每个词元一个标签。相邻的标签互相牵制：名字还没有开始，就不可能“在名字里面”。
# 在这本笔记本里，你会先看看一张词表能做到什么；再看看为什么逐个挑选的最佳标签可能毫无意义；
# 然后在条件随机场（CRF）下训练一个 LSTM，问它有多大把握，让它找出中文的词，最后导出一个直接接收字符串的 SavedModel。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。900 个句子是用几种句式生成的：在它们上面得到的分数只能说明软件能正常工作，
# 不能说明模型在真实文本上有多好。

# %%
import itertools
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import lstm_toolkit as lt
from lstm_toolkit.layers import crf_decode, crf_marginals

# %matplotlib inline
keras.utils.set_random_seed(0)
folder = Path(mkdtemp())

# %% [markdown] lang="en"
# ## The data
#
# A token and its tag each: `B-` begins an entity, `I-` goes on with it, `O` is outside. This form is
# called IOB2. `prepare` splits the sentences and learns the vocabulary from the *training* split alone.

# %% [markdown] lang="zh"
# ## 数据
#
# 每个词元一个标签：`B-` 表示实体开始，`I-` 表示实体继续，`O` 表示不在实体里。这种写法叫 IOB2。
# `prepare` 划分句子，并且只从*训练*集里学习词表。

# %%
data = lt.prepare("tagging", {"epochs": 3, "units": (48,), "learning_rate": 0.006})
train, test = data.splits.train, data.splits.test
for text, tags in zip(train.columns["text"][:3], train.targets["tags"].to_list(), strict=False):
    print(" ".join(f"{token}/{tag}" for token, tag in zip(text.split(), tags, strict=True)))

# %% [markdown] lang="en"
# Is a table enough that knows the most frequent tag of each word? *Leeds* is a town and a family name:

# %% [markdown] lang="zh"
# 记住每个词最常见的标签，够不够用？*Leeds* 既是城市，又是姓：

# %%
counts = Counter(
    tag
    for text, tags in zip(train.columns["text"], train.targets["tags"].to_list(), strict=True)
    for token, tag in zip(text.split(), tags, strict=True)
    if token == "Leeds"
)
counts

# %% [markdown] lang="en"
# ## Why the best tags one by one may be nonsense
#
# A network that looks at each token alone gives each tag a score. Take three tokens, and the scores
# below. The best of each row are `O`, `I`, `O`: inside of a name that never began. A CRF adds a score for
# each pair of neighbouring tags. If `I` behind `O` costs a lot, the best *sequence* is another one. `crf_decode`
# finds it without trying all 27 (Viterbi), and `crf_marginals` tells how probable each tag is over all
# of them (forward-backward).

# %% [markdown] lang="zh"
# ## 为什么逐个挑选的最佳标签可能毫无意义
#
# 只看单个词元的网络给每个标签一个分数。下面是三个词元的分数：每一行的最大值依次是 `O`、`I`、`O`，也就是说“在一个从没开始过的名字里面”。
# CRF 再给每一对相邻的标签一个分数。如果 `O` 后面跟 `I` 要付出很大代价，最佳的*序列*就变了。
# `crf_decode` 不用把 27 种序列都试一遍就能找到它（维特比算法），`crf_marginals` 给出每个标签在所有序列中的概率（前向-后向算法）。

# %%
names = ["B", "I", "O"]
scores = np.array([[[1.0, 0.0, 1.5], [0.5, 2.0, 0.8], [0.1, 0.2, 1.0]]], np.float32)
pairs = np.zeros((3, 3), np.float32)
pairs[2, 1] = -10  # I behind O
alone = scores.argmax(2)[0]
together, _ = crf_decode(scores, pairs, [3])
print("one by one:", [names[n] for n in alone])
print("together:  ", [names[n] for n in together.numpy()[0]])
print(crf_marginals(scores, pairs, [3]).numpy()[0].round(2))

# %% [markdown] lang="en"
# The second token decides for the first: its `I` is worth so much that the name begins before it.
#
# ## Train
#
# Here which tags may follow which is not learnt but given: what is not allowed costs 1,000. So no answer is ever
# out of order. The network reads each token as a word, by its first and last letters, by the kinds of its letters, and letter by
# letter; a bidirectional LSTM reads the sentence. It learns five tags a kind, with the ends of entities marked (IOBES).

# %% [markdown] lang="zh"
# 第二个词元替第一个词元做了决定：它的 `I` 分数很高，所以名字从它前面就开始了。
#
# ## 训练
#
# 哪个标签可以跟在哪个后面，在这里不用学，而是直接给定：不允许的组合要扣 1,000 分，所以答案永远不会乱套。
# 网络把每个词元当作一个词来读，同时看它的开头和结尾几个字母、字母的种类，还逐个字母地读；双向 LSTM 再读整个句子。
# 网络学的标签还标出了实体的结尾（IOBES）。

# %%
run = lt.train("tagging", data.settings, folder / "run", prepared=data)
scores = run.metrics["test"]
print(f"F1 of entities {scores['f1']:.3f}")
print(f"most frequent tag of each word {scores['baselines']['most_frequent_tag']['f1']:.3f}")

# %% [markdown] lang="en"
# An entity counts if its begin, its end and its kind are right. The table of words fails where only the sentence tells.
#
# ## Ask it
#
# Raw strings will do: how training tokens were divided (the full stop on its own) was learnt. Each entity comes with
# its place in the string, and with the confidence of its least certain token.

# %% [markdown] lang="zh"
# 实体的开头、结尾和种类都对，才算对。只有靠句子才能判断的地方，词表就不行了。
#
# ## 提问
#
# 直接给原始字符串就行：训练数据里词元怎么切分（句号单独一个），模型已经学到了。每个实体都带着它在字符串里的位置，
# 以及其中最没把握的那个词元的置信度。

# %%
model = lt.load(run)
text = "Anna Leeds works for Blue Anchor in Leeds."
answer = model.predict([text], candidates=2)[0]
for entity in answer["entities"]:
    place = text[entity["start"] : entity["end"]]
    print(f"{entity['label']}  {place:<12} {entity['confidence']:.3f}")

# %% [markdown] lang="en"
# `Leeds` is two things in one sentence, which no table can know. What would the second best sequence be, and how
# probable is it?

# %% [markdown] lang="zh"
# 同一个句子里，`Leeds` 是两样东西，任何词表都做不到这一点。第二好的序列是什么？概率有多大？

# %%
for candidate in answer["candidates"]:
    print(f"{candidate['probability']:.4f}", " ".join(candidate["tags"]))

# %% [markdown] lang="en"
# ## What the pairs of tags have learnt
#
# The transitions are a matrix of the CRF layer. What is not allowed is left white.

# %% [markdown] lang="zh"
# ## 标签对学到了什么
#
# 转移分数是 CRF 层里的一个矩阵。不允许的组合留白。

# %%
field = run.model().get_layer("crf")
labels = data.states.target.names
learnt = np.where(np.array(field.allowed)[:-1, :-1], field.transitions.numpy(), np.nan)
figure, axes = plt.subplots(figsize=(5.5, 4.5))
image = axes.imshow(learnt, cmap="RdBu", vmin=-1, vmax=1)
axes.set_xticks(range(len(labels)), labels, rotation=90)
axes.set_yticks(range(len(labels)), labels)
axes.set(xlabel="after", ylabel="before")
figure.colorbar(image)
figure.tight_layout()
plt.show()

# %% [markdown] lang="en"
# ## Where do words end?
#
# Chinese has no spaces between words. Give words with spaces, take the preset `segmentation`, and each character
# becomes a token that begins a word or goes on with it.

# %% [markdown] lang="zh"
# ## 词在哪里结束？
#
# 中文的词之间没有空格。给出用空格隔开的词，选用预设 `segmentation`，每个字就成了一个词元：它要么开始一个词，要么继续一个词。

# %%
parts = [["我们", "他们", "小王", "王老师"], ["明天", "今天", "星期天"], ["去", "离开", "想去"]]
parts += [["北京", "学校", "火车站", "北京大学"], ["。", "吗？"]]
lines = ["  ".join(words) for words in itertools.product(*parts)]
(folder / "words.txt").write_text("\n".join(lines), encoding="utf-8")
small = {"preset": "segmentation", "epochs": "3", "units": "24", "learning_rate": "0.01"}
settings = lt.get_task("tagging").configure(small)
words = lt.train("tagging", settings, folder / "words", data=folder / "words.txt")
answer = lt.load(words).predict(["王老师星期天想去北京大学吗？"])[0]
print([entity["text"] for entity in answer["entities"]])

# %% [markdown] lang="en"
# ## Take it elsewhere
#
# The export takes strings and needs TensorFlow alone. How texts are divided, the vocabularies, the network and the decoding
# are all in its graph.

# %% [markdown] lang="zh"
# ## 带到别处去
#
# 导出的模型直接接收字符串，只需要 TensorFlow。切分规则、词表、网络和解码都在它的计算图里。

# %%
path, difference = lt.export(run, folder / "names")
tag = tf.saved_model.load(path).signatures["serving_default"]
served = tag(text=tf.constant(["Mei Zhang left Turku.", ""]))
print(served["entity_texts"].numpy(), served["entity_labels"].numpy())

# %% [markdown] lang="en"
# ## Exercise 1: names that nobody has seen
#
# Ask about a sentence with a name that no training sentence holds, such as *Zorbella Quist*, and about the same letters
# without capitals. What does the network still know, and how sure is it?

# %% [markdown] lang="zh"
# ## 练习 1：没见过的名字
#
# 用一个训练句子里没有的名字提问，比如 *Zorbella Quist*，再把同样的名字全部改成小写。网络还知道什么？它有多大把握？

# %% tags=["solution"]
asked = [
    f"Last year {name} moved from Turku to Osaka." for name in ("Zorbella Quist", "zorbella quist")
]
for answer in model.predict(asked):
    print([(e["text"], e["label"], round(e["confidence"], 2)) for e in answer["entities"]])

# %% [markdown] lang="en"
# The sentence tells that somebody moved, letters and shapes tell that it is a name: `token_dropout` reads some training tokens as
# unknown, so that the network learns to do without the word. Real text is less regular than these forms, and so are its names.
#
# ## Exercise 2: how many sequences are there?
#
# For the three tokens above, list all 27 sequences with the sum of their scores, and check that the probability of the best one
# is $e^{s} / \sum e^{s'}$, as `crf_nbest` has it.

# %% [markdown] lang="zh"
# 句子说明有人搬家，字母和大小写说明这是名字：`token_dropout` 把训练中的一些词元当作未知词来读，网络因此学会了不靠词本身也能判断。
# 真实文本没有这些句式这么规整，其中的名字也是。
#
# ## 练习 2：一共有多少种序列？
#
# 对上面的三个词元，列出全部 27 种序列和它们的总分，验证最佳序列的概率就是 $e^{s} / \sum e^{s'}$，和 `crf_nbest` 给出的一样。

# %% tags=["solution"]
from lstm_toolkit.layers import crf_nbest

likes = np.array([[1.0, 0.0, 1.5], [0.5, 2.0, 0.8], [0.1, 0.2, 1.0]], np.float32)
sums = {
    tags: sum(likes[step, tag] for step, tag in enumerate(tags))
    + sum(pairs[a, b] for a, b in itertools.pairwise(tags))
    for tags in itertools.product(range(3), repeat=3)
}
best = max(sums, key=sums.get)
total = sum(np.exp(value) for value in sums.values())
_, told = crf_nbest(likes[None], pairs, [3], 1)
print([names[n] for n in best], round(float(np.exp(sums[best]) / total), 4))
print(round(float(np.exp(told[0, 0])), 4))

# %% [markdown] lang="en"
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train tagging --data train.conll --out runs/mine
# lstm-toolkit predict runs/mine "Anna Leeds works for Blue Anchor." --html tagged.html
# lstm-toolkit export runs/mine models/mine
# ```
#
# Columns of tokens and tags, JSON with spans, brat's and Label Studio's files are read; what has to be mended is told.
# [My own tags](../docs/my-own-tags.md) says more.

# %% [markdown] lang="zh"
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train tagging --data train.conll --out runs/mine
# lstm-toolkit predict runs/mine "Anna Leeds works for Blue Anchor." --html tagged.html
# lstm-toolkit export runs/mine models/mine
# ```
#
# 按列排的词元和标签、带区间的 JSON、brat 和 Label Studio 的文件都能读；需要修补的地方会告诉你。
# 更多内容见[我自己的标注](../docs/my-own-tags.md)。
