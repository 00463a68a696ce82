# %% [markdown] lang="en"
# # Text generation: what comes next
#
# A language model does one thing: it tells how likely each token is to come next. That is enough to write. You draw a
# token, read it as if it had stood there, and draw again. In this notebook you count n-grams first, train an LSTM on
# passages of text, read a perplexity, turn the temperature, see how much of what it writes is copied, hold verse to its form,
# and end with a SavedModel that writes token by token.
#
# Everything runs on a laptop in about a minute, and nothing is downloaded. The 400 tales are made from a few dozen sentences; a score on
# them says that the software works, and nothing about real text.

# %% [markdown] lang="zh"
# # 文本生成：下一个是什么
#
# 语言模型只做一件事：说出每个词元接下来出现的可能性。有这一件事就能写作：抽取一个词元，把它当作已经写在那里来读，再抽下一个。
# 在这本笔记本里，你会先数 n 元组，再在文本片段上训练一个 LSTM，读懂困惑度，调一调温度，看看它写的东西有多少是抄来的，
# 让诗句守住格律，最后导出一个逐个词元写作的 SavedModel。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。400 个小故事是用几十个句子生成的：在它们上面得到的分数只能说明软件能正常工作，
# 不能说明模型在真实文本上有多好。

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

# %matplotlib inline
keras.utils.set_random_seed(0)
folder = Path(mkdtemp())

# %% [markdown] lang="en"
# ## Passages
#
# A text is cut into passages, which can be trained on in any order. What stands *before* each one is read with it, so that the
# network knows where it is, and left out of the loss, so that nothing counts twice.

# %% [markdown] lang="zh"
# ## 文本片段
#
# 一篇文本被切成若干片段，训练时可以按任意顺序读。每个片段*前面*的内容会一起读进去，让网络知道自己读到了哪里；
# 但这部分不计入损失，所以没有哪个字会算两次。

# %%
data = lt.prepare("text_generation", {"units": (192,), "epochs": 5})
train = data.splits.train
print(train.columns["text"][0])
print("---", repr(train.targets["before"][1][-20:]), "then", repr(train.columns["text"][1][:30]))
inputs, wanted = next(iter(data.batches(train).dataset()))
print(inputs.shape, "tokens are read, of which", int((wanted != 0).numpy().sum()), "are asked for")

# %% [markdown] lang="en"
# ## How much a table knows
#
# Perplexity is the number of tokens that a model hesitates between, on average: *e* to the mean of the nats that the right
# token costs. Unigrams know how frequent each character is. Kneser-Ney n-grams know which one comes behind the last few.

# %% [markdown] lang="zh"
# ## 一张表能知道多少
#
# 困惑度是模型平均在多少个词元之间犹豫：正确词元平均花费的奈特数作指数，以 *e* 为底。一元组只知道每个字符有多常见；
# Kneser-Ney n 元组还知道前面几个字符之后常跟什么。

# %%
from lstm_toolkit.training.evaluation import baselines

simplest = baselines(data, seconds=60)
{name: round(scores["perplexity"], 3) for name, scores in simplest.items()}

# %% [markdown] lang="en"
# ## Train
#
# Vectors of characters, an LSTM, and scores of the next character by the same vectors. Five epochs are enough for whole
# sentences; the default of eight goes below the n-grams.

# %% [markdown] lang="zh"
# ## 训练
#
# 字符向量、一层 LSTM，再用同样的向量给下一个字符打分。五轮就能写出完整的句子；默认的八轮会低于 n 元组。

# %%
run = lt.train("text_generation", data.settings, folder / "tales", prepared=data)
run.metrics["test"]["perplexity"], run.metrics["test"]["nats_per_character"]

# %% [markdown] lang="en"
# ## Write
#
# Temperature divides the scores before a token is drawn. At 0 the likeliest is taken each time; above 1 rare ones come up more often.

# %% [markdown] lang="zh"
# ## 写作
#
# 抽取之前，先用温度去除分数。温度为 0 时每次都取最可能的词元；大于 1 时少见的词元出现得更多。

# %%
model = lt.load(run)
for temperature in (0.0, 0.7, 1.5):
    (answer,) = model.predict(["Once a red fox"], temperature=temperature, length=90)
    print(temperature, repr(answer["text"]))

# %% [markdown] lang="en"
# What does the temperature do to the chances? Here they are behind `Once a `:

# %% [markdown] lang="zh"
# 温度对概率做了什么？下面是 `Once a ` 之后各字符的概率：

