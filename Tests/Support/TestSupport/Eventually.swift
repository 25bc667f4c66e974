/// How long a test waits for an expected event. Only a hang reaches this limit, so no test result
/// depends on the speed of the machine.
package let waitLimit = Duration.seconds(120)

/// An expected event did not happen in time.
package struct WaitFailure: Error, CustomStringConvertible {
    package let description: String

    init(
        _ what: String,
        lastSeen: String,
        after limit: Duration = waitLimit,
        _ fileID: String,
        _ line: Int
    ) {
        description = """
            \(fileID):\(line): waited \(limit.components.seconds) s until \(what)
            last seen: \(lastSeen)
            """
    }
}

/// Polls until the observed value is right, and returns it.
///
/// - Parameters:
///   - what: completes the sentence "waited until ...".
///   - interval: the time between two polls.
/// - Throws: `WaitFailure` with the last observed value when the limit has passed, and errors of
///   `look`.
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

/// Polls until the condition holds.
///
/// - Parameters:
///   - what: completes the sentence "waited until ...".
///   - lastSeen: what the failure should show, such as the output of a program.
package func eventually(
    _ what: @autoclosure () -> String,
    every interval: Duration = .milliseconds(20),
    within limit: Duration = waitLimit,
    fileID: String = #fileID,
    line: Int = #line,
    _ condition: () async throws -> Bool,
    lastSeen: () async throws -> String = { "nothing else" }
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw WaitFailure(what(), lastSeen: try await lastSeen(), after: limit, fileID, line)
        }
        try await Task.sleep(for: interval)
    }
}
