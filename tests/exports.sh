#!/usr/bin/env bash
# Other people's programs on exports of ours: `bash tests/exports.sh [HOME]`.
#
# Makes a Python environment in a temporary directory and installs frictionless, datasette, duckdb, pandas, pyarrow and
# openpyxl into it (or takes the one in NIANBAO_VENV). Without a home it exports what `nianbao demo` makes.
# NIANBAO names the program [target/release/nianbao, else target/debug/nianbao].
# Prints a line each; `skipped` where a program is not there; ends with 1 if one of them refuses something.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
program=${NIANBAO:-$root/target/release/nianbao}
[ -x "$program" ] || program=$root/target/debug/nianbao
[ -x "$program" ] || { echo "no program: cargo build, or set NIANBAO" >&2; exit 2; }
work=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
failed=0
say() { # name, exit code, what it said
  if [ "$2" = 0 ]; then echo "ok      $1"; else echo "REFUSED $1: $3"; failed=1; fi
}
has() { # a Python module
  python3 -c "import $1" 2>/dev/null || { echo "skipped $1: not installed"; return 1; }
}

venv=${NIANBAO_VENV:-$work/venv}
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv" &&
    "$venv/bin/pip" -q install frictionless==5.21.0 datasette==0.65.5 duckdb==2.0.0 pandas==3.1.1 pyarrow==26.0.1 openpyxl==3.1.5 || exit 2
fi
PATH=$venv/bin:$PATH