# %%
encoder = data.states.only
numbers = encoder.numbers(tf.constant(["Once a "])).to_tensor()
scores = run.model()(tf.concat([[[2]], numbers], 1), training=False)[0, -1].numpy()
best = np.argsort(scores)[::-1][:10]
figure, axis = plt.subplots(figsize=(6, 2.5))
for place, temperature in enumerate((0.5, 1.0, 1.5)):
    chances = np.exp((scores - scores.max()) / temperature)
    axis.bar(np.arange(10) + 0.27 * place, (chances / chances.sum())[best], 0.25, label=temperature)
axis.set_xticks(np.arange(10) + 0.27, [encoder.vocabulary.tokens[n] for n in best])
axis.legend(title="temperature")
plt.show()

# %% [markdown] lang="en"
# **Exercise.** Which of two texts does the model find likelier, and by how many nats a character? Ask with `rate=True`.

# %% [markdown] lang="zh"
# **练习。** 两段文本里，模型觉得哪一段更可能，每个字符差多少奈特？用 `rate=True` 来问。

# %% tags=["solution"]
for answer in model.predict(
    ["Once a red fox lived near the mill.", "mill. the near lived fox"], rate=True
):
    print(answer["input"], round(answer["log_probability"] / answer["tokens"], 3))

# %% [markdown] lang="en"
# ## How much is copied
#
# Fluent text may be learnt by heart. Each answer tells the longest run of characters that the training text holds too:

# %% [markdown] lang="zh"
# ## 抄了多少
#
# 写得流畅，也可能只是背下来的。每个答案都会说出与训练文本相同的最长一段：

# %%
(answer,) = model.predict(["Once a red fox"], length=150)
print(answer["copied_characters"], repr(answer["copied"]))

# %% [markdown] lang="en"
# ## Verse that keeps its form
#
# Regulated Chinese verse has 4 or 8 lines of 5 or 7 characters. An LSTM learns that well, but not always. Here it need not: in the graph only what the
# form allows is left open. So even a network that has seen little writes verse in form, whatever it says.

# %% [markdown] lang="zh"
# ## 守住格律的诗
#
# 近体诗有 4 句或 8 句，每句 5 个字或 7 个字。LSTM 能把这一点学得不错，但做不到每次都对。这里也不必靠它：
# 在计算图里，只有格式允许的字可以被抽到。所以哪怕网络只读过一点点，写出来的也总是合乎格式，不管内容如何。

# %%
small = {"preset": "poems", "units": (48,), "embedding": 48, "epochs": 2}
verse = lt.load(lt.train("text_generation", small, folder / "verse"))
(answer,) = verse.predict(["春山"], samples=3)
for sample in answer["samples"]:
    print("春山" + sample["text"])

# %% [markdown] lang="en"
# ## Token by token, without this toolkit
#
# The export rates (`serving_default`), writes (`generate`), and writes one token a call (`stream`): what has to be remembered comes
# back, and goes into the next call. The training text is not in it.

# %% [markdown] lang="zh"
# ## 逐个词元，不需要这个工具包
#
# 导出的模型可以打分（`serving_default`）、写作（`generate`），也可以每次调用只写一个词元（`stream`）：需要记住的东西随答案返回，
# 下次调用再传进去。训练文本不在里面。

# %%
path, _ = lt.export(run, folder / "models")
stream = tf.saved_model.load(path).signatures["stream"]
specs = stream.structured_input_signature[1]
drawing = {"temperature": 0.5, "top_k": 0, "top_p": 1.0, "seed": 1}
known = {name: tf.constant(value, specs[name].dtype) for name, value in drawing.items()}
names = [name for name in specs if name not in (*drawing, "text")]
state = {name: tf.zeros([1, *specs[name].shape[1:]], specs[name].dtype) for name in names}
text, new = "Once a ", tf.constant(["Once a "])
for _ in range(60):
    outputs = stream(text=new, **known, **state)
    state, new = {name: outputs[name] for name in names}, tf.constant([""])
    text += outputs["text"].numpy()[0].decode()
print(text)

# %% [markdown] lang="en"
# Further: [Write in my style](../docs/write-in-my-style.md) has words and pieces, tunes with bars that add up, programs, and files of your own.

# %% [markdown] lang="zh"
# 接下来：[Write in my style](../docs/write-in-my-style.md) 讲词和子词、小节总能凑整的曲子、程序，以及你自己的文件。
