# %% [markdown] lang="en"
# # Export and serve: the model leaves home
#
# A trained network is of use to others only when it runs *without you*: without your notebook,
# without this toolkit, without your tokenizer. In this notebook you export two small models, one that
# takes images and one that takes raw strings, and then ask them
#
# * from plain TensorFlow, in a process that knows nothing of this toolkit,
# * from the command line, with TensorFlow's `saved_model_cli`,
# * over HTTP, through the toolkit's own server, and through TensorFlow Serving where it is installed,
#
# go back to an older version when a newer one disappoints, send odd inputs, and measure how long one
# answer takes.
#
# Everything runs in about a minute on two CPU cores, and nothing is downloaded. Both networks
# are tiny and trained briefly: look at how things are done, not at the scores.

# %% [markdown] lang="zh"
# # 导出与部署：让模型独立上岗
#
# 训练好的网络，只有**离开你**也能运行，对别人才有用：不靠你的笔记本，不靠本工具包，
# 也不靠你的分词代码。在这本笔记本里，你会导出两个小模型，一个接收图像，一个直接接收原始字符串，
# 然后用下面几种方式向它们提问：
#
# * 纯 TensorFlow：在一个对本工具包一无所知的进程里；
# * 命令行：用 TensorFlow 自带的 `saved_model_cli`；
# * HTTP：通过本工具包自带的服务器；装有 TensorFlow Serving 时，也通过它。
#
# 之后，你会在新版本不如人意时退回旧版本，试一试各种古怪的输入，并测量得到一个答案要多久。
#
# 全部代码在两个 CPU 核上大约运行一分钟，不需要下载任何东西。两个网络都很小，训练也很短：
# 请看做法，不必在意分数。

# %%
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import numpy as np
import tensorflow as tf

import lstm_toolkit as lt
from lstm_toolkit.serving.export import find_export, versions_in

# %matplotlib inline
keras.utils.set_random_seed(0)
os.chdir(mkdtemp())  # all files below are written there

# %% [markdown] lang="en"
# ## Two small models
#
# The first version of the digit reader is stopped after three epochs. It will be replaced later.

# %% [markdown] lang="zh"
# ## 两个小模型
#
# 数字识别器的第一版只训练三轮（epoch），后面会有新版本来替换它。

# %%
digits = lt.get_task("digits")
image_settings = digits.settings(
    **digits.presets["plain"] | {"units": (32,), "learning_rate": 0.005}
)
image_data = lt.prepare(digits, image_settings)
image_batches = image_data.batches(image_data.splits.train, shuffled=True)
reader = image_data.build()
lt.compile_model(reader, digits, image_settings, steps=12 * len(image_batches))


def train_reader(first, last):
    """Trains from one epoch to another."""
    reader.fit(
        image_batches.dataset(),
        initial_epoch=first,
        epochs=last,
        shuffle=False,
        verbose=0,
        callbacks=[lt.Position(image_batches)],
    )


train_reader(0, 3)

sentiment = lt.get_task("sentiment")
text_settings = sentiment.settings(units=(16,), embedding=16, batch_size=64, epochs=2)
text_data = lt.prepare(sentiment, text_settings)
text_batches = text_data.batches(text_data.splits.train, shuffled=True)
critic = text_data.build()
lt.compile_model(critic, sentiment, text_settings, steps=2 * len(text_batches))
critic.fit(
    text_batches.dataset(),
    epochs=2,
    shuffle=False,
    verbose=0,
    callbacks=[lt.Position(text_batches)],
)
print(f"{reader.name}: {reader.count_params():,} parameters")
print(f"{critic.name}: {critic.count_params():,} parameters")

# %% [markdown] lang="en"
# `export_model` writes the next version into a folder. Before the folder appears, the export is
# loaded in a clean process that knows only TensorFlow and sees no GPU, and must answer the samples as
# the Keras model does, within 0.00001. A model trained on a GPU in 16 bits is exported in
# float32 and without cuDNN.

# %% [markdown] lang="zh"
# `export_model` 会在文件夹里写入下一个版本。版本文件夹出现之前，导出结果会先在一个干净的进程里加载，
# 那里只有 TensorFlow，也看不到 GPU；它对样本的回答必须与 Keras 模型一致，误差不超过 0.00001。
# 即使模型是在 GPU 上用 16 位训练的，导出的也是 float32，而且不依赖 cuDNN。

