# %% [markdown] lang="en"
# # Translation: one network reads, another writes
#
# A sentence and its translation are two sequences, and neither their lengths nor the order
# of their words need agree. So one LSTM reads the English sentence, and a second one writes
# the Chinese sentence, character by character. In this notebook you train such a pair
# without attention and with it, look at what the second one looks at, search for better
# translations than the likeliest next character gives, read the worst ones, and ask it sentences of
# your own.
#
# Everything runs on a laptop in about a minute and a half, and nothing is downloaded. The
# sentences were written for this repository from a small grammar: a score on them says that
# the software works, and nothing about real translation.

# %% [markdown] lang="zh"
# # 翻译：一个网络读，一个网络写
#
# 一句话和它的译文是两个序列，长度可以不同，词序也可以不同。于是让一个 LSTM 读英文句子，另一个
# LSTM 一个字一个字地写出中文。在这本笔记本里，你会训练这样一对网络，一次不带注意力，
# 一次带注意力；看看写每个字的时候，负责写的网络在看原文的哪里；用搜索找出比“每步都选最可能的字”
# 更好的译文；读一读译得最差的句子；最后让它翻译你自己的句子。
#
# 全部代码在普通电脑上大约一分半钟跑完，不需要下载任何东西。句子都是用一套小语法专门为这个仓库编写
# 的：在它们上面得到的分数只能说明软件能正常工作，不能说明真实翻译的水平。

# %%
import collections
import dataclasses
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sacrebleu.metrics import BLEU

import lstm_toolkit as lt
from lstm_toolkit.metrics.translation_scores import sentence_chrf
from lstm_toolkit.targets.translator import Translator

# %matplotlib inline
keras.utils.set_random_seed(0)

# %% [markdown] lang="en"
# ## Pairs and their tokens
#
# `prepare` reads the table, splits it so that no sentence stands on two sides, and learns two
# vocabularies, one of each language, from the *training* split alone.

# %% [markdown] lang="zh"
# ## 句对与词元
#
# `prepare` 读入表格并划分数据，保证同一个句子不会同时出现在两个集合里；再从**训练集**里学两个词表，两种语言各一个。

# %%
translation = lt.get_task("translation")
settings = translation.settings(
    units=(96,),
    embedding=96,
    dropout=0.1,
    embedding_dropout=0.1,
    epochs=7,
    batch_size=64,
    learning_rate=0.008,
    ema_momentum=0.0,  # a running average of the weights needs more steps than these
    baselines=False,  # the two networks are compared with each other
)
data = lt.prepare(translation, settings)
source, target, test = data.states["text"], data.states.target.encoder, data.splits.test
print(data.note)
print({name: len(getattr(data.splits, name)) for name in ("train", "validation", "test")})
for line in data.data_warnings():
    print(line)
for english, chinese in list(zip(data.splits.train.inputs, data.splits.train.labels))[:4]:
    print(f"{english}  →  {chinese}")

# %% [markdown] lang="en"
# English is divided into words, and a space belongs to the word after it (`▁`), so that
# tokens put side by side are the sentence again. Chinese puts no spaces between words, so each
# character is a token. Two tokens are not in any sentence: `START`, which the writer is told
# first, and `END`, by which it says that it is done.

# %% [markdown] lang="zh"
# 英文按词切分，词前面的空格归这个词（记作 `▁`），所以把词元依次拼起来就能还原句子。中文的词与词之间没有空格，一个字就是一个词元。另有两个词元不出现在任何句子里：`START` 是写之前先告诉网络的，`END` 是网络用来表示“写完了”的。


# %%
def shown(encoder, numbers):
    return " | ".join(encoder.vocabulary.tokens[number] for number in numbers)


words = source.encode(tf.constant(test.inputs[:1].tolist()))[0].numpy()
characters = next(iter(data.encoded_targets(test).rows))
print(words, shown(source, words), sep="\n")
print(characters, shown(target, characters), sep="\n")

