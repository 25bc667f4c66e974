import JSON
import Listener

/// Prometheus' JSON envelope: `{"status":"success","data":...}`.
enum APIResponse {
    static func success(_ data: JSONValue) -> Reply {
        reply(200, ["status": "success", "data": data])
    }

    /// `errorType` is one of Prometheus' words: bad_data, not_found, internal, unavailable ...
    static func failure(_ status: Int, _ errorType: String, _ message: String) -> Reply {
        reply(
            status,
            ["status": "error", "errorType": .string(errorType), "error": .string(message)]
        )
    }

    private static func reply(_ status: Int, _ body: JSONValue) -> Reply {
        guard let bytes = try? body.serialized() else {
            return .response(.text("the answer cannot be written as JSON", status: 500))
        }
        return .response(.json(bytes, status: status))
    }
}