# %%
samples = np.array(text_data.splits.test.inputs[:32], np.str_)
first, gap = lt.export_model(
    digits, reader, image_data.states, image_data.splits.test.inputs[:64], Path("models/digits")
)
print(first.as_posix(), "differs from its Keras model by at most", f"{gap:.0e}")
critic_path, gap = lt.export_model(
    sentiment, critic, text_data.states, samples, Path("models/sentiment")
)
print(critic_path.as_posix(), "differs from its Keras model by at most", f"{gap:.0e}")

# %% [markdown] lang="en"
# ## What is in the folder
#
# `saved_model.pb` is the graph, tokenizer included; `variables/` holds the weights. `assets.extra/` is a
# folder that TensorFlow copies and never reads: it belongs to whoever made the model. The
# toolkit keeps there, as plain text, what it learnt from the training split, and which task it was,
# so that `lstm-toolkit predict models/sentiment "…"` works. A server needs none of that. Only
# `tf_serving_warmup_requests` is for TensorFlow Serving: it answers these requests to itself before
# it says that a version is ready, so that the first real one need not wait.

# %% [markdown] lang="zh"
# ## 文件夹里有什么
#
# `saved_model.pb` 是计算图，分词也在其中；`variables/` 存放权重。`assets.extra/` 这个文件夹，TensorFlow
# 只管原样保留，从不读取：它留给制作模型的人使用。本工具包把从训练集学到的东西（词表、类别名等）
# 以纯文本存在那里，并注明是哪个任务，这样 `lstm-toolkit predict models/sentiment "…"` 才能工作。
# 这些服务器都不需要。只有 `tf_serving_warmup_requests` 是给 TensorFlow Serving 的：
# 它先自己回答一遍其中的请求，再宣布这个版本就绪，这样第一个真正的请求就不必等。

# %%
for path in sorted(critic_path.rglob("*")):
    if path.is_file():
        print(f"{path.stat().st_size:>10,} bytes  {path.as_posix()}")
extra = critic_path / "assets.extra"
text = extra / "features" / "text"
print("\ntask.json:", json.loads((extra / "task.json").read_text()))
print("text.json:", json.loads((text / "text.json").read_text()))
print("labels.txt:", (extra / "target" / "labels.txt").read_text().split())
print("vocabulary.txt:", (text / "vocabulary.txt").read_text("utf-8").split()[:12], "…")

# %% [markdown] lang="en"
# ## Signatures: the contract
#
# A signature is a function with a name, named inputs and named outputs. Whoever asks the model needs
# to know nothing else. `serving_default` is what servers take if nothing else is said.

# %% [markdown] lang="zh"
# ## 签名：模型的契约
#
# 签名是一个有名字的函数，输入和输出也都有名字。使用模型的人只需要知道这些。
# 不指明时，服务器用的就是 `serving_default`。


# %%
def described(specs):
    """Returns names, dtypes and shapes of tensors, with ? for what varies."""
    return ", ".join(
        f"{name}: {spec.dtype.name}[{', '.join(str(size or '?') for size in spec.shape)}]"
        for name, spec in sorted(specs.items())
    )


@functools.cache
def load(path):
    """Loads a SavedModel; that takes seconds, so each is loaded once."""
    return tf.saved_model.load(str(path))


recogniser, judge = load(first), load(critic_path)
for title, loaded in (("digits", recogniser), ("sentiment", judge)):
    for name, signature in loaded.signatures.items():
        print(f"{title}, {name}")
        print("   takes", described(signature.structured_input_signature[1]))
        print("   gives", described(signature.structured_outputs))

# %% [markdown] lang="en"
# `explain` of the sentiment model adds the tokens and how much each speaks for the answer. Inputs
# and outputs are passed by name: `signature(text=…)`. Keep the loaded object for as long as you use its
# signatures: it owns the weights.
#
# ## Asking from plain TensorFlow
#
# This script is all that a program needs that wants answers. It is written to a file and run by a
# fresh Python. It imports TensorFlow and NumPy, and says at the end that the toolkit was *not*
# imported.

# %% [markdown] lang="zh"
# 情感模型的 `explain` 签名还会给出每个词元，以及它对答案贡献了多少。输入和输出都按名字传递：
# `signature(text=…)`。只要还在用签名，就要留住加载得到的对象：权重归它所有。
#
# ## 用纯 TensorFlow 提问
#
# 程序要得到答案，有下面这个脚本就够了。我们把它写成文件，交给一个全新的 Python 进程去运行。
# 它只导入 TensorFlow 和 NumPy，最后还会证明本工具包**没有**被导入。

