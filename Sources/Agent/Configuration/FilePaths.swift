import Glibc

/// Where the relative paths of a configuration file start: the folder that it lies in, as in
/// Prometheus.
package struct FilePaths: Sendable {
    private let folder: String

    package init(configurationFile: String) {
        let end = configurationFile.lastIndex(of: "/")
        folder = end.map { String(configurationFile[..<$0]) } ?? "."
    }

    /// `${CREDENTIALS_DIRECTORY}` is where systemd's `LoadCredential=` puts a service's secrets.
    package func absolute(_ path: String) -> String {
        let variable = "${CREDENTIALS_DIRECTORY}"
        if path.hasPrefix(variable), let directory = unsafe getenv("CREDENTIALS_DIRECTORY") {
            return unsafe String(cString: directory) + path.dropFirst(variable.count)
        }
        return path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// The files that a pattern of glob(7) names, sorted.
    package static func matching(_ pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(unsafe found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
    }
}
