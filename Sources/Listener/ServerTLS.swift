import NIOCore
import NIOSSL

/// The TLS settings of a server.
package struct ServerTLSConfiguration: Sendable, Hashable {
    /// PEM text or the file that contains it.
    package enum PEM: Sendable, Hashable {
        case file(String)
        case text(String)
    }

    /// The policy for client certificates, named as in Go's `tls.ClientAuthType`.
    package enum ClientAuthentication: Sendable, Hashable {
        case none
        /// A client may present no certificate, but not an invalid one.
        case verifyIfGiven
        case requireAndVerify
    }

    package enum Version: Sendable, Hashable {
        case v12
        case v13
    }

    /// The server's certificate, followed by any intermediate certificates.
    package var certificates: PEM
    package var privateKey: PEM
    /// The CA certificates that verify client certificates.
    package var clientAuthorities: PEM?
    package var clientAuthentication = ClientAuthentication.none
    package var minimumVersion = Version.v12
    package var maximumVersion = Version.v13
    /// TLS 1.2 cipher suites by IANA name, in order of preference. Empty uses those of Mozilla's
    /// intermediate configuration: forward secrecy and authenticated encryption only. The
    /// suites of TLS 1.3 are not configurable, as in Go.
    package var cipherSuites: [String] = []
    /// Curves by their names in Prometheus' web configuration, in order of preference. Empty uses a
    /// safe default.
    package var curves: [String] = []

    package init(certificates: PEM, privateKey: PEM) {
        self.certificates = certificates
        self.privateKey = privateKey
    }
}

/// Why a TLS configuration is invalid. Contains file names, never file contents.
package enum ServerTLSError: Error, Hashable, CustomStringConvertible {
    case unreadable(what: String, file: String?)
    case keyDoesNotFit
    case unknownCipherSuite(String)
    case unknownCurve(String)
    case clientAuthoritiesWithoutUse
    case clientAuthoritiesMissing
    case versionsReversed

    package var description: String {
        switch self {
        case .unreadable(let what, let file):
            "cannot read \(what)\(file.map { " from " + $0 } ?? ""): expected PEM text"
        case .keyDoesNotFit: "the private key does not match the certificate"
        case .unknownCipherSuite(let name):
            "unknown cipher suite \"\(name)\"; known suites: "
                + ServerTLS.cipherSuites.keys.sorted().joined(separator: ", ")
        case .unknownCurve(let name):
            "unknown curve \"\(name)\"; known curves: "
                + ServerTLS.curves.keys.sorted().joined(separator: ", ")
        case .clientAuthoritiesWithoutUse:
            "client CA's have been configured without a Client Auth Policy"
        case .clientAuthoritiesMissing:
            "client certificates cannot be verified without a client CA"
        case .versionsReversed: "the minimum TLS version is above the maximum"
        }
    }
}

/// A TLS context built from a configuration. Initialization reads the files; create a new value
/// when they change.
package struct ServerTLS: Sendable {
    let context: NIOSSLContext
    /// The earliest expiry in the certificate chain, in Unix seconds.
    package let expirySeconds: Int

    package init(_ configuration: ServerTLSConfiguration) throws(ServerTLSError) {
        let certificates = try Self.certificates(configuration.certificates, "the certificate")
        let key = try Self.privateKey(configuration.privateKey)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        guard configuration.minimumVersion == .v12 || configuration.maximumVersion == .v13 else {
            throw .versionsReversed
        }
        tls.minimumTLSVersion = configuration.minimumVersion == .v12 ? .tlsv12 : .tlsv13
        tls.maximumTLSVersion = configuration.maximumVersion == .v12 ? .tlsv12 : .tlsv13
        tls.applicationProtocols = ["http/1.1"]
        try Self.setClientAuthentication(of: configuration, in: &tls)
        let suites =
            configuration.cipherSuites.isEmpty ? Self.intermediate : configuration.cipherSuites
        tls.cipherSuiteValues = try Self.look(
            up: suites,
            in: Self.cipherSuites,
            orThrow: ServerTLSError.unknownCipherSuite
        )
        if !configuration.curves.isEmpty {
            tls.curves = try Self.look(
                up: configuration.curves,
                in: Self.curves,
                orThrow: ServerTLSError.unknownCurve
            )
        }
        do {
            context = try NIOSSLContext(configuration: tls)
        } catch {
            // Certificates and key have been parsed above, so only a mismatch is left.
            throw .keyDoesNotFit
        }
        expirySeconds = certificates.map { Int($0.notValidAfter) }.min() ?? 0
    }

    private static func setClientAuthentication(
        of configuration: ServerTLSConfiguration,
        in tls: inout TLSConfiguration
    ) throws(ServerTLSError) {
        switch (configuration.clientAuthentication, configuration.clientAuthorities) {
        case (.none, nil): tls.certificateVerification = .none
        case (.none, .some): throw .clientAuthoritiesWithoutUse
        case (.verifyIfGiven, nil), (.requireAndVerify, nil): throw .clientAuthoritiesMissing
        case (let policy, let authorities?):
            // Client certificates are not bound to host names, so neither mode checks them.
            let roots = try certificates(authorities, "the client CA")
            tls.trustRoots = .certificates(roots)
            tls.certificateVerification =
                policy == .verifyIfGiven ? .optionalVerification : .noHostnameVerification
        }
    }

    private static func look<Value>(
        up names: [String],
        in table: [String: Value],
        orThrow unknown: (String) -> ServerTLSError
    ) throws(ServerTLSError) -> [Value] {
        var values: [Value] = []
        for name in names {
            guard let value = table[name] else { throw unknown(name) }
            values.append(value)
        }
        return values
    }

    /// The suites of Mozilla's intermediate configuration that the library knows, in its order.
    /// Without a list the library would also offer static RSA and CBC.
    private static let intermediate = [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ]

    /// Only suites with forward secrecy and authenticated encryption are supported.
    static let cipherSuites: [String: NIOTLSCipher] = [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256":
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256":
            .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    static let curves: [String: NIOTLSCurve] = [
        "CurveP256": .secp256r1, "CurveP384": .secp384r1, "CurveP521": .secp521r1,
        "X25519": .x25519, "X25519MLKEM768": .x25519_MLKEM768,
    ]

    // MARK: Reading

    private static func certificates(
        _ pem: ServerTLSConfiguration.PEM,
        _ what: String
    ) throws(ServerTLSError) -> [NIOSSLCertificate] {
        let found: [NIOSSLCertificate]
        do {
            found =
                switch pem {
                case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
                case .text(let text): try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
                }
        } catch {
            throw .unreadable(what: what, file: pem.file)
        }
        guard !found.isEmpty else { throw .unreadable(what: what, file: pem.file) }
        return found
    }

    private static func privateKey(
        _ pem: ServerTLSConfiguration.PEM
    ) throws(ServerTLSError) -> NIOSSLPrivateKey {
        do {
            return switch pem {
            case .file(let path): try NIOSSLPrivateKey(file: path, format: .pem)
            case .text(let text): try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem)
            }
        } catch {
            throw .unreadable(what: "the private key", file: pem.file)
        }
    }
}

extension ServerTLSConfiguration.PEM {
    fileprivate var file: String? {
        if case .file(let path) = self { path } else { nil }
    }
}
