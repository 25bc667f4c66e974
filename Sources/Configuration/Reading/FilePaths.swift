import Files
import GES
import Glibc
package import StrictYAML

/// Where the relative paths of a configuration file start: the folder that it lies in, as in
/// Prometheus.
package struct FilePaths: Sendable {
    private let folder: String
    /// Secrets are read when they are needed, so one that is not there yet need not be an error.
    private let missingSecret: YAMLIssue.Severity

    package init(
        configurationFile: String,
        missingSecret: YAMLIssue.Severity = .error
    ) {
        self.missingSecret = missingSecret
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

    /// A file of certificate authorities. One that is not there, or holds none, would leave the agent
    /// blind: libcurl says so only when it connects.
    var authorities: YAMLType<String> {
        .nonEmptyString.noted { text in
            do throws(FileError) {
                let content = try TextFile.text(absolute(text))
                let isPEM = content.contains("-----BEGIN CERTIFICATE-----")
                return isPEM ? nil : (.error, "\(absolute(text)): holds no certificate in PEM form")
            } catch {
                return (.error, "\(error)")
            }
        }.converted(placeholder: "") { text throws(YAMLProblem) in absolute(text) }
    }

    /// A file that holds a secret.
    var secret: YAMLType<String> {
        .nonEmptyString.noted { text in
            let path = absolute(text)
            do throws(SecretError) {
                _ = try SecretSource.file(path).read()
                return SecretSource.warning(aboutFile: path).map { (.warning, $0) }
            } catch {
                return (missingSecret, "\(error)")
            }
        }.converted(placeholder: "") { text throws(YAMLProblem) in absolute(text) }
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
