import Diagnosis
import GES
import StrictYAML
import Time

/// Reads the section `diagnosis`. An entry of `graphs` may override any of its keys; absent ones
/// keep the value of `base`.
struct DiagnosisReader {
    let base: DiagnosisPolicy

    var type: YAMLType<DiagnosisPolicy> {
        let base = base
        return .mapping { reader in
            var policy = base
            policy.readings = reader.value("readings", .int(in: 1...100), default: base.readings)
            policy.gap = reader.value("gap", .duration(in: Self.spans), default: base.gap)
            policy.observe = reader.value(
                "observe",
                .duration(in: .zero...Self.longestSpan),
                default: base.observe
            )
            policy.jobLimit = reader.value(
                "job_limit",
                .duration(in: Self.spans),
                default: base.jobLimit
            )
            policy.canaries = reader.value(
                "canaries",
                .list(of: Self.canary, count: 0...1_000),
                default: base.canaries
            )
            return policy
        }
    }

    private static let longestSpan = Duration.seconds(24 * 3600)
    private static let spans = Duration.seconds(1)...longestSpan

    private static var canary: YAMLType<DiagnosisPolicy.Canary> {
        .mapping { reader in
            DiagnosisPolicy.Canary(
                network: reader.required("network", network),
                address: reader.required("address", address)
            )
        }
    }

    /// An IP network, or the id of a subnet.
    private static var network: YAMLType<String> {
        .scalar("a network such as 192.168.0.0/24, or a subnet id", placeholder: "") {
            text throws(YAMLProblem) in
            if IPNetwork(text) != nil { return text }
            let isID =
                !text.isEmpty
                && text.utf8.allSatisfy { byte in
                    Character(Unicode.Scalar(byte)).isHexDigit || byte == UInt8(ascii: "-")
                }
            guard isID else {
                throw YAMLProblem(
                    "expected a network in CIDR notation, such as 192.168.0.0/24, whose address has"
                        + " no bits after the prefix, or the id of a subnet"
                )
            }
            return text
        }
    }

    private static var address: YAMLType<String> {
        .scalar("an address such as 192.168.0.2:443", placeholder: "") {
            text throws(YAMLProblem) in
            guard let colon = text.lastIndex(of: ":"),
                let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port),
                isHost(text[..<colon])
            else {
                throw YAMLProblem(
                    "expected an IP address and a port, such as \"192.168.0.2:443\" or"
                        + " \"[fd00::2]:443\""
                )
            }
            return text
        }
    }

    /// An IP address is a network with a single address.
    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            return IPNetwork("\(text.dropFirst().dropLast())/128") != nil
        }
        return IPNetwork("\(text)/32") != nil && !text.contains(":")
    }
}
