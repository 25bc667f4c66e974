import Files
import Listener
import StrictYAML
import Time

/// Reads a web configuration file in the format of Prometheus (exporter-toolkit,
/// `web/tls_config.go`).
///
/// Security settings that this server cannot honour are errors, not ignored: a user may rely on
/// them. Messages follow exporter-toolkit where it has one.
enum WebConfigurationReader {
    /// Relative paths start from the folder of `file`. The certificate and key files are read too.
    static func read(_ text: String, file: String) -> YAMLReading<WebConfiguration> {
        let paths = FilePaths(configurationFile: file)
        return YAMLDocument.read(text, file: file, as: configuration(paths))
    }

    private static func configuration(_ paths: FilePaths) -> YAMLType<WebConfiguration> {
        .mapping { reader in
            var configuration = WebConfiguration()
            var hasInlineKey = false
            if let server = reader.optional("tls_server_config", tls(paths)) {
                configuration.tls = server.tls
                configuration.files = server.files
                hasInlineKey = server.hasInlineKey
            }
            let hasTLS = reader.has("tls_server_config")
            if let http = reader.optional("http_server_config", http(hasTLS)) {
                for (name, value) in http { configuration.headers[name] = value }
            }
            configuration.authenticator = authenticator(reader)
            configuration.holdsSecrets =
                configuration.authenticator != nil || hasInlineKey
            configuration.rateLimit = reader.optional("rate_limit", rateLimit)
            return configuration
        }
    }

    // MARK: TLS

    private typealias Server = (tls: ServerTLS?, files: [String], hasInlineKey: Bool)

    private static func tls(_ paths: FilePaths) -> YAMLType<Server> {
        .mapping { reader in
            let certificates = reader.exactlyOne(of: pem("cert", paths))
            let key = reader.exactlyOne(of: pem("key", paths))
            var configuration = ServerTLSConfiguration(
                certificates: certificates ?? .text(""),
                privateKey: key ?? .text("")
            )
            if reader.has("client_ca_file") || reader.has("client_ca") {
                configuration.clientAuthorities = reader.exactlyOne(of: pem("client_ca", paths))
            }
            configuration.clientAuthentication = reader.value(
                "client_auth_type",
                clientAuthentication,
                default: .none
            )
            configuration.minimumVersion = reader.value("min_version", version, default: .v12)
            configuration.maximumVersion = reader.value("max_version", version, default: .v13)
            let names = YAMLType<[String]>.list(of: .nonEmptyString, count: 0...100)
            configuration.cipherSuites = reader.value("cipher_suites", names, default: [])
            configuration.curves = reader.value("curve_preferences", names, default: [])
            // Accepted without effect: the server always uses its own order.
            _ = reader.optional("prefer_server_cipher_suites", .bool)
            if reader.has("client_allowed_sans") {
                reader.report("client_allowed_sans is not supported", at: "client_allowed_sans")
            }
            guard certificates != nil, key != nil else { return (nil, [], false) }
            let hasInlineKey = if case .text? = key { true } else { false }
            return (server(configuration, reader), configuration.files, hasInlineKey)
        }
    }

    private static func server(
        _ configuration: ServerTLSConfiguration,
        _ reader: YAMLMappingReader
    ) -> ServerTLS? {
        do throws(ServerTLSError) {
            return try ServerTLS(configuration)
        } catch {
            reader.report("\(error)", at: key(of: error))
            return nil
        }
    }

    /// The key that an error is about; nil if it is about several.
    private static func key(of error: ServerTLSError) -> String? {
        switch error {
        case .unknownCipherSuite: "cipher_suites"
        case .unknownCurve: "curve_preferences"
        case .clientAuthoritiesWithoutUse: "client_ca_file"
        case .clientAuthoritiesMissing: "client_auth_type"
        case .versionsReversed: "min_version"
        case .unreadable, .keyDoesNotFit: nil
        }
    }

    /// PEM text in a file or inline.
    private static func pem(
        _ key: String,
        _ paths: FilePaths
    ) -> KeyValuePairs<String, YAMLType<ServerTLSConfiguration.PEM>> {
        let text = YAMLType<String>.nonEmptyString
        return [
            key + "_file": text.converted(placeholder: .text("")) { name throws(YAMLProblem) in
                let path = try paths.file(name)
                let refusal = FileType.refusal(path) ?? SecretFileAccess.refusal(path)
                if let refusal { throw YAMLProblem("\(refusal)") }
                return .file(path)
            },
            key: text.converted(placeholder: .text("")) { text in .text(text) },
        ]
    }

