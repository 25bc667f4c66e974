import Foundation
import TestSupport
import Testing

/// A receiver of Alertmanager's webhook that counts the pages. It may also take connections and
/// never answer.
struct Pager: Sendable {
    let program: Program
    let url: String

    static func start(in folder: URL, answers: Bool = true) async throws -> Pager {
        let program = try Program(
            URL(filePath: "/usr/bin/python3"),
            ["-u", "-c", answers ? listening : silent],
            in: folder
        )
        try await eventually("the pager listens") {
            program.text
        } is: { text in
            text.contains("port ")
        }
        let port = try #require(
            program.text.split(separator: "\n").first { $0.hasPrefix("port ") }?.dropFirst(5)
        )
        return Pager(program: program, url: "http://127.0.0.1:\(port)")
    }

    /// How often firing alerts of this name were delivered.
    func pages(_ alertname: String) -> Int {
        program.text.split(separator: "\n").count { $0 == "page \(alertname)" }
    }

    func stop() { program.signal(SIGKILL) }

    private static let listening = """
        import http.server, json
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for alert in body["alerts"]:
                    if alert["status"] == "firing":
                        print("page " + alert["labels"]["alertname"])
                self.send_response(200)
                self.end_headers()
            def log_message(self, *arguments): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print("port", server.server_address[1])
        server.serve_forever()
        """

    private static let silent = """
        import socket
        server = socket.create_server(("127.0.0.1", 0))
        print("port", server.getsockname()[1])
        taken = []
        while True: taken.append(server.accept())
        """
}
