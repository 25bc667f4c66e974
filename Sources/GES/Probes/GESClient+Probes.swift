import HTTPClient
import JSON

extension GESClient {
    /// Probes a graph. If its address fails, its other addresses are tried in turn; the first
    /// response of a working graph counts.
    package func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        let start = clock.elapsed()
        do throws(GESError) {
            // What the configured address gave. One that must not be used gives nothing.
            var configured = ProbeResult.Failure.cannotTell(.path)
            return try await ask(
                graph,
                "probe_\(kind.rawValue)",
                kind.request,
                dataPlane: dataPlane
            ) { result, address in
                var found =
                    switch result {
                    case .success(let answer):
                        ProbeResult(kind, answer, duration: clock.elapsed() - start)
                    case .failure(let error):
                        ProbeResult(kind, failure: error, duration: clock.elapsed() - start)
                    }
                if let address {
                    found.note(.init(address: address, configured: configured))
                } else if let failure = found.failure {
                    configured = failure
                }
                return found
            } isFinal: { result in
                !result.mayBeTheAddress
            } strength: { result in
                result.provesConnection ? 1 : 0
            }
        } catch {
            return ProbeResult(kind, failure: error, duration: clock.elapsed() - start)
        }
    }

    /// Sends a request to the addresses of a graph in turn, until one of the results is final, or
    /// returns the strongest, and of equals the first. The first address gets the timeout; the
    /// others share as much again, or what is left of the limit.
    private func ask<Value: Sendable>(
        _ graph: Graph,
        _ operation: String,
        _ request: DataPlaneRequest,
        dataPlane: DataPlaneConfiguration,
        isMonitoring: Bool = false,
        _ read: (Result<ServiceAnswer, GESError>, _ fallback: String?) -> Value,
        isFinal: (Value) -> Bool,
        strength: (Value) -> Int = { _ in 0 }
    ) async throws(GESError) -> Value {
        let endpoints = try dataPlane.endpoints(of: graph)
        let path = ["ges", "v1.0", configuration.projectID, "graphs", graph.name] + request.path
        let longest = dataPlane.timeout * 2
        let deadline = clock.elapsed() + min(longest, dataPlane.limit ?? longest)
        var strongest: Value?
        for (index, endpoint) in endpoints.enumerated() {
            let rest = deadline - clock.elapsed()
            guard rest > .zero || index == 0 else { break }
            var result: Result<ServiceAnswer, GESError>
            do throws(GESError) {
                let call = ServiceCall(
                    service: .dataPlane,
                    operation: operation,
                    method: request.body == nil ? .get : .post,
                    url: try url(endpoint, path, query: request.query),
                    // Documented as mandatory; without it messages may be in Chinese.
                    headers: [HTTPHeader("X-Language", "en-us")],
                    contentType: request.body == nil ? nil : "application/json",
                    body: request.body.map { Array($0.utf8) },
                    timeout: index == 0
                        ? dataPlane.timeout
                        : min(dataPlane.timeout, rest / (endpoints.count - index))
                )
                result = .success(
                    try await dataPlaneAnswer(to: call, isMonitoring: isMonitoring)
                )
            } catch {
                // Without credentials or after a cancellation the next address would fail too.
                guard case .http = error, !error.isCancellation else { throw error }
                result = .failure(error)
            }
            let isConfigured = index < dataPlane.configuredCount(of: graph)
            let value = read(result, isConfigured ? nil : endpoint.description)
            if isFinal(value) { return value }
            if strongest.map({ strength($0) < strength(value) }) ?? true { strongest = value }
        }
        guard let strongest else { throw .noAddress(graphID: graph.id, dataPlane.address) }
        return strongest
    }

    /// Reads a JSON document from a graph; with the size of the answer.
    func readDocument(
        of graph: Graph,
        _ operation: String,
        path: [String],
        query: [RequestURL.QueryItem] = [],
        dataPlane: DataPlaneConfiguration,
        isMonitoring: Bool = false
    ) async throws(GESError) -> (document: JSONValue, bytes: Int) {
        let answer = try await ask(
            graph,
            operation,
            DataPlaneRequest(path: path, query: query),
            dataPlane: dataPlane,
            isMonitoring: isMonitoring
        ) { result, _ in
            result
        } isFinal: { result in
            switch result {
            case .success(let answer): answer.status < 500
            case .failure(let error): error.isTooLarge
            }
        }.get()
        let document = try observer.watching(.dataPlane, operation) { () throws(GESError) in
            try AnswerReader.document(answer, now: clock.wall())
        }
        return (document, answer.body.count)
    }
}

/// A request to a graph, without its address.
struct DataPlaneRequest: Sendable {
    var path: [String]
    var query: [RequestURL.QueryItem] = []
    /// JSON; nil for a GET.
    var body: String?
}

extension ProbeKind {
    fileprivate var request: DataPlaneRequest {
        switch self {
        case .version: DataPlaneRequest(path: ["version"])
        case .summary:
            DataPlaneRequest(path: ["summary"], query: [.init("label_details", "false")])
        case .gremlin:
            DataPlaneRequest(
                path: ["action"],
                query: [.init("action_id", "execute-gremlin-query")],
                body: #"{"command":"g.V().limit(1)"}"#
            )
        case .cypher:
            DataPlaneRequest(
                path: ["action"],
                query: [.init("action_id", "execute-cypher-query")],
                body: #"{"statements":[{"statement":"match (n) return n limit 1","#
                    + #""parameters":{},"resultDataContents":["row"],"includeStats":false}]}"#
            )
        }
    }
}
