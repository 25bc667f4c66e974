// swift-tools-version: 6.3
import PackageDescription

let parser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

/// For the HTTP listener: SwiftNIO alone, without a framework on top.
let nio: [Target.Dependency] = [
    nioCore, nioPosix, .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOTLS", package: "swift-nio"),
]

let package = Package(
    name: "graphwarden",
    products: [
        .executable(name: "graphwarden", targets: ["graphwarden"]),
        .executable(name: "promqltest", targets: ["promqltest"]),
        .library(name: "fasttime", type: .dynamic, targets: ["FastTime"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // Pure: no input or output, no clock, no randomness, no Foundation.
        .target(name: "Time"),
        .target(name: "TimeIntervals", dependencies: ["Time"]),
        .target(name: "GoText"),
        .target(name: "Series", dependencies: ["GoText", "Time"]),
        .target(name: "RE2"),
        .target(name: "URI"),
        .target(name: "PromQL", dependencies: ["GoText", "RE2", "Series", "Time"]),
        .target(name: "StrictYAML", dependencies: ["CYAML", "Time"]),
        .target(name: "GoTemplate", dependencies: ["GoText", "RE2", "Time", "URI"]),
        .target(
            name: "Rules",
            dependencies: ["GoTemplate", "GoText", "RE2", "Series", "PromQL", "StrictYAML", "Time"]
        ),
        .target(name: "Diagnosis", dependencies: ["Time"]),
        .target(name: "Remediation", dependencies: ["Diagnosis", "Time"]),
        .target(
            name: "Coordination",
            dependencies: ["Diagnosis", "Remediation", "Rules", "Time"],
            exclude: ["Model"]
        ),
        .target(name: "Exposition"),
        .target(name: "Tables", dependencies: ["GoText"]),
        .target(
            name: "Cycle",
            dependencies: [
                "Coordination", "Diagnosis", "GoText", "PromQL", "Remediation", "Rules", "Series",
                "Time", "TimeIntervals",
            ]
        ),

        .target(
            name: "Backtest",
            dependencies: [
                "Cycle", "Diagnosis", "Exposition", "Page", "PromQL", "Remediation", "Rules",
                "Series", "Time",
            ]
        ),

        // Adapters.
        .library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        .library("CJSONC", pkgConfig: "json-c", package: "libjson-c-dev"),
        .library("CCrypt", pkgConfig: "libcrypt", package: "libcrypt-dev"),
        .target(name: "CBuildStamp"),
        .target(name: "CJemalloc", linkerSettings: [.linkedLibrary("jemalloc")]),
        .library("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        .library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        .library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        .target(name: "JSON", dependencies: ["CJSONC", "GoText"]),
        .target(name: "HTTPClient", dependencies: ["CCurl", "Time"]),
        .target(name: "GES", dependencies: ["HTTPClient", "JSON", "Time", "URI", crypto]),
        .target(name: "Etcd", dependencies: ["Files", "HTTPClient", "JSON", "Time", "URI"]),
        .target(name: "Threads"),
        .target(
            name: "Listener",
            dependencies: ["CCrypt", "CZlib", "Threads", "Time", "URI", crypto] + nio
        ),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "History", dependencies: ["Series", "SQLite", "Threads", "Time"]),
        .target(
            name: "Ledger",
            dependencies: ["Diagnosis", "Remediation", "JSON", "SQLite", "Time", crypto]
        ),
        .target(name: "GESSimulator", dependencies: ["Listener", "JSON", "Time", "URI", crypto]),
        .target(name: "Files"),
        .target(
            name: "Configuration",
            dependencies: [
                "Coordination", "Cycle", "Diagnosis", "Files", "GES", "Listener", "PromQL", "RE2",
                "Remediation", "Rules", "Series", "StrictYAML", "Time", "TimeIntervals",
            ]
        ),
        .target(
            name: "Page",
            dependencies: [
                "Coordination", "Cycle", "Diagnosis", "GoText", "PromQL", "Remediation", "Rules",
                "Series", "Time", "TimeIntervals", "URI",
            ],
            resources: [.embedInCode("Resources")]
        ),
        .target(
            name: "API",
            dependencies: [
                "CBuildStamp", "Coordination", "Cycle", "Diagnosis", "Exposition", "Files",
                "GoText", "JSON", "Listener", "Page", "PromQL", "Remediation", "Rules", "Series",
                "Threads", "Time", "URI", crypto, logging,
            ]
        ),
        .target(
            name: "Agent",
            dependencies: [
                "API", "Backtest", "Configuration", "Coordination", "Cycle", "Diagnosis", "Etcd",
                "Exposition", "Files", "GES", "GoText", "HTTPClient", "History", "JSON", "Ledger",
                "Listener", "PromQL", "Remediation", "Rules", "Series", "StrictYAML", "Threads",
                "Time", "URI", "CJemalloc", logging,
            ]
        ),
        // The whole agent and the simulated cloud in virtual time.
        .target(name: "VirtualTime"),
        .target(
            name: "InProcessCloud",
            dependencies: ["GES", "GESSimulator", "HTTPClient", "Time", "VirtualTime"]
        ),
        .target(
            name: "Rehearsal",
            dependencies: [
                "API", "Agent", "Configuration", "Cycle", "Diagnosis", "Etcd", "Exposition",
                "Files", "GES", "GESSimulator", "HTTPClient", "InProcessCloud", "JSON", "Ledger",
                "PromQL", "Remediation", "Rules", "Series", "StrictYAML", "Time", "VirtualTime",
                logging,
            ]
        ),
        .target(
            name: "LiveRehearsal",
            dependencies: [
                "API", "Agent", "Configuration", "Cycle", "Diagnosis", "GES", "HTTPClient", "JSON",
                "Ledger", "PromQL", "Remediation", "Series", "Tables", "Time", logging,
            ]
        ),
        .executableTarget(
            name: "graphwarden",
            dependencies: [
                "API", "Agent", "Backtest", "Configuration", "Cycle", "Diagnosis", "Exposition",
                "Files", "GES", "GESSimulator", "GoText", "HTTPClient", "History", "JSON",
                "Ledger", "Listener", "LiveRehearsal", "PromQL", "RE2", "Rehearsal", "Remediation",
                "Rules", "Series", "StrictYAML", "Tables", "Time", "URI", logging, parser,
            ]
        ),

        // Tests.
        .support("TestSupport", on: ["Time"]),
        .support("Attackers"),
        .support("FastTime"),
        .support("SystemdListener"),
        .testTarget(name: "FilesTests", dependencies: ["Files"]),
        .testTarget(name: "TimeTests", dependencies: ["TestSupport", "Time"]),
        .testTarget(name: "TimeIntervalsTests", dependencies: ["Time", "TimeIntervals"]),
        .testTarget(name: "SeriesTests", dependencies: ["Series", "TestSupport", "Time"]),
        .testTarget(name: "VirtualTimeTests", dependencies: ["TestSupport", "VirtualTime"]),
        .support("FaultPlans", on: ["GESSimulator", "InProcessCloud", "Time", "VirtualTime"]),
        .testTarget(
            name: "InProcessCloudTests",
            dependencies: [
                "Agent", "FaultPlans", "InProcessCloud", "GES", "GESSimulator", "HTTPClient",
                "Rehearsal", "TestSupport", "Time", "VirtualTime",
            ]
        ),
        .testTarget(name: "GoTextTests", dependencies: ["GoText", "TestSupport"]),
        .testTarget(name: "GoTemplateTests", dependencies: ["GoTemplate"]),
        .testTarget(name: "RE2Tests", dependencies: ["RE2", "TestSupport"]),
        .testTarget(name: "URITests", dependencies: ["TestSupport", "URI"]),
        .support("PromQLTestLanguage", on: ["GoText", "PromQL", "RE2", "Series", "Time"]),
        .executableTarget(
            name: "promqltest",
            dependencies: ["PromQL", "PromQLTestLanguage"],
            path: "Tests/promqltest"
        ),
        .testTarget(
            name: "PromQLTests",
            dependencies: ["PromQL", "PromQLTestLanguage", "Series", "TestSupport", "Time"],
            exclude: ["scripts"]
        ),
        .testTarget(name: "StrictYAMLTests", dependencies: ["StrictYAML"]),
        .tests("Rules", ["PromQL", "Series", "StrictYAML", "Time"]),
        .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "TestSupport", "Time"]),
        .testTarget(
            name: "RemediationTests",
            dependencies: ["Diagnosis", "Files", "Remediation", "TestSupport", "Time"],
            exclude: ["transcripts"]
        ),
        .testTarget(name: "TablesTests", dependencies: ["Tables"]),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition", "TestSupport"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"]),
        .testTarget(name: "HTTPClientTests", dependencies: ["HTTPClient", "CCurl", "TestSupport"]),
        .tests("GES", ["HTTPClient", "JSON", "TestSupport", "Time", "URI"]),
        .testTarget(name: "EtcdTests", dependencies: ["Etcd", "Files", "HTTPClient", "JSON"]),
        .testTarget(name: "CoordinationTests", dependencies: ["Coordination"]),
        .testTarget(name: "ThreadsTests", dependencies: ["TestSupport", "Threads"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"]),
        .tests("Ledger", ["Diagnosis", "Remediation", "SQLite", "TestSupport", "Time"]),
        .tests("History", ["SQLite", "Series", "TestSupport", "Time"]),
        .testTarget(
            name: "ListenerTests",
            dependencies: [
                "Listener", "TestSupport", "Threads", "URI",
                nioCore, nioPosix, .product(name: "NIOEmbedded", package: "swift-nio"),
            ]
        ),
        .tests("GESSimulator", ["JSON", "HTTPClient", "TestSupport", "Time"]),
        .support(
            "CycleFixtures",
            on: ["Cycle", "Diagnosis", "PromQL", "Remediation", "Rules", "Series", "Time"]
        ),
        .testTarget(
            name: "CycleTests",
            dependencies: [
                "Coordination", "Cycle", "CycleFixtures", "Diagnosis", "PromQL", "Remediation",
                "Rules", "Series", "TestSupport", "Time", "TimeIntervals",
            ]
        ),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: [
                "Configuration", "Cycle", "CycleFixtures", "Diagnosis", "Files", "GES", "Listener",
                "Remediation", "Rules", "StrictYAML",
            ]
        ),
        .testTarget(
            name: "APITests",
            dependencies: [
                "API", "Cycle", "CycleFixtures", "Diagnosis", "Exposition", "JSON", "Listener",
                "PromQL", "Remediation", "Rules", "Series", "TestSupport", "Threads", "Time",
            ]
        ),
        .testTarget(
            name: "PageTests",
            dependencies: [
                "API", "Coordination", "Cycle", "CycleFixtures", "Diagnosis", "Listener", "Page",
                "PromQL", "Remediation", "Rules", "Series", "Threads", "Time", "TimeIntervals",
                "URI", logging,
            ]
        ),
        .support("FaultCells", on: ["GESSimulator"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Cycle", "Diagnosis", "FaultCells", "FaultPlans", "GES", "GESSimulator",
                "InProcessCloud", "Rehearsal", "Remediation", "Rules", "Series", "Time",
                "VirtualTime", "chaos",
            ]
        ),
        .tests("Rehearsal", ["Configuration", "StrictYAML"]),
        .tests(
            "LiveRehearsal",
            ["Cycle", "Diagnosis", "GES", "HTTPClient", "JSON", "Remediation", "Series", "Time"]
        ),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "Backtest", "Configuration", "Cycle", "Diagnosis", "GES", "Rehearsal", "Rules",
                "Time",
            ],
            exclude: ["scenarios"]
        ),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "API", "Agent", "Backtest", "Configuration", "Coordination", "Cycle",
                "CycleFixtures", "Diagnosis", "Etcd", "Exposition", "Files", "GES", "GESSimulator",
                "GoText", "HTTPClient", "History", "InProcessCloud", "JSON", "Ledger", "Listener",
                "Rehearsal", "Remediation", "Rules", "SQLite", "Series", "StrictYAML",
                "SystemdListener", "TestSupport", "Time", "VirtualTime", logging,
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "API", "Agent", "Attackers", "Coordination", "Cycle", "Diagnosis", "Etcd",
                "Exposition", "FaultCells", "GESSimulator", "HTTPClient", "JSON", "Ledger",
                "Remediation", "SQLite", "SystemdListener", "TestSupport", "Time", "URI", logging,
            ],
            exclude: ["Scripts"]
        ),
        .tests("Backtest", ["Cycle", "Diagnosis", "Series", "TestSupport", "Time"]),
        .testTarget(name: "TidyTests"),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "API", "Configuration", "Cycle", "Diagnosis", "Exposition", "Remediation",
                "StrictYAML", "TestSupport",
            ]
        ),

        // Measurements. Programs, because what they measure is what is shipped: release builds.
        .systemLibrary(name: "CMalloc", path: "Tests/Benchmarks/CMalloc"),
        .support("Workbench", on: ["TestSupport", "Time"], in: "Benchmarks"),
        .support("Workload", on: ["Series", "PromQL", "Rules", "Time"], in: "Benchmarks"),
        .support(
            "Measurements",
            on: [
                "Workbench", "Workload", "CMalloc", "Cycle", "Diagnosis", "PromQL", "Remediation",
                "Rules", "Series", "TestSupport", "Time", "URI",
            ],
            in: "Benchmarks"
        ),
        .benchmark("soak", dependencies: ["TestSupport"]),
        .benchmark("attack", dependencies: ["Attackers", "SystemdListener"]),
        .benchmark("pages", dependencies: ["TestSupport"]),
        // Without what the others need to speak with programs: its size is measured.
        .executableTarget(
            name: "holder",
            dependencies: ["Workload", "Series", "Time", "CMalloc"],
            path: "Tests/Benchmarks/holder"
        ),
        .benchmark("day", dependencies: ["Rehearsal", "Time"]),
        .benchmark("scenarios", dependencies: ["Diagnosis", "Rehearsal"]),
        .benchmark("campaign", dependencies: ["GESSimulator", "Rehearsal", "StrictYAML"]),
        .benchmark(
            "chaos",
            dependencies: [
                "Etcd", "GESSimulator", "JSON", "Remediation", "TestSupport", "Time", nioCore,
                nioPosix,
            ]
        ),
        .benchmark("patterns", dependencies: ["RE2"]),
        .benchmark("samples", dependencies: ["History", "Series", "Time", "Workload"]),
        .benchmark(
            "fuzz",
            dependencies: [
                "API", "Agent", "Configuration", "Coordination", "Cycle", "Diagnosis", "Etcd",
                "Exposition", "GES", "GoTemplate", "HTTPClient", "JSON", "Ledger", "Listener",
                "PromQL", "RE2", "Rehearsal", "Remediation", "Rules", "StrictYAML", "TestSupport",
                "Threads", "Time", "TimeIntervals", "URI", logging,
            ]
        ),
    ]
)

