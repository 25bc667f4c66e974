"""Receives OpenTelemetry metrics over HTTP, with the classes that the protocol's own files generate.

Usage: otlp.py FILE. Prints the port, then appends each request to FILE as a line of JSON. A
request to a path that ends in /refused gets status 503.
"""
import http.server
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = service.ExportMetricsServiceRequest()
        request.ParseFromString(body)
        # A field that the protocol does not know would be lost in the JSON.
        known = request.SerializeToString(deterministic=True)
        entry = {
            "path": self.path,
            "type": self.headers["Content-Type"],
            "authorization": self.headers.get("Authorization"),
            "bytes": len(body),
            "known": len(known),
            "request": MessageToDict(request),
        }
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        refused = self.path.endswith("/refused")
        answer = service.ExportMetricsServiceResponse().SerializeToString()
        self.send_response(503 if refused else 200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
