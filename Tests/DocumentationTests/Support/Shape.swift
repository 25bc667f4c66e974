import Foundation

/// What two JSON documents have in common: members and types, not values.
enum Shape {
    /// Members whose own members are free, such as labels.
    private static let free: Set<String> = [
        "labels", "discoveredLabels", "annotations", "metric", "verdicts", "parts",
    ]

    /// - Parameters:
    ///   - path: of both, for the messages.
    ///   - isPart: whether the real one may have members that are not shown.
    static func differences(
        _ shown: Any,
        _ real: Any,
        at path: String = "",
        isPart: Bool = false
    ) -> [String] {
        if isPart, let shown = shown as? [String: Any], let real = real as? [String: Any] {
            return shown.flatMap { key, value in
                real[key].map { differences(value, $0, at: "\(path).\(key)", isPart: true) }
                    ?? ["\(path).\(key): only shown"]
            }
        }
        return switch (shown, real) {
        case (is NSNull, _), (_, is NSNull): []
        case (let shown as [String: Any], let real as [String: Any]):
            members(shown, real, path)
        case (let shown as [Any], let real as [Any]):
            items(shown, real, path)
        case (is NSNumber, is NSNumber), (is String, is String): []
        default: ["\(path): another type"]
        }
    }

    private static func members(
        _ shown: [String: Any],
        _ real: [String: Any],
        _ path: String
    ) -> [String] {
        let name = path.split(separator: ".").last.map(String.init) ?? ""
        guard !free.contains(name) else { return [] }
        let missing = Set(shown.keys).symmetricDifference(real.keys).sorted()
        let here = missing.map { "\(path).\($0): only \(shown[$0] == nil ? "real" : "shown")" }
        return here
            + shown.keys.sorted().flatMap { key in
                guard let left = shown[key], let right = real[key] else { return [String]() }
                return differences(left, right, at: "\(path).\(key)")
            }
    }

    /// An item that is shown is like one of the real ones.
    private static func items(_ shown: [Any], _ real: [Any], _ path: String) -> [String] {
        guard !shown.isEmpty else { return [] }
        guard !real.isEmpty else { return ["\(path): is empty"] }
        return shown.flatMap { item in
            real.map { differences(item, $0, at: "\(path)[]") }.min { $0.count < $1.count } ?? []
        }
    }
}
