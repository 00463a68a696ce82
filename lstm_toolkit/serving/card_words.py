"""What a model card says, in English and in Chinese."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class CardWords:
    """The words of one language; what stands in braces differs from model to model."""

    language: str
    what: str
    no_run: str
    data: str
    read: str
    rows: str
    fingerprint: str
    settings: str
    versions: str
    scores: str
    score_head: tuple[str, ...]
    per_class: str
    class_head: tuple[str, ...]
    more: str
    limits: str
    only_data: str
    not_better: str
    better: str
    no_baseline: str
    small: str
    always: str
    unlike: str
    no_unlike: str
    fairness: str
    licence: str
    no_licence: str
    ask: str
    ask_head: tuple[str, ...]


ENGLISH = CardWords(
    language="English",
    what="A model of the task {task} ({summary}), exported by lstm_toolkit. It takes raw inputs "
    "and gives final answers wherever TensorFlow runs.",
    no_run="It was exported from a network without a run: its data and scores are not known here.",
    data="Data",
    read="read from",
    rows="{train:,} rows to train on, {validation:,} to choose the best weights, {test:,} to score",
    fingerprint="fingerprint",
    settings="settings that are not the defaults",
    versions="made with",
    scores="Scores",
    score_head=("score", "test", "validation"),
    per_class="By class, on the test split",
    class_head=("class", "precision", "recall", "F1", "test rows"),
    more="{count:,} further classes stand in the run's metrics.json.",
    limits="Limits",
    only_data="It learnt from the data above alone. How good it is on data of another source, time "
    "or language was not measured.",
    better="On the test split it is better than the simplest methods by more than the standard "
    "error; the best of them is {method}.",
    not_better="It does not beat {method}, a much simpler method, by more than the standard error "
    "of {error:.4f}.",
    no_baseline="No simple method was scored beside it.",
    small="Fewer than {least} test rows are behind the scores of: {names}.",
    always="It always answers with one of the classes above, even where none is right.",
    unlike="Answers with `unlike` true are to inputs that do not look like the training rows: do "
    "not rely on them.",
    no_unlike="Nothing in its answers tells inputs that do not look like the training rows.",
    fairness="Whether it treats groups of people alike was not tested.",
    licence="Licence",
    no_licence="Not stated. Ask the owner of model and data before you pass it on "
    "(`lstm-toolkit export RUN --licence NAME` writes it here).",
    ask="How to ask it",
    ask_head=("signature", "takes", "gives"),
)

CHINESE = CardWords(
    language="中文",
    what="{task} 任务的模型（{summary}），由 lstm_toolkit 导出。输入原始数据，直接给出最终答案；"
    "只要有 TensorFlow 就能运行。",
    no_run="导出时只有网络，没有训练目录，因此这里不知道它的数据和得分。",
    data="数据",
    read="读取自",
    rows="训练 {train:,} 行，验证（用来挑选最好的权重）{validation:,} 行，测试 {test:,} 行",
    fingerprint="指纹",
    settings="与默认值不同的设置",
    versions="所用版本",
    scores="得分",
    score_head=("指标", "测试", "验证"),
    per_class="各类别在测试集上的得分",
    class_head=("类别", "精确率", "召回率", "F1", "测试行数"),
    more="另有 {count:,} 个类别，见训练目录里的 metrics.json。",
    limits="局限",
    only_data="模型只从上述数据学习。换了来源、时间或语言的数据，效果没有测过。",
    better="在测试集上，它比最简单的方法好，差距大于标准误；其中最好的是 {method}。",
    not_better="它没有明显胜过简单得多的方法 {method}：差距不超过标准误 {error:.4f}。",
    no_baseline="没有与简单方法比较过。",
    small="以下类别的测试行数不足 {least}：{names}。",
    always="它总会给出上面某个类别，即使没有一个是对的。",
    unlike="答案里 `unlike` 为真，表示输入不像训练数据，这样的答案不可信。",
    no_unlike="输入不像训练数据时，答案里没有任何提示。",
    fairness="没有测试过它对不同人群是否一视同仁。",
    licence="许可证",
    no_licence="未注明。转交他人之前，请询问模型和数据的所有者"
    "（`lstm-toolkit export RUN --licence NAME` 会写在这里）。",
    ask="怎样使用",
    ask_head=("签名", "输入", "输出"),
)
