import Series
import Testing
import Time

/// A label pattern from a closure; the store must work with any pattern.
struct PredicatePattern: LabelPattern {
    let source: String
    var literals: [String]?
    let predicate: @Sendable (String) -> Bool

    func matches(_ value: String) -> Bool { predicate(value) }

    func stepCount(forBytes count: Int) -> Int { count }

    func matches<Failure: Error>(
        _ value: String,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        try work(value.utf8.count)
        return predicate(value)
    }
}

extension PredicatePattern {
    static func prefix(_ text: String) -> PredicatePattern {
        PredicatePattern(source: text + ".*") { $0.hasPrefix(text) }
    }

    static func oneOf(_ values: [String]) -> PredicatePattern {
        PredicatePattern(source: values.joined(separator: "|"), literals: values) {
            values.contains($0)
        }
    }
}

extension SeriesStore {
    static func large() -> SeriesStore {
        SeriesStore(retention: .seconds(3600), maximumSeries: 1000)
    }

    func samples(
        _ labels: Labels,
        after: Timestamp = .distantPast,
        through: Timestamp = .distantFuture
    ) -> [Sample] {
        var samples: [Sample] = []
        for series in select(labels.map { LabelMatcher(name: $0.name, .equal($0.value)) })
        where self.labels(of: series) == labels {
            appendSamples(of: series, after: after, through: through, to: &samples)
        }
        return samples
    }

    func values(_ labels: Labels) -> [Double] { samples(labels).map(\.value) }
}

extension Timestamp {
    static func at(_ seconds: Int) -> Timestamp { Timestamp(seconds: Double(seconds)) }
}

extension SeriesStore {
    mutating func handle(_ labels: Labels) throws -> SeriesReference {
        let found = reference(for: labels)
        return try #require(found)
    }
}
