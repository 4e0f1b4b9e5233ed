"""What may be published, and that nothing else comes through, whatever it is."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jpresearch import payloads, publish
from jpresearch.errors import BadParameter
from jpresearch.payloads.fields import UNWRITABLE

SOUND: dict[str, dict[str, Any]] = {
    payloads.FIGURE: {"name": "net", "alt": "It fell.", "width": 800, "height": 400, "data": "week,net\n2026-09-04,1\n",
                      "fields": ["date", "number"]},
    payloads.TABLE: {"name": "net", "caption": "Weeks", "columns": ["a", "b"], "rows": [[1.5, None], ["x\ny", True]]},
    payloads.METRIC: {"name": "net", "value": 1.5, "unit": "JPY bn", "low": 1, "high": 2.0},
    payloads.TAKEAWAY: {"text": "It fell."},
    payloads.ANSWER: {"text": "It fell by 3.", "links": [{"start": 11, "end": 12, "metric": "net", "mark": None}]},
    payloads.FINDING: {"text": "It fell.", "figure": "net", "lead": True},
    payloads.PART: {"name": "before and since", "why": "26 weeks are needed; there are 3"},
    payloads.SOURCES: {"rows": [{"table": "boj_policy", "title": "Policy", "newest_period": None}]},
    payloads.NOTE: {"table": "boj_policy", "as_of": None, "rows": 3, "newest_period": "2026-09-04",
                    "newest_published_at": "2026-09-10T15:30:00+09:00", "content_hash": "0", "vintage": "latest",
                    "grade": None},
}  # fmt: skip
BROKEN = [
    (payloads.METRIC, {"value": 10**400}, "value: must be a finite number"),
    (payloads.METRIC, {"value": math.nan}, "value: must be a finite number"),
    (payloads.METRIC, {"value": True}, "value: must be a finite number"),
    (payloads.METRIC, {"value": "a\ud800"}, "U+D800"),
    (payloads.METRIC, {"unit": 5}, "unit: must be a text"),
    (payloads.METRIC, {"low": 1.6}, "the interval does not contain the value"),
    (payloads.METRIC, {"high": None}, "an interval needs both ends"),
    (payloads.METRIC, {"name": ""}, "name: must be a text that is not empty"),
    (payloads.METRIC, {"name": "two\nlines"}, "must stand on one line"),
    (payloads.TABLE, {"rows": [[1]]}, "row 1 has 1 cells beside 2 columns"),
    (payloads.TABLE, {"rows": [[1, "a\x00"]]}, "U+0000"),
    (payloads.TABLE, {"rows": [[1, "a" * 32_768]]}, "longer than the 32767 characters"),
    (payloads.TABLE, {"rows": [[1, {}]]}, "rows.0.1: must be a text"),
    (payloads.TABLE, {"columns": "ab"}, "columns: must be a valid list"),
    (payloads.TABLE, {"fields": ["date"]}, "1 kinds stand beside 2 columns"),
    (payloads.FIGURE, {"width": 400 * 96}, "width: must be less than or equal to 6000"),
    (payloads.FIGURE, {"data": "a,b\none\rtwo,3\n", "fields": []}, "row 1 has 1 cells"),
    (payloads.FIGURE, {"data": 'a\n"' + "x" * 40_000 + '"\n', "fields": []}, "a cell of more than 32767 characters"),
    (payloads.FIGURE, {"data": "\ud800"}, "U+D800"),
    (payloads.FIGURE, {"alt": None}, "alt: must be a text"),
    (payloads.ANSWER, {"links": [{"start": 3, "end": 99, "metric": "net"}]}, "a link lies outside the text"),
    (payloads.NOTE, {"newest_period": "September"}, "newest_period: Invalid isoformat"),
    (payloads.SOURCES, {"rows": [3]}, "rows.0: must be a mapping"),
]


@pytest.mark.parametrize("media", SOUND, ids=payloads.kind_of)
def test_a_sound_payload_comes_through_as_it_is(media: str) -> None:
    found = payloads.checked(media, SOUND[media])
    assert {name: found[name] for name in SOUND[media]} == SOUND[media] or media == payloads.SOURCES
    json.dumps(found, allow_nan=False).encode()


@pytest.mark.parametrize("media", SOUND, ids=payloads.kind_of)
def test_a_missing_key_is_named(media: str) -> None:
    needed = next(iter(SOUND[media]))
    with pytest.raises(payloads.Refused, match=f"{needed}: is missing"):
        payloads.checked(media, {name: value for name, value in SOUND[media].items() if name != needed})


@pytest.mark.parametrize(("media", "change", "words"), BROKEN, ids=lambda each: str(each)[-40:])
def test_what_breaks_the_form_is_said_with_its_key(media: str, change: dict[str, Any], words: str) -> None:
    with pytest.raises(payloads.Refused) as refused:
        payloads.checked(media, SOUND[media] | change)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 1000


def test_a_media_type_without_a_model_is_refused() -> None:
    with pytest.raises(payloads.Refused, match="unknown"):
        payloads.checked(f"{payloads.PREFIX}new+json", {})


def anything() -> st.SearchStrategy[Any]:
    """JSON as json.loads may give it, lone surrogates, endless integers and numbers that are none included."""
    letters = st.text(st.characters(), max_size=8)
    leaves = st.one_of(
        st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), letters, st.just("\ud800"),
        st.sampled_from(["a\rb", "\x00", "=1+1", "x" * 40_000, "2026-09-04"]),
    )  # fmt: skip
    return st.recursive(
        leaves, lambda each: st.lists(each, max_size=3) | st.dictionaries(letters, each, max_size=3), max_leaves=6
    )


def payload_of(media: str) -> st.SearchStrategy[Any]:
    """A sound payload with keys changed or left out, or something else altogether."""
    sound = SOUND[media]
    changes = st.dictionaries(st.sampled_from([*sound, "source", "points", "phone", "fields"]), anything(), max_size=3)
    left_out = st.sets(st.sampled_from(list(sound)), max_size=1)
    mutated = st.builds(
        lambda change, gone: {name: value for name, value in (sound | change).items() if name not in gone},
        changes,
        left_out,
    )
    return mutated | anything()


PAYLOADS = st.sampled_from(list(SOUND)).flatmap(lambda media: st.tuples(st.just(media), payload_of(media)))


def is_refused_or_writable(media: str, payload: Any) -> bool:
    try:
        found = payloads.checked(media, payload)
    except payloads.Refused as refused:
        return str(refused) != ""
    assert payloads.checked(media, found) == found
    return not UNWRITABLE.search(json.dumps(found, ensure_ascii=False, allow_nan=False).replace("\\", ""))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(drawn=PAYLOADS)
def test_a_payload_is_refused_in_a_sentence_or_can_be_written_everywhere(drawn: tuple[str, Any]) -> None:
    assert is_refused_or_writable(*drawn)


@pytest.mark.proof
@settings(max_examples=10_000, suppress_health_check=list(HealthCheck))
@given(drawn=PAYLOADS)
def test_thousands_of_payloads_are_refused_in_a_sentence_or_can_be_written(drawn: tuple[str, Any]) -> None:
    assert is_refused_or_writable(*drawn)


def test_publish_refuses_in_the_cell_what_a_reader_would_refuse() -> None:
    from matplotlib.figure import Figure

    long = pd.DataFrame({"a": ["x" * 40_000]})
    calls = {
        "unit: must be a text": lambda: publish.metric("a", 1, unit=5),  # type: ignore[arg-type]
        "neither a finite number": lambda: publish.metric("a", 10**400),
        "text: has a character": lambda: publish.takeaway("\ud800"),
        "U+0000": lambda: publish.table("a", pd.DataFrame({"a": ["\x00"]}), caption="c"),
        "32767": lambda: publish.table("a", long, caption="c"),
        "width": lambda: publish.figure("a", Figure(figsize=(400, 4)), alt="Wide."),
        "cell of more than": lambda: publish.figure("a", Figure(), alt="Long.", data=long),
        "does not hold the value": lambda: publish.metric("a", 1, low="x", high="y"),  # type: ignore[arg-type]
    }
    for words, call in calls.items():
        with pytest.raises(BadParameter) as refused:
            call()
        assert words in str(refused.value), words
        assert refused.value.where