# %% [markdown] lang="en"
# ### Teacher forcing: what the writer is told, and what is asked of it
#
# The writer gives one character at a time, and each depends on those before it. Which ones:
# its own, or the right ones? In training it is told the **right** ones, whatever it would
# have said itself: the target without its last token goes in, the target without `START` is
# asked for. Read the last two lines below as columns; `[PAD]` fills rows up to the longest of
# their batch, and counts for nothing where it is asked for. So a row shorter than that may keep
# its `END` in what is told: nothing is asked there.
#
# There are two reasons. A network that knows nothing yet begins with nonsense, and would then
# have to learn what follows *nonsense*. And since all that it is told is known beforehand, all
# steps of a sentence can be computed and scored in one go.

# %% [markdown] lang="zh"
# ### 教师强制：告诉它什么，又问它什么
#
# 负责写的网络每次写一个字，而每个字都取决于前面的字。前面的字用谁的：它自己写的，
# 还是正确答案里的？训练时一律用**正确**的，不管它自己会写成什么：输入是去掉最后一个词元的译文，
# 要预测的目标是去掉 `START` 的译文。请把下面最后两行上下对齐着看；`[PAD]`
# 把同一批里较短的行补齐，目标是它的位置不计入损失。所以较短的行，输入里可能还留着 `END`：那里并没有要预测的字。
#
# 这样做有两个理由。网络什么都还不会的时候，开头写的必然是胡话，让它学“**胡话**后面该接什么”毫无意义。另外，既然要告诉它的字事先全都知道，一个句子的所有时间步就可以一次算完、一次打分。

# %%
batches = data.batches(data.splits.train, shuffled=True)
inputs, asked = next(iter(batches.dataset()))
for name, values in (("read", inputs["source"]), ("told", inputs["target"]), ("asked", asked)):
    print(f"{name:<6}{values.shape!s:<10}{values.dtype.name}")
print(shown(source, inputs["source"][0].numpy()))
print("told :", shown(target, inputs["target"][0].numpy()))
print("asked:", shown(target, asked[0].numpy()))

# %% [markdown] lang="en"
# ## Two networks
#
# The plain encoder–decoder hands over the reader's last states, and nothing else: however
# long the sentence, the writer has one vector of fixed width to write it all from. With
# **attention** it has the reader's outputs at *every word* as well. At each step it compares
# its own state with all of them, makes weights that add up to 1, and takes the weighted mean:
# what it needs just now, fetched when it needs it. Gradients then reach the word concerned
# directly too, and not only through all the steps of two LSTMs.
#
# Both are plain Keras models.

# %% [markdown] lang="zh"
# ## 两个网络
#
# 普通的编码器–解码器只移交编码器最后的状态，别的什么也不给：句子再长，解码器也只能凭一个固定宽度
# 的向量写出全部译文。有了**注意力**，它还能看到编码器在**每个词**上的输出。每写一步，
# 它拿自己的状态和所有这些输出逐一比较，得到一组总和为 1 的权重，再取加权平均：此刻需要什么，
# 就取什么。梯度也因此能直接到达相关的那个词，而不再只能一步步穿过两个 LSTM。
#
# 两个都是普通的 Keras 模型。

# %%
for attention in ("none", "scaled_luong"):
    model = translation.build(dataclasses.replace(settings, attention=attention), data.states)
    print(f"attention={attention}: {model.count_params():,} parameters")
    for layer in model.layers:
        if layer.name.startswith(("bidirectional", "bridge", "memory", "decoder", "attention")):
            shapes = layer.output if isinstance(layer.output, list) else [layer.output]
            print(f"  {layer.name:<18}", *(shape.shape for shape in shapes))

# %% [markdown] lang="en"
# `bridge_hidden_1` and `bridge_cell_1` are all that the plain writer learns of the sentence.
# `memory_keys` has the time axis of the source, and so do its attention's weights.
#
# ## Training
#
# The same pairs, the same order, the same number of steps for both. `train` is what
# `lstm-toolkit train` runs: it keeps the weights that were best on the validation split, and
# scores the test split with them.

# %% [markdown] lang="zh"
# 普通解码器对这句话的全部了解，就是 `bridge_hidden_1` 和 `bridge_cell_1`。`memory_keys`
# 则带着源句的时间轴，注意力权重也是。
#
# ## 训练
#
# 两个网络用同样的句对、同样的顺序、同样的步数。`train` 就是命令 `lstm-toolkit train` 所执行的：它保留在验证集上表现最好的权重，再用这份权重在测试集上打分。

