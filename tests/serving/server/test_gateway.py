"""Each request is counted and logged, and nothing that fails inside comes out as a traceback."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.server.access_log import AccessLog
from lstm_toolkit.serving.server.app import build_app
from lstm_toolkit.serving.server.gateway import Gateway
from lstm_toolkit.serving.server.guard import Guard
from lstm_toolkit.serving.server.metrics import Metrics
from lstm_toolkit.serving.server.repository import Repository
from lstm_toolkit.serving.server.settings import ServerSettings
from tests.serving.server.conftest import make_app

PREDICT = "/v1/models/small:predict"


def test_a_line_a_request_without_what_was_asked(repository: Repository, tmp_path: Path) -> None:
    file = tmp_path / "access.jsonl"
    settings, log = ServerSettings(allow_hosts=("*",)), AccessLog(str(file))
    metrics = Metrics(repository)
    gateway = partial(Gateway, guard=Guard(settings), metrics=metrics, access_log=log, log=print)
    with TestClient(build_app(repository, settings, metrics, gateway)) as client:
        client.post(PREDICT, json={"instances": ["a secret", "b"]})
        client.post(PREDICT, content=b"secret")
        client.get("/v1/models/secret")
    log.close()
    text = file.read_text(encoding="utf-8")
    first, second, third = map(json.loads, text.splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", first.pop("time"))
    assert first.pop("ms") > 0
    assert first.pop("bytes") > 40
    assert first == {
        "client": "testclient", "method": "POST", "path": PREDICT, "status": 200,
        "model": "small", "version": 1, "rows": 2,
    }  # fmt: skip
    assert [second["status"], third["status"], third["model"]] == [400, 404, None]
    assert "a secret" not in text


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r": cannot be written\. Is a directory$"):
        AccessLog(str(tmp_path))


def test_metrics_have_models_that_are_served_as_labels_alone(repository: Repository) -> None:
    with TestClient(make_app(repository)) as client:
        client.post(PREDICT, json={"instances": ["a", "b"]})
        client.post("/v1/models/other:predict", json={})
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [
        line
        for line in answer.text.splitlines()
        if line.startswith("lstm_toolkit_") and "_created" not in line and "seconds" not in line
    ]
    assert lines == [
        'lstm_toolkit_model_version{model="small",state="AVAILABLE",version="1"} 1.0',
        'lstm_toolkit_requests_total{code="200",kind="v1:predict",model="small"} 1.0',
        'lstm_toolkit_requests_total{code="404",kind="v1:predict",model=""} 1.0',
        "lstm_toolkit_connections 0.0",
    ]


def test_a_fault_of_the_server_is_one_line(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("lstm_toolkit.serving.server.tfserving.read_call", fail)
    lines: list[str] = []
    with TestClient(make_app(repository, lines.append)) as client:
        answer = client.post(PREDICT, json={"instances": ["a"]})
    assert (answer.status_code, answer.json()) == (
        500, {"error": "the server failed; its log says more"},
    )  # fmt: skip
    assert lines == [f"POST {PREDICT}: ZeroDivisionError: inside"]


def test_what_is_refused_by_its_headers_is_json(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-secret-token")
    with TestClient(make_app(repository, token_file=str(tmp_path / "token"))) as client:
        answer = client.post(PREDICT, json={"instances": ["a"]})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json() == {"error": "needs the header `Authorization: Bearer TOKEN`"}
        allowed = {"authorization": "Bearer a-secret-token"}
        assert client.get("/v1/models", headers=allowed).json() == {"models": ["small"]}
        answer = client.get("/v1/models", headers={**allowed, "origin": "http://evil.example"})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_a_body_that_is_compressed_is_refused(client: TestClient) -> None:
    answer = client.post(PREDICT, content=b"{}", headers={"content-encoding": "gzip"})
    message = "needs a body that is not compressed. Received: gzip"
    assert (answer.status_code, answer.json()) == (415, {"error": message})
