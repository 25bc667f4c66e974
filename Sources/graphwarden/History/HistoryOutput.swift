import JSON

/// JSON in the envelope of the API.
enum HistoryOutput {
    static func write(_ data: JSONValue) throws {
        let document: JSONValue = ["status": "success", "data": data]
        Terminal.output(String(decoding: try document.serialized(), as: UTF8.self))
    }
}
