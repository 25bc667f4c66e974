import HTTPClient
import JSON

extension GESClient {
    /// Probes a graph. Its addresses are tried in turn, each with an equal share of the remaining
    /// time; the first response counts.
    package func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        let start = clock.elapsed()
        let query: [RequestURL.QueryItem] =
            switch kind {
            case .version: []
            case .summary: [.init("label_details", "false")]
            }
        do throws(GESError) {
            let answer = try await ask(
                graph,
                "probe_\(kind.rawValue)",
                path: [kind.rawValue],
                query: query,
                dataPlane: dataPlane
            )
            return ProbeResult(answer, duration: clock.elapsed() - start)
        } catch {
            return ProbeResult(failure: error, duration: clock.elapsed() - start)
        }
    }

    /// Sends a request to a graph. After a 5xx or no response, the next address is tried; the
    /// result of the last one is returned.
    private func ask(
        _ graph: Graph,
        _ operation: String,
        path: [String],
        query: [RequestURL.QueryItem],
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> ServiceAnswer {
        let endpoints = try dataPlane.endpoints(of: graph)
        let path = ["ges", "v1.0", configuration.projectID, "graphs", graph.name] + path
        let deadline = clock.elapsed() + dataPlane.timeout
        var last = Result<ServiceAnswer, GESError>.failure(
            .noAddress(graphID: graph.id, dataPlane.address)
        )
        for (index, endpoint) in endpoints.enumerated() {
            let rest = deadline - clock.elapsed()
            guard rest > .zero else { break }
            do throws(GESError) {
                let call = ServiceCall(
                    service: .dataPlane,
                    operation: operation,
                    url: try url(endpoint, path, query: query),
                    // Documented as mandatory; without it messages may be in Chinese.
                    headers: [HTTPHeader("X-Language", "en-us")],
                    timeout: rest / (endpoints.count - index)
                )
                let answer = try await dataPlaneAnswer(to: call)
                if answer.status < 500 { return answer }
                last = .success(answer)
            } catch {
                last = .failure(error)
                // Without credentials or after a cancellation the next address would fail too.
                guard case .http = error, !error.isCancellation else { break }
            }
        }
        return try last.get()
    }

    /// Reads a JSON document from a graph.
    func readDocument(
        of graph: Graph,
        _ operation: String,
        path: [String],
        query: [RequestURL.QueryItem] = [],
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> JSONValue {
        let answer = try await ask(
            graph,
            operation,
            path: path,
            query: query,
            dataPlane: dataPlane
        )
        return try observer.watching(.dataPlane, operation) { () throws(GESError) in
            try AnswerReader.document(answer, now: clock.wall())
        }
    }
}