# %%
Path("ask.py").write_text(
    """
import json
import sys

import numpy as np
import tensorflow as tf

recogniser = tf.saved_model.load("models/digits/1")
judge = tf.saved_model.load("models/sentiment/1")
images = tf.constant(np.load("images.npy"), tf.float32)
texts = tf.constant(json.loads(sys.argv[1]))
read = recogniser.signatures["serving_default"](images=images)
judged = judge.signatures["serving_default"](text=texts)
answers = {
    "digits": [label.decode() for label in read["label"].numpy()],
    "sentiment": [label.decode() for label in judged["label"].numpy()],
    "probability": judged["probability"].numpy().round(4).tolist(),
    "lstm_toolkit imported": "lstm_toolkit" in sys.modules,
}
print(json.dumps(answers))
""",
    "utf-8",
)


def run(*command):
    """Runs a command without a GPU and returns what it printed; its chatter is kept apart."""
    hidden = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        list(map(str, command)),
        env=os.environ | hidden,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-800:])
    return done.stdout


test = image_data.splits.test
np.save("images.npy", test.inputs[:16].astype(np.float32))
texts = [
    "A long wait, but worth it",
    "The soup was cold again.",
    "很好吃，下次还来",
    "电池一天都撑不住",
]
answers = json.loads(run(sys.executable, "ask.py", json.dumps(texts)))
for text, label, probability in zip(texts, answers["sentiment"], answers["probability"]):
    print(f"{label:<10}{probability:.2f}  {text}")
print("lstm_toolkit imported there:", answers["lstm_toolkit imported"])

# %%
sheet = lt.plots.figure(9, 2.7)
for place, (image, label, truth) in enumerate(
    zip(test.inputs[:16], answers["digits"], test.labels)
):
    axes = sheet.add_subplot(2, 8, place + 1)
    axes.imshow(image, cmap="gray_r")
    axes.set_axis_off()
    wrong = label != str(truth)
    axes.set_title(f"{truth} → {label}", color=lt.plots.ORANGE if wrong else "black")
sheet.suptitle("truth → answer of the other process (version 1)")
sheet

# %% [markdown] lang="en"
# Orange ones are wrong: three epochs are too few. Two are few for the reviews as well: *A long wait,
# but worth it* is praise, and a probability near 0.5 says that its label is hardly more than a guess.
# The scaling of pixels and the tokenizing happened inside the graph, so there is nothing that the
# caller could do differently from training.
#
# ## Asking from the command line
#
# `saved_model_cli` comes with TensorFlow and lies beside the interpreter. `show` prints the contract,
# `run` asks. It writes much to standard error, which `run` above keeps apart.

# %% [markdown] lang="zh"
# 橙色的是认错的：训练三轮太少了。评论模型只训练两轮，也不够：*A long wait, but worth it*
# 明明是夸奖，而概率在 0.5 上下，说明给出的标签和猜的差不多。像素缩放和分词都在计算图里完成，
# 因此调用者不可能做出与训练时不一致的预处理。
#
# ## 在命令行里提问
#
# `saved_model_cli` 随 TensorFlow 一起安装，就在 Python 解释器旁边。`show` 打印契约，`run` 提问。
# 它会往标准错误写许多无关的日志，上面的 `run` 函数把它们隔开了。

# %%
cli = shutil.which("saved_model_cli", path=str(Path(sys.executable).parent))
serve = ("--tag_set", "serve", "--signature_def", "serving_default")
print("$ saved_model_cli show --dir models/sentiment/1", *serve)
print(run(cli, "show", "--dir", "models/sentiment/1", *serve))

# %% [markdown] lang="en"
# Short values come straight from the command line (`--input_exprs`), arrays from `.npy` files: of the
# digits you would write `--inputs images=images.npy`.

# %% [markdown] lang="zh"
# 短的值可以直接写在命令行上（`--input_exprs`），数组则从 `.npy` 文件读入：对数字识别器可以写
# `--inputs images=images.npy`。

# %%
text = 'text=["The soup was cold again.", "很好吃，下次还来"]'
print("$ saved_model_cli run --dir models/sentiment/1", *serve, f"--input_exprs '{text}'")
print(run(cli, "run", "--dir", "models/sentiment/1", *serve, "--input_exprs", text))

# %% [markdown] lang="en"
# ## Versions, and the way back
#
# A model's folder holds numbered versions. Here the digit reader is trained further and exported
# again; the number counts up by itself, and the old version stays as it is.

# %% [markdown] lang="zh"
# ## 版本与回滚
#
# 模型文件夹里放着带编号的版本。下面把数字识别器继续训练，再导出一次：编号自动加一，旧版本原样保留。

