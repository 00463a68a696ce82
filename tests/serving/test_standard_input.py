"""Standard input is text, or refused."""

from __future__ import annotations

import io

import pytest

from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.standard_input import line_groups

KIND = "needs text. Received: what begins like a {} file; save it under a name that says so, and give that file"  # noqa: E501


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{\\rtf1\\ansi a fine day}\n", KIND.format("RTF")),
        (b"PK\x03\x04plain\n", KIND.format("zip or Excel")),
        (
            b"version https://git-lfs.github.com/spec/v1\nsize 1\n",
            "needs the file itself; git lfs pull fetches it. Received: a pointer of Git LFS",
        ),
    ],
)
def test_what_decodes_and_is_no_text_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError) as error:
        list(line_groups(io.BytesIO(content)))
    assert str(error.value) == f"standard input: {message}"


def test_such_signs_are_text_further_down() -> None:
    lines = ["a fine day", "{\\rtf1 is how RTF begins", "PK\x03\x04"]
    groups = line_groups(io.BytesIO("\n".join(lines).encode()))
    assert [line for group in groups for line in group] == lines
