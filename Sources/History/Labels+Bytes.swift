package import Series

/// A label set as bytes: each name and each value, followed by 0xFF, which is part of no text in
/// UTF-8. So no name and no value can be taken for another.
extension Labels {
    private static let end: UInt8 = 0xff

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in self {
            for text in [name, value] {
                bytes += text.utf8
                bytes.append(Self.end)
            }
        }
        return bytes
    }

    /// nil if the bytes are no label set.
    package init?(bytes: [UInt8]) {
        guard bytes.last ?? Self.end == Self.end else { return nil }
        var texts: [String] = []
        for part in bytes.split(separator: Self.end, omittingEmptySubsequences: false) {
            guard let text = String(validating: part, as: UTF8.self) else { return nil }
            texts.append(text)
        }
        // Nothing follows the last 0xFF.
        texts.removeLast()
        guard texts.count.isMultiple(of: 2) else { return nil }
        self.init(
            stride(from: 0, to: texts.count, by: 2).map {
                Label(name: texts[$0], value: texts[$0 + 1])
            }
        )
        guard self.bytes == bytes else { return nil }
    }
}