# %%
train_reader(3, 12)
second, _ = lt.export_model(
    digits, reader, image_data.states, test.inputs[:64], Path("models/digits")
)


def accuracy(path):
    """Returns the share of test images that a version reads right."""
    images = tf.constant(test.inputs, tf.float32)
    labels = load(path).signatures["serving_default"](images=images)
    return np.mean(labels["label"].numpy().astype(str) == test.labels)


for path in (first, second):
    print(f"{path.as_posix()}: accuracy {accuracy(path):.3f}")

# %% [markdown] lang="en"
# The **highest number** is served, by TensorFlow Serving and by `lstm-toolkit predict` alike. Version
# folders appear whole, by renaming, so a server that looks while you export never sees half a model.
#
# What if version 2 turns out worse with real users? The simplest way back is to move it out of the
# way. A running server looks into the folder once a second (by default), loads version 1 and drops
# version 2. The new name must not be a number, for numbers are versions.

# %% [markdown] lang="zh"
# 对外提供服务的总是**编号最大**的版本，TensorFlow Serving 和 `lstm-toolkit predict` 都是如此。
# 版本文件夹通过改名一次性出现，因此导出过程中服务器绝不会看到半个模型。
#
# 如果版本 2 上线后表现反而更差怎么办？最简单的回滚办法是把它移开。运行中的服务器（默认）每秒查看一次文件夹，
# 发现后就加载版本 1，卸下版本 2。移开后的名字不能是数字，因为数字就代表版本。

# %%
folder = Path("models/digits")
print("versions", versions_in(folder), "newest:", find_export(folder).name)
(folder / "2").rename(folder / "withdrawn-2")
print("versions", versions_in(folder), "newest:", find_export(folder).name, "(rolled back)")
(folder / "withdrawn-2").rename(folder / "2")
print("versions", versions_in(folder), "newest:", find_export(folder).name, "(and forward again)")

# %% [markdown] lang="en"
# One caution: while 2 is withdrawn, the next export takes the number 2 again. To keep numbers unique,
# leave the folders alone and tell the server instead. It reads a file with a **version policy**:
# `latest` (the default), `all`, or `specific`. With `specific`, several versions are served side by
# side, and labels give them names that you can move: callers ask for `stable`, and rolling
# back means changing one number.

# %% [markdown] lang="zh"
# 有一点要当心：版本 2 被移开期间，下一次导出又会用编号 2。想让编号永不重复，就不要动文件夹，而是告诉服务器该怎么做。
# 服务器会读一个配置文件，其中写着**版本策略**：`latest`（默认）、`all` 或 `specific`。
# 用 `specific` 可以同时提供多个版本，还可以给它们起可以移动的别名（label）：调用者只认 `stable`，
# 回滚就只是改一个数字。


# %%
def server_config(base):
    """Returns a configuration of TensorFlow Serving for both models below `base`."""
    return f"""model_config_list {{
  config {{
    name: "digits"
    base_path: "{base}/digits"
    model_platform: "tensorflow"
    model_version_policy {{ specific {{ versions: 1 versions: 2 }} }}
    version_labels {{ key: "stable" value: 1 }}
    version_labels {{ key: "candidate" value: 2 }}
  }}
  config {{
    name: "sentiment"
    base_path: "{base}/sentiment"
    model_platform: "tensorflow"
    model_version_policy {{ latest {{ num_versions: 1 }} }}
  }}
}}
"""


print(server_config("/models"))

# %% [markdown] lang="en"
# ## Serving over HTTP
#
# `lstm-toolkit serve models` (extra `serve`) answers over HTTP, in the form of TensorFlow Serving, so that
# what is written against one runs against the other. Below it runs in a process of its own: on a free
# port, with both versions of the digits. It is ready when `/v2/health/ready` says so.

# %% [markdown] lang="zh"
# ## 通过 HTTP 提供服务
#
# `lstm-toolkit serve models`（附加依赖 `serve`）通过 HTTP 回答请求，形式与 TensorFlow Serving 相同，
# 针对其中一个写的程序，换到另一个也能用。下面让它在自己的进程里运行：占用一个空闲端口，同时提供数字识别器的两个版本。
# `/v2/health/ready` 返回成功，就表示准备好了。


