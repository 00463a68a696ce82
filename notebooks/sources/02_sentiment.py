# %% [markdown] lang="en"
# # Sentiment: from a CSV to a model that takes strings
#
# A review is a sequence of words, and the order of the words matters: *not bad, I'd go
# again* is praise. In this notebook you go from a table of texts to a network that reads
# them, make padding and masking visible, look at the mistakes, ask which words an answer
# rests on, and end with a SavedModel that takes raw strings.
#
# Everything runs on a laptop in about a minute, and nothing is downloaded. The 3,840
# reviews, half of them English and half Chinese, were written for this repository; a
# score on them says that the software works, and nothing about real reviews.

# %% [markdown] lang="zh"
# # 情感分析：从 CSV 到直接接收字符串的模型
#
# 一条评论就是一串词，而且词序很要紧：“不难吃，还会再来”是夸奖，“不会再来，难吃”就是批评。
# 在这本笔记本里，你会从一张文本表格出发，训练一个读评论的网络；亲眼看看填充和掩码；
# 检查它错在哪里；追问一个答案究竟靠的是哪些词；最后导出一个直接接收字符串的 SavedModel。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。3,840 条评论一半英文，一半中文，
# 都是专门为这个仓库编写的：在它们上面得到的分数只能说明软件能正常工作，不能说明模型在真实评论上有
# 多好。

# %%
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

import lstm_toolkit as lt
from lstm_toolkit.inspection.attribution import integrated_gradients

# %matplotlib inline
keras.utils.set_random_seed(0)

# %% [markdown] lang="en"
# ## The data
#
# It begins with a CSV: a column of texts, a column of labels. A third column is no harm.

# %% [markdown] lang="zh"
# ## 数据
#
# 一切从一个 CSV 开始：一列文本，一列标签。多出来的一列不碍事。

# %%
csv = Path("../data/reviews.csv")
pd.read_csv(csv).head(4)

# %% [markdown] lang="en"
# `prepare` reads the table, finds the columns, splits the rows so that no review stands on
# both sides, and learns the vocabulary from the *training* split alone.

# %% [markdown] lang="zh"
# `prepare` 读入表格，自己找出文本列和标签列，再划分数据，保证同一条评论不会同时出现在两个集合里；
# 词表只从**训练集**里学。

# %%
sentiment = lt.get_task("sentiment")
settings = sentiment.settings(epochs=4)
data = lt.prepare(sentiment, settings, csv)
print(data.note)
print({name: len(getattr(data.splits, name)) for name in ("train", "validation", "test")})
for line in data.data_warnings():
    print(line)

# %% [markdown] lang="en"
# ### Tokens
#
# Words are tokens, marks are tokens, and so is each Chinese character, since Chinese puts no
# spaces between words. The vocabulary gives each token a number. The division runs inside
# the TensorFlow graph, so the export will do exactly the same.
#
# Beside each token the network is told its *bigram*: the pair of the token and the one before
# it. Exercise 1 asks what pairs are good for.

# %% [markdown] lang="zh"
# ### 词元
#
# 英文的一个词是一个词元，一个标点也是一个词元；中文的词与词之间没有空格，所以一个汉字算一个词元。词表给每个词元一个编号。切分在 TensorFlow 计算图内部完成，因此导出的模型会做得一模一样。
#
# 除了词元本身，网络还会得到它的**词对**（bigram）：这个词元连同它前面的那一个。词对有什么用，留到练习 1 再想。

# %%
encoder = data.states["text"]
texts = tf.constant(["Not bad at all, I'd go again!", "不难吃，但是不会再来了"])
words, numbers = encoder.tokens(texts)
for row in words.to_list():
    print(" | ".join(word.decode() for word in row))
print(numbers.to_list())

# %% [markdown] lang="en"
# ### Batches of nearly equal length
#
# A batch is a rectangle, so short texts are padded with zeros on the right. Padding costs
# time and says nothing. So texts of nearly the same length share a batch. In the figure each
# row is a review; dark is a token, light is padding. The line above it tells what the
# sorting saves over the whole training split.

# %% [markdown] lang="zh"
# ### 长度相近的放进同一批
#
# 一个批次是一个矩形，所以短文本要在右边用 0 填充。填充白白耗费时间，又不带任何信息，于是把长度相近的文本放进同一批。图中每一行是一条评论，深色是词元，浅色是填充。图上方打印的那一行说明：在整个训练集上，这样做省下了多少。

