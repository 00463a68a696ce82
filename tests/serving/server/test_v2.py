"""The Open Inference Protocol: what is asked and answered, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from benchmarks.serving_fuzz import nested

INFER = "/v2/models/small/infer"


def tensor(name: str, datatype: str, shape: list[int], data: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape, "data": data, **more}


def signature(name: str) -> dict[str, Any]:
    return {"parameters": {"signature_name": name}}


TEXTS = tensor("text", "BYTES", [2], ["é", "b"])


def test_texts(client: TestClient) -> None:
    answer = client.post(INFER, json={"id": "7", "inputs": [TEXTS]}).json()
    assert answer == {
        "model_name": "small",
        "model_version": "1",
        "id": "7",
        "outputs": [
            tensor("label", "BYTES", [2], ["É", "B"]),
            tensor("length", "INT32", [2], [1, 1]),
        ],
    }


def test_chosen_outputs_of_a_version(client: TestClient) -> None:
    body = {"inputs": [TEXTS], "outputs": [{"name": "length"}]}
    answer = client.post("/v2/models/small/versions/1/infer", json=body).json()
    assert answer["outputs"] == [tensor("length", "INT32", [2], [1, 1])]


@pytest.mark.parametrize("data", [[1, 2, 3, 4, 5, 6], [[[1, 2, 3], [4, 5, 6]]]])
def test_data_may_be_flat_or_nested(client: TestClient, data: Any) -> None:
    body = {"inputs": [tensor("images", "FP32", [1, 2, 3], data)], **signature("total")}
    answer = client.post(INFER, json=body).json()
    assert answer["outputs"] == [tensor("total", "FP32", [1], [21.0])]


def test_single_numbers(client: TestClient) -> None:
    factor = tensor("factor", "FP32", [], [2])
    body = {"inputs": [tensor("x", "FP32", [1], [4]), factor], **signature("scale")}
    assert client.post(INFER, json=body).json()["outputs"] == [tensor("scaled", "FP32", [1], [8.0])]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "inputs: needs a list of tensors. Received: null"),
        ({"inputs": []}, "inputs: needs a list of tensors. Received: a list of 0"),
        ({"inputs": [5]}, "inputs[0]: needs an object with a name. Received: 5"),
        ({"inputs": [TEXTS, TEXTS]}, "inputs[1]: needs each tensor once. Received: text"),
        ({"inputs": [TEXTS | {"name": "txt"}]}, "inputs: no input `txt`, did you mean `text`?"),
        ({"inputs": [TEXTS], **signature("add")},
         "inputs: no input `text`, choose from: left, right"),
        ({"inputs": [TEXTS], "output": []}, "no field `output`, did you mean `outputs`?"),
        ({"inputs": [TEXTS], "id": 7}, "id: needs a text. Received: 7"),
        ({"inputs": [TEXTS], "parameters": 7}, "parameters: needs an object. Received: 7"),
        ({"inputs": [TEXTS], "parameters": {"binary_data_output": True}},
         "parameters: needs data as JSON. Received: binary_data_output"),
        ({"inputs": [TEXTS], "outputs": [{"name": "lable"}]},
         "outputs[0]: no output `lable`, did you mean `label`?"),
        ({"inputs": [TEXTS | {"datatype": "FP32"}]},
         "inputs[0].datatype: needs BYTES. Received: the text 'FP32'"),
        ({"inputs": [TEXTS | {"shape": [-1]}]},
         "inputs[0].shape: needs a list of whole numbers from 0. Received: a list of 1"),
        ({"inputs": [TEXTS | {"shape": [1] * 33}]},
         "inputs[0].shape: needs a list of whole numbers from 0. Received: a list of 33"),
        ({"inputs": [TEXTS | {"shape": [2**63]}]},
         "inputs[0].shape: needs a list of whole numbers from 0. Received: a list of 1"),
        ({"inputs": [TEXTS | {"data": nested(40)}]},
         "inputs[0].data: needs at most 32 lists in each other"),
        ({"inputs": [TEXTS | {"shape": [3]}]},
         "inputs[0].data: needs 3 values. Received: 2"),
        ({"inputs": [TEXTS | {"shape": [2, 1]}]},
         "inputs[0].shape: needs shape [any]. Received: [2, 1]"),
        ({"inputs": [TEXTS | {"data": "a"}]},
         "inputs[0].data: needs a list. Received: the text 'a'"),
        ({"inputs": [TEXTS | {"data": ["a", 5]}]},
         "inputs[0].data[1]: needs a text. Received: 5"),
        ({"inputs": [TEXTS | {"parameters": {"binary_data_size": 9}}]},
         "inputs[0].parameters: needs data as JSON. Received: binary_data_size"),
        ({"inputs": [TEXTS | {"shape": [2**40, 2**40]}]},
         f"inputs[0].data: needs {2**40}×{2**40} values. Received: 2"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(client: TestClient, body: Any, message: str) -> None:
    answer = client.post(INFER, content=json.dumps(body).encode())
    assert (answer.status_code, answer.json()) == (400, {"error": message})


def test_the_binary_extension_is_refused(client: TestClient) -> None:
    answer = client.post(INFER, content=b"{}", headers={"Inference-Header-Content-Length": "2"})
    message = "needs JSON without the binary extension"
    assert (answer.status_code, answer.json()) == (400, {"error": message})


def test_health_and_metadata(client: TestClient) -> None:
    assert client.get("/v2").json()["name"] == "lstm_toolkit"
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    ready = {"name": "small", "ready": True}
    assert client.get("/v2/models/small/ready").json() == ready
    assert client.get("/v2/models/small/versions/1/ready").json() == ready
    assert client.get("/v2/models/small").json() == {
        "name": "small",
        "versions": ["1"],
        "platform": "tensorflow_savedmodel",
        "inputs": [{"name": "text", "datatype": "BYTES", "shape": [-1]}],
        "outputs": [
            {"name": "label", "datatype": "BYTES", "shape": [-1]},
            {"name": "length", "datatype": "INT32", "shape": [-1]},
        ],
    }
