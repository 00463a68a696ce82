"""The page's addresses, its headers, and what it is told of the models."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib import resources
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lstm_toolkit.serving.server.page import HEADERS, page_routes
from lstm_toolkit.serving.server.repository import Repository
from tests.serving.server.conftest import make_app

PAGE = Path(str(resources.files("lstm_toolkit.serving").joinpath("page")))
FILES = sorted(file.name for file in PAGE.iterdir())
SCRIPTS = {name: (PAGE / name).read_text("utf-8") for name in FILES if name.endswith(".js")}
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@pytest.fixture(scope="module")
def browser(repository: Repository) -> Iterator[TestClient]:
    """Asks a server with the page."""
    with TestClient(make_app(repository, page=page_routes(repository))) as client:
        yield client


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_sent_with_its_type_and_a_strict_policy(
    browser: TestClient, name: str
) -> None:
    answer = browser.get("/" if name == "index.html" else f"/page/{name}")
    assert (answer.status_code, answer.content) == (200, (PAGE / name).read_bytes())
    assert answer.headers["content-type"] == KINDS[Path(name).suffix]
    assert answer.headers.items() >= HEADERS.items()
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_policy_lets_nothing_in_but_the_page_itself() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    sources = {name: value for name, value in policy.items() if name.endswith("-src")}
    assert sources.pop("default-src") == "'none'"
    assert set(sources.values()) == {"'self'"}
    assert "unsafe" not in HEADERS["content-security-policy"]


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_another_server(name: str) -> None:
    addresses = re.findall(r"\w+://[^\"'\s]+", (PAGE / name).read_text("utf-8"))
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


def test_it_is_told_what_models_take_and_give(browser: TestClient) -> None:
    (model,) = browser.get("/page/models").json()["models"]
    signatures = model.pop("signatures")
    assert model == {
        "name": "small", "version": 1, "task": None,
        "labels": [], "defaults": {}, "dark_on_light": False,
    }  # fmt: skip
    assert signatures["scale"] == {
        "inputs": [
            {"name": "factor", "dtype": "float32", "shape": []},
            {"name": "x", "dtype": "float32", "shape": [-1]},
        ],
        "outputs": [{"name": "scaled", "dtype": "float32", "shape": [-1]}],
    }
    assert signatures["total"]["inputs"] == [
        {"name": "images", "dtype": "float32", "shape": [-1, 2, 3]}
    ]


def test_other_addresses_answer_as_they_did(browser: TestClient) -> None:
    missing = browser.get("/page/none.js")
    assert (missing.status_code, missing.json()) == (
        404, {"error": "nothing answers at /page/none.js"},
    )  # fmt: skip
    for method, path in (("POST", "/"), ("POST", "/page/models"), ("DELETE", "/v1/models")):
        refused = browser.request(method, path)
        assert (refused.status_code, refused.json()) == (
            405, {"error": f"needs GET. Received: {method}"},
        )  # fmt: skip


def test_models_are_told_to_those_who_may_ask(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-secret-token")
    app = make_app(repository, page=page_routes(repository), token_file=str(tmp_path / "token"))
    with TestClient(app) as client:
        assert client.get("/").status_code == 200
        assert client.get("/page/models").status_code == 401
        allowed = {"authorization": "Bearer a-secret-token"}
        assert client.get("/page/models", headers=allowed).status_code == 200


def test_every_word_is_there_in_both_languages() -> None:
    table = SCRIPTS["words.js"].partition("const WORDS = {")[2].partition("\n};")[0]
    entries = re.findall(r'(\w+): \[\s*"([^"]+)",\s*"([^"]+)",?\s*\]', table)
    assert len(entries) == len(re.findall(r"^  \w+: \[", table, re.MULTILINE)) > 50
    for key, english, chinese in entries:
        gaps = [sorted(re.findall(r"\{(\w+)\}", words)) for words in (english, chinese)]
        assert gaps[0] == gaps[1], key
        assert english != chinese, key
    keys = {key for key, *_ in entries}
    rest = "".join(source for name, source in SCRIPTS.items() if name != "words.js")
    used = re.findall(
        r'(?:\bword(?:-aria-label"|): |Mistake\(|button: |say\(\w+, |told\("\w+", )"(\w+)"', rest
    )
    assert set(used) <= keys
    assert keys - {"title"} <= set(re.findall(r"\w+", rest))


def test_the_package_holds_the_page() -> None:
    setup = configparser.ConfigParser()
    setup.read(Path(__file__).parents[3] / "setup.cfg")
    patterns = setup["options.package_data"]["lstm_toolkit"].split()
    for name in FILES:
        assert any(fnmatch(f"serving/page/{name}", pattern) for pattern in patterns), name