# %%
batches = data.batches(data.splits.train, shuffled=True)
print(batches.padding())
lengths = batches.lengths
lt.plots.padding(
    {"as they come": lengths[:32], "of nearly equal length": lengths[batches.order(0)[0]]}
)

# %% [markdown] lang="en"
# ## The network
#
# An embedding, a bidirectional LSTM with Dropout, and the maximum of each feature over
# the steps. Beside it a *wide* path adds up one weight for every token and pair. All of it
# is a plain Keras model.

# %% [markdown] lang="zh"
# ## 网络
#
# 嵌入层，接一个带 Dropout 的双向 LSTM，再对每个特征在所有时间步上取最大值。旁边还有一条**宽**路径：每个词元、每个词对各有一个权重，直接相加。合起来仍然是一个普通的 Keras 模型。

# %%
model = data.build()
print(model.name, "with", f"{model.count_params():,}", "parameters")
lt.compile_model(model, sentiment, settings, steps=settings.epochs * len(batches))
history = model.fit(
    batches.dataset(),
    epochs=settings.epochs,
    shuffle=False,
    verbose=0,
    validation_data=data.batches(data.splits.validation).dataset(),
    callbacks=[lt.Position(batches)],
).history
for epoch, (loss, accuracy) in enumerate(zip(history["loss"], history["val_accuracy"]), 1):
    print(f"epoch {epoch}: loss {loss:.3f}, validation accuracy {accuracy:.3f}")

# %% [markdown] lang="en"
# The first epoch is good already, for the network does not begin from nothing: tokens and
# pairs start with weights that say how often they stand in the reviews of each class
# (naive Bayes). Later epochs mostly make the training loss fall.
#
# ### Masking made visible
#
# What happens if the same review gets more padding? Nothing may happen: the padded steps
# are masked in the LSTM and left out of the maximum. The column `masked` is what our network
# gives as the probability of *negative*. Beside it you see a small network, untrained and
# without masks. Its answer drifts with the padding, that is, with the
# length of the *other* texts in its batch. This is one of the commonest silent mistakes.

# %% [markdown] lang="zh"
# 第一轮（epoch）的成绩就已经不错，因为网络不是从零开始的：词元和词对的初始权重取自它们在各类评论
# 中出现的多少（朴素贝叶斯）。后面几轮主要是训练损失在继续下降。
#
# ### 看得见的掩码
#
# 同一条评论，如果填充得更多，答案会怎样？应该完全不变：填充的时间步在 LSTM 里被掩码遮住，取最大值时也不算在内。`masked` 一列是我们的网络给出的“负面”的概率；旁边拿一个没有掩码、也没有训练过的小网络作对照。它的答案随填充的多少而漂移，也就是说，取决于同一批里**别的**文本有多长。这是最常见、又最不容易察觉的错误之一。

