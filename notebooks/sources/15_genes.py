# %% [markdown] lang="en"
# # Genes
#
# DNA is a text of four letters, a protein one of twenty, and nobody put spaces between the words. In this notebook you look for
# promoters, see how relatives make scores too good, ask a network which letters it looked at, and tag the helices and strands of proteins.
#
# Everything runs on a laptop in about a minute; nothing is downloaded.

# %% [markdown] lang="zh"
# # 基因
#
# DNA 是四个字母写成的文本，蛋白质是二十个字母写成的文本，而且词与词之间没有空格。在这本笔记本里，你会寻找启动子，
# 看到亲缘序列如何让分数虚高，问一问网络看的是哪些字母，再给蛋白质的螺旋和折叠打上标签。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。

# %%
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import numpy as np
import pandas as pd
import tensorflow as tf
from IPython.display import display
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import lstm_toolkit as lt
from lstm_toolkit.data.readers.symbols.made_promoters import sample_promoters
from lstm_toolkit.figures.sequences import sequence_weights

folder = Path(mkdtemp())
table = pd.DataFrame(sample_promoters(), columns=["id", "sequence", "label"])
table.to_csv(folder / "promoters.csv", index=False)
print(table.assign(sequence=table["sequence"].str[:60] + "…").head(6).to_string(index=False))
gc = table["sequence"].str.count("[GC]") / table["sequence"].str.len()
print(gc.groupby(table["label"]).mean().round(3).to_dict())

# %% [markdown] lang="en"
# ## A grammar, not a word
#
# A promoter tells an enzyme of bacteria where to begin. These are made: a box `TTGACA` and, 15 to 19 letters on, a box `TATAAT`.
# Decoys have both boxes as well, but in the other order, or too far apart. Counting letters helps little: each piece is rich or poor
# in G and C by chance. Counting words tells pieces with boxes from those without, but not promoters from decoys, which have the same ones: that takes
# order and distance. In so few pieces and epochs the network hardly learns them: look how near it stays to the counts.
#
# ## Relatives
#
# Some pieces are copies of others with a few changes, as genes are in nature. If a copy is trained on and the other tested, a method that
# only remembers looks good. Compare nearest neighbours on rows shuffled, and with relatives on one side.

# %% [markdown] lang="zh"
# ## 是语法，不是单词
#
# 启动子告诉细菌的一种酶从哪里开始。这里的启动子是生成的：先有一个 `TTGACA` 框，隔 15 到 19 个字母再有一个 `TATAAT` 框。
# 诱饵序列也有这两个框，但顺序相反，或者相距太远。数字母用处不大：每个片段里 G 和 C 的多少是随机的；数单词能分出有框和没有框的片段，
# 却分不出启动子和诱饵，因为它们含有同样的单词：那要靠顺序和距离。片段和轮数都这么少，网络几乎学不到这些：看看它和计数有多接近。
#
# ## 亲缘序列
#
# 有些片段是另一些片段的副本，只改动了几个字母，自然界的基因就是这样。如果一个副本用来训练，另一个用来测试，只会死记的方法也显得很好。
# 比较一下最近邻方法在两种划分上的分数：随意打乱，以及把亲缘序列放在同一边。

# %%
source = lt.data.read_sequences(folder / "promoters.csv")
groups, labels = source.rows.meta["group"], np.asarray(source.rows.labels)
print(f"{len(labels)} pieces, {len(np.unique(groups))} families")
counts = CountVectorizer(analyzer="char", ngram_range=(6, 6), binary=True)
neighbour = make_pipeline(counts, KNeighborsClassifier(1, metric="cosine"))
pieces = source.rows.inputs
shuffled = cross_val_score(neighbour, pieces, labels, cv=KFold(5, shuffle=True, random_state=0))
apart = cross_val_score(neighbour, pieces, labels, cv=GroupKFold(5), groups=groups)
print(f"rows shuffled: {shuffled.mean():.3f}   relatives on one side: {apart.mean():.3f}")

# %% [markdown] lang="en"
# On shuffled rows the neighbour is mostly a relative, from which it copies the answer. On new families it knows nearly nothing. Relatives were
# found by the runs of ten letters that two pieces share, on either strand; `homology` is the share from which they are related.
#
# ## Train
#
# A convolution finds boxes, the LSTM reads them in their order. Beside it stands a linear fit to counts of six letters, as strong as rows held
# out allow: where counts tell nothing, it is nearly zero.

# %% [markdown] lang="zh"
# 随意打乱时，最近的邻居多半是亲缘序列，照抄答案就行；换成没见过的家族，它几乎什么都不知道。
# 两个片段共有多少段十个字母的子串（两条链都算），就是判断亲缘的依据；`homology` 是判为亲缘的最低比例。
#
# ## 训练
#
# 卷积找出框，LSTM 按顺序读。旁边有一个线性拟合，用的是六字母子串的计数，它的强度由留出的数据决定：计数什么也说明不了时，它接近于零。

