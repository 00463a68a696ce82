"""The page as people use it, in a real browser without a window."""

from __future__ import annotations

import math
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.serving.server.page_models import save_page_models
from tests.serving.server.server_process import Server, serving
from tests.shared import made_once

playwright = pytest.importorskip("playwright.sync_api")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason=f"needs a browser: one of {', '.join(BROWSERS)}"),
]

OpenPage = Callable[..., Any]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "page-models", save_page_models)


@pytest.fixture(scope="module")
def server(models: Path, export_folder: Path) -> Iterator[Server]:
    """Serves models of every kind, and one that was really trained."""
    with serving(models, f"bars={export_folder}", "--max-text", 200) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        # In a container Chromium's own one needs rights that nobody has there.
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[OpenPage]:
    """Opens the page at a model; whatever the browser complains of fails the test."""
    contexts, complaints = [], []

    def open_at(model: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"locale": "en-GB"} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text))
        page.goto(f"http://127.0.0.1:{server.port}/#{model}")
        page.wait_for_selector("main h2")
        return page

    yield open_at
    for context in contexts:
        context.close()
    # The browser notes each answer of 400 and more by itself.
    assert [line for line in complaints if "responded with a status of 4" not in line] == []


def ask(page: Any) -> Any:
    """Presses the button, and returns what then stands in the answer or the error."""
    page.click("main form button:not(.second)")
    return outcome(page)


def outcome(page: Any) -> Any:
    page.wait_for_selector(".answer:not([aria-busy])", state="attached")
    page.wait_for_selector(":is(.answer:not([hidden]), .panel .error:not(:empty))")
    shown = page.locator(".answer:not([hidden])")
    return (shown if shown.count() else page.locator(".error:not(:empty)")).inner_text()


def texts(page: Any, selector: str) -> list[str]:
    return page.locator(selector).all_inner_texts()


def test_models_are_listed_and_shown_by_their_address(open_page: OpenPage) -> None:
    page = open_page("series")
    names = ["a photo", "bars", "names", "other", "pairs", "reviews", "series"]
    assert texts(page, "nav a") == names
    assert texts(page, "nav a[aria-current=page]") == ["series"]
    page.click("nav a >> text=a photo")
    page.wait_for_selector("h2 >> text=a photo")
    assert page.inner_text(".about") == "digits, version 1"
    assert page.evaluate("document.activeElement.id") == "model"


def stroke(page: Any, *points: tuple[float, float]) -> None:
    box = page.locator(".pad").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def test_a_drawing_is_read(open_page: OpenPage) -> None:
    page = open_page("a%20photo")
    assert ask(page) == "Draw something first, or choose a photo."
    stroke(page, (0.3, 0.5), (0.7, 0.5))
    page.wait_for_selector(".answer:not([hidden])")
    thin = float(page.inner_text(".bars li:first-child .number").rstrip(" %"))
    assert outcome(page).startswith("thin ")
    assert 90 < thin < 99  # a line of a thirteenth of the height over two fifths of the width
    page.click(".panel button.second")
    assert not page.is_visible(".answer")
    assert ask(page) == "Draw something first, or choose a photo."


def test_a_drawing_is_made_by_keys(open_page: OpenPage) -> None:
    page = open_page("a%20photo")
    page.focus(".pad")
    for key in (" ", *["ArrowRight"] * 6, *["ArrowDown"] * 6, " "):
        page.keyboard.press(key)
    assert outcome(page).startswith("thin ")
    page.keyboard.press("Delete")
    assert ask(page) == "Draw something first, or choose a photo."


DROP = """([selector, bytes]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.png"));
  const options = { dataTransfer, bubbles: true, cancelable: true };
  document.querySelector(selector).dispatchEvent(new DragEvent("drop", options));
}"""


