import Foundation
import HTTPClient
import JSON
import TestSupport
import URI

/// A program that serves Prometheus' query API over `RecordedFleet`.
final class QueryTarget: Sendable {
    let program: Program
    let url: String
    private let http: HTTPClient

    private init(_ program: Program, url: String) throws {
        self.program = program
        self.url = url
        http = try HTTPClient(configuration: HTTPClientConfiguration())
    }

    static func graphwarden(
        _ recording: URL,
        arguments: [String] = []
    ) async throws -> QueryTarget {
        let program = try Program(
            Program.graphwarden,
            ["explore", recording.path, "--web.listen-address=127.0.0.1:0"] + arguments
        )
        let marker = /http:\/\/\S+/
        try await eventually("the recording is served") {
            program.text.contains(marker) || !program.isRunning
        } lastSeen: {
            program.text
        }
        guard let url = program.text.firstMatch(of: marker) else {
            throw Program.Failure(description: "the recording is not served:\n\(program.text)")
        }
        return try QueryTarget(program, url: String(url.0))
    }

    /// Debian's Prometheus over the same recording, converted to blocks by its promtool.
    static func prometheus(_ recording: URL, in folder: URL) async throws -> QueryTarget {
        let blocks = folder.appending(path: "blocks")
        let made = try await Program.run(
            try Program.debian("promtool"),
            ["tsdb", "create-blocks-from", "openmetrics", recording.path, blocks.path]
        )
        guard made.status == 0 else { throw Program.Failure(description: made.text) }
        try Data().write(to: folder.appending(path: "empty.yml"))
        let port = try await FreePort.find()
        let program = try Program(
            try Program.debian("prometheus"),
            [
                "--config.file=empty.yml", "--storage.tsdb.path=blocks",
                // Without this the blocks are old enough to be deleted.
                "--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:\(port)",
            ],
            in: folder
        )
        let target = try QueryTarget(program, url: "http://127.0.0.1:\(port)")
        try await eventually("Prometheus is ready") {
            (try? await target.get("/-/ready").status) == 200
        } lastSeen: {
            program.text
        }
        return target
    }

    func get(_ path: String) async throws -> HTTPResponse {
        try await http.send(HTTPRequest(url: url + path))
    }

    func post(_ path: String, _ form: [(String, String)]) async throws -> HTTPResponse {
        try await http.send(.form(form, to: url + path))
    }

    func stop() async throws {
        program.signal(SIGTERM)
        defer {
            program.signal(SIGKILL)
            http.shutdown()
        }
        _ = try await program.exitStatus()
    }
}

extension HTTPRequest {
    /// Encoded like an HTML form.
    static func form(_ items: [(String, String)], to url: String) -> HTTPRequest {
        let body = FormEncoding.encode(items.map { FormEncoding.Item($0, $1) })
        var request = HTTPRequest(.post, url: url)
        request.headers.append(
            HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
        )
        request.body = Array(body.utf8)
        return request
    }
}
