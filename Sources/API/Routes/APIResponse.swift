import JSON
import Listener

/// Prometheus' JSON envelope: `{"status":"success","data":...}`.
enum APIResponse {
    static func success(_ data: JSONValue) -> Reply {
        reply(200, ["status": "success", "data": data])
    }

    /// - Parameter errorType: one of Prometheus' error types, such as bad_data or not_found.
    static func failure(
        _ status: Int,
        _ errorType: String,
        _ message: String,
        data: JSONValue? = nil
    ) -> Reply {
        let members = [
            JSONMember("status", "error"), JSONMember("errorType", .string(errorType)),
            JSONMember("error", .string(message)),
        ]
        return reply(status, .object(members + (data.map { [JSONMember("data", $0)] } ?? [])))
    }

    /// The same as `success`, without the response around it.
    static func document(_ data: JSONValue) -> [UInt8] {
        let body: JSONValue = ["status": "success", "data": data]
        return (try? body.serialized())
            ?? Array(#"{"status":"error","error":"the status cannot be encoded as JSON"}"#.utf8)
    }

    private static func reply(_ status: Int, _ body: JSONValue) -> Reply {
        guard let bytes = try? body.serialized() else {
            return .response(.text("the response cannot be encoded as JSON", status: 500))
        }
        return .response(.json(bytes, status: status))
    }
}