# %%
def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(process, url, *, seconds=300):
    """Waits until a server answers at `url`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:  # not listening yet, or not ready
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer within {seconds} seconds")


port = free_port()
command = [sys.executable, "-m", "lstm_toolkit", "serve", "models", "--versions", "2"]
server = subprocess.Popen(
    [*command, "--port", str(port), "--access-log", "access.log"], stderr=subprocess.DEVNULL
)
address = f"http://127.0.0.1:{port}"
wait_for(server, f"{address}/v2/health/ready")
with urllib.request.urlopen(f"{address}/v1/models/digits") as reply:
    for version in json.load(reply)["model_version_status"]:
        print("digits", version["version"], version["state"])

# %% [markdown] lang="en"
# Two forms of a request are understood. **Columns**: `inputs` with one list for each named input. **Rows**:
# `instances`, a list of inputs, which any JSON-speaking program can write.
#
# ```bash
# curl -s localhost:8501/v1/models/sentiment:predict -d '{"instances": ["The soup was cold again."]}'
# ```
#
# The same in Python, with the standard library alone:

# %% [markdown] lang="zh"
# 请求有两种写法。**按列**：`inputs` 里每个输入名对应一个列表。**按行**：`instances` 是输入的列表，
# 任何会写 JSON 的程序都能用。
#
# ```bash
# curl -s localhost:8501/v1/models/sentiment:predict -d '{"instances": ["The soup was cold again."]}'
# ```
#
# 用 Python 做同样的事，只需标准库：


# %%
def request(url, inputs, signature="serving_default"):
    """Returns a request in columnar form."""
    body = {"signature_name": signature, "inputs": inputs}
    header = {"Content-Type": "application/json"}
    return urllib.request.Request(url, json.dumps(body).encode(), header)


def ask(url, inputs, signature="serving_default"):
    """Sends it and returns the named outputs as lists."""
    with urllib.request.urlopen(request(url, inputs, signature), timeout=60) as reply:
        return json.load(reply)["outputs"]


def largest_gap(outputs, direct):
    """Returns how much served probabilities differ from direct ones; labels must be equal."""
    assert outputs["label"] == [label.decode() for label in direct["label"].numpy()]
    return np.abs(np.array(outputs["probabilities"]) - direct["probabilities"].numpy()).max()


images = test.inputs[:8].astype(np.float32)


def compare(models):
    """Asks a server's models and compares with what the SavedModels answer directly."""
    judged = ask(f"{models}/sentiment:predict", {"text": texts})
    direct = judge.signatures["serving_default"](text=tf.constant(texts))
    print("sentiment:", judged["label"], f"gap {largest_gap(judged, direct):.0e}")
    for number, path in ((1, first), (2, second)):
        read = ask(f"{models}/digits/versions/{number}:predict", {"images": images.tolist()})
        direct = load(path).signatures["serving_default"](images=tf.constant(images))
        print(f"digits {number}:", read["label"], f"gap {largest_gap(read, direct):.0e}")


compare(f"{address}/v1/models")

# %% [markdown] lang="en"
# What does not fit is refused, with the place of the mistake. Open the server's address in a browser, and
# there is a page on which to draw digits and type reviews. `/metrics` counts for Prometheus, the access
# log has one JSON object a request, and SIGTERM ends the server when it has answered what it took.

# %% [markdown] lang="zh"
# 不合要求的请求会被拒绝，并指出错在哪里。用浏览器打开服务器的地址，就能在页面上手写数字、输入评论。
# `/metrics` 提供 Prometheus 计数，访问日志里每个请求是一个 JSON 对象；收到 SIGTERM 后，
# 服务器会先答完已收下的请求，再退出。

# %%
try:
    ask(f"{address}/v1/models/sentiment:predict", {"text": ["good", 5]})
except urllib.error.HTTPError as error:
    print(error.code, json.load(error)["error"])
with urllib.request.urlopen(f"{address}/metrics") as reply:
    counts = [line for line in reply.read().decode().splitlines() if "requests_total{" in line]
print(*(line for line in counts if 'code="200"' in line and "sentiment" in line), sep="\n")
server.terminate()
print("ended with", server.wait(timeout=60))
entry = json.loads(Path("access.log").read_text("utf-8").splitlines()[-2])
print({name: entry[name] for name in ("client", "method", "path", "status", "ms")})

# %% [markdown] lang="en"
# TensorFlow Serving is a program of its own, written in C++: it needs no Python on the server. With
# Docker, in the folder that holds `models/`, the text above saved as `models/models.config`:
#
# ```bash
# docker run --rm -p 8501:8501 -v "$PWD/models:/models" tensorflow/serving \
#     --model_config_file=/models/models.config --allow_version_labels_for_unavailable_models=true
# ```
#
# There a version can be asked by its label too, at `/v1/models/digits/labels/stable:predict`. The next cell
# asks it the same **if `tensorflow_model_server` is installed**. Without one it says so, and nothing is made
# up.