# %%
folder = Path(mkdtemp())
runs = {}
for attention in ("none", "scaled_luong"):
    chosen = dataclasses.replace(settings, attention=attention)
    runs[attention] = lt.train(translation, chosen, folder / attention)
curves = {name: pd.read_csv(run.path / "history.csv") for name, run in runs.items()}
figure = lt.plots.figure(9, 3.2)
for place, score in enumerate(("accuracy", "perplexity"), 1):
    axes = lt.plots.plain(figure.add_subplot(1, 2, place))
    for (name, rows), colour in zip(curves.items(), (lt.plots.BLUE, lt.plots.ORANGE)):
        axes.plot(rows.epoch, rows[f"val_{score}"], color=colour, label=f"attention={name}")
        axes.plot(rows.epoch, rows[score], color=colour, linestyle=":")
    axes.set(title=score, xlabel="epoch")
axes.set_yscale("log")
axes.legend(frameon=False)
figure

# %% [markdown] lang="en"
# Solid lines are the validation split, dotted ones training. Validation comes out better for
# two reasons: Dropout is at work only in training, and the scores of training are means over an
# epoch in which the network was still getting better. Accuracy is that of the next character
# *after the right ones*. A perplexity of 5 means: as unsure as if there were five characters
# to choose from, all equally likely.
#
# ## How good are the translations?
#
# BLEU counts how many groups of one to four tokens of a translation stand in its reference,
# and punishes translations that are too short; chrF compares groups of characters. Both go
# from 0 to 100, and sacreBLEU computes them, so that others get the same numbers.

# %% [markdown] lang="zh"
# 实线是验证集，点线是训练集。验证集的成绩反而更好，原因有两个：Dropout 只在训练时起作用；
# 训练集的成绩是整轮（epoch）的平均，而这一轮里网络还在不断变好。这里的准确率，
# 指的是**在前面的字全都正确的前提下**，下一个字的准确率。困惑度为 5 的意思是：拿不准的程度，
# 相当于面前有五个同样可能的字。
#
# ## 译得有多好？
#
# BLEU 数一数译文里连续一到四个词元的片段有多少也出现在参考译文里，并对过短的译文扣分；chrF 比较的是由字符组成的片段。两者都在 0 到 100 之间，都由 sacreBLEU 计算，这样别人才能得到相同的数字。

# %%
table = {
    f"attention={name}": {
        score: run.metrics["test"][score]
        for score in ("bleu_greedy", "bleu", "chrf_greedy", "chrf", "perplexity")
    }
    for name, run in runs.items()
}
print(pd.DataFrame(table).T.round(2).to_string())
print(runs["scaled_luong"].metrics["test"]["sacrebleu_signature"])

# %% [markdown] lang="en"
# The last line is the **signature**: which tokens were counted (`tok:zh`, Chinese characters
# one by one), how many references there are, whether capitals count, which version of
# sacreBLEU. Quote it beside every BLEU: with other tokens the same translations get another
# number.
#
# What BLEU does not say: whether a translation is right. A good one in other words than the
# reference scores low, and one that drops a 不 (*not*) scores high. It is a number of a whole
# test set, for comparing systems on *that* set; no BLEU of two languages or two data sets can
# be compared. Here a held-out sentence is new only in how it combines words, since its
# pattern stands in the training split with other words, so the number is far higher than real
# text would give. So read the translations too, below.
#
# Does attention help more with longer sentences? Each bar is the mean chrF of the test
# sentences whose length lies in that range; the small numbers say how many there are.

# %% [markdown] lang="zh"
# 最后一行是**签名**：按什么切分来数（`tok:zh`，汉字逐个计数），有几份参考译文，区不区分大小写，用的是 sacreBLEU 的哪个版本。报告 BLEU 时请一并写上：换一种切分，同样的译文就会得到不同的数字。
#
# BLEU 说明不了译文对不对。意思正确但用词不同的译文得分低，漏掉一个“不”字的译文得分却很高。BLEU
# 是针对整个测试集的一个数，用来在**同一个**测试集上比较不同系统；换一种语言、换一份数据，BLEU
# 就不能拿来比。而且这里测试集的句子只有词的组合是新的，句型在训练集里换了别的词都出现过，
# 所以数字远比真实文本上来得高。因此还要读一读译文本身，见下文。
#
# 句子越长，注意力的帮助是不是越大？下图每根柱子是长度在该范围内的测试句子的平均 chrF，柱子上的小字是句子数。