    private static var clientAuthentication: YAMLType<ServerTLSConfiguration.ClientAuthentication> {
        .scalar("a client authentication policy", placeholder: .none) { text throws(YAMLProblem) in
            switch text {
            case "", "NoClientCert": return .none
            case "VerifyClientCertIfGiven": return .verifyIfGiven
            case "RequireAndVerifyClientCert": return .requireAndVerify
            case "RequestClientCert", "RequireClientCert", "RequireAnyClientCert":
                throw YAMLProblem(
                    "\(text) accepts unverified certificates, which is not supported;"
                        + " use VerifyClientCertIfGiven or RequireAndVerifyClientCert"
                )
            default:
                throw YAMLProblem(
                    "invalid ClientAuth: \"\(text)\"; expected NoClientCert,"
                        + " VerifyClientCertIfGiven or RequireAndVerifyClientCert"
                )
            }
        }
    }

    private static var version: YAMLType<ServerTLSConfiguration.Version> {
        .scalar("a TLS version", placeholder: .v12) { text throws(YAMLProblem) in
            switch text {
            case "TLS12": return .v12
            case "TLS13": return .v13
            case "TLS10", "TLS11":
                throw YAMLProblem("\(text) is insecure and not supported; expected TLS12 or TLS13")
            default: throw YAMLProblem("unknown TLS version: \"\(text)\"; expected TLS12 or TLS13")
            }
        }
    }

    // MARK: HTTP

    /// The headers that may be set, with their allowed values. An empty list allows any value.
    private static let headers: [String: [String]] = [
        "X-Content-Type-Options": ["nosniff"],
        "X-Frame-Options": ["deny", "sameorigin"],
        "X-XSS-Protection": [],
        "Strict-Transport-Security": [],
        "Content-Security-Policy": [],
    ]

    private static func http(_ hasTLS: Bool) -> YAMLType<[(String, String)]> {
        .mapping { reader in
            if reader.optional("http2", .bool) == true, hasTLS {
                reader.report(
                    "HTTP/2 is not supported; clients fall back to HTTP/1.1",
                    at: "http2",
                    severity: .warning
                )
            }
            var fields: [(String, String)] = []
            for header in reader.value("headers", .dictionary(of: .string), default: []) {
                guard let values = headers[header.key] else {
                    let message = "HTTP header \"\(header.key)\" can not be configured"
                    reader.context.report(message, at: header.keyMark)
                    continue
                }
                if !values.isEmpty, !values.contains(header.value.lowercased()) {
                    let message =
                        "invalid value for \(header.key): expected "
                        + values.joined(separator: ", ")
                    reader.context.report(message, at: header.valueMark)
                }
                if !HeaderFields([(header.key, header.value)]).areValid {
                    reader.context.report("invalid header value", at: header.valueMark)
                }
                fields.append((header.key, header.value))
            }
            return fields
        }
    }

    private static var rateLimit: YAMLType<RateLimit> {
        .mapping { reader in
            RateLimit(
                interval: reader.required(
                    "interval",
                    .duration(in: .milliseconds(1)...PrometheusDuration.maximum)
                ),
                burst: reader.value("burst", .int(in: 1...1_000_000), default: 1)
            )
        }
    }

    // MARK: Users

    /// User names with the bcrypt hashes of their passwords. Without users there is no
    /// authentication. Each hash is checked on its own, so that an error has its line.
    private static func authenticator(_ reader: YAMLMappingReader) -> Authenticator? {
        let users = reader.value("basic_auth_users", .dictionary(of: .string), default: [])
        var all = AuthenticationConfiguration()
        for user in users {
            var one = AuthenticationConfiguration()
            one.basicUsers = [user.key: user.value]
            do throws(AuthenticationError) {
                _ = try Authenticator(one)
                all.basicUsers[user.key] = user.value
            } catch {
                reader.context.report("basic_auth_users: \(error)", at: user.valueMark)
            }
        }
        return all.basicUsers.isEmpty ? nil : try? Authenticator(all)
    }
}

extension ServerTLSConfiguration {
    fileprivate var files: [String] {
        [certificates, privateKey, clientAuthorities].compactMap { pem in
            if case .file(let path)? = pem { path } else { nil }
        }
    }
}
