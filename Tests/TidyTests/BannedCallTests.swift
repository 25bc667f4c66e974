import Testing

/// Calls that must not appear in the sources, and their replacements.
private let banned: [(pattern: String, instead: String)] = [
    ("try!", "a typed throw that says what failed"),
    ("as!", "a checked cast"),
    ("Task(", "a child task of a group: only those run under a virtual clock"),
    ("Task {", "a child task of a group: only those run under a virtual clock"),
    ("Task.detached", "a child task of a group"),
    ("nonisolated(unsafe)", "a Mutex"),
    ("fatal" + "Error(", "an error: bad input must never end the agent"),
    ("TO" + "DO", "the work itself"),
    ("FIX" + "ME", "the repair itself"),
    ("ContinuousClock", "the time passed in by the caller"),
    ("SuspendingClock", "the time passed in by the caller"),
    ("import Foundation", "the standard library; the agent stays small without it"),
]

/// Files in which a banned call is justified by a comment.
private let exceptions: [String: Set<String>] = [
    // Where real elapsed time is measured: deadlines of requests, the agent's clock.
    "ContinuousClock": ["Sources/Agent/Clock/AgentClock+System.swift", "Sources/HTTPClient"],
    // The root of everything that runs under the virtual clock.
    "Task(": ["Sources/VirtualTime/VirtualTime.swift"],
]

@Test("no banned call appears in the sources", arguments: SourceTree.sources)
func nothingBanned(file: SourceFile) {
    for (number, line) in file.lines.enumerated() {
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        for (pattern, instead) in banned where stands(pattern, in: code) {
            let excepted = exceptions[pattern]?.contains { file.path.hasPrefix($0) } ?? false
            #expect(excepted, "\(file.path):\(number + 1): \(pattern) is banned; use \(instead)")
        }
    }
}

/// Whether the pattern appears as a whole word: `GraphTask {` is not `Task {`.
private func stands(_ pattern: String, in code: Substring) -> Bool {
    code.ranges(of: pattern).contains { range in
        let before = code[..<range.lowerBound].last
        return before.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true
    }
}

@Test("only the command line prints", arguments: SourceTree.sources)
func onlyTheCommandLinePrints(file: SourceFile) {
    guard file.target != "graphwarden" else { return }
    for (number, line) in file.lines.enumerated() {
        let code = line.drop { $0 == " " }
        #expect(!code.hasPrefix("print("), "\(file.path):\(number + 1): print in a library")
    }
}

@Test("unchecked sendability is justified in a comment", arguments: SourceTree.sources)
func uncheckedIsArgued(file: SourceFile) {
    for (number, line) in file.lines.enumerated() where line.contains("@unchecked") {
        let before = file.lines[max(0, number - 8)...number]
        #expect(
            before.contains { $0.contains("//") },
            "\(file.path):\(number + 1): @unchecked without a comment that gives the reason"
        )
    }
}

/// Calls that sleep. A test that sleeps and then checks depends on the speed of the machine.
private let sleeps = [
    "Task" + ".sleep", "Thread" + ".sleep", "usle" + "ep(", "nanosl" + "eep(", "sle" + "ep(",
]

/// Files that may sleep, with the reason.
private let sleepers: Set<String> = [
    // The waiting primitive, between two polls.
    "Tests/Support/TestSupport/Eventually.swift",
    // Benchmarks, in which the pace is part of the measurement.
    "Tests/Benchmarks/soak/Soak.swift",
    "Tests/Benchmarks/Measurements/Footprint/FootprintSetup.swift",
    "Tests/Benchmarks/Measurements/Rules/ComparisonSetup.swift",
    "Tests/Benchmarks/attack/AttackBenchmark.swift", "Tests/Benchmarks/attack/AttackRun.swift",
    "Tests/Benchmarks/Measurements/Sampling/SamplingSetup.swift",
    "Tests/Benchmarks/chaos/Pacing.swift",
    // Clients whose pace is the attack.
    "Tests/Support/Attackers/Attack.swift",
    // Handlers that occupy their thread.
    "Tests/ListenerTests/PoolTests.swift",
]

@Test("no test sleeps except in the waiting primitive", arguments: SourceTree.tests)
func nothingSleeps(file: SourceFile) {
    guard !sleepers.contains(file.path) else { return }
    for (number, line) in file.lines.enumerated() {
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        for pattern in sleeps where stands(pattern, in: code) {
            // A manual clock may have a method of this name.
            let isMethod = code.contains("." + pattern) || code.contains("func " + pattern)
            #expect(isMethod, "\(file.path):\(number + 1): wait with `eventually` instead")
        }
    }
}

@Test("every file that may sleep does", arguments: sleepers.sorted())
func sleepersSleep(path: String) throws {
    let file = try #require(SourceTree.tests.first { $0.path == path })
    #expect(file.lines.contains { line in sleeps.contains { line.contains($0) } })
}