# %%
translators = {
    name: Translator(run.model(), source, data.states.target) for name, run in runs.items()
}
numbers = source.encode(tf.constant(test.inputs.tolist()))
lengths, rows = numbers.row_lengths().numpy(), numbers.to_tensor()


def read_out(decoded):
    return [text.decode() for text in target.sentences(decoded.ids[:, 0]).numpy()]


greedy = {name: translator.greedy(rows) for name, translator in translators.items()}
chrf = {
    f"attention={name}": np.array(sentence_chrf(read_out(decoded), test.labels))
    for name, decoded in greedy.items()
}
lt.plots.score_by_length(lengths, chrf, "chrF")

# %% [markdown] lang="en"
# Attention helps at every length. The plain network is far behind even with short sentences: 4,401
# pairs are few to learn from, and with attention it is enough to learn which word becomes what. On
# the whole both get worse as sentences get longer. The plain one has little to lose: from its one
# vector it writes even the shortest sentences worse than attention lets it write the longest.
#
# ## What it looks at
#
# One row for every character that was written, one column for every word that was read. A row
# holds one step's weights: the darker, the more. Keep in mind that a column is not only its word: the reader is
# bidirectional, so its output at a word knows the neighbours too. And weights show where the
# writer looked, not *why* it wrote what it wrote. Where Chinese has another order than English,
# the dark squares leave the diagonal.

# %% [markdown] lang="zh"
# 不论长短，注意力都有帮助。就连短句，普通网络也差得很远：4,401 个句对太少了，而有了注意力，
# 只需学会哪个词对应什么。总的来说，句子越长，两者都越差。普通网络的分数本来就没有多少可丢：
# 它只凭一个向量，连最短的句子也译得不如有注意力时最长的句子。
#
# ## 它在看哪里
#
# 每一行是写出的一个字，每一列是读到的一个词；一行就是一步的权重，颜色越深，权重越大。注意，一列代表的不只是那个词本身：编码器是双向的，它在某个词上的输出也包含左右的信息。而且权重只告诉我们写的时候看了**哪里**，并没有说明**为什么**这样写。中英文词序不同的地方，深色格子会离开对角线。

# %%
translator = translators["scaled_luong"]
chosen = int(np.flatnonzero(lengths == 10)[0])
found = translator.attend(tf.constant([test.inputs[chosen]]))
read, written = (
    [token.decode() for token in found[f"{side}_tokens"][0].numpy() if token]
    for side in ("source", "target")
)
print(test.inputs[chosen], "→", found["translations"][0, 0].numpy().decode())
lt.plots.attention_map(found["attention"][0].numpy()[: len(written) + 1], read, written)

# %% [markdown] lang="en"
# ## Greedy, or with beams
#
# *Greedy* takes the likeliest character at each step and never looks back, though a likely
# beginning may have no likely end. **Beam search** keeps the best few beginnings at every
# step, here five. A network gives each character a probability, so a whole translation has one
# too: their product, or in logarithms their sum, `log p` below.

# %% [markdown] lang="zh"
# ## 贪心解码与束搜索
#
# **贪心解码**每一步都选最可能的字，从不回头；可是开头的概率高，整句的概率未必高。**束搜索**每一步
# 都保留最好的几个开头，这里是五个。网络给每个字一个概率，所以整个译文也有概率：各个字的概率之积，
# 取对数就是它们的和，即下面的 `log p`。

# %%
decoded = translator.search(rows[chosen : chosen + 1], beams=5, length_penalty=1.0)
print(test.inputs[chosen], "=", test.labels[chosen])
print("greedy:", read_out(translator.greedy(rows[chosen : chosen + 1]))[0])
print("   score   log p  tokens")
for text, score, total, length in zip(
    target.sentences(decoded.ids)[0].numpy(),
    *(values[0].numpy() for values in (decoded.scores, decoded.log_probabilities, decoded.lengths)),
):
    print(f"{score:8.3f}{total:8.3f}{length:6}  {text.decode()}")