# %% [markdown] lang="zh"
# TensorFlow Serving 是一个独立的 C++ 程序，服务器上不需要 Python。用 Docker 启动时，先把上面的文本存为
# `models/models.config`，然后在 `models/` 所在的文件夹里运行：
#
# ```bash
# docker run --rm -p 8501:8501 -v "$PWD/models:/models" tensorflow/serving \
#     --model_config_file=/models/models.config --allow_version_labels_for_unavailable_models=true
# ```
#
# 在那里还可以用别名访问版本：`/v1/models/digits/labels/stable:predict`。如果**装有 `tensorflow_model_server`**，
# 下一个单元格会向它提同样的问题；没有安装的话，它会如实说明，绝不编造结果。


# %%
def serve_with(program):
    """Starts TensorFlow Serving, compares its answers, and stops it."""
    Path("models.config").write_text(server_config(Path("models").resolve().as_posix()), "utf-8")
    rest = free_port()
    options = (
        f"--rest_api_port={rest}",
        f"--port={free_port()}",
        "--model_config_file=models.config",
        "--allow_version_labels_for_unavailable_models=true",
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([program, *options], **quiet)
    models = f"http://127.0.0.1:{rest}/v1/models"
    try:
        for name in ("digits", "sentiment"):
            wait_for(process, f"{models}/{name}")
        compare(models)
    finally:
        process.terminate()
        process.wait(timeout=60)


program = shutil.which("tensorflow_model_server")
if program:
    serve_with(program)
else:
    print("not run: no tensorflow_model_server was found on this machine")

# %% [markdown] lang="en"
# ## Odd inputs
#
# Whoever puts a model on a network will be sent everything. An answer to nonsense is nonsense; what
# matters is that there *is* one, and that the server goes on.

# %% [markdown] lang="zh"
# ## 古怪的输入
#
# 模型一旦放到网络上，什么输入都会收到。对胡言乱语的回答自然也是胡言乱语；重要的是**有**回答，
# 而且服务器不会因此倒下。

# %%
odd = {
    "empty string": "",
    "spaces": "   ",
    "emoji": "👍🏽🎉",
    "100,000 characters": "好" * 100_000,
    "one word of 100,000 letters": "a" * 100_000,
    "bytes that are not UTF-8": b"\xff\xfe good",
    "a NUL byte": "good\0bad",
}
judge.signatures["serving_default"](text=tf.constant(["The first call takes longer."]))
for name, text in odd.items():
    start = time.perf_counter()
    answer = judge.signatures["serving_default"](text=tf.constant([text]))
    passed = time.perf_counter() - start
    print(
        f"{name:<30}{answer['label'].numpy()[0].decode():<10}"
        f"{float(answer['probability'][0]):.2f}{1000 * passed:>8.0f} ms"
    )
nothing = judge.signatures["serving_default"](text=tf.constant([], tf.string))
print(f"{'a batch of no texts':<30}{nothing['label'].shape[0]} answers")

# %% [markdown] lang="en"
# Long texts are cut to `max_tokens` inside the graph, so the time of the network stays bounded.
# What does *not* fit the signature is refused:

# %% [markdown] lang="zh"
# 过长的文本会在计算图里截断到 `max_tokens`，所以网络的耗时有上限。与签名**不符**的输入则会被拒
# 绝：

# %%
newest = load(second).signatures
wrong = {
    "28×28 for a model of 8×8": (newest["serving_default"], {"images": tf.zeros([1, 28, 28])}),
    "12 rows in place of 8": (newest["serving_default"], {"images": tf.zeros([1, 12, 8])}),
    "bytes for a signature of floats": (
        newest["serving_default"],
        {"images": tf.zeros([1, 8, 8], tf.uint8)},
    ),
    "a number for a text": (judge.signatures["serving_default"], {"text": tf.constant([3.0])}),
}
for name, (signature, inputs) in wrong.items():
    try:
        signature(**inputs)
        print(f"{name}: answered")
    except tf.errors.InvalidArgumentError:
        print(f"{name}: refused")
blank = newest["serving_default"](images=tf.zeros([1, 8, 8]))
print("a blank image:", blank["label"].numpy()[0].decode(), f"{float(blank['probability'][0]):.2f}")

# %% [markdown] lang="en"
# A blank image is called a digit too: the model knows ten classes and no "none of these". If that
# matters, look at `probability` and refuse below a threshold that you chose on validation data.
#
# ## How long does one answer take?
#
# Servers often answer one request at a time. `keras.Model.predict` is made for many rows: it builds a
# data pipeline for each call. Four sides take turns on the same 15 reviews: A B C D, A B C D, … The
# first turns are left out, because they trace. Only the export also tokenizes; the others are handed
# numbers of tokens.

# %% [markdown] lang="zh"
# 空白图像也会被认成某个数字：模型只知道十个类别，没有“都不是”这一项。如果在意这一点，就看 `probability`，
# 低于阈值时拒绝回答；阈值要在验证集上选定。
#
# ## 得到一个答案要多久？
#
# 服务器常常一次只回答一个请求。`keras.Model.predict` 是为大量数据设计的：
# 每次调用都要搭一条数据管道。下面四种方式在同样的 15 条评论上轮流进行：A B C D，A B C D……每种方
# 式的头几次调用因为要追踪，不计入结果。只有导出的模型连分词也一起做了，其余几种拿到的是事先编好号
# 的词元。

# %%
reviews = [str(text) for text in text_data.splits.test.inputs[:20]]
rows = [sentiment.preprocess(tf.constant([text]), text_data.states) for text in reviews]
any_length = tf.TensorSpec([None, None, *rows[0].shape[2:]], rows[0].dtype)
compiled = tf.function(lambda row: critic(row, training=False), input_signature=[any_length])
sides = {
    "export, from a string": lambda i: judge.signatures["serving_default"](
        text=tf.constant([reviews[i]])
    ),
    "tf.function of the model": lambda i: compiled(rows[i]),
    "model.predict": lambda i: critic.predict(rows[i], verbose=0),
    "model(...), eager": lambda i: critic(rows[i], training=False),
}
times = {name: [] for name in sides}
for i in range(len(reviews)):
    for name, answer in sides.items():
        start = time.perf_counter()
        answer(i)
        if i >= 5:
            times[name].append(1000 * (time.perf_counter() - start))
base = np.array(times["export, from a string"])
print(f"{'':<28}{'median':>10}{'slowest':>12}{'times as long as the export':>30}")
for name, own in times.items():
    ratio = np.median(np.array(own) / base)
    print(f"{name:<28}{np.median(own):>7.1f} ms{max(own):>9.1f} ms{ratio:>30.1f}")

# %%
sheet = lt.plots.figure(7.5, 2.8)
axes = lt.plots.plain(sheet.add_subplot())
for place, own in enumerate(times.values()):
    axes.scatter(own, np.full(len(own), place), s=14, color=lt.plots.BLUE, alpha=0.45)
    axes.plot([np.median(own)] * 2, [place - 0.3, place + 0.3], color=lt.plots.ORANGE, linewidth=2)
axes.set_yticks(range(len(times)), list(times))
axes.invert_yaxis()
axes.set_xscale("log")
low, high = min(map(min, times.values())), max(map(max, times.values()))
ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if low / 2 < tick < 2 * high]
axes.set_xticks(ticks, list(map(str, ticks)))
axes.minorticks_off()
axes.set_xlabel("milliseconds for one review (logarithmic)")
sheet

