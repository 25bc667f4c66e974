import Testing

/// Who may import whom. The way of the data is the order of the rows; a module knows only those
/// above it that it is given here.
private let allowedImports: [String: Set<String>] = [
    "Time": [],
    "GoText": [],
    "Series": ["GoText", "Time"],
    "RE2": [],
    "URI": [],
    "PromQL": ["GoText", "RE2", "Series", "Time", "Glibc"],
    "StrictYAML": ["Time", "Yams"],
    "GoTemplate": ["GoText", "RE2", "Time"],
    "Rules": ["GoTemplate", "RE2", "Series", "PromQL", "StrictYAML", "Time"],
    "Remediation": ["Time"],
    "Exposition": [],
    "JSON": ["CJSONC", "Glibc"],
    "HTTPClient": ["CCurl", "Time", "Synchronization", "Glibc"],
    "GES": ["HTTPClient", "JSON", "Time", "URI", "Crypto", "Synchronization", "Glibc"],
    "Ledger": ["Remediation", "JSON", "Time", "GRDB", "Synchronization", "Glibc"],
    "Listener": [
        "Time", "URI", "CCrypt", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "CZlib",
        "Synchronization", "Glibc",
    ],
    "GESSimulator": ["Listener", "JSON", "Time", "URI", "Crypto", "Synchronization", "Glibc"],
    "Cycle": ["PromQL", "Remediation", "Rules", "Series", "Time"],
    "Files": ["Glibc"],
    "Configuration": [
        "Cycle", "Files", "GES", "Glibc", "Listener", "PromQL", "RE2", "Remediation", "Rules",
        "Series", "StrictYAML", "Time",
    ],
    "API": [
        "Cycle", "Dispatch", "Exposition", "Files", "Glibc", "GoText", "JSON", "Listener",
        "Logging", "PromQL", "Remediation", "Rules", "Series", "Synchronization", "Time",
    ],
    "Agent": [
        "API", "Configuration", "Cycle", "CMalloc", "Dispatch", "Files", "GES", "Glibc",
        "HTTPClient", "JSON", "Ledger", "Listener", "Logging", "PromQL", "Remediation", "Rules",
        "Series", "StrictYAML", "Synchronization", "Time",
    ],
    "graphwarden": [
        "API", "Agent", "ArgumentParser", "Configuration", "Cycle", "Dispatch", "Exposition",
        "Files", "GESSimulator", "Glibc", "HTTPClient", "JSON", "Listener", "Logging", "PromQL",
        "RE2", "Remediation", "Rules", "Series", "StrictYAML", "Synchronization", "Time", "URI",
    ],
]

/// Only these files of the pure modules may reach for the C library: PromQL needs its mathematics.
private let mathematicsFolder = "Sources/PromQL/"

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

@Test("the C library's mathematics stand in one file of PromQL")
func mathematicsInOnePlace() {
    let files = SourceTree.sources.filter {
        $0.path.hasPrefix(mathematicsFolder) && $0.imports.contains("Glibc")
    }
    #expect(files.count <= 1, "\(files.map(\.path))")
}

@Test("every target has tests")
func everyTargetHasTests() {
    let tested = Set(SourceTree.tests.map(\.target))
    let executables: Set = ["graphwarden"]
    for target in Set(SourceTree.sources.map(\.target)).subtracting(executables).sorted() {
    // The command line is tested as a process, by IntegrationTests.
    for target in Set(SourceTree.sources.map(\.target)).subtracting(["graphwarden"]).sorted() {
        #expect(tested.contains(target + "Tests"), "\(target) has no tests")
    }
}
