"""TensorFlow Serving's form: what is asked and answered, and what is refused in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

PREDICT = "/v1/models/small:predict"


def ask(client: TestClient, body: Any, path: str = PREDICT) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(path, content=content)
    return answer.status_code, json.loads(answer.content)


def answered(client: TestClient, **body: Any) -> Any:
    code, answer = ask(client, body)
    assert code == 200, answer
    return answer


def refused(client: TestClient, body: Any, code: int = 400) -> str:
    received, answer = ask(client, body)
    assert received == code, answer
    assert list(answer) == ["error"]
    return str(answer["error"])


def test_rows_with_and_without_names(client: TestClient) -> None:
    expected = {"predictions": [{"label": "É", "length": 1}, {"label": "你好", "length": 2}]}
    assert answered(client, instances=["é", "你好"]) == expected
    assert answered(client, instances=[{"text": "é"}, {"text": "你好"}]) == expected


def test_columns_with_and_without_names(client: TestClient) -> None:
    expected = {"outputs": {"label": ["A", ""], "length": [1, 0]}}
    assert answered(client, inputs=["a", ""]) == expected
    assert answered(client, inputs={"text": ["a", ""]}) == expected


def test_one_output_has_no_name(client: TestClient) -> None:
    rows = [[[1, 2, 3], [4, 5, 6.5]]]
    assert answered(client, signature_name="total", instances=rows) == {"predictions": [21.5]}
    assert answered(client, signature_name="total", inputs=rows) == {"outputs": [21.5]}


def test_several_inputs_by_row_and_by_column(client: TestClient) -> None:
    rows = [{"left": 1, "right": 2.5}, {"right": 0, "left": 4}]
    assert answered(client, signature_name="add", instances=rows) == {
        "predictions": [{"difference": -1.5, "sum": 3.5}, {"difference": 4.0, "sum": 4.0}]
    }
    columns = {"left": [1], "right": [2]}
    assert answered(client, signature_name="add", inputs=columns) == {
        "outputs": {"difference": [-1.0], "sum": [3.0]}
    }


def test_single_numbers_beside_rows_go_by_column(client: TestClient) -> None:
    given = {"x": [1.0, 2.0], "factor": 3}
    assert answered(client, signature_name="scale", inputs=given) == {"outputs": [3.0, 6.0]}
    assert refused(client, {"signature_name": "scale", "instances": [{"x": 1, "factor": 3}]}) == (
        "instances: signature `scale` has inputs that are no rows; ask by `inputs`"
    )


def test_whole_numbers_are_exact(client: TestClient) -> None:
    numbers = [2**53 + 1, -(2**63), 2**63 - 1]
    assert answered(client, signature_name="whole", instances=numbers) == {"predictions": numbers}


def test_numbers_that_are_not_finite_are_read_and_written_as_tensorflow_serving_does(
    client: TestClient,
) -> None:
    body = b'{"signature_name": "half", "instances": [NaN, -Infinity, Infinity, 0.5]}'
    answer = client.post(PREDICT, content=body)
    assert answer.content == b'{"predictions":[NaN,-Infinity,Infinity,0.5]}'


def test_sixteen_bits(client: TestClient) -> None:
    assert answered(client, signature_name="brain", inputs=[0.5, -2]) == {"outputs": [0.5, -2.0]}


def test_bytes_are_base64(client: TestClient) -> None:
    given = [{"b64": "/w=="}, "é"]
    assert answered(client, signature_name="raw", instances=given) == {
        "predictions": [
            {"cut": {"b64": "/w=="}, "raw_bytes": {"b64": "/w=="}},
            {"cut": {"b64": "ww=="}, "raw_bytes": {"b64": "w6k="}},
        ]
    }
    assert answered(client, inputs={"text": [{"b64": "aGk="}]})["outputs"]["label"] == ["HI"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "needs JSON. Expecting value at line 1, column 1"),
        (b'{"instances": [}', "needs JSON. Expecting value at line 1, column 16"),
        (b"[1]", "needs a JSON object. Received: a list of 1"),
        (b'{"instances": ["\xff"]}', "needs JSON in UTF-8. Received: byte 0xff at offset 16"),
        (b"[" * 5_000, "needs JSON that is nested less deeply"),
        (b'{"instances": [%s]}' % (b"1" * 5_000), "needs JSON with shorter numbers"),
        (
            b'{"instances": [{"text": "a", "text": "b"}]}',
            "needs each name once in an object. Received: 'text' twice",
        ),
        (
            b'{"instances": ["\\ud800"]}',
            "instances[0]: needs a text of whole characters. Received: half of a surrogate pair",
        ),
        ({}, "needs `instances` or `inputs`. Received: neither"),
        ({"instances": [], "inputs": []}, "needs `instances` or `inputs`. Received: both"),
        ({"instance": ["a"]}, "no field `instance`, did you mean `instances`?"),
        (
            {"instances": ["a"], "signature_name": "totl"},
            "signature_name: no signature `totl`, did you mean `total`?",
        ),
        ({"instances": "a"}, "instances: needs a list. Received: the text 'a'"),
        ({"instances": []}, "instances: needs at least one row. Received: none"),
        ({"inputs": []}, "inputs: needs at least one row. Received: none"),
        ({"instances": ["a", 5]}, "instances[1]: needs a text. Received: 5"),
        ({"instances": ["a", None]}, "instances[1]: needs a text. Received: null"),
        ({"instances": ["a", ["b"]]}, "instances[1]: needs a text. Received: a list of 1"),
        ({"instances": [{"text": "a"}, {"text": True}]},
         "instances[1].text: needs a text. Received: true"),
        ({"instances": [{"text": "a"}, "b"]},
         "instances[1]: needs an object of inputs by name. Received: the text 'b'"),
        ({"instances": [{"txt": "a"}]}, "instances[0]: no input `txt`, did you mean `text`?"),
        ({"instances": [{"b64": "%"}]},
         'instances[0]: needs bytes in base64, as in {"b64": "aGk="}. Received: something else'),
        ({"instances": [[1]], "signature_name": "total"},
         "instances[0][0]: needs a list. Received: 1"),
        ({"instances": [[[1, 2, 3], [4, 5]]], "signature_name": "total"},
         "instances[0][1]: needs a list of 3. Received: a list of 2"),
        ({"instances": [[[1, 2], [4, 5]]], "signature_name": "total"},
         "instances: needs shape [any, 2, 3]. Received: [1, 2, 2]"),
        ({"instances": [[[1, 2, 3], [4, True, 6]]], "signature_name": "total"},
         "instances[0][1][1]: needs a number. Received: true"),
        ({"instances": [1, "2"], "signature_name": "half"},
         "instances[1]: needs a number. Received: the text '2'"),
        ({"instances": [1e9], "signature_name": "half"},
         "instances[0]: needs a number that float16 can hold. Received: 1000000000.0"),
        (b'{"signature_name": "half", "instances": [0, 1e999]}',
         "instances[1]: needs a number that float16 can hold. Received: more than 1.8e308"),
        ({"instances": [0, 10**400], "signature_name": "half"},
         f"instances[1]: needs a number that float16 can hold. Received: 1{'0' * 39}…"),
        ({"instances": [1, 256], "signature_name": "byte"},
         "instances[1]: needs a number that uint8 can hold. Received: 256"),
        ({"instances": [1.5], "signature_name": "whole"},
         "instances[0]: needs a whole number. Received: 1.5"),
        ({"instances": [1], "signature_name": "truth"},
         "instances[0]: needs true or false. Received: 1"),
        ({"instances": [{"left": 1}], "signature_name": "add"}, "instances[0]: needs right too"),
        ({"instances": [1], "signature_name": "add"},
         "instances[0]: needs an object of inputs by name. Received: 1"),
        ({"inputs": [1], "signature_name": "add"},
         "inputs: needs an object with left, right. Received: a list of 1"),
        ({"inputs": {"left": [1], "right": [1, 2]}, "signature_name": "add"},
         "inputs: needs as many rows in each. Received: left 1, right 2"),
        ({"inputs": {"x": [1], "factor": [2]}, "signature_name": "scale"},
         "inputs.factor: needs a number. Received: a list of 1"),
        ({"inputs": 5}, "inputs: needs a list. Received: 5"),
        ({"instances": [1.0], "signature_name": 5},
         "signature_name: no signature `5`, choose from: add, brain, byte, half, positive, raw, "
         "scale, serving_default, slow, tokens, total, truth, whole"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(client: TestClient, body: Any, message: str) -> None:
    assert refused(client, body) == message


def test_what_is_too_large_is_refused(client: TestClient) -> None:
    assert refused(client, {"instances": ["a"] * 21}, 413) == (
        "instances: needs at most 20 rows. Received: 21"
    )
    assert refused(client, {"instances": ["a", "é" * 501]}, 413) == (
        "instances[1]: needs at most 1,000 bytes a text. Received: 1,002"
    )
    assert refused(client, {"instances": ["a" * 20_001]}, 413) == (
        "needs a body of at most 20,000 bytes"
    )


def test_what_the_model_refuses_is_the_clients_fault(client: TestClient) -> None:
    assert refused(client, {"signature_name": "positive", "instances": [-1]}) == (
        "the model cannot answer this. assertion failed: [too small.  ] "
        "[Condition x >= 0 did not hold element-wise:] [x (x:0) = ] [-1]"
    )


def test_a_model_that_takes_too_long_is_a_time_limit(client: TestClient) -> None:
    body = {"signature_name": "slow", "inputs": [1]}
    assert refused(client, body, 504) == "no answer within 0.3 seconds"


def test_an_output_without_rows_goes_by_column(client: TestClient) -> None:
    body = json.dumps({"signature_name": "tokens", "instances": ["a b", "c"]})
    answer = client.post(PREDICT, content=body).json()
    assert answer == {"predictions": [["a", "b"], ["c", ""]]}


@pytest.mark.parametrize(
    ("method", "path", "code", "message"),
    [
        ("POST", "/v1/models/smal:predict", 404, "no model `smal`, did you mean `small`?"),
        ("POST", "/v1/models/small/versions/9:predict", 404,
         "small: no version 9 answers; versions that do: 1"),
        ("POST", "/v1/models/small/versions/x:predict", 404, "small: no version x; it is a number"),
        ("GET", "/v1/models/small:predict", 404, "needs POST …:predict. Received: GET …:predict"),
        ("POST", "/v1/models/small:classify", 404,
         "needs POST …:predict. Received: POST …:classify"),
        ("POST", "/v1/models/small/metadata", 405, "needs GET. Received: POST"),
        ("GET", "/v1/models/small/versions/2", 404, "small: no version 2"),
        ("GET", "/v3", 404, "nothing answers at /v3"),
        ("GET", "/", 404, "nothing answers at /"),
    ],
)  # fmt: skip
def test_addresses_that_are_none(
    client: TestClient, method: str, path: str, code: int, message: str
) -> None:
    answer = client.request(method, path, content=b'{"instances": ["a"]}')
    assert (answer.status_code, answer.json()) == (code, {"error": message})


def test_status_and_metadata(client: TestClient) -> None:
    available = {
        "version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""},
    }  # fmt: skip
    for path in ("/v1/models/small", "/v1/models/small/versions/1"):
        assert client.get(path).json() == {"model_version_status": [available]}
    assert client.get("/v1/models").json() == {"models": ["small"]}
    told = client.get("/v1/models/small/metadata").json()
    assert told["model_spec"] == {"name": "small", "signature_name": "", "version": "1"}
    signature = told["metadata"]["signature_def"]["signature_def"]["total"]
    assert signature["inputs"]["images"] == {
        "dtype": "DT_FLOAT",
        "tensor_shape": {
            "dim": [{"size": side, "name": ""} for side in ("-1", "2", "3")],
            "unknown_rank": False,
        },
        "name": "total_images:0",
    }
    assert signature["method_name"] == "tensorflow/serving/predict"