# %% [markdown] lang="en"
# ### Why beams need a length penalty
#
# Every character multiplies the probability by a number below 1: `log p` can only fall. By it
# alone a short translation may beat a complete one, and the *wider* the beam, the more short
# ones are found. So what is ranked is `log p / ((5 + n) / 6) ** length_penalty` for `n` tokens
# with `END` (Y. Wu et al., 2016): 0 is `log p` itself, 1 is nearly the mean over the tokens,
# and far more than that rewards going on and on.
#
# How much is best depends on the data, so try some and keep one. That is a choice, and
# choices are made on the *validation* split; the test split is for the end. One traced
# function does for all of them, since beams and penalty are tensors.

# %% [markdown] lang="zh"
# ### 束搜索为什么需要长度惩罚
#
# 每多写一个字，就多乘一个小于 1 的数：`log p` 只会下降。只看它的话，残缺的短译文可能胜过完整的译文，而且束**越宽**，找到的短译文越多。所以排序用的是 `log p / ((5 + n) / 6) ** length_penalty`，其中 `n` 是连 `END` 在内的词元数（Y. Wu 等，2016）：取 0 就是 `log p` 本身，取 1 接近每个词元的平均值，再大得多就会鼓励没完没了地写下去。
#
# 取多少最好，要看数据，所以多试几个再定一个。这是一次选择，而选择要在**验证集**上做；测试集留到最后。由于束宽和惩罚都是张量，所有情况共用一个计算图，只需追踪一次。

# %%
bleu = BLEU(tokenize=data.states.target.bleu_tokenizer)
search = tf.function(
    lambda rows, beams, penalty: translator.search(rows, beams=beams, length_penalty=penalty)
)
held = data.splits.validation
held_rows = source.encode(tf.constant(held.inputs.tolist())).to_tensor()
wanted = target.numbers(tf.constant(held.labels.tolist())).row_lengths().numpy().mean()
print(f"the references have {wanted:.2f} characters on average")
print("beams  penalty  characters   BLEU")
for beams, penalty in ((1, 0.0), (5, 0.0), (5, 1.0), (5, 2.0), (5, 6.0)):
    decoded = search(held_rows, tf.constant(beams), tf.constant(penalty))
    score = bleu.corpus_score(read_out(decoded), [held.labels.tolist()]).score
    mean = decoded.lengths[:, 0].numpy().mean()
    print(f"{beams:>5}{penalty:>9.1f}{mean:>12.2f}{score:>7.2f}")

# %% [markdown] lang="en"
# ## Exposure bias: what teacher forcing costs
#
# In training the writer never saw a mistake of its own. In use it is told what it said itself,
# right or wrong, and after one mistake it is where it has never been. To see that, take
# the places *after the first wrong character* of each greedy translation, and ask the same
# network for the same characters twice: told the right ones, and told its own.

# %% [markdown] lang="zh"
# ## 曝光偏差：教师强制的代价
#
# 训练时，解码器从没见过自己犯的错。实际使用时，告诉它的却是它自己写的字，不管对错；错了一个字，它就到了从没去过的地方。想亲眼看看，就取每个贪心译文里**第一个错字之后**的那些位置，让同一个网络对同样的字预测两次：一次告诉它正确的前文，一次告诉它自己写的前文。

# %%
model = runs["scaled_luong"].model()
references = data.encoded_targets(test).rows.to_tensor()
inputs, asked = translation.training_pair({"text": numbers}, references, data.states)
asked = asked.numpy()
told = model.predict(inputs, verbose=0).argmax(axis=-1)
own = np.zeros_like(asked)
ids = greedy["scaled_luong"].ids.numpy()[:, 0, : asked.shape[1]]
own[:, : ids.shape[1]] = ids
wrong = (own != asked) & (asked != 0)
later = (wrong.cumsum(axis=1) - wrong > 0) & (asked != 0)
print(f"{wrong.any(axis=1).sum()} of {len(asked)} translations leave the reference somewhere;")
print(f"{later.sum()} characters come after that place, and of them are the reference's")
print(f"  told the right characters  {(told == asked)[later].mean():.1%}")
print(f"  told its own               {(own == asked)[later].mean():.1%}")

