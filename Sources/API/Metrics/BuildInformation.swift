/// The version and origin of this program, shown by `graphwarden_build_info` and `--version`.
package struct BuildInformation: Sendable {
    package var version: String
    package var revision: String
    package var branch: String
    package var swiftVersion: String
    package var operatingSystem: String
    package var architecture: String

    /// Revision and branch are unknown unless a release script sets them.
    package static let current = BuildInformation(
        version: "0.1.0",
        revision: "unknown",
        branch: "unknown",
        swiftVersion: swift,
        operatingSystem: "linux",
        architecture: machine
    )

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