extension Target {
    /// The module map of a C library, with its Debian package.
    static func library(_ name: String, pkgConfig: String, package: String) -> Target {
        .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
    }

    /// What several test targets or benchmarks need.
    static func support(
        _ name: String,
        on dependencies: [Dependency] = [],
        in folder: String = "Support"
    ) -> Target {
        .target(name: name, dependencies: dependencies, path: "Tests/\(folder)/\(name)")
    }

    static func tests(_ name: String, _ others: [Dependency]) -> Target {
        .testTarget(name: name + "Tests", dependencies: [.byName(name: name)] + others)
    }

    static func benchmark(_ name: String, dependencies: [Dependency]) -> Target {
        .executableTarget(
            name: name,
            dependencies: ["Workbench"] + dependencies,
            path: "Tests/Benchmarks/\(name)",
            exclude: name == "fuzz" ? ["Corpora"] : []
        )
    }
}

// Debug builds of libraries: tests run days of virtual time, and file by file takes twice as long.
let optimized = ["-O", "-wmo", "-num-threads", "2", "-disable-batch-mode"]
for name in ["book", "comparison", "footprint", "growth", "sampling", "scrapes", "steps"] {
    package.targets.append(.benchmark(name, dependencies: ["Measurements"]))
}

// For every target. A name that `swiftc -print-supported-features` lacks is accepted silently.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
        .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
        .enableUpcomingFeature("ImmutableWeakCaptures"),  // SE-0481
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .unsafeFlags(target.type == .regular ? optimized : [], .when(configuration: .debug)),
    ]
}