# %% [markdown] lang="en"
# The second number paints too dark a picture, for one character too many shifts all that
# follows, and another good wording counts as wrong. Still, the way back is hardly ever
# practised. `scheduled_sampling=0.2` tells the writer some of its own guesses in training;
# a beam helps too, for it can drop a beginning that has gone astray.
#
# ## Where is it wrong?

# %% [markdown] lang="zh"
# 第二个数字看起来比实际更糟：多写一个字，后面就全部错位；换一种同样正确的说法，也会被算作错误。不过，怎样从错误里走回来，它确实几乎没有练习过。`scheduled_sampling=0.2` 会在训练时偶尔告诉它自己的猜测；束搜索也有帮助，因为它可以放弃走偏了的开头。
#
# ## 错在哪里？

# %%
best = read_out(search(rows, tf.constant(5), tf.constant(1.0)))
chrf = np.array(sentence_chrf(best, test.labels))
print(f"{np.mean(np.array(best) == test.labels):.0%} are the reference, character by character")
for i in np.argsort(chrf)[:6]:
    print(f"{chrf[i]:5.1f}  {test.inputs[i]}\n       {best[i]}\n     = {test.labels[i]}")

# %% [markdown] lang="en"
# Look for what is *missing*, and what stands there instead. Some of the Chinese reads fluently
# all the same, for the writer has learnt what Chinese sentences of this kind look like: where
# it did not get the meaning, it says what is usual. That makes such mistakes dangerous, since
# nothing in the translation alone gives them away.
#
# ## Sampling
#
# Instead of the likeliest character, draw one, as likely as the network says. The
# **temperature** divides the logits first: below 1 the likely ones become likelier, above 1
# the unlikely ones do. Draws depend on the seed alone.

# %% [markdown] lang="zh"
# 看看**漏掉**了什么，又用什么顶替了它。译出来的中文有些照样通顺，因为解码器学会了这类中文句子长什么样：没弄懂意思的地方，它就说最常见的话。这种错误很危险，只看译文是看不出来的。
#
# ## 采样
#
# 不选最可能的字，而是按网络给出的概率抽一个。抽取之前，先把 logits 除以**温度**：温度小于 1 时，
# 可能的字更可能；大于 1 时，不太可能的字也更容易被抽到。抽到什么只取决于随机种子。

# %%
print(test.inputs[chosen])
again = tf.repeat(rows[chosen : chosen + 1], 4, axis=0)
for temperature in (0.3, 1.0, 2.0):
    drawn = translator.sample(again, seed=tf.constant([0, 1]), temperature=temperature)
    print(f"{temperature}:", "  ".join(read_out(drawn)))

# %% [markdown] lang="en"
# ## Sentences of your own
#
# `lt.load` opens a run, and an export alike: raw strings go in, and answers come out.

# %% [markdown] lang="zh"
# ## 你自己的句子
#
# `lt.load` 可以打开一次训练的结果，也可以打开导出的模型：输入原始字符串，直接得到答案。

# %%
trained = lt.load(runs["scaled_luong"])
for answer in trained.predict([str(test.inputs[0]), "I love my axolotl.", ""]):
    unknown = answer.get("unknown_tokens", 0)
    print(f"{answer['input']!r:<50}{answer['translation']!r}, {unknown} unknown")

# %% [markdown] lang="en"
# A word that the vocabulary lacks becomes the unknown token, and the writer makes the best of
# it, which is a guess: `unknown_tokens` tells you. An empty string gives an empty translation.
# `lstm-toolkit export` makes a SavedModel of the run that holds both vocabularies and the search, and
# answers so where only TensorFlow is installed: see [06_export_and_serve](06_export_and_serve.ipynb).
#
# ## Exercise 1: wider beams
#
# The plain network is less sure of what it says. Does a beam without length penalty make its
# translations shorter, and does a wider beam make that worse? Try 1, 5 and 20 beams with a
# penalty of 0, and 20 with a penalty of 1, on the first 200 validation sentences. Look at
# `log p` too.