# %%
row = sentiment.preprocess(tf.constant(["the soup was not good"]), data.states)
unmasked = keras.Sequential(
    [
        keras.layers.Embedding(len(encoder.vocabulary), 16),
        keras.layers.LSTM(8),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
print("steps   masked        unmasked")
for extra in (0, 10, 50):
    padded = tf.pad(row, [[0, 0], [0, extra], [0, 0]])
    masked = float(model(padded, training=False)[0, 0])
    drifting = float(unmasked(padded[..., 0])[0, 0])
    print(f"{padded.shape[1]:>5}   {masked:.6f}      {drifting:.6f}")

# %% [markdown] lang="en"
# ## How good is it, and where is it wrong?
#
# Accuracy is one number. The mistakes of which the network was most sure say more: read them.

# %% [markdown] lang="zh"
# ## 它有多好，又错在哪里？
#
# 准确率只是一个数。更有意思的是那些“错得最有把握”的评论，请逐条读一读。

# %%
scores = lt.evaluate(data, model, data.splits.test)
print(sentiment.report(scores))

# %%
test = data.splits.test
rows = sentiment.preprocess(tf.constant(list(test.inputs)), data.states)
probabilities = model.predict(rows, verbose=0)
names = np.array(data.states.target.names)
right = names[probabilities.argmax(axis=1)] == test.labels
sure = probabilities.max(axis=1)
for i in sorted(np.flatnonzero(~right), key=lambda i: -sure[i])[:6]:
    print(f"{sure[i]:.0%} sure, but {test.labels[i]}: {test.inputs[i]}")

# %% [markdown] lang="en"
# Many of them hold both praise and blame, and the end decides: a person weighs the parts, the
# network has mostly learnt to count them. Exercise 3 checks whether that impression is a fact. And
# note how sure it is where it is wrong: a high probability is no proof.
#
# ### Which words an answer rests on
#
# Integrated gradients divide the probability of the answer among the tokens. Blue bars
# speak for it, orange ones against it. The title tells the answer.

# %% [markdown] lang="zh"
# 其中不少评论有褒有贬，真正起决定作用的往往是最后一句：人会权衡轻重，网络学到的却多半是“数一数好
# 话和坏话”。这个印象对不对，练习 3 来验证。还请注意它错的时候有多自信：概率高，
# 并不能证明答案对。
#
# ### 答案靠的是哪些词
#
# 积分梯度把答案的概率分摊到每个词元上。蓝色表示支持这个答案，橙色表示反对；标题就是答案。

# %%
answers, weights = integrated_gradients(model, sentiment.preprocess(texts, data.states))


def why(i):
    tokens = [word.decode() for word in words[i].numpy()]
    title = f"{names[int(tf.argmax(answers[i]))]}, {float(tf.reduce_max(answers[i])):.0%}"
    return lt.plots.token_weights(tokens, weights[i, : len(tokens)].numpy(), title)


why(0)

# %%
why(1)

# %% [markdown] lang="en"
# The answers rest mostly on *I'd go* and on 不会再 ("won't … again"); a pair counts for its second
# token. 难吃 ("tastes bad") counts as blame although a 不 ("not") stands before it: here the
# network is right for a reason that is only half right. Such bars explain the *network*,
# not the world: a word may weigh much only because it often stood in reviews of one kind.
#
# ## A SavedModel that takes strings
#
# The export holds the tokenizer. Before its folder appeared it was asked in a clean process
# that knows only TensorFlow, and this is all that a server needs.

# %% [markdown] lang="zh"
# 两个答案主要靠的是 *I'd go* 和“不会再”（词对的权重算在后一个词元上）。“难吃”前面明明有个“不”，却仍被当成批评：这里网络答对了，理由却只对了一半。这样的图解释的是**网络**，不是世界：一个词权重大，也许只是因为它恰好常出现在某一类评论里。
#
# ## 直接接收字符串的 SavedModel
#
# 导出的模型自带分词。它的文件夹出现之前，已经在一个只有 TensorFlow 的干净进程里试答过一遍；服务器上需要的也就只有这些。

# %%
folder = Path(mkdtemp()) / "sentiment"
samples = np.array(test.inputs[:8], np.str_)
target, difference = lt.export_model(sentiment, model, data.states, samples, folder)
print("largest difference from the Keras model:", f"{difference:.1g}")
ask = tf.saved_model.load(str(target)).signatures["serving_default"]
questions = ["A long wait, but worth it", "电池一天都撑不住", ""]
outputs = ask(text=tf.constant(questions))
for text, label, probability in zip(
    questions, outputs["label"].numpy(), outputs["probability"].numpy()
):
    print(f"{label.decode()}, {probability:.0%}: {text!r}")

# %% [markdown] lang="en"
# An empty string gets an answer too, not a crash: it is read as one unknown token. That
# answer is little better than a toss of a coin, and its probability says so.
#
# ## Several labels a text, or a number
#
# A review may speak of the food *and* of the staff, and stars are a number, not a name. Two more
# tasks read the same tables and differ in what comes out: `labelling` gives each label a
# probability of its own, and from a threshold on, which is chosen on the validation split, the label
# itself; `scoring` gives a number. Both have made English reviews as sample data. Beside each
# score stands what the simplest methods reach on the same test rows.

# %% [markdown] lang="zh"
# 空字符串也有答案，不会崩溃：它被当作一个未知词元来读。这个答案和抛硬币差不多，它的概率也老实地说明了这一点。
#
# ## 一条文本多个标签，或者一个数
#
# 一条评论可以既谈菜品**又**谈服务，而星级是一个数，不是一个名字。另有两个任务读同样的表格，只是输出不同：`labelling` 给每个标签各算一个概率，超过阈值就给出这个标签，阈值在验证集上选定；`scoring` 给出一个数。两者的样例数据都是人造的英文评论。每个分数旁边，都列出最简单的方法在同一批测试数据上的成绩。

# %%
for name in ("labelling", "scoring"):
    rows = lt.prepare(name, {"epochs": 4})
    run = lt.train(name, rows.settings, folder.parent / name, prepared=rows)
    scores, main = run.metrics["test"], lt.get_task(name).target.main_score
    simplest = {method: known[main] for method, known in scores["baselines"].items()}
    print(f"{name}: {main} {scores[main]:.3f};", *(f"{m} {v:.3f}" for m, v in simplest.items()))
    text = str(rows.splits.test.inputs[0])
    answer = lt.load(run).predict([text])[0]
    print(f"  {text!r}: {answer.get('labels', answer.get('score'))}")

# %% [markdown] lang="en"
# F1 is better when greater, the error (`mae`) when smaller. Sentences that were made from a few
# words are easy: there a sum of single weights does as well as the network, and `train` says so.
# Whether order matters in your texts, the same lines will tell.
#
# ## Exercise 1: what are pairs good for?
#
# Count in the training split how many positive and how many negative reviews hold *好*
# ("good"), and how many hold *不好* ("not good"). Do the same for *good*, *not good*, *bad* and
# *not bad*. What could a network know that adds up one weight for each single token? And
# what about a pair that it never saw?

# %% [markdown] lang="zh"
# F1 越大越好，误差（`mae`）越小越好。用少数几个词拼出来的句子很容易：单个权重相加就和网络不相上下，`train` 也会如实说明。在你的文本里，词的顺序是否重要，看同样这几行就知道。
#
# ## 练习 1：词对有什么用？
#
# 在训练集里数一数：含有“好”的评论，正面和负面各有多少条？含有“不好”的呢？再数 *good*、*not good*、*bad*、*not bad*。如果网络只给每个词元一个权重再相加，它能知道什么？碰到从没见过的词对，又会怎样？

# %% tags=["solution"]
train = data.splits.train
split = encoder.tokens(tf.constant(list(train.inputs)))[0].to_list()
joined = np.array([f" {b' '.join(tokens).decode()} " for tokens in split])
print("            positive  negative")
for phrase in ("好", "不 好", "good", "not good", "bad", "not bad"):
    holds = np.char.find(joined, f" {phrase} ") >= 0
    counts = [int((holds & (np.array(train.labels) == name)).sum()) for name in names[::-1]]
    print(f"{phrase:<12}{counts[0]:>8}{counts[1]:>10}")

# %% [markdown] lang="en"
# *好* leans towards praise, *不好* is blame: a sum of single weights must give both the weight
# of 好, while the weight of the pair can turn the answer round. But *not bad* is hardly in
# these reviews at all, and a pair that occurs less than twice is not in the vocabulary. There
# pairs cannot help; only the LSTM, which reads the words in their order, has a chance. Whoever
# wants *not bad* to be understood must have reviews that say it.
#
# ## Exercise 2: break the masking
#
# The mean over the steps is another common way to make one vector of many. Take random
# embeddings of the review above, and compute their mean with `GlobalAveragePooling1D`, once
# with a mask and once without, for 0, 10 and 50 padded steps. By which factor is it wrong?

# %% [markdown] lang="zh"
# “好”偏向夸奖，“不好”却是批评：单个权重相加时，两者都只能得到“好”的那份权重；词对的权重才能把答案扳过来。不过 *not bad* 在这批评论里几乎没有出现，而出现不到两次的词对进不了词表。这时词对帮不上忙，只有按顺序读词的 LSTM 还有机会。想让模型听懂 *not bad*，就得有这么说话的评论。
#
# ## 练习 2：弄坏掩码
#
# 把许多步变成一个向量，另一种常见做法是对所有时间步取平均。取上面那条评论的随机嵌入，用 `GlobalAveragePooling1D` 求平均，一次带掩码，一次不带，分别填充 0、10、50 步。不带掩码的结果差了多少倍？

# %% tags=["solution"]
embed = keras.layers.Embedding(len(encoder.vocabulary), 16)
mean = keras.layers.GlobalAveragePooling1D()
print("steps   masked     unmasked")
for extra in (0, 10, 50):
    tokens = tf.pad(row[..., 0], [[0, 0], [0, extra]])
    vectors = embed(tokens) * tf.cast(tokens != 0, tf.float32)[..., None]  # padding is zero
    with_mask, without = mean(vectors, mask=tokens != 0)[0, 0], mean(vectors)[0, 0]
    print(f"{tokens.shape[1]:>5}{float(with_mask):>11.6f}{float(without):>11.6f}")

# %% [markdown] lang="en"
# The sum is the same, but it is divided by all steps instead of the real ones: 55 instead
# of 5 is a factor of 11. Here the padded vectors were even made zero first; with the vector
# that an embedding really has for token 0 the direction would be wrong too. In Keras,
# `Embedding(..., mask_zero=True)` sends the mask along.
#
# ## Exercise 3: do turns make it hard?
#
# Does the network fail more often where a review turns, with a *but* or a *但*? Compare the
# accuracy of the test reviews that hold such a word with that of the others, and give the
# standard error $\sqrt{p(1-p)/n}$ of each.

# %% [markdown] lang="zh"
# 总和没有变，但除以的是全部步数而不是真实步数：55 步对 5 步，正好差 11 倍。这里还事先把填充处的向量清成了零；如果用嵌入层给 0 号词元的真实向量，连方向都会错。在 Keras 里，`Embedding(..., mask_zero=True)` 会把掩码一路传下去。
#
# ## 练习 3：转折是不是更难？
#
# 带有 *but* 或“但”这类转折的评论，网络是不是更容易判错？把测试集分成含有这些词和不含这些词的两部分，比较准确率，并给出各自的标准误 $\sqrt{p(1-p)/n}$。

# %% tags=["solution"]
turns = r"\b(?:but|still|though|although|however|yet)\b|但|虽|不过|可是|却"
turning = pd.Series(list(test.inputs)).str.lower().str.contains(turns).to_numpy()
for name, chosen in (("with a turn", turning), ("without", ~turning)):
    p, n = right[chosen].mean(), int(chosen.sum())
    print(f"{name:<12}{n:>4} reviews, accuracy {p:.3f} ± {np.sqrt(p * (1 - p) / n):.3f}")

# %% [markdown] lang="en"
# It is a fact here: the difference is more than twice the standard errors of both together
# ($\sqrt{a^2+b^2}$). Such reviews call for weighing their parts, and there are few of them
# to learn from. More reviews with turns in the training split would probably help more than a
# larger network. That is how reading mistakes pays: an impression becomes a count, and the count
# says what data is missing.
#
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train sentiment --data reviews.csv --out runs/mine
# lstm-toolkit predict runs/mine "The waiter was rude and the soup was cold" --explain
# lstm-toolkit export runs/mine models/mine
# ```
#
# Any CSV, TSV, JSON Lines, Parquet or Excel table with a column of texts and one of labels
# will do, with two or more classes: topics, questions, languages. Look at three lines
# that `train` prints: how many tokens the vocabulary covers, how many texts are cut off, and
# how much padding is left. Then read the mistakes, before you change a single setting.
#
# The next notebook lets one network read and another write:
# [03_translation](03_translation.ipynb).

# %% [markdown] lang="zh"
# 在这里确实如此：两者之差超过了合并标准误（$\sqrt{a^2+b^2}$）的两倍。这类评论需要权衡前后，而可供学习的例子又不多。要改进它，在训练集里多放些带转折的评论，大概比换一个更大的网络管用。读错例的价值就在这里：先有印象，再用计数验证，计数会告诉你缺的是什么数据。
#
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train sentiment --data reviews.csv --out runs/mine
# lstm-toolkit predict runs/mine "等了很久，但是很好吃，下次还来" --explain
# lstm-toolkit export runs/mine models/mine
# ```
#
# CSV、TSV、JSON Lines、Parquet 或 Excel 表格都可以，只要有一列文本、一列标签；类别可以是两个，也可以更多：话题、问题类型、语言都行。留意 `train` 打印的三行：词表覆盖了多少词元，多少文本被截断，还剩多少填充。然后先读错例，再动手改设置。
#
# 下一本笔记本里，一个网络负责读，另一个负责写：[03_translation](03_translation.zh-CN.ipynb)。