# %%
run = lt.train("genes", {"epochs": 12}, folder / "run", data=folder / "promoters.csv")
scores = run.metrics["test"]
compared = {name: each["accuracy"] for name, each in scores["baselines"].items()}
for name, accuracy in {**compared, "network": scores["accuracy"]}.items():
    print(f"{name:<20} accuracy {accuracy:.3f}")

# %% [markdown] lang="en"
# ## What did it look at?
#
# Hide one letter after the other, and see by how much the probability of the answer falls. Bars up are letters that speak for the label.
# The boxes stand out, and so do those that are in the wrong place.

# %% [markdown] lang="zh"
# ## 它看的是什么？
#
# 逐个遮住字母，看看答案的概率下降多少。向上的条形是支持该标签的字母。两个框很显眼，位置不对的框也一样。

# %%
model = lt.load(run)
rng = np.random.default_rng(5)


def piece(*parts: str | int) -> str:
    """Puts boxes and so many random letters together."""
    return "".join(p if isinstance(p, str) else "".join(rng.choice(list("ACGT"), p)) for p in parts)


asked = [piece(24, "TTGACA", 17, "TATAAT", 47), piece(24, "TATAAT", 17, "TTGACA", 47)]
answers = model.predict(asked, explain=True)
display(sequence_weights(answers))

# %% [markdown] lang="en"
# ## Serve strings
#
# The export takes raw letters, small ones and U as well, and needs TensorFlow alone. What it was not trained for is marked: a protein, or
# a piece of which nothing is known.

# %% [markdown] lang="zh"
# ## 部署：输入就是字符串
#
# 导出的模型直接接收原始字母，小写字母和 U 也可以，只需要 TensorFlow。它没学过的输入会被标出来：比如蛋白质，或者几乎全是未知字母的片段。

# %%
path, difference = lt.export(run, folder / "model")
serve = tf.saved_model.load(path).signatures["serving_default"]
served = serve(sequence=tf.constant([asked[0].lower(), "MKTAYIAKQRQISFVKSHFSRQ", "N" * 100]))
print(served["label"].numpy(), served["unlike"].numpy())

# %% [markdown] lang="en"
# ## A tag for each residue
#
# The chain of a protein folds into helices (H), strands (E) and coils (C). Here too the letters are made: helices have a greasy residue every
# three or four places, strands every two. A letter alone tells little, its neighbours tell more, and the tags of a chain are chosen together.

# %% [markdown] lang="zh"
# ## 给每个残基打标签
#
# 蛋白质链会折叠成螺旋（H）、折叠片（E）和卷曲（C）。这里的字母也是生成的：螺旋每隔三四个位置有一个疏水残基，折叠片每隔两个有一个。
# 单个字母说明不了什么，邻居说明得多一些，整条链的标签一起决定。

# %%
chains = lt.train("residues", {"epochs": 8, "units": (48,)}, folder / "chains")
scores = chains.metrics["test"]
compared = {name: each["accuracy"] for name, each in scores["baselines"].items()}
for name, accuracy in {**compared, "network": scores["accuracy"]}.items():
    print(f"{name:<20} accuracy {accuracy:.3f}")
(answer,) = lt.load(chains).predict(["GSNPAEKLAEKVLKELAERSGNPVEVKVRVTGS"])
print("".join(answer["tokens"]))
print("".join(answer["tags"]))

# %% [markdown] lang="en"
# ## Exercise: how far apart may the boxes be?
#
# Move the second box away from the first, two letters at a time, and tell the probability of `promoter`. Where does the network stop to believe?

# %% [markdown] lang="zh"
# ## 练习：两个框可以相隔多远？
#
# 让第二个框每次两个字母地远离第一个框，看看 `promoter` 的概率。网络从哪里开始不再相信？

# %% tags=["solution"]
gaps = range(8, 41, 2)
repeats = 6
moved = [piece(20, "TTGACA", gap, "TATAAT", 68 - gap) for gap in gaps for _ in range(repeats)]
served = serve(sequence=tf.constant(moved))
place = served["labels"].numpy()[0].tolist().index(b"promoter")
chance = served["probabilities"].numpy()[:, place].reshape(-1, repeats).mean(axis=1)
for gap, share in zip(gaps, chance, strict=True):
    print(f"{gap:>2} letters  promoter {share:.2f}")

# %% [markdown] lang="en"
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train genes --data genes.fasta --out runs/mine
# lstm-toolkit predict runs/mine --data new.fasta --out answers.csv
# lstm-toolkit train residues --data chains.csv --out runs/chains
# ```
#
# [Genes and proteins](../docs/genes-and-proteins.md) says which forms are read, and how relatives are found.

# %% [markdown] lang="zh"
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train genes --data genes.fasta --out runs/mine
# lstm-toolkit predict runs/mine --data new.fasta --out answers.csv
# lstm-toolkit train residues --data chains.csv --out runs/chains
# ```
#
# 支持哪些格式、如何找出亲缘序列，见[基因与蛋白质](../docs/genes-and-proteins.md)。
