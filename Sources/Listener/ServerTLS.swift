import NIOCore
import NIOSSL

/// What a server's TLS is made of.
package struct ServerTLSConfiguration: Sendable, Hashable {
    /// Where PEM text is.
    package enum PEM: Sendable, Hashable {
        case file(String)
        case text(String)
    }

    /// What is asked of clients.
    package enum ClientAuthentication: Sendable, Hashable {
        case none
        /// A client may come without a certificate, but not with a bad one.
        case verifyIfGiven
        case requireAndVerify
    }

    package enum Version: Sendable, Hashable {
        case v12
        case v13
    }

    /// The server's own certificate first, then those between it and its authority.
    package var certificates: PEM
    package var privateKey: PEM
    /// Who must have signed the certificates of clients.
    package var clientAuthorities: PEM?
    package var clientAuthentication = ClientAuthentication.none
    package var minimumVersion = Version.v12
    package var maximumVersion = Version.v13
    /// Suites of TLS 1.2 by their IANA names, in order of preference. Empty: a safe default. Those
    /// of TLS 1.3 are not to be chosen.
    package var cipherSuites: [String] = []
    /// Curves by the names that Prometheus' web configuration has for them, in order of preference.
    /// Empty: a safe default.
    package var curves: [String] = []

    package init(certificates: PEM, privateKey: PEM) {
        self.certificates = certificates
        self.privateKey = privateKey
    }
}

/// Why TLS cannot be offered with a configuration. Names files, never their content.
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
            "cannot read \(what)\(file.map { " from " + $0 } ?? ""): PEM text is expected"
        case .keyDoesNotFit: "the private key does not belong to the certificate"
        case .unknownCipherSuite(let name):
            "unknown cipher suite \"\(name)\"; known are "
                + ServerTLS.cipherSuites.keys.sorted().joined(separator: ", ")
        case .unknownCurve(let name):
            "unknown curve \"\(name)\"; known are "
                + ServerTLS.curves.keys.sorted().joined(separator: ", ")
        case .clientAuthoritiesWithoutUse:
            "client CA's have been configured without a Client Auth Policy"
        case .clientAuthoritiesMissing:
            "client certificates are to be verified, but no client CA is given"
        case .versionsReversed: "the minimum version is above the maximum"
        }
    }
}

/// TLS ready for use. Making one reads the files; a new one must be made when they change.
package struct ServerTLS: Sendable {
    let context: NIOSSLContext
    /// When the first of the certificates ends, in seconds since the Unix epoch.
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
        if !configuration.cipherSuites.isEmpty {
            tls.cipherSuiteValues = try Self.look(
                up: configuration.cipherSuites,
                in: Self.cipherSuites,
                orThrow: ServerTLSError.unknownCipherSuite
            )
        }
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
            // All parts were read before; that they do not fit together is what is left.
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

    /// Only suites with forward secrecy and authenticated encryption.
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
