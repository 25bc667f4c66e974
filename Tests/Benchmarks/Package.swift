// swift-tools-version: 6.3
import PackageDescription

// Measures the programs as they are shipped, from the outside: release builds that run as processes
// of their own. So nothing of the agent is linked in here, and nothing here changes what is measured.
let package = Package(
    name: "benchmarks",
    targets: [
        .target(name: "Workbench"),
        .executableTarget(name: "soak", dependencies: ["Workbench"]),
        .executableTarget(name: "footprint", dependencies: ["Workbench"]),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
