/** Every word of the page, in English and Chinese, and the language that is shown. */

const WORDS = {
  title: ["Try the models", "试用模型"],
  skip: ["To the model", "跳到模型"],
  language: ["Language", "语言"],
  models: ["Models", "模型"],
  no_models: ["No model answers now.", "目前没有可用的模型。"],
  version: ["version {version}", "版本 {version}"],
  of_task: ["{task}, version {version}", "{task}，版本 {version}"],
  asking: ["Asking …", "正在计算……"],
  answer: ["Answer", "答案"],
  answered: ["Answered.", "已回答。"],

  draw: ["Draw here, or drop a photo", "在此书写，或拖入照片"],
  draw_keys: [
    "Keys: arrows move, Space lowers and lifts the pen, Delete clears.",
    "键盘：方向键移动，空格键落笔或提笔，Delete 键清除。",
  ],
  photo: ["Or choose a photo", "或选择一张照片"],
  clear: ["Clear", "清除"],
  read: ["Read it", "识别"],
  pen_down: ["Pen lowered", "已落笔"],
  pen_up: ["Pen lifted", "已提笔"],

  text: ["Text", "文本"],
  judge: ["Judge it", "判断"],
  deciding: ["The words that decided", "起决定作用的词"],
  speaks_for: ["speaks for {label}", "支持 {label}"],
  speaks_against: ["speaks against {label}", "反对 {label}"],
  token: ["Token", "词"],
  weight: ["Weight", "权重"],

  sentence: ["Sentence", "句子"],
  translate: ["Translate", "翻译"],
  beams: ["Beams", "束宽"],
  length_penalty: ["Favour length by", "偏向长句的程度"],
  candidates: ["Candidates", "候选译文"],
  score: ["score {score}", "得分 {score}"],
  attention: ["What each token looked at", "每个词关注的位置"],
  attention_hint: [
    "Rows: what was written. Columns: what was read. Percent of attention.",
    "行：译文；列：原文；数字为注意力百分比。",
  ],

  series: ["Values, oldest first", "数值，由旧到新"],
  series_hint: [
    "Paste at least {count} numbers, one a line or separated by blanks. The last {count} are used.",
    "请粘贴至少 {count} 个数，每行一个或用空格分隔。只使用最后 {count} 个。",
  ],
  example: ["Fill in an example", "填入示例"],
  forecast: ["Forecast", "预测"],
  known: ["given", "已知"],
  interval: ["{low} to {high}", "{low} 至 {high}"],
  chart: [
    "Line chart: {known} given values, then {steps} forecast ones from {first} to {last}.",
    "折线图：{known} 个已知值，随后 {steps} 个预测值，从 {first} 到 {last}。",
  ],
  as_table: ["As a table", "以表格显示"],
  step: ["Step", "步"],

  tokens: ["Sentence, blanks between its tokens", "句子，词之间用空格分隔"],
  tag: ["Tag it", "标注"],
  tags: ["Tags", "标签"],
  no_tag: ["none", "无"],

  form: ["What is asked", "问什么"],
  signature: ["Signature", "签名"],
  ask: ["Ask", "提问"],
  output: ["Output", "输出"],
  value: ["Value", "值"],
  more: ["… {count} more", "……另有 {count} 项"],
  hint_text: ["A text", "一段文本"],
  hint_number: ["A number, {dtype}", "一个数，{dtype}"],
  hint_list: ["{count} numbers, {dtype}, with blanks between", "{count} 个数，{dtype}，用空格分隔"],
  hint_numbers: ["Numbers, {dtype}, with blanks between", "若干个数，{dtype}，用空格分隔"],
  hint_lines: ["{count} texts, one a line", "{count} 段文本，每行一段"],
  hint_texts: ["Texts, one a line", "若干段文本，每行一段"],
  hint_truth: ["true or false", "true 或 false"],
  hint_json: ["JSON: {dtype}, {shape}", "JSON：{dtype}，{shape}"],

  unlike: [
    "This is unlike what the model was trained on. Do not rely on the answer.",
    "这与模型的训练数据不相似，答案不可靠。",
  ],
  truncated: ["The sentence is too long; its end was not read.", "句子过长，末尾部分未读入。"],
  unknown_tokens: ["Tokens that the model does not know: {count}.", "模型不认识的词：{count} 个。"],

  unreachable: ["The server cannot be reached. Does it still run?", "无法连接服务器，它还在运行吗？"],
  refused: ["The server refused: {message}", "服务器拒绝了请求：{message}"],
  garbled: ["The server's answer cannot be read.", "无法读取服务器的回答。"],
  needs_token: ["This server needs its token.", "此服务器需要令牌。"],
  access_token: ["Token", "令牌"],
  use_token: ["Use it", "使用"],
  nothing_drawn: ["Draw something first, or choose a photo.", "请先书写，或选择一张照片。"],
  no_picture: ["{name} cannot be read as a picture.", "无法将 {name} 作为图片读取。"],
  nothing_typed: ["Type something first.", "请先输入内容。"],
  no_number: ["Needs numbers. Received in line {line}: {token}", "需要数字，但第 {line} 行是：{token}"],
  decimal_commas: [
    "Line {line} may hold a decimal comma or two columns: {token}. Write 1.5, one value a line.",
    "第 {line} 行可能是小数逗号，也可能是两列：{token}。请写成 1.5，每行一个值。",
  ],
  too_few: ["Needs at least {count} numbers. Received: {given}", "至少需要 {count} 个数，但只有 {given} 个"],
  wrong_count: ["{name}: needs {count}. Received: {given}", "{name}：需要 {count} 个，但有 {given} 个"],
  wrong_value: ["{name}: needs {dtype}. Received: {token}", "{name}：需要 {dtype}，但输入的是 {token}"],
  wrong_json: ["{name}: needs JSON.", "{name}：需要 JSON。"],
  tags_unaligned: [
    "The model divided the sentence into {tags} tokens, not {tokens}.",
    "模型把句子分成了 {tags} 个词，而不是 {tokens} 个。",
  ],
};

const LANGUAGES = ["en", "zh"];
const STORED = "lstm_toolkit.language";

let language = stored() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

/** What elements say, and with which values, so that they can say it in another language. */
const sayings = new WeakMap();

export const currentLanguage = () => language;

/** Returns what a key says, with values in place of {names}. */
export function text(key, values = {}) {
  const word = WORDS[key][LANGUAGES.indexOf(language)];
  return word.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Lets an element, or an attribute of it, say something, now and in the other language. */
export function say(element, key, values = {}, attribute = "") {
  sayings.set(element, { ...sayings.get(element), [attribute]: { key, values } });
  element.setAttribute("data-said", "");
  update(element);
}

/** Lets an element say nothing any more. */
export function hush(element) {
  sayings.delete(element);
  element.removeAttribute("data-said");
  element.textContent = "";
}

/** Shows the page in a language. */
export function setLanguage(chosen) {
  language = chosen;
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // Not every browser lets pages keep things; it is asked again then.
  }
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = `lstm_toolkit · ${text("title")}`;
  document.querySelectorAll("[data-said]").forEach(update);
}

function update(element) {
  for (const [attribute, { key, values }] of Object.entries(sayings.get(element) ?? {})) {
    if (attribute) element.setAttribute(attribute, text(key, values));
    else element.textContent = text(key, values);
  }
}

function stored() {
  try {
    const chosen = localStorage.getItem(STORED);
    return LANGUAGES.includes(chosen) ? chosen : null;
  } catch {
    return null;
  }
}

/** What went wrong, as a key of words. */
export class Mistake extends Error {
  constructor(key, values = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}
