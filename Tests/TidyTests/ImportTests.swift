import Testing

/// The imports that each module may have. The rows are in the order of the data flow; a module may
/// import only modules above it.
private let allowedImports: [String: Set<String>] = [
    "Time": [],
    "TimeIntervals": ["Time"],
    "GoText": [],
    "Series": ["GoText", "Time"],
    "RE2": [],
    "URI": [],
    "PromQL": ["GoText", "RE2", "Series", "Time", "Glibc"],
    "StrictYAML": ["CYAML", "Time"],
    "GoTemplate": ["GoText", "RE2", "Time", "URI"],
    "Rules": ["GoTemplate", "GoText", "RE2", "Series", "PromQL", "StrictYAML", "Time"],
    "Diagnosis": ["Time"],
    "Remediation": ["Diagnosis", "Time"],
    "Coordination": ["Diagnosis", "Remediation", "Rules", "Time"],
    "Exposition": [],
    "Tables": ["GoText"],
    "JSON": ["CJSONC", "GoText"],
    "HTTPClient": ["CCurl", "Time", "Synchronization", "Glibc"],
    "GES": ["HTTPClient", "JSON", "Time", "URI", "Crypto", "Synchronization", "Glibc"],
    "Etcd": ["Files", "Glibc", "HTTPClient", "JSON", "Synchronization", "Time", "URI"],
    "Threads": ["Dispatch", "Glibc", "Synchronization"],
    "SQLite": ["CSQLite", "Synchronization"],
    "History": ["Glibc", "SQLite", "Series", "Synchronization", "Threads", "Time"],
    "Ledger": [
        "Crypto", "Diagnosis", "Glibc", "JSON", "Remediation", "SQLite", "Synchronization", "Time",
    ],
    "Listener": [
        "Crypto",
        "Threads", "Time", "URI", "CCrypt", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "NIOTLS",
        "CZlib",
        "Synchronization", "Glibc",
    ],
    "GESSimulator": ["Listener", "JSON", "Time", "URI", "Crypto", "Synchronization", "Glibc"],
    "Cycle": [
        "Coordination", "Diagnosis", "GoText", "PromQL", "Remediation", "Rules", "Series", "Time",
        "TimeIntervals",
    ],
    "Files": ["Glibc"],
    "Configuration": [
        "Coordination", "Cycle", "Diagnosis", "Files", "GES", "Glibc", "Listener", "PromQL", "RE2",
        "Remediation",
        "Rules",
        "Series", "StrictYAML", "Time", "TimeIntervals",
    ],
    "Page": [
        "Coordination", "Cycle", "Diagnosis", "GoText", "PromQL", "Remediation", "Rules", "Series",
        "Time",
        "TimeIntervals", "URI",
    ],
    "API": [
        "CBuildStamp", "Coordination",
        "Crypto", "Cycle", "Diagnosis", "Dispatch", "Exposition", "Files", "Glibc", "GoText",
        "JSON",
        "Listener",
        "Logging", "Page", "PromQL", "Remediation", "Rules", "Series", "Synchronization", "Threads",
        "Time", "URI",
    ],
    "Backtest": [
        "Cycle", "Diagnosis", "Exposition", "Page", "PromQL", "Remediation", "Rules", "Series",
        "Time",
    ],
    "Agent": [
        "API", "Backtest", "Configuration", "Coordination", "Cycle", "CJemalloc", "Diagnosis",
        "Dispatch", "Etcd", "Exposition", "Files", "GES",
        "Glibc",
        "GoText", "HTTPClient", "History", "JSON", "Ledger", "Listener", "Logging", "PromQL",
        "Remediation", "Rules", "Series", "StrictYAML", "Synchronization", "Threads", "Time", "URI",
    ],
    "VirtualTime": ["Glibc", "Synchronization"],
    "InProcessCloud": [
        "GES", "GESSimulator", "HTTPClient", "Synchronization", "Time", "VirtualTime",
    ],
    "Rehearsal": [
        "API", "Agent", "Configuration", "Cycle", "Diagnosis", "Etcd", "Exposition", "Files", "GES",
        "GESSimulator", "HTTPClient", "InProcessCloud", "JSON", "Ledger", "Logging", "PromQL",
        "Remediation",
        "Rules", "Series", "StrictYAML", "Synchronization", "Time", "VirtualTime",
    ],
    "LiveRehearsal": [
        "API", "Agent", "Configuration", "Cycle", "Diagnosis", "GES", "HTTPClient", "JSON",
        "Ledger", "Logging", "PromQL", "Remediation", "Series", "Synchronization", "Tables", "Time",
    ],
    "graphwarden": [
        "API", "Agent", "ArgumentParser", "Backtest", "Configuration", "Cycle", "Diagnosis",
        "Dispatch",
        "Exposition",
        "Files", "GES", "GESSimulator", "Glibc", "GoText", "HTTPClient", "History", "JSON",
        "Ledger", "Listener", "LiveRehearsal", "Logging", "PromQL", "RE2", "Rehearsal",
        "Remediation", "Rules", "Series", "StrictYAML",
        "Synchronization", "Tables", "Time", "URI",
    ],
]

@Test("every module imports only what the table allows", arguments: SourceTree.sources)
func importsFollowTheTable(file: SourceFile) throws {
    let allowed = try #require(
        allowedImports[file.target],
        "\(file.path): target \(file.target) is not in the table"
    )
    for module in file.imports {
        #expect(allowed.contains(module), "\(file.path): \(file.target) may not import \(module)")
    }
}

/// An unused permission would let a new dependency go unnoticed.
@Test(
    "the table allows no import that its target does not need",
    arguments: allowedImports.keys.sorted()
)
func tableIsTight(target: String) {
    let used = Set(SourceTree.sources.filter { $0.target == target }.flatMap(\.imports))
    let unused = (allowedImports[target] ?? []).subtracting(used)
    #expect(unused.isEmpty, "\(target) imports none of \(unused.sorted())")
}

/// The only pure module file that imports the C library, for its mathematics.
private let mathematicsFile = "Sources/PromQL/Functions/Mathematics.swift"

/// The cycle runs under a virtual clock and gives the same trace for the same seed. A module that
/// can read the clock, start a thread or wait for a file would break that, so the cycle and its
/// dependencies import only the standard library, each other and the YAML parser.
@Test("the cycle and everything below it are pure")
func cycleIsPure() {
    let importsByTarget = Dictionary(grouping: SourceTree.sources, by: \.target)
        .mapValues { files in Set(files.flatMap(\.imports)) }
    var closure: Set = ["Cycle"]
    var pending = ["Cycle"]
    while let target = pending.popLast() {
        for module in importsByTarget[target] ?? [] where importsByTarget[module] != nil {
            if closure.insert(module).inserted { pending.append(module) }
        }
    }
    #expect(closure.isSuperset(of: ["PromQL", "RE2", "Remediation", "Rules", "Series", "Time"]))

    for file in SourceTree.sources where closure.contains(file.target) {
        var allowed = closure.union(["CYAML"])
        if file.path == mathematicsFile { allowed.insert("Glibc") }
        for module in file.imports {
            #expect(
                allowed.contains(module),
                "\(file.path) imports \(module): the cycle is built from \(file.target)"
            )
        }
    }
}

@Test("every target has tests")
func everyTargetHasTests() {
    let tested = Set(SourceTree.tests.map(\.target))
    // The command line is tested as a process, by IntegrationTests.
    for target in Set(SourceTree.sources.map(\.target)).subtracting(["graphwarden"]).sorted() {
        #expect(tested.contains(target + "Tests"), "\(target) has no tests")
    }
}
