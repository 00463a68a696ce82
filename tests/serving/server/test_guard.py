"""Who may ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.datastructures import Headers

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.server.guard import Guard
from lstm_toolkit.serving.server.refusals import ForbiddenError, UnauthorizedError
from lstm_toolkit.serving.server.settings import ServerSettings

PREDICT = "/v1/models/m:predict"


def check(guard: Guard, method: str = "POST", path: str = PREDICT, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    guard.check(method, path, Headers({"host": "localhost:8501"} | named))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "127.0.0.1:1", "[::1]:8501"])
def test_this_machine_is_called_by_its_names(host: str) -> None:
    check(Guard(ServerSettings()), host=host)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a@localhost", "", "["])
def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    with pytest.raises(ForbiddenError) as error:
        check(Guard(ServerSettings()), host=host)
    assert str(error.value) == (
        f"needs a host that is allowed, as by --allow-hosts. Received: {host}"
    )


def test_other_names_can_be_allowed() -> None:
    check(Guard(ServerSettings(allow_hosts=("api.example",))), host="api.example")
    check(Guard(ServerSettings(allow_hosts=("*",))), host="any.example")
    check(Guard(ServerSettings(host="0.0.0.0")), host="any.example")


def test_pages_of_other_sites_are_refused() -> None:
    guard = Guard(ServerSettings())
    check(guard, origin="http://localhost:8501", sec_fetch_site="same-origin")
    for origin in ("http://evil.example", "null", "[", "http://localhost:9999"):
        with pytest.raises(ForbiddenError) as error:
            check(guard, origin=origin)
        needed = "needs a page of this server. Received: a request from"
        assert str(error.value) == f"{needed} {origin}"
    with pytest.raises(ForbiddenError, match=r"Received: a request from elsewhere$"):
        check(guard, sec_fetch_site="cross-site")
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    check(guard, method="GET", path="/", **link)
    with pytest.raises(ForbiddenError):
        check(guard, **link)


def test_a_token_is_needed_where_models_are(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-secret-token\n")
    guard = Guard(ServerSettings(token_file=str(tmp_path / "token")))
    check(guard, authorization="Bearer a-secret-token")
    check(guard, path="/v2/health/ready")
    check(guard, path="/")
    for path in (PREDICT, "/v2/models/m/infer", "/metrics", "/page/models"):
        for given in ({}, {"authorization": "Bearer a-secret"}, {"authorization": "Bearer é"}):
            with pytest.raises(UnauthorizedError) as error:
                check(guard, path=path, **given)
            assert str(error.value) == "needs the header `Authorization: Bearer TOKEN`"


@pytest.mark.parametrize("content", ["", "short", "two words in it", "a\nb-long-enough"])
def test_a_token_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "token").write_text(content)
    with pytest.raises(InputError) as error:
        Guard(ServerSettings(token_file=str(tmp_path / "token")))
    needed = "needs a token of 8 signs or more in one line, without blanks"
    assert str(error.value) == f"{tmp_path / 'token'}: {needed}"
    with pytest.raises(InputError, match=r"none: cannot be read\. No such file or directory$"):
        Guard(ServerSettings(token_file=str(tmp_path / "none")))
