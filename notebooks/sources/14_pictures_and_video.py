# %% [markdown] lang="en"
# # Pictures and video
#
# A picture is a grid, a clip a sequence of grids. In this notebook an LSTM writes what a small network of convolutions sees in a picture, and another
# reads what such a network sees in a clip: which way something moves, or what it is that moves.
#
# Everything runs on a laptop in about a minute; nothing is downloaded.

# %% [markdown] lang="zh"
# # 图片与视频
#
# 一张图片是一个网格，一段视频是一串网格。在这本笔记本里，小小的卷积网络负责看。看图片时，LSTM 把看到的写成句子；看视频时，LSTM 按顺序读：东西往哪边动，或者动的是什么。
#
# 全部代码在普通电脑上大约一分钟跑完，不需要下载任何东西。

# %%
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from PIL import Image

import lstm_toolkit as lt
from lstm_toolkit.data import sample_scenes
from lstm_toolkit.data.readers.clips.made_clips import MOTIONS, made_clips
from lstm_toolkit.figures.captions import attention_over_picture, captioned

folder = Path(mkdtemp())
scenes = sample_scenes(counts={"train": 2000, "validation": 200, "test": 200})
shown = scenes.test.take(np.arange(6))
said = shown.targets["caption"].to_list()
captioned(shown.columns["picture"], [texts[0] for texts in said], said)

# %% [markdown] lang="en"
# ## A sentence about a picture
#
# These scenes are made: handwritten digits in colours, alone or two of them, on the left or above. The sentence says what there is, in a grammar
# of our own. The digits of the test scenes are none of those of the training. (`sample_scenes("zh")` says it in Chinese.)
#
# A network of convolutions makes of each picture a grid of vectors: what is seen, and where. The decoder of translation writes: for
# each word its attention chooses among the cells of the grid, as it chooses among words of a sentence there. Five epochs of 2,000 scenes are few: colours
# and places are learnt, digits are confused still. `lstm-toolkit train captioning` takes 4,000 scenes and 18 epochs.

# %% [markdown] lang="zh"
# ## 给图片写一句话
#
# 这些场景是生成的：彩色的手写数字，一个，或者两个，一左一右，或者一上一下。句子用我们自己的语法说出图里有什么。测试场景里的数字，训练时一个也没出现过。
# （`sample_scenes("zh")` 给出中文句子。）
#
# 卷积网络把每张图片变成一个由向量组成的网格：看到了什么，在哪里。写句子的是翻译任务的解码器：每写一个词，注意力就在网格的格子中挑选，
# 正如翻译时在源句的词中挑选。2,000 个场景、五轮训练并不多：颜色和位置学会了，数字还会认错。`lstm-toolkit train captioning` 用 4,000 个场景训练 18 轮。

# %%
captions = lt.train("captioning", {"epochs": 5}, folder / "captions", data=scenes)
scores = captions.metrics["test"]
compared = {**scores["baselines"], "network": scores}
for name, each in compared.items():
    print(f"{name:<10} chrF {each['chrf']:5.1f}   exact {100 - each['sentence_error']:5.1f} %")

# %% [markdown] lang="en"
# ## Where does each word look?
#
# The export holds it all: pictures of any size in, sentences out. Its signature `attend` gives the attention over the grid for each word. The command
# line draws it: `lstm-toolkit predict RUN picture.png --attention map.png`.

# %% [markdown] lang="zh"
# ## 每个词在看哪里？
#
# 导出的模型什么都包含在内：任意大小的图片进，句子出。签名 `attend` 给出每个词在网格上的注意力。命令行可以把它画出来：
# `lstm-toolkit predict RUN picture.png --attention map.png`。

# %%
scene = shown.columns["picture"][int(np.argmax([len(texts[0]) for texts in said]))]
Image.fromarray(scene).resize((160, 160)).save(folder / "scene.png")
writer = lt.load(captions)
(answer,) = writer.predict([folder / "scene.png"], attention=str(folder / "map.png"))
looked = answer["attention"]
print(answer["caption"], answer["score"])
attention_over_picture(scene, looked["tokens"], np.array(looked["weights"]))

# %% [markdown] lang="en"
# ## Clips
#
# Now the same kind of network looks at each frame of a clip, and an LSTM reads.

# %% [markdown] lang="zh"
# ## 视频
#
# 现在，同样的网络去看视频的每一帧，由 LSTM 来读。

# %%
clips, labels = made_clips()
motions, digits = np.array(labels["motion"]), np.array(labels["digit"])
print(clips.shape, clips.dtype)

