#!/usr/bin/env python3
"""Verdicts of two parsers that share no code with ours, on real robots.txt files.

    python3 -m venv venv
    venv/bin/pip download --no-deps --no-binary :all: protego==0.7.0
    tar xzf protego-0.7.0.tar.gz
    venv/bin/pip install protego==0.7.0 fast-robotstxt==1.1.0
    venv/bin/python tests/robots/verdicts.py protego-0.7.0/tests/test_data
    NIANBAO_ROBOTS=protego-0.7.0/tests/test_data cargo test --test robots -- --nocapture

fast-robotstxt is Google's reference parser (C++) with a binding; Protego is Scrapy's, in Python. Writes `verdicts.tsv` into
the folder: file, agent, address, Google's verdict, Protego's, 1 for allowed. Addresses are made from the file's rules and changed
a little; the same files give the same lines. Agents are our own and one that the file names (Googlebot where it names none).
"""

import random
import re
import sys
import zlib
from pathlib import Path
from urllib.parse import quote

import robotstxt
from protego import Protego

OURS = "nianbao"
ADDRESSES = 11
HOST = "http://www.yunxi.example"
# What the WHATWG serialisation of an address leaves as it is, in path and query.
STAYS = "/?=&:@!()*+,;$%-._~[]"


class Raw(str):
    """A text whose bytes are those of the file, so that the reference parser sees what we see."""

    def encode(self, *_):
        return self.raw


def address(path):
    """A path as an address whose parsing and serialising changes nothing; None where that cannot be."""
    path = path.split("#")[0]
    if not path.startswith("/"):
        path = "/" + path
    path = quote(path, safe=STAYS)
    path = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", path)
    if re.search(r"(^|/)(\.|%2[eE]){1,2}(/|\?|$)", path) or len(path) > 1500:
        return None
    return HOST + path


def addresses(rules, draw):
    """Addresses made from patterns."""
    found = ["/", "/index.html", f"/{draw.choice('abcxyz')}{draw.randrange(1000)}/"]
    draw.shuffle(rules)
    for rule in rules[:40]:
        filled = re.sub(r"\*+", lambda _: draw.choice(["", "x", "a/b", "1"]), rule.rstrip("$"))
        change = draw.randrange(9)
        if change == 0:
            filled += draw.choice(["x", "/", "?a=1", "/y.html", ".php"])
        elif change == 1:
            filled = filled[:-1]
        elif change == 2:
            filled = filled.swapcase()
        elif change == 3:
            filled = filled.rstrip("/")
        elif change == 4:
            filled = rule
        elif change == 5 and "/" in filled:
            filled = filled.rsplit("/", 1)[0] + "/z" + str(draw.randrange(9))
        elif change == 6:
            filled = re.sub(r"[a-z]", lambda one: "%%%02x" % ord(one[0]), filled, count=1)
        found.append(filled)
    whole = [one for one in map(address, found) if one]
    return list(dict.fromkeys(whole))[:ADDRESSES]


def main():
    folder = Path(sys.argv[1])
    lines = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".tsv" or not path.is_file():
            continue
        raw = path.read_bytes()
        text = raw.decode("utf-8", "replace")
        draw = random.Random(zlib.crc32(path.name.encode()))
        names = re.findall(r"(?im)^[ \t]*user-agent[ \t]*:[ \t]*([a-z_-]+)[ \t]*(?:#.*)?\r?$", text)
        named = draw.choice(sorted(set(names))) if names else "Googlebot"
        rules = re.findall(r"(?im)^\s*(?:dis)?allow\s*:[ \t]*([^\s#][^#\r\n]*)", text)
        urls = addresses([rule.strip() for rule in rules], draw)
        reference = robotstxt.RobotsMatcher()
        same = Raw(text)
        same.raw = raw
        protego = Protego.parse(text.removeprefix("\ufeff"))
        for agent in (OURS, named):
            for url in urls:
                google = reference.is_allowed(same, agent, url)
                lines.append(
                    f"{path.name}\t{agent}\t{url}\t{int(google)}\t{int(protego.can_fetch(url, agent))}"
                )
    (folder / "verdicts.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} verdicts on {len({line.split(chr(9))[0] for line in lines})} files")


main()
