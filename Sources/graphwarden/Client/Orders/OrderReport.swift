import JSON

/// The answer to an order as text.
enum OrderReport {
    static func text(_ data: JSONValue) -> String {
        let inFlight = (data["inFlight"]?.arrayValue ?? []).map(line)
        return ([data["text"]?.stringValue ?? "done"] + inFlight).joined(separator: "\n")
    }

    private static func line(_ restart: JSONValue) -> String {
        let name = restart["graphName"]?.stringValue ?? ""
        let id = restart["graphId"]?.stringValue ?? ""
        let landing =
            restart["latestLanding"]?.stringValue.map { "takes effect by \($0) at the latest" }
            ?? "has taken effect"
        return "  \(name) (\(id)): attempt \(restart["attempt"]?.integerValue ?? 0),"
            + " \(restart["phase"]?.stringValue ?? ""), \(landing)"
    }
}