if [ $# -gt 0 ]; then
  home=$(cd "$1" && pwd)
else
  (cd "$work" && "$program" demo home >/dev/null 2>&1) || { echo "the demo failed" >&2; exit 2; }
  home=$work/home
fi
cd "$work" || exit 2
export_() { "$program" --home "$home" export --include-copies "$@" 2>>"$work/said"; }
for round in one two; do
  mkdir "$round"
  for what in long series statistics narratives findings watch agencies agency-names agency-links; do
    export_ --format parquet --what $what -o $round/$what.parquet || failed=1
  done
  for form in 2008 2014 2019 2021; do
    export_ --format parquet --what wide --form $form -o $round/form_$form.parquet || failed=1
    export_ --what wide --form $form -o $round/form_$form.csv || failed=1
  done
  export_ --format xlsx -o $round/reports.xlsx || failed=1
  export_ --format datapackage -o $round/package || failed=1
  "$program" --home "$home" export --format datasette -o $round/datasette 2>>"$work/said" || failed=1
done
[ $failed = 0 ] || { cat "$work/said"; exit 1; }
said=$(diff -r one two 2>&1); code=$?; say "two exports: the same $(find one -type f | wc -l) files" $code "$said"

if has frictionless; then
  said=$(frictionless validate one/package/datapackage.json 2>&1); say "frictionless validate datapackage.json" $? "$said"
fi

if has duckdb && has pandas && has pyarrow; then
  said=$(python3 - "$home" <<'PYTHON' 2>&1
import sqlite3, sys
from decimal import Decimal
import duckdb, pandas
home = sys.argv[1]
db = sqlite3.connect(f"file:{home}/nianbao.db?mode=ro", uri=True)
con = duckdb.connect()
order = lambda row: tuple("" if one is None else str(one) for one in row[:6])
columns = "agency, agency_code, year, scope, form, cell, {value}, status, raw, unit"
ours = sorted(db.execute(f"SELECT {columns.format(value='CAST(value AS TEXT)')} FROM observation"), key=order)
duck = sorted(con.execute(f"SELECT {columns.format(value='value')}, \"value#whole\" FROM 'one/long.parquet'").fetchall(), key=order)
frame = pandas.read_parquet("one/long.parquet", dtype_backend="pyarrow")
names = columns.format(value="value").split(", ")
panda = [[None if pandas.isna(one) else one for one in row] for row in frame[names].itertuples(index=False)]
panda = sorted(panda, key=order)
assert len(ours) == len(duck) == len(panda), (len(ours), len(duck), len(panda))
for a, b, c in zip(ours, duck, panda):
    value = None if a[6] is None else Decimal(a[6])
    for other in (b, c):
        assert tuple(other[:6]) == a[:6] and tuple(other[7:10]) == a[7:10], (a, other)
        assert other[6] == value and (other[6] is None) == (value is None), (a, other)
    assert b[10] == (None if a[6] is None or "." in a[6] else int(a[6])), (a, b)
types = {row[0]: row[1] for row in con.execute("DESCRIBE SELECT * FROM 'one/long.parquet'").fetchall()}
assert types["value"] == "DECIMAL(38,18)" and types["value#whole"] == "BIGINT", types
cells = 0
for form in ("2008", "2014", "2019", "2021"):
    wide = pandas.read_parquet(f"one/form_{form}.parquet", dtype_backend="pyarrow")
    words = con.execute(f"SELECT * FROM read_csv('one/form_{form}.csv', all_varchar = true)").fetchdf()
    view = db.execute(f"SELECT * FROM form_{form}")
    names = [one[0] for one in view.description]
    rows = {(r[1], r[2], r[3], r[4]): r for r in view}
    for number, row in wide.iterrows():
        key = tuple(None if pandas.isna(row[k]) else row[k] for k in ("agency", "agency_code", "year", "scope"))
        stored = dict(zip(names, rows[key]))
        for cell in (name for name in wide.columns if f"{name}#status" in wide.columns):
            cells += 1
            value, status, word = row[cell], row[f"{cell}#status"], words[cell][number]
            if stored[cell] is None:
                assert pandas.isna(value) and status != "number" and word == status, (cell, value, status, word)
            else:
                assert value == Decimal(str(stored[cell])) and status == "number" and word == str(stored[cell]), (cell, value, stored[cell])
print(f"{len(ours)} cells of the long form, {cells} of the wide ones: exact, and missing where they are missing")
PYTHON
  ); code=$?; say "duckdb and pandas: $(echo "$said" | tail -1)" $code "$said"
fi

if has openpyxl; then
  said=$(python3 - "$home" <<'PYTHON' 2>&1
import sqlite3, sys
import openpyxl
db = sqlite3.connect(f"file:{sys.argv[1]}/nianbao.db?mode=ro", uri=True)
book = openpyxl.load_workbook("one/reports.xlsx")
words = {row[0].value for row in book["statuses"].iter_rows(min_row=3)} - {"number"}
cells = 0
for name in book.sheetnames:
    sheet = book[name]
    assert sheet.freeze_panes, name
    if not name.startswith("form_"):
        continue
    view = db.execute(f"SELECT * FROM {name}")
    names = [one[0] for one in view.description]
    rows = {(r[1], r[2], r[3], r[4]): dict(zip(names, r)) for r in view}
    heads = [cell.value for cell in sheet[1]]
    # The view's first eight tell whose it is; the sheet has others beside them.
    printed = [head for head in heads if head in names[8:]]
    assert len(printed) == len(names) - 8, (name, len(printed), len(names))
    for line in sheet.iter_rows(min_row=3, values_only=True):
        row = dict(zip(heads, line))
        stored = rows[(row["agency"], row["agency_code"], row["year"], row["scope"])]
        for cell in printed:
            cells += 1
            if stored[cell] is None:
                assert row[cell] in words, (cell, row[cell])
            else:
                assert row[cell] == float(stored[cell]), (cell, row[cell], stored[cell])
print(f"{len(book.sheetnames)} sheets, {cells} cells")
PYTHON
  ); code=$?; say "openpyxl: $(echo "$said" | tail -1)" $code "$said"
fi

if has datasette; then
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  datasette -i one/datasette/nianbao.db -m one/datasette/metadata.json -h 127.0.0.1 -p "$port" >"$work/datasette.log" 2>&1 &
  server=$!
  said=$(python3 - "$port" <<'PYTHON' 2>&1
import json, sys, time, urllib.error, urllib.parse, urllib.request
port = sys.argv[1]
def ask(path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return answer.read().decode()
for _ in range(150):
    try:
        ask("/")
        break
    except OSError:
        time.sleep(0.2)
about = json.loads(ask("/nianbao.json"))
views = [view["name"] for view in about["views"]]
for name in ("observation", "report_list", "form_2008", "form_2014", "form_2019", "form_2021", "statistic", "finding_list"):
    assert name in views, views
    rows = json.loads(ask(f"/nianbao/{name}.json?_size=5&_shape=objects"))["rows"]
    page = ask(f"/nianbao/{name}?_size=5")
    assert rows and "<table" in page, name
assert "A cell of a report" in ask("/nianbao/observation")
report = json.loads(ask("/nianbao/report.json?_labels=on&_size=5&_shape=objects"))["rows"][0]
assert isinstance(report["agency_id"], dict) and report["agency_id"]["label"], report
sql = "select status, count(*) as n, count(value) as with_value from observation group by status"
counts = json.loads(ask("/nianbao.json?_shape=array&sql=" + urllib.parse.quote(sql)))
assert all((row["status"] == "number") == (row["with_value"] == row["n"]) for row in counts), counts
assert all(row["with_value"] == 0 for row in counts if row["status"] != "number"), counts
print(f"{len(views)} views served, keys labelled: {report['agency_id']['label']}")
PYTHON
  ); code=$?
  say "datasette: $(echo "$said" | tail -1)" $code "$said"
  kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; server=
fi
exit $failed
