import Listener
import PromQL
import Series
import Threads

/// Responses of the query API in Prometheus' JSON envelope.
enum QueryReply {
    static func success(
        warnings: [String] = [],
        infos: [String] = [],
        _ data: (inout PrometheusJSON) -> Void
    ) -> ServerResponse {
        var json = PrometheusJSON()
        json.object { json in
            json.member("status", "success")
            json.member("data", data)
            if !warnings.isEmpty { json.member("warnings") { $0.strings(warnings) } }
            if !infos.isEmpty { json.member("infos") { $0.strings(infos) } }
        }
        return .json(json.bytes)
    }

    static func failure(_ failure: QueryFailure) -> ServerResponse {
        var json = PrometheusJSON()
        json.object { json in
            json.member("status", "error")
            json.member("errorType", failure.kind.rawValue)
            json.member("error", failure.text)
        }
        return .json(json.bytes, status: failure.status)
    }

    static let truncation = "results truncated due to limit"
}

extension Route {
    /// Routes with one handler for all `methods`; parameters of a POST may be in a form. With the
    /// pool of a `QueryRunner`, a query whose client has left is cancelled.
    static func query(
        _ pattern: String,
        methods: [String] = ["GET", "POST"],
        pool: ThreadPool? = nil,
        _ answer:
            @escaping @Sendable (ServerRequest, RequestForm) async throws(QueryFailure) ->
            ServerResponse
    ) -> [Route] {
        methods.map { method in
            var route = Route(method, pattern, maximumBodyBytes: 1 << 20, pool: pool) { request in
                do throws(QueryFailure) {
                    return .response(try await answer(request, RequestForm(request)))
                } catch {
                    return .response(QueryReply.failure(error))
                }
            }
            // A POST is only a longer GET here.
            route.changesState = false
            return route
        }
    }
}
