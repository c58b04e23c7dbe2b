#!/usr/bin/env bash
# Other people's programs on an archive of ours: `bash tests/others.sh [FOLDER OF WARC FILES]`.
#
# Makes a Python environment in a temporary directory and installs warcio, fastwarc, warcat, cdxj-indexer, pywb and
# wacz into it (or takes the one in NIANBAO_VENV). Without a folder it checks what `nianbao demo` archives.
# NIANBAO names the program [target/release/nianbao, else target/debug/nianbao].
# Prints a line each and ends with 1 if one of them refuses something.
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

venv=${NIANBAO_VENV:-$work/venv}
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv" &&
    "$venv/bin/pip" -q install warcio==1.8.1 fastwarc==2.0.1 warcat==2.2.5 cdxj-indexer==1.5.0 pywb==2.10.0 wacz==0.6.0 || exit 2
fi
PATH=$venv/bin:$PATH

if [ $# -gt 0 ]; then
  folder=$(cd "$1" && pwd)
else
  (cd "$work" && "$program" demo home >/dev/null) || { echo "the demo failed" >&2; exit 2; }
  folder=$work/home/warc
fi
shopt -s nullglob
files=("$folder"/*.warc.gz)
[ ${#files[@]} -gt 0 ] || { echo "no *.warc.gz in $folder" >&2; exit 2; }

said=$("$program" archive verify "$folder" 2>&1); say "nianbao archive verify" $? "$said"

# warcio takes the payload of a chunked answer with its chunks: what it says of those digests is no fault of ours.
said=$(warcio check -v "${files[@]}" 2>&1); code=$?
if [ $code != 0 ]; then
  said=$(python3 - "${files[@]}" <<'PYTHON'
import sys
from warcio.archiveiterator import ArchiveIterator
bad = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.content_stream().read()
            chunked = record.http_headers and "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower()
            problems = [p for p in record.digest_checker.problems if not (chunked and "payload" in p)]
            if problems:
                bad.append(f"{path}: {record.rec_headers.get_header('WARC-Record-ID')}: {problems}")
print("\n".join(bad))
sys.exit(1 if bad else 0)
PYTHON
  2>&1); code=$?
fi
say "warcio check" $code "$said"

for file in "${files[@]}"; do
  said=$(fastwarc check "$file" 2>&1); code=$?
  case $said in *FAIL*|*rror*) code=1 ;; esac
  say "fastwarc check $(basename "$file")" $code "$said"
done
# The one of cargo (0.3.4), where it is installed, and the one of PyPI (2.2.5). The latter takes the payload digest of a
# revisit as one of its empty block, where the standard means the payload it refers to: those are no fault of ours.
if command -v warcat >/dev/null; then
  for file in "${files[@]}"; do
    said=$(timeout 600 warcat verify --input "$file" 2>&1); say "warcat verify $(basename "$file")" $? "$said"
  done
else
  echo "absent  warcat (cargo install --locked --features bin warcat)"
fi
if python3 -c 'import warcat' 2>/dev/null; then
  for file in "${files[@]}"; do
    said=$(timeout 600 python3 -m warcat verify "$file" 2>&1); code=$?
    if [ $code != 0 ]; then
      printf '%s\n' "$said" >"$work/warcat.log"
      said=$(python3 - "$file" "$work/warcat.log" <<'PYTHON'
import re, sys
from warcio.archiveiterator import ArchiveIterator
with open(sys.argv[1], "rb") as file:
    revisits = {r.rec_headers.get_header("WARC-Record-ID") for r in ArchiveIterator(file) if r.rec_type == "revisit"}
log = open(sys.argv[2]).read()
told = re.findall(r"Record (\S+) failed validation.*?VerifyProblem: (.*?)$", log, re.S | re.M)
bad = [f"{record}: {why}" for record, why in told if not (record in revisits and "Bad payload digest" in why)]
print("\n".join(bad) if told else log[-500:])
sys.exit(1 if bad or not told else 0)
PYTHON
      2>&1); code=$?
    fi
    say "warcat (PyPI) verify $(basename "$file")" $code "$said"
  done
fi

"$program" archive index "${files[@]}" >"$work/ours.cdxj"
cdxj-indexer -s "${files[@]}" >"$work/theirs.cdxj" 2>"$work/indexer.log"
# Where no digest is in the record both compute one, and only ours is of the payload without its chunks.
said=$(diff "$work/ours.cdxj" "$work/theirs.cdxj" | head -20); [ -z "$said" ]
say "cdxj-indexer -s: the same $(wc -l <"$work/ours.cdxj") lines" $? "$said"

mkdir -p "$work/pywb" && cd "$work/pywb" || exit 2
{ wb-manager init ours && wb-manager add ours "${files[@]}"; } >"$work/pywb.log" 2>&1
cp "$work/ours.cdxj" collections/ours/indexes/index.cdxj
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
wayback -b 127.0.0.1 -p "$port" >>"$work/pywb.log" 2>&1 &
server=$!
said=$(python3 - "$port" "$work/ours.cdxj" <<'PYTHON'
import json, sys, time, urllib.error, urllib.request
port, index = sys.argv[1:]
class Keep(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None
open_ = urllib.request.build_opener(Keep).open
for _ in range(100):
    try:
        open_(f"http://127.0.0.1:{port}/", timeout=5).close()
        break
    except OSError:
        time.sleep(0.2)
bad = lines = 0
for line in open(index):
    key, moment, fields = line.split(" ", 2)
    fields = json.loads(fields)
    if not fields["url"].startswith("http"):
        continue
    lines += 1
    want = int(fields.get("status", "200"))
    address = f"http://127.0.0.1:{port}/ours/{moment}id_/{fields['url']}"
    try:
        found = open_(address, timeout=30).status
    except urllib.error.HTTPError as error:
        found = error.code
    # A revisit by 304 is answered with what it refers to.
    if found != want and not (want == 304 and found == 200):
        bad += 1
        if bad < 10:
            print(f"{found} instead of {want}: {address}")
print(f"{lines} lines asked for")
sys.exit(1 if bad or not lines else 0)
PYTHON
2>&1); code=$?
say "pywb: $(echo "$said" | tail -1), each with its status" $code "$said"
kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; server=

"$program" archive wacz "${files[@]}" -o "$work/ours.wacz" 2>/dev/null &&
  said=$(wacz validate -f "$work/ours.wacz" 2>&1); code=$?
case $said in *[Ii]nvalid*|*[Ff]ailed*|*rror*) code=1 ;; esac
say "wacz validate" $code "$said"
if command -v frictionless >/dev/null; then
  mkdir -p "$work/package" && (cd "$work/package" && python3 -m zipfile -e "$work/ours.wacz" .)
  said=$(cd "$work/package" && frictionless validate datapackage.json 2>&1); say "frictionless validate datapackage.json" $? "$said"
fi
exit $failed
