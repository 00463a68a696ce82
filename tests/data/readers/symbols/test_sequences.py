"""Sequences in every form: FASTA, FASTQ, folders, tables; what is told, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data import read_residues, read_sequences
from lstm_toolkit.errors import DataError

PIECES = ["ACGTAC", "GGGTTT", "TTTACG", "CATCAT", "AACCTG", "GATTAC", "CCGGAA", "TGTGTA"]
LABELS = ["site", "none"] * 4


def rows_of(data: Any, **options: Any) -> list[tuple[str, str]]:
    rows = read_sequences(data, homology=0.0, **options).rows
    return list(zip(rows.inputs.tolist(), rows.labels.tolist(), strict=True))


WANTED = list(zip(PIECES, LABELS, strict=True))


def written(path: Path, header: str) -> Path:
    records = (
        f">{header.format(id=f'r{n}', label=label)}\n{piece[:3]}\n{piece[3:]}\n"
        for n, (piece, label) in enumerate(WANTED)
    )
    path.write_text("".join(records), encoding="utf-8")
    return path


@pytest.mark.parametrize("header", ["{id} {label}", "{id}|{label}", "{id} x=1 label={label}"])
def test_classes_stand_in_headers(tmp_path: Path, header: str) -> None:
    assert rows_of(written(tmp_path / "a.fasta", header)) == WANTED


@pytest.mark.parametrize(
    "header", ["label=the {label}; x=1", 'label="the {label}" x', "class: the {label} x=1"]
)
def test_classes_of_several_words(tmp_path: Path, header: str) -> None:
    rows = rows_of(written(tmp_path / "a.fasta", f"{{id}} {header}"))
    assert rows == [(piece, f"the {label}") for piece, label in WANTED]


def test_a_description_may_follow_the_class(tmp_path: Path) -> None:
    assert rows_of(written(tmp_path / "a.fasta", "{id} label={label} of record {id}")) == WANTED


def test_lines_of_comments_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.fasta", "{id} {label}")
    lines = path.read_text(encoding="utf-8").replace(">r3", ";note\n>r3")
    path.write_text(f";first\n{lines}", encoding="utf-8")
    assert rows_of(path) == WANTED
    assert "2 lines of comments (;) are left out" in read_sequences(path).note


def test_classes_stand_in_a_table_beside(tmp_path: Path) -> None:
    path = written(tmp_path / "a.fa", "{id}")
    pd.DataFrame({"id": [f"r{n}" for n in range(8)][::-1], "kind": LABELS[::-1]}).to_csv(
        tmp_path / "a.csv", index=False
    )
    assert rows_of(path) == WANTED


def test_a_file_is_a_class(tmp_path: Path) -> None:
    for label in ("site", "none"):
        text = "".join(f">x\n{piece}\n" for piece, name in WANTED if name == label)
        (tmp_path / f"{label}.fasta.gz").write_bytes(gzip.compress(text.encode()))
    assert sorted(rows_of(tmp_path)) == sorted(WANTED)


def test_names_of_files_are_whole_classes_and_each_stands_once(tmp_path: Path) -> None:
    for name in ("E.coli.fasta", "E.faecalis.fa", "B.subtilis.fna"):
        written(tmp_path / name, "{id}")
    assert {label for _, label in rows_of(tmp_path)} == {"E.coli", "E.faecalis", "B.subtilis"}
    written(tmp_path / "E.coli.fna", "{id}")
    with pytest.raises(DataError) as error:
        read_sequences(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: needs one file for each class, or a folder of its name for several. "
        "Received: E.coli.fasta and E.coli.fna"
    )


def test_published_splits_of_files(tmp_path: Path) -> None:
    for part in ("train", "test"):
        written(tmp_path / f"{part}.fasta", "{id} {label}")
    source = read_sequences(tmp_path, homology=0.0)
    assert source.test is not None
    assert (len(source.rows), len(source.test)) == (8, 8)


def test_reads_fastq(tmp_path: Path) -> None:
    path = tmp_path / "reads.fastq"
    lines = (f"@r{n} {label}\n{piece}\n+\nIIIIII\n" for n, (piece, label) in enumerate(WANTED))
    path.write_text("".join(lines), encoding="utf-8")
    assert rows_of(path) == WANTED


def test_columns_of_tables_are_found_by_their_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    frame = pd.DataFrame({"piece": [p * 4 for p in PIECES], "kind": LABELS, "n": range(8)})
    frame.to_csv(path, index=False)
    assert rows_of(path) == [(piece * 4, label) for piece, label in WANTED]


def test_the_note_tells_of_letters(tmp_path: Path) -> None:
    frame = pd.DataFrame({"sequence": ["acgu-N", *PIECES[1:]], "label": LABELS})
    note = read_sequences(frame, homology=0.0).note
    assert note.endswith(
        "letters are those of DNA or RNA (alphabet=dna); 1 U are read as T; 4 small letters "
        "(8.3%), as of masks, are read alike; 1 letters (2.08%) stand for several; their mean is "
        "read; 1 gaps or stops (-.*) are read as places of which nothing is known"
    )


DNA_TOLD = "needs letters of DNA or RNA (ACGTU, RYSWKMBDHVNX for several, gaps -.*)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (">a x\nACGT\n>b y\nACLT\n" * 2, f"line 3: {DNA_TOLD}. "
         "Received: L as letter 3 of b; --set alphabet= says which letters there are"),
        ("ACGT\n", "line 1: needs records of FASTA, which begin with >. Received: ACGT"),
        (">a x\n>b y\nAC\n", "line 1: needs letters in each record. Received: none in a x"),
        ("  \n", "is empty; needs records of FASTA"),
        (">a\nACGT\n>b\nACGG\n", "needs the class of each record: in headers as `>id label`, "
         "`>id|label` or `>id label=name`, in a table of the same name beside it or as labels_file"
         ", or as a folder with a file a class (of splits train/CLASS.fasta, test/CLASS.fasta). "
         "Received: >a"),
        (">a x\nAC\n>b y\nAC\n" * 2 + ">\nAC\n", "line 9: needs the class of each record, as most "
         "headers have it. Received: >"),
        (">a x\nAC\n>\n>b y\nAC\n", "line 3: needs letters in each record. Received: none in >"),
    ],
)  # fmt: skip
def test_refuses_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.fasta"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_sequences(path)
    told = str(error.value).removeprefix(f"{path}, ").removeprefix(f"{path}: ")
    assert told == message


def test_a_cut_fastq_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.fastq"
    path.write_text("@r x\nACGT\n+\nII\n", encoding="utf-8")
    with pytest.raises(DataError, match="is no whole FASTQ file: Lengths of sequence and quality"):
        read_sequences(path)


def test_groups_by_column_and_by_relatives() -> None:
    frame = pd.DataFrame({"sequence": PIECES, "label": LABELS, "family": list("aabbccdd")})
    groups = read_sequences(frame, group_column="family").rows.meta["group"]
    assert groups.tolist() == list("aabbccdd")
    turned = pd.DataFrame({"sequence": [*PIECES[:6], "GTACGT", "acgtac"], "label": LABELS})
    found = read_sequences(turned, homology=0.0).rows.meta["group"]
    assert found[0] == found[6] == found[7]
    assert len(np.unique(found)) == 6


def test_written_language_is_no_protein() -> None:
    lines = ["the dog ran home to you", "hello world how are you", "no one knows", "go out now"]
    with pytest.raises(DataError) as error:
        read_sequences(pd.DataFrame({"sequence": lines, "label": list("xyxy")}))
    assert str(error.value) == (
        "needs proteins, which hardly have the letters B, J, O, U, Z. Received: 31% of them, as in "
        "thedogranhometoyou"
    )


def test_known_classes_are_read_from_one_record(tmp_path: Path) -> None:
    path = tmp_path / "a.fasta"
    path.write_text(">r site\nACGT\n", encoding="utf-8")
    assert rows_of(path, known=("none", "site")) == [("ACGT", "site")]


def test_relatives_in_a_published_split_are_told() -> None:
    frame = pd.DataFrame({"sequence": PIECES * 2, "label": LABELS * 2})
    note = read_sequences(frame.assign(split=["train"] * 8 + ["test"] * 8), homology=0.0).note
    assert (
        "warning: 8 of 8 training sequences are relatives of the published test split's, whose "
        "scores promise more than they hold"
    ) in note


def test_the_sample_is_made_alike() -> None:
    first, second = (read_sequences(None) for _ in range(2))
    assert first.fingerprint() == second.fingerprint()


CHAINS = [("MKVLA", "HHHEE"), ("GGSTA", "CCCCC"), ("AELKV", "HHHHC")]


def residues_of(data: Any, **options: Any) -> list[tuple[str, str]]:
    rows = read_residues(data, homology=0.0, alphabet="protein", **options).rows
    tags = ["".join(row) for row in rows.labels.to_list()]
    return list(zip([text.replace(" ", "") for text in rows.inputs], tags, strict=True))


def test_residues_of_tables_and_of_three_lines(tmp_path: Path) -> None:
    frame = pd.DataFrame(CHAINS, columns=["sequence", "dssp3"])
    assert residues_of(frame) == CHAINS
    path = tmp_path / "a.fasta"
    path.write_text("".join(f">x\n{a}\n{b}\n" for a, b in CHAINS), encoding="utf-8")
    assert residues_of(path) == CHAINS


def test_residues_need_as_many_tags() -> None:
    frame = pd.DataFrame({"id": ["p1", "p2"], "sequence": ["MKV", "GGS"], "tags": ["HHH", "CC"]})
    with pytest.raises(DataError) as error:
        read_residues(frame)
    told = "needs a tag for each letter. Received: 2 tags for 3 letters of p2"
    assert str(error.value) == told


def test_tags_that_read_as_entities_are_refused() -> None:
    frame = pd.DataFrame({"sequence": ["MKV", "GGS"], "tags": ["BIO", "OBI"]})
    with pytest.raises(DataError) as error:
        read_residues(frame)
    assert str(error.value) == (
        "needs tags that do not read as beginnings and insides of entities; write other signs for "
        "B. Received: B, I, O"
    )
