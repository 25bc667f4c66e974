import Listener
import Time

/// Which certificate the cloud shows.
package enum CertificateKind: String, CaseIterable, Sendable {
    case good
    /// Since yesterday.
    case expired
    /// Of the right authority, for another host.
    case otherHost = "other_host"
    /// For the right host, of an authority that nobody knows.
    case otherAuthority = "other_authority"
}

/// The certificates of a simulated cloud, good and bad.
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