# %% [markdown] lang="en"
# Each dot is one review, the orange line the median. The export is the compiled model with its
# tokenizer, so it is near the second side and far from `predict`. Never call `predict` in a loop over
# single rows; and where many requests come at the same time, let the server join them into batches
# (`--enable_batching` of TensorFlow Serving).
#
# ## Exercise 1: 0–16, 0–1 or 0–255
#
# The digits were trained with pixels from 0 to 16. The signature promises to take 0 to 1 and 0 to 255
# as well. Send the same images in three scales, the last through `uint8`. How much do the probabilities
# differ, and why do the bytes not agree exactly?

# %% [markdown] lang="zh"
# 每个点是一条评论，橙色竖线是中位数。导出的模型就是编译好的模型加上分词，所以它与第二种方式接近，
# 而远快于 `predict`。千万不要在循环里对单行数据调用 `predict`；如果许多请求同时到来，
# 就让服务器把它们合成批次（TensorFlow Serving 的 `--enable_batching`）。
#
# ## 练习 1：0–16、0–1 还是 0–255
#
# 训练时的像素取值是 0 到 16，而签名承诺 0 到 1、0 到 255 也可以。把同样的图像按三种范围各送一次，
# 最后一种走 `uint8` 签名。概率相差多少？为什么用字节表示时不完全一致？

