// Etcd is a client of etcd v3 through its JSON gateway. It owns the encoding of transactions and
// leases, fail-over between endpoints, authentication, and the question whether a request without
// an answer may have been carried out. It knows nothing of what the keys mean.

import HTTPClient

/// Where a cluster is and how to authenticate there.
package struct EtcdConfiguration: Hashable, Sendable {
    /// `http://host:port` or `https://host:port` of each member, in order of preference.
    package var endpoints: [String]
    /// PEM file of the certificate authorities to trust instead of the system's.
    package var caFile: String?
    /// PEM file of the certificate to present. etcd's JSON gateway does not derive a user from it:
    /// a cluster with users also needs `user`.
    package var certificateFile: String?
    /// PEM file of that certificate's key. nil if it is in the same file.
    package var keyFile: String?
    package var user: String?
    /// Read at each authentication.
    package var passwordFile: String?
    /// Limit of one call, with all the endpoints that it tries.
    package var timeout: Duration

    package init(
        endpoints: [String],
        caFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        user: String? = nil,
        passwordFile: String? = nil,
        timeout: Duration = .seconds(5)
    ) {
        self.endpoints = endpoints
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.user = user
        self.passwordFile = passwordFile
        self.timeout = timeout
    }
}

extension EtcdConfiguration {
    /// The endpoints without a trailing slash. Throws if any setting is unusable.
    func checkedEndpoints() throws(EtcdError) -> [String] {
        guard !endpoints.isEmpty else {
            throw .invalidConfiguration("no endpoint is configured; list at least one")
        }
        guard timeout > .zero else {
            throw .invalidConfiguration("the timeout is not positive")
        }
        guard (user == nil) == (passwordFile == nil) else {
            throw .invalidConfiguration("a user needs a password file, and the reverse")
        }
        guard keyFile == nil || certificateFile != nil else {
            throw .invalidConfiguration("a key file needs a certificate file")
        }
        var checked: [String] = []
        for endpoint in endpoints { checked.append(try Self.checked(endpoint)) }
        return checked
    }

    private static func checked(_ endpoint: String) throws(EtcdError) -> String {
        let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        let scheme = ["http://", "https://"].first { base.hasPrefix($0) }
        let authority = base.dropFirst(scheme?.count ?? 0)
        let isPlain = authority.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !"/?#@\\".utf8.contains(byte)
        }
        guard scheme != nil, !authority.isEmpty, isPlain else {
            throw .invalidConfiguration(
                "\(endpoint.debugDescription) is not an endpoint; write https://host:2379"
            )
        }
        return base
    }

    /// - Parameter count: of the endpoints.
    func httpConfiguration(endpointCount count: Int) -> HTTPClientConfiguration {
        // A host that does not answer must leave time for the other endpoints.
        var http = HTTPClientConfiguration(caFile: caFile, connectTimeout: timeout / count)
        http.clientCertificateFile = certificateFile
        http.clientKeyFile = keyFile
        return http
    }
}
