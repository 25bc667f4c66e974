import Crypto
import Time

/// Signs certificates for one host. The keys are created with the value and never stored.
struct CertificateAuthority: Sendable {
    private let name: String
    private let key = P256.Signing.PrivateKey()

    init(name: String) {
        self.name = name
    }

    /// The authority's own certificate, for clients that should trust it.
    func certificate(at now: Timestamp) throws -> String {
        let isAuthority = DER.sequence(DER.boolean(true))
        let constraint = Self.extended([0x55, 0x1D, 0x13], isAuthority, isCritical: true)
        return try sign(
            subject: name,
            key: key.publicKey,
            from: now - .seconds(86_400),
            until: now + .seconds(3_650 * 86_400),
            extensions: constraint
        )
    }

    /// A certificate and its key, as PEM.
    func issue(
        for host: CertificateHost,
        from begin: Timestamp,
        until end: Timestamp
    ) throws -> (certificate: String, key: String) {
        let leaf = P256.Signing.PrivateKey()
        let names = DER.sequence(host.generalName)
        let certificate = try sign(
            subject: "simulated cloud",
            key: leaf.publicKey,
            from: begin,
            until: end,
            extensions: Self.extended([0x55, 0x1D, 0x11], names)
        )
        return (certificate, leaf.pemRepresentation)
    }

    /// RFC 5280, section 4.1.
    private func sign(
        subject: String,
        key subjectKey: P256.Signing.PublicKey,
        from begin: Timestamp,
        until end: Timestamp,
        extensions: [UInt8]
    ) throws -> String {
        let version = DER.tagged(0xA0, DER.integer([2]))
        let serial = DER.integer((0..<16).map { _ in UInt8.random(in: 1...127) })
        let body = DER.sequence(
            version,
            serial,
            Self.ecdsaWithSHA256,
            Self.commonName(name),
            DER.sequence(DER.time(begin), DER.time(end)),
            Self.commonName(subject),
            Array(subjectKey.derRepresentation),
            DER.tagged(0xA3, DER.sequence(extensions))
        )
        let signature = try key.signature(for: body)
        let document = DER.sequence(
            body,
            Self.ecdsaWithSHA256,
            DER.bits(Array(signature.derRepresentation))
        )
        return PEM.text("CERTIFICATE", document)
    }

    /// 1.2.840.10045.4.3.2
    private static let ecdsaWithSHA256 = DER.sequence(
        DER.identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])
    )

    private static func commonName(_ name: String) -> [UInt8] {
        DER.sequence(
            DER.set(DER.sequence(DER.identifier([0x55, 0x04, 0x03]), DER.text(name)))
        )
    }

    private static func extended(
        _ identifier: [UInt8],
        _ value: [UInt8],
        isCritical: Bool = false
    ) -> [UInt8] {
        DER.sequence(
            DER.identifier(identifier),
            isCritical ? DER.boolean(true) : [],
            DER.octets(value)
        )
    }
}

/// The host that a certificate is issued for.
enum CertificateHost: Hashable, Sendable {
    case name(String)
    case address([UInt8])

    /// An IPv4 address, or a name.
    init(_ host: String) {
        let parts = host.split(separator: ".").compactMap { UInt8($0) }
        self = parts.count == 4 ? .address(parts) : .name(host)
    }

    fileprivate var generalName: [UInt8] {
        switch self {
        case .name(let name): DER.tagged(0x82, Array(name.utf8))
        case .address(let bytes): DER.tagged(0x87, bytes)
        }
    }
}

/// RFC 7468.
private enum PEM {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    static func text(_ label: String, _ document: [UInt8]) -> String {
        let encoded = base64(document)
        let lines = stride(from: 0, to: encoded.count, by: 64).map { begin in
            String(decoding: encoded[begin..<min(begin + 64, encoded.count)], as: UTF8.self)
        }
        return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----", ""])
            .joined(separator: "\n")
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 3).flatMap { begin -> [UInt8] in
            let group = bytes[begin..<min(begin + 3, bytes.count)]
            let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
            let number = padded.reduce(0) { $0 << 8 | Int($1) }
            let digits = [18, 12, 6, 0].map { alphabet[number >> $0 & 63] }
            let padding = [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count)
            return digits.prefix(group.count + 1) + padding
        }
    }
}
