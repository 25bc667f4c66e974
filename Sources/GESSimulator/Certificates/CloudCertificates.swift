import Listener
import Time

/// The certificate that the cloud presents.
package enum CertificateKind: String, CaseIterable, Sendable {
    case good
    /// Expired yesterday.
    case expired
    /// Signed by the trusted authority, for another host.
    case otherHost = "other_host"
    /// For the right host, signed by an untrusted authority.
    case otherAuthority = "other_authority"
}

/// The certificates of a simulated cloud, valid and invalid.
struct CloudCertificates: Sendable {
    /// The certificate of the authority to trust, as PEM.
    let authority: String
    private let servers: [CertificateKind: ServerTLS]

    init(host: String, at now: Timestamp) throws {
        let trusted = CertificateAuthority(name: "simulated authority")
        let stranger = CertificateAuthority(name: "another authority")
        authority = try trusted.certificate(at: now)
        let day = Duration.seconds(86_400)
        var servers: [CertificateKind: ServerTLS] = [:]
        for kind in CertificateKind.allCases {
            let signer = kind == .otherAuthority ? stranger : trusted
            let pair = try signer.issue(
                for: CertificateHost(kind == .otherHost ? "elsewhere.example" : host),
                from: now - day * 30,
                until: kind == .expired ? now - day : now + day * 365
            )
            servers[kind] = try ServerTLS(
                ServerTLSConfiguration(
                    certificates: .text(pair.certificate),
                    privateKey: .text(pair.key)
                )
            )
        }
        self.servers = servers
    }

    subscript(kind: CertificateKind) -> ServerTLS? { servers[kind] }
}