def test_a_photo_is_read_as_it_is(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("a%20photo")
    picture = np.full((90, 600, 3), 255, np.uint8)
    picture[:, :480] = 0
    Image.fromarray(picture).save(tmp_path / "wide.png")
    page.set_input_files("input[type=file]", tmp_path / "wide.png")
    assert outcome(page).startswith("thick 80 %")
    picture[:] = 0
    Image.fromarray(picture).save(tmp_path / "black.png")
    page.set_input_files("input[type=file]", tmp_path / "black.png")
    page.wait_for_selector(".remark")
    assert texts(page, ".remark") == [
        "This is unlike what the model was trained on. Do not rely on the answer."
    ]
    page.evaluate(DROP, [".pad", list((tmp_path / "wide.png").read_bytes())])
    page.wait_for_selector(".verdict >> text=80 %")
    (tmp_path / "none.png").write_bytes(b"no picture")
    page.set_input_files("input[type=file]", tmp_path / "none.png")
    page.wait_for_selector(".error:not(:empty)")
    assert texts(page, ".error:not(:empty)") == ["none.png cannot be read as a picture."]


def test_a_trained_model_reads_a_drawing(open_page: OpenPage) -> None:
    page = open_page("bars")
    stroke(page, (0.5, 0.05), (0.5, 0.95))
    outcome(page)
    assert sorted(texts(page, ".bars .name")) == ["level", "upright"]


def test_words_that_decided_are_marked(open_page: OpenPage) -> None:
    page = open_page("reviews")
    assert ask(page) == "Type something first."
    page.fill("textarea", "a good room but <b>loud</b>")
    assert ask(page).startswith("positive 90 %")
    assert texts(page, "mark.for") == ["good"]
    assert texts(page, "mark.against") == ["but"]
    assert page.inner_text(".words") == "a good room but <b>loud</b>"
    assert texts(page, ".key span") == ["speaks for positive", "speaks against positive"]
    assert texts(page, ".bars .number") == ["90 %", "10 %"]


def test_what_the_server_refuses_is_told_in_words(open_page: OpenPage) -> None:
    page = open_page("reviews")
    page.fill("textarea", "long " * 50)
    said = ask(page)
    assert said == (
        "The server refused: inputs.text[0]: needs at most 200 bytes a text. Received: 250"
    )


def test_translations_have_beams_and_a_map(open_page: OpenPage) -> None:
    page = open_page("pairs")
    assert [page.input_value(f"input >> nth={n}") for n in (0, 1)] == ["3", "0.5"]
    page.fill("textarea", "so it is")
    ask(page)
    assert texts(page, ".verdict") == ["SO IT IS 0 score 0"]
    assert texts(page, ".answer ol li") == ["SO IT IS 1 score -0.5"]  # of the last -inf is told
    assert texts(page, ".heat thead span") == ["so", "it", "is"]
    assert texts(page, ".heat tbody th") == ["SO", "IT", "IS"]
    assert texts(page, ".heat tbody td") == ["100", "", "", "", "100", "", "", "", "100"]
    assert texts(page, ".remark") == ["The sentence is too long; its end was not read."]
    page.fill("input >> nth=0", "4")
    ask(page)
    page.wait_for_selector(".answer ol li >> nth=1")


def test_a_series_is_drawn_with_its_interval(open_page: OpenPage) -> None:
    page = open_page("series")
    page.fill("textarea", "9\n1\n2\n3.5")
    ask(page)
    assert page.get_attribute(".chart", "aria-label") == (
        "Line chart: 3 given values, then 2 forecast ones from 4.5 to 5.5."
    )
    assert page.locator(".chart path.band").count() == 1
    page.click("summary")
    assert texts(page, "table th[scope=col]") == ["Step", "Forecast", "q10", "q90"]
    assert texts(page, "tbody td") == ["4.5", "-0.5", "9.5", "5.5", "0.5", "10.5"]
    page.fill("textarea", "1 2")
    assert ask(page) == "Needs at least 3 numbers. Received: 2"
    page.click("text=Fill in an example")
    assert ask(page).startswith(("20", "25", "30", "15", "given"))


def test_tags_stand_under_their_tokens(open_page: OpenPage) -> None:
    page = open_page("names")
    page.fill("textarea", "  call Ann\n now ")
    ask(page)
    tokens = [text.split("\n") for text in texts(page, ".words [role=listitem]")]
    assert tokens == [["call", "none"], ["Ann", "B-PER"], ["now", "none"]]
    assert texts(page, ".tagged > span") == ["Ann"]


def test_any_other_model_has_a_form(open_page: OpenPage) -> None:
    page = open_page("other")
    assert texts(page, ".panel label") == ["number", "sure", "table"]
    exact = str(2**62 + 1)
    page.fill(".panel input", exact)
    page.fill(".panel textarea", "[[1, 2], [3, 4.5]]")
    assert ask(page).split() == [
        *("Output", "Value", "gap", "NaN", "number", exact, "sure", "true"),
        *("table", "2", "4", "6", "9"),
    ]
    page.fill(".panel input", "1,5")
    assert ask(page) == "number: needs int64. Received: 1,5"
    page.fill(".panel input", "1.5")
    assert ask(page).startswith("The server refused: inputs.number[0]: needs ")
    page.fill(".panel textarea", "[[1, 2]")
    page.fill(".panel input", "1")
    assert ask(page) == "table: needs JSON."


def test_it_speaks_chinese(open_page: OpenPage) -> None:
    page = open_page("reviews", locale="zh-CN")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.fill("textarea", "good")
    assert "支持 positive" in ask(page)
    page.select_option("#language", "en")
    assert page.inner_text("h1") == "Try the models"
    assert "speaks for positive" in page.inner_text(".answer")
    assert page.input_value("textarea") == "good"
    page.reload()
    page.wait_for_selector("main h2")
    assert page.inner_text("h1") == "Try the models"


@pytest.mark.parametrize("model", ["a%20photo", "reviews", "pairs", "series", "names", "other"])
def test_it_fits_a_phone(open_page: OpenPage, model: str) -> None:
    page = open_page(model, viewport={"width": 320, "height": 640}, locale="zh-CN")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


CONTRAST = """() => {
  const grey = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= .03928 ? v / 12.92 :
    ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const over = (colours) => { canvas.clearRect(0, 0, 1, 1);
    for (const c of colours) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); }
    return canvas.getImageData(0, 0, 1, 1).data; };
  const low = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !node.checkVisibility() || node.closest("noscript,.unseen,.skip")) continue;
    const grounds = [];
    for (let e = node; e; e = e.parentElement) grounds.unshift(getComputedStyle(e).backgroundColor);
    const [a, b] = [over([...grounds, getComputedStyle(node).color]), over(grounds)].map(grey);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) low.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return low;
}"""
ASKED = {
    "reviews": "good but good",
    "pairs": "so it is",
    "series": "1 2 3",
    "names": "Ann is here",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("model", ASKED)
def test_text_can_be_read_on_its_ground(open_page: OpenPage, scheme: str, model: str) -> None:
    page = open_page(model, color_scheme=scheme)
    page.fill("textarea", ASKED[model])
    ask(page)
    assert page.evaluate(CONTRAST) == []


NAMED = "input, select, textarea, canvas, button, a, svg"
NAMELESS = """(named) => [...document.querySelectorAll(named)]
  .filter((e) => e.checkVisibility() && !e.ariaLabel && !e.labels?.[0]?.textContent.trim() &&
    !e.textContent.trim()).map((e) => e.outerHTML)"""


@pytest.mark.parametrize("model", ["a%20photo", *ASKED, "other"])
def test_everything_has_a_name_and_is_reached_by_tab(open_page: OpenPage, model: str) -> None:
    page = open_page(model)
    assert page.evaluate(NAMELESS, NAMED) == []
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    wanted = set(page.evaluate(
        "[...document.querySelectorAll('main :is(input, select, textarea, canvas, button)')]"
        ".map((e) => e.tagName)"
    ))  # fmt: skip
    assert wanted <= reached


def test_a_form_is_sent_by_keys(open_page: OpenPage) -> None:
    page = open_page("reviews")
    page.fill("textarea", "good")
    page.press("textarea", "Control+Enter")
    assert outcome(page).startswith("positive")


READ = """async (texts) => {
  const { readNumbers } = await import("/page/numbers.js");
  return texts.map((text) => {
    try { return readNumbers(text); } catch (mistake) { return mistake.key ?? `${mistake}`; }
  });
}"""


def test_numbers_are_read_exactly_or_refused(open_page: OpenPage) -> None:
    rng = random.Random(0)
    rows = []
    for _ in range(300):
        kinds = (rng.randint(-99, 99), round(rng.gauss(0, 9), 3), rng.gauss(0, 1) * 1e-9)
        numbers = [rng.choice(kinds) for _ in range(rng.randint(1, 9))]
        rows.append((numbers, rng.choice(["\n", " ", "\t", "; ", ", ", "\r\n", "，"])))
    page = open_page("series")
    answers = page.evaluate(READ, [sep.join(map(repr, numbers)) for numbers, sep in rows])
    for (numbers, _), answer in zip(rows, answers, strict=True):
        assert [float(json) for json in answer] == numbers
    refused = ["1,5\n2,5", "3,25", "1,5; 2,5", "1,5 2,5", "1.2.3", "nan", "1 two", "2024-01-01"]
    commas, none = "decimal_commas", "no_number"
    assert page.evaluate(READ, refused) == [commas] * 4 + [none] * 4
    assert page.evaluate(READ, ["+1 .5 007 1e3 −2", ""]) == [["1", "0.5", "7", "1e3", "-2"], []]
    assert math.isclose(float(page.evaluate(READ, ["0.1234567890123456789"])[0][0]), 0.12345678901)


def test_a_token_is_asked_for(browser: Any, models: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-secret-token")
    with serving(models / "names", "--token-file", tmp_path / "token") as guarded:
        page = browser.new_context(locale="en-GB").new_page()
        page.goto(f"http://127.0.0.1:{guarded.port}/")
        page.fill("#token input", "another-token")
        page.click("#token button")
        page.wait_for_selector("main .error")
        assert page.inner_text("main .error") == "This server needs its token."
        page.fill("#token input", "a-secret-token")
        page.press("#token input", "Enter")
        page.wait_for_selector("main h2")
        page.fill("textarea", "Ann")
        ask(page)
        assert texts(page, ".tagged small") == ["B-PER"]
        page.context.close()
