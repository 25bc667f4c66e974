import CBuildStamp

/// The version and origin of this program, shown by `graphwarden_build_info` and `--version`.
package struct BuildInformation: Sendable {
    package var version: String
    package var revision: String
    package var branch: String
    package var swiftVersion: String
    package var operatingSystem: String
    package var architecture: String

    /// The revision is unknown unless packaging/stamp has written it into the program. The branch
    /// always is, so that builds of one commit are equal.
    package static let current = BuildInformation(
        stamp: unsafe String(cString: graphwarden_build_stamp())
    )

    /// The stamp has a line each for version and revision.
    private init(stamp: String) {
        let lines = stamp.split(separator: "\n").map(String.init)
        version = lines.first ?? "unknown"
        revision = lines.dropFirst().first ?? "unknown"
        branch = "unknown"
        swiftVersion = Self.swift
        operatingSystem = "linux"
        architecture = Self.machine
    }

    /// The output of `--version`, in the format of Prometheus' programs.
    package var versionLines: String {
        """
        graphwarden, version \(version) (branch: \(branch), revision: \(revision))
          swift version:    \(swiftVersion)
          platform:         \(operatingSystem)/\(architecture)
        """
    }

    private static var swift: String {
        #if compiler(>=6.4)
        "6.4"
        #else
        "6.3"
        #endif
    }

    private static var machine: String {
        #if arch(x86_64)
        "amd64"
        #elseif arch(arm64)
        "arm64"
        #else
        "unknown"
        #endif
    }
}