# %% tags=["solution"]
images = test.inputs[:64].astype(np.float32)
as_bytes = np.round(images * 255 / 16).astype(np.uint8)
plain = newest["serving_default"](images=tf.constant(images))["probabilities"].numpy()
unit = newest["serving_default"](images=tf.constant(images / 16))["probabilities"].numpy()
whole = newest["uint8"](images=tf.constant(as_bytes))["probabilities"].numpy()
print(f"0 to 16 against 0 to 1:   {np.abs(plain - unit).max():.1e}")
print(f"0 to 16 against 0 to 255: {np.abs(plain - whole).max():.1e}")
# 8 / 16 is 127.5 of 255, and a byte has no half: it is rounded.

# %% [markdown] lang="en"
# ## Exercise 2: ask for reasons
#
# Ask the signature `explain` about *The soup was cold again.* and print the tokens, the
# strongest first.

# %% [markdown] lang="zh"
# ## 练习 2：追问理由
#
# 用 `explain` 签名分析 *The soup was cold again.*，按影响从大到小打印各个词元。

# %% tags=["solution"]
reasons = judge.signatures["explain"](text=tf.constant(["The soup was cold again."]))
print(reasons["label"].numpy()[0].decode(), f"{float(reasons['probability'][0]):.2f}")
pairs = zip(reasons["tokens"].numpy()[0], reasons["weights"].numpy()[0])
for token, weight in sorted(pairs, key=lambda pair: -abs(pair[1])):
    print(f"{token.decode():<8}{weight:+.3f}")

# %% [markdown] lang="en"
# ## Exercise 3: the price of JSON
#
# How many bytes does a request of 64 images of 28×28 random fractions take as JSON, and how many as
# `float32` and as `uint8`? What follows for a service that reads many images?

# %% [markdown] lang="zh"
# ## 练习 3：JSON 的代价
#
# 64 张 28×28、像素为随机小数的图像，写成 JSON 请求要多少字节？用 `float32` 和 `uint8` 表示又各是多少？
# 对一个要处理大量图像的服务来说，这意味着什么？

# %% tags=["solution"]
fractions = np.random.default_rng(0).random((64, 28, 28), np.float32)
levels = (255 * fractions).astype(np.uint8)
url = "http://localhost:8501/v1/models/digits:predict"
print(f"JSON of floats {len(request(url, {'images': fractions.tolist()}).data):>10,} bytes")
print(f"JSON of bytes  {len(request(url, {'images': levels.tolist()}, 'uint8').data):>10,} bytes")
print(f"float32        {fractions.nbytes:>10,} bytes")
print(f"uint8          {levels.nbytes:>10,} bytes")
# So send whole numbers from 0 to 255 through the signature uint8, or use gRPC (--port of the
# server), which sends tensors as they are.

# %% [markdown] lang="en"
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train sentiment --data reviews.csv --out runs/mine
# lstm-toolkit export runs/mine models/mine        # models/mine/1
# lstm-toolkit predict models/mine "The waiter was rude and the soup was cold"
# saved_model_cli show --dir models/mine/1 --all
# ```
#
# * Before you go live, keep a file of real inputs with the answers of the version that is served. Ask
#   each new version the same, and read every answer that changed.
# * Measure with texts of your own length, on the machine that will serve: `max_tokens` sets the worst
#   case.
# * Try your own odd inputs: HTML, other languages, a whole book, an empty string.
# * Practise the way back once before you need it.
# * Translation exports the same way; its signatures `nbest` and `translate` give the candidates of
#   beam search, see [03_translation](03_translation.ipynb).

# %% [markdown] lang="zh"
# ## 在你自己的数据上试一试
#
# ```bash
# lstm-toolkit train sentiment --data reviews.csv --out runs/mine
# lstm-toolkit export runs/mine models/mine        # models/mine/1
# lstm-toolkit predict models/mine "The waiter was rude and the soup was cold"
# saved_model_cli show --dir models/mine/1 --all
# ```
#
# * 上线之前，留一份真实输入和当前版本的答案。每出一个新版本，都用同样的输入问一遍，把变了的答案逐条看过。
# * 用你自己的文本长度，在真正提供服务的机器上测量：最坏情况由 `max_tokens` 决定。
# * 试试你自己的古怪输入：HTML、其他语言、一整本书、空字符串。
# * 回滚要在用得上之前先演练一次。
# * 翻译模型的导出方法相同，它的 `nbest` 和 `translate` 签名可以给出束搜索的候选译文，见
#   [03_translation](03_translation.zh-CN.ipynb)。
