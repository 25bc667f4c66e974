package import Series

/// The fingerprint of a label set in Prometheus and Alertmanager: 64-bit FNV-1a over the sorted
/// labels, each name and value followed by 0xFF, as 16 hexadecimal digits (prometheus/common,
/// model/signature.go).
package enum AlertFingerprint {
    package static func of(_ labels: Labels) -> String {
        let digits = String(hash(labels), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func hash(_ labels: Labels) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        for (name, value) in labels {
            add(name.utf8)
            add([0xFF])
            add(value.utf8)
            add([0xFF])
        }
        return hash
    }
}
