import Listener
import PromQL
import Series

/// Responses of the query API in Prometheus' JSON envelope.
enum QueryReply {
    static func success(
        warnings: [String] = [],
        infos: [String] = [],
        _ data: (inout PrometheusJSON) -> Void
    ) -> Reply {
        .response(.json(document(warnings: warnings, infos: infos, data)))
    }

    /// The same as `success`, without the response around it.
    static func document(
        warnings: [String] = [],
        infos: [String] = [],
        _ data: (inout PrometheusJSON) -> Void
    ) -> [UInt8] {
        var json = PrometheusJSON()
        json.object { json in
            json.member("status", "success")
            json.member("data", data)
            if !warnings.isEmpty { json.member("warnings") { $0.strings(warnings) } }
            if !infos.isEmpty { json.member("infos") { $0.strings(infos) } }
        }
        return json.bytes
    }

    /// An array, or an object whose member `result` is one, element by element.
    ///
    /// - Parameter shape: writes the data with an array of one element,
    ///   `PrometheusJSON.placeholder`.
    static func array(
        _ count: Int,
        estimatedBytes: Int,
        heldBytes: Int,
        warnings: [String] = [],
        infos: [String] = [],
        _ shape: (inout PrometheusJSON) -> Void = {
            $0.array([()]) { json, _ in json.placeholder() }
        },
        _ element: @escaping @Sendable (inout PrometheusJSON, Int) -> Void
    ) -> ChunkedAnswer {
        var json = PrometheusJSON()
        json.object { json in
            json.member("status", "success")
            json.member("data", shape)
            if !warnings.isEmpty { json.member("warnings") { $0.strings(warnings) } }
            if !infos.isEmpty { json.member("infos") { $0.strings(infos) } }
        }
        let (head, tail) = json.aroundPlaceholder
        return ChunkedAnswer(
            count: count,
            estimatedBytes: estimatedBytes,
            heldBytes: heldBytes,
            head: head,
            tail: tail
        ) { range in
            var json = PrometheusJSON()
            for index in range { element(&json, index) }
            return (range.lowerBound > 0 ? [UInt8(ascii: ",")] : []) + json.bytes
        }
    }

    static func failure(_ failure: QueryFailure) -> Reply {
        var json = PrometheusJSON()
        json.object { json in
            json.member("status", "error")
            json.member("errorType", failure.kind.rawValue)
            json.member("error", failure.text)
        }
        return .response(.json(json.bytes, status: failure.status))
    }

    static let truncation = "results truncated due to limit"
}

extension Route {
    /// Routes with one handler for all `methods`; parameters of a POST may be in a form. With a
    /// runner they are handled on its threads, and a query whose client has left is cancelled.
    static func query(
        _ pattern: String,
        methods: [String] = ["GET", "POST"],
        runner: QueryRunner? = nil,
        _ answer:
            @escaping @Sendable (ServerRequest, RequestForm) async throws(QueryFailure) -> Reply
    ) -> [Route] {
        methods.map { method in
            var route = Route(
                method,
                pattern,
                maximumBodyBytes: 1 << 20,
                pool: runner?.pool
            ) { request in
                do throws(QueryFailure) {
                    guard let runner else { return try await answer(request, RequestForm(request)) }
                    let form = try runner.turns.turn { () throws(QueryFailure) in
                        try RequestForm(request)
                    }
                    return try await answer(request, form)
                } catch {
                    return QueryReply.failure(error)
                }
            }
            // A POST is only a longer GET here.
            route.changesState = false
            return route
        }
    }
}
