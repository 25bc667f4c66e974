import Listener
import Threads

extension Route {
    /// A route that reads the records of the ledger, which may block.
    static func records(
        _ pattern: String,
        _ pool: ThreadPool,
        maximumInFlight: Int,
        _ answer: @escaping @Sendable (ServerRequest) throws(QueryFailure) -> Reply
    ) -> Route {
        var route = Route("GET", pattern, pool: pool) { request in
            do throws(QueryFailure) {
                return try answer(request)
            } catch {
                return QueryReply.failure(error)
            }
        }
        route.maximumInFlight = maximumInFlight
        return route
    }
}

extension QueryFailure {
    /// - Throws: that the records are not available now.
    static func whileReading<Value>(
        _ read: () throws(AuditSourceError) -> Value
    ) throws(QueryFailure) -> Value {
        do throws(AuditSourceError) {
            return try read()
        } catch {
            throw QueryFailure(kind: .unavailable, text: error.text)
        }
    }
}
