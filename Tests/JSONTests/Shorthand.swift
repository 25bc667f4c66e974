import JSON

func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
    try JSONValue.parse(Array(text.utf8), limits: limits)
}

func serialize(_ value: JSONValue, _ output: JSONOutput = .insertionOrder) throws -> String {
    String(decoding: try value.serialized(output), as: UTF8.self)
}
