import Foundation
import TestSupport

/// An HTTP server with set answers, for those that no agent can be brought to: of a proxy, of
/// another version, or of a clock that is set at the right moment.
struct ScriptedServer {
    struct Answer {
        /// The beginning of the path.
        let path: String
        var status = 200
        let body: String
        /// The header; the present time if nil.
        var date: String?
    }

    let url: String
    private let program: Program

    /// Each answer is given once, and the last for its path again and again. With a certificate in
    /// `folder`, over TLS.
    static func serving(
        _ answers: [Answer],
        certificate: String? = nil,
        in folder: URL,
        _ test: (ScriptedServer) async throws -> Void
    ) async throws {
        let lines = try answers.map { answer in
            let fields = ["\(answer.status)", answer.path, answer.body, answer.date ?? ""]
            return String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
        }
        let script = folder.appending(path: "answers.json")
        try Data("[\(lines.joined(separator: ","))]".utf8).write(to: script)
        let program = try Program(
            URL(filePath: "/usr/bin/python3"),
            ["-c", server, script.path, certificate ?? ""],
            in: folder
        )
        defer { program.signal(SIGKILL) }
        try await eventually("the server listens") { program.text.contains("\n") }
        let port = program.text.prefix { $0 != "\n" }
        let scheme = certificate == nil ? "http" : "https"
        try await test(ScriptedServer(url: "\(scheme)://127.0.0.1:\(port)", program: program))
    }

    /// The requests so far: method and path.
    var requests: [String] {
        program.text.split(separator: "\n").dropFirst().map(String.init)
    }

    /// From now on it accepts connections, and answers nothing.
    func freeze() { program.signal(SIGSTOP) }

    private static let server = """
        import http.server, json, ssl, sys
        answers = json.load(open(sys.argv[1]))
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def answer(self):
                print(self.command, self.path, flush=True)
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fit = [a for a in answers if self.path.startswith(a[1])]
                status, body = (int(fit[0][0]), fit[0][2]) if fit else (404, "none")
                if len(fit) > 1:
                    answers.remove(fit[0])
                self.send_response_only(status)
                self.send_header("Date", fit and fit[0][3] or self.date_time_string())
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())
            do_GET = do_POST = answer
            def log_message(self, *arguments):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if sys.argv[2]:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[2] + ".pem", sys.argv[2] + ".key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
