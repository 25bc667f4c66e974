import JSON

/// Values as JSON in a TEXT column, so that a shell can read the ledger.
enum JSONText {
    static func encode(_ value: some Encodable) throws(JSONError) -> String {
        String(decoding: try StrictJSONEncoder().encode(value), as: UTF8.self)
    }

    /// `table` and `key` name the row in the error.
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from text: String,
        table: String,
        key: String
    ) throws(UnreadableRow) -> Value {
        do {
            return try StrictJSONDecoder().decode(type, from: Array(text.utf8))
        } catch {
            throw UnreadableRow(table: table, key: key, problem: "\(error)")
        }
    }
}
