package import Series

/// What stands for a label set in Prometheus and Alertmanager: FNV-1a with 64 bits over the sorted
/// labels, every name and value followed by a byte that no UTF-8 holds, as 16 hexadecimal digits
/// (prometheus/common, model/signature.go).
package enum AlertFingerprint {
    package static func of(_ labels: Labels) -> String {
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
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
