import Files
import Glibc
import Listener
import StrictYAML
import Testing

@testable import Configuration

/// `secret`, hashed at the lowest cost.
private let hash = "$2b$04$ncGmuiQnNZu0IPyA65GnjOzG9W5jKKrjvctnpvMEeBQcKMBFxW396"

@Suite("The web configuration file")
struct WebConfigurationReaderTests {
    private func read(_ text: String) -> YAMLReading<WebConfiguration> {
        WebConfigurationReader.read(text, file: "/etc/web.yml")
    }

    @Test("may be empty, and then changes nothing")
    func empty() throws {
        for text in ["", "basic_auth_users: {}\n"] {
            let configuration = try #require(read(text).value)
            #expect(configuration.tls == nil)
            #expect(configuration.authenticator == nil)
            #expect(configuration.headers == WebConfiguration().headers)
        }
    }

    @Test("sets users, headers and a limit")
    func good() throws {
        let reading = read(
            """
            basic_auth_users: {alice: "\(hash)"}
            http_server_config: {http2: true, headers: {X-Frame-Options: sameorigin}}
            rate_limit: {interval: 1s, burst: 20}
            """
        )
        let configuration = try #require(reading.value, "\(reading.issues)")
        #expect(configuration.authenticator != nil)
        #expect(configuration.headers["X-Frame-Options"] == "sameorigin")
        #expect(configuration.headers["X-Content-Type-Options"] == "nosniff")
        #expect(configuration.rateLimit?.burst == 20)
        #expect(reading.issues.isEmpty)
    }

    @Test(
        "reports every mistake with its place",
        arguments: [
            ("basic_auth_user: {}", "1:1", "did you mean \"basic_auth_users\""),
            ("basic_auth_users: {a: plain}", "1:23", "not a bcrypt hash"),
            ("http_server_config: {headers: {X-Foo: a}}", "1:32", "can not be configured"),
            ("http_server_config: {headers: {X-Frame-Options: a}}", "1:49", "deny, sameorigin"),
            ("rate_limit: {burst: 2}", "1:13", "missing key \"interval\""),
            ("tls_server_config: {}", "1:20", "\"cert_file\", \"cert\" must be set"),
            ("tls_server_config: {cert: a, cert_file: b, key: c}", "1:21", "only one of"),
            ("tls_server_config: {cert_file: none, key_file: none}", "1:20", "/etc/none"),
            ("tls_server_config: {min_version: TLS11}", "1:34", "expected TLS12 or TLS13"),
            ("tls_server_config: {min_version: SSL}", "1:34", "unknown TLS version"),
            ("tls_server_config: {client_auth_type: Maybe}", "1:39", "invalid ClientAuth"),
            ("tls_server_config: {client_auth_type: RequestClientCert}", "1:39", "not supported"),
            ("tls_server_config: {client_allowed_sans: [a]}", "1:21", "not supported"),
        ]
    )
    func mistakes(text: String, place: String, hint: String) throws {
        let reading = read(text + "\n")
        #expect(reading.value == nil)
        let issue = reading.issues.first {
            "\($0)".contains(":\(place):") && "\($0)".contains(hint)
        }
        #expect(issue != nil, "\(reading.issues)")
    }

    @Test(
        "must not be writable by others if it says who may enter or holds a key",
        arguments: [0o600, 0o644, 0o620, 0o602, 0o666]
    )
    func writers(mode: mode_t) throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-web-")
        defer { folder.remove() }
        let file = folder.path + "/web.yml"
        func error(_ text: String) throws -> String? {
            try folder.write(text, to: "web.yml")
            #expect(unsafe chmod(file, mode) == 0)
            do throws(ConfigurationError) {
                _ = try WebConfiguration.load(file)
                return nil
            } catch {
                return error.description
            }
        }
        let isPrivate = mode & 0o022 == 0
        let refused = try error("basic_auth_users: {alice: \"\(hash)\"}\n")
        #expect((refused == nil) == isPrivate)
        #expect(refused?.hasPrefix("\(file): contains a secret, but other users can") ?? true)
        #expect(try error("rate_limit: {interval: 1s}\n") == nil)
        #expect(try error("basic_auth_users: {}\n") == nil)
    }

    @Test("names nothing that would have to be waited for")
    func pipes() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-web-")
        defer { folder.remove() }
        #expect(unsafe mkfifo(folder.path + "/pipe", 0o600) == 0)
        for keys in ["cert_file: pipe, key_file: b", "cert_file: b, key_file: pipe"] {
            try folder.write("tls_server_config: {\(keys)}\n", to: "web.yml")
            let error = #expect(throws: ConfigurationError.self) {
                try WebConfiguration.load(folder.path + "/web.yml")
            }
            #expect(error?.description.contains("pipe: is a named pipe; expected") == true)
        }
        #expect(throws: ConfigurationError.self) {
            try WebConfiguration.load(folder.path + "/pipe")
        }
    }
}