# %% [markdown] lang="zh"
# 词表里没有的词会变成未知词元，解码器只好猜着写，`unknown_tokens` 会告诉你有几个。空字符串得到的是空译文。
# `lstm-toolkit export` 会把这次训练的结果导出为 SavedModel，其中自带两个词表和搜索，
# 在只装有 TensorFlow 的地方也能这样回答，见 [06_export_and_serve](06_export_and_serve.zh-CN.ipynb)。
#
# ## 练习 1：更宽的束
#
# 不带注意力的网络对自己写的东西更没把握。没有长度惩罚的束搜索会不会让它的译文变短？束更宽，是不是更糟？请在前 200 个验证句子上，用惩罚 0 试束宽 1、5、20，再用惩罚 1 试束宽 20，同时留意 `log p`。

# %% tags=["solution"]
plain = tf.function(lambda *a: translators["none"].search(a[0], beams=a[1], length_penalty=a[2]))
some = held.labels[:200]
wanted = target.numbers(tf.constant(some.tolist())).row_lengths().numpy().mean()
print(f"the references have {wanted:.2f} characters on average")
print("beams  penalty  characters   BLEU    log p")
for beams, penalty in ((1, 0.0), (5, 0.0), (20, 0.0), (20, 1.0)):
    decoded = plain(held_rows[:200], tf.constant(beams), tf.constant(penalty))
    score = bleu.corpus_score(read_out(decoded), [some.tolist()]).score
    mean, total = (x.numpy()[:, 0].mean() for x in (decoded.lengths, decoded.log_probabilities))
    print(f"{beams:>5}{penalty:>9.1f}{mean:>12.2f}{score:>7.2f}{total:>9.3f}")

# %% [markdown] lang="en"
# A wider beam does find what the network thinks more probable: `log p` rises each time. But the
# translations get shorter, further and further from the length of the references, and BLEU gains
# nothing by it: what is more probable came from leaving something out. A better search for the
# wrong goal is no better. The penalty mends the goal: with it, 20 beams win back what they lost.
#
# ## Exercise 2: what BLEU does not see
#
# Take the references of the test split and leave out every 不 ("not"). Nearly all sentences that
# held one now say the opposite, or nothing sensible. What BLEU do such "translations" get? For comparison, leave out
# every 的 instead, which changes the meaning little.

# %% [markdown] lang="zh"
# 束更宽，确实能找到网络认为更可能的译文：`log p` 每次都在上升。可是译文越来越短，离参考译文的长度越来越远，BLEU 并没有因此变好：多出来的概率是靠漏译换来的。目标定错了，搜得再好也没用。长度惩罚修正的正是目标：加上它，束宽 20 就把丢掉的分数赢了回来。
#
# ## 练习 2：BLEU 看不见的东西
#
# 取测试集的参考译文，把所有的“不”字删掉。原来含有“不”字的句子，意思几乎都会反过来，
# 要不就不成话。这样的“译文”，BLEU 是多少？作为对照，再试试只删掉所有的“的”字，
# 那对意思影响很小。

# %% tags=["solution"]
for left_out in ("不", "的"):
    hold = [text for text in test.labels.tolist() if left_out in text]
    without = [text.replace(left_out, "") for text in hold]
    score = bleu.corpus_score(without, [hold]).score
    print(f"without {left_out}: BLEU {score:.1f} on the {len(hold)} sentences that held one")

# %% [markdown] lang="en"
# BLEU sees a character that is missing, not what it meant: the two scores are not far apart,
# and about as high as that of the network with attention. So count what matters to you as
# well: here, how many translations keep their negation.
#
# ## Exercise 3: a dictionary out of attention
#
# Nobody told the network which word means what. Collect, over the first 200 test sentences, at
# which word the writer looked most when it wrote each character (`translator.attend`), and
# print for some words the characters that they got most often. Which words come out badly?

