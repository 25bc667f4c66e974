"""Receives OpenTelemetry metrics over HTTP, with the classes that the protocol's own files generate.

Usage: otlp.py FILE. Prints the port, then appends each request to FILE as a line of JSON. The end of
the path chooses the answer: /refused gets status 503, /invalid gets 400, /busy gets 429 with
Retry-After of a second the first time and is taken then, /closed gets 429 with Retry-After of an
hour, and of a request to /partial seven points are rejected.
"""
import gzip
import http.server
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    was_busy = False

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        encoding = self.headers.get("Content-Encoding")
        if encoding == "gzip":
            body = gzip.decompress(body)
        request = service.ExportMetricsServiceRequest()
        request.ParseFromString(body)
        # A field that the protocol does not know would be lost in the JSON.
        known = request.SerializeToString(deterministic=True)
        entry = {
            "path": self.path,
            "type": self.headers["Content-Type"],
            "encoding": encoding,
            "authorization": self.headers.get("Authorization"),
            "bytes": len(body),
            "known": len(known),
            "request": MessageToDict(request),
        }
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        answer = service.ExportMetricsServiceResponse()
        status, wait = 200, None
        end = self.path.rsplit("/", 1)[-1]
        if end == "refused":
            status = 503
        elif end == "invalid":
            status = 400
        elif end == "closed":
            status, wait = 429, 3600
        elif end == "busy" and not Receiver.was_busy:
            status, wait, Receiver.was_busy = 429, 1, True
        elif end == "partial":
            answer.partial_success.rejected_data_points = 7
            answer.partial_success.error_message = "too old\nby an hour"
        text = answer.SerializeToString()
        self.send_response(status)
        if wait is not None:
            self.send_header("Retry-After", str(wait))
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
