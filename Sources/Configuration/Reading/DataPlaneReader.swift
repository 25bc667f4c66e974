import GES
import StrictYAML

/// Reads the section `sampling.data_plane`.
struct DataPlaneReader {
    let paths: FilePaths

    struct DataPlane {
        var address: DataPlaneConfiguration
        var caFile: String?
        var fingerprint: PublicKeyFingerprint?
    }

    var dataPlane: YAMLType<DataPlane> {
        .mapping { reader in
            var address = DataPlaneConfiguration()
            address.scheme = reader.value(
                "scheme",
                .oneOf(Endpoint.Scheme.self),
                default: address.scheme
            )
            address.address = reader.value(
                "address",
                .oneOf(DataPlaneConfiguration.Address.self),
                default: address.address
            )
            address.port = reader.optional("port", .int(in: 1...65_535))
            address.allowedNetworks = reader.value(
                "allow",
                .list(of: Self.network, count: 0...100),
                default: []
            ).compactMap(\.self)
            address.isInsecure = reader.value("insecure", .bool, default: false)
            let dataPlane = DataPlane(
                address: address,
                caFile: reader.optional("ca_file", paths.certificateAuthorityFile),
                fingerprint: reader.optional("fingerprint", Self.fingerprint) ?? nil
            )
            if address.isInsecure {
                reader.report(Self.caution(dataPlane), at: "insecure", severity: .warning)
            }
            return dataPlane
        }
    }

    /// A graph in security mode is reached over HTTPS even where `scheme` is `http`.
    private static func caution(_ dataPlane: DataPlane) -> String {
        let plain = "credentials may be sent to public addresses over plain http"
        guard dataPlane.fingerprint == nil else { return plain }
        return "the certificates of graphs are not verified: anyone in between can read the"
            + " credentials and answer for a graph; use ca_file or fingerprint. "
            + "Over plain http, \(plain)"
    }

    private static var fingerprint: YAMLType<PublicKeyFingerprint?> {
        .scalar("a SHA-256 in hexadecimal", placeholder: nil) { text throws(YAMLProblem) in
            guard let fingerprint = PublicKeyFingerprint(text) else {
                throw YAMLProblem(
                    "expected the SHA-256 of the certificate's public key: 64 hexadecimal digits,"
                        + " with or without colons"
                )
            }
            return fingerprint
        }
    }

    private static var network: YAMLType<IPNetwork?> {
        .scalar("a network such as 192.168.0.0/16", placeholder: nil) {
            text throws(YAMLProblem) in
            guard let network = IPNetwork(text) else {
                throw YAMLProblem(
                    "expected a network in CIDR notation, such as 192.168.0.0/16 or fd00::/8, whose"
                        + " address has no bits after the prefix"
                )
            }
            return network
        }
    }
}
