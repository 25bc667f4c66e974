import Files
import GES
import Glibc
package import StrictYAML

/// Resolves paths in a configuration file. Relative paths start from the folder of that file, as in
/// Prometheus.
package struct FilePaths: Sendable {
    private let folder: String
    /// The severity of a missing secret file. Secrets are read when they are needed, so the file
    /// may still appear.
    private let missingSecret: YAMLIssue.Severity

    package init(
        configurationFile: String,
        missingSecret: YAMLIssue.Severity = .error
    ) {
        self.missingSecret = missingSecret
        let end = configurationFile.lastIndex(of: "/")
        folder = end.map { String(configurationFile[..<$0]) } ?? "."
    }

    package func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// The path of a `..._file` key, which may be in the folder of systemd's credentials.
    func file(_ path: String) throws(YAMLProblem) -> String {
        do throws(CredentialsDirectoryError) {
            return absolute(try CredentialsDirectory.expand(path))
        } catch {
            throw YAMLProblem("\(error)")
        }
    }

    /// A `..._file` key. A path that cannot be resolved is an error.
    ///
    /// - Parameter finding: what is to be said about the file.
    func file(
        noting finding: @escaping @Sendable (String) -> (YAMLIssue.Severity, String)?
    ) -> YAMLType<String> {
        .nonEmptyString.noted { text in
            (try? file(text)).flatMap(finding)
        }.converted(placeholder: "") { text throws(YAMLProblem) in try file(text) }
    }

    /// An error if other users can write a secret file, a warning if they can read it.
    static func finding(aboutSecret path: String) -> (YAMLIssue.Severity, String)? {
        if let refusal = SecretFileAccess.refusal(path) { return (.error, "\(refusal)") }
        if CredentialsDirectory.contains(path) { return nil }
        return SecretSource.warning(aboutFile: path).map { (.warning, $0) }
    }

    /// Like `absolute`, without the detours `.`, `..` and `//`: two spellings of a path become one,
    /// as in Prometheus.
    package func clean(_ path: String) -> String {
        let path = absolute(path)
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !path.hasPrefix("/") {
                parts.append(part)
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// A file of certificate authorities. It is read here because libcurl reports a missing or
    /// empty one only when it connects, and then every request fails.
    var certificateAuthorityFile: YAMLType<String> {
        file { path in
            do throws(FileError) {
                let content = try TextFile.text(path)
                let isPEM = content.contains("-----BEGIN CERTIFICATE-----")
                return isPEM ? nil : (.error, "\(path): contains no PEM certificate")
            } catch {
                return (.error, "\(error)")
            }
        }
    }

    /// A file that must be readable and is no secret.
    var plainFile: YAMLType<String> {
        file { path in
            do throws(FileError) {
                _ = try TextFile.text(path)
                return nil
            } catch {
                return (.error, "\(error)")
            }
        }
    }

    /// A file that contains a secret.
    var secretFile: YAMLType<String> {
        file { path in
            do throws(SecretError) {
                _ = try SecretSource.file(path).read()
                return Self.finding(aboutSecret: path)
            } catch {
                return (missingSecret, "\(error)")
            }
        }
    }

    /// A PEM file of a private key, which libcurl reads.
    var privateKeyFile: YAMLType<String> {
        file { path in
            do throws(FileError) {
                // Also `BEGIN EC PRIVATE KEY` and the like.
                guard try TextFile.text(path).contains("PRIVATE KEY-----") else {
                    return (.error, "\(path): contains no PEM private key")
                }
                return Self.finding(aboutSecret: path)
            } catch {
                return (missingSecret, "\(error)")
            }
        }
    }

    /// The files that match any of some glob(7) patterns, in the order of the patterns, each file
    /// once. As in Prometheus, two names of one file are two files.
    package static func matching(_ patterns: [String]) -> [String] {
        var seen: Set<String> = []
        return patterns.flatMap(matching).filter { seen.insert($0).inserted }
    }

    /// The files that match a glob(7) pattern, sorted.
    package static func matching(_ pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(unsafe found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
    }
}
