/// How long a test waits for what must come. Only a hang meets this limit, so no test passes or fails
/// by how fast the machine is.
package let waitLimit = Duration.seconds(120)

/// What a test waited for did not come.
package struct WaitFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String, lastSeen: String, _ fileID: String, _ line: Int) {
        description = """
            \(fileID):\(line): waited \(waitLimit.components.seconds) s until \(what)
            last seen: \(lastSeen)
            """
    }
}

/// Looks again and again until what it sees is right, and returns that.
///
/// - Parameters:
///   - what: continues the sentence "waited until ...".
///   - interval: between two looks.
/// - Throws: `WaitFailure` with what was last seen when the limit has passed, and what `look` throws.
@discardableResult
package func eventually<Value>(
    _ what: @autoclosure () -> String,
    every interval: Duration = .milliseconds(20),
    fileID: String = #fileID,
    line: Int = #line,
    _ look: () async throws -> Value,
    is isRight: (Value) -> Bool
) async throws -> Value {
    let end = ContinuousClock.now + waitLimit
    while true {
        let value = try await look()
        if isRight(value) { return value }
        guard ContinuousClock.now < end else {
            throw WaitFailure(what(), lastSeen: "\(value)", fileID, line)
        }
        try await Task.sleep(for: interval)
    }
}

/// Asks again and again until the condition holds.
///
/// - Parameters:
///   - what: continues the sentence "waited until ...".
///   - lastSeen: tells what the failure should show, such as the output of a program.
package func eventually(
    _ what: @autoclosure () -> String,
    every interval: Duration = .milliseconds(20),
    fileID: String = #fileID,
    line: Int = #line,
    _ condition: () async throws -> Bool,
    lastSeen: () async throws -> String = { "nothing else" }
) async throws {
    let end = ContinuousClock.now + waitLimit
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw WaitFailure(what(), lastSeen: try await lastSeen(), fileID, line)
        }
        try await Task.sleep(for: interval)
    }
}