figure, rows = plt.subplots(len(MOTIONS), 6, figsize=(6, 8))
for motion, row in zip(MOTIONS, rows, strict=True):
    clip = clips[np.argmax(motions == motion)]
    for axes, frame in zip(row, clip[:: len(clip) // 6], strict=True):
        axes.imshow(frame, cmap="gray")
        axes.set_axis_off()
    row[0].set_title(motion, loc="left", fontsize=8)
figure.tight_layout()
plt.show()

# %% [markdown] lang="en"
# ## What a clip holds, and what a frame does not
#
# These clips are made: 1,797 handwritten digits, each of which moves in one of eight ways. No frame alone tells the motion, and the mean of all frames is
# smeared. The middle of what is light, followed over time, tells left from right, but not clockwise from anticlockwise: a circle can begin anywhere,
# and what turns to the right at the top turns to the left at the bottom. Growing and shrinking hardly move the middle at all.
#
# These two simple methods stand beside every score: logistic regression on the mean frame, and on the track of the middle.
#
# ## Train
#
# A small network looks at each frame, the same one at all of them, and gives a vector: what is seen anywhere, and where. An LSTM reads these vectors in
# their order. Training clips are moved and scaled a little, all frames alike; they are never mirrored or run backwards, since that would make
# another motion of them.

# %% [markdown] lang="zh"
# ## 一段视频里有什么，一帧里没有什么
#
# 这些视频是生成的：1,797 个手写数字，每个按八种方式之一运动。单看一帧看不出怎么动，把所有帧平均又糊成一片。跟踪亮处的中心，能分清向左和向右，
# 却分不清顺时针和逆时针：圆周可以从任何一点开始，在顶上往右转的，到了底下就往左转。变大和变小几乎不移动中心。
#
# 每个分数旁边都有两个简单方法：对平均帧做逻辑回归，以及对中心的轨迹做逻辑回归。
#
# ## 训练
#
# 一个小网络看每一帧，所有帧用的是同一个网络，输出一个向量：哪里都算的“有什么”，以及“在哪里”。LSTM 按顺序读这些向量。训练用的视频会稍微平移和缩放，
# 所有帧一致；从不镜像，也不倒放，因为那样就变成另一种运动了。

# %%
run = lt.train("video", {"epochs": 5}, folder / "run")
scores = run.metrics["test"]
compared = {name: each["accuracy"] for name, each in scores["baselines"].items()}
for name, accuracy in {**compared, "network": scores["accuracy"]}.items():
    print(f"{name:<20} accuracy {accuracy:.3f}")

# %% [markdown] lang="en"
# With `{"label": "digit"}` the same network learns which digit it is, however it moves.
#
# ## Ask with a file
#
# A clip may be a GIF, a WebP, a folder of numbered pictures, an array, or, with the extra `video`, an MP4. Of a long one the frames that are looked at are
# spread evenly over its time; a short one is padded, and the padding masked.

# %% [markdown] lang="zh"
# 设成 `{"label": "digit"}`，同样的网络就去学是哪个数字，不管它怎么动。
#
# ## 用文件来问
#
# 一段视频可以是 GIF、WebP、一个按编号存放图片的文件夹、一个数组；装了附加依赖 `video`，也可以是 MP4。视频长，就沿时间均匀地取帧来看；视频短，就补齐，补的部分会被遮住。

# %%
frames = [Image.fromarray(frame) for frame in clips[np.argmax(motions == "clockwise")]]
frames[0].save(folder / "turn.gif", save_all=True, append_images=frames[1:], duration=80)
model = lt.load(run)
(answer,) = model.predict([folder / "turn.gif"], top=3)
for each in answer["top"]:
    print(f"{each['label']:<15} {each['probability']:.3f}")

# %% [markdown] lang="en"
# ## How soon does it know?
#
# The export takes raw frames, `uint8[batch, frames, height, width, channels]`, of any number and size, and needs TensorFlow alone. Its signature `masked` takes
# lengths too. Show it the first frames alone, then more of them.

# %% [markdown] lang="zh"
# ## 它多早就知道了？
#
# 导出的模型直接接收原始帧，`uint8[batch, frames, height, width, channels]`，帧数和大小都不限，而且只需要 TensorFlow。签名 `masked` 还接收长度。
# 先只给它看开头几帧，再逐渐加多。

# %%
path, difference = lt.export(run, folder / "model")
served = tf.saved_model.load(path).signatures["masked"]
few = np.concatenate([np.flatnonzero(motions == motion)[:6] for motion in MOTIONS])
for shown in (1, 2, 4, 8, 12):
    lengths = tf.fill([len(few)], shown)
    told = served(clip=tf.constant(clips[few][..., None]), lengths=lengths)
    right = told["label"].numpy().astype(str) == motions[few]
    print(f"{shown:>2} frames  right {right.mean():.2f}")

# %% [markdown] lang="en"
# ## Exercise: run them backwards
#
# Turn the frames of some clips round in time, and see what each motion becomes. Which augmentation would have ruined the training?

# %% [markdown] lang="zh"
# ## 练习：倒着放
#
# 把一些视频的帧在时间上倒过来，看看每种运动变成了什么。哪一种数据增强会毁掉训练？

# %% tags=["solution"]
for motion in MOTIONS:
    chosen = clips[motions == motion][:20, ::-1, :, :, None]
    told = served(clip=tf.constant(chosen), lengths=tf.fill([len(chosen)], chosen.shape[1]))
    names, counts = np.unique(told["label"].numpy().astype(str), return_counts=True)
    print(f"{motion:<15} becomes {names[counts.argmax()]:<15} {counts.max() / len(chosen):.2f}")

# %% [markdown] lang="en"
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train video --data clips --out runs/clips
# lstm-toolkit predict runs/clips new.gif --top 3
# ```
#
# [My own clips](../docs/my-own-clips.md) says which forms are read, and how frames are chosen.
#
# ```bash
# lstm-toolkit train captioning --data captions.csv --out runs/captions
# lstm-toolkit predict runs/captions photo.png --attention map.png
# ```
#
# [My own pictures](../docs/my-own-pictures.md) says the same of pictures and captions.

# %% [markdown] lang="zh"
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train video --data clips --out runs/clips
# lstm-toolkit predict runs/clips new.gif --top 3
# ```
#
# 支持哪些格式、如何选帧，见[我自己的视频](../docs/my-own-clips.md)。
#
# ```bash
# lstm-toolkit train captioning --data captions.csv --out runs/captions
# lstm-toolkit predict runs/captions photo.png --attention map.png
# ```
#
# 图片和描述的准备，见[我自己的图片](../docs/my-own-pictures.md)。
