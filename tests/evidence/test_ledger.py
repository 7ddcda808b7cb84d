"""The ledger: identity, union, numbering."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.world import Request, ask, month
from vendora_graph.contracts import Fact, Ledger, Name, Period, QueryRecord, ResultTable, Second
from vendora_graph.evidence.arithmetic import difference
from vendora_graph.evidence.ledger import add_facts, id_of, make_fact, merge, number, quote_numbers, with_seconds
from vendora_graph.evidence.natural import natural
from vendora_graph.evidence.numbering import request_filters

OCT, SEP = month(2026, 10), month(2026, 9)


def fact(value: str = "12", metric: str = "units", **more) -> Fact:
    return make_fact(metric, Decimal(value), "units", label=metric.title(), **more)


def test_a_fact_is_what_it_means_and_says():
    one = fact(slice=(("b", "2"), ("a", "1")), period=OCT, query_id="q1")
    assert one.slice == (("a", "1"), ("b", "2"))
    assert one.id == fact(slice=(("a", "1"), ("b", "2")), period=OCT.model_copy(update={"label": "last month"}), query_id="q1").id
    others = [
        fact("13", slice=one.slice, period=OCT, query_id="q1"),
        fact(slice=one.slice, period=SEP, query_id="q1"),
        fact(slice=(("a", "1"),), period=OCT, query_id="q1"),
        fact(slice=one.slice, period=OCT, query_id="q2"),
        fact(metric="gross", slice=one.slice, period=OCT, query_id="q1"),
        fact(slice=one.slice, period=OCT, query_id="q1", basis="delivered"),
        fact(slice=one.slice, period=OCT, query_id="q1", formula="sum: x", parts=("p",)),
    ]
    assert len({one.id, *(other.id for other in others)}) == 1 + len(others)


def test_equal_numbers_have_one_identity_and_none_has_its_own():
    assert fact("1.50").id == fact("1.5").id
    assert fact("0").id == fact("-0.00").id
    assert make_fact("units", None, "units", label="Units").id != fact("0").id
    assert id_of(fact("7")) == fact("7").id
    assert id_of(fact("7").model_copy(update={"value": Decimal(8)})) != fact("7").id


PERIODS = st.sampled_from([OCT, SEP, None])
FACTS = st.builds(
    lambda value, metric, one, second: fact(value, metric, period=one, second=second),
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from(["a", "b"]),
    PERIODS,
    st.sampled_from([None, Second(value=Decimal(1), method="day"), Second(value=Decimal(2), method="week")]),
)
LEDGERS = st.builds(
    lambda facts, names, numbers, turn, ms: Ledger(
        turn=turn,
        facts={f.id: f for f in facts},
        numbers={key: facts[0].id for key in numbers if facts},
        names=names,
        periods={"p1": OCT} if turn else {"p1": SEP},
        tables={f.id: ResultTable(id=f.id, tool="t", request="", title=str(turn)) for f in facts[:1]},
        queries={"q": QueryRecord(id="q", sql="", dialect="d", rows=1, ms=ms)},
        quoted={"q1": str(turn)},
    ),
    st.lists(FACTS, max_size=4),
    st.dictionaries(st.sampled_from(["n1", "n2"]), st.builds(Name, dimension=st.just("d"), value=st.sampled_from(["x", "y"]))),
    st.lists(st.sampled_from(["1f1", "1f2"]), max_size=2),
    st.integers(0, 2),
    st.sampled_from([1.0, 2.0]),
)


@given(LEDGERS, LEDGERS, LEDGERS)
def test_union_does_not_depend_on_order_or_repetition(a, b, c):
    assert merge(a, b) == merge(b, a)
    assert merge(a, a) == a
    assert merge(merge(a, b), b) == merge(a, b)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


def test_union_keeps_the_checked_fact_and_never_merges_doubt_away():
    bare = fact("5")
    agrees = bare.model_copy(update={"second": Second(value=Decimal(5), method="by day")})
    differs = bare.model_copy(update={"second": Second(value=Decimal(6), method="by day")})
    ledgers = [Ledger(facts={bare.id: one}) for one in (bare, agrees, differs)]
    assert merge(ledgers[0], ledgers[1]).facts[bare.id] == agrees
    assert merge(ledgers[2], ledgers[1]).facts[bare.id] == differs


def test_numbers_follow_tables_rows_and_columns_then_derived_facts():
    result = ask("t2", Request(("units_retail", "total_gross"), OCT, group_by=("vehicle_class",), filters=(("store", "in", ("North",)),)))
    other = ask("t10", Request(("leads",), SEP))
    facts = [result.facts[cell] for row in result.table.cells for cell in row if cell]
    derived = difference(facts[0], facts[2])
    again = difference(derived, facts[0])
    whole = add_facts(merge(other.ledger(), result.ledger()), (again, derived))
    numbered = number(whole, 3)
    order = [numbered.facts[numbered.numbers[f"3f{i}"]] for i in range(1, len(numbered.numbers) + 1)]
    assert order == [*facts, *other.facts.values(), derived, again]
    assert numbered.periods == {"p1": OCT, "p2": SEP}
    assert numbered.names["n1"] == Name(dimension="store", value="North")
    assert {name.value for name in numbered.names.values()} == {"North", "new", "used"}


def test_references_given_stay_and_equal_ledgers_get_equal_ones():
    first, second = ask("t1", Request(("units_retail",), OCT)).ledger(), ask("t2", Request(("leads",), SEP)).ledger()
    early = number(first, 1)
    late = number(merge(early, second), 1)
    assert late.numbers.items() >= early.numbers.items()
    assert late.periods.items() >= early.periods.items()
    assert number(merge(first, second), 1) == number(merge(second, first), 1)
    assert number(late, 1) == late
    assert number(late, 2).numbers == late.numbers


def test_cells_without_a_fact_are_skipped():
    table = ResultTable(id="t1", tool="x", request="[1]", columns=("a",), keys=((), ()), cells=((None,), ("gone",)))
    assert number(Ledger(tables={"t1": table}), 1).numbers == {}


def test_filters_of_a_call_are_read_where_there_are_any():
    def table(request: str) -> ResultTable:
        return ResultTable(id="t", tool="x", request=request)

    assert request_filters(table('{"filters":[{"dimension":"store"},7]}')) == [{"dimension": "store"}]
    assert [request_filters(table(text)) for text in ("", "[]", '{"filters":3}', "{}")] == [[], [], [], []]


def test_numerals_of_the_question_are_quoted_once_each():
    assert quote_numbers(Ledger(), "top 5 over 1,200 days, 5 of them").quoted == {"q1": "5", "q2": "1,200"}


def test_checked_facts_replace_unchecked_ones():
    bare = fact("5")
    checked = bare.model_copy(update={"second": Second(value=Decimal(5), method="by day")})
    assert with_seconds(Ledger(facts={bare.id: bare}), {bare.id: checked}).facts == {bare.id: checked}


def test_ten_comes_after_two():
    assert sorted(["t10", "t2", "a3"], key=natural) == ["a3", "t2", "t10"]


def test_periods_are_told_apart_by_days_and_label():
    same = Period(start=date(2026, 10, 1), end=date(2026, 10, 31), label="last month")
    facts = (fact(period=OCT), fact("13", period=same))
    assert number(Ledger(facts={f.id: f for f in facts}), 1).periods.keys() == {"p1", "p2"}
