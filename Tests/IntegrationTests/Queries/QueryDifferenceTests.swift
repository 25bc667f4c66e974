import Foundation
import HTTPClient
import JSON
import Testing

@Suite("The query API, compared with a real Prometheus 2.42 with the same series")
struct QueryDifferenceTests {
    private static let queries = 1_000
    /// The fixed seed determines how often they occur: 2.42 tolerates no rounding errors in the
    /// buckets of a histogram, returns 0 for the deviation of one NaN, and notices that elements
    /// match more than once only if a filter passes them.
    private static let deliberateDifferences = 5

    /// The kind of query: instant or range.
    private struct Question {
        let path: String
        let form: [(String, String)]
    }

    @Test("returns the same answers to a thousand random queries")
    func randomQueries() async throws {
        try await Self.withBoth { ours, theirs in
            var generator = QueryGenerator(seed: 42)
            var differences: [String] = []
            for _ in 0..<Self.queries {
                let question = Self.question(&generator)
                let mine = try await ours.post(question.path, question.form)
                let other = try await theirs.post(question.path, question.form)
                guard let difference = try Self.difference(mine, other) else { continue }
                differences.append("\(question.path) \(question.form): \(difference)")
            }
            print("\(Self.queries - differences.count) of \(Self.queries) queries agreed")
            let account = differences.joined(separator: "\n")
            #expect(differences.count <= Self.deliberateDifferences, "\(account)")
        }
    }

    /// Queries for which the exact bytes of Prometheus 2.42's answer are known.
    private static let exact = [
        "query?query=up(", "query?query=1&timeout=abc",
        "query?query=%22a%3Cb%22&time=1.5", "query?query=1e30&time=1",
        "query?query=vector(1e21)&time=1", "query?query=vector(1e-7)&time=0.001",
        "query?query=vector(123456.789)&time=-1.5", "query?query=odd&time=1700001005.5",
        "query?query=queue_depth%7Bgraph=%22g1%22%7D%5B1m%5D&time=2023-11-14T22:30:00.25%2B00:00",
        "query_range?query=1&start=5&end=4&step=1", "query_range?query=1&start=5&end=4",
        "query_range?query=1&end=4", "query_range?query=1&start=1&end=4&step=0",
        "query_range?query=1&start=0&end=11001&step=1",
        "query_range?query=1&start=0&end=1.5&step=0.5",
        "query_range?query=queue_depth&start=1700000000.1&end=1700000030&step=10", "series",
        "labels", "labels?match%5B%5D=odd", "label/graph/values",
        "label/graph/values?match%5B%5D=queue_depth%7Bregion=%22north%22%7D",
        "series?match%5B%5D=odd&match%5B%5D=graph_labels",
        "series?match%5B%5D=queue_depth&start=1600000000&end=1600000100", "rules?type=foo",
        "rules", "alerts", "metadata?limit=x", "nope", "rules/test/test",
        "format_query?query=sum(rate(queries_total%5B5m%5D))by(graph)/on(graph)group_left%20"
            + "histogram_quantile(0.9,sum%20by(le,graph)(rate(latency_seconds_bucket%7B"
            + "graph%3D~%22abc%7Cdef%7Cghi%22%7D%5B5m%5D)))%20%3E%201",
    ]

    @Test("returns the same bytes")
    func exactAnswers() async throws {
        try await Self.withBoth { ours, theirs in
            for path in Self.exact {
                let mine = try await ours.get("/api/v1/" + path)
                let other = try await theirs.get("/api/v1/" + path)
                #expect(mine.status == other.status, "\(path)")
                let (left, right) = (
                    String(decoding: mine.body, as: UTF8.self),
                    String(decoding: other.body, as: UTF8.self)
                )
                #expect(left == right, "\(path)")
                #expect(mine.header("Content-Type") == other.header("Content-Type"), "\(path)")
            }
        }
    }

    private static func withBoth(
        _ body: (QueryTarget, QueryTarget) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let recording = try scratch.write(RecordedFleet.text, to: "fleet.om")
        let ours = try await QueryTarget.graphwarden(
            recording,
            arguments: ["--promql-compat=v2"]
        )
        defer { ours.program.signal(SIGKILL) }
        let theirs = try await QueryTarget.prometheus(recording, in: scratch.folder)
        defer { theirs.program.signal(SIGKILL) }
        try await body(ours, theirs)
        try await ours.stop()
        try await theirs.stop()
    }

    private static func difference(
        _ mine: HTTPResponse,
        _ other: HTTPResponse
    ) throws -> String? {
        guard mine.status == other.status else { return "\(mine.status), not \(other.status)" }
        return QueryComparison.difference(
            try JSONValue.parse(mine.body),
            try JSONValue.parse(other.body)
        )
    }

    private static func question(_ generator: inout QueryGenerator) -> Question {
        let query = generator.query()
        let start = RecordedFleet.start
        if generator.chance(0.5) {
            let times = [1800, 1807.5, 30, 3600, 3700, -100, 1234.567]
            let time = generator.pick(times.map { "\(Double(start) + $0)" })
            return Question(path: "/api/v1/query", form: [("query", query), ("time", time)])
        }
        let begins = [0, 1200, 1203.25, 3000].map { Double(start) + $0 }
        let begin = Double(generator.pick(begins.map { "\($0)" })) ?? 0
        let length = Double(generator.pick(["300", "600", "0"])) ?? 0
        return Question(
            path: "/api/v1/query_range",
            form: [
                ("query", query), ("start", "\(begin)"), ("end", "\(begin + length)"),
                ("step", generator.pick(["15", "60", "37", "1m", "7.5"])),
            ]
        )
    }
}