# %% [markdown] lang="zh"
# BLEU 只看见少了一个字，看不见那个字是什么意思：两个分数相差不大，而且和带注意力的网络得到的分数差不多。所以，你在意什么，就单独数一数什么：比如有多少译文保住了否定。
#
# ## 练习 3：从注意力里挖出一本词典
#
# 没有人告诉过网络哪个词是什么意思。请在前 200 个测试句子上，记录写每个字时权重最大的是哪个英文词（`translator.attend`），再挑几个词，打印出最常对应它们的字。哪些词的结果不好？

# %% tags=["solution"]
looks = translator.attend(tf.constant(test.inputs[:200].tolist()))
most = looks["attention"].numpy().argmax(axis=-1)
meant = collections.defaultdict(collections.Counter)
for columns, reads, writes in zip(
    most, looks["source_tokens"].numpy(), looks["target_tokens"].numpy()
):
    for column, character in zip(columns, writes):
        meant[reads[column].decode()][character.decode()] += bool(character)
for word in ("▁he", "▁she", "▁book", "▁friday", "▁this", "▁to", "▁the"):
    print(f"{word:<9}", " ".join(f"{c}×{n}" for c, n in meant[word].most_common(4) if n))

# %% [markdown] lang="en"
# Pronouns and names of things come out best: *he* gives 他, *book* gives 书, and beside it 本, the
# measure word of books. A word that becomes several characters divides its counts among them, as
# *friday* does among 星, 期 and 五. But the bounds are not sharp, since the reader's output at a
# word knows the words around it: a character may be counted for the word beside its own, as 个 is
# if it stands at *friday*, for it belongs to 上个星期五 (*last Friday*). Words like *the* get few
# characters, and none of their own, for there is nothing in Chinese that stands for them. It is a
# by-product, and still a usable dictionary.
#
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train translation --data pairs.tsv --out runs/mine
# lstm-toolkit predict runs/mine "Whose camera is this?" --all
# lstm-toolkit predict runs/mine "Whose camera is this?" --attention looked.png
# lstm-toolkit export runs/mine models/mine
# ```
#
# `--data` takes a CSV, TSV, JSON Lines, Parquet or Excel table with a column of each language,
# two files aligned line by line (`a.en+a.zh`), or a folder of such files. With
# `--set direction=zh-en` the other way round is learnt. Look first at what `train` prints: how
# many tokens the vocabularies cover, how many sentences are cut off, whether pairs look
# swapped. Then try more `units`, `source_tokens=subword` for a rich vocabulary,
# `input_feeding=true`, and a `length_penalty` that your validation split likes.
#
# The next notebook lets a search choose such settings: [04_tuning](04_tuning.ipynb).

# %% [markdown] lang="zh"
# 代词和事物的名称结果最好：*he* 得到“他”，*book* 得到“书”，还有它的量词“本”。一个词如果对应好几个字，次数就分摊到各个字上，例如 *friday* 分给“星”“期”“五”。不过界线并不分明，因为编码器在一个词上的输出也包含左右的信息：一个字可能算到旁边的词头上。比如 *friday* 名下如果有“个”，它其实来自“上个星期五”（*last Friday*）。像 *the* 这样的词得到的字很少，也没有一个真正属于它，因为中文里没有与它对应的字。这本词典只是个副产品，却已经能用了。
#
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train translation --data pairs.tsv --out runs/mine
# lstm-toolkit predict runs/mine "Whose camera is this?" --all
# lstm-toolkit predict runs/mine "Whose camera is this?" --attention looked.png
# lstm-toolkit export runs/mine models/mine
# ```
#
# `--data` 可以是 CSV、TSV、JSON Lines、Parquet 或 Excel 表格，每种语言一列；
# 也可以是两个逐行对齐的文件（`a.en+a.zh`），或者装着这类文件的文件夹。加上
# `--set direction=zh-en` 就反过来学。先看 `train` 打印了什么：词表覆盖了多少词元，
# 多少句子被截断，句对是不是左右颠倒。然后再试试更大的 `units`、`source_tokens=subword`（适合词汇
# 丰富的数据）、`input_feeding=true`，以及在验证集上表现最好的 `length_penalty`。
#
# 下一本笔记本让搜索来决定这些设置：[04_tuning](04_tuning.zh-CN.ipynb)。
