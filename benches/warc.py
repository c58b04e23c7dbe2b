"""warcio on the pages that benches/warc.rs hands over: writing with digests, reading with all of them checked."""
import io
import os
import struct
import sys
import time

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

given, target = sys.argv[1:]
pages = []
with open(given, "rb") as file:
    while head := file.read(4):
        pages.append(file.read(struct.unpack("<I", head)[0]))


def report(what, seconds):
    print(f"{what:<44} {int(len(pages) / seconds):>6} pages/s   {os.path.getsize(target) // 1_000_000:>5} MB")


start = time.perf_counter()
with open(target, "wb") as file:
    writer = WARCWriter(file, gzip=True)
    for number, page in enumerate(pages):
        uri = f"http://a.example/{number}.html"
        fields = [("Content-Type", "text/html"), ("Content-Length", str(len(page)))]
        head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
        response = writer.create_warc_record(uri, "response", payload=io.BytesIO(page), http_headers=head)
        head = StatusAndHeaders(f"GET /{number}.html HTTP/1.1", [("Host", "a.example")], is_http_request=True)
        request = writer.create_warc_record(uri, "request", http_headers=head)
        writer.write_request_response_pair(request, response)
report("warcio writes", time.perf_counter() - start)

start = time.perf_counter()
with open(target, "rb") as file:
    for record in ArchiveIterator(file, check_digests=True):
        stream = record.content_stream()
        while stream.read(65536):
            pass
        assert record.digest_checker.passed is not False
report("warcio reads and verifies", time.perf_counter() - start)
